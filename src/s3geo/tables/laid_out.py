"""How much a workbook takes once it is laid out, counted before a reader lays it out.

The readers trust the places that cells give themselves: one cell in the last corner of a sheet makes them ask for
all the memory there is. So an XML parser counts first, whatever way the cells are written, and the readers get what it
has read and nothing else. It is stricter than they are: what it would understand otherwise than they is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import NamedTuple
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType
from zipfile import ZipFile

from s3geo.errors import TableError
from s3geo.files import MEGABYTE, check_archive, file_problem, read_member

__all__ = ["Limits", "safe_copy"]

_Act = Callable[[dict[str, str]], None]
"""What to do at the start of an element, given its attributes."""

_MOST_TEXT = 200 * MEGABYTE
_MOST_SPACES = 1_000_000
_MOST_LAID_OUT = 5_000_000
_MOST_TAGS = 14_000_000  # a cell with a text of its own has six
_LONG = 1_000  # bytes of a shared text from which on it is worth counting how often it is used
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})").fullmatch
_NUMBER = re.compile(r"[0-9]{1,9}").fullmatch
_NEEDED = re.compile(
    r"(xl|_rels)/.*\.(xml|rels)|\[Content_Types\]\.xml|META-INF/manifest\.xml|content\.xml|mimetype"
).fullmatch


class Limits(NamedTuple):
    """Most rows, columns and cells of a sheet."""

    rows: int
    columns: int
    cells: int

    @property
    def advice(self) -> str:
        """What to do with a sheet that has more."""
        kept = f"at most {self.rows:,} rows, {self.columns:,} columns and {self.cells:,} cells"
        return f"Keep {kept}, and clear cells far from the table."


def safe_copy(archive: ZipFile, file: str, limits: Limits) -> BytesIO:
    """Return the sheets of a workbook as an archive that no reader lays out in more memory than there is.

    Parameters
    ----------
    archive : ZipFile
        The workbook, .xlsx or .ods.
    file : str
        What to call it in messages.
    limits : Limits
        What one sheet may have.

    Raises
    ------
    FileProblem
        If it is no workbook, unsafe, damaged, or written as no spreadsheet writes it.
    TableError
        If a sheet has more than `limits`.
    """
    members = check_archive(archive, file, members=2_000, total=_MOST_TEXT, ratio=500)
    names = {info.filename for info in members}
    if "xl/workbook.bin" in names:
        raise file_problem(file, "is a binary Excel workbook", "Save it as .xlsx or CSV.")
    if "content.xml" not in names and "xl/workbook.xml" not in names:
        raise file_problem(file, "is a zip archive but no spreadsheet", "Save the table as .xlsx, .ods or CSV.")
    needed = sorted(name for name in names if _NEEDED(name))  # pictures and programs are not
    parts = {name: read_member(archive, archive.getinfo(name), file) for name in needed}
    shared = [_counted(part, file, limits) for name, part in parts.items() if name != "mimetype"]
    for lengths in shared:
        if max(lengths, default=0) > _LONG:
            used = max(_text_used(part, lengths, file) for name, part in parts.items() if name != "mimetype")
            if used > _MOST_TEXT:
                problem = f"has a sheet with {used / MEGABYTE:,.0f} MB of text"
                raise _too_large(file, problem, "Clear the columns with long texts.")
    copy = BytesIO()
    with ZipFile(copy, "w") as safe:
        for name, part in parts.items():
            safe.writestr(name, part)
    copy.seek(0)
    return copy


def _counted(part: bytes, file: str, limits: Limits) -> list[int]:
    """Count what one XML part stands for as cells; return the lengths of the texts that it shares, in bytes."""
    lengths: list[int] = []
    sheet = _Extent(file, limits)
    parser = _parser(lambda name, attributes: acts[name](attributes))
    acts = _ByLocalName({**_of_excel(sheet), **_of_opendocument(sheet), "si": _measuring(parser, lengths)})
    _parse(parser, part, file)
    return lengths


class _Extent:
    """How far a sheet reaches; it is refused as soon as that is too far."""

    def __init__(self, file: str, limits: Limits) -> None:
        self.file, self.limits = file, limits
        self.cells = self.height = self.width = 0

    def reach(self, row: int, column: int) -> None:
        if self.cells > self.limits.cells:
            raise _too_large(self.file, f"has a sheet of more than {self.limits.cells:,} cells", self.limits.advice)
        self.height, self.width = height, width = max(self.height, row), max(self.width, column)
        if height > self.limits.rows or width > self.limits.columns or height * width > _MOST_LAID_OUT:
            raise _too_large(self.file, f"has a sheet of {height:,} rows and {width:,} columns", self.limits.advice)


def _of_excel(sheet: _Extent) -> dict[str, _Act]:
    """Count cells that may say where they stand; those that do not come after the one before."""
    row = column = 0
    columns = _Columns()

    def next_row(attributes: dict[str, str]) -> None:
        nonlocal row, column
        if any(name.endswith(":r") for name in attributes):  # which the readers do not take for the row's number
            raise ExpatError("a row with two numbers")
        row, column = _whole(attributes, "r", row + 1), 0

    def cell(attributes: dict[str, str]) -> None:
        nonlocal column
        sheet.cells += 1
        column, at_row = column + 1, row
        if place := attributes.get("r"):
            if not (at := _PLACE(place)):
                raise ExpatError(f"a cell at {place!r}")
            letters, digits = at.groups()
            at_row, at_column = int(digits), columns[letters]
            column = max(column, at_column)
        if at_row > sheet.height or column > sheet.width or sheet.cells > sheet.limits.cells:
            sheet.reach(at_row, column)

    return {"row": next_row, "c": cell}


def _of_opendocument(sheet: _Extent) -> dict[str, _Act]:
    """Count rows and cells that say how often they stand; what comes after the last with something in it is nothing."""
    before = times = column = blank = 0

    def next_table(_: object) -> None:
        nonlocal before, times, column
        before = times = column = sheet.height = sheet.width = 0

    def next_row(attributes: dict[str, str]) -> None:
        nonlocal before, times, column
        before, times, column = before + times, _whole(attributes, "number-rows-repeated", 1), 0

    def cell(attributes: dict[str, str]) -> None:
        nonlocal column
        column += _whole(attributes, "number-columns-repeated", 1)
        if any(key.endswith(("value-type", "formula")) for key in attributes):
            sheet.reach(before + times, column)

    def text(_: object) -> None:
        if column:
            sheet.reach(before + times, column)

    def spaces(attributes: dict[str, str]) -> None:
        nonlocal blank
        blank += _whole(attributes, "c", 1)
        if blank > _MOST_SPACES:
            raise ExpatError("spaces without end")

    return {
        "table": next_table,
        "table-row": next_row,
        "table-cell": cell,
        "covered-table-cell": cell,
        "p": text,
        "s": spaces,
    }


def _measuring(parser: XMLParserType, lengths: list[int]) -> _Act:
    """Return what adds the length of each shared text to `lengths`."""
    began = 0

    def start(_: object) -> None:
        nonlocal began
        if parser.EndElementHandler is None:  # one in another ends with it
            began, parser.EndElementHandler = parser.CurrentByteIndex, end

    def end(name: str) -> None:
        if name.rpartition(":")[2] == "si":
            lengths.append(parser.CurrentByteIndex - began)
            parser.EndElementHandler = None

    return start


class _ByLocalName(dict[str, _Act]):
    """What to do with an element, found by its name without the prefix and kept by the whole one."""

    def __missing__(self, name: str) -> _Act:
        act = self[name] = self.get(name.rpartition(":")[2], _nothing)
        return act


class _Columns(dict[str, int]):
    """The number of a column: A is 1, AA is 27."""

    def __missing__(self, letters: str) -> int:
        number = 0
        for letter in letters:
            number = number * 26 + ord(letter) - 64
        self[letters] = number
        return number


def _nothing(_: object) -> None: ...


def _text_used(part: bytes, lengths: list[int], file: str) -> int:
    """Return how many bytes of shared texts the cells of a sheet name, however often it is the same one."""
    used = 0
    said: list[str] = []

    def start(name: str, _: object) -> None:
        if name.rpartition(":")[2] == "v":
            said.clear()
            parser.CharacterDataHandler, parser.EndElementHandler = said.append, end

    def end(_: str) -> None:
        nonlocal used
        number = "".join(said).strip()
        if _NUMBER(number) and int(number) < len(lengths):
            used += lengths[int(number)]
        parser.CharacterDataHandler = parser.EndElementHandler = None

    parser = _parser(start)
    parser.CommentHandler = _refuse  # it may part a number
    _parse(parser, part, file)
    return used


def _parser(start: Callable[[str, dict[str, str]], None]) -> XMLParserType:
    """Return a parser that takes the bytes for UTF-8, whatever a document says of itself, as the readers do."""
    parser = ParserCreate("utf-8")
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = parser.ProcessingInstructionHandler = _refuse
    return parser


def _refuse(*_: object) -> None:
    raise ExpatError("what the readers may read otherwise")


def _parse(parser: XMLParserType, part: bytes, file: str) -> None:
    try:
        if part.startswith((b"\xfe\xff", b"\xff\xfe")) or 0 in part[:2]:  # a mark of UTF-16 counts for more than UTF-8
            raise ExpatError("not in UTF-8")
        if part.count(b"<") > _MOST_TAGS:
            raise _too_large(
                file, f"holds more than {_MOST_TAGS:,} XML tags", "Save the table in a workbook of its own."
            )
        parser.Parse(part, True)
    except ExpatError as error:
        step = "Open it in a spreadsheet and save it again."
        raise file_problem(file, "cannot be read as a spreadsheet: it is cut short or damaged", step) from error


def _whole(attributes: dict[str, str], name: str, otherwise: int) -> int:
    said = [value for key, value in attributes.items() if key.rpartition(":")[2] == name]
    if not said:
        return otherwise
    if not all(map(_NUMBER, said)):
        raise ExpatError(f"{name} is {said[0]!r}")
    return max(map(int, said))


def _too_large(file: str, problem: str, next_step: str) -> TableError:
    return TableError(f"{file} {problem}. {next_step}", [{"file": file, "problem": problem, "next_step": next_step}])
