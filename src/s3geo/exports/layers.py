"""Figures with their boundaries: GeoPackage, GeoJSON and GeoParquet."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from s3geo.exports.about import About, about, parts
from s3geo.exports.tables import figures_table
from s3geo.settings import ENGLAND, WGS84
from s3geo.views.bivariate import BivariateTable
from s3geo.views.class_table import ClassTable
from s3geo.workspace import Workspace

__all__ = ["figures_layer", "geojson", "geopackage", "parquet"]

_DECIMALS = 5  # of a degree: about a metre


def figures_layer(ws: Workspace, table: ClassTable | BivariateTable, said: About | None = None) -> gpd.GeoDataFrame:
    """Return what the map shows with the boundaries.

    Parameters
    ----------
    ws : Workspace
    table : ClassTable or BivariateTable
        Of two indicators, the columns of the second carry ``_2``.
    said : About, optional

    Returns
    -------
    GeoDataFrame
        The columns of `s3geo.exports.figures_table` and geometry (EPSG:27700, metres), one row for each region of
        the layer; England's own value is in `GeoDataFrame.attrs` under ``england``, with all that is said of it.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> from s3geo.views.class_table import class_table
    >>> ws = open_workspace()
    >>> len(figures_layer(ws, class_table(ws, "gva_per_head")))
    38
    """
    said = said or about(ws, table)
    first, *more = [
        found[found["code"] != ENGLAND].set_index("code")
        for found in (figures_table(ws, part, said) for part in parts(table))
    ]
    for other in more:
        own = other.drop(columns=["name", "geography", "vintage", "data_version", "method_version", "permalink"])
        first = first.join(own.add_suffix("_2"))
    layer = ws.layer(table.geography)
    out = gpd.GeoDataFrame(first.reindex(layer.index), geometry=layer.geometry, crs=layer.crs)
    out = out.rename_axis("code").reset_index()
    out.attrs = {**_words(said), **{f"england {part.indicator}": part.england for part in parts(table)}}
    return out


def _words(said: About) -> dict[str, Any]:
    """Return what is said of an export, each name once."""
    found: dict[str, Any] = {}
    for name, text in said.rows():
        found[name] = f"{found[name]}; {text}" if name in found else text
    return found


def geojson(layer: gpd.GeoDataFrame) -> bytes:
    """Write a layer as GeoJSON after RFC 7946: degrees (WGS 84) to five decimals, outer rings counterclockwise.

    Parameters
    ----------
    layer : GeoDataFrame
        Of `figures_layer`; its attrs become members of the collection.

    Returns
    -------
    bytes
        UTF-8. A value that is missing is null.
    """
    degrees = layer.to_crs(WGS84)
    shapes = shapely.transform(degrees.geometry.to_numpy(), lambda xy: np.round(xy, _DECIMALS))
    shapes = shapely.orient_polygons(shapes)
    table = pd.DataFrame(layer.drop(columns="geometry"))
    rows = json.loads(table.to_json(orient="records", double_precision=12))
    collection = {
        "type": "FeatureCollection",
        "bbox": [round(float(edge), _DECIMALS) for edge in shapely.total_bounds(shapes)],
        "about": json.loads(pd.Series(layer.attrs, dtype=object).to_json()) if layer.attrs else {},
        "features": [
            {"type": "Feature", "id": row.get("code"), "properties": row, "geometry": json.loads(text)}
            for row, text in zip(rows, shapely.to_geojson(shapes), strict=True)
        ],
    }
    return json.dumps(collection, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def geopackage(layer: gpd.GeoDataFrame, name: str, tables: dict[str, pd.DataFrame] | None = None) -> bytes:
    """Write a layer as a GeoPackage, with a table that says what it is.

    Parameters
    ----------
    layer : GeoDataFrame
        Its attrs become the rows of the table ``metadata``.
    name : str
        Of the layer.
    tables : dict of str to DataFrame, optional
        More tables without geometry.

    Returns
    -------
    bytes
    """
    import pyogrio

    said = pd.DataFrame([(str(k), str(v)) for k, v in layer.attrs.items()], columns=["name", "text"])
    plain = layer.copy()
    plain.attrs = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figures.gpkg"
        about_layer = {"IDENTIFIER": str(layer.attrs.get("title", name)), "DESCRIPTION": str(layer.attrs.get("source"))}
        pyogrio.write_dataframe(plain, path, layer=name, driver="GPKG", layer_metadata=about_layer)
        for title, table in {**(tables or {}), "metadata": said}.items():
            pyogrio.write_dataframe(table.reset_index(drop=True), path, layer=title, driver="GPKG", append=True)
        return path.read_bytes()


def parquet(table: pd.DataFrame) -> bytes:
    """Write a table as Parquet, with geometry as GeoParquet (WKB, CRS recorded).

    Returns
    -------
    bytes
        What the table's attrs say is kept in the schema's metadata under ``s3geo``.
    """
    said = {str(k): v for k, v in table.attrs.items()}
    plain = table.copy()
    plain.attrs = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.parquet"
        plain.to_parquet(path, index=False)
        found = pq.read_table(path)
        known = found.schema.metadata or {}
        text = pd.Series(said, dtype=object).to_json(force_ascii=False) if said else "{}"
        sink = pa.BufferOutputStream()
        pq.write_table(found.replace_schema_metadata({**known, b"s3geo": text.encode()}), sink)
        return bytes(sink.getvalue().to_pybytes())
