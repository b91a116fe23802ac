"""A small map of England with one region outlined: light enough to stand in a document, drawn once for all regions."""

from __future__ import annotations

from html import escape
from typing import Any, NamedTuple

import numpy as np
import shapely

from s3geo.errors import NotFound
from s3geo.views.class_table import ClassTable
from s3geo.views.palette import INK, LAND, OUTLINE, SEA
from s3geo.views.patterns import NO_DATA_PATTERN, stripes, stripes_id
from s3geo.workspace import Workspace
from s3geo.workspace.kept import kept

__all__ = ["locator"]

_HIGH = 270.0  # points; as wide as England needs
_FINEST = 400.0  # metres, a sixth of a point
_MARGIN = 12_000  # metres round England


class _Frame(NamedTuple):
    """What is shown, in metres, and how large a metre is."""

    west: float
    north: float
    scale: float
    wide: float

    def points(self, at: np.ndarray) -> np.ndarray:
        """Turn eastings and northings into places on the picture."""
        return np.column_stack([self.scale * (at[:, 0] - self.west), self.scale * (self.north - at[:, 1])])


def locator(ws: Workspace, table: ClassTable, code: str) -> str:
    """Draw a class table with a region outlined.

    Parameters
    ----------
    ws : Workspace
        Where the boundaries come from.
    table : ClassTable
    code : str
        GSS code of the region.

    Returns
    -------
    str
        SVG, 270 points high, on the British National Grid: land, regions in their fills, stripes where two overlap,
        dots where there are no data, scale bar, grid north, the region outlined. Title, legend and source stand beside
        it.

    Raises
    ------
    NotFound
        No such region.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> from s3geo.views.class_table import class_table
    >>> ws = open_workspace()
    >>> svg = locator(ws, class_table(ws, "gva_per_head"), "E37000015")
    >>> svg.count('class="outlined"'), len(svg) < 200_000
    (1, True)
    """
    if code not in table.rows.index:
        raise NotFound(f"No region {code!r} on this map.")
    path = _paths(ws, table.geography)[code]
    return (
        f'{_drawn(ws, table)}<path d="{path}" fill="none" stroke="#ffffff" stroke-width="3.2"/>'
        f'<path class="outlined" d="{path}" fill="none" stroke="{INK}" stroke-width="1.6"/></g></svg>'
    )


@kept(16)
def _drawn(ws: Workspace, table: ClassTable) -> str:
    """Draw all that is the same whichever region is outlined."""
    frame, paths, fills = _frame(ws, table.geography), _paths(ws, table.geography), table.rows["fill"]
    shared = {
        str(district): [str(fills[region]) for region in regions[:2]]
        for district, regions in ws.overlaps(table.geography)["regions"].items()
        if all(region in fills.index for region in regions[:2])
    }
    patterns = NO_DATA_PATTERN + "".join({stripes_id(pair): stripes(pair) for pair in shared.values()}.values())
    land = "".join(f'<path d="{path}"/>' for path in _paths(ws, "land", table.geography).values())
    # as on the web map: large regions first, so that small ones stay on top
    order = ws.layer(table.geography).geometry.area.sort_values(ascending=False, kind="stable").index
    regions = "".join(f'<path data-code="{c}" d="{paths[c]}" fill="{escape(str(fills[c]))}"/>' for c in map(str, order))
    districts = _paths(ws, "lad", table.geography) if shared else {}
    striped = "".join(f'<path d="{districts[d]}" fill="url(#{stripes_id(p)})"/>' for d, p in shared.items())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{frame.wide:.0f}" height="{_HIGH:.0f}" '
        f'viewBox="0 0 {frame.wide:.0f} {_HIGH:.0f}"><defs>{patterns}</defs>'
        f'<rect width="100%" height="100%" fill="{SEA}"/><g stroke-linejoin="round">'
        f'<g fill="{LAND}" stroke="#d3dadf" stroke-width="0.4">{land}</g>'
        f'<g stroke="{OUTLINE}" stroke-width="0.5">{regions}{striped}</g>{_scale_bar(frame)}'
    )


def _scale_bar(frame: _Frame) -> str:
    """Draw 100 km and grid north in the upper corner, over the North Sea."""
    long, right = 100_000 * frame.scale, frame.wide - 10
    text = f'font-family="DejaVu Sans, sans-serif" font-size="7" fill="{INK}"'
    return (
        f'<path d="M{right - long:.1f} 24H{right:.1f}" stroke="{INK}" stroke-width="1.3"/>'
        f'<text x="{right - long / 2:.1f}" y="20" text-anchor="middle" {text}>100 km</text>'
        f'<text x="{right - long - 4:.1f}" y="26.5" text-anchor="end" {text}>▲ N</text>'
    )


@kept(16)
def _frame(ws: Workspace, geography: str) -> _Frame:
    west, south, east, north = ws.layer("lad" if geography == "combined_authority" else geography).total_bounds
    scale = _HIGH / (north - south + 2 * _MARGIN)
    return _Frame(west - _MARGIN, north + _MARGIN, scale, scale * (east - west + 2 * _MARGIN))


@kept(16)
def _paths(ws: Workspace, geography: str, framed: str | None = None) -> dict[str, str]:
    """Return the outlines of a layer as SVG paths, in the frame of a geography."""
    frame = _frame(ws, framed or geography)
    layer: Any = ws.land if geography == "land" else ws.layer(geography)
    shapes = shapely.transform(shapely.simplify(layer.geometry.to_numpy(), _FINEST), frame.points)
    return {str(code): _path(shape) for code, shape in zip(layer.index, shapes, strict=True)}


def _path(shape: Any) -> str:
    return "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in np.asarray(ring.coords)[:-1]) + "Z"
        for part in shapely.get_parts(shape)
        for ring in (part.exterior, *part.interiors)
        if len(ring.coords) > 3
    )
