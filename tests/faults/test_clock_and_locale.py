"""Another time zone, another locale: the same figures, the same bytes, and ages that are never negative."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from generations import UBC

from s3geo.refresh.live import plan

# What is written must not depend on where it runs: figures in text, tables, a drawing, a table of the user's own.
SCRIPT = """
import hashlib, locale, os, time
from datetime import date
import s3geo
from s3geo.exports import Asked, about, map_file
from s3geo.tables.own import match_own
from s3geo.tables.read import read_table
from s3geo.views.class_table import class_table
from s3geo.views.profile import region_profile

for place, zone in (("C", "UTC"), ("de_DE.UTF-8", "Pacific/Kiritimati")):
    locale.setlocale(locale.LC_ALL, place)
    os.environ["TZ"] = zone
    time.tzset()
    ws = s3geo.workspace.opened.Workspace()
    table = class_table(ws, "gva_per_head")
    said = about(ws, table, permalink="x", made=date(2026, 1, 2))
    own = match_own(read_table(b"code,2023\\nE37000051,1234.5\\nE37000007,2.5\\n", name="a.csv"), ws.layer())
    print(locale.localeconv()["decimal_point"], end=" ")
    print([hashlib.sha256(map_file(ws, table, suffix, said, Asked())).hexdigest() for suffix in ("csv", "svg")],
          said.foot, region_profile(ws, "E37000016").cells["text"].tolist(), own.figures["value"].tolist())
"""


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment with a locale of decimal commas, compiled here if the machine can."""
    folder = tmp_path_factory.mktemp("locales")
    localedef = shutil.which("localedef")
    if localedef:
        subprocess.run(
            [localedef, "-i", "de_DE", "-f", "UTF-8", str(folder / "de_DE.UTF-8")], capture_output=True, check=False
        )
    if not (folder / "de_DE.UTF-8").is_dir():
        pytest.skip("no locale with decimal commas can be made here")
    return {"LOCPATH": str(folder), "LC_ALL": "de_DE.UTF-8"}


def test_figures_are_the_same_where_the_comma_is_the_decimal_point(german: dict[str, str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT],
        env={**os.environ, **german, "PYTHONIOENCODING": "utf-8"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    here, there = (line.split(" ", 1) for line in done.stdout.splitlines())
    assert (here[0], there[0]) == (".", ",")
    assert there[1] == here[1]
    assert "Made on 2 January 2026" in here[1]
    assert "1234.5" in here[1]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_an_answer_fetched_in_another_zone_has_its_true_age(zone: str, do: Callable[..., dict], memory: Path) -> None:
    """Fourteen hours ahead, twelve behind: what is kept is in UTC."""
    before = datetime.now(UTC)
    assert do("refresh", memory, 1, zone=zone)["error"] == ""
    (row,) = plan([UBC], memory).itertuples()
    assert row.age_days == 0.0
    assert row.last in {before.date().isoformat(), datetime.now(UTC).date().isoformat()}
    (later,) = plan([UBC], memory, now=before + timedelta(days=3)).itertuples()
    assert later.age_days == 3.0


def test_a_clock_that_was_ahead_makes_no_negative_age(do: Callable[..., dict], memory: Path) -> None:
    do("refresh", memory, 1)
    (row,) = plan([UBC], memory, now=datetime.now(UTC) - timedelta(days=400)).itertuples()
    assert row.age_days == 0.0
