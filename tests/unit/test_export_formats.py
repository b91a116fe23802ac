"""Each format a map can be taken away as is opened by its own reader and compared with the library."""

from __future__ import annotations

import dataclasses
import io
import json
import sqlite3
import zipfile
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely
from PIL import Image
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from s3geo import bivariate_choropleth, choropleth, export, open_workspace
from s3geo.errors import UsageError
from s3geo.exports import about, csvw, figures_layer, figures_table, table_file
from s3geo.exports.about import About
from s3geo.exports.csvw import COLUMNS
from s3geo.exports.tables import comparison_table
from s3geo.settings import ENGLAND, settings
from s3geo.views.choropleth import RegionMap
from s3geo.views.class_table import ClassTable
from s3geo.views.comparison import comparison
from s3geo.views.multiples import maps_of_indicators
from s3geo.views.sectors import sector_table

INDICATOR = "he_ip_income_per_1m_research"  # 28 values, ten without
LONDON = "E37000051"
LINK = "https://example.org/?indicator=he_ip_income_per_1m_research"


@pytest.fixture(scope="module")
def a_map() -> RegionMap:
    return choropleth(open_workspace(), INDICATOR, selected=[LONDON])


@pytest.fixture(scope="module")
def said(a_map: RegionMap) -> About:
    return about(open_workspace(), a_map.table, permalink=LINK, made=date(2026, 11, 27))


def same_figures(found: pd.DataFrame, table: ClassTable) -> None:
    """Values to the last digit, statuses kept, no data missing and never 0."""
    rows = table.rows
    found = found.set_index("code").loc[rows.index]
    pd.testing.assert_series_equal(found["value"].astype(float), rows["value"], check_exact=True)
    assert found["status"].tolist() == rows["status"].tolist()
    assert found["name"].tolist() == rows["name"].tolist()
    assert found["value"].isna().sum() == 10


