"""What Compare says, as HTML: scores, strips of dots, figures side by side, peers.

Only words and layout; every number comes from `s3geo.views`. Every text is escaped.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from itertools import groupby
from operator import itemgetter
from typing import Any

import pandas as pd

from s3geo.model.catalogue import ACTORS, DIMENSIONS
from s3geo.views.profile import ACTOR_LABELS, DIMENSION_LABELS
from s3geo.views.scores import cell_scores
from s3geo.views.strips import Strip
from s3geo.views.wording import number, rank_label
from s3geo.workspace import Workspace

__all__ = ["figures", "peers_table", "scores", "side_by_side", "variables"]


def scores(ws: Workspace, codes: Sequence[str], geography: str) -> str:
    """Return the scores of the nine cells, regions as columns."""
    names, every = ws.names(geography), cell_scores(ws, geography)
    known: dict[Any, dict[Any, Any]] = every[every.index.isin(codes, level="code")].to_dict("index")
    body = ""
    for n, (actor, dimension) in enumerate((a, d) for a in ACTORS for d in DIMENSIONS):
        if (codes[0], actor, dimension) not in known:
            continue
        rows = [known[code, actor, dimension] for code in codes]
        cells = "".join(_score(code, row) for code, row in zip(codes, rows, strict=True))
        body += (
            f'<tr data-at="{n}"><th scope="row">{ACTOR_LABELS[actor]}: {DIMENSION_LABELS[dimension].lower()}</th>'
            f"<td><b>{number(rows[0]['england'], 0)}</b></td>{cells}</tr>"
        )
    return (
        '<h3>Scores of the nine cells, 0 to 100</h3><div class="wide" tabindex="0" role="region" '
        f'aria-label="Scores side by side"><table class="scores sortable">{_head("Cell", [names[c] for c in codes])}'
        f"<tbody>{body}</tbody></table></div>"
        '<p class="muted">Mean of the indicators of a cell between the lowest and the highest area, England\'s totals '
        "on the same bounds; rank among areas with a score; how many of the indicators are there. No score has an "
        "interval: small differences say nothing.</p>"
    )


def _score(code: str, row: dict[Any, Any]) -> str:
    present = f"{int(row['n_present'])} of {int(row['n_indicators'])}"
    if math.isnan(row["score"]):
        return f'<td data-code="{escape(code, quote=True)}"><small>{present}, too few</small></td>'
    return (
        f'<td data-code="{escape(code, quote=True)}" data-key="{row["score"]:.6f}"><b>{number(row["score"], 0)}</b> '
        f"<small>{rank_label(row['rank'], int(row['n']))}, <span>{present}</span></small></td>"
    )


def _head(first: str, names: Sequence[str]) -> str:
    """Return a row of headings that sort; the first puts back the order of the framework."""
    columns = "".join(
        f'<th scope="col"><button type="button" class="sort">{escape(str(name))}</button></th>' for name in names
    )
    return (
        f'<thead><tr><th scope="col" aria-sort="ascending"><button type="button" class="sort">{first}</button></th>'
        f'<th scope="col">England</th>{columns}</tr></thead>'
    )


def figures(found: Sequence[Strip]) -> str:
    """Return the strips of dots, each with title, unit, period and source."""
    drawn = "".join(
        f'<figure data-indicator="{escape(strip.indicator, quote=True)}"><h4>{escape(strip.title)}</h4>{strip.svg}'
        f"<figcaption>{escape(strip.unit)}, {escape(strip.period)}. {escape(strip.source)}</figcaption></figure>"
        for strip in found
    )
    return (
        "<h3>Where they stand among all areas</h3>"
        '<p class="muted">A faint dot is an area, a full one an area compared, a ring one of the peers below; the line '
        "is England.</p>"
        f'<div class="strips">{drawn}</div>'
    )


def side_by_side(table: pd.DataFrame) -> str:
    """Return regions as columns and indicators as rows, in the order of the grid, with England first."""
    every: list[dict[Any, Any]] = table.to_dict("records")
    regions = {row["code"]: row["name"] for row in every}
    body, n = "", 0
    for (actor, dimension), cell in groupby(every, key=itemgetter("actor", "dimension")):
        title = f"{ACTOR_LABELS[str(actor)]}: {DIMENSION_LABELS[str(dimension)].lower()}"
        body += f'<tr class="cell"><th scope="rowgroup" colspan="{len(regions) + 2}">{title}</th></tr>'
        for _, rows in groupby(cell, key=itemgetter("indicator")):
            body += _compared(list(rows), n)
            n += 1
    return (
        '<div class="wide" tabindex="0" role="region" aria-label="Areas side by side"><table class="side sortable">'
        f"{_head('Indicator', list(regions.values()))}<tbody>{body}</tbody></table></div>"
        '<p class="muted">A heading sorts: by an area, the indicators on which it ranks highest come first.</p>'
    )


def _compared(rows: list[dict[Any, Any]], n: int) -> str:
    """Return one indicator: England's value and each region's, with its rank and what an interval lets one say."""
    first = rows[0]

    def value(row: dict[Any, Any]) -> str:
        if math.isnan(row["value"]):
            return f'<td data-code="{escape(row["code"], quote=True)}"><small>{escape(str(row["text"]))}</small></td>'
        words = f"<br><small>{escape(str(row['finding']))}</small>" if row["verdict"] else ""
        place = rank_label(row["rank"], row["n"])
        return (
            f'<td data-code="{escape(row["code"], quote=True)}" data-key="{row["percentile"]:.6f}"><b>'
            f"{number(row['value'], row['decimals'])}</b> <small>{place}</small>{words}</td>"
        )

    cells = "".join(value(row) for row in rows)
    age = ' <span class="tag">old</span>' if first["old"] else ""
    return (
        f'<tr data-at="{n}" data-indicator="{escape(str(first["indicator"]), quote=True)}">'
        f'<th scope="row">{escape(str(first["label"]))}'
        f"<br><small>{escape(str(first['unit']))}, {escape(str(first['period']))}{age}</small></th>"
        f"<td><b>{number(first['england'], first['decimals'])}</b></td>{cells}</tr>"
    )


def peers_table(found: pd.DataFrame) -> str:
    """Return the peers of a region, how close each is, and in what the two differ most."""
    rows = "".join(
        f'<tr data-peer="{escape(str(code), quote=True)}"><th scope="row">{escape(str(row["name"]))}'
        f"{'' if row['mutual'] else ' <span class=tag>not among its own</span>'}</th>"
        f'<td class="num">{number(row["close"], 0)}<span class="bar" aria-hidden="true">'
        f'<i style="width:{row["close"]:.0f}%"></i></span></td><td>{_drivers(row)}</td></tr>'
        for code, row in found.to_dict("index").items()
    )
    return (
        '<div class="s3" data-panel="peers"><table class="peers"><thead><tr><th scope="col">Area</th>'
        '<th scope="col" class="num">How close, 0 to 100</th><th scope="col">Differs most in (share of the distance '
        f"squared)</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _drivers(row: dict[Any, Any]) -> str:
    parts = [
        f"{escape(str(row[f'driver_{d}']))} ({number(100 * row[f'share_{d}'], 0)} %)"
        for d in (1, 2, 3)
        if pd.notna(row[f"driver_{d}"])
    ]
    return "<small>" + "; ".join(parts) + "</small>"


def variables(names: Sequence[str]) -> str:
    """List the variables that make areas alike, and what is missing among them."""
    listed = "; ".join(names)
    listed = escape(listed[:1].upper() + listed[1:])
    return (
        '<div class="s3"><p class="muted">0 is the farthest pair of all areas, 100 the same in everything. Alike in '
        "what they are, not in what they achieve: no indicator shown above is among the variables. Being a peer "
        f"need not be mutual.</p><details><summary>The {len(names)} variables</summary><p>{listed}. "
        "Outliers treated, z-scores, equal weights. Missing because not bundled: age, qualifications as context, a "
        "rural-urban class, business size by bands.</p></details></div>"
    )
