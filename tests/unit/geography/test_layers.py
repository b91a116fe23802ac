"""Boundary files, good and bad: each fault is one clear message that names the file, the place and the next step."""

from __future__ import annotations

import io
import json
import sqlite3
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from s3geo.errors import DataError, FileProblem, LayerError
from s3geo.geography.layers import read_centres, read_layer

CODES = ["E37000051", "E37000007", "E37000009"]
NAMES = ["London", "Cumbria", "Dorset"]


@pytest.fixture
def good() -> gpd.GeoDataFrame:
    squares = [shapely.box(x, 200_000, x + 50_000, 250_000) for x in (300_000, 350_000, 400_000)]
    return gpd.GeoDataFrame({"LEP21CD": CODES, "LEP21NM": NAMES}, geometry=squares, crs="EPSG:27700")


def shapefile(frame: gpd.GeoDataFrame, folder: Path) -> dict[str, bytes]:
    folder.mkdir(exist_ok=True)
    frame.to_file(folder / "LEP.shp", engine="pyogrio")
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def zipped(parts: dict[str, bytes], target: Path, prefix: str = "") -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(prefix + name, data)
    return target


def geojson(frame: gpd.GeoDataFrame, target: Path, edit: Callable[[dict], object] | None = None) -> Path:
    document = json.loads(frame.to_crs("EPSG:4326").to_json())
    document.pop("crs", None)
    if edit:
        edit(document)
    target.write_text(json.dumps(document), encoding="utf-8")
    return target


def check(layer: gpd.GeoDataFrame) -> None:
    assert list(layer.columns) == ["name", "geometry"]
    assert layer.index.name == "code"
    assert list(layer.index) == sorted(CODES)
    assert layer.crs == "EPSG:27700"
    assert layer.geometry.is_valid.all()
    assert layer.loc["E37000007", "name"] == "Cumbria"
    assert layer.area.to_numpy() == pytest.approx(2.5e9, rel=1e-3)


def refused(path: Path | str, kind: type[DataError], *words: str, **options: str) -> DataError:
    """Read a bad file and check that the error says the file, what is wrong and what to do."""
    with pytest.raises(kind) as caught:
        read_layer(path, **options)
    error = caught.value
    assert type(error) is kind
    assert len(error.problems) >= 1
    assert (error.problems["file"] == Path(path).name).all()
    assert (error.problems["problem"] != "").all()
    assert (error.problems["next_step"] != "").all()
    message = str(error)
    assert Path(path).name in message
    assert error.problems["next_step"].iloc[0] in message
    for word in words:
        assert word in message
    assert "Traceback" not in message
    assert error.exit_code == 1
    return error


