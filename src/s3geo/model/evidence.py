"""What regions do and who works with whom: the tables of sectors and of links, what they count and what to mind."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "GTR_BIAS",
    "LINK_COLUMNS",
    "LINK_SOURCES",
    "PARTICIPATION_COLUMNS",
    "SECTOR_COLUMNS",
    "SECTOR_NAME_COLUMNS",
    "SECTOR_TABLES",
    "LinkSource",
    "SectorTable",
]


@dataclass(frozen=True, slots=True)
class SectorTable:
    """One classification of activities and what is counted by it.

    Attributes
    ----------
    id : str
        "bres_jobs", "ubc_enterprises" or "gva". Sectors of two tables overlap and are never added together.
    label, unit, classification : str
        For display.
    sector : str
        Regular expression that every sector of the table satisfies.
    geographies : tuple of str
        Geographies the table exists for.
    source : str
        Source in the catalogue.
    caveat : str
        What must be known before a figure is used.
    """

    id: str
    label: str
    unit: str
    classification: str
    sector: str
    geographies: tuple[str, ...]
    source: str
    caveat: str


SECTOR_TABLES: dict[str, SectorTable] = {
    table.id: table
    for table in (
        SectorTable(
            "bres_jobs",
            "Employment by section",
            "jobs",
            "21 sections of SIC 2007",
            r"[A-U]",
            ("lep", "country"),
            "nomis_bres",
            "Rounded by size of the estimate (to 5 below 50, to 1,000 from 5,000); a survey whose sampling errors are "
            "not published with it. Seven districts count in two LEPs.",
        ),
        SectorTable(
            "ubc_enterprises",
            "Enterprises by broad industry group",
            "enterprises",
            "18 broad industry groups of UK Business Counts",
            r"[1-9]|1[0-8]",
            ("lep", "lad", "county", "region", "combined_authority", "country"),
            "nomis_ubc",
            "Registered for VAT or PAYE, counted at the head office; rounded to 5, so that 0 means fewer than 3.",
        ),
        SectorTable(
            "gva",
            "Gross value added by industry",
            "£ million, current prices",
            "37 industries of the regional accounts that do not nest in one another",
            r"\d{1,2}(-\d{2}|-\d)?(IMP)?",
            ("lep", "lad", "country"),
            "ons_gva",
            "Withheld for most industries of Cornwall and the Isles of Scilly, and for two of Broxbourne and of "
            "Stevenage. England adds the 292 districts of which every industry is published: good for shares, about "
            "0.9 % short as a total. 68IMP is rent that owner-occupiers are assumed to pay themselves, no market "
            "activity. A figure can be negative (one is: 1-9 in Southampton in 2022).",
        ),
    )
}
"""Tables of sectors, by id."""


@dataclass(frozen=True, slots=True)
class LinkSource:
    """One network of organisations.

    Attributes
    ----------
    id : str
        "h2020" or "gtr".
    label, period : str
        For display.
    sources : tuple of str
        Sources in the catalogue.
    caveat : str
        What must be said wherever links of this source are shown.
    """

    id: str
    label: str
    period: str
    sources: tuple[str, ...]
    caveat: str


GTR_BIAS = (
    "A biased sample: these networks were grown from organisations of Wales and Scotland, so a link within England is "
    "here only where a Welsh or Scottish partner led to it. Not to be read as the links of England, nor to be compared "
    "between regions."
)
"""What must be said wherever links of Gateway to Research are shown."""

LINK_SOURCES: dict[str, LinkSource] = {
    source.id: source
    for source in (
        LinkSource(
            "h2020",
            "Horizon 2020 projects",
            "projects starting 2014 to 2018",
            ("cordis_h2020",),
            "Only organisations named by CORDIS in July 2017, which is 88 % of participations; more than half of the "
            "companies have no known district. A grant counts at the seat.",
        ),
        LinkSource("gtr", "UKRI-funded projects", "2006 to 2016", ("gtr_links", "gtr"), GTR_BIAS),
    )
}
"""Networks of organisations, by id."""

SECTOR_COLUMNS = {
    "table": "; ".join(f"{t.id}: {t.label.casefold()}, {t.classification}" for t in SECTOR_TABLES.values()),
    "geography": "lep, lad, county, region, combined_authority or country",
    "code": "GSS code of the area (vintage of the geography's default layer)",
    "sector": "Code in the classification of the table; names in sector_names.csv",
    "period": "Calendar year",
    "value": "; ".join(f"{t.id}: {t.unit}" for t in SECTOR_TABLES.values()) + "; empty where there is none",
    "status": "As in observations.parquet",
}
"""Columns of ``sectors.parquet`` and what they hold."""

SECTOR_NAME_COLUMNS = {
    "table": "Table of sectors.parquet",
    "sector": "Code, in the order of the classification",
    "label": "Name, as the publisher writes it",
    "sections": "Section or sections of SIC 2007 that it belongs to, joined with ;",
    "extent": "whole: these sections entirely; part: a part of one section",
}
"""Columns of ``sector_names.csv`` and what they hold."""

LINK_COLUMNS = {
    "source": "; ".join(f"{s.id}: {s.label}, {s.period}" for s in LINK_SOURCES.values()),
    "a": "Organisation (id in organisations.parquet)",
    "b": "Another organisation; a comes before b in the order of the alphabet",
    "n_projects": "Projects in which both take part",
    "first_year": "Year in which the first of them started; empty for gtr",
    "last_year": "Year in which the last of them started; empty for gtr",
    "topic": "Topics of the projects, joined with ;, where the source has them",
}
"""Columns of ``links.parquet`` and what they hold."""

PARTICIPATION_COLUMNS = {
    "project": "Record number (rcn) of the Horizon 2020 project in CORDIS",
    "organisation": "Organisation (id in organisations.parquet; a pic: that is not there has no name in the source)",
    "role": "coordinator, participant or partner (third party)",
    "start_year": "Year in which the project started",
}
"""Columns of ``participations.parquet`` and what they hold."""
