"""Small maps side by side as one picture."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from s3geo.errors import UsageError
from s3geo.views.bivariate import BivariateTable
from s3geo.views.class_table import ClassTable
from s3geo.views.drawing import MUTED, STYLE, draw_regions, saved, swatch_look
from s3geo.views.multiples import MOST_MAPS
from s3geo.views.painting import drawing
from s3geo.views.palette import INK
from s3geo.views.sectors import SectorTable
from s3geo.workspace import Workspace

__all__ = ["static_maps"]

_EDGE, _GAP = 0.24, 0.14  # inches
_ROW = 5  # maps beside each other
_WIDTH = 13.333  # inches: a slide
_HEAD, _TALL = 0.54, 2.62  # title and height of a small map


def static_maps(
    ws: Workspace,
    tables: Sequence[ClassTable | BivariateTable],
    suffix: str = "png",
    *,
    dpi: int = 150,
    selected: Sequence[str] = (),
    foot: str = "",
) -> bytes:
    """Draw class tables side by side, each with its title, unit, period and legend.

    Parameters
    ----------
    ws : Workspace
    tables : sequence of ClassTable or BivariateTable
        1 to `s3geo.views.multiples.MOST_MAPS`, of one geography.
    suffix, dpi, foot
        See `s3geo.views.static_map`; the picture is 13.3 inches wide.
    selected : sequence of str
        Codes outlined on every map.

    Returns
    -------
    bytes

    Raises
    ------
    UsageError
        No table, too many, of more than one geography, or another format.
    """
    if not 1 <= len(tables) <= MOST_MAPS:
        raise UsageError(f"{len(tables)} maps asked for; from 1 to {MOST_MAPS} can be read side by side.")
    if len({table.geography for table in tables}) > 1:
        raise UsageError("Small maps are of one geography; these are of several.")
    from matplotlib.figure import Figure

    rows, across = -(-len(tables) // _ROW), min(_ROW, max(2, len(tables)))
    wide = (_WIDTH - 2 * _EDGE - (_ROW - 1) * _GAP) / _ROW
    width = 2 * _EDGE + across * wide + (across - 1) * _GAP
    source, per_line = _credit(ws, tables), int(22 * (width - 2 * _EDGE))
    credit = textwrap.wrap(source, per_line) + textwrap.wrap(foot, per_line, break_on_hyphens=False)
    below = 0.3 + 0.105 * len(credit)
    height = _EDGE + rows * (_HEAD + _TALL + _GAP) + below
    with drawing(STYLE):
        figure: Any = Figure(figsize=(width, height), facecolor="white")
        for i, table in enumerate(tables):
            left = _EDGE + (i % _ROW) * (wide + _GAP)
            top = height - _EDGE - (i // _ROW) * (_HEAD + _TALL + _GAP)
            words = "\n".join(textwrap.wrap(table.title, 40, max_lines=2, placeholder=" …"))
            figure.text(left / width, top / height, words, fontsize=7.5, fontweight="bold", color=INK, va="top")
            facts = "\n".join(textwrap.wrap(table.subtitle, 48, max_lines=2, placeholder=" …"))
            at = top - 0.13 * (words.count("\n") + 1) - 0.02
            figure.text(left / width, at / height, facts, fontsize=6.5, color=MUTED, va="top")
            axes = figure.add_axes((left / width, (top - _HEAD - _TALL) / height, wide / width, _TALL / height))
            draw_regions(axes, ws, table, selected, fine=False)
            _legend(axes, table)
        line = "\n".join(credit)
        figure.text(_EDGE / width, 0.12 / height, line, fontsize=5.6, color=MUTED, va="bottom", linespacing=1.3)
        title = f"{len(tables)} maps, {tables[0].boundaries}"
        return saved(figure, suffix, dpi, title, source)


def _credit(ws: Workspace, tables: Sequence[ClassTable | BivariateTable]) -> str:
    """Name the boundaries, then each source once."""
    each = [
        part for table in tables for part in ((table.x, table.y) if isinstance(table, BivariateTable) else (table,))
    ]
    ids = [table.indicator for table in each if not isinstance(table, SectorTable)]
    lines = [ws.attribution(*ids, geography=tables[0].geography)] if ids else []
    lines += dict.fromkeys(table.attribution for table in each if isinstance(table, SectorTable))
    return " ".join([f"{tables[0].boundaries}.", *lines])


def _legend(axes: Any, table: ClassTable | BivariateTable) -> None:
    from matplotlib.patches import Rectangle

    for i, entry in enumerate(table.legend):
        y = 0.965 - 0.048 * i
        place = axes.transAxes
        axes.add_artist(
            Rectangle(
                (0.02, y - 0.017),
                0.05,
                0.034,
                transform=place,
                edgecolor="#8b959e",
                linewidth=0.4,
                zorder=9,
                **swatch_look(entry.fill, 8),
            )
        )
        label = entry.label.replace("No data: ", "No data, ")
        words = textwrap.shorten(label, 34, placeholder=" …")
        axes.text(0.085, y, f"{words} ({entry.count})", transform=place, fontsize=5.5, color=INK, va="center", zorder=9)
