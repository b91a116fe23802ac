"""Regions drawn with matplotlib, on the British National Grid: what every picture without a browser shares.

The web map is in Web Mercator, so shapes differ a little from those on screen; fills and classes are the same.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from s3geo.errors import UsageError
from s3geo.views.bivariate import BivariateTable
from s3geo.views.class_table import ClassTable
from s3geo.views.painting import packed, painted
from s3geo.views.palette import INK, LAND, NO_DATA, OUTLINE, SEA
from s3geo.workspace import Workspace
from s3geo.workspace.kept import kept

__all__ = ["FORMATS", "MUTED", "STYLE", "draw_regions", "name_regions", "saved", "scale_bar", "swatch_look"]

FORMATS = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}
"""Formats of a picture and their media types."""

MUTED = "#4a5763"
"""Text of less weight."""

STYLE: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"],  # comes with matplotlib, so a picture is the same on every machine
    "text.parse_math": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "s3geo",
    "pdf.fonttype": 42,
    "hatch.linewidth": 0.4,
    "hatch.color": "#6f7680",
}
"""Matplotlib's settings for all pictures: text stays text in SVG and PDF."""

_MARGIN = 15_000  # metres round England
_STRIPES = 4.5  # points from one stripe of a shared district to the next
_LONDON = (501_000, 153_000, 564_000, 203_000)  # what the inset shows
_INSET = (492_000, 538_000, 155_000, 123_000)  # where it stands: left, bottom, width, height


def saved(figure: Any, suffix: str, dpi: int, title: str, source: str) -> bytes:
    """Return a figure as a file; its metadata hold no time, so that the same figures give the same bytes.

    Raises
    ------
    UsageError
        Another format than those of `FORMATS`.
    """
    if suffix not in FORMATS:
        raise UsageError(f"A picture can be saved as {', '.join(FORMATS)}, not {suffix!r}.")
    metadata: dict[str, Any] = {"Title": title, "Software": "s3geo", "Source": source}
    if suffix == "pdf":
        metadata = {"Title": title, "Creator": "s3geo", "CreationDate": None, "ModDate": None}
    elif suffix == "svg":
        metadata = {"Title": title, "Creator": "s3geo", "Date": None}
    else:
        return packed(painted(figure, dpi), dpi, metadata)
    out = io.BytesIO()
    figure.savefig(out, format=suffix, metadata=metadata)
    return out.getvalue()


def draw_regions(
    axes: Any, ws: Workspace, table: ClassTable | BivariateTable, selected: Sequence[str] = (), *, fine: bool = True
) -> tuple[float, float, float, float]:
    """Fill the axes with England: land, regions in their fills, stripes, outlines of the selected.

    Parameters
    ----------
    axes : matplotlib Axes
    ws : Workspace
    table : ClassTable or BivariateTable
    selected : sequence of str
        Codes outlined.
    fine : bool
        Whether London, where it is divided, is drawn larger too.

    Returns
    -------
    tuple of float
        West, south, east, north of what is shown, in metres (EPSG:27700).
    """
    from matplotlib.patches import PathPatch

    axes.set(xticks=[], yticks=[], aspect="equal", anchor="C", facecolor=SEA)
    axes.spines[:].set_visible(False)
    _, south, east, north = _bounds(ws, table.geography)
    top, bottom, right = north + _MARGIN, south - _MARGIN, east + _MARGIN
    # the frame is filled; what is left over lies west of England, where the legend stands
    place, (across, up) = axes.get_position(original=True), axes.figure.get_size_inches()
    frame = (right - (top - bottom) * place.width * across / (place.height * up), bottom, right, top)
    for path in _paths(ws, "land").values():
        axes.add_artist(PathPatch(path, facecolor=LAND, edgecolor="#d3dadf", linewidth=0.5, zorder=1))
    _fill(axes, ws, table, selected, named=True, point=(top - bottom) / (72 * place.height * up))
    axes.set_xlim(frame[0], frame[2])
    axes.set_ylim(frame[1], frame[3])
    if fine and _is_dense(ws, table.geography):
        _inset(axes, ws, table, selected)
    return frame


