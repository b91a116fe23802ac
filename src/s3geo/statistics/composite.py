"""One figure out of many: normalise, weight, take means up a hierarchy."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from s3geo.errors import UsageError, listed
from s3geo.statistics.hierarchy import AGGREGATIONS, Hierarchy, roll_up, shown
from s3geo.statistics.normalise import NORMALISATIONS, normalised
from s3geo.statistics.outliers import Treated

__all__ = [
    "Limits",
    "Treatment",
    "composite",
    "contributions",
    "copeland",
    "influence",
    "limit_arrays",
    "limits_of",
    "portions",
    "relative_index",
    "treated_by",
]


Treatment = Mapping[str, Treated] | Callable[[pd.Series], Treated] | None
Limits = Mapping[str, tuple[float, float]] | pd.DataFrame | None

BANDS = ((125.0, "1"), (100.0, "2"), (70.0, "3"))


def composite(
    data: pd.DataFrame,
    meta: pd.DataFrame,
    normalise: str = "minmax",
    aggregate: str = "arithmetic",
    scale: tuple[float, float] = (0, 100),
    limits: Limits = None,
    treat: Treatment = None,
) -> pd.DataFrame:
    """Compute the scores of indicators, cells and index.

    Parameters
    ----------
    data : DataFrame of float, shape (units, indicators)
        Each column in its own unit, already divided by its denominator; NaN = no data, never filled.
    meta : DataFrame
        Index = node (indicators and what they are gathered in), columns parent (empty for a top), direction (+1
        higher is better, -1 lower is better; of indicators) and optionally weight within the parent (1 by default).
    normalise : {"minmax", "zscore", "percent_rank"}
        z-scores have no scale.
    aggregate : {"arithmetic", "geometric", "harmonic"}
        The last two need a scale above 0: ``scale=(1, 100)``.
    scale : tuple of float
        Ends of the scores.
    limits : mapping of str to (lo, hi), or DataFrame with columns lo and hi, optional
        Stored min-max bounds, in the unit of the (treated) data; from `limits_of`. The sample's own by default.
        Scores are clipped at the ends of the scale.
    treat : callable or mapping of str to Treated, optional
        ``treat_outliers``, or what it found before; None leaves outliers alone.

    Returns
    -------
    DataFrame of float
        Index as given, one column per node. A node is NaN where fewer than two thirds of its children have a score;
        else it is the mean of those that have. An indicator equal in all units is NaN.

    Raises
    ------
    UsageError
        Unknown choices, a scale that a mean cannot take, a broken hierarchy, indicators without limits.

    Notes
    -----
    Min-max ``(x - lo) / (hi - lo)``, arithmetic ``sum w x / sum w``, equal weights: the neutral default of OECD/JRC
    (2008), Handbook on Constructing Composite Indicators, steps 5 and 6. England and other years go through the same
    chain with the stored ``limits`` and ``treat``. A rank from this table goes with its interval
    (`s3geo.statistics.rank_uncertainty`).

    Examples
    --------
    >>> data = pd.DataFrame({"grants": [10.0, 12, 15, 20, 18], "vacancies": [3.0, 2.5, 4, 1, 2]}, list("ABCDE"))
    >>> meta = pd.DataFrame({"parent": ["index", "index", None], "direction": [1, -1, None]}, [*data.columns, "index"])
    >>> composite(data, meta)["index"].round(2).tolist()
    [16.67, 35.0, 25.0, 100.0, 73.33]
    >>> england = pd.DataFrame({"grants": [16.0], "vacancies": [2.2]}, ["England"])
    >>> composite(england, meta, limits=limits_of(data))["index"].round(2).tolist()
    [60.0]
    """
    _check(normalise, aggregate, scale, limits)
    tree = Hierarchy.of(meta, data.columns)
    treated = treated_by(treat, data, tree.leaves)
    leaf = normalised(treated * tree.direction, normalise, scale, limit_arrays(limits, tree))
    visible = shown(tree, ~np.isnan(leaf))
    weights = {n: np.array([w]) for n, w in tree.weight.items()}
    scores = roll_up(tree, leaf[None], weights, aggregate, visible)
    return pd.DataFrame({n: scores[n][0] for n in tree.nodes}, index=data.index)


def limits_of(data: pd.DataFrame, treat: Treatment = None) -> pd.DataFrame:
    """Return the bounds to store: smallest and largest (treated) value of each indicator.

    Parameters
    ----------
    data : DataFrame of float, shape (units, indicators)
        With the years that are to compare below each other.
    treat : callable or mapping of str to Treated, optional
        As for `composite`.

    Returns
    -------
    DataFrame
        Index = indicator; columns lo, hi in the unit of the (treated) data.

    Examples
    --------
    >>> limits_of(pd.DataFrame({"x": [3.0, 8, 5]})).to_dict("records")
    [{'lo': 3.0, 'hi': 8.0}]
    """
    names = [str(c) for c in data.columns]
    treated = pd.DataFrame(treated_by(treat, data, tuple(names)), columns=names)
    return pd.DataFrame({"lo": treated.min(), "hi": treated.max()})


def treated_by(treat: Treatment, data: pd.DataFrame, names: tuple[str, ...]) -> np.ndarray:
    """Return the treated values of some columns, shape (units, names)."""
    values = data[list(names)].to_numpy(dtype=float, na_value=np.nan)
    if treat is None:
        return values
    found = {n: treat(data[n]) for n in names} if callable(treat) else treat
    if gone := [n for n in names if n not in found]:
        raise UsageError(f"No stored outlier treatment for {listed(gone)}.")
    return np.column_stack([found[n].transform(values[:, j]) for j, n in enumerate(names)])


def contributions(scores: pd.DataFrame, meta: pd.DataFrame, node: str | None = None) -> pd.DataFrame:
    """Return the points that each indicator adds to a score of arithmetic means.

    Parameters
    ----------
    scores : DataFrame
        From ``composite(..., aggregate="arithmetic")``.
    meta : DataFrame
        The same as there.
    node : str, optional
        Which score; the only top by default.

    Returns
    -------
    DataFrame of float
        Index as given, one column per indicator below the node. Rows add up to the score; NaN where an indicator or
        the score is missing.

    Examples
    --------
    >>> data = pd.DataFrame({"x": [1.0, 2, 3], "y": [9.0, 7, 8]}, list("ABC"))
    >>> meta = pd.DataFrame({"parent": ["index", "index"], "direction": [1, 1], "weight": [3, 1]}, ["x", "y"])
    >>> contributions(composite(data, meta), meta)
          x     y
    A   0.0  25.0
    B  37.5   0.0
    C  75.0  12.5
    """
    share = portions(scores, meta, node)
    return share * scores[share.columns]


def portions(scores: pd.DataFrame, meta: pd.DataFrame, node: str | None = None) -> pd.DataFrame:
    """Return what part of a score each indicator carries: its weight down the tree, among those that are present.

    Parameters
    ----------
    scores : DataFrame
        From `composite`, any kind of mean.
    meta : DataFrame
        The same as there.
    node : str, optional
        Which score; the only top by default.

    Returns
    -------
    DataFrame of float
        Index as given, one column per indicator below the node, 0-1. Rows add up to 1; NaN where an indicator or the
        score is missing.

    Examples
    --------
    >>> data = pd.DataFrame({"x": [1.0, 2, 3], "y": [9.0, 7, 8]}, list("ABC"))
    >>> meta = pd.DataFrame({"parent": ["index", "index"], "direction": [1, 1], "weight": [3, 1]}, ["x", "y"])
    >>> portions(composite(data, meta), meta).loc["A"].tolist()
    [0.75, 0.25]
    """
    tree = Hierarchy.of(meta, scores.columns)
    top = tree.top(node)
    at = {str(n): j for j, n in enumerate(scores.columns)}
    values = scores.to_numpy(dtype=float, na_value=np.nan)
    there = ~np.isnan(values)
    portion = {top: np.where(there[:, at[top]], 1.0, np.nan)}
    for parent in (n for n in tree.below(top) if n in tree.children):
        children = tree.children[parent]
        present = np.array([there[:, at[c]] * tree.weight[c] for c in children])
        total = present.sum(axis=0)
        split = present / np.where(total == 0, np.nan, total) * portion[parent]
        portion |= {c: np.where(there[:, at[c]], part, np.nan) for c, part in zip(children, split, strict=True)}
    return pd.DataFrame({n: portion[n] for n in tree.leaves if n in portion}, index=scores.index)


def influence(scores: pd.DataFrame, meta: pd.DataFrame) -> pd.Series:
    """Return how much of the differences in its parent each node shares: their squared correlation, 0-1.

    A weight says what an indicator should count, this what it does count (Paruolo, Saisana & Saltelli 2013).

    Parameters
    ----------
    scores : DataFrame
        From `composite`.
    meta : DataFrame
        The same as there.

    Returns
    -------
    Series of float
        Index = node with a parent; NaN where one of the two does not differ between units.

    Examples
    --------
    >>> data = pd.DataFrame({"x": [1.0, 2, 3, 4], "y": [4.0, 1, 3, 2]})
    >>> meta = pd.DataFrame({"parent": "index", "direction": 1}, ["x", "y"])
    >>> influence(composite(data, meta), meta).round(2).to_dict()
    {'x': 0.3, 'y': 0.3}
    """
    tree = Hierarchy.of(meta, scores.columns)
    found = {}
    for parent, children in tree.children.items():
        for child in children:
            pair = scores[[child, parent]].dropna()
            deviations = (pair - pair.mean()).to_numpy()
            sums = deviations.T @ deviations
            spread = sums[0, 0] * sums[1, 1]
            found[child] = sums[0, 1] ** 2 / spread if spread > 0 else np.nan
    return pd.Series({n: found[n] for n in tree.nodes if n in found}, dtype=float)


def copeland(scores: pd.DataFrame, weights: pd.Series | Mapping[str, float] | None = None) -> pd.Series:
    """Count, for each unit, the others it beats by majority less those that beat it.

    Parameters
    ----------
    scores : DataFrame of float, shape (units, indicators)
        Higher is better; only the order within a column matters.
    weights : Series or mapping of str to float, optional
        Of the indicators; equal by default.

    Returns
    -------
    Series of float
        Index as given, from -(n - 1) to n - 1. Two units are compared on the indicators both have; NaN for a unit
        without any.

    Raises
    ------
    UsageError
        A weight is missing or below 0.

    Notes
    -----
    o_ij is the share of the weights on which i beats j, ties counting half; the score is the number of j with
    ``o_ij > 0.5`` less that with ``o_ij < 0.5`` (Copeland 1951; as in COINr, Becker et al. 2022).

    Examples
    --------
    >>> copeland(pd.DataFrame([[1, 3, 2], [2, 2, 3], [3, 1, 1], [4, 5, 4.0]])).tolist()
    [-1.0, 1.0, -3.0, 3.0]
    """
    share = pd.Series(1.0, index=scores.columns) if weights is None else pd.Series(weights).reindex(scores.columns)
    if not (share >= 0).all():
        raise UsageError(f"Weights must be 0 or more: {listed(share[~(share >= 0)].index)}.")
    x = scores.to_numpy(dtype=float, na_value=np.nan)
    lead = np.zeros((len(x), len(x)))
    for column, weight in zip(x.T, share, strict=True):
        lead += weight * ((column[:, None] > column).astype(float) - (column[:, None] < column))
    lead[np.abs(lead) <= 1e-12 * float(share.sum())] = 0
    found = pd.Series(np.sign(lead).sum(axis=1), index=scores.index)
    return found.where(scores.notna().any(axis=1))


def relative_index(scores: pd.Series, england: float) -> pd.DataFrame:
    """Put scores in relation to England's and name their bands.

    Parameters
    ----------
    scores : Series of float
        One node of `composite`, on a scale that starts at 0.
    england : float
        England's score from the same chain (same ``limits`` and ``treat``), above 0.

    Returns
    -------
    DataFrame
        Index as given; index = 100 * score / England's, band (categorical, all bands are categories, so that
        ``value_counts`` shows the empty ones too): 1 over 125, 2 from 100 to 125, 3 from 70 to under 100, 4 below. In
        a band of at least three the upper third (rank <= n/3) wears a +, the lower (rank > 2n/3) a -; ties share the
        better rank. NaN stays NaN.

    Raises
    ------
    UsageError
        England's score is not above 0.

    Notes
    -----
    After the groups and thirds of the European and Regional Innovation Scoreboards. Bands are named by numbers: a
    verdict in words needs an interval.

    Examples
    --------
    >>> relative_index(pd.Series([71.0, 65.5, 50, 35, 20]), 50)["band"].tolist()
    ['1', '1', '2', '3', '4']
    """
    if not england > 0:
        raise UsageError(f"A relative index needs a score of England above 0, got {england}.")
    index = 100 * (scores / england)
    rounded = index.round(9).to_numpy()
    band = np.full(len(rounded), "4", dtype=object)
    for bound, name in reversed(BANDS):
        band[rounded > bound if name == "1" else rounded >= bound] = name
    sign = np.full(len(rounded), "", dtype=object)
    for name in "1234":
        mine = (band == name) & ~np.isnan(rounded)
        n, better = mine.sum(), (rounded[mine] > rounded[mine][:, None]).sum(axis=1)
        if n >= 3:
            sign[mine] = np.where(3 * (better + 1) <= n, "+", np.where(3 * (better + 1) > 2 * n, "-", ""))
    names = [number + mark for number in "1234" for mark in ("+", "", "-")]
    known = pd.Series(band + sign, index=scores.index).where(scores.notna())
    return pd.DataFrame(
        {"index": index, "band": pd.Categorical(known, categories=names, ordered=True)}, index=scores.index
    )


def limit_arrays(limits: Limits, tree: Hierarchy) -> tuple[np.ndarray, np.ndarray] | None:
    """Return stored bounds as arrays in the order of the leaves, after direction."""
    if limits is None:
        return None
    rows = limits[["lo", "hi"]].T.to_dict("list") if isinstance(limits, pd.DataFrame) else limits
    if gone := [n for n in tree.leaves if n not in rows]:
        raise UsageError(f"No limits for {listed(gone)}; take them from limits_of().")
    both = np.array([rows[n] for n in tree.leaves], dtype=float) * tree.direction[:, None]
    return both.min(axis=1), both.max(axis=1)


def _check(normalise: str, aggregate: str, scale: tuple[float, float], limits: Limits) -> None:
    if normalise not in NORMALISATIONS:
        raise UsageError(f"Unknown normalisation {normalise!r}; choose one of {', '.join(NORMALISATIONS)}.")
    if aggregate not in AGGREGATIONS:
        raise UsageError(f"Unknown aggregation {aggregate!r}; choose one of {', '.join(AGGREGATIONS)}.")
    if not scale[0] < scale[1]:
        raise UsageError(f"scale must rise, got {scale}.")
    if aggregate != "arithmetic" and (normalise == "zscore" or scale[0] <= 0):
        raise UsageError(f"A {aggregate} mean needs scores above 0: take min-max or percent ranks and scale=(1, 100).")
    if limits is not None and normalise != "minmax":
        raise UsageError("Limits are bounds of min-max; leave them out for z-scores and percent ranks.")
