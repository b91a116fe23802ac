"""What the Partners page says of organisations, as HTML: those around a place, and one with its network.

Only words and layout; every number comes from `s3geo.views`. Every text is escaped.
"""

from __future__ import annotations

import math
from html import escape
from typing import Any

import pandas as pd

from s3geo.model.evidence import LINK_SOURCES
from s3geo.views.organisation_profile import OrganisationProfile, kind_of
from s3geo.views.wording import counted, number

__all__ = ["around", "head", "likely", "network"]

_MOST = 60


def around(found: pd.DataFrame, where: str, within_km: float, unplaced: int | None) -> str:
    """Return the organisations around a place, with what they do together with others."""
    left_out = (
        f" {counted(unplaced, 'organisation')} of these kinds in it, known by district only, left out."
        if unplaced
        else ""
    )
    if found.empty:
        return f"<p>No address of these kinds is known within {within_km:.0f} km of {escape(where)}.{left_out}</p>"
    lines = "".join(
        f'<tr data-at="{i}" data-id="{escape(str(id_), quote=True)}"><th scope="row">{escape(str(row["name"]))}<br>'
        f"<small>{escape(kind_of(str(row['kind'])))}</small></th>"
        f'<td class="num" data-key="{row["distance_km"]:.3f}">{_far(row)}</td>'
        f'<td class="num" data-key="{_key(row["ref_fte"])}">{_figure(row["ref_fte"], 0)}</td>'
        f'<td class="num" data-key="{_key(row["ref_4star_share"])}">{_figure(row["ref_4star_share"], 0)}</td>'
        f'<td class="num" data-key="{row["projects"]}">{row["projects"]}</td>'
        f'<td class="num" data-key="{row["partners"]}">{row["partners"]}</td>'
        f'<td class="num" data-key="{row["partners_here"]}">{row["partners_here"]}</td></tr>'
        for i, (id_, row) in enumerate(_rows(found.head(_MOST)))
    )
    heads = "".join(
        f'<th scope="col" class="num"><button class="sort" type="button">{words}</button></th>'
        for words in ("Distance", "Staff in REF 2021", "4* work, %", "Projects", "Partners", "Partners in this list")
    )
    rest = (
        f"<p class=muted>The first {_MOST} of {len(found)}; the table to take away has all.</p>"
        if len(found) > _MOST
        else ""
    )
    return (
        f"<p>{counted(len(found), 'organisation')} with a known address in or within {within_km:.0f} km of "
        f"{escape(where)}, in a straight line.{left_out} Projects: {escape(LINK_SOURCES['h2020'].label)}.</p>"
        f'<div class="wide" tabindex="0" role="region" aria-label="Organisations around {escape(where, quote=True)}">'
        f'<table class="sortable"><thead><tr><th scope="col">Organisation</th>{heads}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>{rest}"
    )


def head(profile: OrganisationProfile) -> str:
    """Return name, kind, place, research and projects of an organisation."""
    where = " and ".join(profile.regions.values()) or "no area of England known"
    district = f"{escape(profile.district)}, " if profile.district else ""
    ref = (
        f"<b>{number(profile.ref_fte, 0)}</b> full-time equivalent staff in REF 2021, "
        f"<b>{number(profile.ref_4star_share, 0)} %</b> of its work judged 4*. "
        if not math.isnan(profile.ref_fte) and profile.ref_fte > 0
        else "No submission to REF 2021 known. "
    )
    source = LINK_SOURCES["h2020"]
    return (
        f'<div class="s3" data-panel="organisation"><h2>{escape(profile.name)}</h2>'
        f'<p class="lead">{escape(kind_of(profile.kind))}, {district}{escape(where)}</p>'
        f"<p>{ref}<b>{profile.projects}</b> {escape(source.label)} ({escape(source.period)}) with "
        f"<b>{len(profile.partners) + profile.unnamed}</b> partners, {profile.unnamed} of them not named by the "
        "source.</p>"
        "</div>"
    )


def network(profile: OrganisationProfile, svg: str) -> str:
    """Return the network of an organisation as a picture and as a table."""
    if profile.partners.empty:
        return "<p>No joint project with a named organisation is known.</p>"
    lines = "".join(
        f'<tr><th scope="row">{escape(str(row["name"]))}</th><td>{escape(kind_of(str(row["kind"])))}</td>'
        f"<td>{row['links']}</td></tr>"
        for _, row in _rows(profile.partners.head(20))
    )
    source = LINK_SOURCES["h2020"]
    return (
        f"<figure><h3>Whom it works with: {escape(source.label)}, {escape(source.period)}</h3>"
        f'<div class=wide tabindex=0 role=region aria-label="Network">{svg}</div>'
        f"<figcaption>In brackets and as width: joint projects. Grey lines: projects among them. Source: CORDIS."
        f"</figcaption></figure><details><summary>The same as a table</summary><table><thead><tr>"
        f'<th scope="col">Partner</th><th scope="col">Kind</th><th scope="col">Joint projects</th></tr></thead>'
        f"<tbody>{lines}</tbody></table></details>"
    )


def likely(found: pd.DataFrame, name: str, trust: str) -> str:
    """Return whom an organisation has not worked with yet and is likely to, with how far that can be trusted."""
    lines = "".join(
        f'<li data-id="{escape(str(id_), quote=True)}"><h3>{int(row["rank"])}. {escape(str(row["name"]))}</h3>'
        f'<p class="facts"><b>Score {number(row["score"], 0)}</b> · {escape(kind_of(str(row["kind"])))}</p>'
        f"<p>{escape(str(row['reason']))}</p></li>"
        for id_, row in _rows(found)
    )
    return (
        f'<div class="s3"><h3>Likely new partners</h3><p class="muted">{escape(trust)} It says who is often a '
        "partner in funded projects, not who would be the best one.</p>"
        f'<ol class="cards" aria-label="Likely new partners of {escape(name, quote=True)}">{lines}</ol></div>'
    )


def _rows(table: pd.DataFrame) -> list[tuple[Any, dict[Any, Any]]]:
    return list(table.to_dict("index").items())


def _figure(value: float, decimals: int) -> str:
    return "–" if math.isnan(value) else number(value, decimals)


def _key(value: float) -> str:
    return "-1" if math.isnan(value) else f"{value:.3f}"


def _far(row: dict[Any, Any]) -> str:
    km = row["distance_km"]
    return "inside" if row["inside"] else f"{number(km, 0 if km >= 1 else 1)} km"
