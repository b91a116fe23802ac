"""What visitors bring has so much room in the memory of the server, all of it together."""

from __future__ import annotations

import weakref
from threading import Lock

from s3geo.app.memory import tidy_soon
from s3geo.files import file_problem

__all__ = ["MOST", "take_room"]

MOST = 600_000_000
"""Bytes for the figures and boundaries of all visits, with what is drawn from them."""

_guard = Lock()
_taken: dict[int, int] = {}


def take_room(holder: object, size: int, file: str) -> None:
    """Set so many bytes aside for as long as `holder` is there.

    Raises
    ------
    FileProblem
        There is no room for them; nothing is set aside.
    """
    with _guard:
        if sum(_taken.values()) + size > MOST:
            tidy_soon()
            problem = "finds no room: what other visitors brought takes it all"
            raise file_problem(file, problem, "Send it again in some minutes, or use a smaller version.")
        _taken[id(holder)] = _taken.get(id(holder), 0) + size
    weakref.finalize(holder, _taken.pop, id(holder), None)
