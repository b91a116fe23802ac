"""Boundary files of every accepted format, read as they are.

GDAL understands more than a hundred formats, some of which fetch, execute or include other files. So it is only
ever given a file whose first bytes are those of a shapefile, a GeoPackage or a FlatGeobuf; GeoJSON and GeoParquet
are read without it, and an archive is checked and unpacked here, under names of our own.
"""

from __future__ import annotations

import json
import re
import struct
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile, ZipInfo

from s3geo.errors import LayerError, listed
from s3geo.files import (
    MEGABYTE,
    agree,
    check_archive,
    clean_text,
    file_problem,
    flat_columns,
    local_file,
    open_archive,
    parquet_size,
    read_member,
    sniff,
    spoken,
)
from s3geo.geography.crs import refuse_files, stated_crs
from s3geo.geography.geojson import read_geojson

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Raw", "read_raw"]

LARGEST = 300 * MEGABYTE
MOST_AREAS = 2_000
AGAIN = "Download or export it again."

_MODULE = re.compile(r"\s*CREATE\s+VIRTUAL\s+TABLE\b.*?\bUSING\s+[\"'`\[]?(\w+)", re.IGNORECASE | re.DOTALL)

_BY_SUFFIX = {
    ".zip": ("zip", "a zipped shapefile"),
    ".shp": ("shapefile", "a shapefile"),
    ".gpkg": ("sqlite", "a GeoPackage"),
    ".geojson": ("json", "GeoJSON"),
    ".json": ("json", "GeoJSON"),
    ".fgb": ("flatgeobuf", "a FlatGeobuf layer"),
    ".parquet": ("parquet", "GeoParquet"),
    ".geoparquet": ("parquet", "GeoParquet"),
}
_DRIVERS = {"shapefile": "ESRI Shapefile", "sqlite": "GPKG", "flatgeobuf": "FlatGeobuf"}
_POLYGON_SHAPES = {5, 15, 25}


@dataclass(slots=True)
class Raw:
    """A layer as the file has it: any columns, any reference system, and what is worth saying about the reading."""

    frame: gpd.GeoDataFrame
    notes: list[str] = field(default_factory=list)


def read_raw(path: str | Path, *, name: str | None = None, layer: str | None = None) -> Raw:
    """Read one layer of a file.

    Parameters
    ----------
    path : str or Path
        A file on this computer: zipped shapefile, .shp, .gpkg, .geojson, .fgb or .parquet.
    name : str, optional
        What to call the file in messages, for example the name under which it was uploaded.
    layer : str, optional
        Which layer of a GeoPackage, or which shapefile of an archive; default the first with polygons.

    Raises
    ------
    FileProblem
        If the file is missing, empty, cut short, unsafe or not what its name says.
    LayerError
        If it holds no such layer, or none with polygons.
    """
    here = local_file(path, most=LARGEST, name=name)
    shown = clean_text(name or here.name)
    suffix = PurePosixPath(shown).suffix.lower() or here.suffix.lower()
    if suffix not in _BY_SUFFIX:
        accepted = "a zipped shapefile (.zip), .gpkg, .geojson, .fgb or .parquet"
        raise file_problem(shown, f"is not a boundary file: its name ends in {suffix!r}", f"Give {accepted}.")
    kind, meant = _BY_SUFFIX[suffix]
    with here.open("rb") as handle:
        agree(shown, sniff(handle.read(4096)), (kind,), meant)
    if kind == "zip":
        return _from_archive(here, shown, layer)
    if kind == "shapefile":
        parts = {side: _beside(here, side) for side in ("shp", "shx", "dbf", "prj", "cpg")}
        return _from_shapefile({side: data for side, data in parts.items() if data is not None}, shown)
    return _READERS[kind](here, shown, layer)


