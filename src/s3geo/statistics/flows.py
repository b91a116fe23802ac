"""Gravity: how collaboration grows with size and falls with distance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from s3geo.errors import DataError, UsageError, listed

__all__ = ["Gravity", "gravity"]


@dataclass(frozen=True)
class Gravity:
    """A fitted gravity model."""

    distance: float
    """Coefficient of km (exponential) or of ln km (power); below 0 = falls with distance."""
    distance_se: float
    """Its robust standard error."""
    mass: float
    """Coefficient of the ln of both masses; NaN with an effect for each place."""
    half_life_km: float
    """Distance over which the expected count halves; NaN for a power, infinite where it does not fall."""
    deviance: float
    null_deviance: float
    """Of a model without any of this."""
    n_pairs: int
    expected: pd.DataFrame
    """Expected counts, places x places; NaN for pairs that did not enter."""


def gravity(
    masses: pd.Series | None,
    distances_km: pd.DataFrame,
    counts: pd.DataFrame,
    decay: Literal["exponential", "power"] = "exponential",
) -> Gravity:
    """Fit counts between pairs of places to their size and distance.

    Parameters
    ----------
    masses : Series of float, or None
        Index = places, above 0 (organisations, projects, people). None: an effect for each place instead.
    distances_km : DataFrame of float, shape (places, places)
    counts : DataFrame of float, shape (places, places)
        Symmetric, 0 or more, fractions allowed; zeros belong to it. Each pair enters once, the diagonal does not, nor
        do pairs with NaN in either table.
    decay : {"exponential", "power"}
        Distance as km or as ln km: compare their deviances.

    Returns
    -------
    Gravity
        distance, distance_se, mass, half_life_km, deviance, null_deviance, n_pairs, expected.

    Raises
    ------
    DataError
        Masses not above 0, counts below 0 or all 0, distance 0 under a power, too few pairs, a fit that does not
        settle.
    UsageError
        Tables of different places, counts not symmetric, unknown decay.

    Notes
    -----
    Poisson pseudo maximum likelihood (Santos Silva & Tenreyro 2006) by statsmodels:
    ``E[y_rs] = exp(c + m ln(M_r M_s) + b d_rs)`` or ``exp(a_r + a_s + b d_rs)``; half-life ``ln 2 / -b``. Robust
    standard errors (HC1) hold pairs for independent, which pairs of one place are not: they are too narrow.
    With place effects a place without any count has the expected count 0.

    Examples
    --------
    >>> x = np.arange(6) * 50.0
    >>> km = pd.DataFrame(np.abs(x[:, None] - x))
    >>> found = gravity(None, km, (100 * 2 ** (-km / 80)).round())
    >>> round(found.half_life_km), found.n_pairs
    (80, 15)
    """
    if decay not in {"exponential", "power"}:
        raise UsageError(f"No decay {decay!r}; choose exponential or power.")
    places = counts.index
    y, km = _square(counts, places, "counts"), _square(distances_km, places, "distances_km")
    if not np.allclose(y, y.T, equal_nan=True):
        raise UsageError("counts must be symmetric.")
    pairs = np.triu(~(np.isnan(y) | np.isnan(km)), k=1)
    if (y[pairs] < 0).any() or not y[pairs].sum() > 0:
        raise DataError("Counts must be 0 or more, and not all 0.")
    if decay == "power" and not (km[pairs] > 0).all():
        raise DataError("A power of distance needs distances above 0.")
    if masses is None:
        active = np.where(pairs | pairs.T, y, 0).sum(axis=1) > 0
        fitted = pairs & np.outer(active, active)
        size, k = _effects(fitted), 0
    else:
        fitted = pairs
        size, k = _masses(masses, places, fitted), 1
    r, s = np.nonzero(fitted)
    far = km[r, s] if decay == "exponential" else np.log(km[r, s])
    if len(far) <= size.shape[1] + 1:
        raise DataError(f"Too few pairs ({len(far)}) for a gravity model.")
    coefficients, errors, deviance, null, mean = _fit(y[r, s], np.column_stack([far, size]))
    expected = np.where(pairs, 0.0, np.nan)
    expected[r, s] = mean
    expected = np.fmax(expected, expected.T)
    b = coefficients[0]
    falls = math.log(2) / -b if b < 0 else math.inf
    return Gravity(
        distance=b,
        distance_se=errors[0],
        mass=coefficients[1] if k else math.nan,
        half_life_km=falls if decay == "exponential" else math.nan,
        deviance=deviance,
        null_deviance=null,
        n_pairs=int(pairs.sum()),
        expected=pd.DataFrame(expected, index=places, columns=places),
    )


def _square(table: pd.DataFrame, places: pd.Index, what: str) -> np.ndarray:
    if not set(places) <= set(table.index) or not set(places) <= set(table.columns):
        raise UsageError(f"{what} must have the places of counts as index and columns.")
    return table.loc[places, places].to_numpy(dtype=float, na_value=np.nan)


def _masses(masses: pd.Series, places: pd.Index, fitted: np.ndarray) -> np.ndarray:
    m = masses.reindex(places).astype(float)
    if not (m > 0).all():
        raise DataError(f"Masses must be above 0: {listed(places[~(m > 0).to_numpy()])}.")
    r, s = np.nonzero(fitted)
    log = np.log(m.to_numpy())
    return np.column_stack([log[r] + log[s], np.ones(len(r))])


def _effects(fitted: np.ndarray) -> np.ndarray:
    """Return one column a place: 1 in the pairs it belongs to."""
    r, s = np.nonzero(fitted)
    columns = np.zeros((len(r), len(fitted)))
    columns[np.arange(len(r)), r] = columns[np.arange(len(s)), s] = 1
    return columns[:, columns.any(axis=0)]


def _fit(y: np.ndarray, x: np.ndarray) -> tuple[list[float], list[float], float, float, np.ndarray]:
    import statsmodels.api as sm

    # scaled columns, for distances in km and dummies differ a thousandfold
    scale = np.abs(x).max(axis=0)
    scale[scale == 0] = 1
    if np.linalg.matrix_rank(x / scale) < x.shape[1]:
        raise DataError(
            "No gravity model: distance and size cannot be told apart here, or one of them is equal for all."
        )
    result = sm.GLM(y, x / scale, family=sm.families.Poisson()).fit(cov_type="HC1", maxiter=200, tol=1e-10)
    if not result.converged:
        raise DataError(
            "No gravity model: the fit does not settle, as happens where few pairs have counts. Give masses instead of "
            "an effect for each place, or take more years together."
        )
    return (
        [float(v) for v in result.params / scale],
        [float(v) for v in result.bse / scale],
        float(result.deviance),
        float(2 * (np.where(y > 0, y * np.log(np.where(y > 0, y, 1) / y.mean()), 0)).sum()),
        np.asarray(result.fittedvalues),
    )
