"""What each region does more than England: location quotients, with their doubt, as a map and as a list."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from s3geo.errors import UsageError
from s3geo.model.evidence import SECTOR_TABLES
from s3geo.statistics.classify import Breaks, classify_around
from s3geo.statistics.specialisation import (
    expected_by_chance,
    location_quotient,
    lq_interval,
    rounded_lq_interval,
    specialised,
)
from s3geo.views.class_table import NO_DATA_FILL, ClassTable
from s3geo.views.palette import diverging
from s3geo.views.ranking import ranks
from s3geo.views.wording import NO_DATA_REASONS, number
from s3geo.workspace import Workspace
from s3geo.workspace.kept import kept

__all__ = ["FLOOR", "LEAST", "SectorTable", "quotients", "region_sectors", "sector_table", "tables_of", "worded"]

LEAST = 1.25
"""Location quotient from which a region may be called specialised."""
FLOOR = 500
"""Jobs from which a region may be called specialised."""


@dataclass(frozen=True, eq=False, kw_only=True)
class SectorTable(ClassTable):
    """A class table of the location quotients of one sector.

    Attributes
    ----------
    quotients : DataFrame
        Index code: see `quotients`, of this sector.
    worded : bool
        Whether intervals are known, and with them the word "specialised".
    chance : float
        Flags to expect over all regions and sectors if every region were like England.
    """

    quotients: pd.DataFrame
    worded: bool
    chance: float

    def cell(self, code: str) -> str:
        """Return the quotient of a region, with its interval where one is known."""
        text = super().cell(code)
        limits = [float(self.quotients[name][code]) for name in ("lower", "upper")]
        return text if np.isnan(limits[0]) else f"{text} ({number(limits[0], 2)} – {number(limits[1], 2)})"

    @property
    def specialised(self) -> list[str]:
        """Codes of the specialised regions."""
        return [str(code) for code in self.quotients.index[self.quotients["specialised"]]]


def tables_of(geography: str) -> list[str]:
    """Return the tables of sectors that give quotients for a geography, the one with intervals first.

    Examples
    --------
    >>> tables_of("lep"), tables_of("region")
    (['bres_jobs', 'ubc_enterprises'], ['ubc_enterprises'])
    """
    return [id_ for id_ in ("bres_jobs", "ubc_enterprises") if geography in SECTOR_TABLES[id_].geographies]


def worded(table: str) -> bool:
    """Return whether a table of sectors has intervals, and with them the word "specialised"."""
    return table == "bres_jobs"


@kept(32)
def quotients(ws: Workspace, table: str, period: str | None = None, geography: str = "lep") -> pd.DataFrame:
    """Return the location quotients of every region and sector.

    Parameters
    ----------
    ws : Workspace
    table : {"bres_jobs", "ubc_enterprises"}
    period : str, optional
        The latest by default.
    geography : str

    Returns
    -------
    DataFrame
        Index code, sector: count (jobs or enterprises), share (% of the region's), lq (England = 1), lower, upper
        (95 %), specialised (bool). Limits are the wider of chance (`lq_interval`) and rounding
        (`rounded_lq_interval`), and only for jobs; elsewhere they are NaN and nothing is called specialised.
        Specialised = quotient at least `LEAST`, lower limit above 1, and at least `FLOOR` jobs.

    Notes
    -----
    LQ = share of the sector in the region / its share in England, from England's own row.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> row = quotients(open_workspace(), "bres_jobs").loc[("E37000051", "J")]  # information in London
    >>> round(float(row["lq"]), 2), bool(row["specialised"])
    (1.71, True)
    """
    counts = ws.sectors(table, period, geography)
    england = ws.england_sectors(table, period)
    lq = location_quotient(counts, england)
    if table == "bres_jobs":
        chance, rounding = lq_interval(counts, england), rounded_lq_interval(counts, england)
        lower = chance[0].where(~(chance[0] > rounding[0]), rounding[0])
        upper = chance[1].where(~(chance[1] < rounding[1]), rounding[1])
        flag = specialised(counts, LEAST, floor=FLOOR, benchmark=england, lower=rounding[0])
    else:
        lower = upper = lq * np.nan
        flag = pd.DataFrame(False, index=lq.index, columns=lq.columns)
    share = 100 * counts.div(counts.sum(axis=1, skipna=False), axis=0)
    parts = {"count": counts, "share": share, "lq": lq, "lower": lower, "upper": upper}
    pairs = pd.MultiIndex.from_product([counts.index, counts.columns], names=["code", "sector"])
    out = pd.DataFrame({name: frame.to_numpy(dtype=float).ravel() for name, frame in parts.items()}, index=pairs)
    return out.assign(specialised=flag.to_numpy(dtype=bool).ravel())


def sector_table(
    ws: Workspace,
    sector: str,
    *,
    table: str = "bres_jobs",
    period: str | None = None,
    geography: str = "lep",
    scheme: str = "quantiles",
    k: int = 5,
) -> SectorTable:
    """Classify the location quotients of a sector around England, which is 1.

    Parameters
    ----------
    ws : Workspace
    sector : str
        Code in the classification of the table ("J").
    table, period, geography
        See `quotients`.
    scheme, k
        See `s3geo.statistics.classify_around`; distances are those of logarithms.

    Returns
    -------
    SectorTable

    Raises
    ------
    UsageError
        No such sector.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> table = sector_table(open_workspace(), "J")
    >>> table.middle, len(table.rows)
    (2, 38)
    """
    names = ws.sector_names(table)
    if sector not in names.index:
        raise UsageError(
            f"No sector {sector!r} in {SECTOR_TABLES[table].label}; choose one of {', '.join(names.index)}."
        )
    shown = period or ws.sector_periods(table, geography)[-1]
    every = quotients(ws, table, shown, geography)
    mine = every.xs(sector, level="sector").reindex(ws.layer(geography).index)
    values = mine["lq"]
    breaks = _mirrored(values, scheme, k)
    middle = int(breaks.assign(pd.Series([1.0])).iloc[0]) if breaks.k else None
    colours = () if middle is None else diverging(middle, breaks.k - 1 - middle)
    classes = breaks.assign(values)
    unit = SECTOR_TABLES[table].unit
    counts, of_england = ws.sectors(table, shown, geography), ws.england_sectors(table, shown)
    missing = "not_known" if of_england[sector] > 0 else "none_in_england"
    labels = [
        f"{name}: no data, {NO_DATA_REASONS[missing]}"
        if pd.isna(c)
        else f"{name}: {number(row['lq'], 2)} times England's share, {number(row['count'], 0)} {unit}, "
        f"class {int(c) + 1} of {breaks.k}" + (" and specialised" if row["specialised"] else "")
        for name, (_, row), c in zip(ws.names(geography), mine.iterrows(), classes, strict=True)
    ]
    rows = pd.DataFrame(
        {
            "name": ws.names(geography),
            "value": values,
            "status": [missing if pd.isna(c) else "value" for c in classes],
            "class": classes,
            "fill": [NO_DATA_FILL if pd.isna(c) else colours[int(c)] for c in classes],
            "label": labels,
        }
    )
    worded = table == "bres_jobs"
    return SectorTable(
        indicator=f"{table}_{sector}",
        geography=geography,
        vintage=ws.vintage(geography),
        period=shown,
        title=f"{names[sector]}: {unit}, location quotient",
        unit="times England's share",
        decimals=2,
        breaks=breaks,
        colours=colours,
        rows=rows,
        england=1.0 if of_england[sector] > 0 else float("nan"),
        attribution=ws.sector_attribution(table, geography),
        boundaries=ws.boundaries_label(geography),
        middle=middle,
        quotients=mine.assign(rank=ranks(values, "higher_is_better")),
        worded=worded,
        chance=expected_by_chance(counts, floor=FLOOR, benchmark=of_england) if worded else 0.0,
    )


def _mirrored(values: pd.Series, scheme: str, k: int) -> Breaks:
    """Classify quotients around 1 by their logarithms: half of England's share is as far from it as twice."""
    logs = np.log(values.mask(values <= 0))
    logs = logs.where(values.isna() | (values > 0), logs.min())  # none at all is in the lowest class
    found = classify_around(logs, 0.0, scheme, k)
    if not found.k:
        return found
    bounds = tuple(float(bound) for bound in np.exp(found.upper))
    return replace(found, upper=bounds, lower=float(np.exp(found.lower))).counted(values)


def region_sectors(
    ws: Workspace, code: str, *, table: str = "bres_jobs", period: str | None = None, geography: str = "lep"
) -> pd.DataFrame:
    """Return the sectors of a region, those it does most more than England first.

    Returns
    -------
    DataFrame
        Index sector: label, and the columns of `quotients`; rank (1 = highest quotient of all regions), n.
    """
    every = quotients(ws, table, period, geography)
    lq = every["lq"].unstack("sector")  # noqa: PD010 -- one value a pair
    mine = every.xs(code, level="code")
    mine = mine.assign(rank=lq.rank(ascending=False, method="min").T[code], n=lq.notna().sum())
    mine.insert(0, "label", ws.sector_names(table).reindex(mine.index))
    return mine.sort_values("lq", ascending=False, kind="stable")
