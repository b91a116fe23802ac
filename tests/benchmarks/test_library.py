"""What the library takes without a browser."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import pytest
from harness import Report, process_times, shuffled, timed

from s3geo import choropleth, open_workspace, region_profile
from s3geo.views.class_table import class_table
from s3geo.views.static_map import static_map
from s3geo.workspace import Workspace


def test_composing(report: Report) -> None:
    ws = open_workspace()
    indicators = [str(i) for i in ws.catalogue.index if "lep" in ws.geographies_of(str(i))]
    first, others = indicators[0], (shuffled(indicators) * 2)[:40]
    report.add("choropleth(), first in a process", [timed(lambda: choropleth(ws, first))])
    report.add("choropleth(), another indicator", [timed(lambda i=i: choropleth(ws, i)) for i in others], budget=20)
    report.add("class_table(), another indicator", [timed(lambda i=i: class_table(ws, i)) for i in others])


def test_profiles(report: Report) -> None:
    codes = list(open_workspace().layer().index)

    def every(ws: Workspace) -> None:
        for code in codes:
            region_profile(ws, code)

    def fresh() -> Workspace:
        ws = Workspace()  # one about which nothing is kept yet, but with its figures read
        class_table(ws, str(ws.catalogue.index[0]))
        return ws

    report.add("region_profile() of all 38, first", [timed(partial(every, fresh())) for _ in range(5)])
    report.add("region_profile() of all 38, again", [timed(lambda: every(open_workspace())) for _ in range(20)])


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_pictures(report: Report, suffix: str) -> None:
    ws = open_workspace()
    tables = [class_table(ws, i) for i in shuffled([str(i) for i in ws.catalogue.index])[:15]]
    report.add(f"static_map() {suffix}, first", [timed(lambda: static_map(ws, tables[0], suffix))])
    times = [timed(lambda t=t: static_map(ws, t, suffix)) for t in tables]
    report.add(f"static_map() {suffix}, 150 dpi, after", times, budget=200 if suffix == "png" else None)


def test_processes(report: Report) -> None:
    command = str(Path(sys.executable).with_name("s3geo"))
    report.add("python -c pass", process_times([sys.executable, "-c", "pass"]))
    report.add("python -c 'import s3geo'", process_times([sys.executable, "-c", "import s3geo"]))
    report.add("s3geo --help", process_times([command, "--help"]), budget=500)
