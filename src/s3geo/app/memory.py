"""Memory that nothing needs any more goes back to the system."""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress
from threading import Lock, Timer

from s3geo.tables.names import forget_names

__all__ = ["PAUSE", "give_memory_back", "tidy_soon"]

PAUSE = 30.0
"""Seconds between what leaves much behind and the look for it; all that falls into them is looked for once."""

_M_MMAP_THRESHOLD = -3  # of mallopt(3)
_LARGE = 1 << 20

_waiting = Lock()


def give_memory_back() -> None:
    """Have blocks of 1 MB and more given back when they are freed, such as the pixels of a picture.

    The allocator of Linux (glibc) takes them from the heap once one was freed, and what is kept meanwhile pins the
    hole: sixty pictures cost 100 MB for good. Others do not know the setting, and are left as they are.
    """
    if sys.platform == "linux":
        with suppress(AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE)


def tidy_soon() -> None:
    """Look for what was left behind, in `PAUSE` seconds.

    A visit with boundaries of its own holds a hundred megabytes in few objects, which refer to each other: Python
    counts objects, and looks for such after many thousands more. A look stops everybody for some tenths of a second.
    """
    if _waiting.acquire(blocking=False):
        timer = Timer(PAUSE, _tidy)
        timer.daemon = True
        timer.start()


def _tidy() -> None:
    _waiting.release()
    forget_names()
    gc.collect()
    if sys.platform == "linux":
        with suppress(AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
