"""Coordinate reference systems of layers: declared, plausible, and then the British National Grid.

The commonest faults are a missing ``.prj``, metres in a GeoJSON (degrees by definition) and web map coordinates
under a wrong label. Each is refused with a guess at what the coordinates are; none is corrected silently.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from s3geo.errors import LayerError
from s3geo.settings import BNG

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["GRID_BOX", "guess", "to_grid"]

GRID_BOX = (-150_000.0, -50_000.0, 750_000.0, 1_300_000.0)
"""West, south, east, north of a generous box around the United Kingdom: metres, EPSG:27700."""

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
