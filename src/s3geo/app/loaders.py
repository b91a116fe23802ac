"""Every cache of the app, in one place; all shared between sessions."""

from __future__ import annotations

import gc
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from s3geo.app import panels, sector_panels
from s3geo.app.static import asset, publish
from s3geo.errors import S3geoError
from s3geo.exports import figures_csv, static_map
from s3geo.settings import settings
from s3geo.views import multiples
from s3geo.views.bivariate import BivariateTable
from s3geo.views.choropleth import RegionMap, bivariate_choropleth, choropleth, drawn
from s3geo.views.class_table import ClassTable
from s3geo.views.linked import chart, listing
from s3geo.views.methods import MethodSection, methods_text
from s3geo.views.nearby import nearest_regions, organisation_counts, organisations
from s3geo.views.overlay import KINDS, districts, organisation_points, shared_projects, shown_at
from s3geo.views.profile import region_profile
from s3geo.views.sectors import region_sectors, sector_table, tables_of, worded
from s3geo.views.successors import succession, successors
from s3geo.workspace import Workspace, bundled_workspace, open_workspace

__all__ = [
    "beside",
    "csv",
    "maps_of_cells",
    "maps_over_time",
    "methods",
    "overlays",
    "picture",
    "region_panel",
    "region_sectors_panel",
    "sector_map",
    "the_map",
    "today",
    "two_on_a_map",
    "warm",
    "workspace",
]


_NEAR_KM = 25.0
_OFFERED = 3
_RESEARCH = ["university", "catapult", "research_organisation"]


def workspace() -> tuple[Workspace, S3geoError | None]:
    """Return the workspace of this server, and what is wrong with the user's own where the bundle stands in."""
    return _checked(settings().workspace)


@lru_cache(maxsize=2)
def _checked(path: Path | None) -> tuple[Workspace, S3geoError | None]:
    try:
        ws = open_workspace(path)
        ws.check()
    except S3geoError as error:
        if path is None:
            raise
        return bundled_workspace(), error
    return ws, None


def warm() -> None:
    """Load what the first visit, the first click and the first picture need."""
    try:
        ws, _ = workspace()
        for indicator in ws.catalogue.index:
            if "lep" in ws.geographies_of(str(indicator)):
                period = str(ws.catalogue.at[indicator, "period"])
                m = the_map(ws, str(indicator), period, "lep", "quantiles", 5, None, "sequential", False)
                beside(m.table, str(ws.catalogue.at[indicator, "direction"]))
        for code in ws.layer().index:
            region_panel(ws, str(code), "lep")
            today(ws, str(code))
        picture(ws, m.table, "png", None)
        import mapclassify  # noqa: F401 -- a second and a half, paid here instead of at a click

        # What is loaded by now stays. Streamlit collects garbage after every run and would look at all of it again.
        gc.collect()
        gc.freeze()
    except S3geoError:
        return  # the page says it, to whoever looks


@lru_cache(maxsize=256)
def the_map(
    ws: Workspace,
    indicator: str,
    period: str,
    geography: str,
    scheme: str,
    k: int,
    upper: tuple[float, ...] | None = None,
    palette: str = "sequential",
    fixed: bool = False,
) -> RegionMap:
    """Return a composed map; nothing is selected on it, the selection travels beside it."""
    return choropleth(
        ws, indicator, period, geography=geography, scheme=scheme, k=k, upper=upper, palette=palette, fixed=fixed
    )


