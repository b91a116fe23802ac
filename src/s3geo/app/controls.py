"""The controls of Explore: what is shown, of which areas and period, in which classes, under which layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from s3geo.app.fields import EVERY, LAYERS, View
from s3geo.app.state import touched
from s3geo.model.evidence import SECTOR_TABLES
from s3geo.statistics.classify import SCHEMES
from s3geo.views.class_table import PALETTES
from s3geo.views.profile import ACTOR_LABELS, DIMENSION_LABELS
from s3geo.views.sectors import tables_of
from s3geo.workspace import GEOGRAPHIES, Workspace

__all__ = ["controls"]

_MODES = {"indicators": "Indicators", "sectors": "Sectors", "pattern": "Spatial pattern"}


def controls(ws: Workspace, view: View) -> None:
    """Draw the controls above the map."""
    with st.container(key="controls"):
        columns = st.columns([1.1, 1.4, 3.25, 0.9, 0.97, 0.97], vertical_alignment="bottom")
    mode, area, what, period, classes, layers = columns
    mode.selectbox("Show", list(_MODES), format_func=lambda m: _MODES[m], key="mode", on_change=touched)
    area.selectbox(
        "Area", list(GEOGRAPHIES), format_func=lambda g: GEOGRAPHIES[g].plural, key="geography", on_change=touched
    )
    if view.mode == "sectors":
        _sector_controls(ws, view, what, period)
    else:
        _indicator_controls(ws, view, what, period)
    # drawn only while it is open: every control on the page makes a change of indicator slower
    look = classes.popover("Classes", width="stretch", key="classes", on_change=touched)
    if look.open:
        with look:
            _classes(ws, view)
    with layers.popover(f"Layers ({len(view.layers)})" if view.layers else "Layers", width="stretch"):
        _layers()


def _sector_controls(ws: Workspace, view: View, what: DeltaGenerator, period: DeltaGenerator) -> None:
    names = ws.sector_names(view.table).to_dict()
    counted_in, sector = what.columns([1, 2.2], gap="small")
    counted_in.selectbox(
        "Counted in",
        tables_of(view.geography),
        format_func=lambda t: SECTOR_TABLES[t].unit.capitalize(),
        key="table",
        on_change=touched,
    )
    sector.selectbox("Sector", list(names), format_func=lambda s: names[s], key="sector", on_change=touched)
    period.selectbox("Period", view.years, key="year", on_change=touched)


def _indicator_controls(ws: Workspace, view: View, what: DeltaGenerator, period: DeltaGenerator) -> None:
    actor, dimension, indicator = what.columns([1.15, 0.9, 2.5], gap="small")
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
    labels = ws.catalogue["label"].to_dict()
    indicator.selectbox(
        "Indicator", view.indicators, format_func=lambda i: labels[i], key="indicator", on_change=touched
    )
    period.selectbox("Period", view.periods, key="period", on_change=touched)


def _layers() -> None:
    st.pills(
        "Laid over the map",
        list(LAYERS),
        selection_mode="multi",
        format_func=lambda layer: LAYERS[layer],
        key="layers",
        on_change=touched,
    )
    st.caption(
        "Districts and shared projects are those of the area you choose. The base map is fetched from the "
        "internet, which tells its server your address; everything else comes from this server."
    )


def _classes(ws: Workspace, view: View) -> None:
    if view.mode == "sectors":
        _held("Classes by", [scheme for scheme in SCHEMES if scheme != "manual"], SCHEMES, "scheme", view.scheme)
        _held("Classes", range(3, 8), {}, "k", view.k)
        st.caption("Classes lie around England, whose location quotient is 1.")
        return
    if view.mode == "pattern":
        st.caption("Clusters have classes of their own; see the legend.")
        return
    labels = ws.catalogue["label"].to_dict()
    st.selectbox(
        "Second indicator",
        [i for i in labels if i != view.indicator and view.geography in ws.geographies_of(str(i))],
        index=None,
        format_func=lambda i: labels[i],
        placeholder="None",
        key="second",
        on_change=touched,
    )
    if view.second is not None:
        st.caption("With two indicators the map shows thirds of each.")
        return
    _held("Classes by", list(SCHEMES), SCHEMES, "scheme", view.scheme)
    if view.scheme == "manual":
        st.text_input("Upper bounds, lowest first", key="breaks", placeholder="10; 20; 30", on_change=touched)
    _held("Classes", range(3, 8), {}, "k", view.k)
    _held("Colours", list(PALETTES), PALETTES, "palette", view.palette)
    st.checkbox("Same classes in all periods", key="fixed", on_change=touched, disabled=len(view.periods) < 2)


def _held(label: str, options: Sequence[Any], words: Mapping[Any, str], key: str, value: Any) -> None:
    """Draw a list of choices that comes and goes: it begins with the value held, not with the first of its choices.

    The value is sent once, when the list comes; a browser that misses it, because two runs came close together, would
    take the first choice for what was chosen.
    """
    at = options.index(value) if value in options else 0
    st.selectbox(label, options, at, lambda option: words.get(option, str(option)), key=key, on_change=touched)
