"""Compare: up to ten regions side by side, in figures and on small maps that share one selection."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from s3geo.app import choosing, compare_panels, loaders, panels
from s3geo.app.component import show_map, show_markup
from s3geo.app.embedding import embedded
from s3geo.app.fields import View
from s3geo.app.frame import away, workspace
from s3geo.app.listening import listen
from s3geo.app.state import current, notices, permalink, set_compared, touched, write_url
from s3geo.exports import today
from s3geo.views.bivariate import BivariateTable
from s3geo.views.choropleth import RegionMap
from s3geo.views.class_table import ClassTable
from s3geo.views.comparison import MOST_COMPARED, comparison
from s3geo.views.peers import FEWEST, HOW, MOST, context, peers
from s3geo.views.profile import ACTOR_LABELS, DIMENSION_LABELS
from s3geo.views.static_map import FORMATS
from s3geo.workspace import GEOGRAPHIES, Workspace

_MAPS = {"cells": "The nine cells", "time": "One indicator over time"}
_NONE = {
    "statistical": "No peers: a figure that makes areas comparable is missing here.",
    "adjoining": "No area adjoins this one.",
    "region": "No other area has most of its land in the same region.",
    "picked": "No other area is compared. Choose some at the top of the page.",
}
_ROW = 5  # small maps beside each other


def page() -> None:
    ws = workspace()
    view = current(ws, "compare")
    write_url(ws, view, "compare")
    names = ws.names(view.geography).sort_values()
    listen(view, f"{len(view.compare)} areas compared")
    if embedded():
        _framed(ws, view)
        return
    st.html('<div class="s3"><h2>Compare</h2></div>')
    with st.container(key="compare_controls"):
        area, regions = st.columns([1, 3.5])
    area.selectbox(
        "Area", list(GEOGRAPHIES), format_func=lambda g: GEOGRAPHIES[g].plural, key="geography", on_change=touched
    )
    regions.multiselect(
        f"Areas compared (at most {MOST_COMPARED})",
        list(names.index),
        format_func=lambda code: names[code],
        max_selections=MOST_COMPARED,
        placeholder="Choose areas by name",
        key="compare",
        on_change=touched,
    )
    if ignored := notices():
        st.info(f"Part of the address was not understood and left out: {', '.join(ignored)}.")
    found = _found(ws, view)
    if view.compare:
        show_markup(loaders.standing(ws, view.compare, tuple(found.index), view.geography), key="standing")
        st.html('<div class="s3"><h2 class="section">Indicators side by side</h2></div>')
        every = st.checkbox("All indicators of each cell", key="every", on_change=touched)
        table = comparison(ws, view.compare, view.geography, headline=not every)
        show_markup(compare_panels.side_by_side(table), key="side")
        _table_away(ws, view)
    else:
        st.html(
            '<div class="s3"><p class="muted">Choose areas above, or add them in the table of Explore: their figures '
            "stand here side by side with England's.</p></div>"
        )
    st.page_link(st.session_state["_index"], label="An index of all areas, by your own weights")
    _peers(ws, view, found)
    _small_maps(ws, view)
    st.html(f'<div class="s3 source"><p>{panels.credit(ws, view.geography)}</p></div>')


def _framed(ws: Workspace, view: View) -> None:
    """Show what stands in a frame: the areas side by side; where none is chosen, the small maps."""
    st.html('<div class="s3"><h2>Areas of England side by side</h2></div>')
    if view.compare:
        show_markup(loaders.standing(ws, view.compare, tuple(_found(ws, view).index), view.geography), key="standing")
        table = comparison(ws, view.compare, view.geography, headline=not view.every)
        show_markup(compare_panels.side_by_side(table), key="side")
    else:
        _draw_small(ws, view)
    st.html(f'<div class="s3 source"><p>{panels.credit(ws, view.geography)}</p></div>')


def _found(ws: Workspace, view: View) -> pd.DataFrame:
    """Return the peers of the chosen area; no rows where none is chosen."""
    if view.region is None:
        return pd.DataFrame()
    return peers(ws, view.region, view.peers, view.near, view.geography, picked=view.compare)


def _peers(ws: Workspace, view: View, found: pd.DataFrame) -> None:
    """Choose peers and say why they are: how close, and in what they differ."""
    names = ws.names(view.geography).sort_values()
    st.html('<div class="s3"><h2 class="section">Peers</h2></div>')
    with st.container(key="peer_controls"):
        of, how, number = st.columns([2, 1.4, 1])
    of.selectbox(
        "Peers of",
        list(names.index),
        index=None,
        format_func=lambda code: names[code],
        placeholder="Choose an area",
        key="region",
        on_change=choosing.listed,
    )
    how.selectbox("Chosen from", list(HOW), format_func=lambda way: HOW[way], key="peers", on_change=touched)
    number.selectbox("At most", list(range(FEWEST, MOST + 1)), key="near", on_change=touched)
    if view.region is None:
        return
    if found.empty:
        st.html(f'<div class="s3"><p class="muted">{_NONE[view.peers]}</p></div>')
        return
    st.html(compare_panels.peers_table(found))
    together = [view.region, *found.index]
    kept = together[:MOST_COMPARED]
    label = f"Compare {names[view.region]} with these"
    if len(together) > len(kept):
        label += f" (the first {len(kept) - 1})"
    st.button(label, key="with_peers", on_click=set_compared, args=(kept,))
    st.html(compare_panels.variables(list(context(ws, view.geography).columns)))


def _small_maps(ws: Workspace, view: View) -> None:
    st.html('<div class="s3"><h2 class="section">Small maps</h2></div>')
    if overlap := st.session_state.get("overlap"):
        choosing.which({str(code): str(name) for code, name in ws.names(view.geography).items()}, overlap)
    labels = ws.catalogue["label"]
    what, which = st.columns([1, 2.5])
    maps_of = what.segmented_control(
        "Maps of",
        list(_MAPS),
        format_func=lambda maps: _MAPS[maps],
        key="maps",
        required=True,
        on_change=touched,
    )
    if maps_of == "time":
        which.selectbox(
            "Indicator", view.indicators, format_func=lambda i: labels[i], key="indicator", on_change=touched
        )
    maps = _draw_small(ws, view)
    tables = tuple(m.table for m in maps)
    stem = f"{view.indicator}_periods" if maps_of == "time" else "cells"
    outlined = tuple(dict.fromkeys([*view.compare, *([view.region] if view.region else [])]))
    with st.container(key="maps_away"):
        places = st.columns(5, gap="small")
    for place, suffix in zip(places, ("png", "pdf", "svg", "csv", "xlsx"), strict=True):
        with place:
            away(
                f"{'Maps' if suffix in FORMATS else 'Their figures'} as {suffix.upper()}",
                partial(_maps, ws, tables, suffix, outlined, permalink(view, "compare")),
                f"s3geo_{stem}_{view.geography}_{ws.vintage(view.geography)}.{suffix}",
            )


def _draw_small(ws: Workspace, view: View) -> list[RegionMap]:
    """Draw the small maps asked for, and return them."""
    if view.maps == "time":
        maps = loaders.maps_over_time(ws, view.indicator, view.geography)
        titles = [m.table.period for m in maps]
    else:
        maps = loaders.maps_of_cells(ws, view.geography)
        titles = [_cell(ws, m.table.indicator) for m in maps]
    for start in range(0, len(maps), _ROW):
        with st.container(key=f"small_{start}"):
            columns = st.columns(_ROW, gap="small")
        for column, m, title in zip(columns, maps[start : start + _ROW], titles[start : start + _ROW], strict=False):
            with column:
                full = f"Map: {m.table.title}, {m.table.subtitle}"
                show_map(m, key=f"map_{m.table.indicator}_{m.table.period}", title=full, small=title)
    if view.maps == "time":
        st.html(panels.legend_line(maps[-1].table))
    return maps


def _table_away(ws: Workspace, view: View) -> None:
    with st.container(key="table_away"):
        columns = st.columns(5, gap="small")
    for column, suffix in zip(columns, ("csv", "xlsx"), strict=False):
        with column:
            away(
                f"Table as {suffix.upper()}",
                partial(_table, ws, view.compare, view.geography, not view.every, suffix, permalink(view, "compare")),
                f"s3geo_comparison_{view.geography}_{ws.vintage(view.geography)}.{suffix}",
            )


def _maps(
    ws: Workspace,
    tables: tuple[ClassTable | BivariateTable, ...],
    suffix: str,
    outlined: tuple[str, ...],
    link: str | None,
) -> bytes:
    return loaders.maps_taken(ws, tables, suffix, outlined, link, today())


def _table(
    ws: Workspace, codes: tuple[str, ...], geography: str, headline: bool, suffix: str, link: str | None
) -> bytes:
    return loaders.comparison_taken(ws, codes, geography, headline, suffix, link, today())


def _cell(ws: Workspace, indicator: str) -> str:
    actor, dimension, label = (str(ws.catalogue.at[indicator, name]) for name in ("actor", "dimension", "short_label"))
    return f"{ACTOR_LABELS[actor]}, {DIMENSION_LABELS[dimension].lower()}: {label}"
