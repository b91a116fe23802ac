"""Explore: the map of England left, what it says right, every region below."""

from __future__ import annotations

from functools import partial
from html import escape

import streamlit as st

from s3geo.app import loaders, panels, pattern_panels, sector_panels
from s3geo.app.briefing_away import briefing_away
from s3geo.app.choosing import listed, which
from s3geo.app.component import show_chart, show_copy_link, show_map, show_rows, show_timeline
from s3geo.app.controls import controls
from s3geo.app.embedding import embedded, framed_map
from s3geo.app.fields import View
from s3geo.app.frame import away, errors_told, workspace
from s3geo.app.listening import listen
from s3geo.app.markdown import plain
from s3geo.app.state import (
    again,
    choose_region,
    current,
    notices,
    permalink,
    show,
    touched,
    write_url,
)
from s3geo.errors import DataError, NotFound, UsageError
from s3geo.exports import today
from s3geo.model.evidence import LINK_SOURCES, SECTOR_TABLES
from s3geo.tables.names import LONGEST
from s3geo.views.bivariate import BivariateTable
from s3geo.views.choropleth import RegionMap
from s3geo.views.class_table import ClassTable
from s3geo.views.comparison import MOST_COMPARED
from s3geo.views.overlay import KINDS
from s3geo.views.profile import region_profile
from s3geo.views.sectors import SectorTable
from s3geo.views.spatial_pattern import PatternTable
from s3geo.views.wording import counted
from s3geo.workspace import GEOGRAPHIES, Workspace


def page() -> None:
    ws = workspace()
    view = current(ws)
    st.session_state["_shown"] = {}  # buttons of the last run keep what they were drawn beside
    if embedded():
        framed_map(ws, view, *_map(ws, view))
        return
    top = st.container()
    left, right = st.columns([11, 12], gap="medium")
    sectors = view.mode == "sectors"
    m, refused = _map(ws, view)
    first = m.table.x if isinstance(m.table, BivariateTable) else m.table
    marked = tuple(first.specialised) if isinstance(first, SectorTable) else ()
    # the map is what a change of indicator waits for, and is sent first; a click runs the panel alone
    with left:
        title = f"Map of England by {GEOGRAPHIES[view.geography].singular}: {m.table.title}, {m.table.subtitle}"
        show_map(m, key="map", title=title, overlays=loaders.overlays(ws, view.geography, view.layers, marked))
    with right:
        _beside(ws, view, first)
    with top:
        controls(ws, view)
        for sentence in (*_ignored(), *refused):
            st.info(sentence)
    with left:
        if sectors:
            show_timeline(view.years, view.year)
        elif len(view.periods) > 1:
            show_timeline(view.periods, view.period)
        _take_away(ws, view, m)
    _every_region(ws, view, first)
    caveat = SECTOR_TABLES[view.table].caveat if sectors else str(ws.catalogue.at[view.indicator, "caveat"])
    st.html(panels.source(m.table, caveat, _layer_notes(view)))
    st.page_link(st.session_state["_data"], label="How this figure is made, and where it comes from")


@st.fragment
def _beside(ws: Workspace, view: View, table: ClassTable) -> None:
    """Hear what is chosen and say what it is: all that runs when a region is chosen."""
    view = again(ws, view)
    st.session_state["_shown"].update(region=view.region, link=permalink(view))
    listen(view, str(table.rows["label"][view.region]) if view.region else "England, no area chosen")
    try:
        with errors_told():
            _panel(ws, view, table)
    finally:
        write_url(ws, view)  # last, for the browser takes longer over its address than over what was asked for


def _map(ws: Workspace, view: View) -> tuple[RegionMap, list[str]]:
    """Return the map asked for; where its classes cannot be made, the plain one and why."""
    if view.mode == "sectors":
        scheme = "quantiles" if view.scheme == "manual" else view.scheme
        return loaders.sector_map(ws, view.sector, view.table, view.year, view.geography, scheme, view.k), []
    try:
        if view.mode == "pattern":
            return loaders.pattern_map(ws, view.indicator, view.period, view.geography), []
        if view.second is not None:
            return loaders.two_on_a_map(ws, view.indicator, view.second, view.period, view.geography), []
        return loaders.the_map(
            ws,
            view.indicator,
            view.period,
            view.geography,
            view.scheme,
            view.k,
            view.upper,
            view.palette,
            view.fixed,
        ), []
    except (UsageError, DataError) as error:
        return loaders.the_map(ws, view.indicator, view.period, view.geography, "quantiles", view.k), [str(error)]