class TestGoodFiles:
    @pytest.mark.parametrize("prefix", ["", "folder/", "one/two/"])
    def test_zipped_shapefile_in_any_folder(self, good, tmp_path, prefix):
        check(read_layer(zipped(shapefile(good, tmp_path / "s"), tmp_path / "lep.zip", prefix)))

    def test_what_macos_adds_is_ignored(self, good, tmp_path):
        parts = {"x/" + name: data for name, data in shapefile(good, tmp_path / "s").items()}
        parts |= {"__MACOSX/x/._LEP.shp": b"junk", "x/.DS_Store": b"junk"}
        check(read_layer(zipped(parts, tmp_path / "lep.zip")))

    def test_bare_shapefile(self, good, tmp_path):
        shapefile(good, tmp_path / "s")
        check(read_layer(tmp_path / "s" / "LEP.shp"))

    @pytest.mark.parametrize("suffix", ["gpkg", "fgb"])
    def test_geopackage_and_flatgeobuf(self, good, tmp_path, suffix):
        good.to_file(tmp_path / f"lep.{suffix}", engine="pyogrio")
        check(read_layer(tmp_path / f"lep.{suffix}"))

    @pytest.mark.parametrize("suffix", ["geojson", "json"])
    def test_geojson_is_degrees_by_definition(self, good, tmp_path, suffix):
        check(read_layer(geojson(good, tmp_path / f"lep.{suffix}")))

    def test_geojson_with_the_old_crs_member(self, good, tmp_path):
        good.to_file(tmp_path / "lep.geojson", engine="pyogrio")
        assert "27700" in (tmp_path / "lep.geojson").read_text()
        check(read_layer(tmp_path / "lep.geojson"))

    @pytest.mark.parametrize("inner", ["lep.gpkg", "lep.geojson"])
    def test_other_formats_in_a_zip(self, good, tmp_path, inner):
        if inner.endswith("geojson"):
            geojson(good, tmp_path / inner)
        else:
            good.to_file(tmp_path / inner, engine="pyogrio")
        check(read_layer(zipped({f"a/{inner}": (tmp_path / inner).read_bytes()}, tmp_path / "lep.zip")))

    def test_web_map_metres_under_their_own_label(self, good, tmp_path):
        good.to_crs("EPSG:3857").to_file(tmp_path / "lep.gpkg", engine="pyogrio")
        check(read_layer(tmp_path / "lep.gpkg"))

    def test_geoparquet_and_its_centres(self, good, tmp_path):
        ours = good.rename(columns={"LEP21CD": "code", "LEP21NM": "name"})
        ours = ours.assign(easting=[1.0, 2, 3], northing=[4.0, 5, 6], postcodes=[7, 8, 9])
        ours.to_parquet(tmp_path / "lep.parquet")
        check(read_layer(tmp_path / "lep.parquet"))
        centres = read_centres(tmp_path / "lep.parquet")
        assert list(centres.index) == sorted(CODES)
        assert list(centres.columns) == ["easting", "northing", "postcodes"]
        assert centres.loc["E37000051"].tolist() == [1, 4, 7]

    def test_name_of_the_upload_stands_for_the_name_of_the_copy(self, good, tmp_path):
        good.to_file(tmp_path / "tmp123.gpkg", engine="pyogrio")
        assert read_layer(tmp_path / "tmp123.gpkg", file="mine.gpkg").attrs["file"] == "mine.gpkg"

    def test_broken_rings_are_repaired_and_said(self, good, tmp_path):
        bow = shapely.Polygon([(3e5, 2e5), (3.5e5, 2.5e5), (3.5e5, 2e5), (3e5, 2.5e5)])
        good.geometry = [bow, *good.geometry[1:]]
        layer = read_layer(geojson(good, tmp_path / "lep.geojson"))
        assert layer.geometry.is_valid.all()
        assert layer.geometry["E37000051"].area == pytest.approx(1.25e9, rel=1e-3)
        assert any("repaired" in note and "E37000051" in note for note in layer.attrs["notes"])

    def test_polygons_are_kept_from_a_collection(self, good, tmp_path):
        mixed = shapely.GeometryCollection([good.geometry[0], shapely.Point(3e5, 2e5)])
        good.geometry = [mixed, *good.geometry[1:]]
        check(read_layer(geojson(good, tmp_path / "lep.geojson")))

    def test_heights_are_dropped(self, good, tmp_path):
        good.geometry = shapely.force_3d(good.geometry.to_numpy(), 5.0)
        good.to_file(tmp_path / "lep.gpkg", engine="pyogrio")
        assert not read_layer(tmp_path / "lep.gpkg").geometry.has_z.any()
        assert not read_layer(geojson(good, tmp_path / "lep.geojson")).geometry.has_z.any()

    def test_first_layer_with_polygons_is_used_and_said(self, good, tmp_path):
        path = tmp_path / "lep.gpkg"
        good.set_geometry(good.centroid).to_file(path, layer="points", engine="pyogrio")
        good.to_file(path, layer="areas", engine="pyogrio")
        good.iloc[:1].to_file(path, layer="other", engine="pyogrio")
        layer = read_layer(path)
        check(layer)
        assert "areas is used" in layer.attrs["notes"][0]
        assert len(read_layer(path, layer="other")) == 1


