"""Lines and cells of a long text file: that a quotation mark which is not closed swallows no row unseen."""

from __future__ import annotations

import codecs
import csv
from pathlib import Path

from s3geo.errors import TableError
from s3geo.files import file_problem

__all__ = ["first_lines", "lines_of", "of_cells"]


def first_lines(head: bytes, file: str) -> bytes:
    r"""Return the beginning of a file without the line that its end cuts; UTF-16 as UTF-16.

    Raises
    ------
    FileProblem
        If no line ends in it, or it begins as UTF-16 and does not go on so.

    Examples
    --------
    >>> first_lines("id\n1\n2".encode("utf-16"), "a.csv").decode("utf-16")
    'id\n1\n'
    """
    if not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        whole = head[: max(head.rfind(b"\n"), head.rfind(b"\r")) + 1]
    else:
        try:
            text = codecs.getincrementaldecoder("utf-16")().decode(head)
        except UnicodeDecodeError as error:
            raise file_problem(file, "is not whole UTF-16 text", "Save it again as CSV UTF-8.") from error
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1]
        whole = text.encode("utf-16") if text else b""
    if not whole:
        raise file_problem(file, f"has no end of a line in its first {len(head):,} bytes", "Give a table of rows.")
    return whole


def lines_of(path: Path, encoding: str) -> int:
    """Return how many lines of a file are not empty: one more than its rows, unless a cell holds several lines."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        return sum(line not in ("\n", "\r\n", "\r") for line in file)


def of_cells(path: Path, encoding: str, delimiter: str, rows: int | None = None) -> None:
    """Check cell by cell that those of several lines hold no row of the table.

    Parameters
    ----------
    path : Path
    encoding, delimiter : str
    rows : int, optional
        How many rows were read.

    Raises
    ------
    TableError
        If a quotation mark is not closed, or a line inside a cell has as many delimiters as a row, or those of its
        first and last line together are as many, or there are more or fewer rows than were read. The line is named.
    """
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        line, found, width = 1, -1, 0
        try:
            for record in reader:
                found += bool(record)
                width = width or len(record) - 1
                if reader.line_num > line and any(_swallows(cell, delimiter, width) for cell in record):
                    raise _not_closed(path.name, line)
                line = reader.line_num + 1
        except csv.Error as error:
            raise _not_closed(path.name, line) from error
    if rows is not None and found != rows:
        raise _not_closed(path.name, line - 1)


def _swallows(cell: str, delimiter: str, width: int) -> bool:
    first, *more = cell.splitlines() or [""]
    inside = [one.count(delimiter) for one in more]
    return bool(inside) and (max(inside) >= width or first.count(delimiter) + inside[-1] == width)


def _not_closed(file: str, line: int) -> TableError:
    problem = "a quotation mark stands inside a cell or is not closed, so that the rows after it may be lost"
    step = "Double the quotation marks inside cells, and put a space for the ends of lines inside them."
    found = {"file": file, "row": line, "problem": problem, "next_step": step}
    return TableError(f"{file}, line {line}: {problem}. {step}", [found])
