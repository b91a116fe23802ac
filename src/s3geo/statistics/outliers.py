"""Values so far out that they would set the scale of an indicator alone: cap a few of them, else take logs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from s3geo.errors import UsageError

__all__ = ["Treated", "box_cox", "log_shifted", "skew_and_kurtosis", "three_sd_bounds", "treat_outliers"]

MOST_SKEWNESS = 2.0
MOST_KURTOSIS = 3.5


@dataclass(frozen=True)
class Treated:
    """One indicator after the outlier rule, and what it takes to do the same to England or another year.

    Attributes
    ----------
    values : Series of float
        Index as given, NaN where NaN was; unit as given, or its logarithm where ``logged``.
    n_winsorised : int
        Values moved to a cap (0 where ``logged``: logs are taken of the untreated values).
    logged : bool
        Whether capping was not enough and logarithms were taken.
    lower, upper : float
        Caps; infinite where nothing was capped on that side. Where ``logged``, the range the logs were fitted to.
    skewness, kurtosis : float
        Of ``values``, after treatment.
    """

    values: pd.Series
    n_winsorised: int
    logged: bool
    lower: float
    upper: float
    skewness: float
    kurtosis: float
    _rising: bool = True

    @property
    def passes(self) -> bool:
        """Whether the treated values keep the rule."""
        return not _is_out(self.skewness, self.kurtosis)

    def apply(self, x: pd.Series) -> pd.Series:
        """Pass other values (England, another year) through the same caps or logs; index kept, NaN stays NaN."""
        return pd.Series(self.transform(x.to_numpy(dtype=float, na_value=np.nan)), index=x.index, name=x.name)

    def transform(self, x: np.ndarray) -> np.ndarray:
        """Do the same to an array of any shape. Beyond the range the logs were fitted to, its end is taken."""
        capped = np.clip(x, self.lower, self.upper)
        return _logged(capped, self.lower, self.upper, self._rising) if self.logged else capped


def skew_and_kurtosis(x: np.ndarray) -> tuple[float, float]:
    """Return skewness G1 and excess kurtosis G2 of the values that are present.

    Parameters
    ----------
    x : array of float, shape (n,)
        NaN is left out.

    Returns
    -------
    tuple of float
        NaN where there are fewer than four values or all are equal.

    Notes
    -----
    The estimators of type 2 (Joanes & Gill 1998): ``G1 = sqrt(n(n-1))/(n-2) m3/m2^1.5`` and
    ``G2 = (n-1)/((n-2)(n-3)) [(n+1)(m4/m2^2 - 3) + 6]`` with central moments m.

    Examples
    --------
    >>> skewness, kurtosis = skew_and_kurtosis(np.array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100.0]))
    >>> round(skewness, 3), round(kurtosis, 3)
    (3.256, 10.707)
    """
    x = x[~np.isnan(x)]
    n = x.size
    if n < 4 or np.ptp(x) <= 1e-12 * np.abs(x).max():
        return math.nan, math.nan
    z = (x - x.mean()) / np.ptp(x)
    m2, m3, m4 = (float((z**power).mean()) for power in (2, 3, 4))
    skewness = math.sqrt(n * (n - 1)) / (n - 2) * m3 / m2**1.5
    kurtosis = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * (m4 / m2**2 - 3) + 6)
    return skewness, kurtosis


def treat_outliers(x: pd.Series, max_winsorised: int | None = None) -> Treated:
    """Cap the outermost values of an indicator, or take logs, until it keeps the outlier rule.

    Parameters
    ----------
    x : Series of float
        One indicator, any unit, either direction; NaN is left out and stays NaN.
    max_winsorised : int, optional
        Most values (not steps) that may be moved to a cap; by default ``min(5, ceil(0.1 n))``, 4 for 38 regions.
        A step that would move more, or leave all values equal, is not taken.

    Returns
    -------
    Treated
        ``.values``, ``.n_winsorised``, ``.logged``, and ``.apply`` for England and other years.

    Raises
    ------
    UsageError
        ``max_winsorised`` below 0.

    Notes
    -----
    An indicator is treated where ``|G1| > 2`` and ``G2 > 3.5``, the rule of the JRC and of COINr (Becker et al. 2022;
    OECD/JRC 2008, Handbook on Constructing Composite Indicators). Each step moves all maxima to the next largest
    value (all minima to the next smallest where the skew is negative). Where that does not suffice within
    ``max_winsorised``, the untreated values become ``ln(x - min + 0.01 range)``, or ``-ln(max + 0.01 range - x)``
    under negative skew. Order is never reversed.

    Examples
    --------
    >>> treated = treat_outliers(pd.Series([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100]))
    >>> float(treated.values.max()), treated.n_winsorised, treated.logged
    (10.0, 1, False)
    >>> treated.apply(pd.Series([50.0, 4])).tolist()
    [10.0, 4.0]
    """
    if max_winsorised is not None and max_winsorised < 0:
        raise UsageError(f"max_winsorised must be 0 or more, got {max_winsorised}.")
    original = x.to_numpy(dtype=float, na_value=np.nan)
    most = min(5, math.ceil(0.1 * int((~np.isnan(original)).sum()))) if max_winsorised is None else max_winsorised
    lower, upper, n_moved = -math.inf, math.inf, 0
    values = original
    skewness, kurtosis = skew_and_kurtosis(values)
    rising = not skewness < 0
    while _is_out(skewness, kurtosis):
        caps = (lower, float(_beyond(values, largest=True))) if skewness >= 0 else (float(_beyond(values)), upper)
        capped = np.clip(original, *caps)
        moved = int((capped != original)[~np.isnan(original)].sum())
        if moved > most or np.nanmin(capped) == np.nanmax(capped):
            lower, upper = float(np.nanmin(original)), float(np.nanmax(original))
            values = _logged(original, lower, upper, rising)
            return _treated(x, values, 0, True, lower, upper, *skew_and_kurtosis(values), rising)
        (lower, upper), n_moved, values = caps, moved, capped
        skewness, kurtosis = skew_and_kurtosis(values)
    return _treated(x, values, n_moved, False, lower, upper, skewness, kurtosis, rising)


def three_sd_bounds(x: pd.Series) -> tuple[float, float]:
    """Return the smallest and the largest value within three standard deviations (n - 1) of the mean.

    The European Innovation Scoreboard's way to fix the ends of an indicator; one of the choices that
    `s3geo.statistics.rank_uncertainty` draws from.

    Examples
    --------
    >>> three_sd_bounds(pd.Series([*range(1, 21), 300.0]))
    (1.0, 20.0)
    """
    inside = x[(x - x.mean()).abs() <= 3 * x.std()] if x.count() > 1 else x
    return float(inside.min()), float(inside.max())


def log_shifted(x: pd.Series) -> pd.Series:
    """Return ``ln(x - min + 0.01 (max - min))``; index kept, NaN stays NaN.

    Examples
    --------
    >>> log_shifted(pd.Series([1.0, 2, 4, 8, 16])).round(4).tolist()
    [-1.8971, 0.1398, 1.1474, 1.9671, 2.718]
    """
    values = x.to_numpy(dtype=float, na_value=np.nan)
    return pd.Series(_logged(values, float(x.min()), float(x.max()), True), index=x.index, name=x.name)


def box_cox(x: pd.Series, power: float) -> pd.Series:
    """Return ``((x - min + 1)^power - 1) / power``, the logarithm for power 0; index kept, NaN stays NaN.

    Box & Cox (1964), shifted so that the smallest value becomes 0.

    Examples
    --------
    >>> box_cox(pd.Series([1.0, 2, 4, 8]), 0.5).round(4).tolist()
    [0.0, 0.8284, 2.0, 3.6569]
    """
    shifted = x - x.min() + 1
    return pd.Series(np.log(shifted) if power == 0 else (shifted**power - 1) / power, index=x.index, name=x.name)


def _is_out(skewness: float, kurtosis: float) -> bool:
    return abs(skewness) > MOST_SKEWNESS and kurtosis > MOST_KURTOSIS


def _beyond(values: np.ndarray, *, largest: bool = False) -> float:
    """Return the second smallest (largest) distinct value."""
    distinct = np.unique(values[~np.isnan(values)])
    return float(distinct[-2 if largest else 1])


def _logged(x: np.ndarray, lower: float, upper: float, rising: bool) -> np.ndarray:
    margin = 0.01 * (upper - lower)
    return np.log(x - lower + margin) if rising else -np.log(upper + margin - x)


def _treated(
    x: pd.Series,
    values: np.ndarray,
    n: int,
    logged: bool,
    lower: float,
    upper: float,
    skewness: float,
    kurtosis: float,
    rising: bool,
) -> Treated:
    kept = pd.Series(values, index=x.index, name=x.name)
    return Treated(kept, n, logged, lower, upper, skewness, kurtosis, rising)
