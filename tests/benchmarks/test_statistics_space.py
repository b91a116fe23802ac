"""What spatial pattern, quotients and partners take."""

from __future__ import annotations

import numpy as np
import pandas as pd
from harness import Report, timed

from s3geo import open_workspace
from s3geo.statistics import (
    getis_ord,
    gravity,
    local_moran,
    location_quotient,
    lq_interval,
    moran,
    presence,
    relatedness,
    relatedness_density,
    score_partners,
)

SECTORS = "ubc_enterprises"


def test_spatial_pattern(report: Report) -> None:
    ws = open_workspace()
    for geography, budget in (("lep", None), ("lad", 2000)):
        near = ws.neighbours(geography)
        y = pd.Series(np.random.default_rng(1).lognormal(size=len(near)), index=list(near))
        local_moran(y, near)  # the libraries are read once
        what = f"9,999 permutations, {len(near)} regions"
        limit = {} if budget is None else {"budget": budget}
        report.add(f"local_moran(), {what}", [timed(lambda y=y, n=near: local_moran(y, n)) for _ in range(10)], **limit)
        report.add(f"getis_ord(), {what}", [timed(lambda y=y, n=near: getis_ord(y, n)) for _ in range(10)], **limit)
        report.add(f"moran(), {len(near)} regions", [timed(lambda y=y, n=near: moran(y, n)) for _ in range(10)])


def test_quotients_and_relatedness(report: Report) -> None:
    ws = open_workspace()
    table, england = ws.sectors(SECTORS, geography="lad"), ws.england_sectors(SECTORS)
    size = f"{table.shape[0]} districts x {table.shape[1]} groups"
    report.add(f"location_quotient(), {size}", [timed(lambda: location_quotient(table, england)) for _ in range(20)])
    report.add(f"lq_interval(), {size}", [timed(lambda: lq_interval(table, england)) for _ in range(20)])
    M = presence(table, benchmark=england)
    report.add(f"relatedness(), {size}", [timed(lambda: relatedness(M)) for _ in range(20)])
    phi = relatedness(M)
    report.add(f"relatedness_density(), {size}", [timed(lambda: relatedness_density(M, phi)) for _ in range(20)])


def test_partners_of_all(report: Report) -> None:
    ws = open_workspace()
    england = ws.england_sectors(SECTORS)
    phi = relatedness(presence(ws.sectors(SECTORS, geography="lad"), benchmark=england))
    for geography, budget in (("lep", 100), ("lad", 1000)):
        M = presence(ws.sectors(SECTORS, geography=geography), benchmark=england)
        km = ws.distances(geography)
        half = ws.region_links(geography, "h2020").pivot_table(index="a", columns="b", values="n_projects")
        half = half.reindex(index=M.index, columns=M.index).fillna(0)

        def every(M: pd.DataFrame = M, km: pd.DataFrame = km, links: pd.DataFrame = half + half.T) -> None:
            for origin in M.index[M.sum(axis=1) >= 3]:
                score_partners(M, km, origin, phi, links=links)

        what = f"score_partners(), each of {len(M)} regions as origin"
        report.add(what, [timed(every) for _ in range(5)], budget=budget)


def test_gravity_of_regions(report: Report) -> None:
    km = open_workspace().distances("lep")
    rng = np.random.default_rng(2)
    masses = pd.Series(rng.uniform(10, 200, len(km)), index=km.index)
    y = np.triu(rng.poisson(np.outer(masses, masses) * 2 ** (-km.to_numpy() / 150) / 100), 1)
    links = pd.DataFrame(y + y.T, km.index, km.index).astype(float)
    gravity(masses, km, links)
    report.add("gravity(), 38 regions, masses", [timed(lambda: gravity(masses, km, links)) for _ in range(5)])
    report.add("gravity(), 38 regions, place effects", [timed(lambda: gravity(None, km, links)) for _ in range(5)])
