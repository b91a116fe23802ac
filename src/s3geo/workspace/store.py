"""Files of a workspace: the user's own where there is one, else the bundled one; and none that is not what it was."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, Self, TypeVar

import pandas as pd

from s3geo.errors import FileProblem, of_the_system, unreadable
from s3geo.settings import bundled
from s3geo.writing import current, steadily

__all__ = ["Store", "check_bytes", "read_csv", "read_package", "read_parquet", "said_by_name"]

T = TypeVar("T")

_PACKAGE = "datapackage.json"
_BY_HAND = {"catalogue.toml"}  # written by hand and checked entry by entry
_AGAIN = "Copy it again or remove it."


class Store:
    """A folder with ``boundaries/`` and ``data/``; what it lacks comes from the bundle.

    Parameters
    ----------
    path : Path, optional
        Folder of the user's own.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.is_own = False
        """Whether something in it was given beside the files: figures or boundaries of one visit."""
        self._lock = RLock()
        self._remembered: dict[object, Any] = {}

    def remembered(self, what: object, make: Callable[[], T]) -> T:
        """Return what is kept with this workspace under a key, and goes with it; made when it is first asked for."""
        with self._lock:
            if what not in self._remembered:
                self._remembered[what] = make()
            kept: T = self._remembered[what]
        return kept

    def _sibling(self, *forgotten: str) -> Self:
        """Return a workspace that shares everything read so far, but for what is named."""
        new = type(self)(self.path)
        new.__dict__.update(
            {
                name: dict(value) if isinstance(value, dict) else value
                for name, value in self.__dict__.items()
                if name not in {*forgotten, "_lock", "_remembered"}
            }
        )
        new.is_own = True
        return new

    def file(self, *parts: str) -> Path:
        """Return the workspace's own file where it has one, else the bundled one."""
        if self.path is not None and (own := current(self.path.joinpath(*parts))).exists():
            return own
        return current(bundled(*parts))

    def sound(self, folder: str, name: str) -> Path:
        """Return the file to read, once its bytes are those that the data package beside it tells of.

        A flipped bit can be a wrong figure that no reader notices, and two refreshes can be mixed by hand; a folder
        without ``datapackage.json`` is taken as it is.

        Raises
        ------
        FileProblem
            The file is damaged, was changed, or is missing although the package of the workspace lists it.
        """
        package = bundled(folder, _PACKAGE) if self.path is None else self.path / folder / _PACKAGE
        return steadily(package, lambda: self._sound(folder, name))

    def _sound(self, folder: str, name: str) -> Path:
        path = self.file(folder, name)
        if self.path is not None and bundled(folder) in path.parents:
            self.none_lost(folder, name)
        check_bytes(path)
        return path

    def all_sound(self) -> None:
        """Compare every file with the data package beside it, before any of them is read.

        Raises
        ------
        FileProblem
            See `sound`.
        """
        for folder in ("boundaries", "data"):
            for root in [self.path / folder, bundled(folder)] if self.path else [bundled(folder)]:
                for name in _hashes(root):
                    if current(root / name).exists():
                        check_bytes(current(root / name))
                    else:
                        self.none_lost(folder, name)

    def none_lost(self, folder: str, name: str) -> None:
        """Refuse to take from the bundle what the data package of the workspace says is in the workspace.

        Raises
        ------
        FileProblem
            The file was removed.
        """
        if self.path is None or name not in _hashes(self.path / folder):
            return
        problem = f"is missing from {folder}/ of the workspace, although {_PACKAGE} lists it"
        step = f"Copy it again, or remove {_PACKAGE} too to use the bundled file."
        raise FileProblem(f"{name} {problem}. {step}", [{"file": name, "problem": problem, "next_step": step}])


@contextmanager
def said_by_name(folder: Path) -> Iterator[None]:
    """Turn what the system says against reading a workspace into one message that names the file.

    Raises
    ------
    FileProblem
        A file or folder of it may not be read.
    """
    try:
        yield
    except OSError as error:
        raise unreadable(Path(error.filename or folder).name, error) from error


