"""One visitor's computation serves all: made once, one at a time, and what is kept waits for nobody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Lock
from time import perf_counter

import pytest

from s3geo.app.sharing import FIGURES, FILES, out_of_turn, page_in_turn, shared
from s3geo.errors import DataError
from s3geo.workspace.store import Store

PATIENCE = 20.0


def test_many_who_ask_at_once_compute_once() -> None:
    made: list[int] = []
    together = Barrier(8)

    @shared(4)
    def double(n: int) -> int:
        made.append(n)
        return 2 * n

    def ask() -> int:
        together.wait(PATIENCE)
        return double(21)

    with ThreadPoolExecutor(8) as pool:
        answers = [future.result(PATIENCE) for future in [pool.submit(ask) for _ in range(8)]]
    assert answers == [42] * 8
    assert made == [21]


def test_two_computations_of_a_turn_are_never_at_work_at_once() -> None:
    inside, most, guard, together, never = 0, 0, Lock(), Barrier(6), Event()

    def work(n: int) -> int:
        nonlocal inside, most
        with guard:
            inside += 1
            most = max(most, inside)
        never.wait(0.01)  # long enough for any other to come in, were it let
        with guard:
            inside -= 1
        return n

    one, other = shared(9)(work), shared(9)(lambda n: work(-n))

    def ask(n: int) -> tuple[int, int]:
        together.wait(PATIENCE)
        return one(n), other(n)

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(ask, range(6))) == [(n, -n) for n in range(6)]
    assert most == 1


def test_pages_are_drawn_one_after_the_other() -> None:
    inside, most, together, never = 0, 0, Barrier(6), Event()

    def draw() -> None:
        nonlocal inside, most
        together.wait(PATIENCE)
        with page_in_turn(PATIENCE):
            inside += 1
            most = max(most, inside)
            never.wait(0.01)  # long enough for any other to come in, were it let
            inside -= 1

    with ThreadPoolExecutor(6) as pool:
        for future in [pool.submit(draw) for _ in range(6)]:
            future.result(PATIENCE)
    assert most == 1


def test_a_page_that_takes_long_holds_nobody_up_for_ever() -> None:
    begun, end = Event(), Event()

    def slow() -> None:
        with page_in_turn():
            begun.set()
            assert end.wait(PATIENCE)

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(slow)
        try:
            assert begun.wait(PATIENCE)
            for _ in range(2):  # and who went ahead gives no turn back that was not theirs
                with page_in_turn(patience=0.01):
                    assert not working.done()
        finally:
            end.set()
        working.result(PATIENCE)


def test_who_fails_hands_the_turn_on() -> None:
    with pytest.raises(DataError), page_in_turn():
        raise DataError("no page")
    begun = perf_counter()
    with page_in_turn(PATIENCE):
        assert perf_counter() - begun < PATIENCE / 2


def test_what_is_kept_is_answered_while_something_else_is_computed() -> None:
    begun, end = Event(), Event()

    @shared(4)
    def slow(n: int) -> int:
        if n:
            begun.set()
            assert end.wait(PATIENCE)
        return n

    assert slow(0) == 0
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(slow, 1)
        try:
            assert begun.wait(PATIENCE)
            assert slow(0) == 0  # from here, where the turn is not to be had
        finally:
            end.set()
        assert working.result(PATIENCE) == 1


class Brought(Store):
    """A stranger's workspace, as far as turns go."""

    def __init__(self) -> None:
        super().__init__()
        self.is_own = True


@pytest.mark.parametrize("turn", [FIGURES, FILES], ids=["figures", "files"])
def test_what_a_visit_brought_itself_holds_up_nobody_else(turn: object) -> None:
    begun, end = Event(), Event()

    @shared(4, turn)
    def work(ws: object) -> str:
        if isinstance(ws, Brought):
            begun.set()
            assert end.wait(PATIENCE)
        return "done"

    with ThreadPoolExecutor(2) as pool:
        working = pool.submit(work, Brought())
        try:
            assert begun.wait(PATIENCE)
            assert pool.submit(work, "the server's own").result(PATIENCE / 2) == "done"
            assert not working.done()
        finally:
            end.set()
        assert working.result(PATIENCE) == "done"


def test_what_visits_brought_is_computed_one_at_a_time() -> None:
    inside, most, together, never = 0, 0, Barrier(4), Event()

    @shared(9)
    def work(ws: object) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        never.wait(0.01)
        inside -= 1

    def ask() -> None:
        together.wait(PATIENCE)
        work(Brought())

    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(ask) for _ in range(4)]:
            future.result(PATIENCE)
    assert most == 1


def test_a_page_that_waits_for_another_process_lets_others_be_drawn() -> None:
    waiting, end = Event(), Event()

    def reads() -> None:
        with page_in_turn(PATIENCE), out_of_turn(PATIENCE):
            waiting.set()
            assert end.wait(PATIENCE)

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(reads)
        try:
            assert waiting.wait(PATIENCE)
            begun = perf_counter()
            with page_in_turn(PATIENCE):
                assert perf_counter() - begun < PATIENCE / 2
        finally:
            end.set()
        working.result(PATIENCE)
    with page_in_turn(PATIENCE), ThreadPoolExecutor(1) as pool:  # it gave its turn back once, not twice
        assert not pool.submit(taken_at_once).result(PATIENCE)


def taken_at_once() -> bool:
    """Say whether a second page got the turn."""
    begun = perf_counter()
    with page_in_turn(0.05):
        return perf_counter() - begun < 0.05


def test_a_file_is_made_from_figures_in_their_turn() -> None:
    figures = shared(4, FIGURES)(lambda n: n + 1)
    file = shared(4, FILES)(lambda n: f"{figures(n)}, {figures(n + 1)}")
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(file, [1, 2, 1, 2])) == ["2, 3", "3, 4"] * 2


def test_an_error_goes_to_who_asked_and_is_not_kept() -> None:
    asked: list[int] = []

    @shared(4)
    def fails_first(n: int) -> int:
        asked.append(n)
        if len(asked) == 1:
            raise DataError("not yet")
        return n

    with pytest.raises(DataError, match="not yet"):
        fails_first(1)
    assert fails_first(1) == fails_first(1) == 1
    assert asked == [1, 1]


def test_the_answer_not_asked_for_the_longest_makes_way() -> None:
    made: list[int] = []

    @shared(2)
    def same(n: int) -> int:
        made.append(n)
        return n

    for n in (1, 2, 1, 3, 1, 2):
        same(n)
    assert made == [1, 2, 3, 2]
