"""Files of organisations: which column is which, and CSV as Parquet, which both engines read in parts."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from s3geo.counts.lines import first_lines, lines_of, of_cells
from s3geo.errors import TableError, UsageError, listed
from s3geo.files import file_problem, local_file, sniff, spoken
from s3geo.tables.delimited import decode, delimiter_of

__all__ = ["ROLES", "Source", "open_source", "sources_of"]

ROLES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "organisationid", "orgid", "companynumber", "crn", "ukprn", "entref"),
    "postcode": ("postcode", "pcds", "pcd", "regaddresspostcode", "registeredpostcode"),
    "sector": ("sector", "sic", "siccode", "sic2007", "sic07", "siccodesictext1"),
    "kind": ("kind", "type", "organisationtype", "companycategory", "legalstatus"),
    "year": ("year", "period"),
}
"""What a column can mean, and the names it is known by: letters and digits in any case, other marks left out."""

_LARGEST = 10**14
_HEAD = 2_000_000


@dataclass(frozen=True)
class Source:
    """A file of organisations, as Parquet.

    Attributes
    ----------
    name : str
        What to call it in messages.
    path : Path
        Parquet file.
    columns : dict of str to str
        Role to the name of its column; the number to be added has the role "number".
    rows : int
    notes : tuple of str
    """

    name: str
    path: Path
    columns: dict[str, str]
    rows: int
    notes: tuple[str, ...] = ()


def sources_of(files: Sequence[str | Path]) -> list[Path]:
    """Return the files named, and of folders the .csv and .parquet files in them, sorted.

    Raises
    ------
    UsageError
        If there is none.
    """
    found: list[Path] = []
    for file in files:
        path = Path(file)
        if path.is_dir():
            found += sorted(one for one in path.iterdir() if one.suffix.lower() in (".csv", ".parquet"))
        else:
            found.append(path)
    if not found:
        raise UsageError("No file of organisations. Name files, or folders that hold .csv or .parquet files.")
    return found


def open_source(
    file: Path,
    folder: Path,
    *,
    number: str | None = None,
    given: Mapping[str, str] | None = None,
    roles: Mapping[str, tuple[str, ...]] = ROLES,
    needed: Sequence[str] = ("id", "postcode"),
) -> Source:
    """Find the columns of a file; a text file is rewritten as Parquet, with these columns only.

    Parameters
    ----------
    file : Path
        .csv (comma, semicolon, tab or bar; UTF-8, UTF-16 or Windows-1252) or .parquet.
    folder : Path
        Where to write Parquet.
    number : str, optional
        Name of the column to add up.
    given : mapping, optional
        Role to name of its column, where it goes by a name that is not known.
    roles : mapping
        Roles and the names they are known by.
    needed : sequence of str
        Roles that must be there.

    Raises
    ------
    FileProblem
        If the file is missing, empty or neither text nor Parquet.
    TableError
        If a column that is needed is missing, or a name fits several columns, or a row has too few or many cells.
    """
    path = local_file(file, most=_LARGEST)
    with path.open("rb") as handle:
        head = handle.read(_HEAD)
    kind = sniff(head[:4000])
    if kind == "parquet":
        try:
            footer = pq.ParquetFile(path)
        except (pa.ArrowException, OSError) as error:
            raise file_problem(path.name, "is damaged: its Parquet footer cannot be read", "Write it again.") from error
        columns = _columns(path.name, footer.schema_arrow.names, roles, number, given or {}, needed)
        return Source(path.name, _plainly_named(path, folder), columns, footer.metadata.num_rows)
    if kind != "text":
        step = "Give organisations as CSV or Parquet."
        raise file_problem(path.name, f"holds {spoken(kind)}", step)
    return _as_parquet(path, head, folder, roles, number, given or {}, needed)


def _next(folder: Path) -> Path:
    return folder / f"{len(list(folder.iterdir())):05}.parquet"


def _plainly_named(path: Path, folder: Path) -> Path:
    """Give a file a name in which no engine sees a pattern (*), a column (year=2020) or a hidden file (_x)."""
    if re.fullmatch(r"[\w/.-]+", str(path), re.ASCII) and not re.search(r"/[_.]", str(path)):
        return path
    link = _next(folder)
    try:
        link.symlink_to(path)
    except OSError:  # Windows lets not everyone link
        shutil.copyfile(path, link)
    return link


def _as_parquet(
    path: Path,
    head: bytes,
    folder: Path,
    roles: Mapping[str, tuple[str, ...]],
    number: str | None,
    given: Mapping[str, str],
    needed: Sequence[str],
) -> Source:
    text, encoding, notes = decode(first_lines(head, path.name) if len(head) == _HEAD else head, path.name)
    delimiter = delimiter_of(text)
    names = next(csv.reader([text.splitlines()[0]], delimiter=delimiter), [])
    columns = _columns(path.name, names, roles, number, given, needed)
    repeated = [name for name in columns.values() if names.count(name) > 1]
    if repeated:
        raise _of_columns(path.name, f"has several columns {listed(sorted(set(repeated)))}", "Rename all but one.")
    target = _next(folder)
    try:
        try:
            rows = _convert(path, target, columns, delimiter, encoding)
        except pa.ArrowInvalid as error:
            if encoding != "utf-8-sig" or "UTF8" not in str(error).upper().replace("-", ""):
                raise
            encoding = "cp1252"
            notes = [f"{path.name} is not UTF-8; it was read as Windows-1252: check letters such as £ and é"]
            rows = _convert(path, target, columns, delimiter, encoding)
        if rows + 1 != lines_of(path, encoding):
            of_cells(path, encoding, delimiter, rows)
        return Source(path.name, target, columns, rows, tuple(notes))
    except UnicodeDecodeError as error:
        problem = "is not whole UTF-16 text" if encoding == "utf-16" else "is neither UTF-8 nor Windows-1252 text"
        raise file_problem(path.name, problem, "Save it again as CSV UTF-8.") from error
    except pa.ArrowInvalid as error:
        if "straddl" in str(error):  # a cell that is longer than what is read at once
            of_cells(path, encoding, delimiter)
        problem = " ".join(str(error).split())[:160]
        step = "Mend that row, or save the table again from a spreadsheet."
        row = {"file": path.name, "problem": problem, "next_step": step}
        raise TableError(f"{path.name} cannot be read as a table: {problem}. {step}", [row]) from error


def _convert(path: Path, target: Path, columns: Mapping[str, str], delimiter: str, encoding: str) -> int:
    """Write the wanted columns as text, part by part; return the number of rows."""
    kept = list(dict.fromkeys(columns.values()))
    reader = pa_csv.open_csv(
        path,
        read_options=pa_csv.ReadOptions(encoding="utf8" if encoding == "utf-8-sig" else encoding),
        parse_options=pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(
            include_columns=kept,
            column_types={name: pa.string() for name in kept},
            null_values=[""],
            strings_can_be_null=True,
        ),
    )
    rows = 0
    with reader, pq.ParquetWriter(target, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


def _columns(
    file: str,
    names: Sequence[str],
    roles: Mapping[str, tuple[str, ...]],
    number: str | None,
    given: Mapping[str, str],
    needed: Sequence[str],
) -> dict[str, str]:
    """Return role to name of column."""
    unknown = [role for role in given if role not in roles]
    if unknown:
        raise UsageError(f"A column can be {', '.join(roles)}, not {listed(unknown)}.")
    by_key: dict[str, list[str]] = {}
    for name in names:
        by_key.setdefault(_key(name), []).append(name)

    def named(wanted: str) -> str:
        exact = [name for name in names if name == wanted] or by_key.get(_key(wanted), [])
        if len(exact) != 1:
            problem = "has no column" if not exact else "has several columns"
            raise _of_columns(file, f"{problem} {wanted!r}", f"Its columns are {listed(names, 20)}.")
        return exact[0]

    found: dict[str, str] = {}
    for role, known in roles.items():
        if role in given:
            found[role] = named(given[role])
            continue
        fitting = next((by_key[key] for key in known if key in by_key), [])
        if len(fitting) > 1:
            step = f"Say which is meant: --column {role}=NAME."
            raise _of_columns(file, f"has several columns for the {role}: {listed(fitting)}", step)
        if fitting:
            found[role] = fitting[0]
    missing = [role for role in needed if role not in found]
    if missing:
        step = f"Its columns are {listed(names, 20)}; say which is meant: --column {missing[0]}=NAME."
        raise _of_columns(file, f"has no column for {' and '.join(missing)}", step)
    return found | ({"number": named(number)} if number else {})


def _of_columns(file: str, problem: str, next_step: str) -> TableError:
    return TableError(f"{file} {problem}. {next_step}", [{"file": file, "problem": problem, "next_step": next_step}])


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", str(name).casefold())
