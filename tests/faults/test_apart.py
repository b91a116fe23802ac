"""A file of a stranger's is read in a process of its own: the same comes back, and what is too much is lost with it."""

from __future__ import annotations

import json
import os
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from s3geo import apart
from s3geo.apart import layer_apart, table_apart
from s3geo.errors import FileProblem, LayerError, TableError
from s3geo.geography.layers import read_layer
from s3geo.tables.read import read_table
from s3geo.workspace import bundled_workspace

LIMITED = pytest.mark.skipif(sys.platform != "linux", reason="limits of a process are Linux's")
TABLE = "row;2023;name\nE37000051;1,5;Lon\x01don\n\nE37000007;[c];Cumbria\n".encode("cp1252")


def combs(teeth: int) -> bytes:
    """Return two areas like combs, one lying across the other: small, and all their teeth cross."""
    tooth = ((0, 0), (0, 2 * teeth), (1, 2 * teeth), (1, 0))
    up = [(2 * n + x, y) for n in range(teeth) for x, y in tooth]
    comb = shapely.Polygon([*up, (2 * teeth, -1), (0, -1)])
    across = shapely.transform(comb, lambda xy: xy[:, ::-1])
    frame = gpd.GeoDataFrame({"code": ["a", "b"], "name": ["A", "B"]}, geometry=[comb, across], crs=27700)
    frame.geometry = frame.scale(20, 20, origin=(0, 0)).translate(400_000, 200_000)
    return frame.to_json(drop_id=True, to_wgs84=True).encode()


def test_a_table_is_the_same(tmp_path: Path) -> None:
    here = read_table(TABLE, name="a.csv")
    there = table_apart(TABLE, "a.csv")
    pd.testing.assert_frame_equal(there, here)
    assert there.attrs == here.attrs
    assert list(there.index) == [2, 4]


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "fgb"])
def test_boundaries_are_the_same(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    bundled_workspace().layer().reset_index().to_file(path, engine="pyogrio")
    here, there = read_layer(path, geography="lep"), layer_apart(path.read_bytes(), path.name, "lep")
    pd.testing.assert_frame_equal(there.drop(columns="geometry"), here.drop(columns="geometry"))
    assert there.crs == here.crs
    assert there.geometry.geom_equals_exact(here.geometry, 0).all()
    assert there.attrs == here.attrs


def test_an_error_comes_back_whole() -> None:
    with pytest.raises(TableError) as here:
        read_table(b"a,a\n1,2\n", name="b.csv")
    with pytest.raises(TableError) as there:
        table_apart(b"a,a\n1,2\n", "b.csv")
    assert str(there.value) == str(here.value)
    pd.testing.assert_frame_equal(there.value.problems, here.value.problems)
    with pytest.raises(LayerError, match=r"c\.geojson holds no features"):
        layer_apart(json.dumps({"type": "FeatureCollection", "features": []}).encode(), "c.geojson", "lep")
    with pytest.raises(FileProblem, match="not a boundary file"):
        layer_apart(b"x", "../../d", "lep")


@LIMITED
def test_what_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "SMALL", apart.SMALL._replace(seconds=3))
    with pytest.raises(FileProblem, match=r"combs\.geojson takes more memory or time .* \(800 MB, 3 seconds"):
        layer_apart(combs(300), "combs.geojson", "lep")


@LIMITED
def test_what_takes_too_much_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "LARGE", apart.LARGE._replace(memory=300_000_000))
    data = "code,2023\n" + "".join(f"{n:0150},1\n" for n in range(199_000))
    with pytest.raises(FileProblem, match=r"a\.csv takes more memory or time .* \(300 MB"):
        table_apart(data.encode(), "a.csv")


