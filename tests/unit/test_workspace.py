"""The workspace: what the bundle holds, and what a folder of one's own changes."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

import s3geo
from s3geo import locate, open_workspace
from s3geo.errors import FileProblem, LayerError, NotFound, S3geoError, ValidationError
from s3geo.model.catalogue import STATUSES
from s3geo.settings import settings
from s3geo.workspace import GEOGRAPHIES, bundled_workspace

GBSLEP, STAFFS, WORCS = "E37000012", "E37000032", "E37000038"
SHARED = {
    "Bromsgrove": [GBSLEP, WORCS],
    "Redditch": [GBSLEP, WORCS],
    "Wyre Forest": [GBSLEP, WORCS],
    "Cannock Chase": [GBSLEP, STAFFS],
    "East Staffordshire": [GBSLEP, STAFFS],
    "Lichfield": [GBSLEP, STAFFS],
    "Tamworth": [GBSLEP, STAFFS],
}


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that the environment names as the workspace."""
    (tmp_path / "boundaries").mkdir()
    monkeypatch.setenv("S3GEO_WORKSPACE", str(tmp_path))
    settings.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    settings.cache_clear()


def ons_style() -> gpd.GeoDataFrame:
    """The bundled LEPs as ONS publishes a layer, every name marked."""
    layer = bundled_workspace().layer("lep").reset_index()
    layer["name"] = "My " + layer["name"]
    return layer.rename(columns={"code": "LEP21CD", "name": "LEP21NM"})


def as_zip(layer: gpd.GeoDataFrame, folder: Path) -> None:
    shapes = folder / "shapes"
    shapes.mkdir()
    layer.to_file(shapes / "LEP.shp", engine="pyogrio")
    with zipfile.ZipFile(folder / "lep_2021-05.zip", "w") as archive:
        for part in shapes.iterdir():
            archive.write(part, part.name)


def as_gpkg(layer: gpd.GeoDataFrame, folder: Path) -> None:
    layer.to_file(folder / "lep_2021-05.gpkg", engine="pyogrio")


def as_geojson(layer: gpd.GeoDataFrame, folder: Path) -> None:
    layer.to_crs("EPSG:4326").to_file(folder / "lep_2021-05.geojson", engine="pyogrio")


# --- the bundle


def test_the_geographies_at_hand() -> None:
    table = open_workspace().geographies
    assert list(table.columns) == ["id", "vintage", "n", "label"]
    assert dict(zip(table["id"], table["n"], strict=True)) == {
        "lep": 38,
        "region": 9,
        "combined_authority": 15,
        "county": 153,
        "lad": 296,
    }
    assert table.set_index("id").at["lep", "vintage"] == "2021-05"


@pytest.mark.parametrize("geography", GEOGRAPHIES)
def test_a_layer_is_sorted_named_valid_and_on_the_national_grid(geography: str) -> None:
    layer = open_workspace().layer(geography)
    assert list(layer.columns) == ["name", "geometry"]
    assert layer.crs == "EPSG:27700"
    assert layer.index.name == "code"
    assert layer.index.is_unique
    assert layer.index.is_monotonic_increasing
    assert layer["name"].is_unique
    assert layer.geometry.is_valid.all()
    west, south, east, north = layer.total_bounds
    assert west > 80_000
    assert south > 0
    assert east < 660_000
    assert north < 660_000


def test_a_layer_is_read_once_and_the_same_folder_is_the_same_workspace(tmp_path: Path) -> None:
    ws = open_workspace()
    assert open_workspace() is ws
    assert ws.layer("lep") is ws.layer("lep", "2021-05")
    (tmp_path / "data").mkdir()
    assert open_workspace(tmp_path) is open_workspace(str(tmp_path))


@pytest.mark.parametrize("geography", ["lep", "region", "county", "combined_authority"])
def test_every_membership_names_a_district_and_a_region_of_the_layers(geography: str) -> None:
    ws = open_workspace()
    m = ws.membership[ws.membership["geography"] == geography]
    assert set(m["region"]) == set(ws.layer(geography).index)
    assert set(m["district"]) <= set(ws.layer("lad").index)
    assert not m.duplicated(["district", "region"]).any()
    assert set(m["vintage"]) == {ws.vintage(geography)}
    assert (m["share"] == 1).all()


@pytest.mark.parametrize(
    ("geography", "everywhere"), [("lep", True), ("region", True), ("county", True), ("combined_authority", False)]
)
def test_only_combined_authorities_leave_districts_out(geography: str, everywhere: bool) -> None:
    ws = open_workspace()
    held = {d for code in ws.layer(geography).index for d in ws.districts(code, geography)}
    assert (held == set(ws.layer("lad").index)) is everywhere


def test_districts_of_a_region() -> None:
    ws = open_workspace()
    london = ws.districts("E37000051")
    assert len(london) == 33
    assert london == sorted(london) == ws.districts("E12000007", "region")
    assert ws.districts("E07000041", "lad") == ["E07000041"]


def test_exactly_seven_districts_lie_in_two_leps() -> None:
    shared = open_workspace().overlaps()
    assert dict(zip(shared["name"], shared["regions"], strict=True)) == SHARED


