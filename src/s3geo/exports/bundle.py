"""Everything at once: figures, layers, maps and charts in one archive that explains itself."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence

from s3geo.exports.about import About, about
from s3geo.exports.csvw import csvw
from s3geo.exports.files import Asked, chart_file, map_file, table_file, tabled
from s3geo.exports.layers import figures_layer, geojson, geopackage, parquet
from s3geo.views.bivariate import BivariateTable
from s3geo.views.class_table import ClassTable
from s3geo.views.static_map import FORMATS
from s3geo.workspace import Workspace

__all__ = ["bundle"]

_WHEN = (2020, 1, 1, 0, 0, 0)  # of every file, so that the same figures give the same archive


def bundle(
    ws: Workspace,
    tables: Sequence[ClassTable | BivariateTable],
    said: About | None = None,
    asked: Asked | None = None,
    *,
    progress: Callable[[str, float], None] | None = None,
) -> bytes:
    """Return an archive of all that can be taken away of one or more maps.

    Parameters
    ----------
    ws : Workspace
    tables : sequence of ClassTable or BivariateTable
        Of one geography.
    said : About, optional
    asked : Asked, optional
        Regions outlined on the pictures.
    progress : callable, optional
        Told a label and the share done, 0 to 1.

    Returns
    -------
    bytes
        A ZIP of README.txt; figures.csv with its CSVW metadata, figures.xlsx, figures.parquet; areas.gpkg,
        areas.geojson, areas.parquet; and for each map maps/ID.png, .svg, .pdf, .html and charts/ID.png, .svg.
    """
    said, asked = said or about(ws, tables), asked or Asked()
    one = len(tables) == 1
    figures = tabled(ws, tables, said)
    layer = figures_layer(ws, tables[0], said)
    if not one:  # the areas alone; the figures of all maps lie beside them, one row an area and indicator
        layer = layer[["code", "name", "geography", "vintage", "geometry"]]
        layer.attrs = dict(said.rows())
    files: dict[str, bytes] = {
        "figures.csv": table_file(figures, "csv"),
        "figures.csv-metadata.json": csvw(figures, "figures.csv", said).encode(),
        "figures.xlsx": table_file(figures, "xlsx", said),
        "figures.parquet": table_file(figures, "parquet", said),
        "areas.gpkg": geopackage(layer, "areas", {} if one else {"figures": figures}),
        "areas.geojson": geojson(layer),
        "areas.parquet": parquet(layer),
    }
    for done, table in enumerate(tables):
        own = said if one else about(ws, table, permalink=said.permalink if "://" not in said.permalink else None)
        if progress:
            progress(table.title, done / len(tables))
        for suffix in (*FORMATS, "html"):
            files[f"maps/{table.indicator}.{suffix}"] = map_file(ws, table, suffix, own, asked)
        for suffix in ("png", "svg"):
            files[f"charts/{table.indicator}.{suffix}"] = chart_file(ws, table, suffix, own, asked)
    if progress:
        progress("Packing", 1.0)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in {"README.txt": _readme(said, list(files)).encode(), **files}.items():
            packed = (
                zipfile.ZIP_STORED if name.endswith((".png", ".pdf", ".xlsx", ".parquet")) else zipfile.ZIP_DEFLATED
            )
            archive.writestr(zipfile.ZipInfo(name, _WHEN), body, compress_type=packed)
    return out.getvalue()


_WHAT = {
    "figures.csv": "one row an area and indicator; UTF-8, numbers with a point",
    "figures.csv-metadata.json": "what the columns of figures.csv mean (W3C CSV on the Web)",
    "figures.xlsx": "the same for a spreadsheet, with sheets of metadata and notes",
    "figures.parquet": "the same as Parquet",
    "areas.gpkg": "boundaries as GeoPackage, British National Grid (EPSG:27700)",
    "areas.geojson": "boundaries as GeoJSON (RFC 7946), degrees",
    "areas.parquet": "boundaries as GeoParquet, British National Grid",
}


def _readme(said: About, names: list[str]) -> str:
    lines = [said.title, "=" * min(len(said.title), 100), ""]
    lines += [f"{name[:1].upper()}{name[1:]}: {text}" for name, text in said.rows()[1:]]
    lines += ["", "Files", "-----"]
    for name in names:
        lines.append(f"{name}" + (f": {_WHAT[name]}" if name in _WHAT else ""))
    lines += [
        "",
        "An empty value is no data, never 0; the column status says why. England's own row has the code E92000001:",
        "it comes from England's own totals, never from the sum or mean of areas. Open a map's .html in any browser;",
        "it needs no internet. Keep the words of source and licence with whatever you make of this.",
        "",
    ]
    return "\r\n".join(lines)
