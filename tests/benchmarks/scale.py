"""What counting organisations costs as they get more, and that both engines agree on five million: `make scale`.

Synthetic organisations at real postcodes. Needs about 4 GB of disk, and five minutes on two cores.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from synthetic import synthetic_organisations

from s3geo.counts import count_organisations
from s3geo.geography.postcodes import directory

SIZES = tuple(int(n) for n in os.environ.get("S3GEO_SCALE", "100000 1000000 5000000 20000000").split())
EQUAL = int(os.environ.get("S3GEO_SCALE_EQUAL", "5000000"))
BY = ["lep", "section", "kind", "year"]
MEMORY = "2GB"

CHILD = """
import atexit, json, resource, sys, time
def told(before=time.perf_counter()):
    io = dict(line.split(": ") for line in open("/proc/self/io").read().splitlines())
    used = resource.getrusage(resource.RUSAGE_SELF)
    found = {"s": time.perf_counter() - before, "cpu": used.ru_utime + used.ru_stime, "mb": used.ru_maxrss / 1000}
    found |= {"read": int(io["rchar"]) / 1e6, "written": int(io["wchar"]) / 1e6}
    print(json.dumps(found))
atexit.register(told)
from s3geo.cli.main import main
main()
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Path]]:
    folder = tmp_path_factory.mktemp("scale")
    known = directory()
    made = {n: synthetic_organisations(folder / f"{n}.parquet", n, known) for n in sorted({*SIZES, EQUAL})}
    yield made
    for file in made.values():
        file.unlink()


def test_cost_grows_no_faster_than_the_organisations(files: dict[int, Path], tmp_path: Path) -> None:
    """Time is processor time: it does not depend on who else is using the machine."""
    rows: list[dict[str, Any]] = []
    for n in SIZES:
        words = [str(files[n]), "--by", ",".join(BY), "--sum", "employees", "--memory", MEMORY]
        target = tmp_path / "counts.parquet"
        command = [sys.executable, "-c", CHILD, "aggregate", *words, "--temp", str(tmp_path), "-o", str(target)]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
        found = json.loads(ran.stdout.splitlines()[-1])
        counted = pd.read_parquet(target)
        everything = ["E92000001", "outside_england", "unknown_postcode", "no_postcode"]
        assert counted.loc[counted["code"].isin(everything), "rows"].sum() == n
        rows.append({"n": n, "file": files[n].stat().st_size / 1e6, "cells": len(counted), **found})
    print(f"\n\n{table(rows)}\n\n{about()}")
    assert dear([(row["n"], row["cpu"]) for row in rows]) == [], "no step costs twice the step before, an organisation"


def test_both_engines_give_equal_tables(files: dict[int, Path], tmp_path: Path) -> None:
    asked: dict[str, Any] = {"number": "employees", "folder": tmp_path, "memory": MEMORY}
    took = {}
    start = time.perf_counter()
    embedded = count_organisations([files[EQUAL]], BY, **asked)
    took["duckdb"], start = time.perf_counter() - start, time.perf_counter()
    cluster = {"engine_name": "spark", "master": "local-cluster[2,1,1024]"}
    distributed = count_organisations([files[EQUAL]], BY, **asked, **cluster)
    took["spark"] = time.perf_counter() - start
    pd.testing.assert_frame_equal(embedded.table, distributed.table, check_exact=True)
    assert embedded.notes == distributed.notes
    seconds = ", ".join(f"{name} {s:.0f} s" for name, s in took.items())
    print(f"\n\n{EQUAL:,} organisations, equal in all {len(embedded.table):,} rows: {seconds}\n\n{about()}")


def dear(rows: list[tuple[int, float]]) -> list[int]:
    """Return the sizes at whose step one organisation more costs more than twice what it did at the step before."""
    steps = [(high, (after - before) / (high - low)) for (low, before), (high, after) in pairwise(rows)]
    return [n for (_, before), (n, after) in pairwise(steps) if after > 2 * before]


def table(rows: list[dict[str, Any]]) -> str:
    head = "| organisations | file, MB | seconds | of processor | peak memory, MB | read, MB | written, MB | cells |"
    lines = [head, "|--:" * (head.count("|") - 1) + "|"]
    keys = ("n", "file", "s", "cpu", "mb", "read", "written", "cells")
    lines += [
        "| " + " | ".join(f"{row[key]:,.1f}" if row[key] < 100 else f"{row[key]:,.0f}" for key in keys) + " |"
        for row in rows
    ]
    return "\n".join(lines)


def about() -> str:
    names = ("duckdb", "ibis-framework", "pyspark", "pandas", "pyarrow")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    busy = f"{os.cpu_count()} cores, 1-minute load {os.getloadavg()[0]:.1f}"
    return f"{date.today()}; {busy}; Python {sys.version.split()[0]}, {versions}; DuckDB may use {MEMORY}"
