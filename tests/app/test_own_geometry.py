"""Boundaries of a visitor's own: for one visit, in no cache, gone from the server's addresses when the visit is."""

from __future__ import annotations

import asyncio
import gc
import gzip
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.requests import Request
from starlette.responses import Response
from streamlit.testing.v1 import AppTest

from s3geo.app import server, static
from s3geo.app.server import SCRIPT
from s3geo.views.geometry import PreparedGeometry, regions
from s3geo.workspace import bundled_workspace


def prepared(id_: str) -> PreparedGeometry:
    return PreparedGeometry(id_, {}, id_.encode(), (0, 0, 1, 1))


def asked(id_: str) -> Response:
    scope = {"type": "http", "headers": [], "path_params": {"name": f"{id_}.geojson"}}
    with ThreadPoolExecutor(1) as pool:  # where a browser is tested too, Playwright's loop runs in this thread
        return pool.submit(lambda: asyncio.run(server._serve_geometry(Request(scope)))).result()


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> dict:
    """What a visit with data of its own remembers; without "_workspace" it has none."""
    remembered: dict = {"_workspace": object()}
    monkeypatch.setattr(static, "get_script_run_ctx", lambda **_: object())
    monkeypatch.setattr(static.st, "session_state", remembered)
    monkeypatch.setattr(static, "_geometry", {})
    return remembered


def test_boundaries_of_ones_own_go_with_the_visit(visit: dict) -> None:
    assert static.publish(prepared("own1")) == "/s3geo/geometry/own1.geojson"
    answer = asked("own1")
    assert (answer.status_code, answer.body) == (200, b"own1")
    assert answer.headers["cache-control"] == "private, no-store"
    static.publish(prepared("own1"))  # the page runs again
    assert static._geometry == {}
    visit.clear()
    gc.collect()
    assert asked("own1").status_code == 404


def test_a_map_of_own_boundaries_is_kept_by_its_visit() -> None:
    layer = bundled_workspace().layer().copy()
    layer.geometry = layer.geometry.translate(1_000, 0)
    ws = bundled_workspace().with_layer("lep", layer, file="moved.geojson")
    test = AppTest.from_file(str(SCRIPT), default_timeout=60)
    test.session_state["_workspace"] = ws
    assert not test.run().exception
    own = regions(ws).id
    assert own in test.session_state["_published"]
    assert own not in static._geometry
    assert asked(own).headers["cache-control"] == "private, no-store"


def test_what_two_visits_have_goes_with_the_last(visit: dict) -> None:
    static.publish(prepared("own2"))
    first = visit.pop("_published")
    static.publish(prepared("own2"))
    assert visit["_published"]["own2"] is first["own2"]  # kept once
    first.clear()
    assert asked("own2").status_code == 200
    visit.clear()
    gc.collect()
    assert asked("own2").status_code == 404


def test_what_the_server_has_is_for_everybody_and_for_ever(visit: dict) -> None:
    own = visit.pop("_workspace")
    static.publish(prepared("ours"))
    visit["_workspace"] = own
    static.publish(prepared("ours"))
    assert "_published" not in visit
    visit.clear()
    answer = asked("ours")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    packed = static.packed_geometry("ours")
    assert packed is not None
    assert gzip.decompress(packed.body) == b"ours"
