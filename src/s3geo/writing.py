"""Writing so that nothing is lost: one file whole, or several files together, whatever happens in between.

A reader sees the old files or the new ones. Several files are written aside, and the name of their folder is the
commit: in ``data/.writing-…`` they are being written, in ``data/.next`` they count and are about to be moved up.
Whoever reads ``data/`` looks into ``.next`` first (`current`), and whoever writes next finishes the move (`recover`),
so that a process killed at any moment leaves no mixture.
"""

from __future__ import annotations

import errno
import importlib.util
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from s3geo.errors import DataError

__all__ = ["alone", "current", "recover", "steadily", "together", "write_whole"]

_ASIDE, _NEXT = ".writing-", ".next"

_T = TypeVar("_T")
_TRIES = 20
_OF_DISKS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS, errno.EACCES, errno.EPERM}

PATIENCE = 30.0
"""Seconds that a writer waits for another one."""


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old one or the new one, never a part.

    Parameters
    ----------
    path : Path
        The file; its folder is made if need be. A device or pipe (``/dev/stdout``) is written as it is. Who may read
        and write an old file may do so with the new one; a file that is new may be read by all.
    content : bytes
        What to write.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    path = path.resolve()  # a link stays a link
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def alone(folder: Path, what: str, *, patience: float = 0.0) -> Iterator[None]:
    """Keep other processes from writing into a folder; the lock goes with the process, even when it is killed.

    Parameters
    ----------
    folder : Path
        An existing folder.
    what : str
        What is being done, for the message: "Another refresh".
    patience : float, default 0
        Seconds to wait.

    Raises
    ------
    DataError
        Somebody else is at it.
    """
    if importlib.util.find_spec("fcntl") is None:  # Windows: whole files still, but nobody waits for anybody
        yield
        return
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    until = time.monotonic() + patience
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() < until:
                    time.sleep(0.05)
                    continue
                problem = f"{what} of {folder.name} is running"
                step = "Wait until it has ended, then try again; nothing has been changed."
                row = {"file": folder.name, "problem": problem, "next_step": step}
                raise DataError(f"{problem}. {step}", [row]) from error
            except OSError:
                break  # a file system without locks: every file is still written whole
        yield
    finally:
        os.close(handle)


@contextmanager
def together(folder: Path) -> Iterator[Path]:
    """Give a folder to write into; when the block ends well, its files take their places in `folder`, all or none.

    Parameters
    ----------
    folder : Path
        Where the files belong; made if need be. What the block does not write stays.

    Yields
    ------
    Path
        An empty folder in it. It may hold folders too, which replace those of the same name.

    Raises
    ------
    DataError
        The disk is full or may not be written, or somebody else has been writing for longer than `PATIENCE`. What else
        goes wrong in the block (a source that does not answer, another file that cannot be read) is raised as it is.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _together(folder) as aside:
            yield aside
    except OSError as error:
        if not _of_writing(error, folder):
            raise
        problem = f"cannot be written ({os.strerror(error.errno) if error.errno else error})"
        step = f"Check the permissions and the space of {folder.name}. The old files stay in use."
        row = {"file": folder.name, "problem": problem, "next_step": step}
        raise DataError(f"{folder.name} {problem}. {step}", [row]) from error


def _of_writing(error: OSError, folder: Path) -> bool:
    """Tell whether an error is one of a file in `folder`, or one of a disk that names no file."""
    named = [Path(os.fsdecode(one)) for one in (error.filename, error.filename2) if isinstance(one, str | bytes)]
    if named:  # two where a file is copied
        return any(path.absolute().is_relative_to(folder.absolute()) for path in named)
    return error.errno in _OF_DISKS


@contextmanager
def _together(folder: Path) -> Iterator[Path]:
    """Write aside, commit by renaming, move."""
    with alone(folder, "Another change", patience=PATIENCE):
        recover(folder)
        aside = Path(tempfile.mkdtemp(dir=folder, prefix=_ASIDE))
        try:
            aside.chmod(0o755)
            yield aside
            for path in aside.rglob("*"):
                if path.is_file():
                    path.chmod(0o644)
                    _to_disk(path)
            _to_disk(aside)
            aside.rename(folder / _NEXT)  # from here on the new files count
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
        recover(folder)


def recover(folder: Path) -> None:
    """Finish what a killed writer began, and remove what it had not committed; only for who is `alone`."""
    ready = folder / _NEXT
    if ready.is_dir():
        for path in sorted(ready.iterdir()):
            target = folder / path.name
            if path.is_dir() and target.exists():
                shutil.rmtree(target)
            path.replace(target)
        ready.rmdir()
        _to_disk(folder)
    for scrap in folder.glob(f"{_ASIDE}*"):
        shutil.rmtree(scrap, ignore_errors=True)


def current(path: Path) -> Path:
    """Return where the file that counts lies: at `path`, or ready to be moved there.

    Examples
    --------
    >>> current(Path("nowhere/data/observations.parquet")).as_posix()
    'nowhere/data/observations.parquet'
    """
    ready = path.parent / _NEXT / path.name
    return ready if ready.exists() else path


def steadily(marker: Path, read: Callable[[], _T]) -> _T:
    """Read several files that are written `together`, and again where they were replaced meanwhile.

    Parameters
    ----------
    marker : Path
        One of the files, which every change writes.
    read : callable
        Reads them all, each at its `current` place.

    Returns
    -------
    object
        What `read` returned while `marker` stayed the same; what it raises is raised when it comes three times.
    """
    last, failed = None, 0
    for _ in range(_TRIES):
        before = _mark(marker)
        last, failed = before, failed if before == last else 0
        try:
            found = read()
        except Exception:
            failed += 1
            if failed == 3:  # a file that is moved up just now is missing for a moment, a damaged one for ever
                raise
            continue
        if _mark(marker) == before:
            return found
    return read()


def _mark(path: Path) -> tuple[int, int] | None:
    """Return what changes when a file is replaced, and stays when it is moved."""
    for place in (current(path), path):  # moved up between the look and the question
        with suppress(OSError):
            found = place.stat()
            return found.st_ino, found.st_mtime_ns
    return None


def _to_disk(path: Path) -> None:
    """Ask the disk to keep a file or a folder now; some file systems cannot."""
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
