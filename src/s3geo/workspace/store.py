"""Files of a workspace: the user's own where there is one, else the bundled one."""

from __future__ import annotations

from pathlib import Path
from threading import RLock
from typing import Self

import pandas as pd

from s3geo.errors import FileProblem
from s3geo.settings import bundled

__all__ = ["Store", "read_parquet"]


class Store:
    """A folder with ``boundaries/`` and ``data/``; what it lacks comes from the bundle.

    Parameters
    ----------
    path : Path, optional
        Folder of the user's own.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._lock = RLock()

    def _sibling(self, *forgotten: str) -> Self:
        """Return a workspace that shares everything read so far, but for what is named."""
        new = type(self)(self.path)
        new.__dict__.update(
            {
                name: dict(value) if isinstance(value, dict) else value
                for name, value in self.__dict__.items()
                if name not in {*forgotten, "_lock"}
            }
        )
        return new

    def file(self, *parts: str) -> Path:
        """Return the workspace's own file where it has one, else the bundled one."""
        if self.path is not None and (own := self.path.joinpath(*parts)).exists():
            return own
        return bundled(*parts)


def read_parquet(path: Path) -> pd.DataFrame:
    """Read a table of ours; whatever is wrong with the file is said in one message."""
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:  # pyarrow's errors are of these kinds
        raise FileProblem(
            f"{path.name} cannot be read: it is missing, cut short or not Parquet. "
            "Copy it again, or remove it from the workspace to use the bundled one.",
            [{"file": path.name, "problem": str(error).splitlines()[0], "next_step": "Copy it again or remove it."}],
        ) from error