def _from_archive(here: Path, shown: str, layer: str | None) -> Raw:
    with open_archive(here, shown) as archive:
        members = {info.filename: info for info in check_archive(archive, shown)}
        layers = sorted(member for member in members if PurePosixPath(member).suffix.lower() in _BY_SUFFIX)
        layers = [member for member in layers if not member.lower().endswith((".zip", ".parquet", ".geoparquet"))]
        if not layers:
            held = listed(members, 3) or "nothing"
            raise file_problem(shown, f"holds no shapefile, GeoPackage or GeoJSON, only {held}", "Zip the right files.")
        stems = {PurePosixPath(member).stem: member for member in layers}
        if layer is not None and layer not in stems:
            raise _layer_error(shown, f"has no layer {layer!r}; it holds {listed(stems)}", "Name one of these.")
        polygons = [member for member in layers if _may_be_polygons(archive, members[member])]
        chosen = stems[layer] if layer is not None else (polygons or layers)[0]
        notes = [f"{shown} holds {len(polygons)} layers; {chosen} is used"] if len(polygons) > 1 and not layer else []
        if chosen.lower().endswith(".shp"):
            base = chosen[:-4].lower()
            parts = {
                side: read_member(archive, info, shown)
                for member, info in members.items()
                for side in ("shp", "shx", "dbf", "prj", "cpg")
                if member.lower() == f"{base}.{side}"
            }
            raw = _from_shapefile(parts, shown)
        else:
            kind, meant = _BY_SUFFIX[PurePosixPath(chosen).suffix.lower()]
            data = read_member(archive, members[chosen], shown)
            if sniff(data[:4096]) != kind:
                held = f"holds {chosen!r}, which is {spoken(sniff(data[:4096]))}, not {meant}"
                raise file_problem(shown, held, AGAIN)
            with _unpacked({PurePosixPath(chosen).suffix[1:].lower(): data}) as unpacked:
                raw = _READERS[kind](unpacked, shown, None)
    return Raw(raw.frame, notes + raw.notes)


def _may_be_polygons(archive: ZipFile, info: ZipInfo) -> bool:
    if not info.filename.lower().endswith(".shp"):
        return True
    try:
        with archive.open(info) as member:
            head = member.read(36)
    except Exception:  # whatever is wrong with it is said when it is read whole
        return True
    return len(head) < 36 or struct.unpack("<i", head[32:36])[0] in _POLYGON_SHAPES


def _from_shapefile(parts: dict[str, bytes], shown: str) -> Raw:
    step = "Put the .shp, .shx, .dbf and .prj of one export into one zip file."
    for side in ("shx", "dbf"):
        if side not in parts:
            raise file_problem(shown, f"lacks the .{side} part of the shapefile", step)
    sizes = {side: struct.unpack(">i", parts[side][24:28])[0] * 2 for side in ("shp", "shx") if len(parts[side]) >= 100}
    for side in ("shp", "shx"):
        if len(parts[side]) < sizes.get(side, 100):
            raise file_problem(shown, f"is cut short: its .{side} part ends before its own length", AGAIN)
    header = struct.unpack("<4xIHH", parts["dbf"][:12]) if len(parts["dbf"]) >= 32 else (0, 32, 0)
    if len(parts["dbf"]) < max(header[1] + header[0] * header[2], 33):
        raise file_problem(shown, "is cut short: its .dbf part ends before its own length", AGAIN)
    shapes = (sizes["shx"] - 100) // 8
    if shapes != header[0]:
        parts_differ = f"is inconsistent: {shapes} shapes but {header[0]} rows in its .dbf part"
        raise file_problem(shown, parts_differ, step)
    if struct.unpack("<i", parts["shp"][32:36])[0] not in _POLYGON_SHAPES:
        raise _layer_error(shown, "holds no polygons", "Give the boundaries as polygons, not points or lines.")
    stated = parts.pop("prj", b"").decode("utf-8", "replace").strip()
    with _unpacked(parts) as unpacked:
        raw = _through_gdal(unpacked.with_suffix(".shp"), shown, "shapefile", None)
    if stated:
        raw.frame = raw.frame.set_crs(stated_crs(stated, shown))
    return raw


