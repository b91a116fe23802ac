"""Every cache of the app, shared between sessions; what takes long is `shared`, and waits its turn."""

from __future__ import annotations

import gc
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache, partial
from importlib import import_module
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import pandas as pd

from s3geo import __version__
from s3geo.app import compare_panels, panels, sector_panels
from s3geo.app.partner_loaders import new_partners_of, partner_map
from s3geo.app.sharing import FILES, shared
from s3geo.app.static import asset, publish
from s3geo.errors import S3geoError
from s3geo.exports import (
    About,
    Asked,
    about,
    about_figures,
    briefing,
    briefing_file,
    bundle,
    chart_file,
    comparison_table,
    csvw,
    index_csv,
    map_file,
    maps_file,
    table_file,
    tabled,
)
from s3geo.exports import today as today_
from s3geo.exports.about import data_version
from s3geo.settings import settings
from s3geo.views import multiples
from s3geo.views.bivariate import BivariateTable
from s3geo.views.choropleth import RegionMap, bivariate_choropleth, choropleth, drawn
from s3geo.views.class_table import ClassTable
from s3geo.views.index import IndexTable, innovation_index, moving
from s3geo.views.linked import chart, listing
from s3geo.views.nearby import nearest_regions, organisation_counts, organisations
from s3geo.views.overlay import KINDS, districts, organisation_points, shared_projects, shown_at
from s3geo.views.profile import region_profile
from s3geo.views.recipe import Recipe
from s3geo.views.sectors import region_sectors, sector_table, tables_of, worded
from s3geo.views.spatial_pattern import pattern_table
from s3geo.views.strips import strips
from s3geo.views.successors import succession, successors
from s3geo.workspace import Workspace, bundled_workspace, open_workspace
from s3geo.workspace.kept import kept

__all__ = [
    "BESIDE",
    "TAKEN",
    "Taken",
    "beside",
    "briefing_taken",
    "comparison_taken",
    "csv_of_index",
    "england",
    "index_moves",
    "index_of",
    "maps_of_cells",
    "maps_over_time",
    "maps_taken",
    "overlays",
    "pattern_map",
    "readiness",
    "ready",
    "region_panel",
    "region_sectors_panel",
    "sector_map",
    "standing",
    "taken",
    "the_map",
    "today",
    "two_on_a_map",
    "warm",
    "workspace",
]


@dataclass(frozen=True)
class Taken:
    """A file that can be taken away: words of its button, suffix, sheet and dots per inch of a picture."""

    words: str
    suffix: str
    page: str = "portrait"
    dpi: int = 150


TAKEN: dict[str, Taken] = {
    "png": Taken("Map as PNG", "png"),
    "pdf": Taken("Map as PDF", "pdf", page="a4"),
    "csv": Taken("Figures as CSV", "csv"),
    "svg": Taken("Map as SVG", "svg"),
    "slide": Taken("Map for a slide (PNG)", "png", page="slide", dpi=192),
    "print": Taken("Map for print (PNG)", "png", dpi=300),
    "html": Taken("Map as a web page", "html"),
    "chart_png": Taken("Chart as PNG", "png"),
    "chart_svg": Taken("Chart as SVG", "svg"),
    "xlsx": Taken("Figures as XLSX", "xlsx"),
    "gpkg": Taken("Figures as GeoPackage", "gpkg"),
    "geojson": Taken("Figures as GeoJSON", "geojson"),
    "parquet": Taken("Figures as GeoParquet", "parquet"),
    "csvw": Taken("About the CSV (CSVW)", "json"),
    "zip": Taken("All of these (ZIP)", "zip"),
}
"""What Explore offers, the first `BESIDE` beside the map."""

BESIDE = 3

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


def ready() -> Exception | None:
    """Load what the first page needs: the server answers when it is there. Return what is wrong with it."""
    try:
        ws, error = workspace()
        _plain_map(ws, str(ws.catalogue.index[0]))
    except Exception as wrong:  # whatever it is, the server starts, and the page says it to whoever looks
        return wrong
    return error


def readiness() -> dict[str, str]:
    """Return whether the app has the figures it is meant to show: "ok", "degraded" or "failing", and what is wrong."""
    try:
        ws, error = workspace()
        said = {"status": "degraded" if error else "ok", "version": __version__, "data": data_version(ws)}
    except S3geoError as wrong:
        return {"status": "failing", "problem": str(wrong)}
    return {**said, "problem": str(error)} if error else said