class TestColumns:
    @pytest.mark.parametrize(
        ("code", "name"),
        [
            ("LEP21CD", "LEP21NM"),
            ("lep17cd", "lep17nm"),
            ("LAD24CD", "LAD24NM"),
            ("RGN23CD", "RGN23NM"),
            ("CTYUA21CD", "CTYUA21NM"),
            ("CAUTH24CD", "CAUTH24NM"),
            ("code", "name"),
            ("AREACD", "AREANM"),
        ],
    )
    def test_columns_of_the_statistics_office(self, good, tmp_path, code, name):
        renamed = good.rename(columns={"LEP21CD": code, "LEP21NM": name}).assign(LAD24NMW="x", OBJECTID=1)
        check(read_layer(geojson(renamed, tmp_path / "layer.geojson")))

    def test_columns_can_be_given(self, good, tmp_path):
        path = geojson(good.rename(columns={"LEP21CD": "id", "LEP21NM": "title"}), tmp_path / "a.geojson")
        check(read_layer(path, code_column="id", name_column="title"))
        refused(path, LayerError, "'id', 'title'", "code_column")
        refused(path, LayerError, "name_column", code_column="id")
        refused(path, LayerError, "'nope'", code_column="nope")

    def test_the_layers_own_code_and_not_that_of_a_lookup(self, good, tmp_path):
        path = geojson(good.assign(RGN23CD="E12000001", RGN23NM="North East"), tmp_path / "a.geojson")
        check(read_layer(path))

    def test_geography_decides_between_codes(self, good, tmp_path):
        path = geojson(good.assign(LAD23CD=["a", "b", "c"], LAD23NM="x"), tmp_path / "a.geojson")
        refused(path, LayerError, "several columns with codes", "code_column")
        check(read_layer(path, geography="lep"))

    def test_codes_of_another_geography(self, good, tmp_path):
        path = geojson(good.rename(columns={"LEP21CD": "code"}), tmp_path / "a.geojson")
        error = refused(path, LayerError, "'lad'", geography="lad", name_column="LEP21NM")
        assert list(error.problems["code"]) == CODES

    def test_numbers_as_codes_are_text(self, good, tmp_path):
        layer = read_layer(geojson(good.assign(code=[1.0, 2.0, 3.0]).drop(columns="LEP21CD"), tmp_path / "a.geojson"),
                           name_column="LEP21NM")  # fmt: skip
        assert list(layer.index) == ["1", "2", "3"]

    def test_duplicate_codes(self, good, tmp_path):
        path = geojson(good.assign(LEP21CD=[CODES[0], CODES[1], CODES[0]]), tmp_path / "a.geojson")
        error = refused(path, LayerError, "E37000051", "features 1, 3")
        assert error.problems[["row", "code"]].to_numpy().tolist() == [[1, "E37000051"]]

    def test_every_fault_is_listed(self, good, tmp_path):
        bad = good.assign(LEP21CD=["", None, CODES[2]], LEP21NM=["a", "b", None])
        error = refused(geojson(bad, tmp_path / "a.geojson"), LayerError, "2 more problems")
        assert list(error.problems["row"]) == [1, 2, 3]


