"""Whether a page stands in a frame of another page, and what Explore then shows.

Streamlit knows it by ``?embed=true`` and keeps that in the address whatever is written into it.
"""

from __future__ import annotations

from html import escape

import streamlit as st

from s3geo.app import loaders, panels
from s3geo.app.choosing import which
from s3geo.app.component import show_map
from s3geo.app.fields import View
from s3geo.app.listening import listen
from s3geo.app.state import write_url
from s3geo.model.evidence import SECTOR_TABLES
from s3geo.views.bivariate import BivariateTable
from s3geo.views.choropleth import RegionMap
from s3geo.views.sectors import SectorTable
from s3geo.workspace import GEOGRAPHIES, Workspace

__all__ = ["embedded", "framed_map"]


def embedded() -> bool:
    """Tell whether the page is asked for without navigation and controls."""
    return bool(st.context.is_embedded)


def framed_map(ws: Workspace, view: View, m: RegionMap, refused: list[str]) -> None:
    """Show the map of Explore alone: with its legend, what it says of the chosen region, and whose it is.

    Parameters
    ----------
    ws, view
        What is shown.
    m : RegionMap
        The map asked for.
    refused : list of str
        Why it is not as asked, in sentences.
    """
    table = m.table
    first = table.x if isinstance(table, BivariateTable) else table
    label = str(first.rows["label"][view.region]) if view.region else "England, no area chosen"
    listen(view, label)
    marked = tuple(first.specialised) if isinstance(first, SectorTable) else ()
    title = f"Map of England by {GEOGRAPHIES[view.geography].singular}: {table.title}, {table.subtitle}"
    show_map(m, key="map", title=title, overlays=loaders.overlays(ws, view.geography, view.layers, marked))
    for sentence in refused:
        st.info(sentence)
    if overlap := st.session_state.get("overlap"):
        which({str(code): str(name) for code, name in ws.names(view.geography).items()}, overlap)
    if view.region:
        st.html(f'<div class="s3"><p class="lead"><b>{escape(label)}</b></p></div>')
    sectors = view.mode == "sectors"
    caveat = SECTOR_TABLES[view.table].caveat if sectors else str(ws.catalogue.at[view.indicator, "caveat"])
    st.html(panels.source(table, caveat))
    write_url(ws, view)
