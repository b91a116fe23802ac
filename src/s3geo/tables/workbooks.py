"""Spreadsheets (.xlsx, .ods) as records of text: dates in ISO form, numbers in their shortest exact form."""

from __future__ import annotations

import datetime as dt
import re
from io import BytesIO
from typing import NamedTuple
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import ZipFile

from s3geo.errors import FileProblem, TableError, listed
from s3geo.files import MEGABYTE, check_archive, file_problem, open_archive, read_member

__all__ = ["Sheet", "read_sheet", "refuse_office"]

_CELL = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\br=["']([0-9]{1,7})["']""")
_SHARED = re.compile(rb"<(?:\w+:)?si[ >].*?</(?:\w+:)?si>", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?v(?: [^>]*)?>\s*([0-9]{1,9})\s*<")
_ODS_TAG = re.compile(rb"<table:(?:table-|covered-table-)(row|cell)\b([^>]*)>")
_ODS_REPEAT = re.compile(rb"""number-(?:rows|columns)-repeated=["']([0-9]{1,18})["']""")
_MOST_TEXT = 200 * MEGABYTE
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
        copy = _safe_copy(archive, file, rows, columns, cells)
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


def _safe_copy(archive: ZipFile, file: str, rows: int, columns: int, cells: int) -> BytesIO:
    """Refuse a workbook that a reader would lay out in more memory than there is; return what was checked.

    The readers trust the sizes a stream turns out to have, we those the archive declares. So they get a copy of what
    was unpacked here, which cannot be larger than it said.
    """
    members = check_archive(archive, file, members=2_000, total=200 * MEGABYTE, ratio=500)
    names = {info.filename for info in members}
    if "xl/workbook.bin" in names:
        raise file_problem(file, "is a binary Excel workbook", "Save it as .xlsx or CSV.")
    if "content.xml" not in names and "xl/workbook.xml" not in names:
        raise file_problem(file, "is a zip archive but no spreadsheet", "Save the table as .xlsx, .ods or CSV.")
    copy, texts, used = BytesIO(), [0], [0]
    with ZipFile(copy, "w") as safe:
        for name in sorted(names):
            part = read_member(archive, archive.getinfo(name), file)
            safe.writestr(name, part)
            if name == "content.xml" or name.endswith(("workbook.xml", "sharedStrings.xml", "styles.xml")):
                _check_xml(part, file)
            if name == "content.xml":
                _check_ods(part, file, columns, cells)
            elif name.endswith("sharedStrings.xml"):
                texts = [len(text) for text in _SHARED.findall(part)]
            elif b"sheetData" in part[:100_000]:
                _check_xml(part, file)
                _check_sheet(part, file, rows, columns, cells)
                used.append(_text_used(part, texts) if max(texts, default=0) > 1_000 else 0)
    if max(used) > _MOST_TEXT:
        problem = f"has a sheet with {max(used) / MEGABYTE:,.0f} MB of text"
        raise _table_error(file, problem, "Clear the columns with long texts.")
    copy.seek(0)
    return copy


def _check_sheet(part: bytes, file: str, rows: int, columns: int, cells: int) -> None:
    count = part.count(b"<c ") + part.count(b"<c>") + part.count(b"<c/>") + part.count(b":c ") + part.count(b":c>")
    step = f"Keep at most {rows:,} rows, {columns:,} columns and {cells:,} cells, and clear cells far from the table."
    if count > cells:
        raise _table_error(file, f"has a sheet of {count:,} cells", step)
    height = width = placed = 0
    for found in _CELL.finditer(part):
        height, placed = max(height, int(found[2])), placed + 1
        width = max(width, _column(found[1]))
    if placed < count:  # a cell may be placed by its row alone
        height = max((int(found[1]) for found in _ROW.finditer(part)), default=height)
    if height > rows or width > columns or height * width > _MOST_CELLS:
        raise _table_error(file, f"has a sheet of {height:,} rows and {width:,} columns", step)


def _text_used(part: bytes, texts: list[int]) -> int:
    numbers = (int(found[1]) for found in _VALUE.finditer(part))
    return sum(texts[number] for number in numbers if number < len(texts))


def _check_ods(part: bytes, file: str, columns: int, cells: int) -> None:
    """Count the cells that an OpenDocument sheet stands for, up to the last one with a value in each row."""
    total = times = width = last = 0
    for found in _ODS_TAG.finditer(part):
        times_of_cell = int(repeat[1]) if (repeat := _ODS_REPEAT.search(found[2])) else 1
        if found[1] == b"row":
            total, times, width, last = total + times * last, times_of_cell, 0, 0
        else:
            width += times_of_cell
            last = width if b"value-type=" in found[2] else last
        if last > columns or total + times * last > cells:
            step = f"Keep at most {columns:,} columns and {cells:,} cells, and clear those far from the table."
            raise _table_error(file, "repeats cells thousands of times", step)


def _check_xml(part: bytes, file: str) -> None:
    """Refuse XML that is not well-formed, over whose end the reader would look for the end of a table for ever."""

    def refuse(*_: object) -> None:
        raise ExpatError("entities are not read")

    parser = ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(part, True)
    except (ExpatError, ValueError, LookupError) as error:  # the latter two of its encoding
        step = "Open it in a spreadsheet and save it again."
        raise file_problem(file, "cannot be read as a spreadsheet: it is cut short or damaged", step) from error


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _table_error(file: str, problem: str, next_step: str) -> TableError:
    return TableError(f"{file} {problem}. {next_step}", [{"file": file, "problem": problem, "next_step": next_step}])
