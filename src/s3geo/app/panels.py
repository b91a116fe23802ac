"""What the panel says, as HTML: England, a region's profile, its neighbours and organisations.

Only words and layout; every number comes from `s3geo.views`. Every text is escaped.
"""

from __future__ import annotations

import math
from html import escape
from typing import Any

import pandas as pd

from s3geo.views.bivariate import BivariateTable
from s3geo.views.class_table import ClassTable
from s3geo.views.overlay import KINDS
from s3geo.views.profile import ACTOR_LABELS, DIMENSION_LABELS, PEERS, Profile
from s3geo.views.ranking import ranks
from s3geo.views.wording import amount, counted, number, quantity, rank_label
from s3geo.workspace import GEOGRAPHIES, Workspace

__all__ = [
    "credit",
    "england",
    "highest_and_lowest",
    "legend_line",
    "nearest",
    "organisations",
    "profile_grid",
    "profile_head",
    "side_by_side",
    "source",
]


def england(table: ClassTable, direction: str) -> str:
    """Return England's value, and the five highest and lowest regions."""
    singular = GEOGRAPHIES[table.geography].singular
    value = escape(quantity(table.england, table.unit, table.decimals))
    return (
        f'<div class="s3"><h2>England</h2><p class="lead"><b>{value}</b>, {escape(table.title)}, '
        f"{escape(table.period)}</p>"
        f'<p class="muted">Choose a {escape(singular)} on the map or in the list to see what it is strong in, '
        f"who is near and who works there.</p>{highest_and_lowest(table, direction)}</div>"
    )


def highest_and_lowest(table: ClassTable, direction: str) -> str:
    """Return the five highest and the five lowest regions; all where there are few."""
    rows = table.rows[table.rows["value"].notna()].sort_values("value", ascending=False, kind="stable")
    rank = ranks(table.rows["value"], direction)

    def ranking(part: pd.DataFrame, title: str) -> str:
        lines = "".join(
            f'<tr><td class="num">{int(rank[str(code)])}</td><th scope="row">{escape(str(row["name"]))}</th>'
            f'<td class="num">{number(row["value"], table.decimals)}</td></tr>'
            for code, row in part.iterrows()
        )
        return (
            f'<h3>{title}</h3><table class="ranks"><thead><tr><th scope="col" class="num">Rank</th>'
            f'<th scope="col">Area</th><th scope="col" class="num">{escape(table.unit)}</th></tr></thead>'
            f"<tbody>{lines}</tbody></table>"
        )

    if len(rows) < 10:
        return ranking(rows, "From high to low")
    return ranking(rows.head(5), "Highest") + ranking(rows.tail(5), "Lowest")


def profile_head(profile: Profile, table: ClassTable, direction: str) -> str:
    """Return the name of the region and how it stands on the indicator shown."""
    row: dict[Any, Any] = table.rows.loc[profile.code].to_dict()
    n = int(table.rows["value"].notna().sum())
    rank = rank_label(float(ranks(table.rows["value"], direction)[profile.code]), n)
    (mine,) = profile.cells[profile.cells["indicator"] == table.indicator].to_dict("records") or [{}]
    # the profile is of the catalogue's period; another period shown carries no verdict
    verdict = f" · {mine['finding']}" if mine.get("period") == table.period else ""
    if math.isnan(row["value"]):
        facts = f"<b>{escape(str(row['label']).partition(': ')[2]).capitalize()}</b>"
    else:
        facts = (
            f"<b>{escape(quantity(row['value'], table.unit, table.decimals))}</b> · {rank} · "
            f"England {escape(quantity(table.england, table.unit, table.decimals))}{verdict}"
        )
    return (
        f'<div class="s3"><h2>{escape(profile.name)}</h2><p class="lead">{facts}<br>'
        f'<span class="muted">{escape(table.title)}, {escape(table.period)}{_age(mine) if mine else ""}</span>'
        "</p></div>"
    )


