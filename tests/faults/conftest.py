"""A process that does jobs in children which may be killed."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Do = Callable[..., dict]


@pytest.fixture(scope="session")
def do() -> Iterator[Do]:
    """Do a job of `dying` in a child: ``do("refresh", folder, generation, die_at=3)``."""
    args = [sys.executable, "-W", "ignore", str(Path(__file__).with_name("dying.py"))]
    with subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:

        def put(job: str, folder: Path, generation: int, **how: object) -> dict:
            worker.stdin.write(json.dumps({"job": job, "folder": str(folder), "generation": generation, **how}) + "\n")
            worker.stdin.flush()
            return json.loads(worker.stdout.readline())

        yield put
        worker.stdin.close()


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: each file is told to be kept by the disk, which takes its time."""
    if not Path("/dev/shm").is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)
