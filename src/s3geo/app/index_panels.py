"""What the Index page says, as HTML: ranks with their intervals, the steps of one area, what moves ranks.

Only words and layout; every number comes from `s3geo.views.index`. Every text is escaped.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape
from itertools import groupby
from typing import Any

import pandas as pd

from s3geo.settings import ENGLAND
from s3geo.statistics.normalise import NORMALISATIONS
from s3geo.views.index import MOVERS, IndexTable, movers
from s3geo.views.profile import ACTOR_LABELS, DIMENSION_LABELS
from s3geo.views.wording import NO_DATA_REASONS, amount, counted, number, ordinal, rank_label
from s3geo.workspace import GEOGRAPHIES

__all__ = ["area", "method", "moves", "ranking", "steps", "title"]

_FEW, _MANY = 3, 12  # names in a row of the table, and of the area chosen


def title(table: IndexTable) -> str:
    """Return the name of the index and how many areas have it."""
    of = table.regions
    ranked, plural = int(of["score"].notna().sum()), GEOGRAPHIES[table.recipe.geography].plural
    return f"{ranked} of {len(of)} {plural} ranked"


def ranking(table: IndexTable, chosen: str | None) -> str:
    """Return ranks, each beside its interval as figures and as a line, with scores; areas without an index last."""
    of = table.regions
    n = max(int(of["n"].iloc[0]), 2)
    place = table.england["rank"]
    mark = "" if math.isnan(place) else f"--eng:{_along(place - 0.5, n)};"
    lines, england = [], False
    rows: dict[Any, dict[Any, Any]] = of.to_dict("index")
    for code, row in rows.items():
        if not england and not row["score"] >= table.england["score"]:
            lines.append(_england_row(table))
            england = True
        lines.append(_row(table, str(code), row, n, mark, str(code) == chosen))
    if not england:
        lines.append(_england_row(table))
    relative = '<th scope="col" class="num">England = 100</th><th scope="col">Band</th>' if table.relative else ""
    return (
        '<div class="s3"><p class="muted">Rank by the method chosen, 1 is best, with the range that 90 % of '
        f"{table.recipe.draws:,} draws of weights, method, indicators and figures give (5th to 95th percentile); the "
        "rank by the method chosen may lie outside. Upright line: England's score. Two areas are told apart where one "
        "ranks above the other in at least 95 % of the draws, which overlapping ranges do not rule out.</p>"
        '<div class="wide" tabindex="0" role="region" aria-label="Ranks and their intervals">'
        '<table class="index" aria-label="Ranks and their intervals">'
        '<thead><tr><th scope="col" class="num">Rank</th><th scope="col">Area</th>'
        '<th scope="col" class="num">5–95 %</th>'
        f'<th scope="col" class="span"><div><span>1</span><span>rank</span><span>{n}</span></div></th>'
        f'<th scope="col" class="num">Score</th>{relative}'
        '<th scope="col" class="names">Not distinguishable from</th></tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div></div>"
    )


def _row(table: IndexTable, code: str, row: dict[Any, Any], n: int, mark: str, chosen: bool) -> str:
    here = ' aria-current="true"' if chosen else ""
    name = f'<th scope="row">{escape(str(row["name"]))}</th>'
    if math.isnan(row["score"]):
        width = 6 if table.relative else 4
        return (
            f'<tr data-code="{escape(code, quote=True)}"{here}><td class="num">–</td>{name}'
            f'<td colspan="{width}">No index: figures for {row["cells"]:.0f} of {row["of"]:.0f} cells, two thirds are '
            "needed</td></tr>"
        )
    where = f"--lo:{_along(row['q05'], n)};--hi:{_along(row['q95'], n)};--at:{_along(row['rank'], n)};{mark}"
    few = f" <small>({row['cells']:.0f} of {row['of']:.0f} cells)</small>" if row["cells"] < row["of"] else ""
    relative = (
        f'<td class="num">{number(row["index"], 0)}</td><td>{escape(str(row["band"]))}</td>' if table.relative else ""
    )
    return (
        f'<tr data-code="{escape(code, quote=True)}" data-rank="{row["rank"]:g}" data-q05="{_exact(row["q05"])}" '
        f'data-q95="{_exact(row["q95"])}" data-score="{_exact(row["score"])}"{here}>'
        f'<td class="num"><b>{row["rank"]:.0f}</b></td>{name}<td class="num">{_interval(row)}</td>'
        f'<td class="span"><span class="range" style="{where}" aria-hidden="true"><i></i><b></b></span></td>'
        f'<td class="num">{number(row["score"], 1)}{few}</td>{relative}<td><small>{_cut(table.alike(code), _FEW)}'
        "</small></td></tr>"
    )


def _england_row(table: IndexTable) -> str:
    england = table.england
    if math.isnan(england["score"]):
        return ""
    relative = '<td class="num">100</td><td></td>' if table.relative else ""
    return (
        f'<tr class="england" data-code="{ENGLAND}" data-score="{_exact(england["score"])}"><td></td>'
        '<th scope="row">England</th><td></td><td class="span"></td>'
        f'<td class="num">{number(england["score"], 1)}</td>{relative}'
        "<td><small>from England's own totals; its place has no interval, so no verdict</small></td></tr>"
    )


def _along(rank: float, n: int) -> str:
    return f"{100 * (rank - 1) / (n - 1):.1f}%"


def _interval(row: dict[Any, Any]) -> str:
    return f"{math.floor(row['q05'])} to {math.ceil(row['q95'])}"


def _cut(names: list[str], most: int) -> str:
    if not names:
        return "any other is told apart"
    rest = len(names) - most
    return escape(", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else ""))


def area(table: IndexTable, code: str) -> str:
    """Return how one area stands."""
    row: dict[Any, Any] = table.regions.loc[code].to_dict()
    name = escape(str(row["name"]))
    if math.isnan(row["score"]):
        facts = (
            f"<b>No index</b>: figures for {row['cells']:.0f} of {row['of']:.0f} cells, two thirds are needed. "
            "Nothing is made up for what is missing."
        )
    else:
        england = table.england
        place = "" if math.isnan(england["rank"]) else f" (would be {ordinal(int(england['rank']))})"
        facts = (
            f"<b>{rank_label(row['rank'], row['n'])}</b>, in 90 % of the draws {_interval(row)} · "
            f"score {number(row['score'], 1)} · England {number(england['score'], 1)}{place}<br>"
            f'<span class="alike">Not distinguishable from: {_cut(table.alike(code), _MANY)}.</span>'
        )
    return f'<div class="s3" data-panel="index-area"><h2 class="section">{name}</h2><p class="lead">{facts}</p></div>'


def steps(table: IndexTable, code: str) -> str:
    """Return the cells of one area and, on demand, every step from the raw figures."""
    name = escape(str(table.regions.at[code, "name"]))
    return (
        f'<div class="s3" data-panel="index-steps"><h2 class="section">How the score of {name} comes about</h2>'
        f"{_cells(table, code, name)}{_all_steps(table, code, name)}</div>"
    )


def _cells(table: IndexTable, code: str, name: str) -> str:
    mine = table.cells[table.cells["code"] == code]
    of_england = table.cells[table.cells["code"] == ENGLAND].to_dict("records")
    england = {(row["actor"], row["dimension"]): row["score"] for row in of_england}
    lines = "".join(
        f'<tr><th scope="row">{_cell_name(row)}</th><td class="num">{row["present"]:.0f} of {row["of"]:.0f}</td>'
        f"{_figure(row['score'], 1)}{_figure(england[row['actor'], row['dimension']], 1)}"
        f'<td class="num">{row["weight"]:g}</td>{_percent(row["share"])}{_figure(row["contribution"], 2)}</tr>'
        for row in mine.to_dict("records")
    )
    total = float(table.regions["score"][code])
    return (
        '<p class="muted">Points of the cells add up to the score. A cell is shown with at least two thirds of its '
        f'indicators.</p><div class="wide" tabindex="0" role="region" aria-label="Cells of {name}">'
        f'<table class="cells" aria-label="Cells of {name}">'
        '<thead><tr><th scope="col">Cell</th><th scope="col" class="num">Indicators</th>'
        '<th scope="col" class="num">Score</th><th scope="col" class="num">England</th>'
        '<th scope="col" class="num">Weight</th><th scope="col" class="num">Share</th>'
        f'<th scope="col" class="num">Points</th></tr></thead><tbody>{lines}</tbody><tfoot><tr>'
        f'<th scope="row" colspan="6">Score</th>{_figure(total, 2)}</tr></tfoot></table></div>'
    )


def _all_steps(table: IndexTable, code: str, name: str) -> str:
    mine: list[dict[Any, Any]] = table.steps[table.steps["code"] == code].to_dict("records")
    body = ""
    for cell, rows in groupby(mine, key=_cell_name):
        body += f'<tr class="cell"><th scope="rowgroup" colspan="7">{cell}</th></tr>'
        body += "".join(_step(row) for row in rows)
    scale = NORMALISATIONS[table.recipe.normalise]
    return (
        f'<details class="steps"><summary>Every step from the raw figures ({counted(len(mine), "indicator")})</summary>'
        f'<div class="wide" tabindex="0" role="region" aria-label="Steps of {name}"><table class="side">'
        '<thead><tr><th scope="col">Indicator</th><th scope="col" class="num">Figure</th>'
        '<th scope="col" class="num">Outliers treated</th>'
        f'<th scope="col" class="num">{scale}</th><th scope="col" class="num">Weight</th>'
        '<th scope="col" class="num">Share</th><th scope="col" class="num">Points</th></tr></thead>'
        f"<tbody>{body}</tbody></table></div></details>"
    )


def _step(row: dict[Any, Any]) -> str:
    figure, words = amount(row["raw"], row["unit"], row["decimals"])
    start = f'<tr data-indicator="{escape(str(row["indicator"]), quote=True)}">'
    lower = ", lower is better" if row["direction"] == "lower_is_better" else ""
    label = (
        f'<th scope="row">{escape(str(row["label"]))}<br><small>{escape(words or str(row["unit"]))}, '
        f"{escape(str(row['period']))}{lower}</small></th>"
    )
    if math.isnan(row["raw"]):
        reason = NO_DATA_REASONS.get(str(row["status"]), str(row["status"]))
        return f'{start}{label}<td colspan="6"><small>No data: {escape(reason)}</small></td></tr>'
    moved = row["treatment"] == "capped" and row["treated"] != row["raw"]
    treated = {"logarithm": f"{number(row['treated'], 2)} <small>logarithm</small>"}.get(
        str(row["treatment"]), number(row["treated"], row["decimals"])
    )
    return (
        f"{start}{label}"
        f'<td class="num" data-v="{_exact(row["raw"])}">{escape(figure)}</td>'
        f'<td class="num">{treated}{" <small>capped</small>" if moved else ""}</td>'
        f'{_figure(row["normalised"], 1)}<td class="num">{row["weight"]:g}</td>{_percent(row["share"])}'
        f"{_figure(row['contribution'], 2)}</tr>"
    )


def moves(table: IndexTable, moved: pd.DataFrame, chosen: str | None) -> str:
    """Return which assumption moves ranks most: a sentence and a short table."""
    found = {str(source): row for source, row in movers(moved).iterrows()}
    first, top = next(iter(found.items()))
    said = (
        f"{MOVERS[first]} moves ranks most: {number(top['places'], 1)} places on average, and most of all "
        f"{_name(table, top['who'])} ({number(top['most'], 1)} places)."
    )
    mine: dict[Any, Any] | None = None
    if chosen is not None and moved.loc[chosen].notna().all():
        mine = moved.loc[chosen].to_dict()
    own = "" if mine is None else f'<th scope="col" class="num">{_name(table, str(chosen))}</th>'
    lines = "".join(
        f'<tr><th scope="row">{MOVERS[source]}</th><td class="num">{number(row["places"], 1)}</td>'
        + ("" if mine is None else f'<td class="num">{number(mine[source], 1)}</td>')
        + f"<td>{_name(table, row['who'])} <small>({number(row['most'], 1)})</small></td></tr>"
        for source, row in found.items()
    )
    return (
        '<div class="s3" data-panel="index-moves"><h2 class="section">What the ranks hang on</h2>'
        f'<p>{said}</p><div class="wide" tabindex="0" role="region" aria-label="What moves ranks"><table>'
        "<thead><tr>"
        '<th scope="col">Drawn again, all else held</th><th scope="col" class="num">Places, mean of all</th>'
        f'{own}<th scope="col">Moved most</th></tr></thead><tbody>{lines}</tbody></table></div></div>'
    )


def method(table: IndexTable) -> str:
    """Say how the index was made and, where there is one to England, what its bands hold."""
    recipe = table.recipe
    bands = ""
    if table.relative:
        held = ", ".join(f"{band}: {n}" for band, n in table.bands().items())
        bands = (
            "<p>Bands go by the index to England: 1 over 125, 2 from 100 to 125, 3 from 70 to under 100, 4 under 70; "
            f"+ the upper third of a band of three or more, − the lower. Areas in each: {held}. A band is no "
            "verdict.</p>"
        )
    else:
        bands = "<p>No index to England and no bands: with this method scores do not start at 0.</p>"
    return (
        f'<div class="s3 source"><p><b>{escape(recipe.name)}</b>, {GEOGRAPHIES[recipe.geography].plural}: '
        f"{NORMALISATIONS[recipe.normalise]}, {recipe.aggregate} mean; {recipe.draws:,} draws, seed {recipe.seed}; "
        f"figures {recipe.data}; recipe {escape(recipe.url) or 'as by default'}. Computed from the figures of these "
        "areas, never as a mean of smaller ones; England passes through the same chain with the same bounds.</p>"
        f"{bands}</div>"
    )


def _cell_name(row: Mapping[Any, Any]) -> str:
    return f"{ACTOR_LABELS[str(row['actor'])]}: {DIMENSION_LABELS[str(row['dimension'])].lower()}"


def _name(table: IndexTable, code: object) -> str:
    return escape(str(table.regions.at[code, "name"]))


def _figure(value: float, decimals: int) -> str:
    shown = "–" if math.isnan(value) else number(value, decimals)
    return f'<td class="num" data-v="{_exact(value)}">{shown}</td>'


def _percent(share: float) -> str:
    return f'<td class="num">{"–" if math.isnan(share) else number(100 * share, 1) + " %"}</td>'


def _exact(value: float) -> str:
    return repr(float(value))