class TestGeometry:
    def test_missing_geometry(self, good, tmp_path):
        def edit(document):
            document["features"][1]["geometry"] = None

        error = refused(geojson(good, tmp_path / "a.geojson", edit), LayerError, "feature 2", "E37000007", "empty")
        assert error.problems["code"].tolist() == ["E37000007"]

    def test_no_geometry_at_all(self, good, tmp_path):
        def edit(document):
            for feature in document["features"]:
                feature["geometry"] = None

        refused(geojson(good, tmp_path / "a.geojson", edit), LayerError, "no geometry in any feature")

    @pytest.mark.parametrize("coordinates", [[[[1, 2], [3, 4]]], "x", [[["a", "b"]] * 4], None])
    def test_broken_coordinates(self, good, tmp_path, coordinates):
        def edit(document):
            document["features"][2]["geometry"] = {"type": "Polygon", "coordinates": coordinates}

        error = refused(geojson(good, tmp_path / "a.geojson", edit), LayerError, "feature 3")
        assert error.problems["row"].tolist() == [3]

    def test_a_polygon_that_collapses(self, good, tmp_path):
        good.geometry = [shapely.Polygon([(3e5, 2e5), (3.1e5, 2e5), (3e5, 2e5)]), *good.geometry[1:]]
        refused(geojson(good, tmp_path / "a.geojson"), LayerError, "feature 1", "E37000051", "collapsed")

    def test_points(self, good, tmp_path):
        path = geojson(good.set_geometry(good.centroid), tmp_path / "a.geojson")
        refused(path, LayerError, "is a Point, not a polygon", "2 more")

    def test_no_features(self, good, tmp_path):
        path = geojson(good, tmp_path / "a.geojson", lambda document: document["features"].clear())
        refused(path, LayerError, "no features")

    def test_geopackage_without_polygons(self, good, tmp_path):
        good.set_geometry(good.centroid).to_file(tmp_path / "a.gpkg", layer="points", engine="pyogrio")
        refused(tmp_path / "a.gpkg", LayerError, "points (Point)", "as polygons")

    def test_layer_that_is_not_there(self, good, tmp_path):
        good.to_file(tmp_path / "a.gpkg", layer="areas", engine="pyogrio")
        refused(tmp_path / "a.gpkg", LayerError, "'nope'", "areas", layer="nope")

    def test_shapefile_of_points(self, good, tmp_path):
        parts = shapefile(good.set_geometry(good.centroid), tmp_path / "s")
        refused(zipped(parts, tmp_path / "a.zip"), LayerError, "no polygons")


class TestReferenceSystem:
    def test_metres_in_a_geojson(self, good, tmp_path):
        path = tmp_path / "a.geojson"
        path.write_text(good.set_crs(None, allow_override=True).to_json())
        refused(path, LayerError, "wrong CRS", "British National Grid", "EPSG:27700")

    def test_web_map_metres_labelled_as_degrees(self, good, tmp_path):
        mislabelled = good.to_crs("EPSG:3857").set_crs("EPSG:4326", allow_override=True)
        mislabelled.to_file(tmp_path / "a.gpkg", engine="pyogrio")
        refused(tmp_path / "a.gpkg", LayerError, "wrong CRS", "web map metres", "EPSG:4326 is declared")

    def test_degrees_labelled_as_metres(self, good, tmp_path):
        good.to_crs("EPSG:4326").set_crs("EPSG:27700", allow_override=True).to_file(tmp_path / "a.gpkg")
        refused(tmp_path / "a.gpkg", LayerError, "wrong CRS", "degrees", "EPSG:27700 is declared")

    def test_latitude_before_longitude(self, good, tmp_path):
        degrees = good.to_crs("EPSG:4326")
        degrees.geometry = shapely.transform(degrees.geometry.to_numpy(), lambda xy: xy[:, ::-1])
        path = tmp_path / "a.geojson"
        path.write_text(degrees.to_json())
        refused(path, LayerError, "wrong CRS", "longitude has to come first")

    def test_another_country(self, good, tmp_path):
        good.geometry = [shapely.box(10, 45, 11, 46)] * 3
        path = tmp_path / "a.geojson"
        path.write_text(good.set_crs("EPSG:4326", allow_override=True).to_json())
        refused(path, LayerError, "outside the United Kingdom")

    def test_one_feature_far_away(self, good, tmp_path):
        def edit(document):
            document["features"][1]["geometry"] = shapely.geometry.mapping(shapely.box(10, 45, 11, 46))

        error = refused(geojson(good, tmp_path / "a.geojson", edit), LayerError, "number 2")
        assert error.problems["row"].tolist() == [2]

    def test_shapefile_without_prj(self, good, tmp_path):
        parts = shapefile(good, tmp_path / "s")
        del parts["LEP.prj"]
        path = zipped(parts, tmp_path / "a.zip")
        refused(path, LayerError, "coordinate reference system", "British National Grid", ".prj")

    def test_prj_that_says_nothing(self, good, tmp_path):
        parts = shapefile(good, tmp_path / "s") | {"LEP.prj": b"what?"}
        refused(zipped(parts, tmp_path / "a.zip"), LayerError, "coordinate reference system")

    def test_coordinates_that_are_no_numbers(self, good, tmp_path):
        good.geometry = [shapely.Polygon([(0, 0), (np.inf, 1), (1, 1)]), *good.geometry[1:]]
        good.to_file(tmp_path / "a.gpkg", engine="pyogrio")
        refused(tmp_path / "a.gpkg", LayerError, "not numbers")