def _ignored() -> list[str]:
    ignored = notices()
    return [f"Part of the address was not understood and left out: {', '.join(ignored)}."] if ignored else []


def _layer_notes(view: View) -> str:
    """Say what must be known of the layers that are on."""
    notes = []
    if "projects" in view.layers:
        source = LINK_SOURCES["h2020"]
        notes.append(f"Arcs: {source.label}, {source.period}, the ten most frequent partner areas. {source.caveat}")
    if any(layer in KINDS for layer in view.layers):
        notes.append(
            "Organisations: at their registered address, or, in a square, counted in the middle of the district they "
            "are known by."
        )
    return " ".join(notes)


def _every_region(ws: Workspace, view: View, table: ClassTable) -> None:
    """Everything the map says as a chart and a table, which share its selection."""
    places = GEOGRAPHIES[view.geography].plural
    st.html(f'<div class="s3"><h2 class="section">All {len(table.rows)} {places} of England</h2></div>')
    direction = "higher_is_better" if view.mode == "sectors" else str(ws.catalogue.at[view.indicator, "direction"])
    chart, listing = loaders.beside(ws, table, direction)
    picture, rows = st.columns([11, 12], gap="medium")
    with picture:
        show_chart(chart)
    with rows:
        show_rows(
            listing,
            caption=f"{table.title}, {table.subtitle}, {places}",
            unit=table.unit,
            most=MOST_COMPARED,
        )
        if view.compare:  # below the table, which so keeps its place, and with it the focus
            words = f"Compare side by side: {counted(len(view.compare), 'area')} added"
            st.page_link(st.session_state["_compare"], label=words)


@st.fragment
def _take_away(ws: Workspace, view: View, m: RegionMap) -> None:
    """Offer files of what is shown; most formats are drawn only when they are looked for, alone."""
    kinds = list(loaders.TAKEN)
    with st.container(key="save", horizontal=True, gap="small"):
        for kind in kinds[: loaders.BESIDE]:
            _offer(ws, view, m, kind)
        formats = st.popover("More formats", width="stretch", key="more", on_change="rerun")
        show_copy_link("explore", f"{m.table.title}, {m.table.subtitle}")
    if formats.open:
        with formats, st.container(key="formats"):
            for kind in kinds[loaders.BESIDE :]:
                _offer(ws, view, m, kind)


def _offer(ws: Workspace, view: View, m: RegionMap, kind: str) -> None:
    """Offer one kind of file, which is made when it is asked for."""
    taken = loaders.TAKEN[kind]
    period = m.table.period.replace("/", "-").replace(" ", "-").replace(",", "")
    shown = f"{m.table.indicator}_pattern" if isinstance(m.table, PatternTable) else m.table.indicator
    name = f"s3geo_{shown}_{view.geography}_{m.table.vintage}_{period}"
    if kind not in {taken.suffix, "csvw"}:  # another picture of the same kind
        name += f"_{kind.partition('_')[0]}"
    file = f"{name}.csv-metadata.json" if kind == "csvw" else f"{name}.{taken.suffix}"
    away(taken.words, partial(_taken, ws, m, kind, st.session_state["_shown"], f"{name}.csv"), file)


def _taken(ws: Workspace, m: RegionMap, kind: str, shown: dict[str, str | None], name: str) -> bytes:
    """Make a file of the map with the region that is chosen when it is asked for."""
    return loaders.taken(ws, m.table, kind, name, shown["region"], shown["link"], today())


