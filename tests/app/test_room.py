"""Room for what visitors bring, and what they leave behind."""

from __future__ import annotations

import gc
from threading import Event

import pytest

from s3geo.app import memory, room
from s3geo.errors import FileProblem

PATIENCE = 20.0


class Holder:
    """Something that takes room."""


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_taken", {})
    monkeypatch.setattr(room, "MOST", 100)
    monkeypatch.setattr(room, "tidy_soon", lambda: None)


def test_there_is_room_until_it_is_taken_and_again_when_it_is_left(empty: None) -> None:
    first, second, third = Holder(), Holder(), Holder()
    room.take_room(first, 60, "a.csv")
    with pytest.raises(FileProblem, match=r"b\.csv finds no room: .* Send it again in some minutes"):
        room.take_room(second, 60, "b.csv")
    room.take_room(second, 40, "b.csv")
    del first
    gc.collect()
    room.take_room(third, 60, "c.csv")
    assert sum(room._taken.values()) == 100


def test_what_is_held_for_two_reasons_counts_twice_and_goes_at_once(empty: None) -> None:
    one = Holder()
    room.take_room(one, 30, "a.csv")
    room.take_room(one, 30, "a.csv")
    assert sum(room._taken.values()) == 60
    del one
    gc.collect()
    assert room._taken == {}


def test_what_is_left_behind_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked, done = [], Event()

    def look() -> None:
        looked.append(1)
        done.set()

    monkeypatch.setattr(memory, "PAUSE", 0.05)
    monkeypatch.setattr(memory.gc, "collect", look)
    for _ in range(20):
        memory.tidy_soon()
    assert done.wait(PATIENCE)
    assert looked == [1]
    done.clear()
    memory.tidy_soon()  # and again, when something else is left
    assert done.wait(PATIENCE)
    assert looked == [1, 1]
