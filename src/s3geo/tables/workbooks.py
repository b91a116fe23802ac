"""Spreadsheets (.xlsx, .ods) as records of text: dates in ISO form, numbers in their shortest exact form."""

from __future__ import annotations

import datetime as dt
import re
from io import BytesIO
from typing import NamedTuple
from zipfile import ZipFile

from s3geo.errors import FileProblem, TableError, listed
from s3geo.files import MEGABYTE, check_archive, file_problem, open_archive, read_member

__all__ = ["Sheet", "read_sheet", "refuse_office"]

_CELL = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_REPEATED = re.compile(
    rb'<table:table-row[^>]*number-rows-repeated="[0-9]{4,}"[^>]*>(.*?)</table:table-row>', re.DOTALL
)
_MOST_CELLS = 5_000_000


class Sheet(NamedTuple):
    """The records of one sheet, from its first row on, and what is worth saying about the choice."""

    title: str
    records: list[list[str]]
    notes: list[str]


def refuse_office(data: bytes, file: str) -> FileProblem:
    """Return the error for an OLE file: a password, or Excel of before 2007."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return file_problem(file, "is protected by a password", "Remove the password in Excel and save it again.")
    return file_problem(file, "is an old Excel file", "Save it as .xlsx or CSV.")


def read_sheet(data: bytes, file: str, sheet: str | None, *, rows: int, columns: int) -> Sheet:
    """Read one sheet of a workbook.

    Parameters
    ----------
    data : bytes
        The workbook.
    file : str
        What to call it in messages.
    sheet : str, optional
        Title of the sheet; default the first visible one.
    rows, columns : int
        Most rows and columns.

    Raises
    ------
    FileProblem
        If the workbook cannot be opened.
    TableError
        If it has no such sheet, or the sheet is too large.
    """
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    with open_archive(data, file) as archive:
        _refuse_oversize(archive, file, rows, columns)
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(data))
        visible = [
            meta.name
            for meta in workbook.sheets_metadata
            if meta.typ == SheetTypeEnum.WorkSheet and meta.visible == SheetVisibleEnum.Visible
        ]
        titles = visible or list(workbook.sheet_names)
        if sheet is not None and sheet not in workbook.sheet_names:
            raise _table_error(file, f"has no sheet {sheet!r}; it has {listed(titles, 10)}", "Name one of these.")
        if not titles:
            raise _table_error(file, "has no sheet with cells", "Save the table in a worksheet.")
        title = sheet or titles[0]
        cells = workbook.get_sheet_by_name(title).to_python(skip_empty_area=False)
    except TableError:
        raise
    except Exception as error:  # the reader's own errors and whatever damaged XML leads to
        step = "Open it in a spreadsheet and save it again."
        raise file_problem(file, "cannot be read as a spreadsheet: it is damaged", step) from error
    others = [other for other in titles if other != title]
    notes = [f"{file}: sheet {title!r} was read; it also has {listed(others)}"] if others and sheet is None else []
    return Sheet(title, [[_text(value) for value in record] for record in cells], notes)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return "" if value is None else str(value)


def _refuse_oversize(archive: ZipFile, file: str, rows: int, columns: int) -> None:
    """Refuse a sheet whose cells span too much before a reader lays all of it out in memory."""
    members = check_archive(archive, file, members=2_000, total=300 * MEGABYTE, ratio=500)
    names = {info.filename for info in members}
    if "content.xml" not in names and "xl/workbook.xml" not in names and "xl/workbook.bin" not in names:
        raise file_problem(file, "is a zip archive but no spreadsheet", "Save the table as .xlsx, .ods or CSV.")
    for info in members:
        if re.fullmatch(r"xl/worksheets/[^/]+\.xml", info.filename):
            cells = _CELL.findall(read_member(archive, info, file))
            height = max((int(row) for row in {row for _, row in cells}), default=0)
            width = max((_column(letters) for letters in {letters for letters, _ in cells}), default=0)
            if height > rows or width > columns or height * width > _MOST_CELLS:
                problem = f"has a sheet of {height:,} rows and {width:,} columns"
                step = f"Keep at most {rows:,} rows and {columns:,} columns, and clear cells far from the table."
                raise _table_error(file, problem, step)
        elif info.filename == "content.xml" and any(
            b"value-type=" in row for row in _REPEATED.findall(read_member(archive, info, file))
        ):
            raise _table_error(file, "repeats a row with values thousands of times", "Clear the rows below the table.")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _table_error(file: str, problem: str, next_step: str) -> TableError:
    return TableError(f"{file} {problem}. {next_step}", [{"file": file, "problem": problem, "next_step": next_step}])
