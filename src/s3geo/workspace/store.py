"""Files of a workspace: the user's own where there is one, else the bundled one."""

from __future__ import annotations

from pathlib import Path
from threading import RLock

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
