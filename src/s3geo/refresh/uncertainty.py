"""Intervals of the compiled figures (95 %), in the unit of the figure."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["poisson_limits", "wilson_limits"]

Z = 1.959963984540054


def wilson_limits(x: pd.Series, n: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return Wilson's limits of a proportion, 0 to 1.

    Parameters
    ----------
    x, n : Series
        Cases and base.

    Notes
    -----
    (2x + z^2 -/+ z sqrt(z^2 + 4x(1 - x/n))) / (2(n + z^2)).

    Examples
    --------
    >>> low, high = wilson_limits(pd.Series([65.0]), pd.Series([100.0]))
    >>> round(float(low[0]), 6), round(float(high[0]), 6)
    (0.552544, 0.736358)
    """
    root = Z * np.sqrt(Z**2 + 4 * x * (1 - x / n))
    below = 2 * (n + Z**2)
    return (2 * x + Z**2 - root) / below, (2 * x + Z**2 + root) / below


def poisson_limits(x: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return limits of a count: exact below 10, Byar's approximation from 10.

    Parameters
    ----------
    x : Series
        Count (may be fractional where areas were shared out).

    Examples
    --------
    >>> low, high = poisson_limits(pd.Series([0.0, 9.0, 65.0]))
    >>> low.round(6).tolist(), high.round(6).tolist()
    ([0.0, 4.115373, 50.163188], [3.688879, 17.084803, 82.849139])
    """
    from scipy.stats import chi2

    some = x.clip(lower=1.0)
    byar_low = x * (1 - 1 / (9 * some) - Z / (3 * np.sqrt(some))) ** 3
    byar_high = (x + 1) * (1 - 1 / (9 * (x + 1)) + Z / (3 * np.sqrt(x + 1))) ** 3
    exact_low = pd.Series(chi2.ppf(0.025, 2 * x.where(x > 0)) / 2, index=x.index).mask(x == 0, 0.0)
    exact_high = pd.Series(chi2.ppf(0.975, 2 * x + 2) / 2, index=x.index)
    return byar_low.where(x >= 10, exact_low), byar_high.where(x >= 10, exact_high)