@lru_cache(maxsize=256)
def beside(table: ClassTable, direction: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the chart and the rows that stand beside a map."""
    return chart(table), listing(table, direction)


@lru_cache(maxsize=64)
def two_on_a_map(ws: Workspace, x: str, y: str, period_x: str, geography: str) -> RegionMap:
    """Return a composed map of two indicators; the second in the catalogue's period."""
    return bivariate_choropleth(ws, x, y, period_x=period_x, geography=geography)


@lru_cache(maxsize=64)
def sector_map(ws: Workspace, sector: str, table: str, period: str, geography: str, scheme: str, k: int) -> RegionMap:
    """Return a composed map of the location quotients of a sector."""
    found = sector_table(ws, sector, table=table, period=period, geography=geography, scheme=scheme, k=k)
    return drawn(ws, found)


@lru_cache(maxsize=512)
def region_sectors_panel(ws: Workspace, code: str, table: str, period: str, geography: str) -> str:
    """Return what the sectors of a region are, as HTML."""
    return sector_panels.strengths(region_sectors(ws, code, table=table, period=period, geography=geography), table)


@lru_cache(maxsize=64)
def maps_over_time(ws: Workspace, indicator: str, geography: str) -> list[RegionMap]:
    """Return small maps of the periods of an indicator."""
    return multiples.maps_over_time(ws, indicator, geography=geography)


@lru_cache(maxsize=16)
def maps_of_cells(ws: Workspace, geography: str) -> list[RegionMap]:
    """Return small maps of the first indicator of each cell."""
    return multiples.maps_of_cells(ws, geography)


@lru_cache(maxsize=64)
def overlays(ws: Workspace, geography: str, layers: tuple[str, ...], marked: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return what ``overlays.js`` needs for the layers that are on: addresses of files, and words."""
    found: dict[str, Any] = {}
    if marked:
        found["marks"] = {"at": shown_at(ws, geography, marked), "words": "specialised"}
    if kinds := [kind for kind in KINDS if kind in layers]:
        found["points"] = {
            "url": publish(organisation_points(ws)),
            "module": asset("supercluster.js"),
            "kinds": {kind: asdict(KINDS[kind]) for kind in kinds},
        }
    if "districts" in layers and geography != "lad":
        found["districts"] = {"url": publish(districts(ws, geography))}
    if "projects" in layers:
        found["arcs"] = {"url": publish(shared_projects(ws, geography))}
    if "base" in layers:
        tiles = settings()
        found["base"] = {"url": tiles.tiles, "credit": tiles.tiles_credit, "credit_url": tiles.tiles_credit_url}
    return found


@lru_cache(maxsize=1024)
def region_panel(ws: Workspace, code: str, geography: str) -> tuple[str, str, str, str]:
    """Return what a region's panel says whatever indicator is shown: grid, sectors, nearest regions, organisations."""
    found = organisations(ws, code, within_km=_NEAR_KM, kind=_RESEARCH, n=None, geography=geography)
    return (
        panels.profile_grid(region_profile(ws, code, geography)),
        _specialised(ws, code, geography),
        panels.nearest(nearest_regions(ws, code, geography, n=6), geography),
        panels.organisations(found, _NEAR_KM, organisation_counts(ws, code, geography)),
    )


def _specialised(ws: Workspace, code: str, geography: str) -> str:
    """Return the sectors a region is specialised in; nothing where no intervals are known."""
    table = tables_of(geography)[0]
    if not worded(table):
        return ""
    return sector_panels.most_specialised(region_sectors(ws, code, table=table, geography=geography))


@lru_cache(maxsize=64)
def today(ws: Workspace, code: str) -> tuple[str, list[tuple[str, str, str]]]:
    """Return who covers the area of a LEP now: a sentence, and the first bodies (code, geography, name)."""
    found = successors(ws, code).head(_OFFERED)
    bodies = [(str(body), str(row["geography"]), str(row["name"])) for body, row in found.iterrows()]
    return succession(ws, code), bodies


@lru_cache(maxsize=64)
def picture(ws: Workspace, shown: ClassTable | BivariateTable, suffix: str, region: str | None) -> bytes:
    """Return the map as a picture."""
    return static_map(ws, shown, suffix, selected=[region] if region else [])


@lru_cache(maxsize=64)
def csv(ws: Workspace, shown: ClassTable | BivariateTable) -> bytes:
    """Return the figures as CSV with a byte-order mark, which spreadsheets need."""
    return figures_csv(ws, shown).encode("utf-8-sig")


@lru_cache(maxsize=1)
def methods() -> tuple[str, list[MethodSection]]:
    """Return the text of the methods in its sections."""
    return methods_text()
