"""What is computed for one visitor serves all, is computed once, and waits its turn where it is much.

The visitors of a server share one interpreter. Two pages or two long computations at once take as long as one after the
other, and whoever clicks meanwhile waits for both: each kind of them therefore has one turn. A click takes none.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import Lock, RLock, local
from typing import Any, ParamSpec, TypeVar, cast

from cachetools import LRUCache
from cachetools.keys import hashkey

from s3geo.workspace.kept import OF_A_VISIT
from s3geo.workspace.store import Store

__all__ = ["FIGURES", "FILES", "OWN", "out_of_turn", "page_in_turn", "shared"]

P = ParamSpec("P")
T = TypeVar("T")

FIGURES = RLock()
"""The turn of what is computed for a page."""

FILES = RLock()
"""The turn of files that are made; making one may take the turn of figures, never the other way round."""

OWN = RLock()
"""The turn of all that is computed from what visitors brought themselves: whoever brings much holds up such as they."""

_PAGES = Lock()
_page = local()
_NOTHING = object()


@contextmanager
def page_in_turn(patience: float = 1.0) -> Iterator[None]:
    """Draw one page at a time.

    Parameters
    ----------
    patience : float
        The longest wait for the pages before, in seconds; after it a page is drawn beside them. One that takes long
        holds nobody up for more than that.

    Examples
    --------
    >>> with page_in_turn():
    ...     print("drawn")
    drawn
    """
    _page.has_turn = _PAGES.acquire(timeout=patience)
    try:
        yield
    finally:
        if _page.has_turn:
            _PAGES.release()


@contextmanager
def out_of_turn(patience: float = 1.0) -> Iterator[None]:
    """Let other pages be drawn while this one waits for another process."""
    had_turn = getattr(_page, "has_turn", False)
    if had_turn:
        _PAGES.release()
    try:
        yield
    finally:
        if had_turn:
            _page.has_turn = _PAGES.acquire(timeout=patience)


def shared(maxsize: int, turn: Any = FIGURES) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep the latest answers of a function for all visitors, and compute one at a time.

    Unlike `functools.lru_cache`, many who ask for the same at once make it once. What is kept is answered without
    waiting. An error is not kept: the next who asks tries again.

    Parameters
    ----------
    maxsize : int
        How many answers are kept; the one not asked for the longest makes way.
    turn : RLock
        `FIGURES` or `FILES`: what has to wait for each other. A function may call others of its turn.

    Notes
    -----
    With a workspace of a visit's own among the arguments the turn is `OWN`, and the answer is kept by that workspace.

    Examples
    --------
    >>> @shared(2)
    ... def double(n: int) -> int:
    ...     print("computed")
    ...     return 2 * n
    >>> double(2), double(2)
    computed
    (4, 4)
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        of_all: LRUCache[Hashable, object] = LRUCache(maxsize)
        guard = Lock()

        @wraps(function)
        def asked(*args: P.args, **kwargs: P.kwargs) -> T:
            brought = next((one for one in args if isinstance(one, Store) and one.is_own), None)
            kept = of_all if brought is None else brought.remembered(function, lambda: LRUCache(OF_A_VISIT))
            key: Hashable = hashkey(*cast("tuple[Hashable, ...]", args), **cast("dict[str, Hashable]", kwargs))

            def known() -> object:
                with guard:
                    return kept.get(key, _NOTHING)

            if (answer := known()) is _NOTHING:
                with turn if brought is None else OWN:
                    if (answer := known()) is _NOTHING:  # nobody has made it meanwhile
                        answer = function(*args, **kwargs)
                        with guard:
                            kept[key] = answer
            return cast("T", answer)

        return asked

    return decorate