def profile_grid(profile: Profile) -> str:
    """Return the nine cells: the score and the first indicator of each, all of them on demand."""
    head = "".join(f'<th scope="col">{label}</th>' for label in DIMENSION_LABELS.values())
    body = "".join(
        f'<tr><th scope="row">{label}</th>'
        + "".join(_cell(profile, actor, dimension) for dimension in DIMENSION_LABELS)
        + "</tr>"
        for actor, label in ACTOR_LABELS.items()
    )
    return (
        f'<div class="s3"><table class="grid" aria-label="Profile of {escape(profile.name, quote=True)}: '
        f'actor by dimension">'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"
        '<p class="muted">Bold: score of the cell, 0 to 100, the mean of its indicators between the lowest and the '
        "highest area; the mark on the bar is England. Only given where two thirds of the indicators are there. A "
        f"score has no interval, so no verdict. Peers: the {PEERS} areas most alike.</p></div>"
    )


def _cell(profile: Profile, actor: str, dimension: str) -> str:
    cells = profile.cells
    mine = cells[(cells["actor"] == actor) & (cells["dimension"] == dimension)]
    where = f'data-cell="{actor}-{dimension}" data-dimension="{DIMENSION_LABELS[dimension]}"'
    if mine.empty:
        return f'<td {where}><span class="value none">No indicator for these areas</span></td>'
    first = mine.iloc[0]
    key = (actor, dimension)
    score: dict[Any, Any] | None = profile.scores.T[key].to_dict() if key in profile.scores.index else None
    sentence = f"<p>{escape(str(score['sentence']))}</p>" if score else ""
    rows = "".join(_opened(row) for row in mine.to_dict("records"))
    return (
        f'<td {where}>{_score(score) if score else ""}{_indicator(first)}<span class="facts">{_facts(first)}'
        f"</span><details><summary>{counted(len(mine), 'indicator')}</summary>{sentence}{rows}</details></td>"
    )


def _score(score: dict[Any, Any]) -> str:
    """Return the score of a cell beside England's; why there is none."""
    present = f"{int(score['n_present'])} of {int(score['n_indicators'])} indicators"
    if math.isnan(score["score"]):
        return f'<span class="facts none">{present}, too few for a score</span>'
    england = float(score["england"])
    mark = "" if math.isnan(england) else f'<u style="left:{england:.0f}%"></u>'
    return (
        f'<span class="score"><b>{number(score["score"], 0)}</b> England {number(england, 0)}</span>'
        f'<span class="bar" aria-hidden="true"><i style="width:{score["score"]:.0f}%"></i>{mark}</span>'
        f'<span class="facts">{rank_label(score["rank"], int(score["n"]))} · {present}</span>'
    )


def _opened(row: dict[Any, Any]) -> str:
    """Return all that is known of one indicator here."""
    head = f"<p><b>{escape(str(row['label']))}</b>, {escape(str(row['period']))}{_age(row)}<br>"
    unit, decimals = str(row["unit"]), int(row["decimals"])
    if math.isnan(row["value"]):
        lines = [str(row["text"])]
    else:
        place = f"{rank_label(row['rank'], row['n'])}; percentile {number(row['percentile'], 0)}"
        lines = [f"{quantity(row['value'], unit, decimals)}; {place}"]
    low, high, england = (amount(row[name], unit, decimals)[0] for name in ("peers_low", "peers_high", "england"))
    some = "" if row["n_peers"] == PEERS else f" ({row['n_peers']} of {PEERS})"
    lines.append(f"England {england}" + (f"; peers {low} to {high}{some}" if row["n_peers"] else ""))
    if not math.isnan(row["value"]):
        lines.append(str(row["finding"]))
    lines.extend(filter(None, [str(row["trend"])]))
    return head + "<br>".join(escape(line) for line in lines) + "</p>"


def legend_line(table: ClassTable | BivariateTable) -> str:
    """Return the legend of small maps that share their classes, in one line."""
    rows = "".join(
        f'<span class="key"><i style="background:{escape(row.fill, quote=True)}"></i>{escape(row.label)}</span>'
        for row in table.legend
        if row.fill.startswith("#")
    )
    return (
        f'<div class="s3"><p><b>{escape(table.title)}</b>, {escape(table.subtitle)}. {rows} '
        f'<span class="key"><i class="dots"></i>No data</span></p><p class="muted">{escape(table.method)}</p></div>'
    )


def credit(ws: Workspace, geography: str) -> str:
    """Return whose the boundaries and all figures are."""
    return escape(f"{ws.boundaries_label(geography)}. {ws.attribution(*ws.catalogue.index, geography=geography)}")


def _age(row: pd.Series | dict[Any, Any]) -> str:
    return ' <span class="tag">old</span>' if row["old"] else ""


