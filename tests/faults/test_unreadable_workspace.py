"""A workspace that the service may not read: one message names the file and the right that is missing."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from s3geo.app import loaders, server
from s3geo.app.server import SCRIPT
from s3geo.cli.main import main
from s3geo.errors import FileProblem, ValidationError
from s3geo.settings import bundled, settings
from s3geo.workspace import open_workspace
from s3geo.workspace.opened import Workspace
from s3geo.workspace.own import load_own

BOUND = """
import ctypes, os, sys
for right in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    ctypes.CDLL(None).prctl(24, right, 0, 0, 0)  # PR_CAPBSET_DROP
os.execv(sys.executable, [sys.executable, "-W", "ignore", "-c", sys.argv[1]])
"""
"""Runs a script without what lets root read every file; nobody else has that."""

ASKED = """
import json
from s3geo.app.server import _ready

answer = _ready(None)
print(json.dumps([answer.status_code, json.loads(answer.body)]))
"""


def whole(folder: Path) -> Path:
    """Copy the bundle by links, but for a file whose permissions are its own."""
    for part in ("boundaries", "data"):
        (folder / part).mkdir(parents=True)
        for path in bundled(part).iterdir():
            (folder / part / path.name).symlink_to(path)
    own = folder / "boundaries" / "membership.csv"
    own.unlink()
    own.write_bytes(bundled("boundaries", "membership.csv").read_bytes())
    (folder / "data" / "own.json").write_text("{}")
    return folder


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A workspace that this process is told to serve."""
    monkeypatch.setenv("S3GEO_WORKSPACE", str(tmp_path))
    (tmp_path / "data").mkdir()
    settings.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.skipif(sys.platform != "linux", reason="the rights of root are Linux's here")
@pytest.mark.parametrize("closed", [".", "data", "boundaries", "boundaries/membership.csv", "data/own.json"])
def test_what_may_not_be_read_is_named_and_the_bundle_stands_in(closed: str, tmp_path: Path) -> None:
    folder = whole(tmp_path / "workspace")
    (folder / closed).chmod(0)
    try:
        done = subprocess.run(
            [sys.executable, "-c", BOUND, ASKED],
            env={**os.environ, "S3GEO_WORKSPACE": str(folder)},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        (folder / closed).chmod(0o755)
    assert done.returncode == 0, done.stderr
    status, said = json.loads(done.stdout.splitlines()[-1])
    assert (status, said["status"]) == (200, "degraded")
    assert "cannot be read (Permission denied)" in said["problem"]
    assert "right to read it" in said["problem"]
    assert ("boundaries" if closed == "." else Path(closed).name) in said["problem"]
    assert "emove" not in said["problem"]
    assert "damaged" not in said["problem"]
    assert str(tmp_path) not in said["problem"]


def refuse(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let files of this name be closed to us, however they are read."""
    for method in ("read_bytes", "read_text", "open"):
        real = getattr(Path, method)

        def ask(self: Path, *args: object, real: Callable[..., object] = real, **how: object) -> object:
            if self.name == name:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))
            return real(self, *args, **how)

        monkeypatch.setattr(Path, method, ask)


def test_the_app_says_what_may_not_be_read_and_shows_the_bundle(served: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (served / "data" / "own.json").write_text("{}")
    refuse(monkeypatch, "own.json")
    at = AppTest.from_file(str(SCRIPT), default_timeout=60).run()
    assert not at.exception
    assert "own.json cannot be read (Permission denied)" in at.error[0].value
    assert "bundled" in at.warning[0].value
    assert json.loads(server._ready(None).body)["status"] == "degraded"


def test_another_error_of_the_system_is_said_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3GEO_WORKSPACE", f"/{'a' * 300}")
    settings.cache_clear()
    try:
        with pytest.raises(FileProblem, match=r"cannot be read \(File name too long\)"):
            open_workspace()
        assert loaders.readiness()["status"] == "degraded"
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_a_folder_in_place_of_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "data" / "catalogue.toml").mkdir(parents=True)
    with pytest.raises(FileProblem, match=r"catalogue\.toml cannot be read \(Is a directory\)") as caught:
        Workspace(tmp_path).check()
    assert len(caught.value.problems) == 1


def test_kept_figures_that_may_not_be_read_are_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.json").write_text("{")
    with pytest.raises(ValidationError, match=r"damaged\. Remove both"):
        load_own(tmp_path)
    refuse(monkeypatch, "own.json")
    with pytest.raises(FileProblem, match=r"own\.json cannot be read \(Permission denied\)") as caught:
        load_own(tmp_path)
    assert "emove" not in str(caught.value)
    assert "emove" not in caught.value.problems.to_string()


def test_the_command_line_names_what_may_not_be_read(
    served: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (served / "data" / "catalogue.toml").write_text("")
    refuse(monkeypatch, "catalogue.toml")
    monkeypatch.setattr(sys, "argv", ["s3geo", "describe"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert "catalogue.toml cannot be read (Permission denied)" in capsys.readouterr().err


def test_what_is_imported_may_be_read_by_the_service(do: Callable[..., dict], tmp_path: Path) -> None:
    do("import", tmp_path, 1)
    do("import", tmp_path, 2)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").iterdir()}
    assert modes == {"own.json": 0o644, "own_observations.parquet": 0o644}
