"""Reading raw tables: the checks that every parser of a provider needs.

Publishers write marks such as ``[c]``, ``!`` or ``*`` where a number is withheld. `numbers` keeps the reason, and
never turns it into zero.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from s3geo.errors import FileProblem, TableError, listed

__all__ = ["Raw", "file_name", "numbers", "read_csv", "read_sheet", "require_columns", "sheet_names"]

Raw = Path | bytes
"""A file on disk, or its content."""

Cell = object


def file_name(raw: Raw) -> str:
    """Name a raw file in messages."""
    return raw.name if isinstance(raw, Path) else "(content)"


def _existing(raw: Raw) -> Raw:
    """Refuse what is missing or empty, in plain words."""
    if isinstance(raw, Path) and not raw.is_file():
        raise FileProblem(f"{raw.name} is missing.", [{"file": raw.name, "problem": "missing"}])
    if (raw.stat().st_size if isinstance(raw, Path) else len(raw)) == 0:
        raise FileProblem(f"{file_name(raw)} is empty.", [{"file": file_name(raw), "problem": "empty"}])
    return raw


def require_columns(frame: pd.DataFrame, columns: Iterable[str], file: str) -> None:
    """Refuse a table that lacks a column.

    Parameters
    ----------
    frame : DataFrame
        The table.
    columns : iterable of str
        Names that must be there.
    file : str
        Name of the file, for the message.
    """
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        message = f"{file}: no column {listed(missing)}. It has {listed(frame.columns, most=12)}."
        raise TableError(
            message, [{"file": file, "code": c, "problem": "column missing", "next_step": ""} for c in missing]
        )


def read_csv(raw: Raw, columns: Iterable[str]) -> pd.DataFrame:
    """Read a CSV file as text.

    Parameters
    ----------
    raw : Path or bytes
        The file; ``.gz`` by its name; with or without a byte-order mark.
    columns : iterable of str
        Names that must be there.

    Returns
    -------
    DataFrame
        All columns as text, empty cells as "". The index is the line in the file.

    Raises
    ------
    FileProblem
        The file is missing, empty or not CSV.
    TableError
        A column is missing.
    """
    found = _existing(raw)
    handle = found if isinstance(found, Path) else io.BytesIO(found)
    try:
        frame = pd.read_csv(handle, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError, EOFError, OSError) as error:
        message = f"{file_name(raw)} cannot be read as CSV: {error}"
        raise FileProblem(message, [{"file": file_name(raw), "problem": str(error)}]) from error
    frame.index = pd.RangeIndex(2, len(frame) + 2, name="row")
    require_columns(frame, columns, file_name(raw))
    return frame


def _workbook(raw: Raw) -> object:
    from python_calamine import CalamineError, CalamineWorkbook

    found = _existing(raw)
    try:
        if isinstance(found, Path):
            return CalamineWorkbook.from_path(found)
        return CalamineWorkbook.from_filelike(io.BytesIO(found))
    except CalamineError as error:
        message = f"{file_name(raw)} cannot be read as a spreadsheet: {error}"
        raise FileProblem(message, [{"file": file_name(raw), "problem": str(error)}]) from error


def sheet_names(raw: Raw) -> list[str]:
    """List the sheets of a workbook."""
    return list(_workbook(raw).sheet_names)  # type: ignore[attr-defined]


def read_sheet(raw: Raw, sheet: str) -> list[list[Cell]]:
    """Read one sheet of a workbook.

    Parameters
    ----------
    raw : Path or bytes
        The workbook (xlsx or ods).
    sheet : str
        Name of the sheet.

    Returns
    -------
    list of list
        Rows from the first row of the sheet; empty cells as "".
    """
    book = _workbook(raw)
    names = list(book.sheet_names)  # type: ignore[attr-defined]
    if sheet not in names:
        message = f"{file_name(raw)}: no sheet {sheet!r}. It has {listed(names, most=8)}."
        raise TableError(message, [{"file": file_name(raw), "code": sheet, "problem": "sheet missing"}])
    rows: list[list[Cell]] = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)  # type: ignore[attr-defined]
    return rows


def numbers(
    text: pd.Series,
    *,
    file: str,
    marks: Mapping[str, str] | Sequence[str] = (),
    empty: str | None = None,
) -> tuple[pd.Series, pd.Series]:
    """Turn a column of text into numbers, and keep why a number is missing.

    Parameters
    ----------
    text : Series
        Cells as text or numbers; the index is the row in the file.
    file : str
        Name of the file, for messages.
    marks : mapping of str to str
        Marks that the publisher uses, and the status each stands for, e.g. ``{"[c]": "suppressed"}``.
    empty : str, optional
        Status of an empty cell; without it an empty cell is an error.

    Returns
    -------
    values, status : Series
        Numbers (NaN where withheld) and "value" or the status of the mark.

    Raises
    ------
    TableError
        A cell holds text that is neither a number nor a known mark.

    Examples
    --------
    >>> values, status = numbers(pd.Series(["12", "[c]"]), file="gva.csv", marks={"[c]": "suppressed"})
    >>> values.tolist(), status.tolist()
    ([12.0, nan], ['value', 'suppressed'])
    """
    known = dict(marks) if isinstance(marks, Mapping) else dict.fromkeys(marks, "suppressed")
    if empty is not None:
        known[""] = empty
    cells = text.astype(str).str.strip()
    held = cells.isin(list(known))
    values = pd.to_numeric(cells.mask(held), errors="coerce")
    status = pd.Series("value", index=cells.index)
    for mark, meaning in known.items():
        status = status.mask(cells == mark, meaning) if held.any() else status
    bad = values.isna() & ~held
    if bad.any():
        problems = [
            {
                "file": file,
                "row": row,
                "code": str(text.name or ""),
                "problem": f"{cell!r} is not a number",
                "next_step": f"Known marks: {', '.join(known) or 'none'}.",
            }
            for row, cell in cells[bad].items()
        ]
        message = (
            f"{file}, column {text.name!r}: {listed(cells[bad])} in row {listed(cells.index[bad])} is not a number."
        )
        raise TableError(message, problems)
    return values.astype(float), status
