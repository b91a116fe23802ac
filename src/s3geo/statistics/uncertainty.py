"""How far a rank depends on choices that could as well have been made otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from s3geo.errors import UsageError
from s3geo.statistics.composite import Limits
from s3geo.statistics.draws import DEFAULT_CHOICES, Choices
from s3geo.statistics.hierarchy import Hierarchy, weighted_mean
from s3geo.statistics.normalise import normalised
from s3geo.statistics.rank_model import ranked
from s3geo.statistics.rank_study import RankDraws, RankStudy, summed_up

__all__ = ["RankDraws", "rank_interval", "rank_sensitivity", "rank_uncertainty", "simulate_ranks"]


def rank_interval(
    data: pd.DataFrame, directions: Mapping[str, int] | pd.Series | Sequence[int], drop_one: bool = True
) -> pd.DataFrame:
    """Rank under every combination of five methods and of leaving out no indicator or one.

    Parameters
    ----------
    data : DataFrame of float, shape (units, indicators)
        Any units; equal weights. NaN is left out of the means; a unit with fewer than two thirds of the indicators
        has no rank.
    directions : mapping of str to {1, -1}, or sequence in the order of the columns
        -1 where lower is better.
    drop_one : bool
        Whether each indicator is left out in turn.

    Returns
    -------
    DataFrame of float
        Index as given; nominal (min-max, arithmetic, all indicators), median, q05, q95, min, max of the rank; 1 is
        best, ties share the better rank.

    Raises
    ------
    UsageError
        A direction is missing or not +1 or -1.

    Notes
    -----
    Min-max on [1, 100] with arithmetic and geometric mean, z-scores with arithmetic mean, percent ranks on [1, 100]
    with arithmetic and geometric mean (Saisana, Saltelli & Tarantola 2005 for the idea). A finite list, enumerated:
    the result has no Monte Carlo error.

    Examples
    --------
    >>> data = pd.DataFrame({"x": [1.0, 2, 3], "y": [3.0, 1, 9], "z": [5.0, 4, 9]}, list("ABC"))
    >>> rank_interval(data, [1, 1, 1])[["nominal", "min", "max"]]
       nominal  min  max
    A      3.0  2.0  3.0
    B      2.0  2.0  3.0
    C      1.0  1.0  1.0
    """
    names = [str(c) for c in data.columns]
    signs = [directions.get(n) for n in names] if isinstance(directions, Mapping | pd.Series) else list(directions)
    if len(signs) != len(names):
        raise UsageError(f"{len(names)} indicators need as many directions, got {len(signs)}.")
    meta = pd.DataFrame({"parent": "", "direction": signs}, index=names)
    x = data.to_numpy(dtype=float, na_value=np.nan) * Hierarchy.of(meta, pd.Index(names)).direction
    n = len(names)
    weights = np.vstack([np.ones((1, n)), 1 - np.eye(n)]) if drop_one and n > 1 else np.ones((1, n))
    ranks = []
    for how, aggregate in [
        ("minmax", "arithmetic"),
        ("minmax", "geometric"),
        ("zscore", "arithmetic"),
        ("percent_rank", "arithmetic"),
        ("percent_rank", "geometric"),
    ]:
        leaf = normalised(x, how, (1, 100))
        scores = weighted_mean(leaf[None], weights, aggregate)
        scores[:, 3 * (~np.isnan(leaf)).sum(axis=1) < 2 * n] = np.nan
        ranks.append(ranked(scores))
    return summed_up(pd.Series(ranks[0][0], index=data.index), np.vstack(ranks))


def rank_uncertainty(
    data: pd.DataFrame,
    meta: pd.DataFrame,
    draws: int = 10_000,
    seed: int = 0,
    *,
    errors: pd.DataFrame | None = None,
    choices: Choices = DEFAULT_CHOICES,
    limits: Limits = None,
    node: str | None = None,
) -> pd.DataFrame:
    """Rank many times, each time with other weights, normalisation, aggregation, outlier rule and indicators.

    Parameters
    ----------
    data : DataFrame of float, shape (units, indicators)
        As for `s3geo.statistics.composite`, before any outlier treatment; index without repeats.
    meta : DataFrame
        As for `s3geo.statistics.composite`.
    draws : int
        10,000 by default; 1,000 while a slider moves.
    seed : int
        The same seed gives the same draws, whatever the weights: differences between two calls are due to the
        weights, not to chance (common random numbers).
    errors : DataFrame of float, optional
        Standard errors in the units of the data, where known; each value is then redrawn from a normal distribution.
        Missing columns and NaN: not redrawn.
    choices : Choices
        What may vary; the first of each is the nominal choice.
    limits : mapping of str to (lo, hi), or DataFrame with columns lo and hi, optional
        Stored min-max bounds, used under the nominal outlier rule; other rules set their own.
    node : str, optional
        Which score is ranked, for example one cell; the only top by default.

    Returns
    -------
    DataFrame of float
        Index as given; nominal, median, q05, q95, min, max of the rank; 1 is best, ties share the better rank, NaN
        where there is no score.

    Raises
    ------
    UsageError
        Unknown choices, repeated or missing names, negative standard errors, no draws.

    Notes
    -----
    Each draw multiplies each weight by ``1 + U(-0.25, 0.25)`` (the noise model of COINr, Becker et al. 2022) and picks
    from {min-max, z-score, percent rank}, {arithmetic, geometric}, {outliers treated, bounds within three standard
    deviations, none} and {no indicator dropped, one of them}. Before geometric means scores are on [1, 100]; a z-score
    brought there is min-max. Caps and logs are those of the values as published; min-max bounds, means and standard
    deviations are refitted in each draw, unless stored. The 5th and 95th percentile are reported (Saisana, Saltelli &
    Tarantola 2005). Which units have a score is settled by the data, not by the draw.

    Examples
    --------
    >>> data = pd.DataFrame({"x": [1.0, 2, 3, 9], "y": [30.0, 9, 20, 90]}, list("ABCD"))
    >>> meta = pd.DataFrame({"parent": "index", "direction": 1}, ["x", "y"])
    >>> rank_uncertainty(data, meta, draws=200)[["nominal", "q05", "q95"]]
       nominal  q05  q95
    A      3.0  2.0  4.0
    B      4.0  3.0  4.0
    C      2.0  2.0  3.0
    D      1.0  1.0  1.0
    """
    return simulate_ranks(data, meta, draws, seed, errors=errors, choices=choices, limits=limits, node=node).summary()


def simulate_ranks(
    data: pd.DataFrame,
    meta: pd.DataFrame,
    draws: int = 10_000,
    seed: int = 0,
    *,
    errors: pd.DataFrame | None = None,
    choices: Choices = DEFAULT_CHOICES,
    limits: Limits = None,
    node: str | None = None,
) -> RankDraws:
    """Do as `rank_uncertainty` and keep every draw.

    Parameters
    ----------
    data, meta, draws, seed, errors, choices, limits, node
        As for `rank_uncertainty`.

    Returns
    -------
    RankDraws
        ``.summary()``, ``.above()`` = P(A above B), and ``.not_distinguishable()``.

    Examples
    --------
    >>> data = pd.DataFrame({"x": [1.0, 2, 3, 9], "y": [30.0, 9, 20, 90]}, list("ABCD"))
    >>> meta = pd.DataFrame({"parent": "index", "direction": 1}, ["x", "y"])
    >>> simulate_ranks(data, meta, draws=200).not_distinguishable().loc["A"].tolist()
    [False, True, True, False]
    """
    return RankStudy.of(data, meta, draws, seed, errors=errors, choices=choices, limits=limits).simulate(meta, node)


def rank_sensitivity(
    data: pd.DataFrame,
    meta: pd.DataFrame,
    draws: int = 1_000,
    seed: int = 0,
    *,
    errors: pd.DataFrame | None = None,
    choices: Choices = DEFAULT_CHOICES,
    limits: Limits = None,
    node: str | None = None,
) -> pd.DataFrame:
    """Say which assumption moves which unit, in places: the mean change of its rank when only that one is redrawn.

    Parameters
    ----------
    data, meta, draws, seed, errors, choices, limits, node
        As for `rank_uncertainty`; ranks are computed seven times.

    Returns
    -------
    DataFrame of float
        Index as given, columns `SOURCES`: weights, normalise, aggregate, outliers, dropped, values. 0 where nothing
        is drawn, NaN without a score.

    Notes
    -----
    ``mean |rank(a) - rank(a with source k from b)|`` over pairs of independent draws a, b: the absolute-value sister
    of Jansen's estimator of the total Sobol' index (Saltelli et al. 2010), interactions included. It handles groups of
    inputs (all weights, all values) at once and is in places, not in shares of a variance.

    Examples
    --------
    >>> data = pd.DataFrame({"x": [1.0, 2, 3, 9], "y": [30.0, 9, 20, 90]}, list("ABCD"))
    >>> meta = pd.DataFrame({"parent": "index", "direction": 1}, ["x", "y"])
    >>> rank_sensitivity(data, meta, draws=300).idxmax(axis=1)["B"]
    'dropped'
    """
    return RankStudy.of(data, meta, draws, seed, errors=errors, choices=choices, limits=limits).sensitivity(meta, node)
