"""What the index and its uncertainty take."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd
from harness import Report, timed

from s3geo.statistics import composite, copeland, nearest_peers, rank_interval, rank_sensitivity, rank_uncertainty

VARIANTS = [
    ("minmax", "arithmetic", (0, 100)),
    ("minmax", "geometric", (1, 100)),
    ("minmax", "harmonic", (1, 100)),
    ("zscore", "arithmetic", (0, 100)),
]


def table(units: int, indicators: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return seeded indicators with some gaps, and a hierarchy of nine cells."""
    rng = np.random.default_rng(20210501)
    values = rng.lognormal(0, 1, (units, indicators))
    data = pd.DataFrame(np.where(rng.random(values.shape) < 0.03, np.nan, values)).add_prefix("x")
    cells = [f"cell{c}" for c in range(9)]
    leaves = pd.DataFrame({"parent": [cells[j % 9] for j in range(indicators)], "direction": 1}, index=data.columns)
    return data, pd.concat([leaves, pd.DataFrame({"parent": "index"}, index=cells)])


def test_index_in_five_variants(report: Report) -> None:
    data, meta = table(51, 49)

    def five() -> None:
        for normalise, aggregate, scale in VARIANTS:
            composite(data, meta, normalise, aggregate, scale)
        copeland(data)

    report.add("composite(), 51 units x 49 indicators, five variants", [timed(five) for _ in range(10)], budget=1000)


def test_rank_uncertainty(report: Report) -> None:
    data, meta = table(38, 36)
    what = "rank_uncertainty(), 38 x 36, 10,000 draws"
    report.add(what, [timed(lambda: rank_uncertainty(data, meta)) for _ in range(5)], budget=5000)
    errors = 0.1 * data
    noisy = [timed(lambda: rank_uncertainty(data, meta, errors=errors)) for _ in range(3)]
    report.add(f"{what}, values redrawn", noisy, budget=5000)
    report.add("the same, 1,000 draws", [timed(lambda: rank_uncertainty(data, meta, 1000)) for _ in range(10)])
    report.add("rank_sensitivity(), 1,000 draws", [timed(lambda: rank_sensitivity(data, meta)) for _ in range(3)])
    report.add("rank_interval(), 38 x 36", [timed(lambda: rank_interval(data, [1] * 36)) for _ in range(10)])


def test_memory_of_rank_uncertainty(report: Report) -> None:
    for units, draws in ((38, 10_000), (296, 2_000)):
        data, meta = table(units, 36)
        tracemalloc.start()
        rank_uncertainty(data, meta, draws, errors=0.1 * data)
        peak = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
        report.add(
            f"rank_uncertainty(), {units} x 36, {draws:,} draws, values redrawn, peak", [peak], unit="MB", budget=300
        )


def test_peers(report: Report) -> None:
    for units in (38, 296):
        data, _ = table(units, 18)
        report.add(f"nearest_peers(), {units} units", [timed(lambda d=data: nearest_peers(d)) for _ in range(5)])
