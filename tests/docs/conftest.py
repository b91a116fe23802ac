"""A command of the documentation, run in a folder of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from s3geo.cli.main import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the words after ``s3geo`` in an empty folder; return the exit code, what was printed, and the messages.

    In this process: in one each, every library would be loaded and every figure read anew.
    That the installed command and ``python -m s3geo`` start from a shell is told in test_readme.py and test_cli.py.
    """

    def command(*words: str) -> tuple[int, str, str]:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["s3geo", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), *capsys.readouterr()

    return command