def _panel(ws: Workspace, view: View, table: ClassTable) -> None:
    names = {str(code): str(name) for code, name in ws.names(view.geography).sort_values().items()}
    with st.container(key="choose", horizontal=True, gap="small"):
        st.selectbox(
            "Region",
            list(names),
            index=None,
            format_func=names.__getitem__,
            placeholder="England: choose a region",
            key="region",
            on_change=listed,
        )
        st.text_input(
            "Find by name or postcode",
            key="find",
            placeholder="HotSW, Leeds, EX4 4QJ",
            on_change=_found,
            args=(ws, view),
        )
    if message := st.session_state.pop("find_message", None):
        st.warning(plain(message))
    if overlap := st.session_state.get("overlap"):
        which(names, overlap)
    if isinstance(table, SectorTable):
        _sector_panel(ws, view, table, names[view.region] if view.region else None)
        briefing_away(ws, view)
        return
    if isinstance(table, PatternTable):
        _pattern_panel(ws, view, table)
        briefing_away(ws, view)
        return
    direction = str(ws.catalogue.at[view.indicator, "direction"])
    if view.region is None:
        st.html(loaders.england(ws, table, direction))
        return
    profile = region_profile(ws, view.region, view.geography)
    grid, specialised, around = loaders.region_panel(ws, view.region, view.geography)
    st.html(panels.profile_head(profile, table, direction) + grid)
    briefing_away(ws, view)
    if view.geography == "lep":
        _today(ws, view.region)
    if specialised:
        _specialised(view.region, specialised)
    st.html(around)


def _sector_panel(ws: Workspace, view: View, table: SectorTable, name: str | None) -> None:
    """Say where a sector is strong, or how the chosen region stands in it and in all others."""
    if view.region is None or name is None:
        st.html(sector_panels.england(table))
    else:
        st.html(sector_panels.head(name, view.region, table))
        st.html(loaders.region_sectors_panel(ws, view.region, view.table, view.year, view.geography))
    st.html(f'<div class="s3"><p class="muted">{escape(sector_panels.rule(table))}</p></div>')


def _pattern_panel(ws: Workspace, view: View, table: PatternTable) -> None:
    """Say whether there is a pattern and where, or how the chosen region lies among its neighbours."""
    st.html(pattern_panels.england(table) if view.region is None else pattern_panels.area(view.region, table))
    if view.geography != "lad" and "lad" in ws.geographies_of(view.indicator):
        st.button("See districts", key="pattern_lad", on_click=show, kwargs={"geography": "lad"})
    st.html(pattern_panels.rule(table))
    st.page_link(st.session_state["_methods"], label="How a spatial pattern is found: Methods, Spatial pattern")


def _specialised(code: str, said: str) -> None:
    """List the sectors of a region and offer them on the map."""
    st.html(said)
    st.button(
        "See all its sectors",
        key="to_sectors",
        type="tertiary",
        on_click=show,
        kwargs={"mode": "sectors", "region": code},
    )


def _today(ws: Workspace, code: str) -> None:
    """Say who covers the area of a LEP today, and offer their view."""
    sentence, bodies = loaders.today(ws, code)
    with st.container(key="today", horizontal=True, gap="small", vertical_alignment="center"):
        st.html(f'<div class="s3"><p>{escape(sentence)}</p></div>')
        for body, geography, name in bodies:
            st.button(
                f"See {name}",
                key=f"today_{body}",
                type="tertiary",
                on_click=show,
                kwargs={"geography": geography, "region": body},
            )


def _found(ws: Workspace, view: View) -> None:
    """Take what was typed into the search box."""
    touched()
    text = st.session_state["find"].strip()[:LONGEST]
    if not text:
        return
    try:
        codes = ws.find(text, view.geography)
    except NotFound as error:
        st.session_state["find_message"] = str(error)
        return
    postcode = ws.is_postcode(text)
    if len(codes) == 1 or (codes and not postcode):
        choose_region(codes[0])
        st.session_state["find"] = ""
    elif codes:
        choose_region(None)
        st.session_state["overlap"] = {"where": text.upper(), "codes": codes}
        st.session_state["find"] = ""
    elif postcode:
        st.session_state["find_message"] = f"{text.upper()} lies in no {GEOGRAPHIES[view.geography].singular}."
    else:
        st.session_state["find_message"] = f"No {GEOGRAPHIES[view.geography].singular} is called {text!r}."
