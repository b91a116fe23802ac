"""What lies over the map counts what the evidence holds."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from pyproj import Transformer

from s3geo import open_workspace
from s3geo.views.overlay import KINDS, districts, organisation_points, shared_projects, shown_at

GM = "E37000015"


def test_every_organisation_with_a_place_in_england_is_counted_once() -> None:
    ws = open_workspace()
    counted: Counter[str] = Counter()
    for feature in organisation_points(ws).features["features"]:
        counted.update(feature["properties"]["counts"])
    known = ws.organisations
    here = known[known["precision"].isin(["postcode", "point", "district"])]
    assert counted == here["kind"].value_counts().to_dict()
    assert set(counted) <= set(KINDS)


def test_points_lie_in_or_at_england() -> None:
    for feature in organisation_points(open_workspace()).features["features"]:
        east, north = feature["geometry"]["coordinates"]
        assert -6.5 < east < 1.9
        assert 49.8 < north < 55.9


def test_an_organisation_known_by_its_district_only_is_never_a_point_of_its_own() -> None:
    for feature in organisation_points(open_workspace()).features["features"]:
        properties = feature["properties"]
        assert ("district" in properties) != ("name" in properties)
        if "name" in properties:
            assert sum(properties["counts"].values()) == 1


@pytest.mark.parametrize("geography", ["lep", "combined_authority"])
def test_arcs_lead_to_the_most_frequent_partners(geography: str) -> None:
    ws = open_workspace()
    links = shared_projects(ws, geography).features["links"]
    table = ws.region_links(geography, "h2020")
    for code in list(links)[:8]:
        mine = table[(table["a"] == code) | (table["b"] == code)]
        shown = links[code]
        assert [n for _, n in shown] == sorted(mine["n_distinct"], reverse=True)[: len(shown)]
        assert len(shown) == min(10, int((mine["n_distinct"] > 0).sum()))
        assert code not in {other for other, _ in shown}


def test_districts_know_their_regions() -> None:
    ws = open_workspace()
    for feature in districts(ws).features["features"]:
        assert feature["properties"]["regions"] == sorted(feature["properties"]["regions"])
    of_manchester = {f["id"] for f in districts(ws).features["features"] if GM in f["properties"]["regions"]}
    assert of_manchester == set(ws.districts(GM))


@pytest.mark.parametrize("geography", ["lep", "region"])
def test_centres_are_shown_where_the_projection_puts_them_in_the_order_asked(geography: str) -> None:
    ws = open_workspace()
    codes = tuple(str(code) for code in ws.layer(geography).index[[5, 0, 3]])
    centres = ws.centres(geography).loc[list(codes)]
    expected = Transformer.from_crs(27700, 4326, always_xy=True).transform(centres["easting"], centres["northing"])
    np.testing.assert_allclose(shown_at(ws, geography, codes), np.transpose(expected), atol=0.00006)
    found = shown_at(ws, geography, codes)
    found[0][0] = 0.0
    assert shown_at(ws, geography, codes)[0][0] != 0  # what is kept is not handed out
