"""Files from strangers: is it there, how large is it, what does it hold, is its archive safe to open.

Nothing here looks inside a table or a layer; both readers come here first. The content decides what a file is,
and its name only has to agree.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo, is_zipfile

from s3geo.errors import FileProblem

if TYPE_CHECKING:
    import pyarrow.parquet as pq

__all__ = [
    "MEGABYTE",
    "agree",
    "check_archive",
    "clean_text",
    "file_problem",
    "flat_columns",
    "is_local",
    "local_file",
    "open_archive",
    "parquet_size",
    "read_member",
    "sniff",
    "spoken",
]

MEGABYTE = 1_000_000

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"SQLite format 3\x00", "sqlite"),
    (b"fgb\x03fgb", "flatgeobuf"),
    (b"PAR1", "parquet"),
    (b"\x00\x00\x27\x0a", "shapefile"),
    (b"\x1f\x8b", "gzip"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf", "7z"),
    (b"%PDF", "pdf"),
)

_NO_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")

_SPOKEN = {
    "zip": "a zip archive",
    "ole": "an old or password-protected Office file",
    "sqlite": "an SQLite database",
    "flatgeobuf": "a FlatGeobuf layer",
    "parquet": "a Parquet table",
    "shapefile": "a bare shapefile",
    "gzip": "a gzip archive",
    "rar": "a RAR archive",
    "7z": "a 7-Zip archive",
    "pdf": "a PDF document",
    "html": "a web page",
    "xml": "an XML document",
    "json": "JSON text",
    "text": "plain text",
    "binary": "binary data of an unknown kind",
    "empty": "nothing",
}


def file_problem(file: str, problem: str, next_step: str, *, row: object = "", code: str = "") -> FileProblem:
    """Build the error for one fault of one file: one sentence, and the same as a row of ``.problems``.

    Examples
    --------
    >>> print(file_problem("lep.zip", "is empty", "Download it again."))
    lep.zip is empty. Download it again.
    """
    row_of_table = {"file": file, "row": row, "code": code, "problem": problem, "next_step": next_step}
    return FileProblem(f"{file} {problem}. {next_step}", [row_of_table])


def is_local(path: str | Path) -> bool:
    """Return whether `path` names a file on this computer and nothing a library would fetch or unpack by itself.

    Examples
    --------
    >>> is_local("boundaries/lep.zip"), is_local("/vsicurl/x.zip"), is_local("https://example.org/x.zip")
    (True, False, False)
    """
    text = str(path).replace("\\", "/")
    return not (re.match(r"^[A-Za-z][\w+.-]+:", text) or text.startswith(("//", "/vsi")) or "\x00" in text)


def local_file(path: str | Path, *, most: int, name: str | None = None) -> Path:
    """Return `path` as an absolute path, once it is known to be a readable, non-empty file of bearable size.

    Parameters
    ----------
    path : str or Path
        A file on this computer.
    most : int
        Largest size accepted, in bytes.
    name : str, optional
        What to call the file in messages; default the last part of `path`.

    Raises
    ------
    FileProblem
        If there is no such file, or it is empty, a folder, too large or not readable.
    """
    shown = name or Path(path).name or str(path)
    if not is_local(path):
        raise file_problem(shown, "is not a file on this computer", "Download it first and give the path of the copy.")
    here = Path(path).expanduser().absolute()
    try:
        if here.is_dir():
            raise file_problem(shown, "is a folder", "Give the path of one file in it.")
        if not here.is_file():
            raise file_problem(shown, "does not exist", f"Check the path: {path}.")
        size = here.stat().st_size
        with here.open("rb"):
            pass
    except OSError as error:
        raise file_problem(shown, f"cannot be read ({error.strerror})", "Check the permissions of the file.") from error
    if size == 0:
        raise file_problem(shown, "is empty (0 bytes)", "Download or export it again.")
    if size > most:
        raise file_problem(
            shown,
            f"is too large ({size / MEGABYTE:,.0f} MB; at most {most / MEGABYTE:,.0f} MB)",
            "Use a more generalised or smaller version of it.",
        )
    return here


def sniff(head: bytes) -> str:
    """Say what a file holds, from its first bytes (about 4,000 are enough).

    Returns
    -------
    str
        One of zip, ole, sqlite, flatgeobuf, parquet, shapefile, gzip, rar, 7z, pdf, html, xml, json, text, binary,
        empty.

    Examples
    --------
    >>> sniff(b'{"type": "FeatureCollection"'), sniff(b"<!DOCTYPE html><html>"), sniff(b"code,value")
    ('json', 'html', 'text')
    """
    if not head:
        return "empty"
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text"
    return _sniff_text(head.removeprefix(b"\xef\xbb\xbf").lstrip())


def _sniff_text(text: bytes) -> str:
    if not text:
        return "empty"
    if text.startswith(b"<"):
        return "html" if re.search(rb"<(!doctype\s+html|html|head|body|table)\b", text[:2000], re.IGNORECASE) else "xml"
    control = sum(byte < 32 and byte not in b"\t\n\r\f" for byte in text)
    if b"\x00" in text or control > len(text) / 50:
        return "binary"
    return "json" if text.startswith((b"{", b"[")) else "text"


def spoken(kind: str) -> str:
    """Return a kind of `sniff` as words of a message.

    Examples
    --------
    >>> spoken("html")
    'a web page'
    """
    return _SPOKEN[kind]


def open_archive(source: bytes | Path, name: str) -> ZipFile:
    """Open a zip archive; the caller closes it.

    Raises
    ------
    FileProblem
        If it is cut short or is no zip archive.
    """
    handle: BinaryIO | Path = BytesIO(source) if isinstance(source, bytes) else source
    try:
        if not is_zipfile(handle):
            raise BadZipFile
        return ZipFile(handle)
    except (BadZipFile, OSError, ValueError, NotImplementedError) as error:
        problem = "is cut short or damaged: its zip directory is missing or cannot be read"
        raise file_problem(name, problem, "Download or export it again.") from error


def check_archive(
    archive: ZipFile, name: str, *, members: int = 200, total: int = 500 * MEGABYTE, ratio: int = 200
) -> list[ZipInfo]:
    """Check the members of an archive before anything is unpacked.

    Parameters
    ----------
    archive : ZipFile
        The open archive.
    name : str
        What to call it in messages.
    members : int
        Most members.
    total : int
        Most bytes once unpacked.
    ratio : int
        Most bytes unpacked from one byte, for members of more than 1 MB.

    Returns
    -------
    list of ZipInfo
        The files in it, without folders and without what macOS adds.

    Raises
    ------
    FileProblem
        If the archive is too large, expands too far, is encrypted, or names a member outside itself.
    """
    infos = archive.infolist()
    again = "Zip the files again, plainly, and without anything else."
    if len(infos) > members:
        raise file_problem(name, f"holds {len(infos):,} members (at most {members:,})", again)
    size = sum(info.file_size for info in infos)
    if size > total:
        unpacked = f"would unpack to {size / MEGABYTE:,.0f} MB (at most {total / MEGABYTE:,.0f} MB)"
        raise file_problem(name, unpacked, "Use a more generalised or smaller version of it.")
    for info in infos:
        parts = re.split(r"[/\\]", info.filename)
        if ".." in parts or parts[0] == "" or ":" in parts[0] or stat.S_ISLNK(info.external_attr >> 16):
            raise file_problem(name, f"holds a member that points outside the archive: {info.filename!r}", again)
        if info.flag_bits & 0x1:
            raise file_problem(name, "is protected by a password", "Remove the password and save it again.")
        if info.file_size > MEGABYTE and info.file_size > ratio * max(info.compress_size, 1):
            bomb = (
                f"expands suspiciously far: {info.filename!r} from {info.compress_size:,} to {info.file_size:,} bytes"
            )
            raise file_problem(name, bomb, again)
    return [info for info in infos if not info.is_dir() and not _of_macos(info.filename)]


def read_member(archive: ZipFile, info: ZipInfo, name: str) -> bytes:
    """Read one member of a checked archive; never more than it declares.

    Raises
    ------
    FileProblem
        If the member is damaged.
    """
    try:
        with archive.open(info) as member:  # read() without a size unpacks first and cuts to size afterwards
            return member.read(info.file_size + 1)
    except Exception as error:  # zlib, struct, EOF, CRC, unsupported compression: all mean the same to the reader
        raise file_problem(
            name, f"is damaged: {info.filename!r} in it cannot be unpacked", "Download it again."
        ) from error


def flat_columns(table: pq.ParquetFile) -> list[str]:
    """Return the columns of a Parquet table that have one value in a row, not lists or records of any length."""
    names = set(table.schema_arrow.names)
    stored = [table.schema.column(at) for at in range(table.metadata.num_columns)]
    return [one.path for one in stored if one.path in names and one.max_repetition_level == 0]


def parquet_size(source: Path | BinaryIO) -> int:
    """Return how many bytes the `flat_columns` of a Parquet table take with every value written out.

    A text that many rows share is stored once, so a small file can stand for more than there is memory. Here it is
    read as it is stored, and counted.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    with pq.ParquetFile(source) as plain:
        meta, names = plain.metadata, set(flat_columns(plain))
        flat = [one for at in range(meta.num_columns) if (one := plain.schema.column(at)).path in names]
        # not what a group says of each column: pyarrow ends the process where that is damaged
        declared = sum(meta.row_group(group).total_byte_size for group in range(meta.num_row_groups))
    total: int = max(declared, meta.num_rows * sum(max(one.length, 8) for one in flat))
    texts = [one.path for one in flat if one.physical_type == "BYTE_ARRAY"]
    if total > 500 * MEGABYTE or not texts:
        return total
    if not isinstance(source, Path):
        source.seek(0)
    with pq.ParquetFile(source, read_dictionary=texts) as stored:
        for column in texts:
            for values in stored.read(columns=[column], use_threads=False).itercolumns():
                for chunk in values.chunks:
                    if pa.types.is_dictionary(chunk.type):
                        lengths = pc.take(pc.binary_length(chunk.dictionary), chunk.indices)
                        total += pc.sum(lengths.cast("int64")).as_py() or 0
    return total


def clean_text(text: str) -> str:
    """Return a text of a stranger's with a sign in place of every character that no document or page can hold.

    Those are control characters, halves of pairs and what Unicode says is no character; Word and SVG refuse them. Line
    ends and tabs stay.

    Examples
    --------
    >>> clean_text("Lon" + chr(1) + "don")
    'Lon�don'
    """
    return text if text.isprintable() else _NO_CHARACTER.sub("\ufffd", text)


def agree(name: str, kind: str, allowed: Iterable[str], meant: str) -> None:
    """Raise FileProblem unless the content `kind` is one of those that the name of the file stands for."""
    if kind in set(allowed):
        return
    step = "Download it again: a web page was saved in its place." if kind == "html" else f"Save it again as {meant}."
    raise file_problem(name, f"is not what its name says: it holds {spoken(kind)}, not {meant}", step)


def _of_macos(member: str) -> bool:
    parts = member.split("/")
    return "__MACOSX" in parts or parts[-1].startswith("._") or parts[-1] == ".DS_Store"