_FEW = 12  # regions in and about London that can be told apart without an inset


def _fill(
    axes: Any,
    ws: Workspace,
    table: ClassTable | BivariateTable,
    selected: Sequence[str],
    *,
    named: bool,
    point: float,
) -> None:
    """Draw the regions; `point` is what a point of type spans on the ground, in metres."""
    from matplotlib.patches import PathPatch

    paths, fills = _paths(ws, table.geography), table.rows["fill"]
    # as on the web map: large regions first, so that small ones stay on top
    for code in _order(ws, table.geography) if named else _in_london(ws, table.geography):
        patch = PathPatch(paths[code], edgecolor=OUTLINE, linewidth=0.6, zorder=2, **swatch_look(str(fills[code])))
        if named:
            patch.set_gid(code)
        axes.add_artist(patch)
    for district, regions in ws.overlaps(table.geography)["regions"].items():
        first, second = (str(fills[region]) for region in regions[:2])
        _stripe(axes, _paths(ws, "lad")[str(district)], first, second, _STRIPES * point)
    for code in selected:
        if code in paths:
            # a white casing, so that the line is seen on the darkest class
            for colour, width in (("white", 3.4), (INK, 1.8)):
                axes.add_artist(PathPatch(paths[code], facecolor="none", edgecolor=colour, linewidth=width, zorder=5))


def swatch_look(fill: str, dots: int = 4) -> dict[str, Any]:
    """Return how a fill of a class table is drawn: a colour, or the dots of no data."""
    return {"facecolor": fill} if fill.startswith("#") else {"facecolor": NO_DATA, "hatch": "." * dots}


def _inset(axes: Any, ws: Workspace, table: ClassTable | BivariateTable, selected: Sequence[str]) -> None:
    """Draw London again, larger, over the North Sea."""
    west, south, east, north = _LONDON
    inner = axes.inset_axes(_INSET, transform=axes.transData, zorder=8, facecolor=SEA)
    inner.set(xticks=[], yticks=[], xlim=(west, east), ylim=(south, north), aspect="equal")
    inner.spines[:].set(edgecolor=MUTED, linewidth=0.6)
    shown = [code for code in selected if code in _in_london(ws, table.geography)]
    _fill(inner, ws, table, shown, named=False, point=500)
    left, bottom, _, _ = _INSET
    axes.text(left, bottom - 4_000, "London, larger", fontsize=7, color=INK, va="top", zorder=8)


def name_regions(
    axes: Any,
    ws: Workspace,
    table: ClassTable | BivariateTable,
    codes: Sequence[str],
    frame: tuple[float, float, float, float],
) -> None:
    """Name selected regions beside England, each with a line to it, so that nothing is covered and no name another."""
    taken: list[tuple[float, float]] = []
    for code in codes:
        at: dict[Any, Any] = ws.centres(table.geography).loc[code].to_dict()
        offered, side = _offered(at["easting"], at["northing"], frame, _is_dense(ws, table.geography))
        free = (place for place in offered if all(_apart(place, other) for other in taken))
        place = next(free, offered[0])
        taken.append(place)
        axes.annotate(
            f"{textwrap.fill(str(table.rows['name'][code]), 26)}\n{table.words(code)}",
            (at["easting"], at["northing"]),
            place,
            ha=side,
            va="center",
            fontsize=8,
            color=INK,
            zorder=9,
            bbox={"boxstyle": "round,pad=0.35", "facecolor": "white", "alpha": 0.92, "linewidth": 0},
            arrowprops={"arrowstyle": "-", "color": INK, "linewidth": 0.7, "shrinkB": 0},
        )


