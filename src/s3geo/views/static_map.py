"""The map as a picture: PNG, SVG or PDF from the same class table, without a browser."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from s3geo.errors import UsageError
from s3geo.views.bivariate import THIRDS, BivariateTable
from s3geo.views.class_table import ClassTable, LegendRow
from s3geo.views.drawing import FORMATS, MUTED, STYLE, draw_regions, name_regions, saved, scale_bar, swatch_look
from s3geo.views.painting import drawing
from s3geo.views.palette import INK
from s3geo.workspace import Workspace

__all__ = ["FORMATS", "PAGES", "Page", "page_named", "static_map"]


@dataclass(frozen=True)
class Page:
    """A sheet, in inches.

    Attributes
    ----------
    label : str
    width, height : float
    words : float
        Width of the column of words left of the map; 0 where they stand above and below it.
    """

    label: str
    width: float
    height: float
    words: float = 0.0


PAGES: dict[str, Page] = {
    "portrait": Page("portrait, 8 x 10 inches", 8.0, 10.0),
    "a4": Page("A4 upright", 8.27, 11.69),
    "slide": Page("slide, 16:9", 10.0, 5.625, words=3.9),
}
"""Sheets a picture can be made for."""

_EDGE = 0.24  # inches
_CREDIT = 0.105  # height of a line of credit


def page_named(name: str) -> Page:
    """Return a page of `PAGES`.

    Raises
    ------
    UsageError
        No such page.
    """
    if name not in PAGES:
        raise UsageError(f"No page is called {name!r}; choose one of {', '.join(PAGES)}.")
    return PAGES[name]


class _Sheet:
    """A figure addressed in inches, from the left and from above."""

    def __init__(self, page: Page) -> None:
        from matplotlib.figure import Figure

        self.page = page
        self.figure: Any = Figure(figsize=(page.width, page.height), facecolor="white")
        self.across = (page.words or page.width) - 2 * _EDGE

    def text(self, x: float, y: float, words: str, **look: Any) -> None:
        self.figure.text(x / self.page.width, 1 - y / self.page.height, words, **look)

    def box(self, x: float, y: float, width: float, height: float, **look: Any) -> None:
        """Draw a rectangle whose upper left corner is at x, y."""
        from matplotlib.patches import Rectangle

        at = (x / self.page.width, 1 - (y + height) / self.page.height)
        size = (width / self.page.width, height / self.page.height)
        self.figure.add_artist(Rectangle(at, *size, transform=self.figure.transFigure, **look))

    def axes(self, top: float, bottom: float) -> Any:
        """Return axes for the map: beside the words, or between `top` and `bottom`."""
        page = self.page
        left = page.words or _EDGE
        top, bottom = (_EDGE, _EDGE) if page.words else (top, bottom)
        place = (left, bottom, page.width - left - _EDGE, page.height - top - bottom)
        return self.figure.add_axes(
            (place[0] / page.width, place[1] / page.height, place[2] / page.width, place[3] / page.height)
        )


def static_map(
    ws: Workspace,
    table: ClassTable | BivariateTable,
    suffix: str = "png",
    *,
    page: str = "portrait",
    dpi: int = 150,
    selected: Sequence[str] = (),
    foot: str = "",
) -> bytes:
    """Draw a class table.

    Parameters
    ----------
    ws : Workspace
        Where the boundaries come from.
    table : ClassTable or BivariateTable
        What to draw; the fills are those of the web map.
    suffix : {"png", "svg", "pdf"}
    page : {"portrait", "a4", "slide"}
        See `PAGES`.
    dpi : int
        Dots per inch of a PNG (portrait, 8 x 10 inches: 1,200 x 1,500 at 150).
    selected : sequence of str
        Codes outlined and named.
    foot : str
        A last line: when it was made, with what, and where it is found again.

    Returns
    -------
    bytes
        With title, unit and period, legend with counts and "no data", scale bar, grid north, boundaries and their
        vintage, source and licence; where London is divided, an inset of it. Text stays text in SVG and PDF; in SVG
        each region is a group with its code as id.

    Raises
    ------
    UsageError
        Another format or page.
    """
    if suffix not in FORMATS:
        raise UsageError(f"A map can be saved as {', '.join(FORMATS)}, not {suffix!r}.")

    with drawing(STYLE):
        sheet = _Sheet(page_named(page))
        under = _words(sheet, table)
        axes = sheet.axes(under, _credit(sheet, table, foot))
        frame = draw_regions(axes, ws, table, selected)
        name_regions(axes, ws, table, [code for code in selected if code in table.rows.index], frame)
        scale_bar(axes, ws, table.geography)
        _legend(sheet, table, under)
        return saved(sheet.figure, suffix, dpi, f"{table.title}, {table.boundaries}", table.attribution)


def _words(sheet: _Sheet, table: ClassTable | BivariateTable) -> float:
    """Write title, unit and period above; return where the map may begin (inches from above)."""
    title = textwrap.fill(table.title, int(8.2 * sheet.across))
    sheet.text(_EDGE, 0.25, title, fontsize=14, fontweight="bold", color=INK, va="top", linespacing=1.25)
    below = 0.25 + 0.26 * (title.count("\n") + 1)
    facts = textwrap.fill(table.facts, int(14 * sheet.across))
    sheet.text(_EDGE, below, facts, fontsize=9.5, color=MUTED, va="top", linespacing=1.25)
    return below + 0.24 + 0.19 * facts.count("\n")


def _credit(sheet: _Sheet, table: ClassTable | BivariateTable, foot: str) -> float:
    """Write boundaries, sources and licence below; return where the map may end (inches from below)."""
    per_line = int(22.9 * sheet.across)
    lines = textwrap.wrap(f"{table.boundaries}. {table.attribution}", per_line)
    lines += textwrap.wrap(foot, per_line, break_on_hyphens=False)
    at = sheet.page.height - 0.12
    sheet.text(_EDGE, at, "\n".join(lines), fontsize=5.6, color=MUTED, va="bottom", linespacing=1.3)
    return max(0.75, 0.3 + _CREDIT * len(lines))


def _legend(sheet: _Sheet, table: ClassTable | BivariateTable, under: float) -> None:
    left = _EDGE if sheet.page.words else 0.44

    def row(at: float, entry: LegendRow) -> None:
        look = swatch_look(entry.fill, 6)
        sheet.box(left, at - 0.14, 0.224, 0.14, edgecolor="#8b959e", linewidth=0.5, **look)
        sheet.text(left + 0.3, at - 0.07, f"{entry.label}  ({entry.count})", fontsize=8, color=INK, va="center")

    top = under + (0.3 if sheet.page.words else 0.4)
    if isinstance(table, BivariateTable):
        top, entries = _square(sheet, table, left, top), table.legend[9:]
    else:
        sheet.text(left, top - 0.08, "Class (number of areas)", fontsize=8, color=MUTED, va="bottom")
        entries = table.legend
    for i, entry in enumerate(entries):
        row(top + 0.14 + 0.20 * i, entry)
    below = "\n".join(textwrap.wrap(table.method, 46) + textwrap.wrap(table.status_note, 46))
    sheet.text(left, top + 0.04 + 0.20 * len(entries), below, fontsize=6.5, color=MUTED, va="top")


def _square(sheet: _Sheet, table: BivariateTable, left: float, top: float) -> float:
    """Draw the key of nine classes, x from left to right and y from below; return where it ends."""
    wide, high, start = 0.4, 0.34, left + 0.4
    title = textwrap.fill(f"↑ {table.y.title}", 40)
    sheet.text(left, top - 0.08, title, fontsize=8, color=INK, va="top")
    top += 0.14 * (title.count("\n") + 1)
    for i, entry in enumerate(table.legend[:9]):
        x, y = i % 3, i // 3
        at = (start + wide * x, top + high * (2 - y))
        sheet.box(*at, wide, high, facecolor=entry.fill, edgecolor="white")
        tint = "white" if x + y > 1 else INK
        place = (at[0] + wide / 2, at[1] + high / 2)
        sheet.text(*place, f"{entry.count}", fontsize=8, color=tint, ha="center", va="center")
    end = top + high * 3
    for i, word in enumerate(THIRDS):
        sheet.text(start - 0.05, top + high * (2.5 - i), word, fontsize=7, color=MUTED, ha="right", va="center")
        sheet.text(start + wide * (i + 0.5), end + 0.04, word, fontsize=7, color=MUTED, ha="center", va="top")
    title = textwrap.fill(f"→ {table.x.title}", 40)
    sheet.text(left, end + 0.20, title, fontsize=8, color=INK, va="top")
    return end + 0.28 + 0.14 * (title.count("\n") + 1)
