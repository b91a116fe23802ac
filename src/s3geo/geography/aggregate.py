"""From districts to larger areas: sums, rates and weighted means.

Membership is many-to-many: seven districts lie in two LEPs and count fully in both. Sums of LEPs therefore exceed
England, and England is never computed from LEPs.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from s3geo.errors import TableError, UsageError, listed

__all__ = ["aggregate", "bres_base", "recode", "rounded_sum"]

Kind = Literal["extensive", "rate", "intensive"]
Missing = Literal["propagate", "skip"]


def _members(districts: pd.DataFrame, membership: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Put the figures of each district beside each of its memberships; absent districts become NaN."""
    if not districts.index.is_unique:
        twice = districts.index[districts.index.duplicated()].unique()
        raise TableError(f"District {listed(twice)} stands in the table twice: add the rows first.")
    absent = [column for column in columns if column not in districts.columns]
    if absent:
        raise UsageError(f"No column {listed(absent)} among {listed(districts.columns)}.")
    if membership.duplicated(["district", "region"]).any():
        raise TableError("A district is listed twice in the same region of the membership.")
    share = membership["share"] if "share" in membership.columns else pd.Series(1.0, index=membership.index)
    figures = districts.reindex(membership["district"])[columns].set_axis(membership.index)
    return figures.assign(region=membership["region"], share=share.astype(float))


def _sums(parts: pd.Series, regions: pd.Series) -> pd.Series:
    """Sum by region; one missing part makes the sum missing."""
    grouped = parts.groupby(regions)
    return grouped.sum().mask(grouped.count() < grouped.size())


def aggregate(
    districts: pd.DataFrame,
    membership: pd.DataFrame,
    *,
    kind: Kind,
    numerator: str,
    denominator: str | None = None,
    multiplier: float = 1.0,
    missing: Missing = "propagate",
) -> pd.Series:
    """Bring district figures to regions.

    Parameters
    ----------
    districts : DataFrame
        One row a district, index = GSS code.
    membership : DataFrame
        Columns ``district``, ``region`` and optionally ``share`` (part of the district that belongs to the region,
        0 to 1; 1 where absent). A district may belong to several regions.
    kind : {"extensive", "rate", "intensive"}
        "extensive": sum of `numerator`. "rate": sum of `numerator` over sum of `denominator`, never a mean of rates.
        "intensive": mean of `numerator` weighted by `denominator`.
    numerator : str
        Column with the counts, or with the means of an intensive figure.
    denominator : str, optional
        Column with the denominators or weights; needed for a rate or an intensive figure.
    multiplier : float, default 1
        For example 10,000 for "per 10,000 residents".
    missing : {"propagate", "skip"}, default "propagate"
        What one missing district does: "propagate" makes its regions missing; "skip" leaves it out, above and below the
        line alike.

    Returns
    -------
    Series
        Index = code of every region in `membership`, sorted.

    Notes
    -----
    With share s, counts x and denominators n: sum(s x), sum(s x) / sum(s n), or, for means m, sum(s n m) / sum(s n).

    Examples
    --------
    >>> districts = pd.DataFrame({"x": [10, 90, 5], "n": [100, 300, 50]}, index=["a", "b", "c"])
    >>> membership = pd.DataFrame({"district": ["a", "b", "b", "c"], "region": ["L1", "L1", "L2", "L2"]})
    >>> aggregate(districts, membership, kind="rate", numerator="x", denominator="n", multiplier=100).round(2).to_dict()
    {'L1': 25.0, 'L2': 27.14}
    """
    if kind != "extensive" and denominator is None:
        raise UsageError(f"kind={kind!r} needs a denominator.")
    columns = [numerator] if denominator is None or kind == "extensive" else [numerator, denominator]
    rows = _members(districts, membership, columns)
    regions = pd.Index(sorted(membership["region"].unique()), name="region")
    if missing == "skip":
        rows = rows.dropna(subset=columns)
    top = rows["share"] * rows[numerator]
    if kind == "extensive":
        result = _sums(top, rows["region"]) * multiplier
    else:
        bottom = rows["share"] * rows[str(denominator)]
        above = _sums(top if kind == "rate" else top * rows[str(denominator)], rows["region"])
        below = _sums(bottom, rows["region"])
        result = above / below.mask(below == 0) * multiplier
    return result.reindex(regions).rename(None)


def recode(
    districts: pd.DataFrame, codes: pd.Series, *, kind: Kind, numerator: str, denominator: str | None = None
) -> pd.Series:
    """Bring figures of older districts to the districts of today.

    Parameters
    ----------
    districts : DataFrame
        One row a district of any vintage, index = GSS code.
    codes : Series
        Index = any district code since 2016, value = code of April 2023 that succeeded it.
    kind, numerator, denominator
        As in `aggregate`; old districts that merged are added, or averaged with `denominator` as weight.

    Returns
    -------
    Series
        Index = district code of April 2023; only districts that have at least one row in `districts`.

    Raises
    ------
    TableError
        A code is not a district code of any vintage.

    Examples
    --------
    >>> districts = pd.DataFrame({"x": [3, 4]}, index=["E07000026", "E07000028"])
    >>> codes = pd.Series({"E07000026": "E06000063", "E07000028": "E06000063"})
    >>> recode(districts, codes, kind="extensive", numerator="x").to_dict()
    {'E06000063': 7.0}
    """
    unknown = [code for code in districts.index if code not in codes.index]
    if unknown:
        raise TableError(
            f"Unknown district code {listed(unknown)}.", [{"code": code, "problem": "unknown code"} for code in unknown]
        )
    members = pd.DataFrame({"district": districts.index, "region": codes.reindex(districts.index).to_numpy()})
    return aggregate(districts, members, kind=kind, numerator=numerator, denominator=denominator).rename_axis("code")


def bres_base(estimate: float) -> int:
    """Return the rounding base of an open-access BRES estimate on Nomis.

    Parameters
    ----------
    estimate : float
        Jobs as published.

    Returns
    -------
    int
        Base in jobs (the relaxed rule, for cells that are not dominated by few enterprises).

    Examples
    --------
    >>> [bres_base(jobs) for jobs in (5, 50, 250, 700, 9000)]
    [5, 25, 50, 100, 1000]
    """
    limits = ((50, 5), (250, 25), (500, 50), (1_000, 100), (2_500, 250), (5_000, 500))
    return next((base for limit, base in limits if estimate < limit), 1_000)


def rounded_sum(values: pd.Series, bases: pd.Series) -> dict[str, float]:
    """Add rounded figures and say how far off the sum can be.

    Parameters
    ----------
    values : Series
        Figures as published.
    bases : Series
        Rounding base of each, same index.

    Returns
    -------
    dict
        ``sum``; ``lower`` and ``upper``, the worst case (half a base each way); ``sd``, the standard deviation if the
        rounding errors are independent and uniform.

    Notes
    -----
    sd = sqrt(sum(base^2) / 12).

    Examples
    --------
    >>> rounded_sum(pd.Series([5, 50, 250]), pd.Series([5, 25, 50]))
    {'sum': 305.0, 'lower': 265.0, 'upper': 345.0, 'sd': 16.201...}
    """
    total = float(values.sum())
    half = float(bases.sum()) / 2
    spread = float(np.sqrt((bases.astype(float) ** 2).sum() / 12))
    return {"sum": total, "lower": total - half, "upper": total + half, "sd": spread}
