"""A disk that is full, or that may only be read: what was there stays, and one message says why."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from generations import GENERATION, scraps

from s3geo.cli.main import main
from s3geo.writing import write_whole


def _mount(folder: Path) -> bool:
    """Mount a file system of 700 kB in memory, where this user may."""
    command = ["mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", str(folder)]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk that is soon full."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not _mount(folder):
        pytest.skip("only root can mount a small disk; the limit of file sizes shows the same")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def filled(folder: Path) -> None:
    """Leave no byte."""
    with (folder / "filler").open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    with (folder / "filler").open("ab") as file, pytest.raises(OSError, match="No space"):
        os.write(file.fileno(), bytes(4096))


@pytest.mark.parametrize("job", GENERATION)
def test_a_disk_that_is_full(job: str, do: Callable[..., dict], small_disk: Path) -> None:
    do(job, small_disk, 1)
    filled(small_disk)
    answer = do(job, small_disk, 2)
    assert answer["error"] == "s3geo.errors.DataError"
    assert "cannot be written (No space left on device)" in answer["message"]
    assert GENERATION[job](small_disk) == 1
    (small_disk / "filler").unlink()
    assert do(job, small_disk, 3)["error"] == ""
    assert (GENERATION[job](small_disk), scraps(small_disk)) == (3, [])


@pytest.mark.parametrize("job", GENERATION)
def test_files_that_may_not_grow(job: str, do: Callable[..., dict], tmp_path: Path) -> None:
    do(job, tmp_path, 1)
    answer = do(job, tmp_path, 2, largest=300)
    assert answer["error"] == "s3geo.errors.DataError", answer
    assert "cannot be written" in answer["message"]
    assert "old" in answer["message"]
    assert (GENERATION[job](tmp_path), scraps(tmp_path)) == (1, [])


@pytest.fixture
def read_only(do: Callable[..., dict], tmp_path: Path) -> Iterator[Path]:
    """A workspace of generation 1 on a disk that is mounted for reading; or, without root, in folders closed to us."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    mounted = _mount(folder)
    do("import", folder, 1)
    do("refresh", folder, 1)
    if mounted:
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    elif os.getuid() == 0:
        pytest.skip("root may write into every folder, and this one can mount no disk")
    modes = [] if mounted else [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    for path in modes:
        path.chmod(0o555)
    yield folder
    for path in modes:
        path.chmod(0o755)
    if mounted:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("job", ["refresh", "import"])
def test_a_workspace_that_may_only_be_read(job: str, do: Callable[..., dict], read_only: Path) -> None:
    answer = do(job, read_only, 2)
    assert answer["error"] == "s3geo.errors.DataError", answer
    assert re.search(r"cannot be written \((Read-only file system|Permission denied)\)", answer["message"])
    assert GENERATION[job](read_only) == 1


def test_a_workspace_that_may_only_be_read_is_served(do: Callable[..., dict], read_only: Path) -> None:
    assert do("serve", read_only, 1) == {"error": "", "changes": 0}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_the_command_line_says_that_nothing_could_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "full.csv").symlink_to("/dev/full")
    monkeypatch.setattr(sys, "argv", ["s3geo", "map", "gva_per_head", "-o", str(tmp_path / "full.csv")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert "No space left on device" in said
    assert "Check the space on the disk" in said


def test_a_picture_that_cannot_be_written_leaves_the_last_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_whole(tmp_path / "map.png", b"the last one")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "map.png", b"another one")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("map.png", b"the last one")]