def _from_geopackage(here: Path, shown: str, layer: str | None) -> Raw:
    import pyogrio

    with here.open("rb") as handle:
        head = handle.read(100)
    page = int.from_bytes(head[16:18], "big")
    length = (65536 if page == 1 else page) * int.from_bytes(head[28:32], "big")
    if len(head) < 100 or here.stat().st_size < length:
        raise file_problem(shown, "is cut short: the database ends before its own length", AGAIN)
    if head[68:72] not in (b"GPKG", b"GP10", b"GP11"):
        raise file_problem(shown, "is an SQLite database but no GeoPackage", "Save the layer as a GeoPackage.")
    if programs := _careful(lambda: _programs(here), shown, []):
        step = "Save the layer as a table of a new GeoPackage."
        raise file_problem(
            shown, f"holds views or generated columns, which are programs and not data: {listed(programs)}", step
        )
    for text in _careful(lambda: _reference_systems(here), shown, []):
        refuse_files(text, shown)
    found = _careful(lambda: pyogrio.list_layers(here), shown, [])
    kinds = {str(title): str(kind) if kind else "table" for title, kind in found}
    polygons = [title for title, kind in kinds.items() if "Polygon" in kind or "Surface" in kind or kind == "Unknown"]
    held = ", ".join(f"{title} ({kind})" for title, kind in kinds.items()) or "no layer"
    if layer is not None and layer not in kinds:
        raise _layer_error(shown, f"has no layer {layer!r}; it holds {held}", "Name one of these.")
    if not polygons:
        raise _layer_error(shown, f"holds no layer with polygons, only {held}", "Give the boundaries as polygons.")
    chosen = layer or polygons[0]
    raw = _through_gdal(here, shown, "sqlite", chosen)
    if len(polygons) > 1 and layer is None:
        raw.notes.insert(0, f"{shown} holds {len(polygons)} layers with polygons ({held}); {chosen} is used")
    return raw


def _programs(here: Path) -> list[str]:
    """Return what of a database is computed when it is read, without end if its author likes.

    That are views, tables that a module fills, which may read anything (the spatial index alone may not), and tables
    with generated columns. Those of the OGC's older standard are never read.
    """
    import sqlite3

    with closing(sqlite3.connect(f"{here.as_uri()}?mode=ro&immutable=1", uri=True)) as database:

        def computed(name: str, kind: str, sql: str) -> bool:
            if kind == "view":
                return True
            if module := _MODULE.match(sql):
                return module[1].casefold() != "rtree"
            generated = "SELECT 1 FROM pragma_table_xinfo(?) WHERE hidden IN (2, 3)"
            return database.execute(generated, (name,)).fetchone() is not None

        made = database.execute("SELECT name, type, sql FROM sqlite_master WHERE type IN ('view', 'table')").fetchall()
        usual = ("st_spatial_ref_sys", "spatial_ref_sys", "st_geometry_columns")
        return [str(name) for name, kind, sql in made if name not in usual and computed(str(name), kind, str(sql))]


