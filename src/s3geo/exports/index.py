"""An index as CSV: one row for each region and indicator, from the raw figure to its points, with its source."""

from __future__ import annotations

import pandas as pd

from s3geo.exports.tables import neutralised
from s3geo.settings import ENGLAND
from s3geo.views.index import IndexTable
from s3geo.workspace import Workspace

__all__ = ["index_csv", "index_figures"]


def index_figures(ws: Workspace, table: IndexTable) -> pd.DataFrame:
    """Return all steps of an index as a table.

    Parameters
    ----------
    ws : Workspace
    table : IndexTable

    Returns
    -------
    DataFrame
        code, name, geography, vintage, score, rank, rank_q05, rank_q95, index, band (of the region), actor, dimension,
        cell_weight, cell_score, cell_share, indicator, label, period, unit, direction, status, raw, treatment, treated,
        normalised, weight, share, contribution, then recipe, figures, source, licence.
    """
    of, recipe = table.steps, table.recipe
    names = {"q05": "rank_q05", "q95": "rank_q95"}
    regions = table.regions[["score", "rank", "q05", "q95", "index", "band"]].rename(columns=names)
    regions["band"] = regions["band"].astype(object)
    regions.loc[ENGLAND, ["score", "index"]] = [table.england["score"], table.england["index"]]
    cells = table.cells.rename(columns={"weight": "cell_weight", "score": "cell_score", "share": "cell_share"})
    cells = cells[["code", "actor", "dimension", "cell_weight", "cell_score", "cell_share"]]
    out = of.merge(cells, on=["code", "actor", "dimension"], how="left").merge(
        regions, left_on="code", right_index=True, how="left"
    )
    entries = ws.catalogue
    out = out.assign(
        geography=recipe.geography,
        vintage=ws.vintage(recipe.geography),
        recipe=recipe.url,
        figures=recipe.data,
        source=out["indicator"].map(entries["attribution"]),
        licence=out["indicator"].map(entries["licence"]),
    )
    out.loc[out["code"] == ENGLAND, "geography"] = "country"
    columns = (
        "code name geography vintage score rank rank_q05 rank_q95 index band actor dimension cell_weight cell_score "
        "cell_share indicator label period unit direction status raw treatment treated normalised weight share "
        "contribution recipe figures source licence"
    )
    return out[columns.split()]


def index_csv(ws: Workspace, table: IndexTable) -> str:
    """Return all steps of an index as CSV text; cells a spreadsheet would run as a formula are neutralised."""
    return neutralised(index_figures(ws, table)).to_csv(index=False, lineterminator="\r\n")
