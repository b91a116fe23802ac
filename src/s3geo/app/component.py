"""The parts of a page that live in the browser: the map and, sharing its selection, table, charts and time line.

Geometry is sent once as a static file; what a part shows travels as data and is sent again only when it changes; the
selection travels alone, through `selection`, which is also the only part that answers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import folium
import streamlit as st

from s3geo.app.static import asset, publish
from s3geo.settings import settings
from s3geo.views.choropleth import PreparedLayer
from s3geo.views.geometry import PreparedGeometry, bounds_of
from s3geo.views.palette import INK

__all__ = [
    "map_data",
    "mend",
    "selection",
    "show_chart",
    "show_copy_link",
    "show_map",
    "show_markup",
    "show_rows",
    "show_timeline",
]

_LOADER = """
export default function (component) {
  const { parentElement, data } = component;
  const loaded = import(new URL(data.module, location.origin).href);
  loaded.then(
    (part) => part.render(component),
    () => { parentElement.textContent = "This part of the page could not be loaded. Reload the page."; },
  );
  return () => { loaded.then((part) => part.destroy(parentElement)); };
}
"""


@st.cache_resource(show_spinner=False)
def _component() -> Callable[..., Any]:
    return st.components.v2.component("s3geo_part", js=_LOADER)


def selection(
    *, selected: str | None, compared: Sequence[str], said: str, answered: int, on_asked: Callable[[], None]
) -> None:
    """Tell the browser what is selected, and hear from it.

    Parameters
    ----------
    selected : str, optional
        Code of the region selected.
    compared : sequence of str
        Codes of the regions compared.
    said : str
        What a screen reader announces.
    answered : int
        ``n`` of the last event that was handled.
    on_asked : callable
        Called before the page runs again; ``st.session_state["selection"]["asked"]`` holds what is asked and not yet
        answered: ``n``, and any of ``region`` with ``overlap``, ``compared`` and ``period``.
    """
    data = {
        "module": asset("page.js"),
        "selected": selected,
        "compared": list(compared),
        "said": said,
        "answered": answered,
    }
    _component()(key="selection", data=data, on_asked_change=on_asked)


def show_map(
    m: folium.Map, *, key: str, title: str, overlays: dict[str, Any] | None = None, small: str | None = None
) -> None:
    """Draw a map that stays mounted.

    Parameters
    ----------
    m : folium.Map
    key : str
        The component's key.
    title : str
        Accessible name of the map.
    overlays : dict, optional
        What lies over the regions: "points", "districts", "arcs", "base", as ``overlays.js`` takes them.
    small : str, optional
        Heading of a small map, which has no legend and no zoom of its own.
    """
    _component()(key=key, data=map_data(m, title=title, overlays=overlays, small=small))


def show_rows(rows: list[dict[str, Any]], *, caption: str, unit: str, most: int) -> None:
    """Draw the rows of `s3geo.views.linked.listing` as a table that can be sorted, chosen from and compared from."""
    data = {"rows": rows, "caption": caption, "unit": unit, "most": most}
    _component()(key="rows", data={**_part("table"), "rows_id": _digest(data), **data})


def show_chart(chart: dict[str, Any]) -> None:
    """Draw the chart of `s3geo.views.linked.chart`."""
    _component()(key="chart", data={**_part("chart"), "rows_id": _digest(chart), **chart})


def show_markup(html: str, *, key: str) -> None:
    """Draw figures and tables of ours, made and escaped on the server, that share the selection; see ``markup.js``."""
    data = {"module": asset("markup.js"), "css": asset("markup.css"), "rows_id": _digest(html), "html": html}
    _component()(key=key, data=data)


def show_timeline(periods: Sequence[str], period: str) -> None:
    """Draw a slider over the periods, with steps and play."""
    _component()(key="timeline", data={**_part("timeline"), "periods": list(periods), "period": period})


def mend() -> None:
    """Let the keyboard into popovers, and give upload boxes the role of what they are; see ``mend.js``."""
    _component()(key="mend", data={"module": asset("mend.js")})


def show_copy_link(page: str, title: str) -> None:
    """Draw a button that copies the address of the page, and one that copies the code of a frame with it.

    Parameters
    ----------
    page : str
        Path of the page in its address; "explore" is at the top.
    title : str
        What the frame shows: its accessible name on another page.
    """
    path = "" if page == "explore" else page
    own = "_workspace" in st.session_state  # nobody else has the figures of this visit
    about = {"address": settings().address, "path": path, "title": f"s3geo: {title}", "embed": not own}
    _component()(key="link", data={**_part("link"), **about})


def _part(name: str) -> dict[str, str]:
    return {"module": asset(f"{name}.js"), "css": asset("linked.css")}


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12]


_DRAWN: WeakKeyDictionary[folium.Map, dict[str, Any]] = WeakKeyDictionary()


def _drawn(m: folium.Map) -> dict[str, Any]:
    """Return what the layers of a map come to; kept as long as the map, which is composed once and never changed."""
    if (known := _DRAWN.get(m)) is None:
        known = _DRAWN[m] = _drawing(m)
    return known


def _drawing(m: folium.Map) -> dict[str, Any]:
    legend = str(getattr(m, "legend", ""))
    layers = [_layer(child, i) for i, child in enumerate(_geojson(m))]
    (south, west), (north, east) = _extent(layers)
    for layer in layers:
        del layer["bounds"]
    return {
        "options": {
            "zoomSnap": m.options.get("zoom_snap", 1),
            "minZoom": m.options.get("min_zoom", 0),
            "maxZoom": m.options.get("max_zoom", 13),
            "center": list(m.location or (52.85, -1.7)),
            "zoom": m.options.get("zoom", 6),
        },
        "bounds": [[south, west], [north, east]],
        "layers": layers,
        "defs": str(getattr(m, "defs", "")),
        "legend": legend,
        "legend_id": hashlib.sha256(legend.encode()).hexdigest()[:8],
    }


def map_data(
    m: folium.Map, *, title: str, overlays: dict[str, Any] | None = None, small: str | None = None
) -> dict[str, Any]:
    """Return what the browser needs to draw the GeoJson layers of a map.

    Parameters
    ----------
    m : folium.Map
        Its GeoJson layers are drawn in their order; a layer of ours brings prepared geometry, any other is prepared
        here. ``legend`` and ``defs`` are taken from a `RegionMap`.
    title, overlays, small
        See `show_map`.

    Returns
    -------
    dict
        JSON-ready. Styles are sent once each with the index of each feature; geometry is an address.
    """
    return {
        "module": asset("map.js"),
        "leaflet": asset("leaflet.js"),
        "css": asset("map.css"),
        **_drawn(m),
        "overlays": overlays or {},
        "title": title,
        "small": small,
        "ink": INK,
    }


def _geojson(m: folium.Map) -> list[folium.GeoJson]:
    return [child for child in m._children.values() if isinstance(child, folium.GeoJson)]


def _extent(layers: list[dict[str, Any]]) -> tuple[tuple[float, float], tuple[float, float]]:
    main = next((layer for layer in layers if layer["interactive"]), layers[0] if layers else None)
    if main is None:
        return (49.8, -6.5), (55.9, 1.8)
    west, south, east, north = main["bounds"]
    return (south, west), (north, east)


def _layer(layer: folium.GeoJson, position: int) -> dict[str, Any]:
    ours = layer if isinstance(layer, PreparedLayer) else None
    prepared = ours.prepared if ours else _foreign(layer)
    styles: list[dict[str, Any]] = []
    of: dict[str, int] = {}
    for feature in prepared.features["features"]:
        style = layer.style_function(feature) if layer.style else {}
        if style not in styles:
            styles.append(style)
        of[str(feature["id"])] = styles.index(style)
    names = {str(f["id"]): str(f["properties"].get("name", f["id"])) for f in prepared.features["features"]}
    return {
        "role": ours.role if ours else f"layer{position}",
        "url": publish(prepared),
        "interactive": ours.interactive if ours else True,
        "styles": styles,
        "of": of,
        "labels": ours.labels if ours else {},
        "order": sorted(names, key=names.__getitem__),
        "bounds": prepared.bounds,
    }


def _foreign(layer: folium.GeoJson) -> PreparedGeometry:
    """Prepare the geometry of a GeoJson layer that is not ours."""
    features = {
        "type": "FeatureCollection",
        "features": [
            {**feature, "id": str(feature.get("id", i)), "properties": feature.get("properties") or {}}
            for i, feature in enumerate(layer.data["features"])
        ],
    }
    body = json.dumps(features, separators=(",", ":")).encode()
    return PreparedGeometry(hashlib.sha256(body).hexdigest()[:16], features, body, bounds_of(features))
