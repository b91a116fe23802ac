"""The one app object: Streamlit's pages, and beside them static assets, geometry and health.

``streamlit run streamlit_app.py`` and ``s3geo app`` both start one ``st.App`` of `SCRIPT` with these `routes`.
"""

from __future__ import annotations

import gzip
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope
from streamlit import net_util

from s3geo import __version__
from s3geo.app import loaders
from s3geo.app.lasting import let_files_wait
from s3geo.app.log import fault, note, start_log
from s3geo.app.memory import give_memory_back
from s3geo.app.static import assets, packed_geometry
from s3geo.errors import S3geoError

__all__ = ["SCRIPT", "lifespan", "routes"]

# Asked for an origin that it does not know, Streamlit would look up the public address of this machine on a server of
# Amazon's, and wait for it. Nothing is asked of anybody here; see docs/security.md.
net_util.get_external_ip = lambda: None

SCRIPT = Path(__file__).with_name("main.py")
"""The script of the pages."""

_TURN_SECONDS = 0.001
"""How long one visitor's thread keeps the interpreter while others wait; a click hands it on many times."""

_M_MMAP_THRESHOLD = -3  # of mallopt(3)
_LARGE = 1 << 20

_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
_FOR_ONE = {**_FOREVER, "Cache-Control": "private, no-store"}
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


async def _serve_asset(request: Request) -> Response:
    name = request.path_params["name"]
    body = assets().get(name)
    if body is None:
        return Response("No such asset.", status_code=404, media_type="text/plain")
    return Response(body, headers=_FOREVER, media_type=_TYPES[Path(name).suffix])


async def _serve_geometry(request: Request) -> Response:
    packed = packed_geometry(request.path_params["name"].removesuffix(".geojson"))
    if packed is None:
        return Response("No such geometry; reload the page.", status_code=404, media_type="text/plain")
    headers = _FOR_ONE if packed.own else _FOREVER
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers = {**headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return Response(packed.body, headers=headers, media_type="application/geo+json")
    return Response(gzip.decompress(packed.body), headers=headers, media_type="application/geo+json")


async def _health(_request: Request) -> Response:
    """Say that the server answers."""
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


def _ready(_request: Request) -> Response:
    """Say whether what it answers is what it should be: ok, degraded (the bundle stands in) or failing (503)."""
    said = loaders.readiness()
    failing = said["status"] == "failing"
    return JSONResponse(said, status_code=503 if failing else 200, headers={"Cache-Control": "no-store"})


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Load what the first page needs, then, beside the first visitors, what they would else wait for."""
    let_files_wait()
    give_memory_back()
    sys.setswitchinterval(_TURN_SECONDS)
    wrong = loaders.ready()
    start_log()
    note("start", what=__version__)
    if isinstance(wrong, S3geoError):  # of the operator's own files, not of a visitor's
        note("start", level=logging.WARNING, kind=type(wrong).__name__, problem=str(wrong))
    elif wrong is not None:
        fault(wrong)
    Thread(target=loaders.warm, name="s3geo-warm", daemon=True).start()
    yield


class _Below(Route):
    """A route below the base path of the server and below no other: rules of a proxy are written for that one."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches(scope)
        base = str(st.get_option("server.baseUrlPath") or "").strip("/")  # not known when the routes are made
        if match is not Match.NONE and child["path_params"]["base"] != base:
            return Match.NONE, {}
        return match, child


def routes() -> list[BaseRoute]:
    """Return the routes beside Streamlit's own, with and without the base path before them."""
    return [
        kind(f"{prefix}/s3geo/{path}", endpoint)
        for kind, prefix in ((Route, ""), (_Below, "/{base:path}"))
        for path, endpoint in (
            ("assets/{name}", _serve_asset),
            ("geometry/{name}", _serve_geometry),
            ("health", _health),
            ("ready", _ready),
        )
    ]
