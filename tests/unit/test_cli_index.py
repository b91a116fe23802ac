"""`s3geo index` prints what the library computes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
import pytest

from s3geo import innovation_index, open_workspace
from s3geo.cli.main import main
from s3geo.exports import index_figures
from s3geo.views.index import weighable
from s3geo.views.recipe import Recipe, recipe_toml


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["s3geo", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_a_recipe_is_replayed_with_the_numbers_of_the_library(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    ws = open_workspace()
    recipe = Recipe("Mine", weights=(("business", 2), ("gigabit_coverage", 0)), normalise="percent_rank", draws=300)
    table = innovation_index(ws, recipe)
    file, steps = tmp_path / "mine.toml", tmp_path / "steps.csv"
    file.write_text(recipe_toml(table.recipe, weighable(ws)), encoding="utf-8")
    assert run(monkeypatch, "index", str(file), "--json", "-o", str(steps)) == 0
    printed = capsys.readouterr()
    rows = pd.DataFrame(json.loads(printed.out)).set_index("code")
    for column in ("rank", "q05", "q95", "score", "index"):
        pd.testing.assert_series_equal(
            rows[column].astype(float), table.regions[column].astype(float), check_names=False, rtol=1e-9
        )
    assert printed.err == f"{steps}\n"
    written = pd.read_csv(steps)
    expected = index_figures(ws, table)
    assert list(written.columns) == list(expected.columns)
    pd.testing.assert_series_equal(written["contribution"], expected["contribution"], rtol=1e-12)
    assert written[["source", "licence", "figures"]].notna().all(axis=None)


def test_the_default_index_is_printed_as_a_table(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "index") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["code", "name", "rank", "q05", "q95", "score", "index", "band", "cells", "of"]
    assert len(lines) == 39


def test_other_figures_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "old.toml"
    file.write_text('data = "000000000000"\ndraws = 100\n', encoding="utf-8")
    assert run(monkeypatch, "index", str(file)) == 0
    assert "saved with other figures (000000000000" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "said"), [("[actors]\nfirms = 2\n", "actors.firms"), ("a = \n", "not TOML")])
def test_a_bad_recipe_is_one_message_and_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text, encoding="utf-8")
    assert run(monkeypatch, "index", str(file)) == 1
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told
    assert run(monkeypatch, "index", str(tmp_path / "absent.toml")) == 1
