"""What is worked out from a workspace is kept: from the server's for everybody, from a visit's own with that visit."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from s3geo.workspace.store import Store

__all__ = ["OF_A_VISIT", "kept"]

S = TypeVar("S", bound=Store)
P = ParamSpec("P")
T = TypeVar("T")

OF_A_VISIT = 16
"""Most answers of one function that a workspace of a visit's own keeps."""


def kept(maxsize: int) -> Callable[[Callable[Concatenate[S, P], T]], Callable[Concatenate[S, P], T]]:
    """Keep the latest answers of a function whose first argument is a workspace.

    A cache of the function's own would keep every workspace that it was ever asked about, with the figures and
    boundaries that a visitor brought, for as long as it is not full. So the answers about such a workspace are kept by
    the workspace itself, sixteen of them at most.

    Parameters
    ----------
    maxsize : int
        How many answers about workspaces of the server are kept; the one not asked for the longest makes way.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> @kept(2)
    ... def count(ws, geography):
    ...     print("counted")
    ...     return len(ws.layer(geography))
    >>> count(open_workspace(), "lep"), count(open_workspace(), "lep")
    counted
    (38, 38)
    """

    def decorate(function: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
        of_all: Any = lru_cache(maxsize)(function)

        @wraps(function)
        def asked(ws: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
            of_it: Any = partial(of_all, ws)
            if ws.is_own:
                of_it = ws.remembered(function, lambda: lru_cache(min(maxsize, OF_A_VISIT))(partial(function, ws)))
            answer: T = of_it(*args, **kwargs)
            return answer

        return asked

    return decorate
