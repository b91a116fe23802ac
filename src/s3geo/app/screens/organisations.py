"""The part of the Partners page that is about organisations: around a place, and one at a glance."""

from __future__ import annotations

from functools import partial
from html import escape

import streamlit as st

from s3geo.app import choosing, loaders, organisation_panels, panels, partner_loaders
from s3geo.app.component import show_copy_link, show_map, show_markup
from s3geo.app.embedding import embedded
from s3geo.app.fields import AROUND_KM, View
from s3geo.app.frame import away
from s3geo.app.markdown import plain
from s3geo.app.state import touched
from s3geo.errors import NotFound
from s3geo.geography.postcodes import looks_like_postcode
from s3geo.views.organisation_profile import ORDERS, organisations_credit
from s3geo.views.overlay import KINDS
from s3geo.workspace import GEOGRAPHIES, Workspace

__all__ = ["organisation_controls", "organisations"]


def organisation_controls(ws: Workspace, view: View) -> None:
    """Draw where to look, how far, for which kinds, and which organisation to look at."""
    names = ws.names(view.geography).sort_values()
    with st.container(key="organisation_controls"):
        area, region, place, around, order = st.columns([1.2, 1.5, 1, 0.7, 1.1], vertical_alignment="bottom")
        which, kinds = st.columns([1.2, 2.2], vertical_alignment="bottom")
    area.selectbox(
        "Area", list(GEOGRAPHIES), format_func=lambda g: GEOGRAPHIES[g].plural, key="geography", on_change=touched
    )
    region.selectbox(
        "Around",
        list(names.index),
        index=None,
        format_func=lambda code: names[code],
        placeholder="Choose an area",
        key="region",
        on_change=choosing.listed,
    )
    place.text_input("or a postcode", key="place", placeholder="EX4 4QJ", on_change=touched)
    around.selectbox("Within", AROUND_KM, format_func=lambda km: f"{km} km", key="around", on_change=touched)
    order.selectbox("In the order", list(ORDERS), format_func=lambda o: ORDERS[o], key="order", on_change=touched)
    known = partner_loaders.known_organisations(ws)
    which.selectbox(
        "Look at one organisation",
        list(known),
        index=None,
        format_func=lambda id_: known.get(id_, id_),
        placeholder="Choose by name",
        key="org",
        on_change=touched,
    )
    kinds.pills(
        "Kinds",
        list(KINDS),
        selection_mode="multi",
        format_func=lambda kind: KINDS[kind].many,
        key="kinds",
        on_change=touched,
    )


def organisations(ws: Workspace, view: View, name: str) -> None:
    """Draw one organisation where one is chosen, and those around the place."""
    if view.org is not None:
        head, network, likely = partner_loaders.organisation(ws, view.org)
        st.html(head)
        left, right = st.columns([11, 12], gap="medium")
        with left:
            show_markup(network, key="network")
        right.html(likely)
    credit = organisations_credit(ws)
    near, where = (view.place, view.place.upper()) if view.place else (view.region, name)
    if near is None:
        st.html('<div class="s3"><p class="muted">Choose an area or a postcode to see who is there.</p></div>')
    elif view.place and not looks_like_postcode(view.place):
        st.warning(f"{plain(repr(view.place))} is not a full postcode such as EX4 4QJ.")
    elif not view.kinds:
        st.info("Choose at least one kind of organisation.")
    else:
        try:
            _around(ws, view, near, where)
        except NotFound as error:
            st.warning(plain(str(error)))
    st.html(f'<div class="s3 source"><p>Organisations: {escape(credit)}</p></div>')


def _around(ws: Workspace, view: View, near: str, where: str) -> None:
    found = partner_loaders.around(ws, near, view.around, view.kinds, view.order, view.geography)
    st.html('<div class="s3"><h2 class="section">Organisations around it</h2></div>')
    left, right = st.columns([11, 12], gap="medium")
    with left:
        m = loaders.the_map(ws, view.indicator, view.period, view.geography, "quantiles", 5)
        points = loaders.overlays(ws, view.geography, view.kinds)
        show_map(m, key="map", title=f"Map of England: organisations, over {m.table.title}", overlays=points)
        if not embedded():
            _list_away(ws, view, near)
    with right:
        unplaced = None if view.place else partner_loaders.unplaced(ws, near, view.kinds, view.geography)
        show_markup(organisation_panels.around(found, where, view.around, unplaced), key="around_list")
    st.html(
        panels.source(
            m.table, "Organisations stand at their registered address; those known by district only are left out."
        )
    )


def _list_away(ws: Workspace, view: View, near: str) -> None:
    with st.container(key="around_away", horizontal=True, gap="small"):
        for suffix in ("csv", "xlsx"):
            make = partial(
                partner_loaders.around_taken, ws, near, view.around, view.kinds, view.order, view.geography, suffix
            )
            away(f"List as {suffix.upper()}", make, f"s3geo_organisations_{near.replace(' ', '')}.{suffix}")
        show_copy_link("partners", f"Organisations around {near}")
