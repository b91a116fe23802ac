"""The one app object: Streamlit's pages, and beside them static assets, geometry and health.

``streamlit run streamlit_app.py`` and ``s3geo app`` both start one ``st.App`` of `SCRIPT` with these `routes`.
Every address below is relative to ``server.baseUrlPath``; nothing is fetched from another machine.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from pathlib import Path
from threading import Lock, Thread

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from s3geo.app import loaders
from s3geo.views.geometry import PreparedGeometry
from s3geo.views.legend import LEGEND_CSS

__all__ = ["ASSETS", "SCRIPT", "address", "asset", "lifespan", "publish", "routes"]

SCRIPT = Path(__file__).with_name("main.py")
"""The script of the pages."""

ASSETS = Path(__file__).with_name("assets")
"""Folder of what the browser loads."""
_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}

_geometry: dict[str, bytes] = {}
_lock = Lock()


@lru_cache(maxsize=1)
def _assets() -> dict[str, bytes]:
    """Return what the browser loads, by name with a content hash in it."""
    leaflet = ASSETS / "leaflet"
    script = (leaflet / "leaflet.js").read_text("utf-8").split("//# sourceMappingURL")[0]
    css = (leaflet / "leaflet.css").read_text("utf-8") + (ASSETS / "map" / "map.css").read_text("utf-8") + LEGEND_CSS
    made = {
        # Leaflet is a UMD bundle; given `exports` it fills that instead of the page's globals.
        "leaflet.js": f"const exports = {{}}, module = {{}};\n{script}\nexport default exports;\n",
        "map.js": (ASSETS / "map" / "map.js").read_text("utf-8"),
        "map.css": css,
    }
    return {_hashed(name, text.encode()): text.encode() for name, text in made.items()}


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
    found = next(key for key in _assets() if key.startswith(f"{stem}.") and key.endswith(f".{ending}"))
    return address("assets", found)


def publish(prepared: PreparedGeometry) -> str:
    """Make geometry available to browsers and return its address; the same geometry is kept once."""
    if prepared.id not in _geometry:
        with _lock:
            _geometry[prepared.id] = gzip.compress(prepared.body, 9, mtime=0)
    return address("geometry", f"{prepared.id}.geojson")


async def _serve_asset(request: Request) -> Response:
    name = request.path_params["name"]
    body = _assets().get(name)
    if body is None:
        return Response("No such asset.", status_code=404, media_type="text/plain")
    return Response(body, headers=_FOREVER, media_type=_TYPES[Path(name).suffix])


async def _serve_geometry(request: Request) -> Response:
    packed = _geometry.get(request.path_params["name"].removesuffix(".geojson"))
    if packed is None:
        return Response("No such geometry; reload the page.", status_code=404, media_type="text/plain")
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers = {**_FOREVER, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return Response(packed, headers=headers, media_type="application/geo+json")
    return Response(gzip.decompress(packed), headers=_FOREVER, media_type="application/geo+json")


async def _health(_request: Request) -> Response:
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Prepare, beside the first visitors, what they would else wait for."""
    Thread(target=loaders.warm, name="s3geo-warm", daemon=True).start()
    yield


def routes() -> list[BaseRoute]:
    """Return the routes beside Streamlit's own, with and without a base path before them."""
    return [
        Route(f"{prefix}/s3geo/{path}", endpoint)
        for prefix in ("", "/{base:path}")
        for path, endpoint in (
            ("assets/{name}", _serve_asset),
            ("geometry/{name}", _serve_geometry),
            ("health", _health),
        )
    ]
