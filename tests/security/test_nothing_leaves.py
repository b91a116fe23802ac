"""Nothing is asked of another machine: no telemetry, no look-up, no grid, no driver that fetches."""

from __future__ import annotations

import inspect
import json
import os
import re
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from pyproj import network
from streamlit import net_util
from streamlit.testing.v1 import AppTest
from streamlit.web.server import server_util

from s3geo.app import launch, server
from s3geo.app.server import SCRIPT

PAGES = ("", "compare", "index", "partners", "your-data", "data", "methods")


def test_no_telemetry_however_the_app_is_started(root: Path) -> None:
    shipped = tomllib.loads((root / ".streamlit" / "config.toml").read_text("utf-8"))
    assert shipped["browser"]["gatherUsageStats"] is False
    assert launch._shipped()["browser.gatherUsageStats"] is False


def test_an_unknown_origin_makes_the_server_ask_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(net_util, "_make_blocking_http_get", lambda url, **_: asked.append(url))
    assert server.net_util is net_util
    assert not server_util.is_url_from_allowed_origins("https://evil.example")
    assert asked == []
    # still the function that Streamlit asks: a release that renames it fails here
    assert "net_util.get_external_ip" in inspect.getsource(server_util.is_url_from_allowed_origins)


def test_no_page_makes_the_server_connect_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def refuse(*args: object) -> None:
        asked.append(args[-1])
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    test = AppTest.from_file(str(SCRIPT), default_timeout=60)
    test.query_params.update(region="E37000016", layers="university,districts,projects,base")
    test.run()
    assert not test.exception
    assert not test.error
    assert asked == []


def test_projections_fetch_no_grids() -> None:
    assert not network.is_network_enabled()


# Those that are left write and read as before.
ONES_LEFT = """
import json, sys, s3geo.app, pyogrio
from s3geo.geography.layers import read_layer
from s3geo.workspace import open_workspace

layer = open_workspace().layer()
for suffix in ("gpkg", "fgb", "shp"):
    layer.reset_index().to_file(f"{sys.argv[1]}/lep.{suffix}", engine="pyogrio")
    assert list(read_layer(f"{sys.argv[1]}/lep.{suffix}").index) == list(layer.index)
print(json.dumps(sorted(pyogrio.list_drivers())))
"""


def test_the_server_has_no_driver_that_fetches_includes_or_runs(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ONES_LEFT, str(tmp_path)], capture_output=True, text=True, check=True
    )
    drivers = set(json.loads(done.stdout))
    assert {"ESRI Shapefile", "GPKG", "FlatGeobuf"} <= drivers
    gone = "HTTP WFS OAPIF OGCAPI CSW Carto Elasticsearch NGW AmigoCloud PLSCENES EEDA OGR_VRT GDALG GML KML LIBKML"
    assert not drivers & set(gone.split())


@pytest.mark.parametrize("theirs", ["GPX", "GPX,GML,ESRI Shapefile", "GPX GML"])
def test_drivers_that_an_operator_takes_away_are_added_to_ours(theirs: str, tmp_path: Path) -> None:
    """GDAL parts the list at commas where there is one, else at spaces."""
    code = "import json, s3geo.app, pyogrio; print(json.dumps(sorted(pyogrio.list_drivers())))"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env={**os.environ, "GDAL_SKIP": theirs},
        capture_output=True,
        text=True,
        check=True,
    )
    drivers = set(json.loads(done.stdout))
    assert {"GPKG", "FlatGeobuf"} <= drivers
    assert not drivers & {"GPX", "GML", "HTTP", "OGR_VRT", "WFS"}
    assert ("ESRI Shapefile" in drivers) is ("Shapefile" not in theirs)


def test_no_secret_is_in_the_repository(root: Path) -> None:
    told = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=False)
    if told.returncode:
        pytest.skip("not a git checkout")
    pattern = re.compile(
        rb"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|xox[bap]-[0-9A-Za-z-]{20}|"
        rb"(?i:(?:password|passwd|secret|api_key|token)\s*[=:]\s*[\"'][^\"'\s{}<>$]{12,}[\"'])"
    )
    found = []
    for name in filter(None, told.stdout.decode().split("\0")):
        path = root / name
        if path.suffix not in {".parquet", ".png", ".woff2"} and path.is_file():
            found += [f"{name}: {hit[0][:60]!r}" for hit in pattern.finditer(path.read_bytes())]
    assert found == []