def check_bytes(path: Path) -> None:
    """Compare a file with what the data package beside it says of it.

    Raises
    ------
    FileProblem
        They differ, or the package cannot be read.
    """
    folder = path.parent.parent if path.parent.name == ".next" else path.parent
    wanted = _hashes(folder).get(path.name)
    if wanted is None or path.name in _BY_HAND:
        return
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error
    # a text file may have got the line ends of another system on its way
    found = [content] if path.suffix != ".csv" else [content, content.replace(b"\r\n", b"\n")]
    if wanted not in {f"sha256:{hashlib.sha256(one).hexdigest()}" for one in found}:
        problem = f"is not the file that {_PACKAGE} tells of: it was damaged or changed, or is of another refresh"
        step = f"Copy it again or refresh again; if you changed it on purpose, remove {_PACKAGE}."
        raise FileProblem(
            f"{path.name} {problem}. {step}", [{"file": path.name, "problem": problem, "next_step": step}]
        )


def _hashes(folder: Path) -> dict[str, str]:
    """Return the hash of each file that the data package of a folder lists; none without a package."""
    path = current(folder / _PACKAGE)
    if not path.exists():
        return {}
    resources: Any = read_package(path).get("resources", [])
    if not isinstance(resources, list):
        return {}
    listed = [one for one in resources if isinstance(one, dict)]
    return {str(one["path"]): str(one["hash"]) for one in listed if "path" in one and "hash" in one}


def read_package(path: Path) -> dict[str, Any]:
    """Read a data package.

    Raises
    ------
    FileProblem
        It cannot be read.
    """
    try:
        package = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(path, error) from error
    if not isinstance(package, dict):
        raise _unreadable(path, "it holds no package")
    return package


def _unreadable(path: Path, error: object) -> FileProblem:
    if of_the_system(error):
        return unreadable(path.name, error)
    said = next(iter(str(error).splitlines()), "")
    return FileProblem(
        f"{path.name} cannot be read: it is missing, cut short or damaged. "
        "Copy it again, or remove it from the workspace to use the bundled one.",
        [{"file": path.name, "problem": said, "next_step": _AGAIN}],
    )


def read_csv(path: Path, columns: set[str], numbers: set[str] | None = None) -> pd.DataFrame:
    """Read a table of ours that must have these columns, none of their cells empty.

    Raises
    ------
    FileProblem
        It cannot be read, or is cut short.
    """
    kinds = dict.fromkeys(columns, str) | dict.fromkeys(numbers or (), float)
    try:
        table = pd.read_csv(path, dtype=kinds)
    except (OSError, ValueError) as error:  # pandas's errors are of these kinds
        raise _unreadable(path, error) from error
    if missing := sorted(columns - set(table.columns)):
        raise _unreadable(path, f"column {missing[0]!r} is missing")
    held = table[sorted(columns)]
    if (
        table.empty
        or held.isna().to_numpy().any()
        or held.astype(str).apply(lambda c: c.str.contains("\0")).any().any()
    ):
        raise _unreadable(path, "cells are empty")
    return table


def read_parquet(path: Path) -> pd.DataFrame:
    """Read a table of ours; whatever is wrong with the file is said in one message."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        content = path.read_bytes()  # once: a refresh may put another file in its place meanwhile
        # text that is not UTF-8 would be noticed by whoever looks at it first
        pq.read_table(pa.BufferReader(content)).validate(full=True)
        return pd.read_parquet(io.BytesIO(content))
    except (OSError, ValueError, pa.ArrowException) as error:
        if of_the_system(error):
            raise unreadable(path.name, error) from error
        raise FileProblem(
            f"{path.name} cannot be read: it is missing, cut short or not Parquet. "
            "Copy it again, or remove it from the workspace to use the bundled one.",
            [{"file": path.name, "problem": next(iter(str(error).splitlines()), ""), "next_step": _AGAIN}],
        ) from error
