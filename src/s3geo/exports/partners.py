"""The partners of a region as a table: every score, its parts, its reasons, with source and licence."""

from __future__ import annotations

from datetime import date

import pandas as pd

import s3geo
from s3geo.exports.about import About, data_version, permalink_of, today
from s3geo.model.evidence import LINK_SOURCES, SECTOR_TABLES
from s3geo.model.provenance import LICENCES, attribution
from s3geo.workspace import Workspace

__all__ = ["about_partners", "partners_credit", "partners_table"]


def partners_credit(ws: Workspace, table: str, geography: str) -> str:
    """Return whose the sectors, the projects and the boundaries are."""
    projects = attribution([ws.entries.source[source] for source in LINK_SOURCES["h2020"].sources])
    return f"{ws.sector_attribution(table, geography)} {projects}"


def about_partners(
    ws: Workspace,
    title: str,
    table: str,
    geography: str,
    *,
    permalink: str | None = None,
    made: date | None = None,
) -> About:
    """Gather what a table of partners says of itself.

    Parameters
    ----------
    ws : Workspace
    title : str
    table : str
        Table of sectors that strengths were counted in.
    geography, permalink, made
        As for `s3geo.exports.about`.
    """
    sources = [SECTOR_TABLES[table].source, *LINK_SOURCES["h2020"].sources]
    licences = [LICENCES[ws.entries.source[source].licence] for source in sources]
    return About(
        title=title,
        facts="Score, 0 to 100; distances in km; shares and densities 0 to 1",
        boundaries=ws.boundaries_label(geography),
        vintage=ws.vintage(geography),
        source=partners_credit(ws, table, geography),
        licences=tuple(dict.fromkeys(licences)),
        caveats=(SECTOR_TABLES[table].caveat, LINK_SOURCES["h2020"].caveat),
        method="Weighted mean of percent ranks of proximity, shared strengths, complementarity and existing links",
        method_version=s3geo.__version__,
        data_version=data_version(ws),
        made=made or today(),
        permalink=permalink or permalink_of(ws),
    )


def partners_table(ws: Workspace, code: str, found: pd.DataFrame, geography: str, said: About) -> pd.DataFrame:
    """Return the partners of a region as a table.

    Parameters
    ----------
    ws : Workspace
    code : str
        GSS code of the region that looks for partners.
    found : DataFrame
        From `s3geo.partners`.
    geography : str
    said : About

    Returns
    -------
    DataFrame
        origin, origin_name, code, the columns of `s3geo.partners`, then geography, vintage, source, licence,
        method_version, data_version, permalink.
    """
    out = found.rename_axis("code").reset_index()
    out.insert(0, "origin", code)
    out.insert(1, "origin_name", ws.names(geography)[code])
    return out.assign(
        geography=geography,
        vintage=ws.vintage(geography),
        source=said.source,
        licence="; ".join(licence.title for licence in said.licences),
        method_version=said.method_version,
        data_version=said.data_version,
        permalink=said.permalink,
    )
