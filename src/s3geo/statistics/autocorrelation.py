"""Are like values near each other: over the whole map, and where.

Exploratory: 38 regions have little power. Units without a value or without a neighbour that has one are set aside
first and named, never painted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from s3geo.errors import DataError, UsageError, listed

__all__ = ["LEAST_PERMUTATIONS", "Moran", "benjamini_hochberg", "getis_ord", "local_moran", "moran"]

Neighbours = Mapping[str, Sequence[str]]

LEAST_PERMUTATIONS = 9_999
"""With 999 a doubled p is at least 0.002, and a single region among 38 could never be significant."""
NO_NEIGHBOURS = "no neighbours"
NO_DATA = "no data"
QUADRANTS = np.array(["low-low", "low-high", "high-low", "high-high"])
BLOCK = 1_000


@dataclass(frozen=True)
class Moran:
    """Moran's I, what chance alone would give, and how far apart they are."""

    I: float  # noqa: E741 - the statistic's name
    expected: float
    variance: float
    z: float
    p: float
    """Two-sided."""
    n: int
    """Units that entered."""
    without_neighbours: tuple[str, ...]


def moran(
    values: pd.Series,
    neighbours: Neighbours,
    standardise: Literal["row", "binary"] = "row",
    assumption: Literal["randomisation", "normality"] = "randomisation",
) -> Moran:
    """Global Moran's I.

    Parameters
    ----------
    values : Series of float
        Index = code; any unit. Units with NaN are left out, and so are those without neighbours.
    neighbours : mapping of code to codes
        As `s3geo.geography.neighbours.neighbours` returns them.
    standardise : {"row", "binary"}
        Weights of a unit's neighbours add to 1, or are 1 each.
    assumption : {"randomisation", "normality"}
        Behind the variance: the values are shuffled over the map, or drawn from one normal distribution.

    Returns
    -------
    Moran
        I (about 0 = no pattern, towards 1 = like values adjoin), expected, variance, z, p (two-sided), n,
        without_neighbours.

    Raises
    ------
    DataError
        Fewer than four units left, all values equal, or one infinite.
    UsageError
        A code of `values` is missing in `neighbours` or stands twice; an unknown word for `standardise` or
        `assumption`.

    Notes
    -----
    ``I = (n / S0) z'Wz / z'z``, z = y - mean, ``E[I] = -1 / (n - 1)``; variances of Cliff & Ord (1981).

    Examples
    --------
    >>> row = {"a": ["b"], "b": ["a", "c"], "c": ["b", "d"], "d": ["c", "e"], "e": ["d"]}
    >>> found = moran(pd.Series([1.0, 2, 3, 4, 5], index=list("abcde")), row)
    >>> round(found.I, 3), found.expected, found.n
    (0.6, -0.25, 5)
    """
    if standardise not in {"row", "binary"}:
        raise UsageError(f"No weights {standardise!r}; choose row or binary.")
    if assumption not in {"randomisation", "normality"}:
        raise UsageError(f"No assumption {assumption!r}; choose randomisation or normality.")
    y, lists, state = _units(values, neighbours)
    n = len(y)
    if n < 4:
        raise DataError(f"Moran's I needs four units with values and neighbours, there are {n}.")
    w = np.zeros((n, n))
    for i, near in enumerate(lists):
        w[i, near] = 1 / len(near) if standardise == "row" else 1
    z = _deviations(y)
    s0 = w.sum()
    s1 = ((w + w.T) ** 2).sum() / 2
    s2 = ((w.sum(axis=0) + w.sum(axis=1)) ** 2).sum()
    statistic = n / s0 * (z @ w @ z) / (z @ z)
    expected = -1 / (n - 1)
    if assumption == "normality":
        square = (n**2 * s1 - n * s2 + 3 * s0**2) / ((n - 1) * (n + 1) * s0**2)
    else:
        b2 = (z**4).mean() / (z**2).mean() ** 2
        square = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3 * s0**2) - b2 * ((n**2 - n) * s1 - 2 * n * s2 + 6 * s0**2)
        square /= (n - 1) * (n - 2) * (n - 3) * s0**2
    variance = square - expected**2
    score = (statistic - expected) / np.sqrt(variance) if variance > 0 else np.nan
    islands = tuple(str(code) for code in state.index[state == NO_NEIGHBOURS])
    return Moran(float(statistic), expected, float(variance), float(score), _two_sided(score), n, islands)


