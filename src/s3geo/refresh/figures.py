"""From numerators and denominators to rows of figures.

A recipe yields rows (geography, code, period, numerator, denominator, and, where they are known, value, half_width and
status); `finish` turns them into observations: value, interval, and a row with a reason for every area without one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from s3geo.geography.aggregate import aggregate
from s3geo.model.catalogue import Indicator
from s3geo.refresh.inputs import Inputs
from s3geo.refresh.uncertainty import poisson_limits, wilson_limits
from s3geo.settings import ENGLAND

__all__ = ["AREAS", "academic", "district_rows", "finish", "nuts3_rows", "rows", "span"]

AREAS = ("lep", "lad", "county", "region", "combined_authority")
"""Geographies that are built from districts."""

SEVERITY = ("value", "rounded", "estimated", "not_comparable", "not_collected", "suppressed")
"""Statuses from best to worst: a sum has the worst status among its parts."""

NUTS1_REGIONS = {
    "UKC": "E12000001",
    "UKD": "E12000002",
    "UKE": "E12000003",
    "UKF": "E12000004",
    "UKG": "E12000005",
    "UKH": "E12000006",
    "UKI": "E12000007",
    "UKJ": "E12000008",
    "UKK": "E12000009",
}
"""English regions are NUTS1 areas."""


def academic(year: int) -> str:
    """Write an academic year.

    Examples
    --------
    >>> academic(2017)
    '2017/18'
    """
    return f"{year}/{(year + 1) % 100:02d}"


def span(first: object, last: object) -> str:
    """Write a period of several years.

    Examples
    --------
    >>> span(2018, 2020)
    '2018 to 2020'
    """
    return f"{first} to {last}"


def rows(
    geography: str,
    period: str,
    numerator: pd.Series,
    denominator: pd.Series | float = np.nan,
    *,
    value: pd.Series | None = None,
    half_width: pd.Series | None = None,
    status: pd.Series | str = "value",
) -> pd.DataFrame:
    """Put figures of one geography and period in the common shape.

    Parameters
    ----------
    geography, period : str
        As in the observations.
    numerator : Series
        Index = code.
    denominator : Series or float, optional
        Index = code.
    value : Series, optional
        Figure in the catalogue's unit, where it is not numerator / denominator x multiplier.
    half_width : Series, optional
        95 % half-width of the numerator, in its unit.
    status : Series or str, default "value"
        Status of each figure.
    """
    index = numerator.index
    columns = {
        "geography": geography,
        "code": index,
        "period": period,
        "numerator": numerator.to_numpy(dtype=float),
        "denominator": denominator.reindex(index).to_numpy(float)
        if isinstance(denominator, pd.Series)
        else denominator,
        "value": np.nan if value is None else value.reindex(index).to_numpy(float),
        "half_width": np.nan if half_width is None else half_width.reindex(index).to_numpy(float),
        "status": status.reindex(index).to_numpy() if isinstance(status, pd.Series) else status,
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(len(index)))


def _worst(status: pd.Series, membership: pd.DataFrame) -> pd.Series:
    """Worst status among the districts of each region."""
    order = {name: position for position, name in enumerate(SEVERITY)}
    ranks = status.map(order).reindex(membership["district"]).fillna(order["not_collected"])
    worst = pd.Series(ranks.to_numpy(), index=membership["region"].to_numpy()).groupby(level=0).max()
    return worst.map(lambda rank: SEVERITY[int(rank)])


def district_rows(
    inputs: Inputs,
    period: str,
    districts: pd.DataFrame,
    *,
    status: str = "value",
    kind: str = "rate",
    england: tuple[float, float] | None = None,
    denominators: Callable[[str], pd.Series] | None = None,
    geographies: Iterable[str] = AREAS,
) -> pd.DataFrame:
    """Build every geography, and England, from districts.

    Parameters
    ----------
    inputs : Inputs
        For the memberships.
    period : str
        Period as shown.
    districts : DataFrame
        Index = district (April 2023); columns numerator, denominator and optionally status.
    status : str, default "value"
        Status of a complete figure where `districts` has no column of its own.
    kind : {"rate", "intensive"}, default "rate"
        "intensive": numerator holds means and denominator their weights.
    england : tuple of float, optional
        England's published numerator and denominator; by default districts are added, each once, leaving out those that
        are withheld, above and below the line alike.
    denominators : callable, optional
        Denominators by geography where they are published for larger areas and must not be added up.
    geographies : iterable of str
        Which geographies to build.
    """
    table = districts if "status" in districts.columns else districts.assign(status=status)
    parts = []
    for geography in geographies:
        membership = inputs.memberships[geography]
        if kind == "intensive":
            below = aggregate(table, membership, kind="extensive", numerator="denominator")
            mean = aggregate(table, membership, kind="intensive", numerator="numerator", denominator="denominator")
            above = mean * below
        else:
            above = aggregate(table, membership, kind="extensive", numerator="numerator")
            below = (
                denominators(geography)
                if denominators is not None
                else aggregate(table, membership, kind="extensive", numerator="denominator")
            )
        parts.append(rows(geography, period, above, below, status=_worst(table["status"], membership)))
    known = table.dropna(subset=["numerator", "denominator"] if denominators is None else ["numerator"])
    if england is None:
        top = known["numerator"] * (known["denominator"] if kind == "intensive" else 1)
        bottom = denominators("country")[ENGLAND] if denominators is not None else known["denominator"].sum()
        england = (float(top.sum()), float(bottom))
    parts.append(_england(period, england, status))
    return pd.concat(parts, ignore_index=True)


def _england(period: str, figures: tuple[float, float], status: str) -> pd.DataFrame:
    """England's own row."""
    return rows("country", period, pd.Series({ENGLAND: figures[0]}), pd.Series({ENGLAND: figures[1]}), status=status)


