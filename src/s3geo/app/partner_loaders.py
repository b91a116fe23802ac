"""The caches of the Partners page; all shared between sessions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from s3geo.app import organisation_panels
from s3geo.app.fields import EVERY
from s3geo.app.sharing import FILES, shared
from s3geo.exports import Asked, about_partners, map_file, partners_credit, partners_table, table_file
from s3geo.model.evidence import SECTOR_TABLES
from s3geo.views import organisation_profile
from s3geo.views.choropleth import RegionMap, drawn
from s3geo.views.organisation_partners import organisation_partners
from s3geo.views.partner_map import partner_arcs, partner_table
from s3geo.views.partners import PRESETS, TABLES, partners, strengths
from s3geo.views.trust import trust_line
from s3geo.workspace import Workspace
from s3geo.workspace.kept import kept

_UNTESTED = "Without a joint project known, this list says little more than who is busiest; it was not tested for such."

__all__ = [
    "PartnersAsked",
    "around",
    "around_taken",
    "known_organisations",
    "new_partners_of",
    "organisation",
    "partner_map",
    "partners_of",
    "partners_picture",
    "partners_taken",
    "unplaced",
]


@dataclass(frozen=True)
class PartnersAsked:
    """Whose partners, and what is asked of them; `within` 0 is any distance."""

    code: str
    geography: str
    weights: tuple[float, float, float, float]
    within: int
    target: str | None
    counted: str
    actor: str
    dimension: str


def new_partners_of(code: str) -> PartnersAsked:
    """Return what is asked of a LEP's partners where nothing else is chosen."""
    return PartnersAsked(code, "lep", PRESETS["new"].weights, 0, None, TABLES[0], EVERY, EVERY)


@shared(256)
def partners_of(ws: Workspace, asked: PartnersAsked, n: int | None) -> pd.DataFrame:
    """Return the first partners of a region; None for all, those without enough data last."""
    if n is not None:
        every = partners_of(ws, asked, None)
        return every[every["rank"].notna()].head(n)
    return partners(
        ws,
        asked.code,
        asked.weights,
        asked.within or None,
        None,
        geography=asked.geography,
        target=asked.target,
        actor=asked.actor,
        dimension=asked.dimension,
        table=asked.counted,
    )


@shared(128)
def partner_map(ws: Workspace, asked: PartnersAsked, n: int | None) -> tuple[RegionMap, dict[str, Any]]:
    """Return the map of the partners shown, with its arcs."""
    shown = partners_of(ws, asked, n).query("rank == rank")
    every = partners_of(ws, replace(asked, within=0), None)
    words = f"{SECTOR_TABLES[asked.counted].label}, {strengths(ws, asked.counted, asked.geography).period}"
    credit = partners_credit(ws, asked.counted, asked.geography)
    table = partner_table(ws, asked.code, every, shown, geography=asked.geography, words=words, credit=credit)
    return drawn(ws, table), {"arcs": {"content": partner_arcs(ws, asked.code, shown, asked.geography)}}


@shared(4)
def known_organisations(ws: Workspace) -> dict[str, str]:
    """Return the organisations that can be looked at, by id."""
    return {str(id_): str(name) for id_, name in organisation_profile.known_organisations(ws).items()}


@shared(128)
def around(
    ws: Workspace, near: str, within_km: float, kinds: tuple[str, ...], order: str, geography: str
) -> pd.DataFrame:
    """Return the organisations around a region or a postcode."""
    return organisation_profile.organisations_around(
        ws, near, within_km=within_km, kind=list(kinds), order=order, geography=geography
    )


@kept(128)
def unplaced(ws: Workspace, code: str, kinds: tuple[str, ...], geography: str) -> int:
    """Return how many organisations of a region are known by their district only."""
    return organisation_profile.unplaced(ws, code, list(kinds), geography)


@shared(128)
def organisation(ws: Workspace, id_: str) -> tuple[str, str, str]:
    """Return an organisation at a glance, its network, and whom it could work with next, as HTML."""
    found = organisation_profile.organisation_profile(ws, id_)
    likely = organisation_partners(ws, id_, n=10, new=True)
    return (
        organisation_panels.head(found),
        organisation_panels.network(found, organisation_profile.ego_network(ws, found)),
        organisation_panels.likely(likely, found.name, trust_line(ws) if found.projects else _UNTESTED),
    )


@shared(32, FILES)
def around_taken(
    ws: Workspace, near: str, within_km: float, kinds: tuple[str, ...], order: str, geography: str, suffix: str
) -> bytes:
    """Return the organisations around a place as a table."""
    found = around(ws, near, within_km, kinds, order, geography).rename_axis("id").reset_index()
    return table_file(
        found.assign(near=near, within_km=within_km, credit=organisation_profile.organisations_credit(ws)), suffix
    )


@shared(32, FILES)
def partners_picture(
    ws: Workspace, asked: PartnersAsked, n: int | None, suffix: str, link: str | None, day: date
) -> bytes:
    """Return the map of the partners shown as a picture."""
    table = partner_map(ws, asked, n)[0].table
    said = about_partners(ws, table.title, asked.counted, asked.geography, permalink=link, made=day)
    return map_file(ws, table, suffix, said, Asked((asked.code,)))


@shared(32, FILES)
def partners_taken(ws: Workspace, asked: PartnersAsked, suffix: str, link: str | None, day: date) -> bytes:
    """Return all partners of a region as a table."""
    title = f"Partners of {ws.names(asked.geography)[asked.code]}"
    said = about_partners(ws, title, asked.counted, asked.geography, permalink=link, made=day)
    found = partners_table(ws, asked.code, partners_of(ws, asked, None), asked.geography, said)
    return table_file(found, suffix, said)
