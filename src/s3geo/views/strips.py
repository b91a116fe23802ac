"""Dots on a line: where some regions stand among all, one indicator a strip, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from s3geo.views.multiples import headline_indicators
from s3geo.views.profile import standings
from s3geo.views.wording import amount, rank_label
from s3geo.workspace import Workspace

__all__ = ["Strip", "strip", "strips"]

WIDTH = 340
_EDGE, _LINE, _LETTER = 8, 14, 5.6  # margin, height of a line of labels, width of a letter at 11 px
_LONGEST = 24


@dataclass(frozen=True)
class Strip:
    """One strip.

    Attributes
    ----------
    indicator, title, unit, period, source : str
    description : str
        What the picture shows, in words; also in the picture, as its text alternative.
    svg : str
        The picture; dots carry ``data-code``, colours come from classes ("dot", "peer", "compared", "england").
    """

    indicator: str
    title: str
    unit: str
    period: str
    source: str
    description: str
    svg: str


def strips(ws: Workspace, compared: Sequence[str], peers: Sequence[str] = (), geography: str = "lep") -> list[Strip]:
    """Draw the first indicator of each cell of actor and dimension.

    Parameters
    ----------
    ws : Workspace
    compared : sequence of str
        Codes, drawn in ink with their names.
    peers : sequence of str
        Codes, drawn as rings.
    geography : str

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> found = strips(open_workspace(), ["E37000015"])
    >>> len(found), found[0].svg.count("<circle")  # one area has no university
    (9, 37)
    """
    return [strip(ws, indicator, compared, peers, geography) for indicator in headline_indicators(ws, geography)]


def strip(
    ws: Workspace, indicator: str, compared: Sequence[str], peers: Sequence[str] = (), geography: str = "lep"
) -> Strip:
    """Draw one indicator in the catalogue's period, from the lowest to the highest value; see `strips`."""
    entry = ws.catalogue.loc[[indicator]].to_dict("records")[0]
    unit, decimals = str(entry["unit"]), int(entry["decimals"])
    names, known = ws.names(geography), standings(ws, geography)
    values = ws.values(indicator, None, geography).dropna()
    england = ws.england(indicator)
    every = [*values, *([] if pd.isna(england) else [england])]
    low, high = min(every, default=0.0), max(every, default=0.0)

    def x(value: float) -> float:
        return _EDGE + (WIDTH - 2 * _EDGE) * ((value - low) / (high - low) if high > low else 0.5)

    def words(value: float) -> str:
        return amount(value, unit, decimals)[0]

    shown = [code for code in compared if code in values.index]
    lines = _labels([(x(values[code]), str(names[code])) for code in shown])
    base = _LINE * (max((line for _, line, _ in lines), default=0) + 1) + 12
    faint = [code for code in values.index if code not in {*shown, *peers}]
    rings = [code for code in values.index if code in peers and code not in shown]
    parts = [f'<line class="axis" x1="{_EDGE}" x2="{WIDTH - _EDGE}" y1="{base}" y2="{base}"/>']
    if not pd.isna(england):
        at = x(england)
        anchor = "start" if at < WIDTH / 2 else "end"
        parts.append(f'<line class="england" x1="{at:.1f}" x2="{at:.1f}" y1="{base - 9}" y2="{base + 16}"/>')
        parts.append(
            f'<text x="{at + (3 if anchor == "start" else -3):.1f}" y="{base + 17}" text-anchor="{anchor}">'
            f"England {words(england)}</text>"
        )
    for style, codes, r in (("dot", faint, 3.5), ("peer", rings, 4), ("compared", shown, 5)):
        parts.extend(
            f'<circle class="{style}" data-code="{escape(str(code), quote=True)}" cx="{x(values[code]):.1f}" '
            f'cy="{base}" r="{r}"><title>{escape(str(names[code]))}: {words(values[code])}</title></circle>'
            for code in codes
        )
    for (at, line, name), code in zip(lines, shown, strict=True):
        y = _LINE * (line + 1) - 3
        parts.append(
            f'<line class="lead" x1="{x(values[code]):.1f}" x2="{x(values[code]):.1f}" y1="{y + 2}" y2="{base - 5}"/>'
        )
        parts.append(f'<text class="name" x="{at:.1f}" y="{y}" text-anchor="middle">{escape(name)}</text>')
    if every:
        ends = (low, high) if values.empty else (float(values.min()), float(values.max()))
        parts.append(f'<text x="{_EDGE}" y="{base + 31}">lowest area {words(ends[0])}</text>')
        parts.append(f'<text x="{WIDTH - _EDGE}" y="{base + 31}" text-anchor="end">highest {words(ends[1])}</text>')
    place = {code: known[code].set_index("indicator")["rank"][indicator] for code in shown}
    said = [
        f"{names[code]} {words(values[code])}, {rank_label(float(place[code]), len(values))}"
        if code in place
        else f"{names[code]} no data"
        for code in compared
    ]
    description = (
        f"{entry['label']}, {unit}, {entry['period']}. {len(values)} areas from "
        f"{words(float(values.min()))} to {words(float(values.max()))}; England {words(england)}. {'; '.join(said)}."
    )
    svg = (
        f'<svg viewBox="0 0 {WIDTH} {base + 36}" role="img" aria-label="{escape(description, quote=True)}">'
        f"{''.join(parts)}</svg>"
    )
    label, period, source = str(entry["label"]), str(entry["period"]), str(entry["publisher"])
    return Strip(indicator, label, unit, period, f"Source: {source}", description, svg)


def _labels(wanted: list[tuple[float, str]]) -> list[tuple[float, int, str]]:
    """Place names above their dots so that none covers another: middle, line from the top (0), and the name as cut."""
    placed: dict[int, tuple[float, int, str]] = {}
    taken: list[float] = []  # where each line is free again, lines from the lowest up
    for i in sorted(range(len(wanted)), key=lambda i: wanted[i][0]):
        at, name = wanted[i]
        cut = name if len(name) <= _LONGEST else name[: _LONGEST - 1].rstrip() + "…"
        half = _LETTER * len(cut) / 2
        middle = min(max(at, half), WIDTH - half)
        line = next((n for n, free in enumerate(taken) if middle - half >= free), len(taken))
        taken[line : line + 1] = [middle + half + 4]
        placed[i] = (middle, line, cut)
    return [(middle, len(taken) - 1 - line, cut) for middle, line, cut in (placed[i] for i in range(len(wanted)))]
