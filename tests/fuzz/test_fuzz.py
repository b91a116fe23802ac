"""A small seeded part of `make fuzz`; what it found once is tried again for ever."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzzing import SHARES, TARGETS, attempt, run
from inputs import GOOD, made

SEED = 7
KEPT = sorted((Path(__file__).parent / "kept").glob("*/*"))


def test_every_target_reads_what_is_good() -> None:
    assert set(GOOD) == set(SHARES) == set(TARGETS) - {"faulty"}
    assert sum(SHARES.values()) == pytest.approx(1)
    assert {target: [attempt(target, data) for data in make()] for target, make in GOOD.items()} == {
        target: ["read"] * len(make()) for target, make in GOOD.items()
    }


@pytest.mark.parametrize("target", SHARES)
def test_damaged_inputs_are_read_or_refused(target: str) -> None:
    answers = [attempt(target, made(target, SEED, number)) for number in range(60)]
    assert set(answers) <= {"read", "refused"}, next(answer for answer in answers if answer not in ("read", "refused"))
    assert len({made(target, SEED, number) for number in range(60)}) > 40


@pytest.mark.parametrize("path", KEPT, ids=[f"{path.parent.name}-{path.name}" for path in KEPT])
def test_what_was_found_stays_mended(path: Path) -> None:
    assert attempt(path.parent.name, path.read_bytes()) in ("read", "refused")


def test_the_harness_notices_a_crash_a_fall_and_a_hang() -> None:
    told = run("faulty", SEED, 6, seconds=0.5)
    assert (told["inputs"], told["read"], told["refused"]) == (6, 2, 1)
    assert [number for number, _ in told["crashes"]] == [2, 3]
    assert [number for number, _ in told["hangs"]] == [4]
