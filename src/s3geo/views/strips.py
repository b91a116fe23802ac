"""Dots on a line: where some regions stand among all, one indicator a strip, as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from s3geo.views.multiples import headline_indicators
from s3geo.views.ranking import ranks
from s3geo.views.wording import amount, rank_label
from s3geo.workspace import Workspace
from s3geo.workspace.kept import kept

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
    line = _line(ws, indicator, geography)
    names = ws.names(geography)
    shown = [code for code in compared if code in line.dots]
    labels = _labels([(line.dots[code].x, str(names[code])) for code in shown])
    base = _LINE * (max((place for _, place, _ in labels), default=0) + 1) + 12
    faint = [code for code in line.dots if code not in {*shown, *peers}]
    rings = [code for code in line.dots if code in peers and code not in shown]
    parts = [f'<line class="axis" x1="{_EDGE}" x2="{WIDTH - _EDGE}" y1="{base}" y2="{base}"/>']
    if line.england is not None:
        at = line.england.x
        anchor = "start" if at < WIDTH / 2 else "end"
        parts.append(f'<line class="england" x1="{at:.1f}" x2="{at:.1f}" y1="{base - 9}" y2="{base + 16}"/>')
        parts.append(
            f'<text x="{at + (3 if anchor == "start" else -3):.1f}" y="{base + 17}" text-anchor="{anchor}">'
            f"England {line.england.words}</text>"
        )
    for style, codes, r in (("dot", faint, 3.5), ("peer", rings, 4), ("compared", shown, 5)):
        parts.extend(
            f'<circle class="{style}" {line.dots[code].where} cy="{base}" r="{r}">{line.dots[code].title}</circle>'
            for code in codes
        )
    for (at, place, name), code in zip(labels, shown, strict=True):
        x, y = line.dots[code].x, _LINE * (place + 1) - 3
        parts.append(f'<line class="lead" x1="{x:.1f}" x2="{x:.1f}" y1="{y + 2}" y2="{base - 5}"/>')
        parts.append(f'<text class="name" x="{at:.1f}" y="{y}" text-anchor="middle">{escape(name)}</text>')
    if line.dots or line.england is not None:
        parts.append(f'<text x="{_EDGE}" y="{base + 31}">lowest area {line.ends[0]}</text>')
        parts.append(f'<text x="{WIDTH - _EDGE}" y="{base + 31}" text-anchor="end">highest {line.ends[1]}</text>')
    said = [
        f"{names[code]} {line.dots[code].words}, {line.dots[code].place}"
        if code in line.dots
        else f"{names[code]} no data"
        for code in compared
    ]
    description = f"{line.description} {'; '.join(said)}."
    svg = (
        f'<svg viewBox="0 0 {WIDTH} {base + 36}" role="img" aria-label="{escape(description, quote=True)}">'
        f"{''.join(parts)}</svg>"
    )
    return Strip(indicator, line.title, line.unit, line.period, line.source, description, svg)


@dataclass(frozen=True)
class _Dot:
    """A value on the line: where, in words, its rank; and what of its circle is the same whoever is compared."""

    x: float
    words: str
    place: str = ""
    where: str = ""
    title: str = ""


@dataclass(frozen=True)
class _Line:
    """What of a strip is the same whoever is compared; `ends` are the lowest and the highest value in words."""

    dots: Mapping[str, _Dot]
    england: _Dot | None
    ends: tuple[str, str]
    title: str
    unit: str
    period: str
    source: str
    description: str


@kept(256)
def _line(ws: Workspace, indicator: str, geography: str) -> _Line:
    entry = ws.catalogue.loc[[indicator]].to_dict("records")[0]
    unit, decimals = str(entry["unit"]), int(entry["decimals"])
    names, values = ws.names(geography), ws.values(indicator, None, geography).dropna()
    rank = ranks(values, str(entry["direction"]))
    england = ws.england(indicator)
    every = [*values, *([] if pd.isna(england) else [england])]
    low, high = min(every, default=0.0), max(every, default=0.0)

    def words(value: float) -> str:
        return amount(value, unit, decimals)[0]

    def x(value: float) -> float:
        return _EDGE + (WIDTH - 2 * _EDGE) * ((value - low) / (high - low) if high > low else 0.5)

    def dot(code: str, value: float) -> _Dot:
        where = f'data-code="{escape(code, quote=True)}" cx="{x(value):.1f}"'
        title = f"<title>{escape(str(names[code]))}: {words(value)}</title>"
        return _Dot(x(value), words(value), rank_label(float(rank[code]), len(values)), where, title)

    lowest, highest = (words(float(end)) for end in (values.min(), values.max()))
    return _Line(
        dots={str(code): dot(str(code), value) for code, value in values.items()},
        england=None if pd.isna(england) else _Dot(x(england), words(england)),
        ends=(words(low), words(high)) if values.empty else (lowest, highest),
        title=str(entry["label"]),
        unit=unit,
        period=str(entry["period"]),
        source=f"Source: {entry['publisher']}",
        description=(
            f"{entry['label']}, {unit}, {entry['period']}. {len(values)} areas from {lowest} to {highest}; England "
            f"{words(england)}."
        ),
    )


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
