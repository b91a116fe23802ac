"""What it takes to say which district each of five million points lies in, beside `geopandas.sjoin`."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from harness import Report, timed

from s3geo import open_workspace
from s3geo.geography.assign import PointAssigner
from s3geo.geography.postcodes import directory

N = 5_000_000


KEPT: list[PointAssigner] = []  # in a worker process


def keep(assigner: PointAssigner) -> None:
    KEPT.append(assigner)


def of_part(file: str, start: int, stop: int) -> int:
    x, y = np.load(file, mmap_mode="r")[start:stop].T
    return len(KEPT[0].assign(x, y))


def test_points_in_districts(report: Report, tmp_path: Path) -> None:
    """Synthetic points, within some hundred metres of real postcodes of England, as dense as these."""
    layer = open_workspace().layer("lad")[["geometry"]].rename_axis("code")
    places = directory().query("district.str.startswith('E')")[["easting", "northing"]].to_numpy()
    rng = np.random.default_rng(0)
    points = places[rng.integers(0, len(places), N)] + rng.normal(scale=300, size=(N, 2))
    x, y = np.ascontiguousarray(points.T)
    what = f"{N:,} synthetic points, {len(layer)} districts"

    build = timed(lambda: PointAssigner.of(layer))
    assigner = PointAssigner.of(layer)
    ours = [timed(lambda: assigner.assign(x, y)) for _ in range(3)]
    report.add("PointAssigner.of() districts", [build])
    report.add(f"PointAssigner.assign(), {what}", ours)

    frame = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=layer.crs)
    theirs: list[pd.DataFrame] = []
    took = timed(lambda: theirs.append(gpd.sjoin(frame, layer, predicate="intersects")))
    report.add(f"geopandas.sjoin(), {what}, points made before", [took])
    report.add("sjoin over grid and assignment together", [took / (build + max(ours))], "x", budget=5, at_least=True)

    found = assigner.assign(x, y)
    expected = theirs[0]["code"].astype(str).rename_axis("point").reset_index().sort_values(["point", "code"])
    assert (found["point"].to_numpy() == expected["point"].to_numpy()).all()
    assert (found["region"].astype(str).to_numpy() == expected["code"].to_numpy()).all()

    file = str(tmp_path / "points.npy")
    np.save(file, points)
    halves = [(0, N // 2), (N // 2, N)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, context, initializer=keep, initargs=(assigner,)) as pool:
        counts: list[int] = []

        def both() -> None:
            counts[:] = [one.result() for one in [pool.submit(of_part, file, *half) for half in halves]]

        both()
        report.add("the same in two processes, once they are there", [timed(both) for _ in range(3)])
    assert sum(counts) == len(found)