def local_moran(
    values: pd.Series,
    neighbours: Neighbours,
    permutations: int = LEAST_PERMUTATIONS,
    seed: int = 0,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Local Moran's I (LISA): where like values, or unlike ones, adjoin.

    Parameters
    ----------
    values, neighbours
        As for `moran`.
    permutations : int
        9,999 or more.
    seed : int
        The same seed gives the same p.
    alpha : float
        False discovery rate.

    Returns
    -------
    DataFrame
        Index of `values`. I; p (two-sided); q (p adjusted by Benjamini and Hochberg over the units with neighbours);
        quadrant ("high-high", "low-low", "high-low", "low-high": the unit's value and its neighbours', against the
        mean; "no neighbours", "no data"); significant (q <= alpha). Only significant units are to be coloured.

    Raises
    ------
    DataError, UsageError
        As `moran`; fewer than 9,999 permutations.

    Notes
    -----
    ``I_i = (n - 1) z_i sum_j w_ij z_j / z'z`` with weights that add to 1 (Anselin 1995). The other values are shuffled
    over the other units; ``p = min(1, 2 (tail + 1) / (permutations + 1))``, tail = the smaller count of shuffles at
    least as high, or at least as low. The correction over units follows Caldas de Castro & Singer (2006).

    Examples
    --------
    >>> grid = {c: [d for d in (c - 1, c + 1) if 0 <= d < 12] for c in range(12)}
    >>> found = local_moran(pd.Series([9.0] * 6 + [1.0] * 6), grid)
    >>> found.loc[[0, 11], "quadrant"].tolist(), bool(found["significant"].any())
    (['high-high', 'low-low'], False)
    """
    y, lists, state = _units(values, neighbours)
    n = len(y)
    if n < 4:
        raise DataError(f"Local Moran's I needs four units with values and neighbours, there are {n}.")
    z = _deviations(y)
    lag = np.array([z[near].mean() for near in lists])
    local = (n - 1) * z * lag / (z @ z)
    p = _permuted_p(z, lists, permutations, seed, own=z)
    quadrant = QUADRANTS[2 * (z > 0) + (lag > 0)]
    return _table(state, alpha, I=local, p=p, quadrant=quadrant)


def getis_ord(
    values: pd.Series,
    neighbours: Neighbours,
    *,
    star: bool = True,
    permutations: int = LEAST_PERMUTATIONS,
    seed: int = 0,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Hot and cold spots: where high, or low, values lie together.

    Parameters
    ----------
    values, neighbours, permutations, seed, alpha
        As for `local_moran`.
    star : bool
        Gi* counts the unit itself among its neighbours, Gi does not.

    Returns
    -------
    DataFrame
        Index of `values`. z; p (two-sided, from permutations); q; spot ("hot spot", "cold spot", by the sign of z;
        "no neighbours", "no data"); significant.

    Raises
    ------
    DataError, UsageError
        As `local_moran`.

    Notes
    -----
    ``z = (sum_j w_ij y_j - W_i ybar) / (s sqrt((m S1_i - W_i^2) / (m - 1)))`` with weights of 0 and 1, W_i and S1_i the
    sums of weights and of their squares; over all units (m = n) for Gi*, over the others (m = n - 1) for Gi (Ord &
    Getis 1995).

    Examples
    --------
    >>> grid = {c: [d for d in (c - 1, c + 1) if 0 <= d < 12] for c in range(12)}
    >>> getis_ord(pd.Series([9.0] * 3 + [1.0] * 9), grid)["z"].round(2).tolist()[:3]
    [2.57, 3.32, 1.84]
    """
    y, lists, state = _units(values, neighbours)
    n = len(y)
    if n < 4:
        raise DataError(f"Getis and Ord's G needs four units with values and neighbours, there are {n}.")
    _deviations(y)
    count = np.array([len(near) for near in lists]) + star
    total = np.array([y[near].sum() for near in lists]) + y * star
    m = n if star else n - 1
    mean = y.mean() if star else (y.sum() - y) / m
    square = (y**2).mean() if star else ((y**2).sum() - y**2) / m
    spread = np.sqrt(np.maximum(square - mean**2, 0) * (m * count - count**2) / (m - 1))
    z = np.divide(total - count * mean, spread, out=np.full(n, np.nan), where=spread > 1e-12 * np.abs(y).max())
    p = _permuted_p(y, lists, permutations, seed)
    spot = np.where(np.isnan(z), "", np.where(z > 0, "hot spot", "cold spot"))
    return _table(state, alpha, z=z, p=np.where(np.isnan(z), np.nan, p), spot=spot)


def benjamini_hochberg(p: pd.Series, alpha: float = 0.05) -> pd.DataFrame:
    """Control the share of false discoveries among many tests.

    Parameters
    ----------
    p : Series of float
        0-1; NaN = not tested, and not counted.
    alpha : float
        Share of false ones accepted among the discoveries.

    Returns
    -------
    DataFrame
        Index of p. q (adjusted p, NaN where p is), rejected (q <= alpha).

    Raises
    ------
    DataError
        A p outside 0-1.

    Notes
    -----
    q of the i-th smallest of m = ``min over j >= i of p_j m / j`` (Benjamini & Hochberg 1995), by statsmodels.

    Examples
    --------
    >>> benjamini_hochberg(pd.Series([0.01, 0.04, 0.03, None]))["q"].round(3).tolist()
    [0.03, 0.04, 0.04, nan]
    """
    from statsmodels.stats.multitest import multipletests

    tested = p.dropna().astype(float)
    if not tested.between(0, 1).all():
        raise DataError(f"p must lie from 0 to 1: {listed(tested.index[~tested.between(0, 1)])}.")
    out = pd.DataFrame({"q": np.nan, "rejected": False}, index=p.index)
    if len(tested):
        known = p.notna().to_numpy()
        rejected, q, _, _ = multipletests(tested, alpha=alpha, method="fdr_bh")
        out.loc[known, "q"], out.loc[known, "rejected"] = q, rejected
    return out


def _units(values: pd.Series, neighbours: Neighbours) -> tuple[np.ndarray, list[np.ndarray], pd.Series]:
    """Return values and neighbours (as positions) of the units that can be used, and what is wrong with the others."""
    if values.index.has_duplicates:
        raise UsageError(f"The values name these twice: {listed(values.index[values.index.duplicated()])}.")
    absent = [code for code in values.index if code not in neighbours]
    if absent:
        raise UsageError(f"No neighbours are given for {listed(absent)}; give an empty list to a unit without any.")
    endless = values.index[np.isinf(values.to_numpy(dtype=float, na_value=np.nan))]
    if len(endless):
        raise DataError(f"Infinite value of {listed(endless)}.")
    state = pd.Series(np.where(values.isna(), NO_DATA, ""), index=values.index, dtype=object)
    while True:  # a neighbour that is set aside may have been the only one of another
        held = state.index[state == ""]
        place = {code: i for i, code in enumerate(held)}
        lists = [
            np.array([place[other] for other in neighbours[code] if other in place and other != code], dtype=int)
            for code in held
        ]
        lonely = [code for code, near in zip(held, lists, strict=True) if not len(near)]
        if not lonely:
            return values[held].to_numpy(dtype=float), lists, state
        state[lonely] = NO_NEIGHBOURS


def _deviations(y: np.ndarray) -> np.ndarray:
    if np.ptp(y) <= 1e-12 * np.abs(y).max():
        raise DataError("All values are equal: there is no pattern to look for.")
    return np.asarray(y - y.mean())


def _permuted_p(
    y: np.ndarray, lists: list[np.ndarray], permutations: int, seed: int, own: np.ndarray | None = None
) -> np.ndarray:
    """Two-sided p of each unit's sum over neighbours (times its own value) among shuffles of the other units."""
    if permutations < LEAST_PERMUTATIONS:
        raise UsageError(f"permutations must be {LEAST_PERMUTATIONS:,} or more, got {permutations:,}.")
    rng = np.random.default_rng(seed)
    n, most = len(y), max(len(near) for near in lists)
    rows = [min(BLOCK, permutations - start) for start in range(0, permutations, BLOCK)]
    others = np.arange(n - 1)
    drawn = np.concatenate([rng.permuted(np.tile(others, (r, 1)), axis=1)[:, :most] for r in rows]).T
    factor = np.ones(n) if own is None else own
    tie = 1e-12 * np.abs(y).max() * np.abs(factor)
    p = np.empty(n)
    for i, near in enumerate(lists):
        rest = np.delete(y, i)
        found = factor[i] * y[near].sum()
        shuffled = factor[i] * rest[drawn[: len(near)]].sum(axis=0)
        tail = min((shuffled >= found - tie[i]).sum(), (shuffled <= found + tie[i]).sum())
        p[i] = min(1.0, 2 * (tail + 1) / (permutations + 1))
    return p


def _two_sided(z: float) -> float:
    from scipy.special import ndtr

    return float(2 * ndtr(-abs(z)))


def _table(state: pd.Series, alpha: float, **columns: np.ndarray) -> pd.DataFrame:
    """Put results back beside the units that were set aside."""
    used = state == ""
    out = pd.DataFrame(columns, index=state.index[used]).reindex(state.index)
    corrected = benjamini_hochberg(out["p"], alpha)
    out.insert(2, "q", corrected["q"])
    word = out.columns[-1]
    out[word] = out[word].where(used, state)
    return out.assign(significant=corrected["rejected"])
