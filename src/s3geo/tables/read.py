"""Tables that people hold - CSV, Excel, OpenDocument, Parquet - read as text, with the row each record stands in.

Nothing is typed here: a code keeps its zeros, a mark such as ``[c]`` stays visible, and whoever needs numbers calls
`numbers` and hears of every cell that is none.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path, PurePath
from typing import Any, BinaryIO

import pandas as pd

from s3geo.errors import TableError, listed
from s3geo.files import MEGABYTE, agree, clean_text, file_problem, flat_columns, local_file, parquet_size, sniff
from s3geo.tables.delimited import decode, delimiter_of, records
from s3geo.tables.numbers import NO_DATA, numbers, spreadsheet_rows
from s3geo.tables.workbooks import read_sheet, refuse_office

__all__ = ["NO_DATA", "numbers", "read_table", "spreadsheet_rows"]

LARGEST = 50 * MEGABYTE
MOST_ROWS = 200_000
MOST_COLUMNS = 2_000
MOST_CELLS = 2_000_000
LONGEST_CELL = 32_767

_BY_SUFFIX = {
    ".csv": (("text",), "a CSV table"),
    ".tsv": (("text",), "a table with tabs"),
    ".txt": (("text",), "a text table"),
    ".xlsx": (("zip",), "an Excel workbook"),
    ".xlsm": (("zip",), "an Excel workbook"),
    ".ods": (("zip",), "an OpenDocument spreadsheet"),
    ".parquet": (("parquet",), "a Parquet table"),
}


def read_table(
    path_or_buffer: str | Path | bytes | BinaryIO, *, name: str | None = None, sheet: str | None = None
) -> pd.DataFrame:
    r"""Read a table as text.

    Parameters
    ----------
    path_or_buffer : str, Path, bytes or binary file
        A file on this computer, or its content.
    name : str, optional
        What to call the table in messages, and what its suffix is; needed for content without a name.
    sheet : str, optional
        Title of the sheet of a workbook; default the first visible one.

    Returns
    -------
    DataFrame
        Text in every cell (empty text where there is nothing); index ``row`` = the row a spreadsheet shows, counting
        the header. ``.attrs`` has ``file`` and ``notes``; of text ``encoding``, ``delimiter``; of workbooks ``sheet``.

    Raises
    ------
    FileProblem
        If the file is missing, empty, protected, damaged or not what its name says.
    TableError
        If what it holds is no table: only a header, columns without a name or with the same, records of different
        length, too many rows.

    Examples
    --------
    >>> table = read_table(b"code,value\nE37000051,[c]\n", name="mine.csv")
    >>> table.loc[2].to_dict()
    {'code': 'E37000051', 'value': '[c]'}
    """
    data, shown = _content(path_or_buffer, name)
    suffix = PurePath(shown).suffix.lower()
    if suffix not in _BY_SUFFIX:
        raise file_problem(shown, f"is not a table: its name ends in {suffix!r}", "Give .csv, .xlsx, .ods or .parquet.")
    kinds, meant = _BY_SUFFIX[suffix]
    kind = sniff(data[:8192])
    if kind == "ole":
        raise refuse_office(data, shown)
    if kind == "empty":
        raise file_problem(shown, "is empty", "Download or export it again.")
    agree(shown, kind, kinds, meant)
    if kind == "parquet":
        return _from_parquet(data, shown)
    if kind == "zip":
        found = read_sheet(data, shown, sheet, rows=MOST_ROWS, columns=MOST_COLUMNS, cells=MOST_CELLS)
        return _frame(found.records, shown, notes=found.notes, sheet=found.title)
    decoded = decode(data, shown)
    if "\x00" in decoded.text:
        raise file_problem(shown, "holds bytes that no text has", "Save it again as CSV UTF-8.")
    delimiter = "\t" if suffix == ".tsv" else delimiter_of(decoded.text)
    lines = records(decoded.text, delimiter, shown)
    return _frame(lines, shown, notes=decoded.notes, encoding=decoded.encoding, delimiter=delimiter)


def _content(source: str | Path | bytes | BinaryIO, name: str | None) -> tuple[bytes, str]:
    if isinstance(source, str | Path):
        here = local_file(source, most=LARGEST, name=name)
        return here.read_bytes(), clean_text(name or here.name)
    shown = clean_text(name or PurePath(str(getattr(source, "name", "table.csv"))).name)
    data = source if isinstance(source, bytes) else source.read(LARGEST + 1)
    if not data:
        raise file_problem(shown, "is empty (0 bytes)", "Download or export it again.")
    if len(data) > LARGEST:
        too_large = f"is too large (more than {LARGEST / MEGABYTE:.0f} MB)"
        raise file_problem(shown, too_large, "Keep only the rows and columns that are needed.")
    return data, shown


def _frame(lines: Iterable[list[str]], shown: str, **attrs: Any) -> pd.DataFrame:
    """Turn records, the first of them the header, into a frame; `attrs` go into ``.attrs``."""
    header: list[str] = []
    at_header = 0
    kept: list[list[str]] = []
    rows: list[int] = []
    ragged: list[dict[str, object]] = []
    for row, record in enumerate(lines, start=1):
        if len(record) > 10 * MOST_COLUMNS:  # blank ones too: no spreadsheet has as many
            raise _error(shown, row, f"the row has {len(record):,} cells", f"Keep at most {MOST_COLUMNS:,} columns.")
        if not any(cell.strip() for cell in record):
            continue
        _check_length(record, shown, row)
        if not header:
            header, at_header = _header(record), row
            if len(header) > MOST_COLUMNS:
                raise _error(shown, row, f"the table has more than {MOST_COLUMNS:,} columns", "Keep those needed.")
            continue
        while len(record) > len(header) and not record[-1].strip():
            record.pop()
        if len(record) > len(header) or (len(record) < len(header) and "delimiter" in attrs):
            problem = f"the row has {len(record)} cells where the header (row {at_header}) has {len(header)}"
            step = "Delete notes above and below the table, and put text with the delimiter in it in quotation marks."
            ragged.append({"file": shown, "row": row, "problem": problem, "next_step": step})
        if len(kept) == MOST_ROWS:
            raise _error(shown, row, f"the table has more than {MOST_ROWS:,} rows", "Keep the rows that are needed.")
        if len(kept) * len(header) > MOST_CELLS:
            raise _error(shown, row, f"the table has more than {MOST_CELLS:,} cells", "Keep the columns needed.")
        kept.append([clean_text(cell).strip() for cell in record] + [""] * (len(header) - len(record)))
        rows.append(row)
    if not header:
        raise file_problem(shown, "holds no table: every cell is empty", "Download or export it again.")
    if ragged:
        more = f" There are {len(ragged) - 1} more such rows." if len(ragged) > 1 else ""
        message = f"{shown}, row {ragged[0]['row']}: {ragged[0]['problem']}. {ragged[0]['next_step']}{more}"
        raise TableError(message, ragged)
    _check_header(header, at_header, shown)
    if not kept:
        raise _error(shown, at_header, "there is a header and no row below it", "Add the rows, or export it again.")
    frame = pd.DataFrame(kept, columns=header, index=pd.Index(rows, name="row"), dtype=str)
    described: dict[Any, Any] = {"file": shown, **attrs}
    frame.attrs = described
    return frame


def _check_length(cells: list[str], shown: str, row: object = "") -> None:
    if (longest := max(map(len, cells), default=0)) > LONGEST_CELL:
        problem = f"a cell has {longest:,} letters (at most {LONGEST_CELL:,}, as in Excel)"
        raise _error(shown, row, problem, "Shorten it, or leave the column out.")


def _header(record: list[str]) -> list[str]:
    names = [" ".join(clean_text(cell).split()) for cell in record]
    while names and not names[-1]:
        names.pop()
    return names


def _check_header(header: list[str], row: int, shown: str) -> None:
    nameless = [number for number, name in enumerate(header, start=1) if not name]
    if nameless:
        step = "Name every column in the first row of the table, and delete titles and notes above it."
        raise _error(shown, row, f"column {nameless[0]} has no name", step)
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise _error(shown, row, f"several columns have the same name: {listed(repeated)}", "Rename one of each.")


def _from_parquet(data: bytes, shown: str) -> pd.DataFrame:
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(BytesIO(data))
        meta = file.metadata
        rows, columns = meta.num_rows, meta.num_columns
        if rows > MOST_ROWS or columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
            limits = f"Keep at most {MOST_ROWS:,} rows, {MOST_COLUMNS:,} columns and {MOST_CELLS:,} cells."
            raise _error(shown, "", f"the table has {rows:,} rows and {columns:,} columns", limits)
        flat = flat_columns(file)
        if (size := parquet_size(BytesIO(data))) > 4 * LARGEST:
            raise _error(shown, "", f"its text takes {size / MEGABYTE:,.0f} MB", "Keep the columns that are needed.")
        left_out = [name for name in file.schema_arrow.names if name not in flat]
        stored = file.read(columns=flat)
        stored.validate(full=True)  # text that is not UTF-8 would be noticed by whoever looks at it first
        read = stored.to_pandas()
        if read.index.names != [None]:
            read = read.reset_index()
    except TableError:
        raise
    except Exception as error:  # pyarrow raises OSError, UnicodeDecodeError, KeyError: whatever the damage leads to
        raise file_problem(shown, "cannot be read: it is cut short or damaged", "Download it again.") from error
    _check_header([str(name) for name in read.columns], 1, shown)
    for name in read.columns:
        _check_length([cell for cell in read[name] if isinstance(cell, str)], shown)
    if read.empty:
        raise _error(shown, "", "there are no rows in the table", "Export it again.")
    binary = [name for name in read.columns if read[name].map(lambda cell: isinstance(cell, bytes)).astype(bool).any()]
    read = read.drop(columns=binary)
    cells = {clean_text(str(name)): [clean_text(_plain(cell)) for cell in read[name]] for name in read.columns}
    text = pd.DataFrame(cells, dtype=str)
    text.index = pd.RangeIndex(2, len(text) + 2, name="row")
    left_out += binary
    notes = (
        [f"{shown}: left out the columns with lists, records or bytes in them: {listed(left_out)}"] if left_out else []
    )
    text.attrs = {"file": shown, "notes": notes}
    return text


def _plain(cell: object) -> str:
    if isinstance(cell, float):
        return "" if pd.isna(cell) else str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return "" if cell is None or cell is pd.NA or cell is pd.NaT else str(cell)


def _error(shown: str, row: object, problem: str, next_step: str) -> TableError:
    where = f", row {row}" if row != "" else ""
    found = {"file": shown, "row": row, "problem": problem, "next_step": next_step}
    return TableError(f"{shown}{where}: {problem}. {next_step}", [found])
