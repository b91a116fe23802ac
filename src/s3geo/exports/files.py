"""One file of a map or of small maps, as bytes: the command line, the app and the library all ask here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from s3geo.errors import UsageError
from s3geo.exports.about import About, about, parts
from s3geo.exports.csvw import COLUMNS
from s3geo.exports.layers import figures_layer, geojson, geopackage, parquet
from s3geo.exports.tables import csv_text, figures_table
from s3geo.exports.workbooks import workbook
from s3geo.views.bivariate import BivariateTable
from s3geo.views.choropleth import drawn
from s3geo.views.class_table import ClassTable
from s3geo.views.static_chart import static_chart
from s3geo.views.static_map import FORMATS, static_map
from s3geo.views.static_maps import static_maps
from s3geo.workspace import Workspace

__all__ = ["MEDIA", "ONE", "SEVERAL", "TABLES", "Asked", "chart_file", "map_file", "maps_file", "table_file", "tabled"]

MEDIA: dict[str, str] = {
    **FORMATS,
    "html": "text/html",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
    "parquet": "application/vnd.apache.parquet",
    "zip": "application/zip",
}
"""Media type of each suffix."""

TABLES = ("csv", "xlsx", "parquet")
"""What a table can be written as."""
ONE = (*FORMATS, "html", *TABLES, "geojson", "gpkg")
"""What one map can be written as."""
SEVERAL = (*FORMATS, *TABLES)
"""What small maps can be written as."""

_BOM = "utf-8-sig"  # spreadsheets need the mark to read UTF-8


@dataclass(frozen=True)
class Asked:
    """How a picture is wanted: regions outlined, sheet, dots per inch."""

    selected: tuple[str, ...] = ()
    page: str = "portrait"
    dpi: int = 150


def map_file(
    ws: Workspace,
    table: ClassTable | BivariateTable,
    suffix: str,
    said: About | None = None,
    asked: Asked | None = None,
) -> bytes:
    """Return a map in one of the formats of `ONE`.

    Parameters
    ----------
    ws : Workspace
    table : ClassTable or BivariateTable
    suffix : str
        One of `ONE`.
    said : About, optional
        What the file says of itself; by default made here.
    asked : Asked, optional

    Raises
    ------
    UsageError
        Another format.
    """
    said, asked = said or about(ws, table), asked or Asked()
    if suffix in FORMATS:
        return static_map(ws, table, suffix, page=asked.page, dpi=asked.dpi, selected=asked.selected, foot=said.foot)
    made: dict[str, Callable[[], bytes]] = {
        "html": lambda: drawn(ws, table, asked.selected, said=said.foot).page().encode(),
        "geojson": lambda: geojson(figures_layer(ws, table, said)),
        "gpkg": lambda: geopackage(figures_layer(ws, table, said), "areas"),
        "parquet": lambda: parquet(figures_layer(ws, table, said)),
    }
    if suffix in made:
        return made[suffix]()
    if suffix in TABLES:
        return table_file(figures_table(ws, table, said), suffix, said, _decimals([table]))
    raise UsageError(f"A map can be written as {', '.join(ONE)} or zip, not {suffix!r}.{_briefing(suffix)}")


def chart_file(
    ws: Workspace,
    table: ClassTable | BivariateTable,
    suffix: str,
    said: About | None = None,
    asked: Asked | None = None,
) -> bytes:
    """Return the ranked chart of a map (of two indicators, of the first) as png, svg or pdf."""
    one, asked = parts(table)[0], asked or Asked()
    said = said or about(ws, one)
    return static_chart(ws, one, suffix, dpi=asked.dpi, selected=asked.selected, foot=said.foot)


def maps_file(
    ws: Workspace,
    tables: Sequence[ClassTable | BivariateTable],
    suffix: str,
    said: About | None = None,
    asked: Asked | None = None,
) -> bytes:
    """Return small maps as one picture, or their figures as one table.

    Raises
    ------
    UsageError
        Another format than those of `SEVERAL`, or too many maps.
    """
    if suffix not in SEVERAL:
        raise UsageError(
            f"Small maps can be written as {', '.join(SEVERAL)} or zip, not {suffix!r}. Write each map by itself."
        )
    said, asked = said or about(ws, tables), asked or Asked()
    if suffix in FORMATS:
        return static_maps(ws, tables, suffix, dpi=asked.dpi, selected=asked.selected, foot=said.foot)
    return table_file(tabled(ws, tables, said), suffix, said, _decimals(tables))


def tabled(ws: Workspace, tables: Sequence[ClassTable | BivariateTable], said: About) -> pd.DataFrame:
    """Return the figures of several maps below each other."""
    return pd.concat([figures_table(ws, table, said) for table in tables], ignore_index=True)


def table_file(
    table: pd.DataFrame, suffix: str, said: About | None = None, formats: dict[str, str] | None = None
) -> bytes:
    """Return a table as csv, xlsx or parquet; an XLSX also holds what is said of it and what its columns mean.

    Raises
    ------
    UsageError
        Another format.
    """
    if suffix == "csv":
        return csv_text(table).encode(_BOM)
    if suffix == "parquet":
        table = table.copy()
        table.attrs = dict(said.rows()) if said else {}
        return parquet(table)
    if suffix != "xlsx":
        raise UsageError(f"A table can be written as {', '.join(TABLES)}, not {suffix!r}.{_briefing(suffix)}")
    sheets = {"data": table}
    if said:
        sheets["metadata"] = pd.DataFrame(said.rows(), columns=["item", "text"])
        notes = [(name, *COLUMNS[name]) for name in table.columns if name in COLUMNS]
        sheets["notes"] = pd.DataFrame(notes, columns=["column", "title", "meaning"])
    return workbook(sheets, formats)


def _decimals(tables: Sequence[ClassTable | BivariateTable]) -> dict[str, str]:
    """Return the number format of the value columns: as many decimals as the map shows; the cell holds all."""
    most = max(part.decimals for table in tables for part in parts(table))
    shown = "#,##0" + ("." + "0" * most if most else "")
    return dict.fromkeys(("value", "lower", "upper", "lq"), shown)


def _briefing(suffix: str) -> str:
    return " A docx is the briefing of one area." if suffix == "docx" else ""
