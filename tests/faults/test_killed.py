"""Killed (SIGKILL) before any change of a file: what is read is old or new, never mixed; the next run mends it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from generations import GENERATION, scraps


@pytest.mark.parametrize("job", GENERATION)
def test_killed_between_any_two_writes(job: str, do: Callable[..., dict], memory: Path) -> None:
    (memory / "first").mkdir()
    assert do(job, memory / "first", 1)["error"] == ""
    shutil.copytree(memory / "first", memory / "whole")
    changes = do(job, memory / "whole", 2)["changes"]
    assert changes >= 6
    seen = []
    for at in range(1, changes + 1):
        folder = memory / str(at)
        shutil.copytree(memory / "first", folder)
        assert do(job, folder, 2, die_at=at) == {"killed": True}
        seen.append(GENERATION[job](folder))
        assert do(job, folder, 3)["error"] == ""
        assert GENERATION[job](folder) == 3
        assert scraps(folder) == []
    assert set(seen) == {1, 2}
    assert seen == sorted(seen)  # once the new one counts, it stays


@pytest.mark.parametrize("job", GENERATION)
def test_killed_twice_in_a_row(job: str, do: Callable[..., dict], memory: Path) -> None:
    do(job, memory, 1)
    last = do(job, memory, 1)["changes"]
    for at in (last, last // 2, last - 1):
        assert do(job, memory, 2, die_at=at) == {"killed": True}
        assert GENERATION[job](memory) in {1, 2}
    assert do(job, memory, 3)["error"] == ""
    assert (GENERATION[job](memory), scraps(memory)) == (3, [])