@pytest.mark.parametrize("geography", ["region", "county", "combined_authority", "lad"])
def test_no_other_geography_overlaps(geography: str) -> None:
    assert open_workspace().overlaps(geography).empty


def test_centres_stand_for_every_region_and_rest_on_postcodes() -> None:
    ws = open_workspace()
    for geography in GEOGRAPHIES:
        centres = ws.centres(geography)
        assert centres.index.equals(ws.layer(geography).index)
        assert centres[["easting", "northing"]].notna().all(axis=None)
        assert (centres["postcodes"] > 0).all()


# --- figures


def test_observations_are_one_row_a_region_with_its_status() -> None:
    ws = open_workspace()
    for indicator in ws.catalogue.index:
        for geography in ws.geographies_of(indicator):
            table = ws.observations(indicator, geography=geography)
            assert table["code"].tolist() == ws.layer(geography).index.tolist()
            assert set(table["status"]) <= set(STATUSES)
            with_value = table["status"].isin(["value", "rounded", "estimated"])
            assert (table["value"].notna() == with_value).all()
            known = table["lower"].notna()
            assert (table["lower"].le(table["value"]) & table["value"].le(table["upper"]))[known].all()
            assert set(table["period"]) == {ws.catalogue.at[indicator, "period"]}


def test_values_are_the_observations_in_the_unit_shown() -> None:
    ws = open_workspace()
    values = ws.values("ref2021_4star_share")
    assert values.index.equals(ws.layer().index)
    assert values.dropna().between(1, 100).all()  # per cent, not shares
    assert values.isna().sum() == 1
    other = ws.values("gva_per_head", "2013")
    assert (other < ws.values("gva_per_head")).all()


def test_periods_are_those_of_the_catalogue_oldest_first() -> None:
    ws = open_workspace()
    for indicator in ws.catalogue.index:
        for geography in ws.geographies_of(indicator):
            periods = ws.periods(indicator, geography)
            assert periods == sorted(periods)
            assert set(periods) <= set(ws.catalogue.at[indicator, "periods"])
            assert ws.catalogue.at[indicator, "period"] in periods


def test_england_has_a_value_of_its_own_for_every_indicator() -> None:
    ws = open_workspace()
    raw = pd.read_parquet(ws.file("data", "observations.parquet")).query("code == 'E92000001'")
    assert set(raw["geography"]) == {"country"}
    for indicator in ws.catalogue.index:
        assert ws.england(indicator) == ws.england(indicator)  # not NaN
    assert pd.isna(ws.england("gva_per_head", "1066"))


def test_every_attribution_names_the_figures_the_boundaries_and_their_lines() -> None:
    ws = open_workspace()
    for indicator in ws.catalogue.index:
        line = ws.attribution(indicator)
        assert line.startswith(ws.entries.sources_of(indicator)[0].attribution.rstrip("."))
        for words in ("Boundaries:", "Open Government Licence", "OS data © Crown", "Royal Mail copyright"):
            assert words in line


# --- what does not exist


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda ws: ws.layer("parish"), "combined_authority"),
        (lambda ws: ws.values("gva"), "describe"),
        (lambda ws: ws.observations("gva_per_head", "1066"), "2013, 2014"),
        (lambda ws: ws.values("nvq4plus_share", geography="region"), "Local authority districts"),
        (lambda ws: ws.england("gva"), "describe"),
        (lambda ws: ws.geographies_of("gva"), "describe"),
        (lambda ws: ws.attribution("gva"), "gva"),
        (lambda ws: ws.region("Atlantis"), "describe"),
        (lambda ws: ws.region("and"), "Did you mean"),
        (lambda ws: ws.locate("ZZ1 1ZZ"), "ZZ1 1ZZ"),
    ],
    ids=range(10),
)
def test_what_does_not_exist_is_said_with_a_next_step(call: Callable, words: str) -> None:
    with pytest.raises(NotFound, match=words) as caught:
        call(open_workspace())
    assert caught.value.exit_code == 1


def test_a_vintage_that_is_not_there_says_how_to_get_it() -> None:
    with pytest.raises(FileProblem, match=r"lep_2017-04.*boundaries build"):
        open_workspace().layer("lep", "2017-04")


@pytest.mark.parametrize("text", ["E37000051", "London", "london", " LONDON "])
def test_a_region_by_code_or_name(text: str) -> None:
    assert open_workspace().region(text) == "E37000051"


@pytest.mark.parametrize(
    ("text", "name"), [("HotSW", "Heart of the South West"), ("D2N2", "Derby"), ("EX4 4QJ", "Heart of the South West")]
)
def test_find_by_short_name_or_postcode(text: str, name: str) -> None:
    ws = open_workspace()
    assert ws.names()[ws.find(text)[0]].startswith(name)


# --- postcodes


def test_a_postcode_lies_in_one_region_of_each_geography_or_none() -> None:
    table = locate("EX4 4QJ")
    assert list(table.columns) == ["geography", "vintage", "code", "name"]
    assert dict(zip(table["geography"], table["name"], strict=True)) == {
        "lep": "Heart of the South West",
        "region": "South West",
        "combined_authority": "Devon and Torbay",
        "county": "Devon",
        "lad": "Exeter",
    }


