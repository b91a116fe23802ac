"""Figures as CSV: one row a region, with unit, period, status, source and licence in every row."""

from __future__ import annotations

import math

import pandas as pd

from s3geo.model.evidence import SECTOR_TABLES
from s3geo.settings import ENGLAND
from s3geo.views.bivariate import BivariateTable
from s3geo.views.class_table import ClassTable
from s3geo.views.profile import ranks
from s3geo.views.sectors import SectorTable
from s3geo.workspace import Workspace

__all__ = ["figures_csv", "figures_table", "neutralised"]

_RISKY = ("=", "+", "-", "@", "\t", "\r")


def figures_table(ws: Workspace, table: ClassTable | BivariateTable) -> pd.DataFrame:
    """Return what the map shows as a table.

    Parameters
    ----------
    ws : Workspace
    table : ClassTable or BivariateTable

    Returns
    -------
    DataFrame
        code, name, geography, vintage, indicator, label, period, value, unit, lower, upper, status, class, rank,
        then source, licence. One row for each region of the layer, then England's own row; of two indicators, the
        rows of the first and then those of the second.
    """
    if isinstance(table, BivariateTable):
        return pd.concat([figures_table(ws, table.x), figures_table(ws, table.y)], ignore_index=True)
    if isinstance(table, SectorTable):
        return _sector_figures(ws, table)
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
    }
    out = out.assign(**constants)
    out.loc[out["code"] == ENGLAND, "geography"] = "country"
    columns = (
        "code name geography vintage indicator label period value unit lower upper status class rank source licence"
    )
    return out[columns.split()]


def _sector_figures(ws: Workspace, table: SectorTable) -> pd.DataFrame:
    """Return the location quotients of a sector: one row a region, then England's own, which is 1."""
    id_, _, sector = table.indicator.rpartition("_")
    found = SECTOR_TABLES[id_]
    regions = table.quotients.assign(name=table.rows["name"], status=table.rows["status"], geography=table.geography)
    england = pd.DataFrame(
        {
            "name": "England",
            "geography": "country",
            "count": float(ws.england_sectors(id_, table.period)[sector]),
            "lq": 1.0,
            "status": "value",
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
    }
    out = pd.concat([regions, england]).rename_axis("code").reset_index().assign(**constants)
    columns = (
        "code name geography vintage table sector label period count count_unit share lq lower upper specialised rank "
        "status source licence"
    )
    return out[columns.split()]


def figures_csv(ws: Workspace, table: ClassTable | BivariateTable) -> str:
    """Return what the map shows as CSV text; cells a spreadsheet would run as a formula are neutralised."""
    out = figures_table(ws, table)
    return neutralised(out).to_csv(index=False, lineterminator="\r\n")


def neutralised(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with an apostrophe before each text that a spreadsheet would run as a formula."""
    out = table.copy()
    for column in out.select_dtypes(["object", "string"]):
        out[column] = [
            "'" + text if isinstance(text, str) and text.startswith(_RISKY) else text for text in out[column]
        ]
    return out
