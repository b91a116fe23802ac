"""Spreadsheets (.xlsx, .ods) as records of text: dates in ISO form, numbers in their shortest exact form."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from s3geo.errors import FileProblem, TableError, listed
from s3geo.files import file_problem, open_archive
from s3geo.tables.laid_out import Limits, safe_copy

__all__ = ["Sheet", "read_sheet", "refuse_office"]


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


def read_sheet(data: bytes, file: str, sheet: str | None, *, rows: int, columns: int, cells: int) -> Sheet:
    """Read one sheet of a workbook.

    Parameters
    ----------
    data : bytes
        The workbook.
    file : str
        What to call it in messages.
    sheet : str, optional
        Title of the sheet; default the first visible one.
    rows, columns, cells : int
        Most rows, columns and cells.

    Raises
    ------
    FileProblem
        If the workbook cannot be opened.
    TableError
        If it has no such sheet, or the sheet is too large.
    """
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    with open_archive(data, file) as archive:
        copy = safe_copy(archive, file, Limits(rows, columns, cells))
    try:
        workbook = CalamineWorkbook.from_filelike(copy)
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
        laid_out = workbook.get_sheet_by_name(title).to_python(skip_empty_area=False)
    except TableError:
        raise
    except Exception as error:  # the reader's own errors and whatever damaged XML leads to
        step = "Open it in a spreadsheet and save it again."
        raise file_problem(file, "cannot be read as a spreadsheet: it is damaged", step) from error
    others = [other for other in titles if other != title]
    notes = [f"{file}: sheet {title!r} was read; it also has {listed(others)}"] if others and sheet is None else []
    return Sheet(title, [[_text(value) for value in record] for record in laid_out], notes)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return "" if value is None else str(value)


def _table_error(file: str, problem: str, next_step: str) -> TableError:
    return TableError(f"{file} {problem}. {next_step}", [{"file": file, "problem": problem, "next_step": next_step}])
