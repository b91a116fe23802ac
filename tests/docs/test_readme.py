"""What the README promises is run."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


COMMANDS = [line for block in blocks("console") for line in block.splitlines() if line.strip()]


def test_the_two_commands_come_first_and_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    made = [command.split()[1] for command in COMMANDS if command.startswith("make ")]
    assert COMMANDS[:2] == ["make app", "make test"]
    assert set(made) <= targets


def test_five_lines_of_python_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = blocks("python")
    assert len([line for line in code.splitlines() if line.strip()]) == 5
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
    assert (tmp_path / "gva.png").read_bytes().startswith(b"\x89PNG")
    assert "GVA per head" in capsys.readouterr().out


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.startswith("s3geo ")])
def test_command_line_runs(command: str, tmp_path: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    assert not set(command) & set("|&;<>()$`\\*?[]{}~#!'"), "only a shell knows what this means"
    shutil.copy(ROOT / "tests" / "unit" / "counts" / "synthetic_firms.csv", tmp_path / "firms.csv")
    code, out, err = run(*shlex.split(command)[1:])
    assert code == 0, err
    written = re.search(r" -o (\S+)", command)
    assert (tmp_path / written.group(1)).stat().st_size > 10_000 if written else out.strip()


def test_a_shell_finds_the_command_and_those_the_readme_names_in_a_line(tmp_path: Path) -> None:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        "s3geo --help", shell=True, cwd=tmp_path, capture_output=True, text=True, check=True, env=environment
    ).stdout
    for command in re.findall(r"`s3geo ([a-z]+)", README):
        assert re.search(rf"^\s*{command}\b", done, re.MULTILINE), command


def test_links_and_pictures_of_the_readme_are_there() -> None:
    for target in re.findall(r"\]\((?!https?://)([^)#]+)", README):
        assert (ROOT / target).exists(), target
