"""What every export says of itself: what it shows, whose it is, which edition, and where it is found again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

import s3geo
from s3geo.model.catalogue import Source
from s3geo.model.evidence import SECTOR_TABLES
from s3geo.model.provenance import LICENCES, Licence
from s3geo.settings import settings
from s3geo.views.bivariate import BivariateTable
from s3geo.views.class_table import ClassTable
from s3geo.views.sectors import SectorTable
from s3geo.views.spatial_pattern import PatternTable
from s3geo.workspace import Workspace
from s3geo.workspace.geographies import period_label

__all__ = ["About", "about", "about_figures", "data_version", "parts", "permalink_of", "today"]


@dataclass(frozen=True)
class About:
    """What is said of an export.

    Attributes
    ----------
    title, facts : str
        What it shows; unit, period and England's value.
    boundaries, vintage : str
        Name and vintage of the boundaries.
    source : str
        Words of credit, with the lines that boundaries owe.
    licences : tuple of Licence
        Of the figures.
    caveats : tuple of str
        What must be known of each indicator.
    method : str
        How the classes were made.
    method_version, data_version : str
        Version of s3geo, and of the data it read.
    made : date
    permalink : str
        Address of the view where the app made it, else which data it was made from.
    """

    title: str
    facts: str
    boundaries: str
    vintage: str
    source: str
    licences: tuple[Licence, ...]
    caveats: tuple[str, ...]
    method: str
    method_version: str
    data_version: str
    made: date
    permalink: str

    @property
    def foot(self) -> str:
        """Last line of a picture."""
        month = period_label(f"{self.made:%Y-%m}")  # %B would speak the language of the machine
        said = f"Made on {self.made.day} {month} with s3geo {self.method_version}, data {self.data_version}."
        return f"{said} {self.permalink}" if "://" in self.permalink else said

    def rows(self) -> list[tuple[str, str]]:
        """Return name and text of each part, as a sheet or a table of metadata lists them."""
        return [
            ("title", self.title),
            ("unit, period, England", self.facts),
            ("boundaries", self.boundaries),
            ("boundary vintage", self.vintage),
            ("source", self.source),
            *(("licence", f"{licence.title} {licence.url}".strip()) for licence in self.licences),
            *(("caveat", caveat) for caveat in self.caveats),
            ("classes", self.method),
            ("method version", f"s3geo {self.method_version}"),
            ("data version", self.data_version),
            ("made on", self.made.isoformat()),
            ("permalink", self.permalink),
        ]


def today() -> date:
    """Return the date exports carry."""
    return datetime.now(UTC).date()


@lru_cache(maxsize=8)
def _digest(path: Path) -> str:
    package = json.loads(path.read_text("utf-8"))
    if version := package.get("version"):
        return str(version)
    hashes = "".join(sorted(str(resource.get("hash")) for resource in package["resources"]))
    return hashlib.sha256(hashes.encode()).hexdigest()[:10]


def data_version(ws: Workspace) -> str:
    """Return the version of the compiled data: what ``data/datapackage.json`` states, else a digest of its hashes.

    Parameters
    ----------
    ws : Workspace

    Returns
    -------
    str
        With "+ own" where the workspace holds files of the user's own.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> len(data_version(open_workspace())) >= 4
    True
    """
    bundled = _digest(ws.file("data", "datapackage.json"))
    return bundled if ws.is_bundled else f"{bundled} + own"


def permalink_of(ws: Workspace, query: str = "") -> str:
    """Return the public address of a view where one is set (``S3GEO_ADDRESS``), else which data this is."""
    address = settings().address.rstrip("/")
    return f"{address}/{query}" if address else f"s3geo data version {data_version(ws)}"


def parts(table: ClassTable | BivariateTable) -> tuple[ClassTable, ...]:
    """Return the indicators of a table, each by itself."""
    return (table.x, table.y) if isinstance(table, BivariateTable) else (table,)


def about(
    ws: Workspace,
    tables: ClassTable | BivariateTable | Sequence[ClassTable | BivariateTable],
    *,
    permalink: str | None = None,
    made: date | None = None,
) -> About:
    """Gather what an export of one or several tables says of itself.

    Parameters
    ----------
    ws : Workspace
    tables : ClassTable, BivariateTable or sequence of them
    permalink : str, optional
        Address of the view; by default made from ``S3GEO_ADDRESS``, else the data version.
    made : date, optional
        By default today.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> from s3geo.views.class_table import class_table
    >>> ws = open_workspace()
    >>> about(ws, class_table(ws, "gva_per_head")).licences[0].id
    'OGL-UK-3.0'
    """
    every = [tables] if isinstance(tables, ClassTable | BivariateTable) else list(tables)
    each = [part for table in every for part in parts(table)]
    first = every[0]
    return About(
        title=first.title
        if len(every) == 1
        else f"{len(every)} maps: {'; '.join(dict.fromkeys(t.title for t in every))}",
        facts=first.facts if len(every) == 1 else "; ".join(f"{t.title}: {t.facts}" for t in every),
        boundaries=first.boundaries,
        vintage=first.vintage,
        source=" ".join(dict.fromkeys(table.attribution for table in every)),
        licences=tuple(dict.fromkeys(licence for table in each for licence in _licences(ws, table))),
        caveats=tuple(dict.fromkeys(text for table in each if (text := _caveat(ws, table)))),
        method="; ".join(dict.fromkeys(table.method for table in every)),
        method_version=s3geo.__version__,
        data_version=data_version(ws),
        made=made or today(),
        permalink=permalink or permalink_of(ws, _query(first)),
    )


def about_figures(
    ws: Workspace,
    title: str,
    indicators: Sequence[str],
    geography: str = "lep",
    *,
    permalink: str | None = None,
    made: date | None = None,
) -> About:
    """Gather what a table of several indicators says of itself, where no map was made of it.

    Parameters
    ----------
    ws : Workspace
    title : str
    indicators : sequence of str
        Ids in the catalogue.
    geography : str
    permalink, made
        See `about`.
    """
    sources = [source for indicator in indicators for source in ws.entries.sources_of(indicator)]
    return About(
        title=title,
        facts="Unit and period stand in each row",
        boundaries=ws.boundaries_label(geography),
        vintage=ws.vintage(geography),
        source=ws.attribution(*indicators, geography=geography),
        licences=tuple(dict.fromkeys(LICENCES[source.licence] for source in sources)),
        caveats=tuple(dict.fromkeys(str(text) for i in indicators if (text := ws.catalogue.at[i, "caveat"]))),
        method="none",
        method_version=s3geo.__version__,
        data_version=data_version(ws),
        made=made or today(),
        permalink=permalink or permalink_of(ws),
    )


def _query(table: ClassTable | BivariateTable) -> str:
    """Return the address of Explore that shows a table, after its base."""
    one = parts(table)[0]
    if isinstance(one, SectorTable):
        id_, _, sector = one.indicator.rpartition("_")
        asked = {"mode": "sectors", "table": id_, "sector": sector, "year": one.period}
    else:
        asked = {"indicator": one.indicator, "period": one.period}
        if isinstance(one, PatternTable):
            asked["mode"] = "pattern"
        if isinstance(table, BivariateTable):
            asked["second"] = table.y.indicator
    return "?" + urlencode({**asked, "geography": table.geography})


def _licences(ws: Workspace, table: ClassTable) -> list[Licence]:
    """Return the licences of the sources of a table."""
    if isinstance(table, SectorTable):
        sources: Sequence[Source] = [ws.entries.source[SECTOR_TABLES[table.indicator.rpartition("_")[0]].source]]
    else:
        sources = ws.entries.sources_of(table.indicator)
    return list(dict.fromkeys(LICENCES[source.licence] for source in sources))


def _caveat(ws: Workspace, table: ClassTable) -> str:
    if isinstance(table, SectorTable):
        return SECTOR_TABLES[table.indicator.rpartition("_")[0]].caveat
    return str(ws.catalogue.at[table.indicator, "caveat"])
