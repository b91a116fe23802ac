"""Put indicators of different units on one scale."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from s3geo.errors import UsageError

__all__ = [
    "NORMALISATIONS",
    "distance_to_reference",
    "distance_to_target",
    "goalposts",
    "min_max",
    "n_below",
    "normalised",
    "percent_rank",
    "z_score",
]

NORMALISATIONS: dict[str, str] = {"minmax": "Min-max", "zscore": "z-score", "percent_rank": "Percent rank"}
"""Way to normalise and the words for it."""


def min_max(
    x: pd.Series, lo: float | None = None, hi: float | None = None, scale: tuple[float, float] = (0, 100)
) -> pd.Series:
    """Return ``(x - lo) / (hi - lo)`` stretched to the scale and clipped at its ends.

    Parameters
    ----------
    x : Series of float
        Any unit, higher is better; NaN stays NaN, index kept.
    lo, hi : float, optional
        Stored bounds, so that scores of different years (and of England) compare; the sample's own by default.
    scale : tuple of float
        Ends of the result; from above 0 where geometric or harmonic means follow.

    Returns
    -------
    Series of float
        All NaN where hi equals lo: an indicator equal everywhere tells nothing.

    Notes
    -----
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 5.

    Examples
    --------
    >>> min_max(pd.Series([10.0, 12, 15, 20, 18])).tolist()
    [0.0, 20.0, 50.0, 100.0, 80.0]
    >>> min_max(pd.Series([5.0, 12]), lo=10, hi=20, scale=(1, 101)).tolist()
    [1.0, 21.0]
    """
    low = float(x.min()) if lo is None else lo
    high = float(x.max()) if hi is None else hi
    return _column(x, "minmax", scale, (low, high))


def z_score(x: pd.Series) -> pd.Series:
    """Return ``(x - mean) / sd`` with n - 1 in the standard deviation; index kept, NaN stays NaN.

    Examples
    --------
    >>> z_score(pd.Series([10.0, 12, 15, 20, 18])).round(3).tolist()
    [-1.213, -0.728, 0.0, 1.213, 0.728]
    """
    return _column(x, "zscore", (0, 1))


def percent_rank(x: pd.Series) -> pd.Series:
    """Return the share of the others that lie below, ``(rank - 1) / (n - 1)``, 0-1; ties take the lowest rank.

    Index kept, NaN stays NaN and does not count. All NaN where all values are equal.

    Examples
    --------
    >>> percent_rank(pd.Series([10.0, 12, 15, 20, 18])).tolist()
    [0.0, 0.25, 0.5, 1.0, 0.75]
    """
    return _column(x, "percent_rank", (0, 1))


def goalposts(x: pd.Series, lower: float, upper: float, scale: float = 1) -> pd.Series:
    """Return ``clip((x - lower) / (upper - lower), 0, 1) * scale``; give the posts in reverse where lower is better.

    Examples
    --------
    >>> goalposts(pd.Series([1.0, 11, -1]), 0, 10).tolist(), goalposts(pd.Series([1.0]), 10, 0).tolist()
    ([0.1, 1.0, 0.0], [0.9])
    """
    if lower == upper:
        raise UsageError(f"Goalposts must differ, both are {lower}.")
    return ((x - lower) / (upper - lower)).clip(0, 1) * scale


def distance_to_target(x: pd.Series, target: float, direction: int = 1, *, cap: bool = False) -> pd.Series:
    """Return how much of the way from the worst value to a target is done: 1 at the target.

    ``(x - min) / (target - min)``, and ``(max - x) / (max - target)`` for direction -1.

    Parameters
    ----------
    x : Series of float
        Any unit; NaN stays NaN, index kept.
    target : float
        Same unit; better than the worst value.
    direction : {1, -1}
        -1 where lower is better.
    cap : bool
        Whether 1 is the most.

    Raises
    ------
    UsageError
        The target is no better than the worst value: then there is no way to go.

    Examples
    --------
    >>> distance_to_target(pd.Series([0.0, 5, 11]), 10).tolist()
    [0.0, 0.5, 1.1]
    """
    worst = float(x.min() if direction > 0 else x.max())
    if not math.isnan(worst) and direction * (target - worst) <= 0:
        raise UsageError(f"The target {target} is not better than the worst value {worst}; set one that is.")
    done = (x - worst) / (target - worst)
    return done.clip(upper=1) if cap else done


def distance_to_reference(x: pd.Series, reference: float) -> pd.Series:
    """Return ``1 - (reference - x) / (reference - min)``: 0 at the lowest value, 1 at the reference, no upper end.

    Parameters
    ----------
    x : Series of float
        Any unit, higher is better; NaN stays NaN, index kept.
    reference : float
        Value of the unit compared with, for example England.

    Raises
    ------
    UsageError
        The reference is not above the lowest value: the distance has no scale (COINr answers Inf there).

    Examples
    --------
    >>> distance_to_reference(pd.Series([10.0, 15, 20, 25]), 20).tolist()
    [0.0, 0.5, 1.0, 1.5]
    """
    lowest = float(x.min())
    if reference <= lowest:
        raise UsageError(f"The reference {reference} is not above the lowest value {lowest}; take another reference.")
    return 1 - (reference - x) / (reference - lowest)


def normalised(
    x: np.ndarray,
    how: str,
    scale: tuple[float, float] = (0, 100),
    limits: tuple[np.ndarray, np.ndarray] | None = None,
) -> np.ndarray:
    """Normalise every column of one table, or of a stack of them.

    Parameters
    ----------
    x : array of float, shape (..., units, indicators)
        Higher is better; NaN stays NaN.
    how : {"minmax", "zscore", "percent_rank"}
    scale : tuple of float
        Ends for min-max and percent ranks; z-scores have none.
    limits : pair of arrays, shape (indicators,)
        Stored lower and upper bounds for min-max; each table's own by default.

    Returns
    -------
    array of float
        Same shape; NaN for an indicator equal in all units.
    """
    low, high = (_extreme(x, np.fmin), _extreme(x, np.fmax)) if limits is None else limits
    span = high - low
    flat = ~(span > 1e-12 * np.fmax(np.abs(low), np.abs(high)))
    if how == "zscore":
        n = (~np.isnan(x)).sum(axis=-2, keepdims=True)
        mean = np.nansum(x, axis=-2, keepdims=True) / np.fmax(n, 1)
        sd = np.sqrt(np.nansum((x - mean) ** 2, axis=-2, keepdims=True) / np.fmax(n - 1, 1))
        return np.asarray((x - mean) / np.where(flat, np.nan, sd))
    if how == "percent_rank":
        n = (~np.isnan(x)).sum(axis=-2, keepdims=True)
        share = np.where(np.isnan(x), np.nan, n_below(x)) / np.where(flat, np.nan, n - 1)
    else:
        share = np.clip((x - low) / np.where(flat, np.nan, span), 0, 1)
    return np.asarray(scale[0] + share * (scale[1] - scale[0]))


def n_below(x: np.ndarray) -> np.ndarray:
    """Count, for each value, the smaller ones of its column (axis -2); NaN is above all."""
    y = np.ascontiguousarray(np.swapaxes(x, -1, -2))
    order = np.argsort(y, axis=-1)
    ascending = np.take_along_axis(y, order, axis=-1)
    place = np.broadcast_to(np.arange(y.shape[-1]), y.shape).copy()
    place[..., 1:][ascending[..., 1:] == ascending[..., :-1]] = 0
    np.maximum.accumulate(place, axis=-1, out=place)
    below = np.empty_like(place)
    np.put_along_axis(below, order, place, axis=-1)
    return np.swapaxes(below, -1, -2)


def _column(x: pd.Series, how: str, scale: tuple[float, float], limits: tuple[float, float] | None = None) -> pd.Series:
    values = x.to_numpy(dtype=float, na_value=np.nan)[:, None]
    ends = None if limits is None else (np.array([limits[0]]), np.array([limits[1]]))
    return pd.Series(normalised(values, how, scale, ends)[:, 0], index=x.index, name=x.name)


def _extreme(x: np.ndarray, pick: np.ufunc) -> np.ndarray:
    return np.asarray(pick.reduce(x, axis=-2, keepdims=True))
