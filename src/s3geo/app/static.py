"""What browsers fetch once: scripts and styles, and geometry, each under an address that names its content.

Every address is relative to ``server.baseUrlPath``; nothing is fetched from another machine. Geometry that a visit with
data of its own was the first to show is kept as long as the visit is, and no cache may store it.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from weakref import WeakValueDictionary

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from s3geo.views.geometry import PreparedGeometry
from s3geo.views.legend import LEGEND_CSS

__all__ = ["ASSETS", "Packed", "address", "asset", "assets", "packed_geometry", "publish"]

ASSETS = Path(__file__).with_name("assets")
"""Folder of what the browser loads."""


@dataclass(frozen=True, eq=False)
class Packed:
    """Geometry as it is sent: GeoJSON packed with gzip, and whether it is for one visit alone."""

    body: bytes
    own: bool


_geometry: dict[str, Packed] = {}
_own: WeakValueDictionary[str, Packed] = WeakValueDictionary()
_lock = Lock()

_PARTS = ("page", "areas", "overlays", "map", "table", "chart", "timeline", "link", "mend", "markup")
"""Our scripts, each after those it imports."""


@lru_cache(maxsize=1)
def assets() -> dict[str, bytes]:
    """Return what the browser loads, by name with a content hash in it."""
    leaflet = ASSETS / "leaflet"
    made: dict[str, bytes] = {}

    def add(name: str, text: str) -> None:
        made[_hashed(name, text.encode())] = text.encode()

    add("leaflet.js", _module((leaflet / "leaflet.js").read_text("utf-8")))
    add("supercluster.js", _module((ASSETS / "supercluster" / "supercluster.js").read_text("utf-8")))
    for part in _PARTS:
        text = (ASSETS / "parts" / f"{part}.js").read_text("utf-8")
        for hashed in made:  # imports are by the name that carries the hash
            stem, _, rest = hashed.partition(".")
            text = text.replace(f'"./{stem}.js"', f'"./{stem}.{rest}"')
        add(f"{part}.js", text)
    add("map.css", (leaflet / "leaflet.css").read_text("utf-8") + _css("map") + LEGEND_CSS)
    add("linked.css", _css("linked"))
    add("markup.css", _css("markup"))
    return made


def _css(name: str) -> str:
    return (ASSETS / "parts" / f"{name}.css").read_text("utf-8")


def _module(bundle: str) -> str:
    """Make a module of a UMD bundle: given `module`, it fills that instead of the page's globals."""
    script = bundle.split("//# sourceMappingURL", maxsplit=1)[0]
    return (
        f"const exports = {{}}, module = {{ exports }};\n{script}\nconst made = module.exports;\nexport default made;\n"
    )


def _hashed(name: str, body: bytes) -> str:
    stem, _, ending = name.partition(".")
    return f"{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{ending}"


def address(*parts: str) -> str:
    """Return the path of one of our routes as the browser must ask for it, base path included."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return "/" + "/".join([*([base] if base else []), "s3geo", *parts])


def asset(name: str) -> str:
    """Return the address of an asset ("map.js"), its content hash in the name."""
    stem, _, ending = name.partition(".")
    found = next(key for key in assets() if key.startswith(f"{stem}.") and key.endswith(f".{ending}"))
    return address("assets", found)


def publish(prepared: PreparedGeometry) -> str:
    """Make geometry available to browsers and return its address; the same geometry is kept once.

    In a visit that has data of its own, what nobody else has shown yet is kept by that visit and goes with it.
    """
    if prepared.id not in _geometry:
        kept = _of_the_visit()
        with _lock:
            if kept is None:
                _geometry[prepared.id] = _pack(prepared, own=False)
            else:
                kept[prepared.id] = _own[prepared.id] = _own.get(prepared.id) or _pack(prepared, own=True)
    return address("geometry", f"{prepared.id}.geojson")


def _pack(prepared: PreparedGeometry, *, own: bool) -> Packed:
    return Packed(gzip.compress(prepared.body, 9, mtime=0), own)


def _of_the_visit() -> dict[str, Packed] | None:
    """Return what a visit with data of its own keeps; None where the workspace is the server's."""
    if get_script_run_ctx(suppress_warning=True) is None or "_workspace" not in st.session_state:
        return None
    kept: dict[str, Packed] = st.session_state.setdefault("_published", {})
    return kept


def packed_geometry(id_: str) -> Packed | None:
    """Return published geometry."""
    return _geometry.get(id_) or _own.get(id_)