def test_a_postcode_of_lichfield_lies_in_two_leps() -> None:
    table = locate("ws13 6hx")
    assert table.loc[table["geography"] == "lep", "code"].tolist() == [GBSLEP, STAFFS]
    assert table.loc[table["geography"] == "lad", "name"].tolist() == ["Lichfield"]
    assert open_workspace().find("WS13 6HX") == [GBSLEP, STAFFS]


@pytest.mark.parametrize(
    ("postcode", "words"),
    [
        ("ZZ1 1ZZ", "ZZ1 1ZZ"),
        ("EX4", "full postcode"),
        ("CF10 1EP", "Wales"),
        ("EH1 1YZ", "Scotland"),
        ("not a postcode", "does not look like"),
        ("", "full postcode"),
    ],
)
def test_a_postcode_that_leads_nowhere_says_why(postcode: str, words: str) -> None:
    with pytest.raises(NotFound, match=words):
        locate(postcode)


# --- a folder of one's own


@pytest.mark.parametrize("write", [as_zip, as_gpkg, as_geojson])
def test_a_layer_in_the_folder_replaces_the_bundled_one_and_nothing_else(own: Path, write: Callable) -> None:
    write(ons_style(), own / "boundaries")
    ws = open_workspace()
    bundle = bundled_workspace()
    assert ws is not bundle
    assert ws.names()["E37000051"] == "My London"
    assert ws.layer().index.equals(bundle.layer().index)
    assert ws.layer().crs == "EPSG:27700"
    pd.testing.assert_series_equal(ws.layer().area, bundle.layer().area, rtol=1e-6)
    pd.testing.assert_frame_equal(ws.centres(), bundle.centres())
    assert ws.names("lad").equals(bundle.names("lad"))
    pd.testing.assert_series_equal(ws.values("gva_per_head"), bundle.values("gva_per_head"))
    assert s3geo.region_profile(ws, "E37000051").name == "My London"
    ws.check()


def test_one_figure_of_ones_own_replaces_the_bundled_figures(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    raw = pd.read_parquet(bundled_workspace().file("data", "observations.parquet"))
    raw.loc[(raw["indicator"] == "gva_per_head") & (raw["code"] == "E37000051"), "value"] = 1.0
    raw.to_parquet(tmp_path / "data" / "observations.parquet")
    ws = open_workspace(tmp_path)
    assert ws.values("gva_per_head")["E37000051"] == 1.0
    assert ws.catalogue.equals(bundled_workspace().catalogue)


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "zip", "parquet"])
def test_a_broken_layer_is_named(own: Path, ending: str) -> None:
    (own / "boundaries" / f"lep_2021-05.{ending}").write_bytes(b"cut short")
    with pytest.raises(FileProblem, match=rf"lep_2021-05\.{ending}"):
        open_workspace().layer()


def test_a_layer_of_another_geography_is_refused(own: Path) -> None:
    regions = bundled_workspace().layer("region").reset_index()
    regions.to_file(own / "boundaries" / "lep_2021-05.gpkg", engine="pyogrio")
    with pytest.raises(LayerError, match=r"lep_2021-05\.gpkg.*E12000001"):
        open_workspace().layer()


@pytest.mark.parametrize("name", ["observations.parquet", "organisations.parquet"])
def test_a_broken_table_is_named_and_the_rest_still_works(tmp_path: Path, name: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / name).write_bytes(b"PAR1 cut short")
    ws = open_workspace(tmp_path)
    with pytest.raises(FileProblem, match=name) as caught:
        ws.check()
    assert caught.value.problems["file"].tolist() == [name]
    assert len(ws.layer()) == 38


def test_figures_that_break_the_rules_are_named(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    raw = pd.read_parquet(bundled_workspace().file("data", "observations.parquet"))
    raw.loc[raw.index[0], "status"] = "guessed"
    raw.to_parquet(tmp_path / "data" / "observations.parquet")
    with pytest.raises(ValidationError, match=r"observations") as caught:
        open_workspace(tmp_path).check()
    assert caught.value.problems["problem"].str.contains("guessed").any()


@pytest.mark.parametrize("text", ["[indicator.x", "[indicator.x]\nlabel = 'x'\n"])
def test_a_broken_catalogue_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "catalogue.toml").write_text(text)
    with pytest.raises(S3geoError, match=r"catalogue\.toml"):
        open_workspace(tmp_path).check()


@pytest.mark.parametrize("name", ["nowhere", "."])
def test_a_folder_that_is_no_workspace_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileProblem, match="neither boundaries/ nor data/"):
        open_workspace(tmp_path / name)


def test_the_bundle_is_at_hand_whatever_the_environment_names(own: Path) -> None:
    as_gpkg(ons_style(), own / "boundaries")
    assert open_workspace().names()["E37000051"] == "My London"
    assert bundled_workspace().names()["E37000051"] == "London"
