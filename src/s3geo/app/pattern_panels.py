"""What the panel says of a spatial pattern, as HTML: the whole map, and a region among its neighbours.

Only words and layout; every number comes from `s3geo.views.spatial_pattern`. Every text is escaped.
"""

from __future__ import annotations

import math
from html import escape

from s3geo.views.spatial_pattern import PatternTable
from s3geo.views.wording import number, quantity
from s3geo.workspace import GEOGRAPHIES

__all__ = ["area", "england", "rule"]


def england(table: PatternTable) -> str:
    """Return what the whole map says, and the areas that stand out."""
    found = table.clusters
    lines = "".join(
        f'<tr data-code="{escape(str(code), quote=True)}"><th scope="row">{escape(str(row["name"]))}</th>'
        f'<td>{escape(str(row["cluster"]))}</td><td class="num">{escape(str(row["value"]))}</td>'
        f'<td class="num">{number(row["q"], 3)}</td></tr>'
        for code, row in found.to_dict("index").items()
    )
    places = (
        '<table class="clusters"><thead><tr><th scope="col">Area</th><th scope="col">Cluster</th>'
        f'<th scope="col" class="num">Value</th><th scope="col" class="num">q</th></tr></thead><tbody>{lines}</tbody>'
        "</table>"
        if len(found)
        else '<p class="muted">No area stands out after correction.</p>'
    )
    return (
        f'<div class="s3" data-panel="pattern"><h2>England</h2><p class="lead">{escape(table.sentence)}<br>'
        f'<span class="muted">{escape(table.title)}, {escape(table.period)}</span></p>'
        f"<h3>Areas that stand out</h3>{places}</div>"
    )


def area(code: str, table: PatternTable) -> str:
    """Return how a region lies among its neighbours, and their values."""
    name = str(table.rows["name"][code])
    lines = "".join(
        f'<tr><th scope="row">{escape(str(table.rows["name"][other]))}</th>'
        f'<td class="num">{escape(table.words(other))}</td></tr>'
        for other in table.neighbours[code]
    )
    near = (
        '<h3>Its neighbours</h3><table><thead><tr><th scope="col">Area</th><th scope="col" class="num">Value</th>'
        f"</tr></thead><tbody>{lines}</tbody></table>"
        if lines
        else f'<p class="muted">It adjoins no other {escape(GEOGRAPHIES[table.geography].singular)}.</p>'
    )
    value = table.words(code)
    mean = quantity(table.mean, table.unit, table.decimals)
    missing = math.isnan(table.rows["value"][code])
    facts = f"<b>{escape(value)}</b>" + ("" if missing else f" · mean of the areas {escape(mean)}")
    return (
        f'<div class="s3" data-panel="pattern"><h2>{escape(name)}</h2><p class="lead">{facts}<br>'
        f"{escape(table.standing(code))}<br>"
        f'<span class="muted">{escape(table.title)}, {escape(table.period)}</span></p>{near}</div>'
    )


def rule(table: PatternTable) -> str:
    """Return what must be known before anything is concluded."""
    return f'<div class="s3"><p class="muted">{escape(table.warning)}</p></div>'
