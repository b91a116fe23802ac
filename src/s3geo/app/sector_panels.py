"""What the panel says of sectors, as HTML: those of a region, and how a region stands in one.

Only words and layout; every number comes from `s3geo.views.sectors`. Every text is escaped.
"""

from __future__ import annotations

import math
from html import escape
from typing import Any

import pandas as pd

from s3geo.app.panels import highest_and_lowest
from s3geo.model.evidence import SECTOR_TABLES
from s3geo.views.sectors import FLOOR, LEAST, SectorTable
from s3geo.views.wording import counted, number, rank_label
from s3geo.workspace import GEOGRAPHIES

__all__ = ["england", "head", "most_specialised", "rule", "strengths"]

_SHOWN = 5


def head(name: str, code: str, table: SectorTable) -> str:
    """Return the name of the region and how it stands in the sector shown."""
    row: dict[Any, Any] = table.quotients.loc[code].to_dict()
    id_ = table.indicator.rpartition("_")[0]
    if math.isnan(row["lq"]):
        facts = f"<b>No data</b>, {escape(str(table.rows['label'][code]).rpartition(', ')[2])}"
    else:
        n = int(table.rows["value"].notna().sum())
        doubt = f" (95 %: {number(row['lower'], 2)} to {number(row['upper'], 2)})" if table.worded else ""
        flag = " · <b>specialised</b>" if row["specialised"] else ""
        facts = (
            f"<b>{number(row['lq'], 2)} times England's share</b>{doubt}{flag}<br>{rank_label(row['rank'], n)} · "
            f"{number(row['count'], 0)} {escape(SECTOR_TABLES[id_].unit)}, {number(row['share'], 1)} % of the area's"
        )
    return (
        f'<div class="s3"><h2>{escape(name)}</h2><p class="lead">{facts}<br>'
        f'<span class="muted">{escape(table.title)}, {escape(table.period)}</span></p></div>'
    )


def england(table: SectorTable) -> str:
    """Return how many regions are specialised, and where the sector is strongest and weakest."""
    found = f"<b>{counted(len(table.specialised), 'area')} specialised</b>, " if table.worded else ""
    return (
        f'<div class="s3"><h2>England</h2><p class="lead">{found}{escape(table.title)}, {escape(table.period)}</p>'
        f'<p class="muted">Choose a {escape(GEOGRAPHIES[table.geography].singular)} on the map or in the list to see '
        f"all its sectors.</p>{highest_and_lowest(table, 'higher_is_better')}</div>"
    )


def strengths(sectors: pd.DataFrame, table: str) -> str:
    """Return the sectors of a region as bars around England, with their intervals."""
    found = SECTOR_TABLES[table]
    worded = table == "bres_jobs"
    lines = "".join(_line(str(sector), row, worded) for sector, row in sectors.to_dict("index").items())
    doubt = '<th scope="col" class="num">95 % interval</th>' if worded else ""
    return (
        f'<div class="s3" data-panel="sectors"><h3>{escape(found.label)}, beside England</h3><table class="sectors">'
        f'<thead><tr><th scope="col">Sector</th><th scope="col" aria-hidden="true"></th>'
        f'<th scope="col" class="num">Times England</th>{doubt}'
        f'<th scope="col" class="num">{escape(found.unit.capitalize())}</th></tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )


def most_specialised(sectors: pd.DataFrame) -> str:
    """Return the sectors a region is specialised in, at most five, with their intervals.

    Parameters
    ----------
    sectors : DataFrame
        Of `s3geo.views.sectors.region_sectors`, of a table with intervals.
    """
    flagged = sectors[sectors["specialised"]].head(_SHOWN)
    if flagged.empty:
        lines = '<p class="muted">No sector is so by the full rule.</p>'
    else:
        rows = "".join(
            f'<tr><th scope="row">{escape(str(row["label"]))}</th><td class="num">{number(row["lq"], 2)}</td>'
            f'<td class="num">{number(row["lower"], 2)} to {number(row["upper"], 2)}</td></tr>'
            for row in flagged.to_dict("records")
        )
        lines = (
            '<table><thead><tr><th scope="col">Sector</th><th scope="col" class="num">Times England</th>'
            f'<th scope="col" class="num">95 % interval</th></tr></thead><tbody>{rows}</tbody></table>'
        )
    more = len(sectors[sectors["specialised"]]) - len(flagged)
    rest = f" {more} more." if more else ""
    return (
        f'<div class="s3" data-panel="specialised"><h3>Specialised in</h3>{lines}<p class="muted">Share of jobs at '
        f"least {LEAST} times England's, interval above 1, at least {FLOOR} jobs.{rest}</p></div>"
    )


def _line(sector: str, row: dict[Any, Any], worded: bool) -> str:
    flag = ' <span class="tag">specialised</span>' if row["specialised"] else ""
    name = f'<th scope="row">{escape(str(row["label"]))}{flag}</th>'
    empty = '<td class="num">–</td>'
    if math.isnan(row["lq"]):
        return f'<tr data-sector="{escape(sector, quote=True)}">{name}<td></td>{empty * (3 if worded else 2)}</tr>'
    doubt = ""
    if worded:
        known = not math.isnan(row["lower"])
        doubt = f'<td class="num">{number(row["lower"], 2)} – {number(row["upper"], 2)}</td>' if known else empty
    return (
        f'<tr data-sector="{escape(sector, quote=True)}">{name}'
        f'<td aria-hidden="true"><span class="lq" style="--lq:{row["lq"]:.3f}"><i></i></span></td>'
        f'<td class="num"><b>{number(row["lq"], 2)}</b></td>{doubt}'
        f'<td class="num">{number(row["count"], 0)}</td></tr>'
    )


def rule(table: SectorTable) -> str:
    """Say what the quotient is, and what "specialised" means."""
    if not table.worded:
        return (
            "Location quotient: the sector's share of the area over its share of England. No interval is known, so no "
            "area is called specialised."
        )
    return (
        "Location quotient: the sector's share of the area's jobs over its share of England's. Specialised: a quotient "
        f"of at least {LEAST}, its 95 % interval above 1, and at least {FLOOR} jobs; the interval is the wider of "
        "chance and rounding, as the survey's own errors are not published. If every area were like England, about "
        f"{number(table.chance, 0)} of all pairs of area and sector would still have an interval above 1."
    )
