"""Check a file before it is used: a table against a geography, or a boundary layer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from s3geo.geography.layers import read_layer
from s3geo.tables.join import join
from s3geo.workspace import GEOGRAPHIES, Workspace

__all__ = ["Checked", "check_file"]

LAYERS = (".zip", ".gpkg", ".geojson", ".json", ".fgb", ".shp")
"""Endings of boundary files; a GeoParquet is told from a table by its content."""


@dataclass(frozen=True)
class Checked:
    """What a good file holds, in a sentence, and notes on how it was read."""

    summary: str
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join([self.summary, *(f"  note: {note}" for note in self.notes)])


def check_file(ws: Workspace, path: str | Path, geography: str = "lep") -> Checked:
    """Check a table or a boundary file.

    Parameters
    ----------
    ws : Workspace
        Whose regions a table is matched with.
    path : str or Path
        A table (csv, xlsx, ods, parquet) or boundaries (zip, gpkg, geojson, fgb, shp).
    geography : str
        What the rows or features should be.

    Returns
    -------
    Checked

    Raises
    ------
    DataError
        With ``.problems``: one row a finding, naming file, row or code, and the next step.
    """
    path = Path(path)
    if path.suffix.lower() in LAYERS:
        layer = read_layer(path, geography=geography)
        summary = f"{path.name}: {len(layer)} areas ({GEOGRAPHIES[geography].plural} expected), ready to use."
        return Checked(summary, tuple(layer.attrs.get("notes", ())))
    report = join(ws.layer(geography), path, strict=True).report
    return Checked(report.summary())
