"""Distances against the geodesic, and the order of the nearest."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pyproj import Geod, Transformer

from s3geo.errors import NotFound, UsageError
from s3geo.geography.distance import distances_km, nearest
from s3geo.geography.layers import read_centres
from s3geo.settings import BNG, WGS84, bundled

TOWNS = pd.DataFrame(
    {"easting": [147000, 655000, 400000, 338000, 530000], "northing": [30000, 293000, 653000, 558000, 180000]},
    index=pd.Index(["Penzance", "Lowestoft", "Berwick", "Carlisle", "London"], name="code"),
)


def worst(points: pd.DataFrame) -> float:
    """Largest share by which a planar distance misses the geodesic."""
    degrees = Transformer.from_crs(BNG, WGS84, always_xy=True)
    lon, lat = degrees.transform(points["easting"].to_numpy(), points["northing"].to_numpy())
    first, second = np.triu_indices(len(points), k=1)
    geodesic = Geod(ellps="WGS84").inv(lon[first], lat[first], lon[second], lat[second])[2]
    planar = distances_km(points).to_numpy()[first, second] * 1000
    return float(np.abs(planar / geodesic - 1).max())


def test_at_most_0_041_per_cent_off_the_geodesic_between_partnerships():
    assert worst(read_centres(bundled("boundaries", "lep_2021-05.parquet"))) <= 0.00041


def test_at_most_0_041_per_cent_off_the_geodesic_between_districts_of_the_mainland():
    districts = read_centres(bundled("boundaries", "lad_2023-04.parquet"))
    assert worst(districts.drop("E06000053")) <= 0.00041  # Isles of Scilly
    assert worst(pd.concat([TOWNS, districts])) <= 0.0008


def test_square_symmetric_and_zero_on_the_diagonal():
    table = distances_km(TOWNS)
    assert list(table.index) == list(table.columns) == list(TOWNS.index)
    assert (table.to_numpy() == table.to_numpy().T).all()
    assert (np.diag(table) == 0).all()
    assert table.loc["Penzance", "Berwick"] == pytest.approx(np.hypot(253, 623))


def test_missing_centre_stays_missing():
    table = distances_km(TOWNS.assign(easting=[np.nan, *TOWNS["easting"][1:]]))
    assert table.loc["Penzance"].isna().all()
    assert table.loc["London", ["Berwick", "Lowestoft"]].notna().all()


def test_nearest_leaves_the_origin_out():
    assert list(nearest(TOWNS, "London", 2).index) == ["Lowestoft", "Penzance"]
    assert nearest(TOWNS, "London").name == "distance_km"
    assert len(nearest(TOWNS, "London")) == 4
    assert len(nearest(TOWNS, "London", 0)) == 0


def test_nearest_to_a_point_keeps_all():
    assert nearest(TOWNS, (338000, 558000), 1).to_dict() == {"Carlisle": 0.0}


def test_equal_distances_by_code():
    centres = pd.DataFrame({"easting": [0, 5, -5, 0], "northing": [0, 0, 0, 5]}, index=["o", "c", "b", "a"])
    assert list(nearest(centres, "o").index) == ["a", "b", "c"]


def test_unknown_origin_and_missing_columns():
    with pytest.raises(NotFound, match="'York'"):
        nearest(TOWNS, "York")
    with pytest.raises(UsageError, match="northing"):
        distances_km(TOWNS.drop(columns="northing"))
    with pytest.raises(UsageError, match="-1"):
        nearest(TOWNS, "London", -1)