def _offered(
    easting: float, northing: float, frame: tuple[float, float, float, float], dense: bool
) -> tuple[list[tuple[float, float]], str]:
    """Return where a name may stand, best first, and which of its sides stands there."""
    west, _, east, _ = frame
    if easting < 430_000:  # over Wales and the Irish Sea
        start, left = min(northing, 400_000), max(west + 12_000, 30_000)
        heights = [start + up * 58_000 for up in (0, -1, -2, 1, -3, 2, 3)]
        return [(left, max(start, 40_000)), *((left, up) for up in heights if 40_000 <= up <= 450_000)], "left"
    right = east - 12_000
    if northing < 260_000:  # over the Channel
        return [(right - step * 175_000, 64_000 - step * 20_000) for step in (0, 1, 2)], "right"
    # over the North Sea, below the inset where there is one
    start = min(max(northing, 450_000), 510_000) if dense else 540_000
    return [(right, start + up * 58_000) for up in (0, -1, 1)], "right"


def _apart(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(one[0] - other[0]) > 150_000 or abs(one[1] - other[1]) > 55_000


def _is_dense(ws: Workspace, geography: str) -> bool:
    """Tell whether London is divided so that it needs an inset."""
    return len(_in_london(ws, geography)) > _FEW


def scale_bar(axes: Any, ws: Workspace, geography: str) -> None:
    """Draw 100 km and grid north in the corner below East Anglia."""
    _, south, east, _ = _bounds(ws, geography)
    x, y = east - 105_000, south + 5_000
    axes.plot([x, x + 100_000], [y, y], color=INK, linewidth=1.5, zorder=7, solid_capstyle="butt")
    axes.text(x + 50_000, y + 5_000, "100 km", ha="center", va="bottom", fontsize=7, color=INK, zorder=7)
    axes.text(x - 5_000, y, "▲ N", ha="right", va="center", fontsize=7, color=INK, zorder=7)


def _stripe(axes: Any, path: Any, first: str, second: str, step: float) -> None:
    """Fill a district of two regions with diagonal stripes in both fills, `step` metres apart."""
    from matplotlib.collections import LineCollection
    from matplotlib.patches import PathPatch

    ground, line = (fill if fill.startswith("#") else NO_DATA for fill in (first, second))
    box = path.get_extents()
    axes.add_artist(PathPatch(path, facecolor=ground, edgecolor=OUTLINE, linewidth=0.4, zorder=3))
    clip = PathPatch(path, transform=axes.transData)
    span = box.height + box.width
    starts = np.arange(box.x0 - box.height, box.x1, step)
    rising = np.stack(
        [
            np.column_stack([starts, np.full(starts.size, box.y0)]),
            np.column_stack([starts + span, np.full(starts.size, box.y0 + span)]),
        ],
        axis=1,
    )
    lines = LineCollection(list(rising), colors=line, linewidths=2.2, zorder=3.5, capstyle="butt")
    axes.add_artist(lines)
    lines.set_clip_path(clip)


@kept(32)
def _paths(ws: Workspace, geography: str) -> dict[str, Any]:
    """Turn a layer into matplotlib paths, once."""
    from matplotlib.path import Path

    layer = ws.land if geography == "land" else ws.layer(geography)
    return {
        str(code): Path.make_compound_path(
            *(
                Path(np.asarray(ring.coords), closed=True)
                for part in shapely.get_parts(shape)
                for ring in (part.exterior, *part.interiors)
            )
        )
        for code, shape in layer.geometry.items()
    }


@kept(32)
def _order(ws: Workspace, geography: str) -> list[str]:
    return list(ws.layer(geography).geometry.area.sort_values(ascending=False, kind="stable").index)


@kept(32)
def _in_london(ws: Workspace, geography: str) -> list[str]:
    """Return the regions in and about London, in the order they are drawn."""
    shapes = ws.layer(geography).geometry
    near = set(shapes.index[shapely.intersects(shapes.to_numpy(), shapely.box(*_LONDON))])
    return [code for code in _order(ws, geography) if code in near]


@kept(32)
def _bounds(ws: Workspace, geography: str) -> tuple[float, float, float, float]:
    west, south, east, north = ws.layer("lad" if geography == "combined_authority" else geography).total_bounds
    return float(west), float(south), float(east), float(north)
