"""Boundaries that are not the bundled ones: fetched into a workspace, lying in one, or laid over one for a visit."""

from __future__ import annotations

import json
import math
from pathlib import Path

import httpx2
import pandas as pd
from typer.testing import CliRunner

from s3geo import choropleth, nearest_regions, open_workspace
from s3geo.cli.main import app
from s3geo.exports.tables import figures_table
from s3geo.geography.layers import read_layer
from s3geo.sources import arcgis
from s3geo.tables.own import match_own
from s3geo.views.class_table import class_table
from s3geo.workspace.own import Described, describe_own

LONDON, GM = "E37000051", "E37000015"


def as_published(folder: Path) -> bytes:
    """Bundled LEPs in the form in which the service answers."""
    layer = open_workspace().layer().reset_index().rename(columns={"code": "LEP21CD", "name": "LEP21NM"})
    path = folder / "answer.geojson"
    layer.to_crs(4326).to_file(path, driver="GeoJSON")
    return path.read_bytes()


def test_a_fetched_layer_is_the_one_the_workspace_opens(tmp_path: Path, monkeypatch) -> None:
    body = as_published(tmp_path)
    transport = httpx2.MockTransport(lambda _request: httpx2.Response(200, content=body))
    monkeypatch.setattr(arcgis, "fetch_layer", with_client(arcgis.fetch_layer, httpx2.Client(transport=transport)))
    done = CliRunner().invoke(app, ["boundaries", "fetch", "lep", "--into", str(tmp_path / "ws")])
    assert done.exit_code == 0, done.output
    ws = open_workspace(tmp_path / "ws")
    assert len(ws.layer()) == 38
    credit = class_table(ws, "gva_per_head").attribution
    assert "Natural Earth" in credit  # the backdrop
    assert "lep_2021-05.geojson" in credit
    assert "Royal Mail" not in credit
    assert "Contains OS data" in credit


def with_client(fetch, client):
    return lambda *args, **options: fetch(*args, client=client, **options)


def test_a_layer_of_the_users_own_is_not_credited_to_others(tmp_path: Path) -> None:
    (tmp_path / "boundaries").mkdir()
    layer = open_workspace().layer().reset_index()
    layer.to_file(tmp_path / "boundaries" / "lep_2021-05.gpkg")
    ws = open_workspace(tmp_path)
    table = class_table(ws, "gva_per_head")
    assert "lep_2021-05.gpkg" in table.boundaries
    assert "May 2021" not in table.boundaries
    assert "Royal Mail" not in table.attribution
    assert "Royal Mail" in class_table(ws, "gva_per_head", geography="region").attribution
    assert "Royal Mail" in class_table(open_workspace(), "gva_per_head").attribution


def test_a_layer_laid_over_is_credited_and_has_surroundings_of_its_own(tmp_path: Path) -> None:
    base = open_workspace()
    nearest_regions(base, GM)  # neighbours are known by now
    layer = base.layer().rename(index={LONDON: "E37000099"})
    path = tmp_path / "mine.gpkg"
    layer.reset_index().to_file(path)
    ws = base.with_layer("lep", read_layer(path, geography="lep"), file="mine.gpkg")
    assert len(nearest_regions(ws, "E37000099", n=5)) == 5
    assert "mine.gpkg" in class_table(ws, "gva_per_head").attribution
    assert "mine.gpkg" not in class_table(base, "gva_per_head").attribution
    assert choropleth(ws, "gva_per_head").table.rows.index.tolist() == sorted(layer.index)


def test_overlaps_are_those_of_the_layer_laid_over() -> None:
    base = open_workspace()
    one = base.overlaps()["regions"].iloc[0][0]
    ws = base.with_layer("lep", base.layer().rename(index={one: "E37000099"}))
    held = [{code for codes in each.overlaps()["regions"] for code in codes} for each in (base, ws)]
    assert [one in codes for codes in held] == [True, False]


def test_england_without_a_figure_has_no_value_in_the_export() -> None:
    figures = pd.DataFrame({"code": [GM, LONDON], "2020": ["1", "2"]})  # made up, no row for England
    own = describe_own(match_own(figures, open_workspace().layer(), file="x.csv"), Described("Ours", "n"))
    ws = open_workspace().with_own(own)
    row = figures_table(ws, class_table(ws, own.ids[0])).set_index("code").loc["E92000001"]
    assert math.isnan(row["value"])
    assert row["status"] == "not_collected"


def test_the_provenance_of_a_fetched_layer_stays_beside_it(tmp_path: Path) -> None:
    body = as_published(tmp_path)
    transport = httpx2.MockTransport(lambda _request: httpx2.Response(200, content=body))
    with httpx2.Client(transport=transport) as client:
        path = arcgis.fetch_layer("lep", "2021-05", tmp_path / "boundaries", client=client)
    assert json.loads(path.with_suffix(".provenance.json").read_text("utf-8"))["licence"] == "OGL-UK-3.0"
