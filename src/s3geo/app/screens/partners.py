"""Partners: which areas, and which organisations, to talk to, with their reasons."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from s3geo.app import choosing, loaders, panels, partner_loaders, partner_panels
from s3geo.app.briefing_away import briefing_away
from s3geo.app.component import show_copy_link, show_map
from s3geo.app.embedding import embedded
from s3geo.app.fields import EVERY, TOP, WITHIN_KM, View
from s3geo.app.frame import away, workspace
from s3geo.app.listening import listen
from s3geo.app.markdown import plain
from s3geo.app.partner_loaders import PartnersAsked
from s3geo.app.screens.organisations import organisation_controls, organisations
from s3geo.app.state import current, notices, permalink, put, touched, write_url
from s3geo.exports import today
from s3geo.model.evidence import SECTOR_TABLES
from s3geo.views.partners import HALF_LIFE_KM, PRESETS, TABLES, strengths
from s3geo.views.profile import ACTOR_LABELS, DIMENSION_LABELS
from s3geo.views.static_map import FORMATS
from s3geo.views.trust import trust_line_of_areas
from s3geo.views.wording import counted
from s3geo.workspace import GEOGRAPHIES, Workspace

_WHO = {"places": "Areas", "organisations": "Organisations"}
_SLIDERS = {
    "w_near": "Near",
    "w_alike": "Alike in strengths",
    "w_adds": "Adds what is lacking",
    "w_links": "Already linked",
}


def page() -> None:
    ws = workspace()
    view = current(ws, "partners")
    write_url(ws, view, "partners")
    names = ws.names(view.geography)
    name = str(names[view.region]) if view.region else "England, no area chosen"
    listen(view, name)
    st.html('<div class="s3"><h2>Partners</h2></div>')
    if not embedded():
        _ask(ws, view)
    if not embedded() and (ignored := notices()):
        st.info(f"Part of the address was not understood and left out: {', '.join(ignored)}.")
    if overlap := st.session_state.get("overlap"):
        choosing.which({str(code): str(n) for code, n in names.items()}, overlap)
    if view.who == "places":
        _places(ws, view, name)
    else:
        organisations(ws, view, name)


def _ask(ws: Workspace, view: View) -> None:
    """Draw all controls."""
    st.segmented_control(
        "Among",
        list(_WHO),
        format_func=lambda who: _WHO[who],
        key="who",
        required=True,
        label_visibility="collapsed",
        on_change=touched,
    )
    if view.who == "places":
        _controls(ws, view)
    else:
        organisation_controls(ws, view)


def _controls(ws: Workspace, view: View) -> None:
    names = ws.names(view.geography).sort_values()
    with st.container(key="partner_controls"):
        area, region, target, within, more = st.columns([1.3, 1.6, 1.6, 0.9, 0.8], vertical_alignment="bottom")
    area.selectbox(
        "Area", list(GEOGRAPHIES), format_func=lambda g: GEOGRAPHIES[g].plural, key="geography", on_change=touched
    )
    region.selectbox(
        "Partners of",
        list(names.index),
        index=None,
        format_func=lambda code: names[code],
        placeholder="Choose an area",
        key="region",
        on_change=choosing.listed,
    )
    labels = strengths(ws, view.counted, view.geography).labels
    target.selectbox(
        "Wants to grow in",
        list(labels.index),
        index=None,
        format_func=lambda sector: labels[sector],
        placeholder="What it lacks and is close to",
        key="target",
        on_change=touched,
    )
    within.selectbox(
        "At most",
        WITHIN_KM,
        format_func=lambda km: f"{km} km" if km else "Any distance",
        key="within",
        on_change=touched,
    )
    with more.popover("More", width="stretch"):
        _more(view)
    with st.container(key="partner_weights"):
        presets, *sliders = st.columns([1.6, 1, 1, 1, 1], gap="medium")
    with presets, st.container(horizontal=True, gap="small", key="presets"):
        for id_, preset in PRESETS.items():
            chosen = dict(zip(_SLIDERS, preset.weights, strict=True))
            km = int(preset.within_km or 0)
            now = (view.weights, view.within) == (preset.weights, km)
            st.button(
                f"✓ {preset.label}" if now else preset.label,
                key=f"preset_{id_}",
                on_click=put,
                kwargs={**chosen, "within": km},
            )
    for column, (key, words) in zip(sliders, _SLIDERS.items(), strict=True):
        column.slider(words, 0.0, 3.0, step=0.5, key=key, on_change=touched)


def _more(view: View) -> None:
    counting = [table for table in TABLES if view.geography in SECTOR_TABLES[table].geographies]
    st.selectbox("Shown", TOP, format_func=lambda n: f"First {n}" if n else "All", key="top", on_change=touched)
    st.selectbox(
        "Strengths counted in",
        counting,
        format_func=lambda table: SECTOR_TABLES[table].label,
        key="counted",
        on_change=touched,
    )
    st.selectbox(
        "Beside the score, look at",
        [EVERY, *ACTOR_LABELS],
        format_func=lambda a: ACTOR_LABELS.get(a, "All actors"),
        key="side_actor",
        on_change=touched,
    )
    st.selectbox(
        "and at",
        [EVERY, *DIMENSION_LABELS],
        format_func=lambda d: DIMENSION_LABELS.get(d, "All dimensions"),
        key="side_dimension",
        on_change=touched,
    )


def _places(ws: Workspace, view: View, name: str) -> None:
    if view.region is None:
        bare = loaders.the_map(ws, view.indicator, view.period, view.geography, "quantiles", 5)
        st.html(
            '<div class="s3"><p class="muted">Choose an area, above or on the map, to see whom it could work with, '
            "and why.</p></div>"
        )
        show_map(bare, key="map", title=f"Map of England: {bare.table.title}, {bare.table.subtitle}")
        st.html(panels.source(bare.table, ""))
        return
    if not any(view.weights):
        st.warning("All four weights are 0: give at least one of them more, or take a ready-made choice.")
        return
    asked = PartnersAsked(
        view.region,
        view.geography,
        view.weights,
        view.within,
        view.target,
        view.counted,
        view.side_actor,
        view.side_dimension,
    )
    shown = partner_loaders.partners_of(ws, asked, view.top or None)
    shown = shown[shown["rank"].notna()]
    every = partner_loaders.partners_of(ws, replace(asked, within=0), None)
    m, arcs = partner_loaders.partner_map(ws, asked, view.top or None)
    left, right = st.columns([11, 12], gap="medium")
    with left:
        title = f"Map of England: partners of {name}, {counted(len(shown), 'area')} shown"
        show_map(m, key="map", title=title, overlays=arcs)
        if not embedded():
            _take_away(ws, view, asked, name)
    with right:
        st.html(partner_panels.key(view.weights, _trust(ws, asked)))
        if shown.empty:
            st.info(f"No area within {view.within} km of {plain(name)}, centre to centre. Allow a greater distance.")
        else:
            st.html(partner_panels.cards(shown, name, int(every["rank"].notna().sum())))
    st.html('<div class="s3"><h2 class="section">The other way: who would choose it by the same weights</h2></div>')
    st.html(partner_panels.chosen_by(every, name))
    if not embedded():
        with st.expander(f"All {len(every)} areas, with their points"):
            st.html(partner_panels.everyone(every, name, view.weights))
    _source(ws, view, m.table.attribution, m.table.boundaries)


def _trust(ws: Workspace, asked: PartnersAsked) -> str:
    """Say what the test found, and whether it was of what is asked."""
    tested = replace(partner_loaders.new_partners_of(asked.code), actor=asked.actor, dimension=asked.dimension)
    line = trust_line_of_areas(ws)
    same = replace(asked, within=0) == tested
    return (
        line if same or not line else f"{line} That was the score of new links between LEPs; this mix was not tested."
    )


def _take_away(ws: Workspace, view: View, asked: PartnersAsked, name: str) -> None:
    link = permalink(view, "partners")
    with st.container(key="partners_away"):
        columns = st.columns(5, gap="small")
    stem = f"s3geo_partners_{view.region}"
    for column, suffix in zip(columns, ("png", "pdf", "csv", "xlsx"), strict=False):
        what = "Map" if suffix in FORMATS else "Table"
        with column:
            away(f"{what} as {suffix.upper()}", partial(_taken, ws, asked, suffix, link, view.top), f"{stem}.{suffix}")
    with columns[-1]:
        show_copy_link("partners", f"Partners of {name}")
    briefing_away(ws, view)


def _taken(ws: Workspace, asked: PartnersAsked, suffix: str, link: str | None, top: int) -> bytes:
    if suffix in FORMATS:
        return partner_loaders.partners_picture(ws, asked, top or None, suffix, link, today())
    return partner_loaders.partners_taken(ws, asked, suffix, link, today())


def _source(ws: Workspace, view: View, credit: str, boundaries: str) -> None:
    period = strengths(ws, view.counted, view.geography).period
    st.html(partner_panels.source(view.counted, period, HALF_LIFE_KM, boundaries, credit))
    if not embedded():
        st.page_link(st.session_state["_methods"], label="How the score is made")
