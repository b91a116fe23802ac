"""Coordinate reference systems of layers: declared, plausible, and then the British National Grid.

The commonest faults are a missing ``.prj``, metres in a GeoJSON (degrees by definition) and web map coordinates
under a wrong label. Each is refused with a guess at what the coordinates are; none is corrected silently.

A reference system may be written as a program of PROJ that names files; PROJ would open them, whatever they are. So
what a stranger's file states is looked at before anything of it is understood.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from s3geo.errors import LayerError
from s3geo.settings import BNG

if TYPE_CHECKING:
    import geopandas as gpd
    from pyproj import CRS

__all__ = ["GRID_BOX", "guess", "refuse_files", "stated_crs", "to_grid"]

GRID_BOX = (-150_000.0, -50_000.0, 750_000.0, 1_300_000.0)
"""West, south, east, north of a generous box around the United Kingdom: metres, EPSG:27700."""

_BY_NUMBER = re.compile(
    r"(?:urn:(?:x-)?ogc:def:crs:|https?://www\.opengis\.net/(?:def/crs/|gml/srs/))?"
    r"(?P<authority>EPSG|OGC|ESRI)(?:\.xml#|[:/](?:[\d.]*[:/])?)(?P<code>CRS84|\d{4,6})",
    re.IGNORECASE,
)
_NAMES_FILES = re.compile(
    r"\w*grids\s*=|proj4_grids|extension\s*\[|parameter_?file|proj-based|bound_?crs|\b(?:init|proj|title|file|model)\s*=",
    re.IGNORECASE,
)
_LONGEST = 50_000
_KINDS = {"Projected CRS", "Geographic 2D CRS", "Geographic 3D CRS", "Vertical CRS"}
_BY_A_NUMBER = "Export it again with its reference system as a number, for example EPSG:27700."
_WEB_MAP = re.compile(r'EXTENSION\["PROJ4","\+proj=merc [+\w=. -]*\+nadgrids=@null \+wktext(?: {1,2}\+no_defs)?"\],?')

_LOOKS_LIKE = (
    # west, south, east, north, what it is
    ((-9.5, 49.0, 3.0, 61.5), "degrees of longitude and latitude (EPSG:4326)"),
    ((49.0, -9.5, 61.5, 3.0), "degrees in the order latitude, longitude; longitude has to come first"),
    ((-1_100_000.0, 6_200_000.0, 350_000.0, 8_900_000.0), "web map metres (EPSG:3857)"),
    ((-150_000.0, -50_000.0, 750_000.0, 1_300_000.0), "metres of the British National Grid (EPSG:27700)"),
)


def guess(bounds: tuple[float, float, float, float]) -> str | None:
    """Say what coordinates look like, if they can be a place in the United Kingdom.

    Parameters
    ----------
    bounds : tuple of float
        West, south, east, north.

    Examples
    --------
    >>> guess((400_000, 280_000, 420_000, 300_000))
    'metres of the British National Grid (EPSG:27700)'
    >>> guess((-2.2, 52.4, -1.8, 52.7))
    'degrees of longitude and latitude (EPSG:4326)'
    >>> guess((4e8, 4e8, 5e8, 5e8)) is None
    True
    """
    west, south, east, north = bounds
    for box, meaning in _LOOKS_LIKE:
        if box[0] <= west and box[1] <= south and east <= box[2] and north <= box[3]:
            return meaning
    return None


def refuse_files(text: str, file: str) -> None:
    """Refuse the text of a reference system that may make PROJ open files.

    Raises
    ------
    LayerError
        If it does, or is too long.

    Examples
    --------
    >>> refuse_files("+init=/etc/passwd:1", "a.geojson")
    Traceback (most recent call last):
    s3geo.errors.LayerError: a.geojson states a coordinate reference system by programs or files of PROJ. ...
    """
    if len(text) > _LONGEST:  # PROJ looks at a long name again and again
        raise _wrong(file, f"describes its coordinate reference system in {len(text):,} letters", _BY_A_NUMBER)
    if _NAMES_FILES.search(_WEB_MAP.sub("", text)):  # that extension says that there is no file
        raise _wrong(file, "states a coordinate reference system by programs or files of PROJ", _BY_A_NUMBER)


def stated_crs(text: str, file: str) -> CRS:
    """Return the reference system that a text of a stranger's states: a number of an authority, or WKT.

    Parameters
    ----------
    text : str
        ``EPSG:27700``, the same as a URN or an address, or a description in full.
    file : str
        What to call the file in messages.

    Raises
    ------
    LayerError
        If it states none, or one that names files.

    Examples
    --------
    >>> stated_crs("urn:ogc:def:crs:EPSG::27700", "a.geojson").to_epsg()
    27700
    """
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    text = text.strip()
    refuse_files(text, file)
    try:
        if number := _BY_NUMBER.fullmatch(text):
            return CRS.from_authority(number["authority"].upper(), number["code"].upper())
        return CRS.from_wkt(text)
    except CRSError as error:
        raise _wrong(file, "states a coordinate reference system that is not known", _BY_A_NUMBER) from error


def to_grid(frame: gpd.GeoDataFrame, file: str) -> gpd.GeoDataFrame:
    """Return `frame` in EPSG:27700, once its coordinates are known to lie in the United Kingdom.

    Parameters
    ----------
    frame : GeoDataFrame
        At least one geometry that is not empty.
    file : str
        What to call the file in messages.

    Raises
    ------
    LayerError
        If no reference system is declared, or the coordinates cannot be what it says.
    """
    bounds = _bounds(frame)
    if bounds is None:
        raise _wrong(file, "has coordinates that are not numbers", "Export the layer again.")
    looks = guess(bounds)
    aside = f"; the coordinates look like {looks}" if looks else ""
    if frame.crs is None:
        step = (
            "Put the .prj file of the same export beside it, or export it again with its reference system (EPSG:27700)."
        )
        raise _wrong(file, f"does not say which coordinate reference system it uses{aside}", step)
    if not all(part.type_name in _KINDS for part in frame.crs.sub_crs_list or [frame.crs]):
        raise _wrong(
            file, f"states a {frame.crs.type_name}, which is no plain coordinate reference system", _BY_A_NUMBER
        )
    label = _label(frame)
    step = f"Export it again with the right reference system: {label} is declared."
    if frame.crs.is_geographic and (max(abs(bounds[0]), abs(bounds[2])) > 180 or max(-bounds[1], bounds[3]) > 90):
        raise _wrong(file, f"has the wrong CRS: its coordinates are no degrees{aside}", step)
    if not frame.crs.is_geographic and looks and looks.startswith("degrees"):
        raise _wrong(file, f"has the wrong CRS: its coordinates are no metres{aside}", step)
    try:
        grid = frame.to_crs(BNG)
    except Exception as error:  # whatever PROJ says about a transformation that does not exist
        raise _wrong(file, f"has coordinates that cannot be brought to {BNG}{aside}", step) from error
    outside = _outside(grid)
    if outside.all():
        raise _wrong(file, f"has the wrong CRS: it lies outside the United Kingdom{aside}", step)
    if outside.any():
        problems = [
            {"file": file, "row": int(at) + 1, "problem": "lies outside the United Kingdom", "next_step": step}
            for at in np.flatnonzero(outside)
        ]
        rows = ", ".join(str(problem["row"]) for problem in problems[:5])
        raise LayerError(f"{file} has features outside the United Kingdom: number {rows}. {step}", problems)
    return grid


def _outside(grid: gpd.GeoDataFrame) -> np.ndarray:
    west, south, east, north = GRID_BOX
    box = grid.geometry.bounds.to_numpy()
    with np.errstate(invalid="ignore"):
        inside = (box[:, 0] >= west) & (box[:, 1] >= south) & (box[:, 2] <= east) & (box[:, 3] <= north)
    there = ~(grid.geometry.isna() | grid.geometry.is_empty).to_numpy()
    outside: np.ndarray = there & ~inside
    return outside


def _bounds(frame: gpd.GeoDataFrame) -> tuple[float, float, float, float] | None:
    box = np.asarray(frame.geometry.total_bounds, dtype=float)
    return (box[0], box[1], box[2], box[3]) if np.isfinite(box).all() else None


def _label(frame: gpd.GeoDataFrame) -> str:
    authority = frame.crs.to_authority()
    return ":".join(authority) if authority else str(frame.crs.name)


def _wrong(file: str, problem: str, next_step: str) -> LayerError:
    row = {"file": file, "problem": problem, "next_step": next_step}
    return LayerError(f"{file} {problem}. {next_step}", [row])
