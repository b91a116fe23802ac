"""What a region does more than England, and how sure that is.

A table has regions as rows and activities as columns, counts in its cells. A row with a gap has no total, so that
nothing can be said about its shares: the whole row comes back as NaN.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from s3geo.errors import DataError, UsageError, listed
from s3geo.geography.aggregate import bres_base

__all__ = [
    "checked",
    "expected_by_chance",
    "location_quotient",
    "lq_interval",
    "presence",
    "rounded_lq_interval",
    "shares",
    "specialised",
    "survey_lq_interval",
]


def location_quotient(table: pd.DataFrame, benchmark: pd.Series | None = None) -> pd.DataFrame:
    """Share of each activity in the region, over its share in the benchmark.

    Parameters
    ----------
    table : DataFrame of float, shape (regions, activities)
        Counts (jobs, enterprises, papers) or amounts, 0 or more.
    benchmark : Series of float, optional
        England's own row, index = the activities (others in it are left out). Needed for LEPs, which overlap; else the
        column sums of the rows without gaps.

    Returns
    -------
    DataFrame of float
        Index and columns as given; 1 = as in the benchmark. NaN in rows with a gap or without any activity, and where
        the benchmark has none of an activity.

    Raises
    ------
    DataError
        A count below 0.
    UsageError
        The benchmark lacks an activity.

    Notes
    -----
    ``LQ_ri = (E_ri / E_r) / (E_i / E)``; for papers or patents known as revealed comparative advantage (Balassa 1965).

    Examples
    --------
    >>> table = pd.DataFrame({"cars": [120, 720], "rest": [1880, 17280]}, index=["R", "elsewhere"])
    >>> location_quotient(table).loc["R"].round(3).to_dict()
    {'cars': 1.429, 'rest': 0.981}
    """
    own, reference = shares(table, benchmark)
    return own / reference.mask(reference == 0)


def lq_interval(
    table: pd.DataFrame, benchmark: pd.Series | None = None, level: float = 0.95
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Interval of the location quotient of a place that lies inside its nation.

    Parameters
    ----------
    table, benchmark
        As for `location_quotient`; counts, not amounts.
    level : float
        0.95 for reading one region, 0.998 for a list of all that stand out.

    Returns
    -------
    lower, upper : DataFrame of float
        Index and columns of the table. NaN where there is no quotient, where a count is 0, and where it exceeds the
        benchmark's. Lower is at least 0.

    Raises
    ------
    DataError, UsageError
        As `location_quotient`; level not between 0 and 1; a region larger than the benchmark (shares instead of
        counts, or another country).

    Notes
    -----
    Delta method for binomial counts, p = E_ri / E_r and P = E_i / E:
    ``var = LQ^2 [(1-p)/(E_r p) + (1-P)/(E P) - 2 (1-p)/(E P)]``, limits ``LQ -/+ z sqrt(var)`` (after Moineddin, Beyene
    & Boyle 2003; Beyene & Moineddin 2005). It knows the chance of counts, not that of surveys (`survey_lq_interval`)
    nor rounding (`rounded_lq_interval`).

    Examples
    --------
    >>> table = pd.DataFrame({"cars": [120, 720], "rest": [1880, 17280]}, index=["R", "elsewhere"])
    >>> lower, upper = lq_interval(table)
    >>> round(float(lower.at["R", "cars"]), 3), round(float(upper.at["R", "cars"]), 3)
    (1.199, 1.658)
    """
    z = _z(level)
    counts, reference = checked(table, benchmark)
    larger = counts.sum(axis=1) > reference.sum() * (1 + 1e-9)
    if larger.any():
        raise UsageError(
            f"{listed(table.index[larger])} has more than the benchmark: an interval needs the counts, not the shares, "
            "of a nation that the region is part of."
        )
    lq = location_quotient(table, benchmark)
    own, national = shares(table, benchmark)
    held = counts.mask((counts == 0) | (counts > reference))
    variance = lq**2 * ((1 - own) / held + ((1 - national) - 2 * (1 - own)) / reference.mask(reference == 0))
    half = z * np.sqrt(variance.clip(lower=0))
    return (lq - half).clip(lower=0), lq + half


