"""Bad input gives one clear message in Python, on the command line and in the app; the last good state stays.

The broken files are made here from the bundled ones, as users would hold them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from s3geo.app import loaders
from s3geo.checking import check_file
from s3geo.errors import DataError
from s3geo.settings import bundled, settings
from s3geo.workspace import Workspace, open_workspace

LEP = "lep_2021-05.parquet"


def geo(change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame], name: str) -> Callable[[Path], Path]:
    """Return a maker of a changed copy of the bundled LEP layer."""

    def make(folder: Path) -> Path:
        changed = change(gpd.read_parquet(bundled("boundaries", LEP))[["code", "name", "geometry"]])
        path = folder / name
        changed.to_parquet(path) if path.suffix == ".parquet" else changed.to_file(path)
        return path

    return make


def raw(content: bytes, name: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def truncated(folder: Path) -> Path:
    path = folder / LEP
    path.write_bytes(bundled("boundaries", LEP).read_bytes()[:20_000])
    return path


LAYERS = {
    "truncated": (truncated, "cut short|damaged|cannot be read"),
    "empty": (raw(b"", "lep_2021-05.gpkg"), "empty"),
    "wrong CRS": (geo(lambda g: g.set_crs(4326, allow_override=True), "lep_2021-05.gpkg"), "reference system|degrees"),
    "no CRS": (geo(lambda g: g.set_crs(None, allow_override=True), LEP), "reference system|CRS"),
    "duplicate code": (geo(lambda g: pd.concat([g, g.head(1)]), "lep_2021-05.gpkg"), "E37000001"),
    "no code column": (geo(lambda g: g[["name", "geometry"]], "lep_2021-05.gpkg"), "code"),
    "not what its name says": (raw(b"<html><body>Sign in</body></html>", "lep_2021-05.geojson"), "GeoJSON"),
}

HEAD = "code,patents\n"
GOOD = "E37000001,3\nE37000003,4\n"
TABLES = {
    "unknown code": (HEAD + GOOD + "E37009999,5\n", "E37009999"),
    "duplicate key": (HEAD + GOOD + "E37000001,9\n", "E37000001"),
    "empty file": ("", "empty"),
    "only a header": (HEAD, "no rows|header"),
    "misspelt name": ("LEP,patents\nGreater Manchster,1\nLondon,2\n", "Greater Manchester"),
}


@pytest.mark.parametrize("case", LAYERS)
def test_a_broken_layer_in_python_and_in_a_workspace(case: str, tmp_path: Path) -> None:
    make, words = LAYERS[case]
    folder = tmp_path / "boundaries"
    folder.mkdir()
    path = make(folder)
    with pytest.raises(DataError, match=f"(?i){words}") as caught:
        open_workspace(tmp_path).layer("lep")
    assert path.name in str(caught.value)
    problems = caught.value.problems
    assert len(problems)
    assert (problems["next_step"] != "").any()


@pytest.mark.parametrize("case", TABLES)
def test_a_broken_table_in_python(case: str, tmp_path: Path) -> None:
    text, words = TABLES[case]
    path = tmp_path / "figures.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=words) as caught:
        check_file(open_workspace(), path)
    assert "figures.csv" in str(caught.value)
    assert len(caught.value.problems)


def test_text_in_a_number_column_names_the_row(tmp_path: Path) -> None:
    from s3geo import join

    path = tmp_path / "figures.csv"
    path.write_text(HEAD + GOOD + "E37000005,about five\n")
    with pytest.raises(DataError, match="about five") as caught:
        join(open_workspace().layer("lep"), path, value="patents")
    assert caught.value.problems["row"].tolist() == [4]


def run(*args: str, workspace: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **({"S3GEO_WORKSPACE": str(workspace)} if workspace else {})}
    return subprocess.run(
        [sys.executable, "-m", "s3geo", *args], capture_output=True, text=True, check=False, env=environment
    )


def test_the_command_line_exits_1_with_one_message(tmp_path: Path) -> None:
    path = tmp_path / "figures.csv"
    path.write_text(HEAD + GOOD + "E37009999,5\n")
    done = run("check", str(path))
    assert done.returncode == 1
    assert "figures.csv" in done.stderr
    assert "E37009999" in done.stderr
    assert "Traceback" not in done.stderr
    (tmp_path / "boundaries").mkdir()
    truncated(tmp_path / "boundaries")
    done = run("map", "gva_per_head", "-o", str(tmp_path / "x.png"), workspace=tmp_path)
    assert done.returncode == 1
    assert LEP in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "x.png").exists()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    done = run("check", str(tmp_path / "nowhere.csv"))
    assert done.returncode == 1
    assert "nowhere.csv" in done.stderr


def spoilt(change: Callable[[pd.DataFrame], pd.DataFrame], folder: Path) -> Workspace:
    """A workspace whose observations are changed."""
    (folder / "data").mkdir()
    change(pd.read_parquet(bundled("data", "observations.parquet"))).to_parquet(
        folder / "data" / "observations.parquet"
    )
    return open_workspace(folder)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: pd.concat([t, t.head(1)]), "schema"),
        (lambda t: t.assign(code=t["code"].where(t.index != t.index[0], "E37009999")), "E37009999"),
        (lambda t: t.assign(value=t["value"].astype(str)), "value"),
        (lambda t: t.drop(columns="status"), "status"),
    ],
    ids=["duplicate", "unknown code", "text for numbers", "missing column"],
)
def test_broken_observations(change: Callable[[pd.DataFrame], pd.DataFrame], words: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=words) as caught:
        spoilt(change, tmp_path).check()
    assert "observations.parquet" in str(caught.value)
    assert len(caught.value.problems)


def test_the_app_says_what_is_wrong_and_shows_the_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from streamlit.testing.v1 import AppTest

    from s3geo.app.server import SCRIPT

    (tmp_path / "boundaries").mkdir()
    truncated(tmp_path / "boundaries")
    monkeypatch.setenv("S3GEO_WORKSPACE", str(tmp_path))
    settings.cache_clear()
    try:
        at = AppTest.from_file(str(SCRIPT), default_timeout=60).run()
        assert not at.exception
        assert LEP in at.error[0].value
        assert "bundled" in at.warning[0].value
        assert any("England" in str(html.proto.body) for html in at.get("html"))
        ws, error = loaders.workspace()
        assert error is not None
        assert len(ws.layer("lep")) == 38
    finally:
        settings.cache_clear()


def test_a_file_that_breaks_later_does_not_take_the_good_state_away(tmp_path: Path) -> None:
    (tmp_path / "boundaries").mkdir()
    path = tmp_path / "boundaries" / LEP
    path.write_bytes(bundled("boundaries", LEP).read_bytes())
    ws = open_workspace(tmp_path)
    ws.check()
    truncated(tmp_path / "boundaries")
    assert len(ws.layer("lep")) == 38
    assert len(ws.values("gva_per_head")) == 38
