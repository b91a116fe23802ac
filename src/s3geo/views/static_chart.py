"""The ranked chart as a picture: every region with a value, in the colour of its class, beside England."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from s3geo.views.class_table import ClassTable
from s3geo.views.drawing import MUTED, STYLE, saved
from s3geo.views.painting import drawing
from s3geo.views.palette import INK
from s3geo.views.sectors import SectorTable
from s3geo.views.wording import number, quantity
from s3geo.workspace import GEOGRAPHIES, Workspace

__all__ = ["static_chart"]

_NAMED = 60  # regions whose names can stand beside their bars
_WIDTH = 8.0  # inches
_BAR = 0.185  # height of a bar with its gap


def static_chart(
    ws: Workspace,
    table: ClassTable,
    suffix: str = "png",
    *,
    dpi: int = 150,
    selected: Sequence[str] = (),
    foot: str = "",
) -> bytes:
    """Draw the values of a class table from high to low.

    Parameters
    ----------
    ws : Workspace
        Where the intervals come from.
    table : ClassTable
    suffix : {"png", "svg", "pdf"}
    dpi : int
        Dots per inch of a PNG.
    selected : sequence of str
        Codes whose names are bold.
    foot : str
        A last line: when it was made, with what, and where it is found again.

    Returns
    -------
    bytes
        One bar a region, in the colour of its class, with its value; a line for England; the 95 % interval where one
        is known. Regions without a value are counted, and named where there are few. Of more than sixty regions the
        bars stand close and only the highest and the lowest are named.

    Raises
    ------
    UsageError
        Another format.
    """
    from matplotlib.figure import Figure

    shown = table.rows[table.rows["class"].notna()].sort_values("value", ascending=False, kind="stable")
    named = len(shown) <= _NAMED
    title, facts = textwrap.wrap(table.title, 62), textwrap.wrap(table.facts, 105)
    limits = _limits(ws, table).reindex(shown.index)
    notes = textwrap.wrap(_notes(table, shown, limits), 130)
    credit = textwrap.wrap(f"{table.boundaries}. {table.attribution}", 172)
    credit += textwrap.wrap(foot, 172, break_on_hyphens=False)
    above = 0.3 + 0.26 * len(title) + 0.19 * len(facts) + 0.14
    below = 0.24 + 0.105 * len(credit) + 0.14 * len(notes) + 0.16
    body = max(1.0, _BAR * len(shown)) if named else 3.6
    height = above + body + 0.35 + below
    with drawing(STYLE):
        figure: Any = Figure(figsize=(_WIDTH, height), facecolor="white")
        look: dict[str, Any] = {"fontsize": 14, "fontweight": "bold", "color": INK, "va": "top", "linespacing": 1.25}
        figure.text(0.03, 1 - 0.25 / height, "\n".join(title), **look)
        at = 1 - (0.25 + 0.26 * len(title)) / height
        figure.text(0.03, at, "\n".join(facts), fontsize=9.5, color=MUTED, va="top", linespacing=1.25)
        left = 2.55 if named else 0.7
        axes = figure.add_axes((left / _WIDTH, (below + 0.35) / height, (_WIDTH - left - 0.75) / _WIDTH, body / height))
        (_bars if named else _columns)(axes, table, shown, limits, selected)
        words = "\n".join(notes)
        up = (0.2 + 0.105 * len(credit)) / height
        figure.text(0.03, up, words, fontsize=7, color=MUTED, va="bottom", linespacing=1.3)
        line = "\n".join(credit)
        figure.text(0.03, 0.12 / height, line, fontsize=5.6, color=MUTED, va="bottom", linespacing=1.3)
        return saved(figure, suffix, dpi, f"{table.title}, {table.boundaries}", table.attribution)


def _bars(axes: Any, table: ClassTable, shown: pd.DataFrame, limits: pd.DataFrame, selected: Sequence[str]) -> None:
    at = np.arange(len(shown))[::-1]
    for place, (code, row) in zip(at, shown.iterrows(), strict=True):
        (bar,) = axes.barh(place, row["value"], height=0.74, color=row["fill"], edgecolor="#8b959e", linewidth=0.4)
        bar.set_gid(str(code))
    for colour, width in (("white", 2.4), (INK, 0.9)):  # a white casing, so that the line is seen on dark bars
        axes.hlines(at, limits["lower"], limits["upper"], color=colour, linewidth=width, zorder=4)
    for place, code in zip(at, shown.index, strict=True):
        figure = number(table.rows["value"][code], table.decimals)
        axes.text(1.01, place, figure, transform=axes.get_yaxis_transform(), fontsize=7, va="center", color=INK)
    axes.set_yticks(at, [textwrap.shorten(str(name), 38, placeholder=" …") for name in shown["name"]], fontsize=7)
    for label, code in zip(axes.get_yticklabels(), shown.index, strict=True):
        label.set(color=INK, fontweight="bold" if code in selected else "normal")
    axes.set_ylim(-0.7, len(shown) - 0.3)
    axes.margins(x=0.03)
    _dress(axes, table, axes.xaxis, axes.axvline)


def _columns(axes: Any, table: ClassTable, shown: pd.DataFrame, limits: pd.DataFrame, selected: Sequence[str]) -> None:
    del limits, selected  # neither can be seen on bars as thin as these
    for place, (code, row) in enumerate(shown.iterrows()):
        (bar,) = axes.bar(place, row["value"], width=1.0, color=row["fill"])
        bar.set_gid(str(code))
    axes.set_xticks([])
    axes.set_xlim(-0.5, len(shown) - 0.5)
    _dress(axes, table, axes.yaxis, axes.axhline)


def _dress(axes: Any, table: ClassTable, axis: Any, line: Any) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color("#8b959e")
    axes.tick_params(length=0, labelsize=7, labelcolor=INK)
    axis.set_major_formatter(lambda value, _: number(value, 0 if abs(value) >= 10 else table.decimals))
    axis.grid(visible=True, color="#dfe5e9", linewidth=0.6)
    axes.set_axisbelow(True)
    if not math.isnan(table.england):
        line(table.england, color=INK, linewidth=1.1, linestyle=(0, (4, 2)), zorder=5)


def _limits(ws: Workspace, table: ClassTable) -> pd.DataFrame:
    """Return the 95 % limits, NaN where none is known."""
    if isinstance(table, SectorTable):
        return table.quotients[["lower", "upper"]]
    return ws.observations(table.indicator, table.period, table.geography).set_index("code")[["lower", "upper"]]


def _intervals_told(limits: pd.DataFrame) -> str:
    known = int(limits["lower"].notna().sum())
    if not known:
        return "No interval is known."
    if len(limits) > _NAMED:
        return "Intervals cannot be seen on so many bars, and are not drawn."
    some = f", known for {known} of {len(limits)} bars" if known < len(limits) else ""
    return f"Dark lines are 95 % intervals{some}."


def _notes(table: ClassTable, shown: pd.DataFrame, limits: pd.DataFrame) -> str:
    places = GEOGRAPHIES[table.geography]
    if shown.empty:
        return f"No {places.singular} has a value."
    said = []
    if len(shown) > _NAMED:
        high, low = str(shown.index[0]), str(shown.index[-1])
        said.append(
            f"{len(shown)} {places.plural} from high to low. Highest: {table.rows['name'][high]}, {table.words(high)}. "
            f"Lowest: {table.rows['name'][low]}, {table.words(low)}."
        )
    if not math.isnan(table.england):
        said.append(f"The dashed line is England, {quantity(table.england, table.unit, table.decimals)}.")
    said.append(f"Colours are the classes of the map. {_intervals_told(limits)}")
    missing = table.rows.loc[table.rows["class"].isna(), "name"]
    if len(missing):
        few = f": {', '.join(sorted(map(str, missing)))}" if len(missing) <= 12 else ""
        said.append(f"No data ({len(missing)}){few}.")
    if table.status_note:
        said.append(f"{table.status_note}.")
    return " ".join(said)