class TestDamagedFiles:
    def test_missing(self, tmp_path):
        refused(tmp_path / "none.zip", FileProblem, "does not exist")

    def test_folder(self, tmp_path):
        refused(tmp_path, FileProblem, "is a folder")

    @pytest.mark.parametrize("suffix", ["zip", "shp", "gpkg", "geojson", "fgb", "parquet"])
    def test_empty(self, tmp_path, suffix):
        path = tmp_path / f"a.{suffix}"
        path.touch()
        refused(path, FileProblem, "is empty")

    @pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
    @pytest.mark.parametrize("suffix", ["zip", "gpkg", "geojson", "fgb", "parquet"])
    def test_cut_short(self, good, tmp_path, suffix, share):
        whole = tmp_path / f"whole.{suffix}"
        if suffix == "zip":
            zipped(shapefile(good, tmp_path / "s"), whole)
        elif suffix == "geojson":
            geojson(good, whole)
        elif suffix == "parquet":
            good.to_parquet(whole)
        else:
            good.to_file(whole, engine="pyogrio")
        data = whole.read_bytes()
        cut = tmp_path / f"cut.{suffix}"
        cut.write_bytes(data[: int(len(data) * share)])
        refused(cut, FileProblem, "cut short")

    @pytest.mark.parametrize("part", ["LEP.shp", "LEP.shx", "LEP.dbf"])
    def test_part_cut_short(self, good, tmp_path, part):
        parts = shapefile(good, tmp_path / "s")
        parts[part] = parts[part][:-20]
        refused(zipped(parts, tmp_path / "a.zip"), FileProblem, "cut short", Path(part).suffix)

    @pytest.mark.parametrize("part", ["LEP.shp", "LEP.shx", "LEP.dbf"])
    def test_part_empty(self, good, tmp_path, part):
        parts = shapefile(good, tmp_path / "s") | {part: b""}
        refused(zipped(parts, tmp_path / "a.zip"), FileProblem)

    @pytest.mark.parametrize("part", ["shx", "dbf"])
    def test_part_missing(self, good, tmp_path, part):
        parts = shapefile(good, tmp_path / "s")
        del parts[f"LEP.{part}"]
        refused(zipped(parts, tmp_path / "a.zip"), FileProblem, f".{part}", "one zip file")

    def test_parts_of_two_exports(self, good, tmp_path):
        parts = shapefile(good, tmp_path / "s")
        parts["LEP.dbf"] = shapefile(good.iloc[:2], tmp_path / "t")["LEP.dbf"]
        refused(zipped(parts, tmp_path / "a.zip"), FileProblem, "3 shapes but 2 rows")

    def test_damaged_member(self, good, tmp_path):
        path = zipped(shapefile(good, tmp_path / "s"), tmp_path / "a.zip")
        data = bytearray(path.read_bytes())
        with zipfile.ZipFile(path) as archive:
            at = archive.getinfo("LEP.shp").header_offset + 30 + len("LEP.shp")
        data[at : at + 20] = b"\xff" * 20
        path.write_bytes(data)
        refused(path, FileProblem, "damaged", "LEP.shp")

    @pytest.mark.parametrize("suffix", ["gpkg", "fgb", "parquet"])
    def test_overwritten_inside(self, good, tmp_path, suffix):
        path = tmp_path / f"a.{suffix}"
        good.to_parquet(path) if suffix == "parquet" else good.to_file(path, engine="pyogrio")
        data = bytearray(path.read_bytes())
        data[100 : len(data) - 100] = b"\xa5" * (len(data) - 200)
        path.write_bytes(data)
        refused(path, FileProblem)

    @pytest.mark.parametrize("suffix", ["zip", "shp", "gpkg", "geojson", "fgb", "parquet"])
    def test_web_page_in_its_place(self, tmp_path, suffix):
        path = tmp_path / f"a.{suffix}"
        path.write_text("\n<!DOCTYPE html><html><body>404</body></html>")
        refused(path, FileProblem, "a web page", "Download it again")

    def test_one_format_under_the_name_of_another(self, good, tmp_path):
        good.to_file(tmp_path / "a.gpkg", engine="pyogrio")
        (tmp_path / "a.geojson").write_bytes((tmp_path / "a.gpkg").read_bytes())
        refused(tmp_path / "a.geojson", FileProblem, "not what its name says", "SQLite")

    def test_unknown_suffix(self, tmp_path):
        (tmp_path / "a.kml").write_text("<kml/>")
        refused(tmp_path / "a.kml", FileProblem, "'.kml'", ".gpkg")

    @pytest.mark.parametrize(
        ("text", "word"),
        [
            ('{"type": "FeatureCollection", "features": [}', "line 1"),
            ("[1, 2]", "FeatureCollection"),
            ('{"type": "Topology"}', "Topology"),
            ('{"type": "FeatureCollection", "features": 3}', "list of features"),
            ('{"type": "FeatureCollection", "features": [3]}', "list of features"),
            ('{"type": "FeatureCollection", "features": [{"geometry": null, "properties": 5}]}', "properties"),
            ("[" * 100_000, "nested"),
        ],
    )
    def test_json_that_is_no_geojson(self, tmp_path, text, word):
        (tmp_path / "a.geojson").write_text(text)
        refused(tmp_path / "a.geojson", FileProblem, word)

    def test_geojson_in_another_encoding(self, good, tmp_path):
        path = geojson(good, tmp_path / "a.geojson")
        path.write_bytes(path.read_bytes().replace(b"London", "Londön".encode("latin-1")))
        refused(path, FileProblem, "UTF-8")

    def test_parquet_without_geometry(self, good, tmp_path):
        good.drop(columns="geometry").to_parquet(tmp_path / "a.parquet")
        refused(tmp_path / "a.parquet", LayerError, "without geometry")

    def test_centres_that_are_not_there(self, good, tmp_path):
        good.to_parquet(tmp_path / "a.parquet")
        with pytest.raises(LayerError, match=r"a\.parquet carries no centres"):
            read_centres(tmp_path / "a.parquet")

    def test_database_that_is_no_geopackage(self, tmp_path):
        with sqlite3.connect(tmp_path / "a.gpkg") as connection:
            connection.execute("create table t (x)")
        connection.close()
        refused(tmp_path / "a.gpkg", FileProblem, "no GeoPackage")


