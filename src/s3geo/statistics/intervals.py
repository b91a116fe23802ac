"""What an interval allows one to say."""

from __future__ import annotations

import math

__all__ = ["verdict"]


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
