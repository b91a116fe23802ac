"""Points around a place are those that a look at every point finds."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from s3geo import open_workspace, organisations
from s3geo.geography.around import PointIndex


@pytest.mark.parametrize("within", [0.5, 10, 60])
def test_the_index_finds_what_a_look_at_every_point_finds(within: float) -> None:
    ws = open_workspace()
    centres = ws.centres("lad")[["easting", "northing"]].to_numpy()
    rng = np.random.default_rng(3)
    points = np.vstack([centres, centres + rng.normal(scale=5000, size=centres.shape)])  # synthetic, around real ones
    index = PointIndex.of(points)
    for shape in (ws.layer().geometry["E37000015"], ws.layer().geometry["E37000005"], shapely.Point(384591, 396711)):
        found, km = index.around(shape, within)
        every = shapely.distance(shapely.points(points), shape) / 1000
        assert found.tolist() == np.flatnonzero(every <= within).tolist()
        np.testing.assert_allclose(km, every[found], atol=1e-9)


def test_every_organisation_of_a_regions_districts_is_inside_it() -> None:
    ws = open_workspace()
    placed = ws.organisations[ws.organisations["easting"].notna()]
    for code in ws.layer().index:
        here = placed.index[placed["district"].isin(ws.districts(str(code)))]
        found = organisations(ws, str(code), within_km=0.001, n=None)
        assert set(here) == set(found.index[found["inside"]])
        assert (found.loc[found["inside"], "distance_km"] == 0).all()
