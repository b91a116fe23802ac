"""Neighbours on a small chessboard whose answer is known, and on official districts against another implementation."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from s3geo.errors import LayerError, UsageError
from s3geo.geography.layers import read_layer
from s3geo.geography.neighbours import neighbours


@pytest.fixture
def board() -> gpd.GeoDataFrame:
    """3 x 2 squares a b c over d e f, and an island g."""
    squares = [shapely.box(x, y, x + 100, y + 100) for y in (100, 0) for x in (0, 100, 200)]
    return gpd.GeoDataFrame(geometry=[*squares, shapely.box(900, 0, 950, 50)], index=list("abcdefg"), crs="EPSG:27700")


def members(**regions: str) -> pd.DataFrame:
    rows = [(district, region) for region, districts in regions.items() for district in districts]
    return pd.DataFrame(rows, columns=["district", "region"])


def test_districts_that_meet_in_a_point_do_not_adjoin(board):
    assert neighbours(board) == {
        "a": ["b", "d"],
        "b": ["a", "c", "e"],
        "c": ["b", "f"],
        "d": ["a", "e"],
        "e": ["b", "d", "f"],
        "f": ["c", "e"],
        "g": [],
    }


def test_regions_of_whole_districts(board):
    assert neighbours(board, members(left="ad", middle="be", right="cf", island="g")) == {
        "island": [],
        "left": ["middle"],
        "middle": ["left", "right"],
        "right": ["middle"],
    }


def test_regions_that_share_a_district(board):
    found = neighbours(board, members(north="ab", both="bc", far="g", alsofar="g"))
    assert found == {"alsofar": ["far"], "both": ["north"], "far": ["alsofar"], "north": ["both"]}


def test_districts_outside_every_region_are_no_bridge(board):
    assert neighbours(board, members(left="a", right="c")) == {"left": [], "right": []}


def test_overlapping_polygons_adjoin():
    layer = gpd.GeoDataFrame(
        geometry=[shapely.box(0, 0, 10, 10), shapely.box(2, 2, 4, 4), shapely.box(5, 5, 15, 15)],
        index=["around", "inside", "across"],
        crs="EPSG:27700",
    )
    assert neighbours(layer) == {"across": ["around"], "around": ["across", "inside"], "inside": ["around"]}


def test_order_of_rows_does_not_matter(board):
    table = members(left="ad", middle="be", right="cf")
    assert neighbours(board.sample(frac=1, random_state=1), table.sample(frac=1, random_state=2)) == neighbours(
        board, table
    )


def test_unknown_district_is_named(board):
    with pytest.raises(LayerError, match=r"'z'.*same vintage") as caught:
        neighbours(board, members(left="az"))
    assert caught.value.problems["code"].tolist() == ["z"]


def test_membership_needs_its_columns(board):
    with pytest.raises(UsageError, match="region"):
        neighbours(board, pd.DataFrame({"district": ["a"]}))


@pytest.mark.official
def test_official_districts(shared):
    districts = read_layer(shared / "boundaries" / "lad_2024_may_uk_buc_shp.zip")
    found = neighbours(districts)
    assert all(code in found[other] for code, others in found.items() for other in others)
    expected = {
        code: sorted(
            districts.index[
                (districts.geometry.intersection(polygon).length >= 1.0).to_numpy() & (districts.index != code)
            ]
        )
        for code, polygon in districts.geometry.head(12).items()
    }
    assert {code: found[code] for code in expected} == expected
    assert {districts.loc[code, "name"] for code in found["E07000041"]} == {"East Devon", "Teignbridge"}

    pairs = pd.read_csv(shared / "lookups" / "lad23_lep21.csv").rename(
        columns={"LAD23CD": "district", "LEP21CD": "region"}
    )
    regions = neighbours(districts, pairs[["district", "region"]])
    assert len(regions) == 38
    assert "E37000032" in regions["E37000012"]  # share four districts
    assert regions["E37000005"] == ["E37000016"]  # Cornwall and Isles of Scilly: Heart of the South West
