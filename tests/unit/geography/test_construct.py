"""Areas from points, on small synthetic countries."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas import GeoSeries

from s3geo.errors import LayerError
from s3geo.geography.construct import (
    Limits,
    border_points,
    borders,
    check_coverage,
    construct,
    distinct_points,
    simplify,
    union,
)
from s3geo.geography.land import Shore, inhabited_land

SQUARE = shapely.box(0, 0, 30_000, 30_000)


def synthetic(n: int = 3_000, seed: int = 2023, size: float = 30_000.0) -> pd.DataFrame:
    """Postcodes of a square country with nine districts, whole metres."""
    places = np.random.default_rng(seed).integers(1, int(size), size=(n, 2))
    column, row = np.minimum(places // int(size / 3 + 1), 2).T
    area = np.char.add(np.array(list("ABC"))[column], (row + 1).astype(str))
    return pd.DataFrame({"easting": places[:, 0], "northing": places[:, 1], "area": area})


def places(*rows: tuple[float, float, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["easting", "northing", "area"])


def test_nine_districts_fill_the_land() -> None:
    areas = construct(distinct_points(synthetic()), SQUARE)
    assert list(areas.index) == ["A1", "A2", "A3", "B1", "B2", "B3", "C1", "C2", "C3"]
    assert shapely.coverage_is_valid(areas.to_numpy())
    assert areas.area.sum() == SQUARE.area
    corner = {"A": 0, "B": 10_000, "C": 20_000, "1": 0, "2": 10_000, "3": 20_000}
    expected = {
        code: shapely.box(x := corner[code[0]], y := corner[code[1]], x + 10_000, y + 10_000) for code in areas.index
    }
    for code, box in expected.items():
        shape = areas[code]
        assert shape.intersection(box).area / shape.union(box).area > 0.85
    corners = shapely.get_coordinates(areas.to_numpy())
    assert (corners == corners.round()).all()


def test_same_points_in_another_order_give_the_same_bytes() -> None:
    points = synthetic(600)
    once = construct(distinct_points(points), SQUARE)
    again = construct(distinct_points(points.sample(frac=1, random_state=1)), SQUARE)
    assert [shape.wkb for shape in once] == [shape.wkb for shape in again]


def test_leaving_out_interior_points_does_not_move_a_border() -> None:
    points = distinct_points(synthetic(800))
    shaping = border_points(points)
    assert len(shaping) < len(points) / 2
    inner = SQUARE.buffer(-2_000)
    few, all_of_them = (shapely.union_all(borders(chosen)).intersection(inner) for chosen in (shaping, points))
    assert few.hausdorff_distance(all_of_them) < 1e-3


def test_every_place_lies_in_the_area_of_its_nearest_point() -> None:
    points = distinct_points(synthetic(400))
    areas = construct(points, SQUARE, Limits(piece_km2=0.0, islet_km2=0.0))
    probes = np.random.default_rng(7).uniform(100, 29_900, size=(500, 2))
    distance = np.hypot(*(probes[:, None, :] - points[["easting", "northing"]].to_numpy()[None]).transpose(2, 0, 1))
    nearest = points["area"].to_numpy()[distance.argmin(axis=1)]
    inside = [areas.index[areas.contains(shapely.Point(probe))] for probe in probes]
    agree = [len(found) == 1 and found[0] == code for found, code in zip(inside, nearest, strict=True)]
    assert np.mean(agree) > 0.99  # whole metres move a border by less than one


def test_shared_spot_goes_to_the_majority_and_then_to_the_first_code() -> None:
    points = places(
        (1, 1, "B"), (1, 1, "B"), (1, 1, "A"), (2, 2, "B"), (2, 2, "A"), (2, 2, "A"), (3, 3, "B"), (3, 3, "A")
    )
    assert distinct_points(points)["area"].tolist() == ["B", "A", "A"]


def test_points_without_place_or_code_are_dropped() -> None:
    points = places((1, 1, "A"), (float("nan"), 2, "A"))
    points.loc[len(points)] = [5, 5, None]
    assert len(distinct_points(points)) == 1


def test_islands_belong_to_their_postcodes_and_bare_islets_vanish() -> None:
    mainland, island = shapely.box(0, 0, 10_000, 10_000), shapely.box(12_000, 4_000, 14_000, 6_000)
    islet = shapely.box(12_000, 8_000, 12_500, 8_500)
    points = places(
        (2_000, 5_000, "A"), (3_000, 2_000, "A"), (8_000, 5_000, "B"), (8_500, 9_000, "B"), (13_000, 5_000, "C")
    )
    areas = construct(points, shapely.union_all([mainland, island, islet]))
    assert areas["C"].normalize() == island.normalize()
    assert areas.area.sum() == mainland.area + island.area


def test_smallest_district_is_kept_even_if_it_is_tiny() -> None:
    ring = [(5_000 + 3_000 * np.cos(t), 5_000 + 3_000 * np.sin(t), "A") for t in np.linspace(0, 6, 20)]
    areas = construct(places((5_000, 5_000, "Z"), *ring, (5_400, 5_000, "A"), (4_600, 5_000, "A"), (5_000, 5_400, "A"),
                             (5_000, 4_600, "A")), shapely.box(0, 0, 10_000, 10_000))  # fmt: skip
    assert 0 < areas["Z"].area < 1e6
    assert len(areas["A"].interiors) == 1


def test_misplaced_postcode_makes_no_enclave() -> None:
    points = synthetic(2_000)
    stray = places((5_000, 5_000, "C3"))
    areas = construct(distinct_points(pd.concat([points, stray])), SQUARE)
    assert not areas["C3"].intersects(shapely.Point(5_000, 5_000))


def test_district_without_land_is_refused() -> None:
    points = places(
        (2_000, 5_000, "A"), (8_000, 5_000, "B"), (8_500, 6_000, "B"), (50_000, 50_000, "SEA"), (60_000, 50_000, "B")
    )
    with pytest.raises(LayerError, match="1 areas have no land: 'SEA'"):
        construct(points, shapely.box(0, 0, 10_000, 10_000))


def test_simplified_areas_still_fit() -> None:
    areas = construct(distinct_points(synthetic()), SQUARE)
    simpler = simplify(areas, 300.0)
    assert shapely.coverage_is_valid(simpler.to_numpy())
    assert (
        shapely.get_num_coordinates(simpler.to_numpy()).sum() < shapely.get_num_coordinates(areas.to_numpy()).sum() / 2
    )
    assert list(simpler.index) == list(areas.index)


def test_union_joins_along_borders_and_allows_members_in_two_groups() -> None:
    areas = construct(distinct_points(synthetic(500)), SQUARE)
    members = pd.DataFrame({"district": ["A1", "A2", "A2", "A3"], "region": ["X", "X", "Y", "Y"]})
    joined = union(areas.loc[members["district"]], members["region"])
    assert joined["X"].area == pytest.approx(areas["A1"].area + areas["A2"].area)
    assert joined["X"].intersection(joined["Y"]).area == pytest.approx(areas["A2"].area)
    assert not joined["X"].interiors


@pytest.mark.parametrize(
    "second",
    [
        shapely.box(900, 0, 2_000, 1_000),  # overlap
        shapely.Polygon([(1_000, 0), (2_000, 0), (2_000, 1_000), (1_000, 1_000), (1_000, 400)]),  # corner of one only
        shapely.Polygon(),
    ],
)
def test_what_is_not_a_coverage_is_found(second: shapely.Polygon) -> None:
    with pytest.raises(LayerError, match="'B'") as caught:
        check_coverage(GeoSeries({"A": shapely.box(0, 0, 1_000, 1_000), "B": second}))
    assert "B" in set(caught.value.problems["code"])


class TestLand:
    """A synthetic coast with a town at its eastern shore."""

    coast = shapely.box(0, 0, 20_000, 20_000)
    town = pd.DataFrame(
        [(17_000 + 100 * (i % 20), 8_000 + 100 * (i // 20), "A") for i in range(400)],
        columns=["easting", "northing", "area"],
    )  # ends at 18,900 m; the coast is at 20,000 m

    def test_water_in_front_of_a_town_is_taken_from_the_land(self) -> None:
        land = inhabited_land(self.coast, self.town)
        assert not land.contains(shapely.Point(19_700, 9_000))
        assert land.contains(shapely.Point(18_900, 9_000))

    def test_postcode_at_sea_gets_ground(self) -> None:
        island = pd.DataFrame({"easting": [23_000], "northing": [9_000], "area": ["A"]})
        land = inhabited_land(self.coast, pd.concat([self.town, island]))
        assert land.contains(shapely.Point(23_100, 9_000))
        assert not land.contains(shapely.Point(21_500, 9_000))

    def test_gap_is_filled_within_a_district_and_not_between_two(self) -> None:
        beyond = self.town.assign(easting=self.town["easting"] + 4_000)  # begins at 21,000 m, beyond the coast
        bridge = shapely.Point(19_950 + 500, 9_000)
        wide = Shore(among=1_200.0)
        assert inhabited_land(self.coast, pd.concat([self.town, beyond]), wide).contains(bridge)
        apart = pd.concat([self.town, beyond.assign(area="B")])
        assert not inhabited_land(self.coast, apart, wide).contains(bridge)

    def test_land_without_a_postcode_is_left_out(self) -> None:
        other = shapely.box(50_000, 0, 60_000, 10_000)
        land = inhabited_land(shapely.union_all([self.coast, other]), self.town)
        assert land.geom_type == "Polygon"
        assert not land.intersects(other)
