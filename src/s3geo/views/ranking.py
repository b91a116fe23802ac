"""The place of a region among the others."""

from __future__ import annotations

import pandas as pd

__all__ = ["ranks"]


def ranks(values: pd.Series, direction: str) -> pd.Series:
    """Rank the values that are present; 1 is best, for a neutral indicator the highest.

    Parameters
    ----------
    values : Series of float
    direction : {"higher_is_better", "lower_is_better", "neutral"}

    Returns
    -------
    Series of float
        Ties share the better rank; NaN in, NaN out.

    Examples
    --------
    >>> ranks(pd.Series([3.0, 1.0, None, 3.0]), "higher_is_better").tolist()
    [1.0, 3.0, nan, 1.0]
    """
    return values.rank(method="min", ascending=direction == "lower_is_better")
