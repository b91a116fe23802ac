"""What an operator can know of the app: one JSON object a line, to where ``S3GEO_LOG`` says.

A line holds when, what was done on which page, how long it took, and a random number that stands for the visit. It
never holds whose visit it is, what was typed or chosen, or the name or content of a file; nothing leaves the machine.
An error has a reference, which its reader sees too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import secrets
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from s3geo.errors import S3geoError, UsageError
from s3geo.settings import settings

__all__ = ["fault", "note", "start_log", "timed", "visit"]

_log = logging.getLogger("s3geo.log")
_log.propagate = False
_log.setLevel(logging.INFO)
_running: ContextVar[str] = ContextVar("s3geo_running", default="")
_PACKAGE = Path(__file__).parents[1]
_KEY = secrets.token_bytes(32)


class _Quiet(logging.Handler):
    """A log that cannot be written is no reason to serve nobody."""

    def handleError(self, record: logging.LogRecord) -> None:
        del record


class _File(_Quiet, WatchedFileHandler):
    """A file, opened anew when a rotation has moved it away, as soon as that can be done."""

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError):  # of opening, which comes before what `handleError` is asked about
            super().emit(record)


class _Stream(_Quiet, logging.StreamHandler):  # type: ignore[type-arg]
    """Standard error."""


def start_log() -> None:
    """Begin to write where ``S3GEO_LOG`` says: "-" is standard error, "" only what went wrong, to it.

    Raises
    ------
    UsageError
        The file cannot be written.
    """
    where = settings().log
    try:
        handler = _Stream(sys.stderr) if where in ("", "-") else _File(where, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"S3GEO_LOG={where} cannot be written ({error.strerror}). Name a file in a folder.") from error
    handler.setFormatter(logging.Formatter("%(message)s"))
    handler.setLevel(logging.INFO if where else logging.WARNING)
    for old in list(_log.handlers):
        _log.removeHandler(old)
        with suppress(OSError):  # of a disk that is full
            old.close()
    _log.addHandler(handler)


def note(action: str, *, level: int = logging.INFO, ms: float = -1, **said: str) -> None:
    """Write a line.

    Parameters
    ----------
    action : str
        One word of ours, "page".
    level : int
    ms : float, optional
        How long it took.
    **said : str
        More of ours: page, what, error, kind, where; nothing of the user's. At the start also problem: of the
        operator's workspace. What is empty is left out.
    """
    if not _log.handlers or level < _log.handlers[0].level:
        return
    line: dict[str, str | float] = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "level": logging.getLevelName(level).lower(),
        "action": action,
        "session": visit(),
        **{name: text for name, text in said.items() if text},
    }
    _log.log(level, json.dumps(line if ms < 0 else {**line, "ms": round(ms, 1)}))


@contextmanager
def timed(action: str, *, page: str = "", what: str = "", session: str = "") -> Iterator[None]:
    """Write a line with the milliseconds a block took; a block within another belongs to that one."""
    if _running.get():
        yield
        return
    token, begun = _running.set(action), time.perf_counter()
    try:
        yield
    finally:
        _running.reset(token)
        note(action, ms=1000 * (time.perf_counter() - begun), page=page, what=what, session=session)


def fault(error: Exception, *, session: str = "") -> str:
    """Write down an error, once a visit, and return its reference: the same for the same error in the same visit.

    The line has the kind of the error and where in the code it arose, not its message, which may quote a file. The
    reference is keyed with a random number of this process: nobody can tell a message from it by trying.

    Parameters
    ----------
    error : Exception
    session : str, optional
        The visit, where the error arose outside of its script.
    """
    where = _place(error)
    same = f"{session or visit()} {type(error).__name__} {error}"
    reference = hmac.digest(_KEY, same.encode(errors="replace"), hashlib.sha256).hex()[:8]
    told = st.session_state.setdefault("_told", set()) if visit() else set()
    if reference not in told:
        told.add(reference)
        expected = isinstance(error, S3geoError)
        level = logging.WARNING if expected else logging.ERROR
        note("error", level=level, session=session or visit(), error=reference, kind=type(error).__name__, where=where)
    return reference


def _place(error: BaseException) -> str:
    """Return the last places in our code that an error passed, the innermost first."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_PACKAGE)] or frames[-1:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(ours[-4:]))


def visit() -> str:
    """Return a number that stands for this visit and for nothing else; "" outside of any, where a file is made."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return ""
    return str(st.session_state.setdefault("_visit", secrets.token_hex(6)))
