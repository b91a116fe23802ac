"""Every example that a command's help shows runs as it stands there, or is refused for what it lacks."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from s3geo.cli.main import app

ELSEWHERE = {
    "app": "serves until it is stopped: tests/browser start it",
    "refresh": "needs raw tables or publishers: tests/unit/refresh",
    "boundaries build": "takes minutes: tests/official/test_rebuild.py",
    "boundaries fetch": "needs a publisher: tests/sources/test_arcgis.py",
}
"""Commands whose example is not run here, and where it is shown instead."""


def commands(group: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if hasattr(group, "commands"):
        for sub, command in group.commands.items():
            yield from commands(command, f"{name} {sub}".strip())
    else:
        yield name, group


COMMANDS = dict(commands(typer.main.get_command(app)))


def example(name: str) -> str:
    found = re.search(r"Example: (s3geo .+)", COMMANDS[name].help or "")
    assert found, f"the help of {name} shows no example"
    return found.group(1)


def test_what_is_left_out_exists() -> None:
    assert set(ELSEWHERE) <= set(COMMANDS)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_help_shows_an_example_of_its_own_command(name: str) -> None:
    assert example(name).startswith(f"s3geo {name}")


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in ELSEWHERE])
def test_the_example_runs(name: str, tmp_path: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    (tmp_path / "figures.csv").write_text("code,name,2023\nE37000051,London,12\nE37000015,Greater Manchester,7\n")
    (tmp_path / "firms.csv").write_text(
        "id,postcode,sic,year,employees\n1,M1 1AA,62020,2023,7\n2,EX4 4QJ,72190,2023,3\n"
    )
    words = shlex.split(example(name))
    for word in words:
        if word.endswith(".xlsx"):
            import pandas as pd

            pd.read_csv(tmp_path / "figures.csv").to_excel(tmp_path / word, index=False, engine="xlsxwriter")
    before = set(tmp_path.iterdir())
    code, out, err = run(*words[1:])
    assert code == 0, err
    assert out.strip()
    if any(word.endswith((".png", ".zip")) or word == "--into" for word in words):
        assert set(tmp_path.iterdir()) - before


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_of_the_shell_is_offered(shell: str) -> None:
    environment = {**os.environ, "_S3GEO_COMPLETE": f"source_{shell}", "PYTHONWARNINGS": "error"}
    code = "import sys; sys.argv = ['s3geo']; from s3geo.cli.main import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert "_S3GEO_COMPLETE" in done.stdout
    assert "s3geo" in done.stdout
