"""How narrow a region's mix of activities is, and how far from England's.

Rows with a gap come back as NaN, as in `s3geo.statistics.specialisation`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from s3geo.errors import UsageError, listed
from s3geo.statistics.specialisation import checked, location_quotient, shares

__all__ = ["entropy", "hachman", "herfindahl", "krugman", "locational_gini", "relative_entropy"]


def krugman(table: pd.DataFrame, benchmark: pd.Series | None = None) -> pd.Series:
    """Sum of the absolute differences between a region's shares and the benchmark's.

    Parameters
    ----------
    table : DataFrame of float, shape (regions, activities)
        Counts, 0 or more.
    benchmark : Series of float, optional
        As for `location_quotient`.

    Returns
    -------
    Series of float
        Index of the table; 0 = the benchmark's mix, up to 2. Half of it is the share of jobs that would have to change
        activity (coefficient of specialisation; Hoover's index if regions and activities are exchanged).

    Notes
    -----
    ``sum_i |s_ri - S_i|`` (Krugman 1991).

    Examples
    --------
    >>> krugman(pd.DataFrame({"x": [9, 1], "y": [1, 9]}, index=["a", "b"])).round(3).to_dict()
    {'a': 0.8, 'b': 0.8}
    """
    own, reference = shares(table, benchmark)
    return (own - reference).abs().sum(axis=1, skipna=False)


def herfindahl(table: pd.DataFrame, *, normalised: bool = False) -> pd.Series:
    """Sum of the squared shares.

    Parameters
    ----------
    table : DataFrame of float, shape (regions, activities)
    normalised : bool
        Stretch to 0-1 whatever the number n of activities: ``(H - 1/n) / (1 - 1/n)``.

    Returns
    -------
    Series of float
        1/n = all activities alike, 1 = one only.

    Notes
    -----
    ``H = sum_i s_ri^2`` (Herfindahl 1950; Hirschman 1945). It depends on how finely activities are divided.

    Examples
    --------
    >>> herfindahl(pd.DataFrame({"x": [9, 5], "y": [1, 5]}, index=["a", "b"])).round(3).to_dict()
    {'a': 0.82, 'b': 0.5}
    """
    own, _ = shares(table)
    index = (own**2).sum(axis=1, skipna=False)
    least = 1 / table.shape[1]
    if not normalised:
        return index
    return (index - least) / (1 - least) if least < 1 else index * np.nan


def entropy(table: pd.DataFrame) -> pd.Series:
    """Shannon's entropy of the shares, in bits.

    Parameters
    ----------
    table : DataFrame of float, shape (regions, activities)

    Returns
    -------
    Series of float
        0 = one activity only, ``log2 n`` = all alike.

    Notes
    -----
    ``-sum_i s_ri log2 s_ri`` (Shannon 1948), 0 where a share is 0.

    Examples
    --------
    >>> entropy(pd.DataFrame({"x": [9, 5], "y": [1, 5]}, index=["a", "b"])).round(3).to_dict()
    {'a': 0.469, 'b': 1.0}
    """
    own, _ = shares(table)
    return (own * np.log2(1 / own.where(own != 0, 1))).sum(axis=1, skipna=False)


def relative_entropy(table: pd.DataFrame, benchmark: pd.Series | None = None) -> pd.Series:
    """Distance of a region's mix from the benchmark's, in nats.

    Parameters
    ----------
    table, benchmark
        As for `krugman`.

    Returns
    -------
    Series of float
        0 = the benchmark's mix; infinite where the region does what the benchmark does not.

    Notes
    -----
    ``sum_i s_ri ln(s_ri / S_i)`` (Kullback & Leibler 1951; Theil 1967).

    Examples
    --------
    >>> relative_entropy(pd.DataFrame({"x": [9, 1], "y": [1, 9]}, index=["a", "b"])).round(3).to_dict()
    {'a': 0.368, 'b': 0.368}
    """
    own, reference = shares(table, benchmark)
    return (own * np.log(own.where(own != 0, 1) / reference)).where(own != 0, 0).sum(axis=1, skipna=False)


def hachman(table: pd.DataFrame, benchmark: pd.Series | None = None) -> pd.Series:
    """Likeness of a region's mix to the benchmark's.

    Parameters
    ----------
    table, benchmark
        As for `krugman`.

    Returns
    -------
    Series of float
        Above 0, up to 1 = the benchmark's mix.

    Notes
    -----
    ``1 / sum_i LQ_ri s_ri`` (Hachman's index, Bureau of Economic and Business Research, University of Utah).

    Examples
    --------
    >>> hachman(pd.DataFrame({"x": [9, 1], "y": [1, 9]}, index=["a", "b"])).round(3).to_dict()
    {'a': 0.61, 'b': 0.61}
    """
    own, reference = shares(table, benchmark)
    lq = location_quotient(table, benchmark).where((own != 0) | (reference != 0), 0)
    return 1 / (lq * own).sum(axis=1, skipna=False)


def locational_gini(table: pd.DataFrame, size: pd.Series | None = None) -> pd.Series:
    """How unevenly each activity lies over the regions.

    Parameters
    ----------
    table : DataFrame of float, shape (regions, activities)
        Rows with a gap are left out.
    size : Series of float, optional
        Size of each region (population, area); by default its total of all activities.

    Returns
    -------
    Series of float
        Index = activities; 0 = in proportion to the regions' sizes, towards 1 = all in a small place. NaN for an
        activity found nowhere.

    Raises
    ------
    UsageError
        A region has no size.

    Notes
    -----
    ``1 - sum_k a_k (L_k + L_k-1)`` with regions sorted by quotient, a = share of size, L = cumulated share of the
    activity (Hoover 1936; Krugman 1991). On 0-1; some packages give half of it under the same name.

    Examples
    --------
    >>> locational_gini(pd.DataFrame({"x": [9, 1], "y": [1, 9]}, index=["a", "b"])).round(3).to_dict()
    {'x': 0.4, 'y': 0.4}
    """
    counts = checked(table)[0].dropna()
    sizes = counts.sum(axis=1) if size is None else size.reindex(counts.index).astype(float)
    if not (sizes > 0).all():
        raise UsageError(f"Size must be above 0: {listed(sizes.index[~(sizes > 0)])}.")
    a = sizes.to_numpy() / sizes.sum()
    out = {}
    for activity, column in counts.items():
        total = column.sum()
        held = column.to_numpy() / total if total > 0 else np.full(len(column), np.nan)
        order = np.argsort(held / a, kind="stable")
        lorenz = np.cumsum(held[order])
        out[activity] = float(1 - (a[order] * (2 * lorenz - held[order])).sum())
    return pd.Series(out, index=counts.columns, dtype=float)
