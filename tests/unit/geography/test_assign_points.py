"""Points lie where `geopandas.sjoin` finds them: inside, outside, on edges, on corners, in overlaps."""

from __future__ import annotations

import pickle

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from s3geo import open_workspace
from s3geo.errors import LayerError, UsageError
from s3geo.geography import assign
from s3geo.geography.assign import PointAssigner, assign_points
from s3geo.settings import BNG

WS = open_workspace()
ASSIGNERS: dict[str, PointAssigner] = {}


def assigner(geography: str) -> PointAssigner:
    if geography not in ASSIGNERS:
        ASSIGNERS[geography] = PointAssigner.of(WS.layer(geography))
    return ASSIGNERS[geography]


def joined(points: NDArray[np.float64], layer: gpd.GeoDataFrame, predicate: str) -> list[tuple[int, str]]:
    frame = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*points.T), crs=layer.crs)
    found = gpd.sjoin(frame, layer.rename_axis("code").reset_index()[["code", "geometry"]], predicate=predicate)
    return sorted(zip(found.index.tolist(), found["code"].tolist(), strict=True))


def assigned(points: NDArray[np.float64], by: PointAssigner, predicate: str) -> list[tuple[int, str]]:
    found = by.assign(*points.T, predicate=predicate)  # type: ignore[arg-type]
    return list(zip(found["point"].tolist(), found["region"].tolist(), strict=True))


