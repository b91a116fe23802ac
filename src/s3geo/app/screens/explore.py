"""Explore: the map of England left, what it says right."""

from __future__ import annotations

from functools import partial

import streamlit as st

from s3geo.app import loaders, panels
from s3geo.app.component import show_map
from s3geo.app.frame import workspace
from s3geo.app.state import EVERY, SCHEME_IDS, View, choose_region, current, notices, touched, write_url
from s3geo.errors import NotFound
from s3geo.statistics.classify import SCHEMES
from s3geo.views.choropleth import RegionMap
from s3geo.views.profile import ACTOR_LABELS, DIMENSION_LABELS, region_profile
from s3geo.views.static_map import FORMATS
from s3geo.workspace import GEOGRAPHIES, Workspace

_MAP = "map"


def page() -> None:
    ws = workspace()
    view = current(ws)
    write_url(ws, view)
    top = st.container()
    left, right = st.columns([11, 12], gap="medium")
    m = loaders.the_map(ws, view.indicator, view.period, view.geography, view.scheme, view.k)
    # the panel is what a click waits for: it is sent before the rest
    with right:
        _panel(ws, view, m)
    with top:
        _controls(ws, view)
        if ignored := notices():
            st.info(f"Part of the address was not understood and left out: {', '.join(ignored)}.")
    with left:
        title = f"Map of England by {GEOGRAPHIES[view.geography].singular}: {m.table.title}, {m.table.subtitle}"
        show_map(m, key=_MAP, title=title, selected=view.region, on_chosen=_chosen)
        _take_away(ws, view, m)
    st.html(panels.source(m.table, str(ws.catalogue.at[view.indicator, "caveat"])))
    st.page_link(st.session_state["_data"], label="How this figure is made, and where it comes from")


def _controls(ws: Workspace, view: View) -> None:
    with st.container(key="controls"):
        area, actor, dimension, indicator, period, scheme, k = st.columns([1.6, 1.5, 0.95, 2.9, 1, 1.5, 0.75])
    area.selectbox(
        "Area", list(GEOGRAPHIES), format_func=lambda g: GEOGRAPHIES[g].plural, key="geography", on_change=touched
    )
    actor.selectbox(
        "Actor",
        [EVERY, *ACTOR_LABELS],
        format_func=lambda a: ACTOR_LABELS.get(a, "All actors"),
        key="actor",
        on_change=touched,
    )
    dimension.selectbox(
        "Dimension",
        [EVERY, *DIMENSION_LABELS],
        format_func=lambda d: DIMENSION_LABELS.get(d, "All"),
        key="dimension",
        on_change=touched,
    )
    labels = ws.catalogue["label"]
    indicator.selectbox(
        "Indicator", view.indicators, format_func=lambda i: labels[i], key="indicator", on_change=touched
    )
    period.selectbox("Period", view.periods, key="period", on_change=touched)
    scheme.selectbox("Classes by", SCHEME_IDS, format_func=lambda s: SCHEMES[s], key="scheme", on_change=touched)
    k.selectbox("Classes", range(3, 8), key="k", on_change=touched)


def _take_away(ws: Workspace, view: View, m: RegionMap) -> None:
    period = m.table.period.replace("/", "-").replace(" ", "-")
    stem = f"s3geo_{view.indicator}_{view.geography}_{m.table.vintage}_{period}"
    with st.container(key="save"):
        columns = st.columns(len(FORMATS) + 1, gap="small")
    for column, (suffix, media) in zip(columns, FORMATS.items(), strict=False):
        column.download_button(
            f"Map as {suffix.upper()}",
            data=partial(loaders.picture, ws, m.table, suffix, view.region),
            file_name=f"{stem}.{suffix}",
            mime=media,
            on_click="ignore",
            key=f"save_{suffix}",
        )
    columns[-1].download_button(
        "Figures as CSV",
        data=partial(loaders.csv, ws, m.table),
        file_name=f"{stem}.csv",
        mime="text/csv",
        on_click="ignore",
        key="save_csv",
    )


def _panel(ws: Workspace, view: View, m: RegionMap) -> None:
    names = ws.names(view.geography).sort_values()
    pick, find = st.columns(2, gap="small")
    pick.selectbox(
        "Region",
        list(names.index),
        index=None,
        format_func=lambda code: names[code],
        placeholder="England: choose a region",
        key="region",
        on_change=_listed,
    )
    find.text_input(
        "Find by name or postcode", key="find", placeholder="HotSW, Leeds, EX4 4QJ", on_change=_found, args=(ws, view)
    )
    if message := st.session_state.pop("find_message", None):
        st.warning(message)
    if overlap := st.session_state.get("overlap"):
        _which({str(code): str(name) for code, name in names.items()}, overlap)
    direction = str(ws.catalogue.at[view.indicator, "direction"])
    if view.region is None:
        st.html(panels.england(m.table, direction))
        return
    profile = region_profile(ws, view.region, view.geography)
    st.html(panels.profile_head(profile, m.table, direction))
    grid, nearest, organisations = loaders.region_panel(ws, view.region, view.geography)
    st.html(grid)
    near, who = st.columns(2, gap="medium")
    near.html(nearest)
    who.html(organisations)


def _which(names: dict[str, str], overlap: dict[str, object]) -> None:
    """Ask which of the regions of an overlap is meant."""
    codes = [str(code) for code in overlap["codes"] if str(code) in names]  # type: ignore[attr-defined]
    with st.container(border=True, key="chooser"):
        st.markdown(f"**{overlap['where']}** lies in {len(codes)} areas. Which one?")
        for column, code in zip(st.columns(len(codes)), codes, strict=True):
            column.button(names[code], key=f"overlap_{code}", on_click=choose_region, args=(code,), width="stretch")


def _chosen() -> None:
    """Take a click, Enter or Escape on the map."""
    touched()
    event = st.session_state[_MAP]["chosen"]
    overlap = event.get("overlap")
    if overlap:
        st.session_state["overlap"] = {"where": overlap["district"], "codes": overlap["codes"]}
    else:
        choose_region(event.get("code"))


def _listed() -> None:
    touched()
    st.session_state["overlap"] = None


def _found(ws: Workspace, view: View) -> None:
    """Take what was typed into the search box."""
    touched()
    text = st.session_state["find"].strip()
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
