"""An organisation at a glance, and those around a place: research, joint projects, and with whom."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd

from s3geo.model.evidence import LINK_SOURCES
from s3geo.model.provenance import attribution
from s3geo.views.nearby import organisations
from s3geo.views.organisation_partners import organisation_links, resolved
from s3geo.views.overlay import KINDS
from s3geo.views.wording import counted
from s3geo.workspace import Workspace

__all__ = [
    "ORDERS",
    "OrganisationProfile",
    "ego_network",
    "kind_of",
    "known_organisations",
    "organisation_profile",
    "organisations_around",
    "organisations_credit",
    "unplaced",
]

ORDERS = {"near": "Nearest", "projects": "Most projects", "connected": "Most partners in the area"}
"""Ways to order the organisations around a place."""
_DRAWN = 12
_SOURCES = ("ref2021", "learning_providers", "postcodes", "cordis_h2020", "gtr", "nhs_ods", "waifinder")


@dataclass(frozen=True)
class OrganisationProfile:
    """What is known of an organisation.

    Attributes
    ----------
    id, name, kind : str
    district : str
        Name of the district it is registered in; "" if not known.
    regions : dict of str to str
        Codes and names of the LEP areas it lies in.
    ref_fte, ref_4star_share : float
        Staff submitted to REF 2021 (full-time equivalents), and the share of its work judged 4* (%); NaN if none.
    projects : int
        Horizon 2020 projects it takes part in.
    partners : DataFrame
        Index id; name, kind, links (joint projects), most first: those that have a name.
    unnamed : int
        Partners that the source does not name.
    """

    id: str
    name: str
    kind: str
    district: str
    regions: dict[str, str]
    ref_fte: float
    ref_4star_share: float
    projects: int
    partners: pd.DataFrame
    unnamed: int


def known_organisations(ws: Workspace) -> pd.Series:
    """Return the names of the organisations of England that have joint projects, universities and Catapults too.

    Returns
    -------
    Series of str
        Index id, in the order of the names.
    """
    table, graph = ws.organisations, organisation_links(ws).graph
    linked = pd.Series(graph.partners, graph.organisations).reindex(table.index).fillna(0) > 0
    shown = table[(linked | table["kind"].isin(["university", "catapult"])) & (table["precision"] != "outside")]
    return shown["name"].sort_values()


def organisation_profile(ws: Workspace, given: str) -> OrganisationProfile:
    """Return what is known of an organisation.

    Parameters
    ----------
    ws : Workspace
    given : str
        Index of ``ws.organisations``, or any of its source ids.

    Returns
    -------
    OrganisationProfile

    Raises
    ------
    NotFound
        No such organisation.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> found = organisation_profile(open_workspace(), "ukprn:10007798")
    >>> found.name, list(found.regions.values())
    ('University of Manchester', ['Greater Manchester'])
    """
    own = resolved(ws, given)
    row = ws.organisations.loc[own].to_dict()
    graph = organisation_links(ws).graph
    at = graph.rows([own])
    joint = pd.Series(graph.joint[at].toarray()[0], graph.organisations)
    joint = joint[joint > 0].astype(int).rename("links")
    partners = ws.organisations[["name", "kind"]].join(joint, how="inner")
    membership = ws.membership
    mine = membership[(membership["geography"] == "lep") & (membership["district"] == row["district"])]["region"]
    names, districts = ws.names("lep"), ws.names("lad")
    return OrganisationProfile(
        id=own,
        name=str(row["name"]),
        kind=str(row["kind"]),
        district=str(districts.get(row["district"], "")),
        regions={str(code): str(names[code]) for code in mine if code in names.index},
        ref_fte=float(row["ref_fte"] or math.nan),
        ref_4star_share=float(row["ref_4star_share"]),
        projects=int(graph.projects[at][0]),
        partners=partners.sort_values(["links", "name"], ascending=[False, True], kind="stable").rename_axis("id"),
        unnamed=len(joint) - len(partners),
    )


def organisations_around(
    ws: Workspace,
    near: str | tuple[float, float],
    *,
    within_km: float = 25,
    kind: list[str] | None = None,
    order: str = "near",
    geography: str = "lep",
) -> pd.DataFrame:
    """Return the organisations around a region, a postcode or a point, with what they do together with others.

    Parameters
    ----------
    ws : Workspace
    near, within_km, kind, geography
        See `s3geo.organisations`.
    order : {"near", "projects", "connected"}
        "near": inside first, then nearest; "projects": most Horizon 2020 projects; "connected": most partners among
        the organisations of the list.

    Returns
    -------
    DataFrame
        Index id; the columns of `s3geo.organisations`, and projects, partners (Horizon 2020, of all organisations),
        partners_here (of the list).
    """
    found = organisations(ws, near, within_km=within_km, kind=kind, n=None, geography=geography)
    graph = organisation_links(ws).graph
    at = graph.organisations.get_indexer(found.index)
    linked = graph.linked[at]
    here = np.asarray(linked[:, at].sum(axis=1)).ravel() if len(at) else np.zeros(0)
    found = found.assign(
        projects=graph.projects[at].astype(int), partners=graph.partners[at].astype(int), partners_here=here.astype(int)
    )
    by = {"near": [], "projects": ["projects"], "connected": ["partners_here", "partners"]}[order]
    return found.sort_values(by, ascending=False, kind="stable") if by else found


def unplaced(ws: Workspace, code: str, kind: list[str], geography: str = "lep") -> int:
    """Count the organisations of these kinds in a region that are known by their district only."""
    table = ws.organisations
    here = table["district"].isin(ws.districts(code, geography)) & table["kind"].isin(kind)
    return int((here & table["easting"].isna()).sum())


def ego_network(ws: Workspace, profile: OrganisationProfile) -> str:
    """Draw the organisation with its main partners and the joint projects among them, as SVG.

    The wider a line, the more joint projects. What it shows stands in words as its description, and in a table beside.
    """
    shown = profile.partners.head(_DRAWN)
    source = LINK_SOURCES["h2020"]
    said = f"{profile.name} and the {len(shown)} named organisations it has most {source.label} with: " + ", ".join(
        f"{name} ({counted(int(links), 'project')})" for name, links in zip(shown["name"], shown["links"], strict=True)
    )
    width, height, cx, cy, radius = 640, 400, 320, 200, 140
    angles = 2 * np.pi * (np.arange(len(shown)) + 0.5) / max(len(shown), 1) - np.pi / 2
    x, y = cx + radius * 1.25 * np.cos(angles), cy + radius * np.sin(angles)
    graph = organisation_links(ws).graph
    at = graph.organisations.get_indexer(shown.index)
    among = graph.joint[at][:, at].toarray() if len(at) else np.zeros((0, 0))
    most = float(shown["links"].max()) if len(shown) else 1.0
    lines = "".join(
        f'<line class="among" x1="{x[i]:.0f}" y1="{y[i]:.0f}" x2="{x[j]:.0f}" y2="{y[j]:.0f}" '
        f'stroke-width="{0.5 + 2.5 * min(among[i, j] / most, 1):.1f}"/>'
        for i in range(len(shown))
        for j in range(i)
        if among[i, j] > 0
    )
    lines += "".join(
        f'<line class="own" x1="{cx}" y1="{cy}" x2="{x[i]:.0f}" y2="{y[i]:.0f}" stroke-width="{1 + 5 * n / most:.1f}"/>'
        for i, n in enumerate(shown["links"])
    )
    dots = "".join(
        f'<circle class="node" cx="{x[i]:.0f}" cy="{y[i]:.0f}" r="7"/>'
        f'<text x="{x[i] + (11 if np.cos(angles[i]) >= 0 else -11):.0f}" y="{y[i] + 4:.0f}" '
        f'text-anchor="{"start" if np.cos(angles[i]) >= 0 else "end"}">{escape(_short(str(name)))} ({links})</text>'
        for i, (name, links) in enumerate(zip(shown["name"], shown["links"], strict=True))
    )
    return (
        f'<svg class="ego" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(said, quote=True)}">'
        f'<title>{escape(said)}</title>{lines}<circle class="self" cx="{cx}" cy="{cy}" r="11"/>{dots}</svg>'
    )


def _short(name: str, most: int = 26) -> str:
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"


def organisations_credit(ws: Workspace) -> str:
    """Return whose the names, places, research figures and joint projects of organisations are."""
    return attribution([ws.entries.source[source] for source in _SOURCES])


def kind_of(kind: str) -> str:
    """Return what one organisation of a kind is called."""
    return KINDS[kind].one if kind in KINDS else kind