def survey_lq_interval(
    lq: pd.DataFrame, cv: pd.DataFrame | float, cv_benchmark: pd.Series | float = 0.0, level: float = 0.95
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Interval of a location quotient that rests on survey estimates.

    Parameters
    ----------
    lq : DataFrame of float, shape (regions, activities)
    cv : DataFrame of float, or float
        Coefficient of variation of each regional estimate, 0.12 for 12 %.
    cv_benchmark : Series of float (index = activities), or float
        That of the benchmark's.
    level : float
        As for `lq_interval`.

    Returns
    -------
    lower, upper : DataFrame of float

    Notes
    -----
    ``cv(LQ) = sqrt(cv_region^2 + cv_benchmark^2)``, limits ``LQ exp(-/+ z cv)`` (Crawley, Beynon & Munday 2013).

    Examples
    --------
    >>> lower, upper = survey_lq_interval(pd.DataFrame({"cars": [1.43]}, index=["R"]), cv=0.12, cv_benchmark=0.02)
    >>> round(float(lower.at["R", "cars"]), 3), round(float(upper.at["R", "cars"]), 3)
    (1.127, 1.815)
    """
    squared = lq * 0 + cv**2 + cv_benchmark**2
    factor: pd.DataFrame = (_z(level) * squared**0.5).map(np.exp)
    return lq / factor, lq * factor


def rounded_lq_interval(
    table: pd.DataFrame,
    benchmark: pd.Series,
    totals: pd.Series | None = None,
    benchmark_total: float | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Bounds of the location quotient of rounded open-access BRES estimates.

    Parameters
    ----------
    table : DataFrame of float, shape (regions, activities)
        Jobs as published.
    benchmark : Series of float
        The nation's own row, as published.
    totals : Series of float, optional
        Published total of each region; the sum of its row by default, which is off by all roundings together.
    benchmark_total : float, optional
        Published total of the nation; the sum of its row by default.

    Returns
    -------
    lower, upper : DataFrame of float
        The quotient if part and whole are off by half their base, here and in the nation, in the worst way; upper is
        infinite where the nation, or the region as a whole, may have none. NaN in rows with a gap, and where the nation
        has none of an activity.

    Raises
    ------
    DataError, UsageError
        As `location_quotient`.

    Notes
    -----
    Bases by `s3geo.geography.aggregate.bres_base` (Nomis, relaxed rule).

    Examples
    --------
    >>> lower, upper = rounded_lq_interval(
    ...     pd.DataFrame({"cars": [225]}), pd.Series({"cars": 9_000}), pd.Series([85_000]), 2_500_000
    ... )
    >>> round(float(lower.at[0, "cars"]), 3), round(float(upper.at[0, "cars"]), 3)
    (0.654, 0.827)
    """
    part, national = checked(table, benchmark)
    off, off_nation = part.map(bres_base) / 2, national.map(bres_base) / 2
    whole, off_whole = part.sum(axis=1, skipna=False), off.sum(axis=1)
    if totals is not None:
        whole = totals.reindex(table.index).astype(float)
        off_whole = whole.map(bres_base) / 2
    nation, off_all = float(national.sum(skipna=False)), float(off_nation.sum())
    if benchmark_total is not None:
        nation, off_all = float(benchmark_total), bres_base(benchmark_total) / 2
    bounds = []
    for sign in (-1, 1):
        here = (part + sign * off).clip(lower=0).div((whole - sign * off_whole).clip(lower=0), axis=0)
        there = (national - sign * off_nation).clip(lower=0) / (nation + sign * off_all)
        bounds.append(here / there.mask(national == 0))
    return bounds[0], bounds[1]


def presence(table: pd.DataFrame, threshold: float = 1.0, benchmark: pd.Series | None = None) -> pd.DataFrame:
    """Return the matrix M: 1 where the location quotient reaches the threshold.

    Parameters
    ----------
    table, benchmark
        As for `location_quotient`.
    threshold : float
        A quotient equal to it counts.

    Returns
    -------
    DataFrame of float
        0, 1, or NaN where no quotient is known. It feeds relatedness and partners; it does not say "specialised".

    Examples
    --------
    >>> presence(pd.DataFrame({"cars": [120, 720], "rest": [1880, 17280]})).to_numpy().tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    lq = location_quotient(table, benchmark)
    return (lq >= threshold).astype(float).where(lq.notna())


def specialised(
    table: pd.DataFrame,
    threshold: float = 1.25,
    level: float = 0.95,
    floor: float = 500,
    benchmark: pd.Series | None = None,
    lower: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Flag what may be called a specialisation.

    Parameters
    ----------
    table, benchmark
        As for `location_quotient`; counts.
    threshold : float
        Of the quotient.
    level : float
        Of its interval: 0.95 for one region, 0.998 for a list of all flagged pairs (see `expected_by_chance`).
    floor : float
        Least count; 500 for jobs, 10 for projects.
    lower : DataFrame of float, optional
        Lower limits by another method that applies too (`survey_lq_interval`, `rounded_lq_interval`): the smaller of
        both counts.

    Returns
    -------
    DataFrame of bool
        True where the quotient is at least the threshold **and** its lower limit above 1 **and** the count at least
        the floor. False where nothing is known.

    Examples
    --------
    >>> table = pd.DataFrame({"cars": [1200, 7200], "rest": [18800, 172800]}, index=["R", "elsewhere"])
    >>> specialised(table).loc["R"].to_dict(), specialised(table, floor=2000).loc["R"].to_dict()
    ({'cars': True, 'rest': False}, {'cars': False, 'rest': False})
    """
    sure = lq_interval(table, benchmark, level)[0] > 1
    if lower is not None:
        sure &= lower.reindex(index=table.index, columns=table.columns) > 1
    return (location_quotient(table, benchmark) >= threshold) & sure & (table >= floor)


def expected_by_chance(
    table: pd.DataFrame, level: float = 0.95, floor: float = 500, benchmark: pd.Series | None = None
) -> float:
    """Return how many lower limits would lie above 1 if all regions were like the benchmark.

    Parameters
    ----------
    table, level, floor, benchmark
        As for `specialised`.

    Returns
    -------
    float
        Pairs with an interval and at least the floor, times ``(1 - level) / 2``: the most flags of `specialised` that
        chance alone explains, to print beside a list of them.

    Examples
    --------
    >>> table = pd.DataFrame({"cars": [1200, 7200], "rest": [18800, 172800]})
    >>> round(expected_by_chance(table), 3), round(expected_by_chance(table, level=0.998), 3)
    (0.1, 0.004)
    """
    lower, _ = lq_interval(table, benchmark, level)
    return int((lower.notna() & (table >= floor)).to_numpy().sum()) * (1 - level) / 2


def checked(table: pd.DataFrame, benchmark: pd.Series | None = None) -> tuple[pd.DataFrame, pd.Series]:
    """Return the counts, NaN in every row that has a gap, and the benchmark in the order of the columns."""
    counts = table.astype(float)
    negative = (counts < 0).any(axis=1)
    if negative.any():
        raise DataError(
            f"Counts must be 0 or more: {listed(table.index[negative])}.",
            [{"code": str(code), "problem": "a count is below 0"} for code in table.index[negative]],
        )
    counts = counts.mask(counts.isna().any(axis=1))
    if benchmark is None:
        return counts, counts.dropna().sum()
    absent = table.columns.difference(benchmark.index)
    if len(absent):
        raise UsageError(f"The benchmark lacks {listed(absent)}.")
    return counts, benchmark.reindex(table.columns).astype(float)


def shares(table: pd.DataFrame, benchmark: pd.Series | None = None) -> tuple[pd.DataFrame, pd.Series]:
    """Return the shares (0-1) of the activities in each region and in the benchmark."""
    counts, reference = checked(table, benchmark)
    totals = counts.sum(axis=1, skipna=False)
    total = float(reference.sum(skipna=False))
    return counts.div(totals.mask(totals == 0), axis=0), reference / (total if total > 0 else np.nan)


def _z(level: float) -> float:
    from scipy.special import ndtri

    if not 0 < level < 1:
        raise UsageError(f"level must be between 0 and 1, for example 0.95, got {level}.")
    return float(ndtri((1 + level) / 2))