def _facts(row: pd.Series) -> str:
    if math.isnan(row["value"]):
        return ""
    return f"{rank_label(row['rank'], row['n'])} · England {number(row['england'], row['decimals'])}"


def _indicator(row: pd.Series) -> str:
    what = (
        f'<span class="what" title="{escape(str(row["label"]), quote=True)}">{escape(str(row["short_label"]))}, '
        f"{escape(str(row['period']))}{_age(row)}</span>"
    )
    if math.isnan(row["value"]):
        return f'{what}<span class="value none">{escape(str(row["text"]))}</span>'
    figure, words = amount(row["value"], row["unit"], row["decimals"])
    return f'{what}<span class="value">{figure} <small>{escape(words)}</small></span>'


def side_by_side(*parts: str) -> str:
    """Return parts beside each other, one below the other where there is no room."""
    return f'<div class="beside">{"".join(parts)}</div>'


def nearest(table: pd.DataFrame, geography: str) -> str:
    """Return the nearest regions with distance and whether they adjoin."""
    lines = "".join(
        f'<tr><th scope="row">{escape(str(row["name"]))} {_touch(row)}</th>'
        f'<td class="num">{number(row["distance_km"], 0)} km</td></tr>'
        for _, row in table.iterrows()
    )
    return (
        f'<div class="s3" data-panel="nearest"><h3>Nearest {escape(GEOGRAPHIES[geography].singular)} areas</h3>'
        f"<table><tbody>{lines}</tbody></table>"
        f'<p class="muted">Straight line between postcode-weighted centres.</p></div>'
    )


def _touch(row: pd.Series) -> str:
    if row["overlaps"]:
        return '<span class="tag">shares districts</span>'
    return '<span class="tag">adjoins</span>' if row["adjoins"] else ""


def organisations(table: pd.DataFrame, within_km: float, counts: pd.Series) -> str:
    """Return the organisations in and around a region."""
    inside, around = table[table["inside"]], table[~table["inside"]]

    def lines(part: pd.DataFrame, most: int) -> str:
        shown = "".join(
            f'<tr><th scope="row">{escape(str(row["name"]))}<br><small>{KINDS[str(row["kind"])].one}'
            f"{_ref(row)}</small></th>"
            f'<td class="num">{"" if row["inside"] else number(row["distance_km"], 0) + " km"}</td></tr>'
            for _, row in part.head(most).iterrows()
        )
        rest = len(part) - most
        more = f'<p class="muted">and {rest} more</p>' if rest > 0 else ""
        return f"<table><tbody>{shown}</tbody></table>{more}"

    here = lines(inside, 6) if len(inside) else '<p class="muted">None registered inside.</p>'
    near = (
        f"<details><summary>{len(around)} more within {within_km:.0f} km</summary>{lines(around, 15)}</details>"
        if len(around)
        else ""
    )
    return (
        f'<div class="s3" data-panel="organisations"><h3>Universities and research organisations</h3>{here}{near}'
        f'<p class="muted">At their registered address; distance in a straight line from the border.</p>'
        f'<p class="muted">{_also(counts)}</p></div>'
    )


def _also(counts: pd.Series) -> str:
    """Say how many other organisations are known here."""
    words = {"nhs_trust": "NHS trusts", "company": "companies", "public": "public bodies", "other": "others"}
    named = [f"{number(counts[kind], 0)} {word}" for kind, word in words.items() if counts.get(kind, 0)]
    return f"Also known here, most from UKRI-funded projects up to May 2016: {', '.join(named)}." if named else ""


def _ref(row: pd.Series) -> str:
    return f", {number(row['ref_fte'], 0)} FTE in REF 2021" if pd.notna(row["ref_fte"]) and row["ref_fte"] else ""


def source(table: ClassTable | BivariateTable, caveat: str, layers: str = "") -> str:
    """Say what is shown, in which unit and period, from where, under which licence, on which boundaries."""
    history = (
        " Government core funding of LEPs ended on 31 March 2024; this is a historical geography."
        if table.geography == "lep"
        else ""
    )
    return (
        f'<div class="s3 source"><p><b>{escape(table.title)}</b>, {escape(table.subtitle)}. {escape(caveat)}</p>'
        f"<p>{escape(layers)}</p><p>Boundaries: {escape(table.boundaries)}.{history}</p>"
        f"<p>{escape(table.attribution)}</p></div>"
    )
