"""What it takes to rank partners of one organisation, and to find those around a place."""

from __future__ import annotations

import numpy as np
import shapely
from harness import Report, timed

from s3geo import open_workspace, organisation_partners
from s3geo import organisations as open_organisations
from s3geo.geography.around import PointIndex

LINKED = "ukprn:10007792"  # University of Exeter


def test_partners_of_an_organisation(report: Report) -> None:
    ws = open_workspace()
    organisation_partners(ws, LINKED)  # the graph is made once
    many = f"{len(ws.organisations):,}"
    times = [timed(lambda: organisation_partners(ws, LINKED)) for _ in range(20)]
    report.add(f"organisation_partners(), first 50 of {many}", times, budget=50)
    times = [timed(lambda: organisation_partners(ws, LINKED, n=None)) for _ in range(5)]
    report.add(f"organisation_partners(), all {many} with their reasons", times)


def test_organisations_around_a_point(report: Report) -> None:
    """Synthetic points, laid around real districts as densely as their postcodes."""
    ws = open_workspace()
    centres = ws.centres("lad")
    weights = (centres["postcodes"] / centres["postcodes"].sum()).to_numpy()
    rng = np.random.default_rng(0)
    middle = ws.centres("lep").loc["E37000015", ["easting", "northing"]].to_numpy(dtype=float)
    near, region = shapely.Point(middle), ws.layer().geometry["E37000015"]
    for many, budget in ((15_000, 50), (5_000_000, 500)):
        at = rng.choice(len(centres), many, p=weights)
        points = centres[["easting", "northing"]].to_numpy()[at] + rng.normal(scale=6000, size=(many, 2))
        report.add(f"PointIndex.of(), {many:,} synthetic points", [timed(lambda p=points: PointIndex.of(p))])
        index = PointIndex.of(points)
        found = len(index.around(near, 25)[0])
        times = [timed(lambda i=index: i.around(near, 25)) for _ in range(20)]
        report.add(f"around a point, 25 km, {found:,} of {many:,} synthetic points", times, budget=budget)
        times = [timed(lambda i=index: i.around(region, 10)) for _ in range(5)]
        report.add(f"in and 10 km around a region, {many:,} synthetic points", times)
    open_organisations(ws, (float(middle[0]), float(middle[1])))  # the index is made once
    times = [timed(lambda: open_organisations(ws, (float(middle[0]), float(middle[1])))) for _ in range(20)]
    report.add(f"organisations() around a point, of {len(ws.organisations):,}", times, budget=50)
