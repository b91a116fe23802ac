"""Show a `folium.Map` in Streamlit: its layers are read, geometry is sent once as a static file, styles as data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import folium
import streamlit as st

from s3geo.app.server import asset, publish
from s3geo.views.choropleth import PreparedLayer
from s3geo.views.geometry import PreparedGeometry, bounds_of
from s3geo.views.palette import INK

__all__ = ["map_data", "show_map"]

_LOADER = """
export default function (component) {
  const { parentElement, data } = component;
  const loaded = import(new URL(data.module, location.origin).href);
  loaded.then(
    (map) => map.render(component),
    () => { parentElement.textContent = "The map could not be loaded. The tables beside it are complete."; },
  );
  return () => { loaded.then((map) => map.destroy(parentElement)); };
}
"""


def map_data(m: folium.Map, *, title: str, selected: str | None, revision: int = 0) -> dict[str, Any]:
    """Return what the browser needs to draw the GeoJson layers of a map.

    Parameters
    ----------
    m : folium.Map
        Its GeoJson layers are drawn in their order; a layer of ours brings prepared geometry, any other is prepared
        here. ``legend`` and ``defs`` are taken from a `RegionMap`.
    title : str
        Accessible name of the map.
    selected : str, optional
        Feature outlined.
    revision : int
        Counts answers to the browser, so that a selection it has already shown is still confirmed.

    Returns
    -------
    dict
        JSON-ready. Styles are sent once each with the index of each feature; geometry is an address.
    """
    legend = str(getattr(m, "legend", ""))
    layers = [_layer(child, i) for i, child in enumerate(_geojson(m))]
    (south, west), (north, east) = _extent(layers)
    for layer in layers:
        del layer["bounds"]
    return {
        "module": asset("map.js"),
        "leaflet": asset("leaflet.js"),
        "css": asset("map.css"),
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
        "title": title,
        "selected": selected,
        "revision": revision,
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


@st.cache_resource(show_spinner=False)
def _component() -> Callable[..., Any]:
    return st.components.v2.component("s3geo_map", js=_LOADER)


def show_map(m: folium.Map, *, key: str, title: str, selected: str | None, on_chosen: Callable[[], None]) -> None:
    """Draw a map that stays mounted; a click, Enter or Escape calls `on_chosen`.

    Parameters
    ----------
    m : folium.Map
    key : str
        The component's key; ``st.session_state[key]["chosen"]`` holds ``{"code", "overlap"}`` in the callback.
    title : str
        Accessible name of the map.
    selected : str, optional
        Feature outlined.
    on_chosen : callable
        Called without arguments before the page runs again.
    """
    revision = st.session_state[f"_{key}_revision"] = st.session_state.get(f"_{key}_revision", 0) + 1
    data = map_data(m, title=title, selected=selected, revision=revision)
    _component()(key=key, data=data, on_chosen_change=on_chosen)
