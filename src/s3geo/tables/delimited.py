"""Text files with delimiters: encoding, delimiter, records; all worked out from the text and said in notes."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from typing import NamedTuple

from s3geo.errors import TableError
from s3geo.files import file_problem

__all__ = ["Decoded", "decode", "delimiter_of", "records"]

DELIMITERS = (",", ";", "\t", "|")


class Decoded(NamedTuple):
    """Text, the encoding it was in, and what is worth saying about that."""

    text: str
    encoding: str
    notes: list[str]


def decode(data: bytes, file: str) -> Decoded:
    r"""Decode a table: UTF-8 with or without a mark, UTF-16 with one, else Windows-1252, which is then noted.

    Examples
    --------
    >>> decode("name,£\n".encode("cp1252"), "a.csv").encoding
    'cp1252'
    """
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return Decoded(data.decode(encoding), encoding, [])
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problem = f"is neither UTF-8 nor Windows-1252 text (line {line})"
        raise file_problem(file, problem, "Save it again as CSV UTF-8.", row=line) from error
    note = f"{file} is not UTF-8 (line {line}); it was read as Windows-1252: check letters such as £ and é"
    return Decoded(text, "cp1252", [note])


def delimiter_of(text: str) -> str:
    r"""Return the delimiter of a table: the one that cuts its first lines into the most, equally long, parts.

    Examples
    --------
    >>> delimiter_of("code;name\nE37000051;London, Greater\n")
    ';'
    """
    lines = [line for line in text[:50_000].splitlines() if line.strip()][:20]

    def merit(delimiter: str) -> tuple[int, int]:
        try:
            widths = [len(record) for record in csv.reader(lines, delimiter=delimiter)]
        except csv.Error:
            return (0, 0)
        same = sum(width == widths[0] for width in widths) if widths and widths[0] > 1 else 0
        return (same, widths[0] if widths else 0)

    return max(DELIMITERS, key=merit)


def records(text: str, delimiter: str, file: str) -> Iterator[list[str]]:
    r"""Yield the records of a table, blank ones too, so that their count is the row a spreadsheet shows.

    Examples
    --------
    >>> list(records("a,b\n\n1,'x'\n", ",", "a.csv"))
    [['a', 'b'], [], ['1', "'x'"]]
    """
    row = 1
    try:
        for record in csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True):
            yield record
            row += 1
    except csv.Error as error:
        problem = "a quotation mark is opened and not closed, or stands inside a field"
        step = "Double the quotation marks inside fields, or save the table again from a spreadsheet."
        found = {"file": file, "row": row, "problem": f"{problem} ({error})", "next_step": step}
        raise TableError(f"{file}, row {row}: {problem}. {step}", [found]) from error
