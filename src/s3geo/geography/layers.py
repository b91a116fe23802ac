"""Boundary layers in one shape: index = code, columns name and geometry, EPSG:27700, valid polygons, sorted by code.

Any zipped shapefile, GeoPackage, GeoJSON, FlatGeobuf or GeoParquet can take the place of a bundled layer. The columns
are found by the pattern of the Office for National Statistics (``LEP21CD`` and ``LEP21NM``), or given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from s3geo.errors import LayerError, listed
from s3geo.files import clean_text
from s3geo.geography.crs import to_grid
from s3geo.geography.formats import read_raw

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import shapely

__all__ = ["GEOGRAPHIES", "read_centres", "read_layer"]

GEOGRAPHIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "lep": ("LEP", ("E37",)),
    "lad": ("LAD", ("E06", "E07", "E08", "E09", "W06", "S12", "N09")),
    "county": ("CTYUA", ("E06", "E08", "E09", "E10", "W06", "S12", "N09")),
    "region": ("RGN", ("E12", "W92", "S92", "N92")),
    "combined_authority": ("CAUTH", ("E47", "E61")),
}
"""Geography id: stem of its column names, and the beginnings of its GSS codes."""

_PLAIN_CODES = ("code", "areacd", "geography_code", "gss_code")
_PLAIN_NAMES = ("name", "areanm", "geography_name")
_GSS = re.compile(r"[EWSNK]\d{8}")
_NEAR = 7
"""Sides near a side, itself and its neighbours among them; a coastline has three or four."""

_LONGEST = {"code": 40, "name": 100}
_MOST_CROSSINGS = 150_000
_REPAIR = "Repair the layer, or leave the feature out, and export it again."


def read_layer(
    path: str | Path,
    *,
    geography: str | None = None,
    code_column: str | None = None,
    name_column: str | None = None,
    layer: str | None = None,
    file: str | None = None,
) -> gpd.GeoDataFrame:
    """Read a boundary file.

    Parameters
    ----------
    path : str or Path
        A file on this computer: zipped shapefile (in a sub-folder of the archive too), .gpkg, .geojson, .fgb, .parquet.
    geography : str, optional
        What the regions are: lep, lad, county, region or combined_authority. Decides which code column is meant
        where a file has several, and refuses codes of another geography.
    code_column, name_column : str, optional
        Columns with the codes and the names, where they do not follow the pattern.
    layer : str, optional
        Which layer of a GeoPackage or archive; default the first with polygons.
    file : str, optional
        What to call the file in messages, for example the name under which it was uploaded.

    Returns
    -------
    GeoDataFrame
        Index = code (text, sorted), columns ``name`` and ``geometry``, EPSG:27700. ``.attrs["notes"]`` lists what was
        repaired or chosen on the way.

    Raises
    ------
    FileProblem
        If the file is missing, empty, cut short, unsafe or not what its name says.
    LayerError
        If the boundaries in it cannot be used; ``.problems`` has one row a finding.

    Examples
    --------
    >>> from s3geo.settings import bundled
    >>> read_layer(bundled("boundaries", "nothing.geojson"))
    Traceback (most recent call last):
    s3geo.errors.FileProblem: nothing.geojson does not exist. Check the path: ...nothing.geojson.
    """
    import geopandas as gpd

    raw = read_raw(path, name=file, layer=layer)
    shown = clean_text(file or Path(path).name)
    frame = raw.frame
    if len(frame) == 0:
        raise _one(shown, "holds no features", "Export the layer again.")
    codes, names = _columns(frame, shown, geography, code_column, name_column)
    tidy = gpd.GeoDataFrame(
        {"code": codes, "name": names},
        geometry=frame.geometry.to_numpy(),
        crs=frame.crs,
        index=range(1, len(frame) + 1),
    )
    if (tidy.geometry.isna() | tidy.geometry.is_empty).all():
        raise _one(shown, "has no geometry in any feature", "Export the layer with its geometry.")
    tidy = to_grid(tidy, shown)
    _refuse(shown, list(_tangles(tidy)))
    repaired = _make_valid(tidy)
    _refuse(shown, [*_faults_of_codes(tidy, geography), *_faults_of_geometry(tidy)])
    notes = [*raw.notes]
    if repaired:
        notes.append(f"{shown}: repaired the geometry of {listed(repaired)}")
    tidy = tidy.set_index("code").sort_index()[["name", "geometry"]]
    tidy.attrs = {"file": shown, "notes": notes}
    return tidy


def read_centres(path: str | Path) -> pd.DataFrame:
    """Read the centres that a GeoParquet layer of s3geo carries beside its boundaries.

    Returns
    -------
    DataFrame
        Index = code (sorted), columns ``easting`` and ``northing`` (metres, EPSG:27700: unweighted mean of the region's
        postcodes) and ``postcodes`` (how many).

    Raises
    ------
    FileProblem, LayerError
        As `read_layer`; also if the layer carries no centres.
    """
    shown = Path(path).name
    frame = read_raw(path).frame
    wanted = ["code", "easting", "northing", "postcodes"]
    missing = [column for column in wanted if column not in frame.columns]
    if missing:
        raise _one(shown, f"carries no centres: it lacks {listed(missing)}", "Build it with `s3geo boundaries build`.")
    centres = pd.DataFrame(frame[wanted]).set_index("code").sort_index()
    for column in ("easting", "northing", "postcodes"):
        if not pd.api.types.is_numeric_dtype(centres[column]):
            raise _one(shown, f"has text in the number column {column!r}", "Build it with `s3geo boundaries build`.")
    return centres.astype({"easting": float, "northing": float})


def _columns(
    frame: gpd.GeoDataFrame, shown: str, geography: str | None, code: str | None, name: str | None
) -> tuple[list[str], list[str]]:
    columns = [str(column) for column in frame.columns if column != frame.geometry.name]
    for given, option in ((code, "code_column"), (name, "name_column")):
        if given is not None and given not in columns:
            raise _one(shown, f"has no column {given!r}; it has {listed(columns, 20)}", f"Give {option} one of these.")
    code = code or _code_column(frame, columns, shown, geography)
    name = name or _name_column(columns, code)
    if name is None:
        step = "Give the column with the names as name_column."
        raise _one(shown, f"has no column with names beside {code!r}; it has {listed(columns, 20)}", step)
    return _texts(frame[code], shown), _texts(frame[name], shown)


def _code_column(frame: gpd.GeoDataFrame, columns: list[str], shown: str, geography: str | None) -> str:
    known = GEOGRAPHIES.get(geography or "")
    stem = known[0] if known else r"[A-Z]{3,6}"
    found = [column for column in columns if re.fullmatch(rf"{stem}\d\dCD", column, re.IGNORECASE)]
    found = found or [column for column in columns if column.lower() in _PLAIN_CODES]
    if len(found) > 1:  # a lookup beside the layer's own codes repeats, the layer's own do not
        found = [column for column in found if frame[column].is_unique] or found
    step = "Give the column with the codes as code_column."
    if not found:
        like = f"{known[0] if known else 'LEP'}21CD"
        raise _one(shown, f"has no column with codes such as {like}; it has {listed(columns, 20)}", step)
    if len(found) > 1:
        raise _one(shown, f"has several columns with codes: {listed(found)}", step)
    return found[0]


def _name_column(columns: list[str], code: str) -> str | None:
    by_lower = {column.lower(): column for column in columns}
    candidates = [code[:-2].lower() + "nm", code[:-2].lower() + "name"] if code.lower().endswith("cd") else []
    candidates += [*_PLAIN_NAMES]
    return next((by_lower[candidate] for candidate in candidates if candidate in by_lower), None)


def _numbers(frame: gpd.GeoDataFrame) -> range:
    return range(1, len(frame) + 1)


def _texts(column: pd.Series, shown: str) -> list[str]:
    whole = column.dropna()
    if pd.api.types.is_float_dtype(column) and (whole == whole.round()).all():
        column = column.astype("Int64")
    try:
        return ["" if pd.isna(value) else clean_text(str(value)).strip() for value in column]
    except UnicodeDecodeError as error:
        raise _one(shown, f"has text in the column {column.name!r} that is no UTF-8", "Export it again.") from error


def _tangles(tidy: gpd.GeoDataFrame) -> Iterable[dict[str, object]]:
    """Find broken polygons that cross themselves so often that a repair would take hours and all the memory.

    How many other sides are near a side is counted for a thousand sides at random, or for all; how many too many are
    near is bounded for all broken polygons of a layer together.
    """
    import numpy as np
    import shapely

    geometry = tidy.geometry.to_numpy()
    crossings = 0.0
    for at in np.flatnonzero(~shapely.is_valid(geometry)):  # what is missing counts as broken, and has no sides
        sides = _sides(geometry[at])
        tree = shapely.STRtree(sides)
        sample = np.random.default_rng().permutation(sides)[:1_000]  # unforeseeable: a tangle could avoid a rule
        found = 0
        for some in np.array_split(sample, len(sample) // 10 + 1):  # each may be near all others
            found += len(tree.query(some)[0])
            if crossings + (found / max(len(sample), 1) - _NEAR) * len(sides) > _MOST_CROSSINGS:
                fault = "crosses itself too often to be repaired"
                yield {"row": int(at) + 1, "code": tidy["code"].iloc[at], "problem": fault, "next_step": _REPAIR}
                return
        crossings += max(found / max(len(sample), 1) - _NEAR, 0) * len(sides)


def _sides(polygon: shapely.Geometry) -> np.ndarray:
    import numpy as np
    import shapely

    rings = shapely.get_rings(shapely.get_parts(shapely.get_parts(polygon)))
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    of_one = ring[:-1] == ring[1:]
    return np.asarray(shapely.linestrings(np.stack([corners[:-1][of_one], corners[1:][of_one]], axis=1)))


def _make_valid(tidy: gpd.GeoDataFrame) -> list[str]:
    """Repair broken polygons in place, keep polygons only, and name the codes concerned."""
    import shapely

    geometry = shapely.force_2d(tidy.geometry.to_numpy())
    there = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    broken = there & (~shapely.is_valid(geometry) | (shapely.get_type_id(geometry) == 7))
    for at in broken.nonzero()[0]:
        parts = shapely.get_parts(shapely.make_valid(geometry[at], method="structure", keep_collapsed=False))
        kept = [part for part in shapely.get_parts(parts) if part.geom_type == "Polygon" and not part.is_empty]
        geometry[at] = shapely.union_all(kept) if kept else shapely.Polygon()
    tidy.geometry = geometry
    return [str(code) for code in tidy["code"].to_numpy()[broken]]


def _faults_of_codes(tidy: gpd.GeoDataFrame, geography: str | None) -> Iterable[dict[str, object]]:
    for row in tidy.index[tidy["code"] == ""]:
        yield {"row": row, "problem": "has no code", "next_step": "Give every region a code."}
    for row in tidy.index[tidy["name"] == ""]:
        code = tidy.loc[row, "code"]
        yield {"row": row, "code": code, "problem": "has no name", "next_step": "Give every region a name."}
    for what in ("code", "name"):
        for row in tidy.index[tidy[what].str.len() > _LONGEST[what]]:
            fault = f"has a {what} of {len(tidy.loc[row, what]):,} letters (at most {_LONGEST[what]})"
            yield {"row": row, "problem": fault, "next_step": f"Give {what}_column the column with the {what}s."}
    repeated = tidy[tidy["code"].duplicated(keep=False) & (tidy["code"] != "")]
    for code, rows in repeated.groupby("code").groups.items():
        more = f" and {len(rows) - 5:,} more" if len(rows) > 5 else ""
        where = f"the code stands at features {', '.join(str(row) for row in rows[:5])}{more}"
        step = "Give one feature a region: dissolve the parts or remove the copies."
        yield {"row": rows[0], "code": code, "problem": where, "next_step": step}
    if known := GEOGRAPHIES.get(geography or ""):
        starts = known[1]
        for row, code in tidy["code"].items():
            if _GSS.fullmatch(code) and not code.startswith(starts):
                fault = f"is no code of the geography {geography!r} ({' or '.join(starts)})"
                yield {"row": row, "code": code, "problem": fault, "next_step": "Give the layer of this geography."}


def _faults_of_geometry(tidy: gpd.GeoDataFrame) -> Iterable[dict[str, object]]:
    for row, code, geometry in zip(tidy.index, tidy["code"], tidy.geometry, strict=True):
        if geometry is None or geometry.is_empty:
            yield {"row": row, "code": code, "problem": "has an empty or collapsed geometry", "next_step": _REPAIR}
        elif geometry.geom_type not in ("Polygon", "MultiPolygon"):
            fault = f"is a {geometry.geom_type}, not a polygon"
            yield {"row": row, "code": code, "problem": fault, "next_step": _REPAIR}


def _refuse(shown: str, faults: list[dict[str, object]]) -> None:
    if not faults:
        return
    first = faults[0]
    of_code = f" ({first['code']})" if first.get("code") else ""
    more = f" There are {len(faults) - 1} more problems." if len(faults) > 1 else ""
    message = f"{shown}, feature {first['row']}{of_code}: {first['problem']}. {first['next_step']}{more}"
    raise LayerError(message, [{"file": shown, **fault} for fault in faults])


def _one(shown: str, problem: str, next_step: str) -> LayerError:
    return LayerError(f"{shown} {problem}. {next_step}", [{"file": shown, "problem": problem, "next_step": next_step}])
