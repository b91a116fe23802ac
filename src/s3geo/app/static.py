"""What browsers fetch once: scripts and styles, and geometry, each under an address that names its content.

Every address is relative to ``server.baseUrlPath``; nothing is fetched from another machine.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path
from threading import Lock

import streamlit as st

from s3geo.views.geometry import PreparedGeometry
from s3geo.views.legend import LEGEND_CSS

__all__ = ["ASSETS", "address", "asset", "assets", "packed_geometry", "publish"]

ASSETS = Path(__file__).with_name("assets")
"""Folder of what the browser loads."""

_geometry: dict[str, bytes] = {}
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
    """Make geometry available to browsers and return its address; the same geometry is kept once."""
    if prepared.id not in _geometry:
        with _lock:
            _geometry[prepared.id] = gzip.compress(prepared.body, 9, mtime=0)
    return address("geometry", f"{prepared.id}.geojson")


def packed_geometry(id_: str) -> bytes | None:
    """Return published geometry, packed with gzip."""
    return _geometry.get(id_)
