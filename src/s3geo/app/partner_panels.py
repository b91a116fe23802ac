"""What the Partners page says of places, as HTML: cards with their reasons, and who would choose whom.

Only words and layout; every number comes from `s3geo.views.partners`. Every text is escaped.
"""

from __future__ import annotations

import math
from html import escape
from typing import Any

import pandas as pd

from s3geo.model.evidence import LINK_SOURCES, SECTOR_TABLES
from s3geo.views.partner_words import record
from s3geo.views.partners import LEADING
from s3geo.views.wording import number, rank_label

__all__ = ["PARTS", "cards", "chosen_by", "everyone", "key", "source"]

PARTS = {
    "proximity": "Near",
    "shared": "Alike in strengths",
    "complementarity": "Adds what is lacking",
    "links": "Already linked",
}
"""Parts of the score in words."""


def key(weights: tuple[float, ...], trust: str) -> str:
    """Return what the parts of a score's bar stand for, and how far the score can be trusted."""
    shown = [(name, words) for (name, words), weight in zip(PARTS.items(), weights, strict=True) if weight > 0]
    keys = "".join(f'<span class="key"><i class="part {name}"></i>{words}</span>' for name, words in shown)
    return (
        f'<div class="s3"><p class="muted">Score, 0 to 100, is made of: {keys}</p>'
        f'<p class="muted" data-panel="trust">{escape(trust)}</p></div>'
    )


def cards(shown: pd.DataFrame, origin: str, n: int) -> str:
    """Return the partners shown, each with its score, its reason and, opened, what else is to be known."""
    rows: dict[Any, dict[Any, Any]] = shown.to_dict("index")
    made = "".join(_card(str(code), row, origin, n) for code, row in rows.items())
    return f'<div class="s3"><ol class="cards" aria-label="Partners of {escape(origin, quote=True)}">{made}</ol></div>'


def _card(code: str, row: dict[Any, Any], origin: str, n: int) -> str:
    tags = [word for word, on in (("shares districts", row["overlaps"]), ("adjoins", row["adjoins"])) if on][:1]
    tags += ["each other’s first five"] if row["mutual"] else []
    marks = "".join(f' <span class="tag">{tag}</span>' for tag in tags)
    beside = (
        f'<p><b>Not in the score:</b> <span data-indicator="{escape(row["meets_indicator"], quote=True)}">'
        f"{escape(row['meets'])}</span></p>"
        if row["meets"]
        else ""
    )
    against = f"<p><b>Against:</b> {escape(row['counter'])}</p>" if row["counter"] else ""
    return (
        f'<li data-code="{escape(code, quote=True)}"><h3>{int(row["rank"])}. {escape(str(row["name"]))}{marks}</h3>'
        f'<p class="facts"><b>Score {number(row["score"], 0)}</b> · {number(row["distance_km"], 0)} km · '
        f"{escape(record(row))}</p>{_bar(row)}<p>{escape(row['reason'])}</p>"
        f"<details><summary>More on {escape(str(row['name']))}</summary>{beside}{against}"
        f"<p><b>Points:</b> {_points(row)}.</p>"
        f"<p><b>If other things mattered:</b> among the first {LEADING} under {number(100 * row['stability'], 0)} % of "
        f"all mixes of near, alike and adding. <b>The other way:</b> {escape(origin)} is "
        f"{escape(rank_label(row['rank_back'], n))} in its own list.</p></details></li>"
    )


def _bar(row: dict[Any, Any]) -> str:
    parts = "".join(
        f'<i class="part {name}" style="width:{row[f"contrib_{name}"]:.1f}%"></i>'
        for name in PARTS
        if row[f"contrib_{name}"] > 0
    )
    return f'<span class="score" aria-hidden="true">{parts}</span>'


def _points(row: dict[Any, Any]) -> str:
    return ", ".join(
        f"{words.lower()} {number(row[f'contrib_{name}'], 1)}"
        for name, words in PARTS.items()
        if row[f"contrib_{name}"] > 0
    )