def warm() -> None:
    """Load what the first change of indicator, click, picture and other page need, beside the first visitors."""
    with suppress(S3geoError):
        ws, _ = workspace()
        codes = [str(code) for code in ws.layer().index]
        shown = [str(i) for i in ws.catalogue.index if "lep" in ws.geographies_of(str(i))]
        steps: list[Callable[[], object]] = [
            partial(region_panel, ws, codes[0], "lep"),  # the first click: with it comes what all others share
            *(partial(_plain_map, ws, indicator) for indicator in shown),
            *(partial(call, ws, code, *more) for code in codes for call, *more in ((region_panel, "lep"), (today,))),
            partial(index_of, ws, Recipe()),  # from here on: of each other page what does not depend on what is asked
            partial(index_moves, ws, Recipe()),
            partial(partner_map, ws, new_partners_of(codes[0]), None),
            partial(standing, ws, (codes[0],), (), "lep"),
            partial(maps_of_cells, ws, "lep"),
            lambda: taken(ws, _plain_map(ws, shown[0]).table, "png", "", None, None, today_()),
            partial(import_module, "mapclassify"),  # a second and a half, paid here instead of at a click
        ]
        for step in steps:
            before = perf_counter()
            step()
            sleep(perf_counter() - before)  # visitors share the interpreter: half of it is theirs
        # What is loaded by now stays. Streamlit collects garbage after every run and would look at all of it again.
        gc.collect()
        gc.freeze()


def _plain_map(ws: Workspace, indicator: str) -> RegionMap:
    """Make ready all that the page shows of an indicator before anything is chosen."""
    period = str(ws.catalogue.at[indicator, "period"])
    m = the_map(ws, indicator, period, "lep", "quantiles", 5, None, "sequential", False)  # as the page asks for it
    direction = str(ws.catalogue.at[indicator, "direction"])
    if isinstance(m.table, ClassTable):
        beside(ws, m.table, direction)
        england(ws, m.table, direction)
    return m


@kept(256)
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


