"""How sure a figure is, and what its interval allows one to say."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from s3geo.errors import DataError, UsageError, listed

__all__ = ["difference_interval", "dobson", "mean_interval", "rate_interval", "verdict", "wilson"]

Numbers = float | pd.Series

EXACT_BELOW = 10
"""Events below which a Poisson interval is exact (Byar's lower limit may fall below 0 there)."""


def wilson(x: Numbers, n: Numbers, level: float = 0.95) -> pd.DataFrame:
    """Interval of a proportion.

    Parameters
    ----------
    x : Series of float, or float
        How many have the property.
    n : Series of float, or float
        How many were asked.
    level : float
        0.95 for reading one profile, 0.998 for a list of stand-outs.

    Returns
    -------
    DataFrame
        Index of the Series given (one row for plain numbers); lower, upper as shares 0-1; NaN where x or n is NaN or
        n is 0.

    Raises
    ------
    DataError
        x below 0 or above n.
    UsageError
        Level not between 0 and 1, two Series of different index.

    Notes
    -----
    ``(2x + z^2 -/+ z sqrt(z^2 + 4x(1 - x/n))) / (2(n + z^2))`` (Wilson 1927; APHO Technical Briefing 3).

    Examples
    --------
    >>> wilson(65, 100).round(4).to_dict("records")
    [{'lower': 0.5525, 'upper': 0.7364}]
    """
    table, (x_, n_) = _aligned(x=x, n=n)
    _refuse(table, (x_ < 0) | (x_ > n_), "counts must lie from 0 to n")
    z = _z(level)
    n_ = np.where(n_ > 0, n_, np.nan)
    half = z * np.sqrt(z**2 + 4 * x_ * (1 - x_ / n_))
    return _limits(table, (2 * x_ + z**2 - half) / (2 * (n_ + z**2)), (2 * x_ + z**2 + half) / (2 * (n_ + z**2)))


def rate_interval(x: Numbers, n: Numbers, per: float, level: float = 0.95) -> pd.DataFrame:
    """Interval of a rate of events that come one by one.

    Parameters
    ----------
    x : Series of float, or float
        Events.
    n : Series of float, or float
        Population, in persons (or enterprises, ...).
    per : float
        The rate's multiplier: 100,000 for a rate per 100,000; 1 with n = 1 for the count itself.
    level : float
        As for `wilson`.

    Returns
    -------
    DataFrame
        Index of the Series given; lower, upper of ``x / n * per``; NaN where x or n is NaN or n is 0.

    Raises
    ------
    DataError
        x or n below 0.
    UsageError
        As for `wilson`.

    Notes
    -----
    Below ten events exact, ``chi2(a/2, 2x)/2`` and ``chi2(1 - a/2, 2x + 2)/2`` (Garwood 1936); from ten Byar's
    ``x (1 - 1/(9x) - z/(3 sqrt x))^3`` and the same with x + 1 and plus (Breslow & Day 1987; PHE 2018, Technical
    guide: confidence intervals). For a full count this is natural variation, not sampling error: it is drawn, and
    gives no verdict in words.

    Examples
    --------
    >>> rate_interval(222, 3215, 100_000).round(1).to_dict("records")
    [{'lower': 6026.6, 'upper': 7875.7}]
    """
    table, (x_, n_) = _aligned(x=x, n=n)
    _refuse(table, (x_ < 0) | (n_ < 0), "events and population must be 0 or more")
    lower, upper = _poisson(x_, level)
    scale = per / np.where(n_ > 0, n_, np.nan)
    return _limits(table, lower * scale, upper * scale)


def mean_interval(mean: Numbers, sd: Numbers, n: Numbers, level: float = 0.95) -> pd.DataFrame:
    """Interval of a mean.

    Parameters
    ----------
    mean, sd : Series of float, or float
        Of the sample, in the same unit; sd with n - 1.
    n : Series of float, or float
        Size of the sample.
    level : float
        As for `wilson`.

    Returns
    -------
    DataFrame
        Index of the Series given; lower, upper in the unit of the mean; NaN where anything is NaN or n is below 2.

    Raises
    ------
    DataError
        sd below 0.
    UsageError
        As for `wilson`.

    Notes
    -----
    ``mean -/+ t(1 - a/2, n - 1) sd / sqrt n`` (Student 1908).

    Examples
    --------
    >>> mean_interval(50, 20, 16).round(2).to_dict("records")
    [{'lower': 39.34, 'upper': 60.66}]
    """
    from scipy.special import stdtrit

    table, (mean_, sd_, n_) = _aligned(mean=mean, sd=sd, n=n)
    _refuse(table, sd_ < 0, "a standard deviation must be 0 or more")
    n_ = np.where(n_ >= 2, n_, np.nan)
    half = stdtrit(n_ - 1, 1 - _tail(level)) * sd_ / np.sqrt(n_)
    return _limits(table, mean_ - half, mean_ + half)


def dobson(value: Numbers, variance: Numbers, observed: Numbers, level: float = 0.95) -> pd.DataFrame:
    """Interval of a weighted sum of counts, as a standardised or an apportioned one.

    Parameters
    ----------
    value : Series of float, or float
        The weighted sum, in any unit.
    variance : Series of float, or float
        Of the sum, in that unit squared: ``sum of weight^2 * count``.
    observed : Series of float, or float
        Events behind it, unweighted.
    level : float
        As for `wilson`.

    Returns
    -------
    DataFrame
        Index of the Series given; lower, upper in the unit of the value; NaN below ten events, where it is not shown.

    Raises
    ------
    DataError
        Variance or events below 0.
    UsageError
        As for `wilson`.

    Notes
    -----
    ``value + sqrt(variance / O) (limit of O - O)`` with Byar's limits of O (Dobson, Kuulasmaa, Eberle & Scherer 1991).

    Examples
    --------
    >>> dobson(130, 2 * 2 * 65, 65).round(2).to_dict("records")
    [{'lower': 100.33, 'upper': 165.7}]
    """
    table, (value_, variance_, observed_) = _aligned(value=value, variance=variance, observed=observed)
    _refuse(table, (variance_ < 0) | (observed_ < 0), "variance and events must be 0 or more")
    enough = np.where(observed_ >= EXACT_BELOW, observed_, np.nan)
    lower, upper = _poisson(enough, level)
    step = np.sqrt(variance_ / enough)
    return _limits(table, value_ + step * (lower - enough), value_ + step * (upper - enough))


def verdict(lower: float, upper: float, benchmark: float) -> str:
    """Compare an interval with a fixed benchmark.

    Parameters
    ----------
    lower, upper : float
        95 % limits in the unit of the benchmark; NaN where no interval is known.
    benchmark : float
        England's value, taken as fixed (it rests on far larger numbers).

    Returns
    -------
    {"lower", "similar", "higher", ""}
        Empty where no interval or no benchmark is known: then there is no verdict.

    Examples
    --------
    >>> verdict(55.2, 73.6, 50), verdict(55.2, 73.6, 60), verdict(float("nan"), float("nan"), 60)
    ('higher', 'similar', '')
    """
    if math.isnan(lower) or math.isnan(upper) or math.isnan(benchmark):
        return ""
    if lower > benchmark:
        return "higher"
    return "lower" if upper < benchmark else "similar"


def difference_interval(
    first: float, first_limits: tuple[float, float], second: float, second_limits: tuple[float, float]
) -> tuple[float, float]:
    """Return the interval of the difference of two independent figures from their own intervals.

    Parameters
    ----------
    first, second : float
        In one unit.
    first_limits, second_limits : tuple of float
        Lower and upper, of one level.

    Returns
    -------
    tuple of float
        Of second - first, at that level.

    Notes
    -----
    ``d - sqrt((b - l_b)^2 + (u_a - a)^2)`` and ``d + sqrt((u_b - b)^2 + (a - l_a)^2)``: Newcombe (1998), method 10; in
    general Zou & Donner (2008), "MOVER".

    Examples
    --------
    >>> low, high = difference_interval(48 / 80, (0.4904, 0.7004), 56 / 70, (0.6918, 0.8774))
    >>> round(low, 3), round(high, 3)
    (0.052, 0.334)
    """
    (low_a, high_a), (low_b, high_b) = first_limits, second_limits
    d = second - first
    return d - math.hypot(second - low_b, high_a - first), d + math.hypot(high_b - second, first - low_a)


def _poisson(x: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    from scipy.special import gammaincinv

    z, tail = _z(level), _tail(level)
    few = np.where(x < EXACT_BELOW, x, np.nan)
    exact = np.where(few == 0, 0, gammaincinv(np.where(few > 0, few, np.nan), tail)), gammaincinv(few + 1, 1 - tail)
    many = np.where(x >= EXACT_BELOW, x, np.nan)
    byar = _byar(many, -z), _byar(many + 1, z)
    return np.where(x < EXACT_BELOW, exact[0], byar[0]), np.where(x < EXACT_BELOW, exact[1], byar[1])


def _byar(x: np.ndarray, z: float) -> np.ndarray:
    return np.asarray(x * (1 - 1 / (9 * x) + z / (3 * np.sqrt(x))) ** 3)


def _tail(level: float) -> float:
    if not 0 < level < 1:
        raise UsageError(f"level must be between 0 and 1, for example 0.95, got {level}.")
    return (1 - level) / 2


def _z(level: float) -> float:
    from scipy.special import ndtri

    return float(-ndtri(_tail(level)))


def _aligned(**inputs: Numbers) -> tuple[pd.DataFrame, list[np.ndarray]]:
    """Put Series and plain numbers into one table; Series must agree in their index."""
    series = [v for v in inputs.values() if isinstance(v, pd.Series)]
    index = series[0].index if series else pd.RangeIndex(1)
    if any(not s.index.equals(index) for s in series):
        raise UsageError(f"{' and '.join(inputs)} must have the same index in the same order.")
    table = pd.DataFrame(inputs, index=index)
    return table, [table[name].to_numpy(dtype=float, na_value=np.nan) for name in inputs]


def _refuse(table: pd.DataFrame, bad: np.ndarray, why: str) -> None:
    if bad.any():
        rows = [{"code": str(code), "problem": why} for code in table.index[bad]]
        raise DataError(f"No interval for {listed(table.index[bad])}: {why}.", rows)


def _limits(table: pd.DataFrame, lower: np.ndarray, upper: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"lower": lower, "upper": upper}, index=table.index)