def test_xlsx_holds_numbers_metadata_and_notes(a_map: RegionMap, tmp_path: Path) -> None:
    path = export(a_map, tmp_path / "m.xlsx", permalink=LINK)
    same_figures(pd.read_excel(path, sheet_name="data", engine="calamine"), a_map.table)
    metadata = pd.read_excel(path, sheet_name="metadata", engine="calamine").set_index("item")["text"]
    assert metadata["permalink"] == LINK
    assert metadata["boundary vintage"] == "2021-05"
    assert "Contains OS data © Crown copyright" in metadata["source"]
    notes = pd.read_excel(path, sheet_name="notes", engine="calamine")
    assert set(notes["column"]) == set(figures_table(open_workspace(), a_map.table).columns)
    with zipfile.ZipFile(path) as book:
        assert b'state="frozen"' in book.read("xl/worksheets/sheet1.xml")
        assert b'formatCode="#,##0"' in book.read("xl/styles.xml")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_looks_like_a_formula_stays_text(start: str) -> None:
    text = f"{start}HYPERLINK(1)"
    table = pd.DataFrame({"name": [text, "Tom & Sons"], "value": [-1.5, 2.0]})
    with zipfile.ZipFile(io.BytesIO(table_file(table, "xlsx"))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        styles = book.read("xl/styles.xml").decode()
    assert "<f>" not in sheet
    assert 'quotePrefix="1"' in styles
    rows = CalamineWorkbook.from_filelike(io.BytesIO(table_file(table, "xlsx"))).get_sheet_by_name("data").to_python()
    assert rows[1][1] == -1.5
    back = pd.read_csv(io.BytesIO(table_file(table, "csv")), encoding="utf-8-sig")
    assert back["name"].tolist()[0].startswith("'")
    assert back["value"].tolist() == [-1.5, 2.0]


def test_geojson_is_rfc_7946(a_map: RegionMap, tmp_path: Path) -> None:
    path = export(a_map, tmp_path / "m.geojson")
    document = json.loads(path.read_text("utf-8"))
    assert "crs" not in document
    assert document["about"]["boundary vintage"] == "2021-05"
    layer = gpd.read_file(path, engine="pyogrio")
    assert layer.crs.to_epsg() == 4326
    assert layer.is_valid.all()
    west, south, east, north = layer.total_bounds
    assert -7 < west < east < 2
    assert 49 < south < north < 56
    assert document["bbox"] == pytest.approx([west, south, east, north])
    for feature in document["features"]:
        geometry = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert all(part.exterior.is_ccw for part in shapely.get_parts(geometry))
        assert shapely.get_coordinates(geometry) == pytest.approx(shapely.get_coordinates(geometry).round(5), abs=1e-12)
    same_figures(pd.DataFrame([feature["properties"] for feature in document["features"]]), a_map.table)


def test_geopackage_holds_areas_and_metadata(a_map: RegionMap, tmp_path: Path) -> None:
    path = export(a_map, tmp_path / "m.gpkg", permalink=LINK)
    layer = gpd.read_file(path, layer="areas", engine="pyogrio")
    assert layer.crs.to_epsg() == 27700
    same_figures(layer, a_map.table)
    official = open_workspace().layer()
    assert layer.set_index("code").geometry.geom_equals(official.geometry).all()
    metadata = gpd.read_file(path, layer="metadata", engine="pyogrio").set_index("name")["text"]
    assert metadata["permalink"] == LINK
    assert "Open Government Licence" in metadata["source"]
    with sqlite3.connect(path) as database:
        (title,) = database.execute("select identifier from gpkg_contents where table_name = 'areas'").fetchone()
    database.close()
    assert title == a_map.table.title


def test_geoparquet_records_its_crs_and_what_is_said(a_map: RegionMap, tmp_path: Path) -> None:
    path = export(a_map, tmp_path / "m.parquet")
    layer = gpd.read_parquet(path)
    assert layer.crs.to_epsg() == 27700
    same_figures(pd.DataFrame(layer), a_map.table)
    metadata = json.loads(pq.read_schema(path).metadata[b"s3geo"])
    assert metadata["title"] == a_map.table.title
    assert metadata[f"england {INDICATOR}"] == pytest.approx(a_map.table.england)


def test_csv_has_its_metadata_beside_it(a_map: RegionMap, tmp_path: Path) -> None:
    path = export(a_map, tmp_path / "m.csv", permalink=LINK)
    metadata = json.loads((tmp_path / "m.csv-metadata.json").read_text("utf-8"))
    table = pd.read_csv(path, encoding="utf-8-sig")
    assert metadata["url"] == path.name
    assert [column["name"] for column in metadata["tableSchema"]["columns"]] == list(table.columns)
    assert metadata["tableSchema"]["primaryKey"] == ["code", "indicator", "period"]
    kinds = {column["name"]: column["datatype"] for column in metadata["tableSchema"]["columns"]}
    assert (kinds["value"], kinds["rank"], kinds["status"]) == ("number", "integer", "string")
    for column in metadata["tableSchema"]["columns"]:
        assert column["required"] == bool(table[column["name"]].notna().all())
    assert {"@id": "https://creativecommons.org/licenses/by/4.0/"} in metadata["dc:license"]
    assert any(note == "Unit: £ per £1 million" for note in metadata["notes"])
    assert any("2021" in note for note in metadata["notes"] if note.startswith("Boundaries"))
    assert set(table["permalink"]) == {LINK}


def test_every_column_that_is_written_has_a_title(said: About) -> None:
    ws = open_workspace()
    sectors = sector_table(ws, "J")
    compared = comparison_table(ws, [LONDON], "lep", headline=True, said=said)
    for table in (figures_table(ws, sectors), compared):
        assert set(table.columns) <= set(COLUMNS)
        assert json.loads(csvw(table, "t.csv", said))["tableSchema"]["columns"]


def test_two_indicators_lie_beside_each_other_with_the_geometry() -> None:
    ws = open_workspace()
    m = bivariate_choropleth(ws, "gva_per_head", INDICATOR)
    layer = figures_layer(ws, m.table).set_index("code")
    pd.testing.assert_series_equal(layer["value"], m.table.x.rows["value"], check_names=False)
    pd.testing.assert_series_equal(layer["value_2"], m.table.y.rows["value"], check_names=False)
    assert set(layer["unit_2"]) == {"£ per £1 million"}


def test_the_archive_holds_everything_and_explains_itself(a_map: RegionMap, tmp_path: Path) -> None:
    path = export(a_map, tmp_path / "b.zip", permalink=LINK)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        pictures = {f"maps/{INDICATOR}.{s}" for s in ("png", "svg", "pdf", "html")}
        charts = {f"charts/{INDICATOR}.{s}" for s in ("png", "svg")}
        tables = {"figures.csv", "figures.csv-metadata.json", "figures.xlsx", "figures.parquet"}
        layers = {"areas.gpkg", "areas.geojson", "areas.parquet"}
        assert names == {"README.txt"} | pictures | charts | tables | layers
        readme = archive.read("README.txt").decode()
        for name in names - {"README.txt"}:
            assert name in readme
        for words in (LINK, "Open Government Licence", "Contains OS data", "May 2021", a_map.table.title):
            assert words in readme
        same_figures(
            pd.read_csv(archive.open("figures.csv"), encoding="utf-8-sig").query("code != @ENGLAND"), a_map.table
        )
        assert Image.open(archive.open(f"maps/{INDICATOR}.png")).size == (1200, 1500)
        assert len(PdfReader(io.BytesIO(archive.read(f"maps/{INDICATOR}.pdf"))).pages) == 1
        ElementTree.fromstring(archive.read(f"charts/{INDICATOR}.svg"))


def test_small_maps_are_one_picture_and_one_table(tmp_path: Path) -> None:
    ws = open_workspace()
    maps = maps_of_indicators(ws, ["gva_per_head", INDICATOR])
    table = pd.read_csv(export(maps, tmp_path / "two.csv"), encoding="utf-8-sig")
    assert table.groupby("indicator").size().to_dict() == {"gva_per_head": 39, INDICATOR: 39}
    with Image.open(export(maps, tmp_path / "two.png")) as image:
        assert image.width > 700
    with pytest.raises(UsageError, match="not 'html'"):
        export(maps, tmp_path / "two.html")
    with zipfile.ZipFile(export(maps, tmp_path / "two.zip")) as archive:
        assert f"maps/{INDICATOR}.html" in archive.namelist()
        (tmp_path / "areas.gpkg").write_bytes(archive.read("areas.gpkg"))
    layers = gpd.list_layers(tmp_path / "areas.gpkg")["name"].tolist()
    assert layers == ["areas", "figures", "metadata"]


def test_a_chart_is_a_picture_only(a_map: RegionMap, tmp_path: Path) -> None:
    chart = ElementTree.parse(export(a_map, tmp_path / "c.svg", picture="chart")).getroot()
    ids = {group.get("id") for group in chart.iter("{http://www.w3.org/2000/svg}g")}
    shown = a_map.table.rows.index[a_map.table.rows["class"].notna()]
    assert set(shown) <= ids
    assert not set(a_map.table.rows.index.difference(shown)) & ids
    with pytest.raises(UsageError, match="png, svg, pdf"):
        export(a_map, tmp_path / "c.csv", picture="chart")
    with pytest.raises(UsageError, match="map or the chart"):
        export(a_map, tmp_path / "c.png", picture="globe")


def test_a_docx_is_refused_with_what_it_is_for(a_map: RegionMap, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="briefing of one area"):
        export(a_map, tmp_path / "m.docx")
    with pytest.raises(UsageError, match="Only maps and tables"):
        export([1, 2], tmp_path / "m.csv")  # type: ignore[list-item]
    assert list(tmp_path.iterdir()) == []


def test_a_layer_and_a_table_of_ones_own_are_written(tmp_path: Path) -> None:
    ws = open_workspace()
    layer = ws.layer("region")
    back = gpd.read_file(export(layer, tmp_path / "r.gpkg"), layer="areas", engine="pyogrio").set_index("code")
    assert back.geometry.geom_equals(layer.geometry).all()
    assert len(gpd.read_file(export(layer, tmp_path / "r.geojson"), engine="pyogrio")) == 9
    values = ws.values("gva_per_head")
    again = pd.read_parquet(export(values, tmp_path / "v.parquet")).set_index("code")["gva_per_head"]
    pd.testing.assert_series_equal(again, values)


def test_the_permalink_is_the_public_address_where_one_is_set(
    a_map: RegionMap, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws = open_workspace()
    plain = about(ws, a_map.table)
    assert plain.permalink == f"s3geo data version {plain.data_version}"
    assert "://" not in plain.foot
    monkeypatch.setenv("S3GEO_ADDRESS", "https://places.example.org/s3geo/")
    settings.cache_clear()
    try:
        found = about(ws, a_map.table)
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert found.permalink.startswith(f"https://places.example.org/s3geo/?indicator={INDICATOR}&period=2015")
    assert found.foot.endswith(found.permalink)


def test_the_comparison_is_the_one_of_the_page(said: About) -> None:
    ws = open_workspace()
    codes = [LONDON, "E37000015"]
    found = comparison_table(ws, codes, "lep", headline=True, said=said)
    expected = comparison(ws, codes, headline=True)
    for column in ("code", "value", "rank", "england", "text"):
        pd.testing.assert_series_equal(found[column], expected[column])
    assert found["licence"].str.len().min() > 5
    assert ENGLAND not in set(found["code"])


def test_own_figures_are_said_to_be_own(a_map: RegionMap) -> None:
    ws = open_workspace()
    other = ws.with_layer("lep", ws.layer("lep"))
    assert not other.is_bundled
    assert about(other, a_map.table).data_version.endswith("+ own")
    assert dataclasses.replace(about(ws, a_map.table), permalink=LINK).foot.endswith(LINK)
