"""Faults that were found once: each test failed before its mend. Figures and names here are made up."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from s3geo import choropleth, export, nearest_regions, open_workspace
from s3geo.views.static_map import static_map

LONDON, GBSLEP = "E37000051", "E37000012"


def test_a_plain_geoparquet_layer_may_lack_centres(tmp_path: Path) -> None:
    (tmp_path / "boundaries").mkdir()
    open_workspace().layer("lep").reset_index().to_parquet(tmp_path / "boundaries" / "lep_2021-05.parquet")
    ws = open_workspace(tmp_path)
    assert len(ws.layer()) == 38
    pd.testing.assert_frame_equal(ws.centres(), open_workspace().centres())


def subset(tmp_path: Path) -> Path:
    (tmp_path / "boundaries").mkdir()
    layer = open_workspace().layer("lep").drop(GBSLEP)
    layer.reset_index().to_file(tmp_path / "boundaries" / "lep_2021-05.gpkg", engine="pyogrio")
    return tmp_path


def test_a_layer_with_fewer_regions_can_be_drawn(tmp_path: Path) -> None:
    ws = open_workspace(subset(tmp_path))
    m = choropleth(ws, "gva_per_head")
    assert len(m.table.rows) == 37
    static_map(ws, m.table, "svg")


def test_a_layer_with_fewer_regions_has_neighbours_of_its_own(tmp_path: Path) -> None:
    ws = open_workspace(subset(tmp_path))
    assert GBSLEP not in ws.neighbours()
    assert ws.locate("WS13 6HX").query("geography == 'lep'")["code"].tolist() == ["E37000032"]


def test_a_layer_with_another_code_has_profile_and_surroundings(tmp_path: Path) -> None:
    (tmp_path / "boundaries").mkdir()
    layer = open_workspace().layer("lep").rename(index={LONDON: "E37000099"})
    layer.reset_index().to_file(tmp_path / "boundaries" / "lep_2021-05.gpkg", engine="pyogrio")
    ws = open_workspace(tmp_path)
    assert len(nearest_regions(ws, "E37000099")) == 5


def test_a_table_with_a_formula_in_a_name_is_neutralised_too(tmp_path: Path) -> None:
    path = export(pd.DataFrame({"name": ["=HYPERLINK(1)"]}), tmp_path / "table.csv")
    assert "'=HYPERLINK" in path.read_text("utf-8-sig")