def nuts3_rows(
    period: str,
    values: pd.Series,
    denominators: Callable[[str], pd.Series],
    *,
    shares: pd.DataFrame,
    status: str = "value",
) -> pd.DataFrame:
    """Bring NUTS3 figures to LEPs and regions.

    Parameters
    ----------
    period : str
        Period as shown.
    values : Series
        Numerators, index = NUTS3 code; an area that is absent has none.
    denominators : callable
        Denominators by geography ("lep", "region", "country").
    shares : DataFrame
        Columns nuts3_code, lep21cd, share (0 to 1) and relation ("nested" or not).
    status : str, default "value"
        Status of figures from areas that lie in one LEP whole; LEPs with a shared-out area are "estimated".

    Notes
    -----
    England is the sum of English NUTS3 areas, each once.
    """
    english = values[values.index.str[:3].isin(NUTS1_REGIONS)]
    linked = shares[shares["nuts3_code"].isin(english.index) & (shares["share"] > 0)]
    lost = sorted(set(english.index) - set(linked["nuts3_code"]))
    if lost:
        raise ValueError(f"NUTS3 areas without a LEP: {lost}")
    weighted = linked["nuts3_code"].map(english) * linked["share"]
    lep = weighted.groupby(linked["lep21cd"]).sum()
    shared_out = linked.loc[linked["share"] < 1, "lep21cd"].unique()
    lep_status = pd.Series(status, index=lep.index).mask(lep.index.isin(shared_out), "estimated")
    region = english.groupby(english.index.str[:3].map(NUTS1_REGIONS)).sum()
    parts = [
        rows("lep", period, lep, denominators("lep"), status=lep_status),
        rows("region", period, region, denominators("region"), status=status),
        _england(period, (float(english.sum()), float(denominators("country")[ENGLAND])), status),
    ]
    return pd.concat(parts, ignore_index=True)


def finish(table: pd.DataFrame, indicator: Indicator, inputs: Inputs, *, absent: str = "not_collected") -> pd.DataFrame:
    """Turn the rows of a recipe into observations.

    Parameters
    ----------
    table : DataFrame
        Rows as made by `rows`.
    indicator : Indicator
        For multiplier and kind of interval.
    inputs : Inputs
        For the complete list of areas of each geography.
    absent : str, default "not_collected"
        Status of areas for which the recipe has no row, and of rows that have neither value nor reason.

    Returns
    -------
    DataFrame
        Columns of the observations; every area of each geography and period has a row.
    """
    parts = []
    for keys, group in table.groupby(["geography", "period"], sort=False):
        geography, period = (str(key) for key in keys)
        complete = group.set_index("code").reindex(inputs.regions(geography))
        parts.append(complete.assign(geography=geography, period=period))
    data = pd.concat(parts).rename_axis("code").reset_index()
    ratio = data["numerator"] / data["denominator"].mask(data["denominator"] == 0) * indicator.multiplier
    data["value"] = data["value"].fillna(ratio)
    missing = data["value"].isna()
    reason = data["status"].where(~data["status"].isin(["value", "rounded", "estimated"]))
    data["status"] = data["status"].mask(missing, reason.fillna(absent)).astype(str)
    withheld = missing | data["status"].isin(["suppressed", "not_comparable", "no_institution", "not_collected"])
    data["value"] = data["value"].mask(withheld)
    lower, upper = _limits(data, indicator)
    data = data.assign(lower=lower.mask(withheld), upper=upper.mask(withheld), indicator=indicator.id)
    data[["numerator", "denominator"]] = data[["numerator", "denominator"]].mask(withheld)
    columns = [
        "indicator",
        "geography",
        "code",
        "period",
        "value",
        "lower",
        "upper",
        "status",
        "numerator",
        "denominator",
    ]
    return data[columns]


def _limits(data: pd.DataFrame, indicator: Indicator) -> tuple[pd.Series, pd.Series]:
    """95 % limits in the unit of the indicator."""
    factor = indicator.multiplier / data["denominator"].mask(data["denominator"] == 0)
    if indicator.uncertainty == "binomial":
        low, high = wilson_limits(data["numerator"], data["denominator"].mask(data["denominator"] == 0))
        return low * indicator.multiplier, high * indicator.multiplier
    if indicator.uncertainty == "poisson":
        low, high = poisson_limits(data["numerator"])
        return low * factor, high * factor
    if indicator.uncertainty == "survey":
        width = data["half_width"] * factor
        return (data["value"] - width).clip(lower=0), data["value"] + width
    nothing = pd.Series(np.nan, index=data.index)
    return nothing, nothing
