"""The map as a picture: PNG, SVG or PDF from the same class table, without a browser.

Drawn on the British National Grid (the web map is in Web Mercator, so shapes differ a little).
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import shapely

from s3geo.errors import UsageError
from s3geo.views.bivariate import THIRDS, BivariateTable
from s3geo.views.class_table import ClassTable, LegendRow
from s3geo.views.palette import INK, LAND, NO_DATA, OUTLINE, SEA
from s3geo.workspace import Workspace

__all__ = ["FORMATS", "static_map"]

FORMATS = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}
"""Formats and their media types."""

_WIDTH, _HEIGHT = 8.0, 10.0  # inches
_LEFT, _BOTTOM, _ACROSS = 0.03, 0.075, 0.94  # of the map, as shares of the figure
_LINE = 0.026  # height of a line of the title
_MARGIN = 15_000  # metres round England
_MUTED = "#4a5763"
_FONTS = ["DejaVu Sans"]  # comes with matplotlib, so a picture is the same on every machine


def static_map(
    ws: Workspace,
    table: ClassTable | BivariateTable,
    suffix: str = "png",
    *,
    dpi: int = 150,
    selected: Sequence[str] = (),
) -> bytes:
    """Draw a class table.

    Parameters
    ----------
    ws : Workspace
        Where the boundaries come from.
    table : ClassTable or BivariateTable
        What to draw; the fills are those of the web map.
    suffix : {"png", "svg", "pdf"}
    dpi : int
        Dots per inch of a PNG (8 x 10 inches: 1,200 x 1,500 at 150).
    selected : sequence of str
        Codes outlined and named.

    Returns
    -------
    bytes
        With title, unit and period, legend with counts and "no data", scale bar, boundaries and their vintage,
        source and licence. Text stays text in SVG and PDF; in SVG each region is a group with its code as id.

    Raises
    ------
    UsageError
        Another format.
    """
    if suffix not in FORMATS:
        raise UsageError(f"A map can be saved as {', '.join(FORMATS)}, not {suffix!r}.")
    import matplotlib as mpl
    from matplotlib.figure import Figure

    style: dict[Any, Any] = {
        "font.family": _FONTS,
        "text.parse_math": False,
        "svg.fonttype": "none",
        "svg.hashsalt": table.indicator,
        "pdf.fonttype": 42,
        "hatch.linewidth": 0.4,
        "hatch.color": "#6f7680",
    }
    with mpl.rc_context(style):
        figure = Figure(figsize=(_WIDTH, _HEIGHT), facecolor="white")
        top = _words(figure, table)
        axes = figure.add_axes((_LEFT, _BOTTOM, _ACROSS, top - _BOTTOM), facecolor=SEA)
        axes.set(xticks=[], yticks=[], aspect="equal", anchor="C")
        axes.spines[:].set_visible(False)
        _draw(axes, ws, table, selected)
        _legend(figure, table, top)
        out = io.BytesIO()
        packed: dict[str, Any] = {"pil_kwargs": {"compress_level": 3}} if suffix == "png" else {}
        figure.savefig(out, format=suffix, dpi=dpi, metadata=_metadata(suffix, table), **packed)
    return out.getvalue()


def _draw(axes: Any, ws: Workspace, table: ClassTable | BivariateTable, selected: Sequence[str]) -> None:
    from matplotlib.patches import PathPatch

    _, south, east, north = _bounds(ws, table.geography)
    top, bottom, right = north + _MARGIN, south - _MARGIN, east + _MARGIN
    # the frame is filled; what is left over lies west of England, where the legend stands
    place = axes.get_position(original=True)
    frame = (right - (top - bottom) * place.width * _WIDTH / (place.height * _HEIGHT), bottom, right, top)
    for path in _paths(ws, "land").values():
        axes.add_artist(PathPatch(path, facecolor=LAND, edgecolor="#d3dadf", linewidth=0.5, zorder=1))
    paths = _paths(ws, table.geography)
    fills = table.rows["fill"]
    # as on the web map: large regions first, so that small ones stay on top
    for code in _order(ws, table.geography):
        fill = str(fills[code])
        look: dict[str, Any] = {"facecolor": fill} if fill.startswith("#") else {"facecolor": NO_DATA, "hatch": "...."}
        patch = PathPatch(paths[code], edgecolor=OUTLINE, linewidth=0.6, zorder=2, **look)
        patch.set_gid(code)
        axes.add_artist(patch)
    shared = ws.overlaps(table.geography)
    for district, regions in shared["regions"].items():
        first, second = (str(fills[region]) for region in regions[:2])
        _stripe(axes, _paths(ws, "lad")[str(district)], first, second)
    for code in selected:
        if code in paths:
            # a white casing, so that the line is seen on the darkest class
            for colour, width in (("white", 3.4), (INK, 1.8)):
                axes.add_artist(PathPatch(paths[code], facecolor="none", edgecolor=colour, linewidth=width, zorder=5))
            _name(axes, ws, table, code, frame)
    axes.set_xlim(frame[0], frame[2])
    axes.set_ylim(frame[1], frame[3])
    _scale_bar(axes, east - 105_000, south + 5_000)


def _name(
    axes: Any, ws: Workspace, table: ClassTable | BivariateTable, code: str, frame: tuple[float, float, float, float]
) -> None:
    """Name a selected region beside England, with a line to it, so that nothing is covered."""
    at = ws.centres(table.geography).loc[code]
    west, _, east, _ = frame
    name = textwrap.fill(str(table.rows["name"][code]), 26)
    if at["easting"] < 430_000:  # over Wales and the Irish Sea
        place, side = (west + 12_000, min(at["northing"], 400_000)), "left"
    else:  # over the North Sea
        place, side = (east - 12_000, max(at["northing"], 440_000)), "right"
    axes.annotate(
        f"{name}\n{table.words(code)}",
        (at["easting"], at["northing"]),
        place,
        ha=side,
        va="center",
        fontsize=8,
        color=INK,
        zorder=6,
        bbox={"boxstyle": "round,pad=0.35", "facecolor": "white", "alpha": 0.92, "linewidth": 0},
        arrowprops={"arrowstyle": "-", "color": INK, "linewidth": 0.7, "shrinkB": 0},
    )


def _stripe(axes: Any, path: Any, first: str, second: str) -> None:
    """Fill a district of two regions with diagonal stripes in both fills."""
    from matplotlib.collections import LineCollection
    from matplotlib.patches import PathPatch

    ground, line = (fill if fill.startswith("#") else NO_DATA for fill in (first, second))
    box = path.get_extents()
    axes.add_artist(PathPatch(path, facecolor=ground, edgecolor=OUTLINE, linewidth=0.4, zorder=3))
    clip = PathPatch(path, transform=axes.transData)
    step, span = 5_000, box.height + box.width
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


def _words(figure: Any, table: ClassTable | BivariateTable) -> float:
    """Write title, unit and period above, credit below; return where the map may begin."""
    title = textwrap.fill(table.title, 62)
    figure.text(0.03, 0.975, title, fontsize=14, fontweight="bold", color=INK, va="top", linespacing=1.25)
    below = 0.975 - _LINE * (title.count("\n") + 1)
    facts = textwrap.fill(table.facts, 105)
    figure.text(0.03, below, facts, fontsize=9.5, color=_MUTED, va="top", linespacing=1.25)
    below -= 0.019 * facts.count("\n")
    credit = f"{table.boundaries}. {table.attribution}"
    lines = textwrap.wrap(credit, 172)
    figure.text(0.03, 0.012, "\n".join(lines), fontsize=5.6, color=_MUTED, va="bottom", linespacing=1.3)
    return below - 0.024


def _legend(figure: Any, table: ClassTable | BivariateTable, under: float) -> None:
    from matplotlib.patches import Rectangle

    def row(at: float, entry: LegendRow) -> None:
        look: dict[str, Any] = (
            {"facecolor": entry.fill} if entry.fill.startswith("#") else {"facecolor": NO_DATA, "hatch": "......"}
        )
        box = Rectangle(
            (0.055, at), 0.028, 0.014, transform=figure.transFigure, edgecolor="#8b959e", linewidth=0.5, **look
        )
        figure.add_artist(box)
        figure.text(0.092, at + 0.007, f"{entry.label}  ({entry.count})", fontsize=8, color=INK, va="center")

    top = under - 0.04
    if isinstance(table, BivariateTable):
        top, entries = _square(figure, table, top), table.legend[9:]
    else:
        figure.text(0.055, top + 0.008, "Class (number of regions)", fontsize=8, color=_MUTED, va="bottom")
        entries = table.legend
    for i, entry in enumerate(entries):
        row(top - 0.014 - 0.020 * i, entry)
    below = "\n".join(textwrap.wrap(table.method, 46) + textwrap.wrap(table.status_note, 46))
    figure.text(0.055, top - 0.004 - 0.020 * len(entries), below, fontsize=6.5, color=_MUTED, va="top")


def _square(figure: Any, table: BivariateTable, top: float) -> float:
    """Draw the key of nine classes, x from left to right and y from below; return where it ends."""
    from matplotlib.patches import Rectangle

    wide, high, left = 0.05, 0.034, 0.105
    title = textwrap.fill(f"↑ {table.y.title}", 40)
    figure.text(0.055, top + 0.008, title, fontsize=8, color=INK, va="top")
    top -= 0.014 * (title.count("\n") + 1)
    for i, entry in enumerate(table.legend[:9]):
        x, y = i % 3, i // 3
        at = (left + wide * x, top - high * (3 - y))
        figure.add_artist(
            Rectangle(at, wide, high, transform=figure.transFigure, facecolor=entry.fill, edgecolor="white")
        )
        tint = "white" if x + y > 1 else INK
        place = (at[0] + wide / 2, at[1] + high / 2)
        figure.text(*place, f"{entry.count}", fontsize=8, color=tint, ha="center", va="center")
    for i, word in enumerate(THIRDS):
        figure.text(left - 0.006, top - high * (2.5 - i), word, fontsize=7, color=_MUTED, ha="right", va="center")
        figure.text(
            left + wide * (i + 0.5), top - high * 3 - 0.004, word, fontsize=7, color=_MUTED, ha="center", va="top"
        )
    title = textwrap.fill(f"→ {table.x.title}", 40)
    figure.text(0.055, top - high * 3 - 0.020, title, fontsize=8, color=INK, va="top")
    return float(top - high * 3 - 0.028 - 0.014 * (title.count("\n") + 1))


def _scale_bar(axes: Any, x: float, y: float) -> None:
    axes.plot([x, x + 100_000], [y, y], color=INK, linewidth=1.5, zorder=7, solid_capstyle="butt")
    axes.text(x + 50_000, y + 5_000, "100 km", ha="center", va="bottom", fontsize=7, color=INK, zorder=7)


def _metadata(suffix: str, table: ClassTable | BivariateTable) -> dict[str, Any]:
    title = f"{table.title}, {table.boundaries}"
    # no date: the same figures give the same bytes
    if suffix == "pdf":
        return {"Title": title, "Creator": "s3geo", "CreationDate": None, "ModDate": None}
    if suffix == "svg":
        return {"Title": title, "Creator": "s3geo", "Date": None}
    return {"Title": title, "Software": "s3geo", "Source": table.attribution}


@lru_cache(maxsize=32)
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


@lru_cache(maxsize=32)
def _order(ws: Workspace, geography: str) -> list[str]:
    return list(ws.layer(geography).geometry.area.sort_values(ascending=False, kind="stable").index)


@lru_cache(maxsize=32)
def _bounds(ws: Workspace, geography: str) -> tuple[float, float, float, float]:
    west, south, east, north = ws.layer("lad" if geography == "combined_authority" else geography).total_bounds
    return float(west), float(south), float(east), float(north)