@kept(256)
def beside(_: Workspace, table: ClassTable, direction: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the chart and the rows that stand beside a map."""
    return chart(table), listing(table, direction)


@kept(256)
def england(_: Workspace, table: ClassTable, direction: str) -> str:
    """Return what the panel says where no region is chosen, as HTML."""
    return panels.england(table, direction)


@kept(64)
def two_on_a_map(ws: Workspace, x: str, y: str, period_x: str, geography: str) -> RegionMap:
    """Return a composed map of two indicators; the second in the catalogue's period."""
    return bivariate_choropleth(ws, x, y, period_x=period_x, geography=geography)


@kept(64)
def sector_map(ws: Workspace, sector: str, table: str, period: str, geography: str, scheme: str, k: int) -> RegionMap:
    """Return a composed map of the location quotients of a sector."""
    return drawn(ws, sector_table(ws, sector, table=table, period=period, geography=geography, scheme=scheme, k=k))


@shared(64)
def pattern_map(ws: Workspace, indicator: str, period: str, geography: str) -> RegionMap:
    """Return a composed map of the local clusters of an indicator."""
    return drawn(ws, pattern_table(ws, indicator, period, geography=geography))


@kept(512)
def region_sectors_panel(ws: Workspace, code: str, table: str, period: str, geography: str) -> str:
    """Return what the sectors of a region are, as HTML."""
    return sector_panels.strengths(region_sectors(ws, code, table=table, period=period, geography=geography), table)


@shared(64)
def standing(ws: Workspace, compared: tuple[str, ...], peers: tuple[str, ...], geography: str) -> str:
    """Return the scores of the regions compared, and where they stand among all, as HTML."""
    return compare_panels.scores(ws, compared, geography) + compare_panels.figures(
        strips(ws, compared, peers, geography)
    )


@shared(64)
def maps_over_time(ws: Workspace, indicator: str, geography: str) -> list[RegionMap]:
    """Return small maps of the periods of an indicator."""
    return multiples.maps_over_time(ws, indicator, geography=geography)


@kept(16)
def maps_of_cells(ws: Workspace, geography: str) -> list[RegionMap]:
    """Return small maps of the first indicator of each cell."""
    return multiples.maps_of_cells(ws, geography)


@kept(64)
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


@kept(1024)
def region_panel(ws: Workspace, code: str, geography: str) -> tuple[str, str, str]:
    """Return what a region's panel says whatever indicator is shown: grid, sectors, what is around."""
    found = organisations(ws, code, within_km=_NEAR_KM, kind=_RESEARCH, n=None, geography=geography)
    return (
        panels.profile_grid(region_profile(ws, code, geography)),
        _specialised(ws, code, geography),
        panels.side_by_side(
            panels.nearest(nearest_regions(ws, code, geography, n=6), geography),
            panels.organisations(found, _NEAR_KM, organisation_counts(ws, code, geography)),
        ),
    )


def _specialised(ws: Workspace, code: str, geography: str) -> str:
    """Return the sectors a region is specialised in; nothing where no intervals are known."""
    table = tables_of(geography)[0]
    found = region_sectors(ws, code, table=table, geography=geography)
    return sector_panels.most_specialised(found) if worded(table) else ""


@kept(64)
def today(ws: Workspace, code: str) -> tuple[str, list[tuple[str, str, str]]]:
    """Return who covers the area of a LEP now: a sentence, and the first bodies (code, geography, name)."""
    found = successors(ws, code).head(_OFFERED)
    bodies = [(str(body), str(row["geography"]), str(row["name"])) for body, row in found.iterrows()]
    return succession(ws, code), bodies


@shared(64, FILES)
def taken(
    ws: Workspace,
    shown: ClassTable | BivariateTable,
    kind: str,
    name: str,
    region: str | None,
    link: str | None,
    day: date,
) -> bytes:
    """Return what is shown as a file of one of the kinds of `TAKEN`; `name` is that of the CSV of the figures."""
    said, suffix = about(ws, shown, permalink=link, made=day), TAKEN[kind].suffix
    asked = Asked((region,) if region else (), TAKEN[kind].page, TAKEN[kind].dpi)
    if kind == "csvw":
        table = tabled(ws, [shown], said)
        return csvw(table, name, said).encode()
    if kind == "zip":
        return bundle(ws, [shown], said, asked)
    return (chart_file if kind.startswith("chart") else map_file)(ws, shown, suffix, said, asked)


@shared(64, FILES)
def briefing_taken(
    ws: Workspace, code: str, geography: str, indicator: str, suffix: str, link: str | None, day: date
) -> bytes:
    """Return the briefing of a region, its map of the indicator shown."""
    return briefing_file(briefing(ws, code, geography, indicator=indicator, permalink=link, made=day), suffix)


@shared(16, FILES)
def maps_taken(
    ws: Workspace,
    shown: tuple[ClassTable | BivariateTable, ...],
    suffix: str,
    outlined: tuple[str, ...],
    link: str | None,
    day: date,
) -> bytes:
    """Return small maps as one file."""
    said = about(ws, shown, permalink=link, made=day)
    return maps_file(ws, shown, suffix, said, Asked(outlined))


@shared(16, FILES)
def comparison_taken(
    ws: Workspace, codes: tuple[str, ...], geography: str, headline: bool, suffix: str, link: str | None, day: date
) -> bytes:
    """Return areas side by side as a table."""
    indicators = [str(i) for i in ws.catalogue.index if geography in ws.geographies_of(str(i))]
    title = f"{', '.join(ws.names(geography)[list(codes)])} compared"
    said: About = about_figures(ws, title, indicators, geography, permalink=link, made=day)
    return table_file(comparison_table(ws, codes, geography, headline=headline, said=said), suffix, said)


@shared(64)
def index_of(ws: Workspace, recipe: Recipe) -> IndexTable:
    """Return an index with its intervals."""
    return innovation_index(ws, recipe)


@shared(64)
def index_moves(ws: Workspace, recipe: Recipe) -> pd.DataFrame:
    """Return which assumption moves which region of an index."""
    return moving(ws, recipe)


@shared(16, FILES)
def csv_of_index(ws: Workspace, recipe: Recipe) -> bytes:
    """Return all steps of an index as CSV with a byte-order mark."""
    return index_csv(ws, index_of(ws, recipe)).encode("utf-8-sig")
