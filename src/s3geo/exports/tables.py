"""Figures as a table: one row a region, with unit, period, status, source and licence in every row."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from s3geo.exports.about import About, about
from s3geo.model.evidence import SECTOR_TABLES
from s3geo.settings import ENGLAND
from s3geo.views.bivariate import BivariateTable
from s3geo.views.class_table import ClassTable
from s3geo.views.comparison import comparison
from s3geo.views.profile import ranks
from s3geo.views.sectors import SectorTable
from s3geo.views.spatial_pattern import PatternTable
from s3geo.workspace import Workspace

__all__ = ["RISKY", "comparison_table", "csv_text", "figures_csv", "figures_table", "neutralised"]

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What a text begins with that a spreadsheet would run as a formula."""


def figures_table(ws: Workspace, table: ClassTable | BivariateTable, said: About | None = None) -> pd.DataFrame:
    """Return what the map shows as a table.

    Parameters
    ----------
    ws : Workspace
    table : ClassTable or BivariateTable
    said : About, optional
        What the export says of itself; by default made here.

    Returns
    -------
    DataFrame
        code, name, geography, vintage, indicator, label, period, value, unit, lower, upper, status, class, rank,
        then source, licence, data_version, method_version, permalink. One row for each region of the layer, then
        England's own row; of two indicators, the rows of the first and then those of the second. Of a spatial pattern,
        local_i, p, q, quadrant and cluster stand in the place of class.
    """
    said = said or about(ws, table)
    if isinstance(table, BivariateTable):
        return pd.concat([figures_table(ws, part, said) for part in (table.x, table.y)], ignore_index=True)
    if isinstance(table, SectorTable):
        return _sector_figures(ws, table, said)
    observed = ws.observations(table.indicator, table.period, table.geography).set_index("code")
    entry = ws.catalogue.loc[table.indicator]
    regions = pd.DataFrame(
        {
            "name": table.rows["name"],
            "value": table.rows["value"],
            "lower": observed["lower"],
            "upper": observed["upper"],
            "status": table.rows["status"],
            "class": table.rows["class"] + 1,
            "rank": ranks(table.rows["value"], str(entry["direction"])).astype("Int64"),
        }
    )
    what = ["class"]
    if isinstance(table, PatternTable):
        found = table.found.rename(columns={"I": "local_i"})
        what = ["local_i", "p", "q", "quadrant", "cluster"]
        regions = regions.drop(columns="class").join(found[what])
    status = "not_collected" if math.isnan(table.england) else "value"
    england = pd.DataFrame({"name": "England", "value": table.england, "status": status}, index=[ENGLAND])
    out = pd.concat([regions, england]).rename_axis("code").reset_index()
    constants = {
        "geography": table.geography,
        "vintage": table.vintage,
        "indicator": table.indicator,
        "label": table.title,
        "period": table.period,
        "unit": table.unit,
        "source": table.attribution,
        "licence": str(entry["licence"]),
        **_edition(said),
    }
    out = out.assign(**constants)
    out.loc[out["code"] == ENGLAND, "geography"] = "country"
    first = "code name geography vintage indicator label period value unit lower upper status"
    last = "rank source licence data_version method_version permalink"
    return out[[*first.split(), *what, *last.split()]]


def _edition(said: About) -> dict[str, str]:
    return {
        "data_version": said.data_version,
        "method_version": f"s3geo {said.method_version}",
        "permalink": said.permalink,
    }


def _sector_figures(ws: Workspace, table: SectorTable, said: About) -> pd.DataFrame:
    """Return the location quotients of a sector: one row a region, then England's own, which is 1."""
    id_, _, sector = table.indicator.rpartition("_")
    found = SECTOR_TABLES[id_]
    regions = table.quotients.assign(name=table.rows["name"], status=table.rows["status"], geography=table.geography)
    england = pd.DataFrame(
        {
            "name": "England",
            "geography": "country",
            "count": float(ws.england_sectors(id_, table.period)[sector]),
            "lq": table.england,
            "status": "none_in_england" if math.isnan(table.england) else "value",
        },
        index=[ENGLAND],
    )
    constants = {
        "vintage": table.vintage,
        "table": id_,
        "sector": sector,
        "label": table.title,
        "period": table.period,
        "count_unit": found.unit,
        "source": table.attribution,
        "licence": ws.entries.source[found.source].licence_title,
        **_edition(said),
    }
    out = pd.concat([regions, england]).rename_axis("code").reset_index().assign(**constants)
    columns = (
        "code name geography vintage table sector label period count count_unit share lq lower upper specialised rank "
        "status source licence data_version method_version permalink"
    )
    return out[columns.split()]


def comparison_table(
    ws: Workspace, codes: Sequence[str], geography: str, *, headline: bool, said: About
) -> pd.DataFrame:
    """Return areas side by side as a table to take away: one row an indicator and area, with source and licence.

    Parameters
    ----------
    ws : Workspace
    codes, geography, headline
        See `s3geo.views.comparison.comparison`.
    said : About
    """
    found = comparison(ws, codes, geography, headline=headline)
    own = {i: (ws.attribution(str(i), geography=geography), ws.catalogue.at[i, "licence"]) for i in found["indicator"]}
    found = found.assign(
        geography=geography,
        vintage=said.vintage,
        source=[own[i][0] for i in found["indicator"]],
        licence=[str(own[i][1]) for i in found["indicator"]],
        **_edition(said),
    )
    columns = (
        "actor dimension indicator label period code name geography vintage value unit lower upper status rank n "
        "percentile england verdict text source licence data_version method_version permalink"
    )
    return found[columns.split()]


def figures_csv(ws: Workspace, table: ClassTable | BivariateTable, said: About | None = None) -> str:
    """Return what the map shows as CSV text; cells a spreadsheet would run as a formula are neutralised."""
    return csv_text(figures_table(ws, table, said))


def csv_text(table: pd.DataFrame) -> str:
    """Return a table as CSV text; cells a spreadsheet would run as a formula are neutralised."""
    return neutralised(table).to_csv(index=False, lineterminator="\r\n")


def neutralised(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with an apostrophe before each text that a spreadsheet would run as a formula."""
    out = table.copy()
    for column in out.select_dtypes(["object", "string"]):
        out[column] = ["'" + text if isinstance(text, str) and text.startswith(RISKY) else text for text in out[column]]
    return out