def test_what_is_large_once_it_is_read_is_refused() -> None:
    """One text in every row of 200,000: 20 kB in Parquet, and more than the server keeps for a visit."""
    made = BytesIO()
    pd.DataFrame({"code": ["E37000051"] * 199_000, "2023": ["long " * 62] * 199_000}).to_parquet(made)
    assert len(made.getvalue()) < 30_000
    with pytest.raises(FileProblem, match=r"a\.parquet is too large once it is read \(\d\d MB; at most 60 MB\)"):
        table_apart(made.getvalue(), "a.parquet")


def test_boundaries_with_too_many_corners_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as fit into 50 MB, in a shape that is quickly read."""
    turn = np.linspace(0, 2 * np.pi, 700_000)
    round_ = shapely.Polygon(np.column_stack([400_000 + 50_000 * np.cos(turn), 300_000 + 50_000 * np.sin(turn)]))
    made = BytesIO()
    frame = gpd.GeoDataFrame({"code": ["a"], "name": ["A"]}, geometry=[round_], crs=27700)
    frame.to_parquet(made)
    with pytest.raises(FileProblem, match=r"a\.parquet has 700,000 corners \(at most 500,000\). Use more generalised"):
        layer_apart(made.getvalue(), "a.parquet", "lep")


def test_of_many_problems_the_first_come() -> None:
    data = "code,2023\n" + "E37000051,1,2\n" * 5_000
    with pytest.raises(TableError, match="There are 4999 more such rows") as caught:
        table_apart(data.encode(), "a.csv")
    assert len(caught.value.problems) == 500


def test_what_is_said_back_is_short() -> None:
    """Neither a name of a file nor what stands in it comes back in every row of an answer."""
    name = "n" * 900 + ".csv"
    with pytest.raises(TableError) as caught:
        table_apart(("code,2023\n" + "E37000051,1,2\n" * 3_000).encode(), name)
    assert len(str(caught.value)) < 1_500
    assert caught.value.problems["file"].str.len().max() == 80
    assert caught.value.problems["file"].str.endswith(".csv").all()
    shape = {"type": "\x7f" * 1_000_000, "coordinates": []}
    feature = {"type": "Feature", "properties": {"code": "a", "name": "A"}, "geometry": shape}
    with pytest.raises(LayerError) as caught:
        layer_apart(json.dumps({"type": "FeatureCollection", "features": [feature]}).encode(), "a.geojson", "lep")
    assert len(str(caught.value)) <= 1_200
    assert caught.value.problems["problem"].str.len().max() <= 300


@LIMITED
def test_nothing_unpacked_stays_where_a_reader_was_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(apart, "SMALL", apart.SMALL._replace(seconds=1, memory=150_000_000))
    layer = bundled_workspace().layer().reset_index()
    layer.to_file(tmp_path / "a.shp", engine="pyogrio")
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in tmp_path.glob("a.*"):
            archive.write(path, path.name)
            path.unlink()
    with pytest.raises(FileProblem, match="takes more memory or time"):
        layer_apart(made.getvalue(), "a.zip", "lep")
    assert list(tmp_path.iterdir()) == []


def test_small_files_do_not_wait_for_large_ones() -> None:
    with apart.LARGE.turn:
        assert len(table_apart(TABLE, "a.csv")) == 2


def test_what_waits_for_ever_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_PATIENCE", 0.05)
    with pytest.raises(FileProblem, match="takes more memory or time"):
        table_apart(TABLE, "a.csv")


def test_who_waits_too_long_for_others_is_told_to_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_PATIENCE", 0.05)
    with apart.SMALL.turn, pytest.raises(FileProblem, match="Send it again in a minute"):
        table_apart(TABLE, "a.csv")


def test_nothing_of_it_stays_on_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    table_apart(TABLE, "a.csv")
    with pytest.raises(TableError):
        table_apart(b"a,a\n1,2\n", "b.csv")
    assert os.listdir(tmp_path) == []


def test_a_fault_of_ours_is_no_fault_of_the_file() -> None:
    with pytest.raises(RuntimeError, match="KeyError: 'geography'"), apart._apart(b"x", "a.gpkg", {"what": "layer"}):
        pass
