"""The command line: what it prints, and the exit code it leaves."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

import s3geo
from s3geo import nearest_regions, open_workspace, region_profile
from s3geo.cli.main import main


class Ran(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run the command as the shell would, in this process."""

    def command(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["s3geo", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return Ran(int(ended.value.code or 0), *capsys.readouterr())

    return command


def test_help_names_every_command(run: Callable[..., Ran]) -> None:
    ran = run("--help")
    assert ran.code == 0
    for command in (
        "app",
        "describe",
        "profile",
        "map",
        "nearby",
        "index",
        "pattern",
        "locate",
        "check",
        "refresh",
        "boundaries",
        "aggregate",
    ):
        assert re.search(rf"^\s*{command}\b", ran.out, re.MULTILINE)


@pytest.mark.parametrize(
    "command", ["app", "describe", "profile", "map", "nearby", "index", "pattern", "locate", "refresh", "aggregate"]
)
def test_every_command_has_help_with_an_example(run: Callable[..., Ran], command: str) -> None:
    ran = run(command, "--help")
    assert ran.code == 0
    assert f"Example: s3geo {command}" in ran.out


def test_version(run: Callable[..., Ran]) -> None:
    assert run("--version") == (0, f"{s3geo.__version__}\n", "")


def test_the_module_runs_as_the_command_does() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "s3geo", "locate", "nowhere"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert ran.stderr.startswith("s3geo: 'nowhere' does not look like a postcode.")
    assert "Traceback" not in ran.stderr


def test_describe_lists_the_catalogue(run: Callable[..., Ran]) -> None:
    ran = run("describe", "--json")
    rows = json.loads(ran.out)
    catalogue = open_workspace().catalogue
    assert [row["indicator"] for row in rows] == list(catalogue.index)
    assert rows[0]["label"] == catalogue["label"].iloc[0]
    text = run("describe").out
    assert all(indicator in text for indicator in catalogue.index)


def test_describe_an_indicator(run: Callable[..., Ran]) -> None:
    fields = {row["field"]: row["value"] for row in json.loads(run("describe", "gva_per_head", "--json").out)}
    assert fields["unit"] == "£ per resident"
    assert fields["licence"] == "Open Government Licence v3.0"


@pytest.mark.parametrize(
    "arguments", [("profile", "Greater Manchester"), ("profile", "E37000015"), ("describe", "greater manchester")]
)
def test_a_profile_in_json_has_the_numbers_of_the_library(run: Callable[..., Ran], arguments: tuple[str, ...]) -> None:
    ran = run(*arguments, "--json")
    assert ran.code == 0
    cells = region_profile(open_workspace(), "E37000015").cells
    printed = pd.DataFrame(json.loads(ran.out))
    assert printed["indicator"].tolist() == cells["indicator"].tolist()
    for column in ("value", "rank", "n", "percentile", "england"):
        pd.testing.assert_series_equal(printed[column].astype(float), cells[column].astype(float), rtol=1e-9)
    assert printed["verdict"].tolist() == cells["verdict"].tolist()


def test_a_missing_value_is_null_in_json(run: Callable[..., Ran]) -> None:
    rows = json.loads(run("profile", "Swindon and Wiltshire", "--json").out)
    row = next(row for row in rows if row["indicator"] == "he_research_income_per_head")
    assert (row["value"], row["status"]) == (None, "no_institution")


def test_a_profile_in_words(run: Callable[..., Ran]) -> None:
    ran = run("profile", "London")
    assert ran.out.startswith("London (E37000051)\n")
    headings = re.findall(r"^\w+ / \w+$", ran.out, re.MULTILINE)
    assert len(headings) == 9
    for text in region_profile(open_workspace(), "E37000051").cells["text"]:
        assert text in ran.out


def test_a_profile_of_another_geography(run: Callable[..., Ran]) -> None:
    assert run("profile", "South West", "-g", "region").out.startswith("South West (E12000009)\n")


def test_a_map_as_svg(run: Callable[..., Ran], tmp_path: Path) -> None:
    target = tmp_path / "gva.svg"
    ran = run("map", "gva_per_head", "-o", str(target), "--region", "London", "--scheme", "fisher_jenks", "-k", "4")
    assert (ran.code, ran.out, ran.err) == (0, f"{target}\n", "")
    text = target.read_text("utf-8")
    assert text.count('<g id="E37') == 38
    assert "Natural breaks (Fisher–Jenks), 4 classes" in text
    assert ">London<" in re.sub(r"\s+", "", text)


def test_the_nearest_regions(run: Callable[..., Ran]) -> None:
    ran = run("nearby", "Cornwall and Isles of Scilly", "-n", "3", "--json")
    rows = json.loads(ran.out)
    expected = nearest_regions(open_workspace(), "E37000005", n=3)
    assert [row["code"] for row in rows] == list(expected.index)
    assert [row["distance_km"] for row in rows] == expected["distance_km"].round(1).tolist()
    assert [row["adjoins"] for row in rows] == expected["adjoins"].tolist()
    assert "Heart of the South West" in run("nearby", "Cornwall and Isles of Scilly").out


def test_locate_a_postcode_in_two_leps(run: Callable[..., Ran]) -> None:
    rows = json.loads(run("locate", "WS13 6HX", "--json").out)
    assert rows == json.loads(s3geo.locate("WS13 6HX").to_json(orient="records"))
    assert [row["geography"] for row in rows].count("lep") == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("profile", "Greater Manchestr"), "Did you mean 'Greater Manchester'"),
        (("profile", "Atlantis"), "No LEP is called 'Atlantis'"),
        (("nearby", "E99999999"), "describe"),
        (("describe", "gva_per_hed"), "describe"),
        (("locate", "ZZ1 1ZZ"), "ZZ1 1ZZ"),
        (("profile", "London", "-g", "parish"), "combined_authority"),
        (("map", "gva_per_head", "-o", "m.svg", "--period", "1066"), "2023"),
    ],
)
def test_what_does_not_exist_exits_1_with_one_message(
    run: Callable[..., Ran], arguments: tuple[str, ...], words: str
) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("s3geo: ")
    assert words in ran.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("profile",), "region"),
        (("fly",), "fly"),
        (("map", "gva_per_head"), "--output"),
        (("map", "gva_per_head", "-o", "m.bmp"), "png, svg, pdf"),
        (("map", "gva_per_head", "-o", "m.svg", "--scheme", "jenks"), "fisher_jenks"),
        (("map", "gva_per_head", "-o", "m.svg", "-k", "40"), "2 to 9"),
        (("map", "gva_per_head", "-o", "m.svg", "-k", "five"), "valid integer"),
        (("nearby", "London", "--fast"), "--fast"),
    ],
)
def test_wrong_use_exits_2_and_writes_nothing(
    run: Callable[..., Ran],
    arguments: tuple[str, ...],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err
    assert list(tmp_path.iterdir()) == []