def _reference_systems(here: Path) -> list[str]:
    import sqlite3

    with closing(sqlite3.connect(f"{here.as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE lower(name) LIKE '%spatial_ref_sys'").fetchall()
        tables = [str(name).replace('"', '""') for (name,) in names]
        return [" ".join(map(str, row)) for name in tables for row in database.execute(f'SELECT * FROM "{name}"')]


def _from_flatgeobuf(here: Path, shown: str, layer: str | None) -> Raw:
    with here.open("rb") as handle:
        head = handle.read(12)
        header = handle.read(min(int.from_bytes(head[8:12], "little"), 10 * MEGABYTE))
    refuse_files(header.decode("latin-1"), shown)
    return _through_gdal(here, shown, "flatgeobuf", layer)


def _from_parquet(here: Path, shown: str, layer: str | None) -> Raw:  # noqa: ARG001
    import geopandas as gpd
    import pyarrow.parquet as pq

    with here.open("rb") as handle:
        handle.seek(max(here.stat().st_size - 4, 0))
        if handle.read() != b"PAR1":
            raise file_problem(shown, "is cut short: its last part is missing", AGAIN)
    notes: list[str] = []
    with _careful(lambda: pq.ParquetFile(here), shown, notes) as table:
        stated = (table.schema_arrow.metadata or {}).get(b"geo")
        columns, rows = flat_columns(table), table.metadata.num_rows
    if stated is None:
        raise _layer_error(shown, "is a Parquet table without geometry", "Save the layer as GeoParquet.")
    geo = _careful(lambda: json.loads(stated), shown, notes)
    refuse_files(str(geo), shown)
    if not isinstance(geo, dict) or geo.get("primary_column") not in columns:
        raise _layer_error(shown, "has no geometry as WKB", "Save the layer as GeoParquet with WKB geometry.")
    _refuse_many(rows, shown)
    size = _careful(lambda: parquet_size(here), shown, notes)
    if size > LARGEST:
        large = f"would unpack to {size / MEGABYTE:,.0f} MB (at most {LARGEST / MEGABYTE:,.0f} MB)"
        raise file_problem(shown, large, "Use a more generalised or smaller version of it.")
    return Raw(_careful(lambda: gpd.read_parquet(here, columns=columns), shown, notes), notes)


def _from_geojson(here: Path, shown: str, layer: str | None) -> Raw:  # noqa: ARG001
    frame = read_geojson(here, shown)
    _refuse_many(len(frame), shown)
    return Raw(frame)


_READERS: dict[str, Callable[[Path, str, str | None], Raw]] = {
    "sqlite": _from_geopackage,
    "flatgeobuf": _from_flatgeobuf,
    "parquet": _from_parquet,
    "json": _from_geojson,
}


def _through_gdal(here: Path, shown: str, kind: str, layer: str | None) -> Raw:
    import pyogrio

    notes: list[str] = []
    info = _careful(lambda: pyogrio.read_info(here, layer=layer, force_feature_count=True), shown, [])
    if info["driver"] != _DRIVERS[kind]:
        raise file_problem(shown, f"is not what its name says: GDAL reads it as {info['driver']}", AGAIN)
    _refuse_many(info["features"], shown)
    frame = _careful(
        lambda: pyogrio.read_dataframe(here, layer=layer, force_2d=True, on_invalid="ignore", use_arrow=False),
        shown,
        notes,
    )
    if "geometry" not in frame.columns:
        raise _layer_error(shown, "has no geometry", "Give the boundaries as polygons.")
    if len(frame) < info["features"]:
        raise file_problem(shown, f"is cut short: {len(frame)} of {info['features']} features can be read", AGAIN)
    return Raw(frame, notes)


def _refuse_many(areas: int, shown: str) -> None:
    """Refuse a layer of more areas than any of the geographies has: all of them are compared with each other."""
    if areas > MOST_AREAS:
        step = "Keep the areas of England, and dissolve the parts of each into one feature."
        raise _layer_error(shown, f"holds {areas:,} areas (at most {MOST_AREAS:,})", step)


def _careful(read: Callable[[], Any], shown: str, notes: list[str]) -> Any:
    """Call a reader of someone else's; its errors become ours and its warnings notes."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = read()
        except Exception as error:
            raise file_problem(shown, "cannot be read: it is cut short or damaged", AGAIN) from error
    notes.extend(
        f"{shown}: {warning.message}" for warning in caught if not issubclass(warning.category, DeprecationWarning)
    )
    return result


@contextmanager
def _unpacked(parts: dict[str, bytes]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="s3geo-") as folder:
        for suffix, data in parts.items():
            Path(folder, f"layer.{suffix}").write_bytes(data)
        yield Path(folder, f"layer.{next(iter(parts))}")


def _beside(here: Path, suffix: str) -> bytes | None:
    for spelling in (suffix, suffix.upper()):
        part = here.with_suffix(f".{spelling}")
        if part.is_file():
            return part.read_bytes()
    return None


def _layer_error(shown: str, problem: str, next_step: str) -> LayerError:
    return LayerError(f"{shown} {problem}. {next_step}", [{"file": shown, "problem": problem, "next_step": next_step}])
