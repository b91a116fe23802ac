"""The committed ``boundaries/``: complete, seamless, described, and near what ONS publishes."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from s3geo.errors import FileProblem, LayerError, SourceError, TableError
from s3geo.geography import coastline as coast
from s3geo.geography.boundaries import different_files
from s3geo.geography.datapackage import ATTRIBUTION
from s3geo.geography.lookups import LAYERS, read_committed, read_lookups

COUNTS = {"lep": 38, "lad": 296, "county": 153, "region": 9, "combined_authority": 15}
ROWS = {"lep": 303, "region": 296, "county": 296, "combined_authority": 106}
IN_TWO = {
    "E07000192": "Cannock Chase",
    "E07000193": "East Staffordshire",
    "E07000194": "Lichfield",
    "E07000199": "Tamworth",
    "E07000234": "Bromsgrove",
    "E07000236": "Redditch",
    "E07000239": "Wyre Forest",
}
ENGLAND_KM2 = 130_279


@pytest.fixture(scope="module")
def folder(root: Path) -> Path:
    return root / "boundaries"


@pytest.fixture(scope="module")
def layers(folder: Path) -> dict[str, gpd.GeoDataFrame]:
    return {name: gpd.read_parquet(folder / f"{name}_{vintage}.parquet") for name, vintage in LAYERS.items()}


@pytest.fixture(scope="module")
def membership(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "membership.csv")


@pytest.fixture(scope="module")
def package(folder: Path) -> dict[str, Any]:
    package: dict[str, Any] = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return package


@pytest.mark.parametrize(("geography", "count"), COUNTS.items())
def test_layer_is_complete(layers: dict[str, gpd.GeoDataFrame], geography: str, count: int) -> None:
    layer = layers[geography]
    assert list(layer.columns) == ["code", "name", "easting", "northing", "postcodes", "geometry"]
    assert len(layer) == count
    assert layer.crs.to_epsg() == 27700
    assert layer["code"].is_monotonic_increasing
    assert layer["code"].is_unique
    assert layer["name"].is_unique
    assert layer["code"].str.fullmatch(r"E\d{8}").all()
    assert not layer.isna().any(axis=None)
    assert layer.geometry.is_valid.all()
    assert not layer.geometry.is_empty.any()
    corners = shapely.get_coordinates(layer.geometry.to_numpy())
    assert (corners == corners.round()).all()


@pytest.mark.parametrize("geography", ["lad", "county", "region", "combined_authority"])
def test_layer_is_a_coverage(layers: dict[str, gpd.GeoDataFrame], geography: str) -> None:
    assert shapely.coverage_is_valid(layers[geography].geometry.to_numpy())


def test_districts_have_neither_gaps_nor_overlaps(layers: dict[str, gpd.GeoDataFrame]) -> None:
    shapes = layers["lad"].geometry.to_numpy()
    together = shapely.union_all(shapes)
    assert shapely.area(shapes).sum() == pytest.approx(together.area, rel=1e-9)
    holes = [shapely.Polygon(ring) for part in shapely.get_parts(together) for ring in part.interiors]
    assert all(hole.area > 1e6 for hole in holes)  # enclosed water; a gap between districts would be a sliver
    compact = [4 * np.pi * hole.area / hole.length**2 for hole in holes]
    assert min(compact, default=1) > 0.05


def test_area_of_england(layers: dict[str, gpd.GeoDataFrame]) -> None:
    for geography in ("lad", "region", "county"):
        assert layers[geography].area.sum() / 1e6 == pytest.approx(ENGLAND_KM2, rel=0.01)


@pytest.mark.parametrize("geography", ["lep", "county", "region", "combined_authority"])
def test_area_is_the_union_of_its_districts(
    layers: dict[str, gpd.GeoDataFrame], membership: pd.DataFrame, geography: str
) -> None:
    districts = layers["lad"].set_index("code")
    layer = layers[geography].set_index("code")
    members = membership[membership["geography"] == geography].groupby("region")["district"].agg(list)
    assert list(members.index) == list(layer.index)
    for code, names in members.items():
        together = shapely.union_all(districts.geometry.loc[names].to_numpy())
        assert layer.geometry[code].area == pytest.approx(together.area, rel=1e-6)
        assert shapely.symmetric_difference(together, layer.geometry[code]).area <= 1e-6 * together.area
        part = districts.loc[names]
        assert layer.loc[code, "postcodes"] == part["postcodes"].sum()
        for axis in ("easting", "northing"):
            mean = np.average(part[axis], weights=part["postcodes"])
            assert layer.loc[code, axis] == pytest.approx(mean, abs=1.1)


def test_memberships(layers: dict[str, gpd.GeoDataFrame], membership: pd.DataFrame) -> None:
    assert list(membership.columns) == ["district", "geography", "vintage", "region", "share", "source"]
    assert membership["geography"].value_counts().to_dict() == ROWS
    assert (membership["share"] == 1.0).all()
    assert not membership.duplicated(["district", "geography", "region"]).any()
    assert {*membership[["geography", "vintage"]].drop_duplicates().itertuples(index=False, name=None)} == {
        item for item in LAYERS.items() if item[0] != "lad"
    }
    districts = set(layers["lad"]["code"])
    for geography in ("lep", "region", "county"):
        assert set(membership.loc[membership["geography"] == geography, "district"]) == districts


def test_exactly_seven_districts_lie_in_two_leps(layers: dict[str, gpd.GeoDataFrame], membership: pd.DataFrame) -> None:
    counted = membership.loc[membership["geography"] == "lep", "district"].value_counts()
    assert counted.max() == 2
    names = layers["lad"].set_index("code")["name"]
    assert {code: names[code] for code in counted.index[counted == 2]} == IN_TWO
    for geography in ("region", "county", "combined_authority"):
        assert membership.loc[membership["geography"] == geography, "district"].is_unique


def test_counties_and_unitary_authorities(layers: dict[str, gpd.GeoDataFrame]) -> None:
    county = layers["county"].set_index("code")["name"]
    kinds = county.index.str[:3].value_counts().to_dict()
    assert kinds == {"E10": 21, "E06": 63, "E08": 36, "E09": 33}
    assert {"Cumberland", "Westmorland and Furness", "North Yorkshire", "Somerset"} <= set(county[county.index < "E07"])
    assert not {"E10000006", "E10000023", "E10000027"} & set(county.index)


def test_isles_are_there(layers: dict[str, gpd.GeoDataFrame]) -> None:
    shapes = layers["lad"].set_index("name").geometry
    assert shapes["Isle of Wight"].area / 1e6 == pytest.approx(384, rel=0.05)
    assert len(shapes["Isles of Scilly"].geoms) >= 3


def test_codes_of_other_years(folder: Path, layers: dict[str, gpd.GeoDataFrame]) -> None:
    codes = pd.read_csv(folder / "district_codes.csv")
    assert list(codes.columns) == ["code", "name", "district", "year_from", "note"]
    current = set(layers["lad"]["code"])
    assert codes["code"].is_unique
    assert not set(codes["code"]) & current
    assert set(codes["district"]) <= current
    assert codes["year_from"].between(2017, 2025).all()
    district = codes.set_index("code")["district"]
    assert district["E08000038"] == "E08000016"
    assert district["E08000039"] == "E08000019"
    assert district["E07000027"] == "E06000064"  # Barrow-in-Furness
    assert district["E07000004"] == "E06000060"  # Aylesbury Vale
    assert district["E07000190"] == "E06000066"  # Taunton Deane, by way of Somerset West and Taunton


def test_description_matches_the_files(folder: Path, package: dict[str, Any]) -> None:
    described = {resource["path"]: resource for resource in package["resources"]}
    assert set(described) == {file.name for file in folder.iterdir()} - {"datapackage.json"}
    sources = {source["name"] for source in package["sources"]}
    for name, resource in described.items():
        content = (folder / name).read_bytes()
        assert resource["bytes"] == len(content), name
        assert resource["sha256"] == hashlib.sha256(content).hexdigest(), name
        table = pd.read_csv(folder / name) if name.endswith("csv") else gpd.read_parquet(folder / name)
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == list(table.columns)
        assert all(field["description"] for field in fields)
        if "source" in table:
            assert set(table["source"]) <= sources
    assert all(source["licence"] and source["publisher"] and source["path"] for source in package["sources"])


def test_attribution(package: dict[str, Any]) -> None:
    assert package["attribution"] == ATTRIBUTION
    assert "Office for National Statistics licensed under the Open Government Licence v.3.0" in ATTRIBUTION
    assert "OS data © Crown copyright and database right 2025" in ATTRIBUTION
    assert "Royal Mail data © Royal Mail copyright and database right 2025" in ATTRIBUTION
    assert "Made with Natural Earth" in ATTRIBUTION


def test_sizes(folder: Path, layers: dict[str, gpd.GeoDataFrame]) -> None:
    assert sum(file.stat().st_size for file in folder.iterdir()) < 2_000_000
    land = gpd.read_parquet(folder / "land.parquet")
    assert drawn_bytes(layers["lep"]) < 120_000
    assert drawn_bytes(layers["lad"]) < 250_000
    assert drawn_bytes(land) < 60_000


def test_neighbouring_land_fits(folder: Path, layers: dict[str, gpd.GeoDataFrame]) -> None:
    land = gpd.read_parquet(folder / "land.parquet")
    assert list(land.columns) == ["name", "geometry"]
    assert {"Scotland", "Wales", "Ireland", "Northern Ireland", "France", "Isle of Man"} <= set(land["name"])
    assert land.geometry.is_valid.all()
    great_britain = land[land["name"].isin(["Scotland", "Wales"])].geometry.to_numpy()
    assert shapely.coverage_is_valid(np.concatenate([great_britain, layers["lad"].geometry.to_numpy()]))
    england = shapely.union_all(layers["lad"].geometry.to_numpy())
    assert float(shapely.area(shapely.intersection(land.geometry.to_numpy(), england)).sum()) == pytest.approx(0, abs=1)


def test_areas_and_places_agree_with_the_official_ones(root: Path, layers: dict[str, gpd.GeoDataFrame]) -> None:
    official = pd.read_csv(root / "tests" / "reference" / "official_areas.csv", comment="#").set_index("code")
    for geography, most, usual in (("lep", 0.05, 0.01), ("lad", 0.25, 0.02)):
        ours = layers[geography].set_index("code")
        known = official[official["geography"] == geography].loc[ours.index]
        off = (ours.area / 1e6 / known["area_km2"] - 1).abs()
        assert off.max() < most, off.nlargest(3).to_dict()
        assert off.median() < usual
        points = gpd.GeoSeries.from_xy(known["label_easting"], known["label_northing"], crs=27700)
        away = points.distance(ours.geometry)
        assert away.max() < 1_000, away.nlargest(3).to_dict()
        assert (away == 0).mean() > 0.97


def test_committed_lists_are_read_back(folder: Path, tmp_path: Path) -> None:
    lists = read_committed(folder)
    assert len(lists.membership) == sum(ROWS.values())
    assert lists.names["geography"].value_counts().to_dict() == COUNTS
    with pytest.raises(FileProblem, match="lep_2021-05"):
        read_committed(tmp_path)


def test_lookups_must_be_complete(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="lad23_region23_ons"):
        read_lookups(tmp_path)
    (tmp_path / "lad23_region23_ons.csv").write_text("LAD23CD,LAD23NM\nE06000001,Hartlepool\n")
    with pytest.raises(TableError, match="RGN23CD"):
        read_lookups(tmp_path)


def test_difference_between_builds_is_named(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.csv").write_text("same")
        (tmp_path / name / "b.csv").write_text(name)
    (tmp_path / "one" / "c.csv").write_text("new")
    assert different_files(tmp_path / "one", tmp_path / "two") == ["b.csv", "c.csv"]


def test_coastline_problems_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LayerError, match="no coastline at"):
        coast.read_countries(tmp_path)
    monkeypatch.setattr(coast, "which", lambda _: None)
    with pytest.raises(SourceError, match="npm is not installed"):
        coast.fetch_coastline(tmp_path)


def test_coastline_that_cannot_be_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coast, "which", lambda _: "false")
    with pytest.raises(SourceError, match="could not fetch"):
        coast.fetch_coastline(tmp_path)


def drawn_bytes(layer: gpd.GeoDataFrame) -> int:
    """Bytes of a layer as the browser gets it: GeoJSON with four decimals, gzipped."""
    degrees = layer.geometry.to_crs(4326).to_numpy()
    rounded = shapely.transform(degrees, lambda corners: corners.round(4))
    text = json.dumps([shapely.geometry.mapping(shape) for shape in rounded], separators=(",", ":"))
    return len(gzip.compress(text.encode(), 9))
