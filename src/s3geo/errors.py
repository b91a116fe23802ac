"""Every exception s3geo raises on purpose.

::

    S3geoError
    ├── DataError              the data at hand are wrong (CLI exit code 1)
    │   ├── FileProblem        a file is missing, empty, cut short or not what its name says
    │   ├── LayerError         boundaries: no CRS, wrong CRS, no codes, broken geometry
    │   ├── TableError         tables: unknown codes, duplicate keys, text in a number column
    │   └── ValidationError    compiled data do not satisfy their schema
    ├── NotFound               no such region, indicator, period or postcode (CLI exit code 1)
    ├── UsageError             the call itself makes no sense (CLI exit code 2)
    └── SourceError            a publisher's service is unavailable or answers wrongly (CLI exit code 3)

A message says what is wrong, where, and what to do next. ``.problems`` holds one row for each finding, so
that the app can show a table and the command line can print one.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeGuard

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "DataError",
    "FileProblem",
    "LayerError",
    "NotFound",
    "S3geoError",
    "SourceError",
    "TableError",
    "UsageError",
    "ValidationError",
    "listed",
    "of_the_system",
    "unreadable",
]

PROBLEM_COLUMNS = ("file", "row", "code", "problem", "next_step")


def listed(values: Iterable[object], most: int = 5) -> str:
    """Name at most `most` values and count the rest.

    Examples
    --------
    >>> listed(["a", "b", "c"], most=2)
    "'a', 'b' and 1 more"
    """
    items = [repr(str(value)) for value in values]
    rest = len(items) - most
    return ", ".join(items[:most]) + (f" and {rest} more" if rest > 0 else "")


class S3geoError(Exception):
    """Base of all errors of s3geo.

    Parameters
    ----------
    message : str
        What is wrong, where, and what to do next.
    problems : sequence of mappings, optional
        One mapping for each finding; keys from ``file``, ``row`` (1-based line as a spreadsheet shows it),
        ``code``, ``problem``, ``next_step``.
    """

    exit_code = 1

    def __init__(self, message: str, problems: Sequence[Mapping[str, object]] = ()) -> None:
        super().__init__(message)
        self._problems = tuple(dict(problem) for problem in problems)

    @property
    def problems(self) -> pd.DataFrame:
        """One row a finding: file, row, code, problem, next_step (DataFrame; missing entries are empty)."""
        import pandas as pd

        return pd.DataFrame(list(self._problems), columns=list(PROBLEM_COLUMNS)).astype(object).fillna("")


class DataError(S3geoError):
    """The data at hand are wrong."""


class FileProblem(DataError):
    """A file is missing, empty, cut short or not what its name says."""


class LayerError(DataError):
    """A boundary layer cannot be used."""


class TableError(DataError):
    """A table cannot be used."""


class ValidationError(DataError):
    """Compiled data do not satisfy their schema."""


class NotFound(S3geoError):
    """No such region, indicator, period or postcode."""


class UsageError(S3geoError):
    """The call itself makes no sense."""

    exit_code = 2


class SourceError(S3geoError):
    """A publisher's service is unavailable or answers wrongly."""

    exit_code = 3


def of_the_system(error: object) -> TypeGuard[OSError]:
    """Tell whether the system kept a file from being read, whatever is in it; readers raise OSError of contents too.

    Examples
    --------
    >>> of_the_system(PermissionError(13, "Permission denied")), of_the_system(OSError("not a Parquet file"))
    (True, False)
    """
    return isinstance(error, OSError) and error.errno not in (None, errno.ENOENT)


def unreadable(file: str, error: OSError) -> FileProblem:
    """Build the error for a file or folder that the system does not let us read.

    Examples
    --------
    >>> print(unreadable("own.json", OSError(5, "Input/output error")))
    own.json cannot be read (Input/output error). Look at the disk, and at what lies there under this name.
    """
    problem = f"cannot be read ({os.strerror(error.errno) if error.errno else error})"
    step = "Look at the disk, and at what lies there under this name."
    if error.errno in (errno.EACCES, errno.EPERM):
        step = (
            "The user that s3geo runs as needs the right to read it and to enter the folders above it: "
            "`chmod -R o+rX` on the workspace, and o+x on the folders above."
        )
    return FileProblem(f"{file} {problem}. {step}", [{"file": file, "problem": problem, "next_step": step}])