class TestHostileFiles:
    @pytest.mark.parametrize(
        "path",
        [
            "/vsicurl/http://example.org/a.zip",
            "https://example.org/a.zip",
            "/vsizip/a.zip",
            "zip://a.zip",
            "//host/a.zip",
        ],
    )
    def test_only_files_on_this_computer(self, path):
        refused(path, FileProblem, "not a file on this computer")

    @pytest.mark.parametrize("suffix", ["geojson", "gpkg", "shp", "fgb"])
    def test_virtual_format_in_disguise(self, tmp_path, suffix):
        secret = tmp_path / "secret.csv"
        secret.write_text("code,name\n1,secret\n")
        path = tmp_path / f"a.{suffix}"
        layer = f'<OGRVRTLayer name="secret"><SrcDataSource>{secret}</SrcDataSource></OGRVRTLayer>'
        path.write_text(f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>")
        refused(path, FileProblem, "an XML document")

    def test_command_in_disguise(self, tmp_path):
        path = tmp_path / "a.geojson"
        path.write_text('{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline read /etc/passwd"}')
        refused(path, FileProblem, "gdal_streamed_alg")

    @pytest.mark.parametrize("member", ["../LEP.shp", "/etc/LEP.shp", "a/../../LEP.shp", "C:/LEP.shp", "..\\LEP.shp"])
    def test_member_outside_the_archive(self, good, tmp_path, member):
        parts = shapefile(good, tmp_path / "s") | {member: b"x"}
        refused(zipped(parts, tmp_path / "a.zip"), FileProblem, "points outside the archive")

    def test_link_in_the_archive(self, good, tmp_path):
        path = zipped(shapefile(good, tmp_path / "s"), tmp_path / "a.zip")
        link = zipfile.ZipInfo("link.shp")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(link, "/etc/passwd")
        refused(path, FileProblem, "points outside the archive")

    def test_bomb(self, tmp_path):
        path = zipped({"LEP.shp": bytes(5_000_000)}, tmp_path / "a.zip")
        refused(path, FileProblem, "suspiciously", "LEP.shp")

    def test_too_many_members(self, tmp_path):
        path = zipped({f"{number}.shp": b"x" for number in range(300)}, tmp_path / "a.zip")
        refused(path, FileProblem, "300 members")

    def test_too_large_unpacked(self, tmp_path):
        path = zipped({"LEP.shp": b"x" * 100}, tmp_path / "a.zip")
        data = path.read_bytes()
        at = data.rindex(b"PK\x01\x02") + 24
        path.write_bytes(data[:at] + struct.pack("<I", 3_000_000_000) + data[at + 4 :])
        refused(path, FileProblem, "3,000 MB")

    def test_password(self, good, tmp_path):
        path = zipped(shapefile(good, tmp_path / "s"), tmp_path / "a.zip")
        data = bytearray(path.read_bytes())
        at = data.rindex(b"PK\x01\x02") + 8
        data[at] |= 1
        path.write_bytes(data)
        refused(path, FileProblem, "password")

    def test_archive_of_something_else(self, tmp_path):
        refused(zipped({"read me.txt": b"hello"}, tmp_path / "a.zip"), FileProblem, "'read me.txt'")

    def test_archive_in_an_archive(self, tmp_path):
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w") as archive:
            archive.writestr("LEP.shp", b"x")
        refused(zipped({"inner.zip": inner.getvalue()}, tmp_path / "a.zip"), FileProblem, "'inner.zip'")

    def test_web_page_as_member(self, tmp_path):
        refused(zipped({"a.gpkg": b"<html></html>"}, tmp_path / "a.zip"), FileProblem, "a web page")


@pytest.mark.official
class TestOfficialFiles:
    def test_districts_in_a_subfolder(self, shared):
        layer = read_layer(shared / "boundaries" / "lad_2024_may_uk_buc_shp.zip", geography="lad")
        assert len(layer) == 361
        assert layer.loc["E07000041", "name"] == "Exeter"
        assert layer.crs == "EPSG:27700"
        assert layer.geometry.is_valid.all()

    def test_partnerships_with_cut_field_names(self, shared):
        layer = read_layer(shared / "boundaries" / "lep_2021_may_en_buc_shp.zip", geography="lep")
        assert len(layer) == 38
        assert layer.loc["E37000051", "name"] == "London"
        assert layer.area.sum() / 1e6 == pytest.approx(131_985, rel=1e-3)

    def test_both_formats_agree(self, shared):
        zipped_layer = read_layer(shared / "boundaries" / "lep_2021_may_en_buc_shp.zip")
        plain = read_layer(shared / "boundaries" / "lep_2021_may_en_buc.geojson")
        assert list(zipped_layer.index) == list(plain.index)
        assert zipped_layer.name.equals(plain.name)
        assert zipped_layer.hausdorff_distance(plain).max() < 5

    def test_the_one_invalid_district_is_repaired(self, shared):
        layer = read_layer(shared / "boundaries" / "lad_2023_dec_uk_buc.geojson")
        assert any("S12000035" in note for note in layer.attrs["notes"])