def chosen_by(every: pd.DataFrame, origin: str) -> str:
    """Return the places that have the region among their own first partners."""
    back = every[every["rank_back"] <= LEADING].sort_values(["rank_back", "rank"], kind="stable")
    if back.empty:
        return (
            f'<div class="s3"><p>No area has {escape(origin)} among its first {LEADING} by the same weights.</p></div>'
        )
    lines = "".join(
        f'<tr data-code="{escape(str(code), quote=True)}"><th scope="row">{escape(str(row["name"]))}'
        f"{' <span class=tag>both ways</span>' if row['mutual'] else ''}</th>"
        f'<td class="num">{int(row["rank_back"])}</td><td class="num">{_rank(row["rank"])}</td></tr>'
        for code, row in back.to_dict("index").items()
    )
    return (
        f'<div class="s3"><table class="back"><thead><tr><th scope="col">Area</th><th scope="col" class="num">'
        f'Its rank of {escape(origin)}</th><th scope="col" class="num">Its rank here</th></tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )


def everyone(every: pd.DataFrame, origin: str, weights: tuple[float, ...]) -> str:
    """Return every area with its points, as a table."""
    shown = [(name, words) for (name, words), weight in zip(PARTS.items(), weights, strict=True) if weight > 0]
    heads = "".join(f'<th scope="col" class="num">{words}, points</th>' for _, words in shown)
    lines = ""
    for code, row in every.to_dict("index").items():
        points = "".join(f'<td class="num">{_figure(row[f"contrib_{name}"], 1)}</td>' for name, _ in shown)
        lines += (
            f'<tr data-code="{escape(str(code), quote=True)}"><td class="num">{_rank(row["rank"])}</td>'
            f'<th scope="row">{escape(str(row["name"]))}</th><td class="num"><b>{_figure(row["score"], 1)}</b></td>'
            f'{points}<td class="num">{_figure(row["distance_km"], 0)}</td>'
            f'<td class="num">{_rank(row["rank_back"])}</td>'
            f'<td class="num">{_figure(100 * row["stability"], 0)}</td><td class="num">{row["projects"]}</td></tr>'
        )
    return (
        f'<div class="s3 wide" tabindex="0" role="region" aria-label="Every area as a partner of '
        f'{escape(origin, quote=True)}"><table><thead><tr><th scope="col" class="num">Rank</th>'
        f'<th scope="col">Area</th><th scope="col" class="num">Score</th>{heads}<th scope="col" class="num">km</th>'
        f'<th scope="col" class="num">Its rank of {escape(origin)}</th>'
        f'<th scope="col" class="num">In first {LEADING}, % of weights</th>'
        f'<th scope="col" class="num">Shared projects</th></tr></thead><tbody>{lines}</tbody></table></div>'
    )


def source(counted: str, period: str, half_life_km: float, boundaries: str, credit: str) -> str:
    """Say what the score is and is not, from what it is made, and whose that is."""
    table, links = SECTOR_TABLES[counted], LINK_SOURCES["h2020"]
    return (
        '<div class="s3 source"><p><b>How to read it.</b> The score is the weighted mean of percent ranks among all '
        "other areas with enough data, so that a limit of distance changes no score. Near: straight line between "
        f"postcode-weighted centres (the proximity halves every {half_life_km:.0f} km). Alike: strengths in common. "
        "Adds: how much of what is related to its targets the partner would bring. Strength: a share of "
        f"{escape(table.unit)} at least England’s, mean of {escape(period)}; this is wider than “specialised”. Already "
        f"linked: {escape(links.label)}, {escape(links.period)}.</p>"
        f"<p>{escape(table.caveat)} {escape(links.caveat)}</p>"
        f"<p>Boundaries: {escape(boundaries)}.</p><p>{escape(credit)}</p></div>"
    )


def _rank(rank: float) -> str:
    return "–" if math.isnan(rank) else str(int(rank))


def _figure(value: float, decimals: int) -> str:
    return "–" if math.isnan(value) else number(value, decimals)
