"""What lies near: distances on the ground, borders, organisations."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Geod, Transformer

from s3geo import nearest_regions, open_workspace, organisations
from s3geo.errors import NotFound, UsageError
from s3geo.geography.postcodes import find

GM, CORNWALL, LONDON, GBSLEP = "E37000015", "E37000005", "E37000051", "E37000012"


def on_the_ellipsoid(east_north: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Geodesic distance (km) on WGS 84 between points of the British National Grid."""
    to_degrees = Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)
    (lon1, lat1), (lon2, lat2) = (to_degrees.transform(*points.T) for points in (east_north, other))
    return np.asarray(Geod(ellps="WGS84").inv(lon1, lat1, lon2, lat2)[2]) / 1000


@pytest.mark.parametrize("geography", ["lep", "region"])
def test_distances_are_those_of_the_ellipsoid(geography: str) -> None:
    ws = open_workspace()
    distances = ws.distances(geography).to_numpy()
    points = ws.centres(geography)[["easting", "northing"]].to_numpy()
    first, second = np.triu_indices(len(points), 1)
    assert distances[first, second] == pytest.approx(on_the_ellipsoid(points[first], points[second]), rel=1e-3)


def test_distances_are_symmetric_and_nothing_to_itself() -> None:
    table = open_workspace().distances()
    np.testing.assert_array_equal(table, table.T)
    assert (np.diag(table) == 0).all()
    assert table.to_numpy()[~np.eye(38, dtype=bool)].min() > 10


def test_manchester_to_liverpool_is_about_fifty_kilometres() -> None:
    near = nearest_regions(open_workspace(), GM, n=37).set_index("name")
    assert near.at["Liverpool City Region", "distance_km"] == pytest.approx(47, abs=5)


@pytest.mark.parametrize("geography", ["lep", "combined_authority", "region"])
def test_all_others_by_distance_with_borders_as_the_workspace_has_them(geography: str) -> None:
    ws = open_workspace()
    neighbours = ws.neighbours(geography)
    for code in ws.layer(geography).index:
        near = nearest_regions(ws, code, geography, n=len(neighbours))
        assert set(near.index) == set(neighbours) - {code}
        assert near["distance_km"].is_monotonic_increasing
        assert sorted(near.index[near["adjoins"]]) == neighbours[code]
        assert near["distance_km"].equals(ws.distances(geography).loc[code, near.index].rename("distance_km"))


def test_adjoining_is_mutual() -> None:
    neighbours = open_workspace().neighbours()
    assert all(code in neighbours[other] for code, others in neighbours.items() for other in others)
    assert neighbours[CORNWALL] == ["E37000016"]


def test_only_the_leps_with_common_districts_overlap() -> None:
    ws = open_workspace()
    pairs = {
        frozenset((code, other))
        for code in ws.layer().index
        for other in nearest_regions(ws, code, n=37).query("overlaps").index
    }
    assert pairs == {frozenset((GBSLEP, other)) for other in ("E37000032", "E37000038")}
    near = nearest_regions(ws, GBSLEP, n=37)
    assert near.loc[near["overlaps"], "adjoins"].all()


@pytest.mark.parametrize("n", [0, 1, 5, 100])
def test_as_many_as_asked(n: int) -> None:
    assert len(nearest_regions(open_workspace(), LONDON, n=n)) == min(n, 37)


@pytest.mark.parametrize(("code", "geography"), [(LONDON, "region"), ("E99999999", "lep"), ("", "lep")])
def test_an_unknown_region_is_refused(code: str, geography: str) -> None:
    with pytest.raises(NotFound, match="describe"):
        nearest_regions(open_workspace(), code, geography)


@pytest.mark.parametrize(
    ("code", "geography"), [(LONDON, "lep"), (GBSLEP, "lep"), ("E12000007", "region"), ("E07000041", "lad")]
)
def test_organisations_inside_a_region_are_those_of_its_districts(code: str, geography: str) -> None:
    ws = open_workspace()
    found = organisations(ws, code, geography=geography, n=None)
    placed = ws.organisations[ws.organisations["easting"].notna()]
    expected = placed.index[placed["district"].isin(ws.districts(code, geography))]
    assert set(found.index[found["inside"]]) == set(expected)
    assert (found.loc[found["inside"], "distance_km"] == 0).all()
    assert len(expected) > 0


def test_an_organisation_at_the_waters_edge_belongs_to_its_district(tmp_path: Path) -> None:
    raw = open_workspace().organisations.reset_index()
    exeter = raw["name"] == "University of Exeter"
    raw.loc[exeter, "northing"] = 50_000.0  # synthetic: out at sea, some 20 km off its coast
    (tmp_path / "data").mkdir()
    raw.to_parquet(tmp_path / "data" / "organisations.parquet")
    found = organisations(open_workspace(tmp_path), "E37000016", n=None)
    assert found.query("name == 'University of Exeter'")[["inside", "distance_km"]].to_numpy().tolist() == [[True, 0.0]]


def test_organisations_around_a_region_lie_within_reach_of_its_edge() -> None:
    ws = open_workspace()
    found = organisations(ws, GM, within_km=30, n=None)
    around = found[~found["inside"]]
    shape = ws.layer().geometry[GM]
    measured = shapely.distance(shapely.points(around["easting"], around["northing"]), shape) / 1000
    np.testing.assert_allclose(around["distance_km"], measured)
    assert around["distance_km"].max() <= 30
    placed = ws.organisations[ws.organisations["easting"].notna()]
    reach = shapely.distance(shapely.points(placed["easting"], placed["northing"]), shape) <= 30_000
    assert set(placed.index[reach]) <= set(found.index)


def test_nearest_first_and_inside_the_strongest_in_the_ref_first() -> None:
    found = organisations(open_workspace(), LONDON, n=None)
    assert found["distance_km"].is_monotonic_increasing
    inside = found.loc[found["inside"], "ref_fte"].fillna(0)
    assert inside.is_monotonic_decreasing
    assert found["name"].iloc[0] == "University College London"


@pytest.mark.parametrize("near", ["EX4 4QJ", "ex44qj"])
def test_organisations_near_a_postcode(near: str) -> None:
    ws = open_workspace()
    place = find(near)
    found = organisations(ws, near, within_km=5)
    same = organisations(ws, (place.easting, place.northing), within_km=5)
    assert found.equals(same)
    assert "University of Exeter" in set(found["name"])
    assert not found["inside"].any()
    metres = np.hypot(found["easting"] - place.easting, found["northing"] - place.northing)
    np.testing.assert_allclose(found["distance_km"], metres / 1000)
    assert found["distance_km"].between(0, 5).all()


@pytest.mark.parametrize("kind", ["university", ["university", "catapult"]])
def test_only_the_kinds_asked_for(kind: str | list[str]) -> None:
    found = organisations(open_workspace(), LONDON, kind=kind, n=None)
    wanted = {kind} if isinstance(kind, str) else set(kind)
    assert set(found["kind"]) == wanted
    assert len(organisations(open_workspace(), LONDON, kind=kind, n=3)) == 3


@pytest.mark.parametrize(
    ("near", "within_km", "error", "words"),
    [
        (LONDON, 0, UsageError, "positive"),
        (LONDON, -1, UsageError, "positive"),
        (LONDON, float("nan"), UsageError, "positive"),
        ("E99999999", 25, NotFound, "E99999999"),
        ("ZZ1 1ZZ", 25, NotFound, "ZZ1 1ZZ"),
    ],
)
def test_what_makes_no_sense_is_refused(near: str, within_km: float, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        organisations(open_workspace(), near, within_km=within_km)