def edges(layer: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Return the ends of every edge, x0, y0, x1, y1."""
    places, ring = shapely.get_coordinates(
        shapely.get_rings(shapely.get_parts(layer.geometry.to_numpy())), return_index=True
    )
    same = ring[1:] == ring[:-1]
    return np.hstack([places[:-1][same], places[1:][same]])


@pytest.mark.parametrize("predicate", ["intersects", "within"])
def test_every_corner_and_edge_of_the_districts_is_as_sjoin_has_it(predicate: str) -> None:
    layer = WS.layer("lad")
    ends = edges(layer)
    middles = (ends[:, :2] + ends[:, 2:]) / 2
    beside = middles + np.random.default_rng(0).normal(scale=0.01, size=middles.shape)
    points = np.vstack([ends[::3, :2], middles[::2], beside[::3]])
    found = assigned(points, assigner("lad"), predicate)
    assert found == joined(points, layer, predicate)
    shared = pd.Series([point for point, _ in found]).value_counts()
    assert (shared.max() >= 3) == (predicate == "intersects"), "corners where three districts meet are among them"


@pytest.mark.parametrize("geography", ["lep", "lad", "region", "combined_authority"])
def test_points_all_over_england_are_as_sjoin_has_them(geography: str) -> None:
    layer = WS.layer(geography)
    rng = np.random.default_rng(1)
    left, bottom, right, top = layer.total_bounds
    everywhere = rng.uniform([left - 9000, bottom - 9000], [right + 9000, top + 9000], size=(4000, 2))
    centres = WS.centres("lad")[["easting", "northing"]].to_numpy()
    around = centres[rng.integers(0, len(centres), 4000)] + rng.normal(scale=6000, size=(4000, 2))
    points = np.vstack([everywhere, around, layer.bounds.to_numpy()[:, :2], layer.bounds.to_numpy()[:, 2:]])
    found = assigned(points, assigner(geography), "intersects")
    assert found == joined(points, layer, "intersects")
    many = len(found) - len({point for point, _ in found})
    assert (many > 20) == (geography == "lep"), "only LEPs overlap; others share a corner"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_point_near_any_edge_is_as_sjoin_has_it(data: st.DataObject) -> None:
    ends = edges(WS.layer("lad"))
    edge = data.draw(st.lists(st.integers(0, len(ends) - 1), min_size=1, max_size=30))
    share = data.draw(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]) | st.floats(0, 1))
    off = data.draw(st.sampled_from([0.0, 1e-9, -1e-9, 1e-3, -1e-3]) | st.floats(-300, 300))
    points = ends[edge, :2] * (1 - share) + ends[edge, 2:] * share + [off, -off]
    predicate = data.draw(st.sampled_from(["intersects", "within"]))
    assert assigned(points, assigner("lad"), predicate) == joined(points, WS.layer("lad"), predicate)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-4, 4), st.integers(-4, 4), st.integers(1, 6), st.integers(1, 6)), min_size=1, max_size=5
    ),
    st.sampled_from([1.0, 0.1, 1e3, 1 / 3]),
    st.floats(-1e6, 1e6),
)
def test_overlapping_boxes_of_any_size_anywhere_are_as_sjoin_has_them(
    boxes: list[tuple[int, int, int, int]], scale: float, far: float
) -> None:
    shapes = [shapely.box(far + x * scale, y * scale, far + (x + w) * scale, (y + h) * scale) for x, y, w, h in boxes]
    layer = gpd.GeoDataFrame(geometry=shapes, index=[f"b{at}" for at in range(len(shapes))], crs=BNG)
    grid = np.array([(far + x * scale, y * scale) for x in np.arange(-5, 12, 0.5) for y in np.arange(-5, 12, 0.5)])
    for predicate in ("intersects", "within"):
        assert assigned(grid, PointAssigner.of(layer), predicate) == joined(grid, layer, predicate)


def test_holes_islands_and_points_without_a_place() -> None:
    ring = shapely.box(0, 0, 30, 30).difference(shapely.box(10, 10, 20, 20))
    layer = gpd.GeoDataFrame(geometry=[ring.union(shapely.box(100, 0, 101, 1)), shapely.box(12, 12, 14, 14)], crs=BNG)
    layer.index = ["ring", "inner"]
    x, y = [5, 15, 13, 100.5, np.nan, np.inf, 1e300, 10], [5, 11, 13, 0.5, 5, 5, 5, 15]
    found = assign_points(x, y, layer)
    assert found.values.tolist() == [[0, "ring"], [2, "inner"], [3, "ring"], [7, "ring"]]
    assert assign_points([], [], layer).empty


def test_many_points_go_through_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    points = rng.uniform([400_000, 200_000], [500_000, 300_000], size=(1000, 2))
    whole = assigned(points, assigner("lep"), "intersects")
    monkeypatch.setattr(assign, "CHUNK", 77)
    assert assigned(points, assigner("lep"), "intersects") == whole


def test_partitions_keep_every_row_and_travel_between_processes() -> None:
    rng = np.random.default_rng(3)
    points = rng.uniform([380_000, 250_000], [420_000, 300_000], size=(500, 2))
    frame = pd.DataFrame(points, columns=["easting", "northing"]).assign(id=range(500))
    assigner("lep").assign([0], [0])
    each = pickle.loads(pickle.dumps(assigner("lep"))).partitions(region="lep")
    made = pd.concat(each([frame[:200], frame[200:]]))
    assert set(made["id"]) == set(range(500))
    assert sorted(made.dropna()[["id", "lep"]].itertuples(index=False, name=None)) == sorted(
        assigned(points, assigner("lep"), "intersects")
    )
    assert len(made) > 500, "there are districts of two LEPs among them"


def test_what_cannot_be_assigned_is_refused_with_a_message() -> None:
    with pytest.raises(LayerError, match="without polygons"):
        PointAssigner.of(gpd.GeoDataFrame(geometry=[], crs=BNG))
    bow_tie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    with pytest.raises(LayerError, match="not valid"):
        PointAssigner.of(gpd.GeoDataFrame(geometry=[bow_tie], crs=BNG))
    with pytest.raises(UsageError, match="one length"):
        assign_points([1, 2], [1], WS.layer("region"))
    with pytest.raises(UsageError, match="'touches'"):
        assigner("lad").assign([1], [1], predicate="touches")  # type: ignore[arg-type]
