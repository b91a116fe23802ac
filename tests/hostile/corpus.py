"""Files that strangers might upload, each made by a few lines: what breaks readers, and what merely looks as if it did.

A maker takes an empty folder and returns the file it made there. `TABLES` and `LAYERS` say of each by what it should
be met: "refused" with an error of ours that names the file, or "read", cell by cell as text, polygon by polygon valid.
"""

from __future__ import annotations

import io
import json
import os
import random
import sqlite3
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely
import xlsxwriter

__all__ = ["LAYERS", "SECRET", "TABLES", "Entry", "Maker"]

Maker = Callable[[Path], Path]
SECRET = "the content of another file"
CODES = ["E37000051", "E37000007", "E37000010"]
GOOD = "code,2023\nE37000051,1\nE37000007,2\n"


class Entry(NamedTuple):
    """A maker and what its file should be met by: "refused" or "read"."""

    make: Maker
    expected: str


TABLES: dict[str, Entry] = {}
LAYERS: dict[str, Entry] = {}


def table(expected: str) -> Callable[[Maker], Maker]:
    return lambda make: TABLES.setdefault(make.__name__, Entry(make, expected)).make


def layer(expected: str) -> Callable[[Maker], Maker]:
    return lambda make: LAYERS.setdefault(make.__name__, Entry(make, expected)).make


def put(folder: Path, name: str, data: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def zipped(folder: Path, name: str, members: Iterable[tuple[str | zipfile.ZipInfo, str | bytes]]) -> Path:
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members:
            archive.writestr(member, data, zipfile.ZIP_DEFLATED)
    return folder / name


# --- tables ---------------------------------------------------------------------------------------------------------

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
STRINGS = "<si><t>code</t></si><si><t>2023</t></si><si><t>E37000051</t></si>"
CELLS = (
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    '<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2"><v>7</v></c></row>'
)


def xlsx(cells: str = CELLS, strings: str = STRINGS, doctype: str = "", part: str = "worksheets/sheet1.xml"):
    """Return the members of a small workbook."""
    to = "".join(
        f'<Relationship Id="r{i}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate([("worksheet", part), ("sharedStrings", "sharedStrings.xml")])
    )
    root = f'<Relationship Id="r0" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    sheets = '<sheets><sheet name="a" sheetId="1" r:id="r0"/></sheets>'
    return [
        ("[Content_Types].xml", "<Types/>"),
        ("_rels/.rels", f'<Relationships xmlns="{RELATIONS}">{root}</Relationships>'),
        ("xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{sheets}</workbook>'),
        ("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{RELATIONS}">{to}</Relationships>'),
        ("xl/sharedStrings.xml", f'<?xml version="1.0"?>{doctype}<sst xmlns="{MAIN}">{strings}</sst>'),
        (f"xl/{part}", f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'),
    ]  # fmt: skip


def ods(rows: str) -> list[tuple[str, str]]:
    """Return the members of an OpenDocument spreadsheet with these rows."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="a">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    mime = "application/vnd.oasis.opendocument.spreadsheet"
    return [("mimetype", mime), ("META-INF/manifest.xml", "<manifest/>"), ("content.xml", content)]


def ods_cell(text: str, repeat: int = 1) -> str:
    times = f' table:number-columns-repeated="{repeat}"' if repeat > 1 else ""
    if not text:
        return f"<table:table-cell{times}/>"
    return f'<table:table-cell office:value-type="string"{times}><text:p>{text}</text:p></table:table-cell>'


def ods_row(*cells: str, repeat: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeat}">{"".join(cells)}</table:table-row>'


ODS_GOOD = ods_row(ods_cell("code"), ods_cell("2023")) + ods_row(ods_cell(CODES[0]), ods_cell("7"))


@table("read")
def xlsx_as_it_should_be(folder: Path) -> Path:
    return zipped(folder, "a.xlsx", xlsx())


@table("refused")
def xlsx_zip_bomb(folder: Path) -> Path:
    return zipped(folder, "bomb.xlsx", [*xlsx(), ("xl/media/big.xml", bytes(60_000_000))])


@table("refused")
def xlsx_bomb_that_lies_about_its_size(folder: Path) -> Path:
    """Shared strings of 3 GB which the directory of the archive says to be 1 MB."""
    path = zipped(folder, "forged.xlsx", [one for one in xlsx() if "shared" not in one[0]])
    head = f'<sst xmlns="{MAIN}"><si><t>'.encode()
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = squeeze.compress(head) + squeeze.flush(zlib.Z_FULL_FLUSH)
    block = squeeze.compress(b"a" * 1_000_000) + squeeze.flush(zlib.Z_FULL_FLUSH)
    packed = first + block * 3_000 + squeeze.flush()
    said = head + b"a" * (1_000_000 - len(head))
    name, placeholder = "xl/sharedStrings.xml", b"?" * len(packed)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr(name, placeholder)
        at = archive.getinfo(name).header_offset
    data = bytearray(path.read_bytes())
    data[at + 30 + len(name) : at + 30 + len(name) + len(packed)] = packed
    sizes = struct.pack("<III", zlib.crc32(said), len(packed), len(said))
    data[at + 8 : at + 10], data[at + 14 : at + 26] = b"\x08\x00", sizes
    central = data.rindex(b"PK\x01\x02")
    data[central + 10 : central + 12], data[central + 16 : central + 28] = b"\x08\x00", sizes
    path.write_bytes(data)
    return path


@table("refused")
def xlsx_billion_laughs(folder: Path) -> Path:
    levels = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    doctype = f'<!DOCTYPE sst [<!ENTITY l0 "lol">{levels}]>'
    return zipped(folder, "laughs.xlsx", xlsx(strings=STRINGS.replace("code", "&l9;"), doctype=doctype))


@table("refused")
def xlsx_external_entity(folder: Path) -> Path:
    secret = put(folder, "secret.txt", SECRET)
    doctype = f'<!DOCTYPE sst [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    return zipped(folder, "entity.xlsx", xlsx(strings=STRINGS.replace("E37000051", "&x;"), doctype=doctype))


@table("refused")
def xlsx_with_a_password(folder: Path) -> Path:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016) + "EncryptedPackage".encode("utf-16-le") + bytes(1000)
    return put(folder, "locked.xlsx", ole)


@table("refused")
def xlsx_of_1997(folder: Path) -> Path:
    return put(folder, "old.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000))


@table("refused")
def xlsx_with_a_cell_far_away(folder: Path) -> Path:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return zipped(folder, "far.xlsx", xlsx(CELLS + far))


@table("refused")
def xlsx_with_a_far_cell_in_an_odd_place(folder: Path) -> Path:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return zipped(folder, "odd.xlsx", xlsx(CELLS + far, part="elsewhere/cells.dat"))


@table("refused")
def xlsx_with_a_long_text_in_every_cell(folder: Path) -> Path:
    text = random.Random(1).randbytes(200_000).hex()
    rows = "".join(f'<row r="{i}"><c r="A{i}" t="s"><v>3</v></c></row>' for i in range(3, 20_003))
    return zipped(folder, "long.xlsx", xlsx(CELLS + rows, strings=f"{STRINGS}<si><t>{text}</t></si>"))


@table("refused")
def xlsx_with_a_million_cells_and_no_references(folder: Path) -> Path:
    """Cells without their place in them, 20,000 a row."""
    rng = random.Random(5)
    row = "<row>" + "".join(f"<c><v>{rng.randrange(10**6)}</v></c>" for _ in range(20_000)) + "</row>"
    return zipped(folder, "unplaced.xlsx", xlsx(row * 50))


FAR = '<row r="200000"><c r="ALL200000"><v>1</v></c></row>'
"""A cell in row 200,000, column 1,000: few enough of either, but not of both."""


@table("refused")
def xlsx_with_a_far_cell_and_spaces_around_the_sign(folder: Path) -> Path:
    return zipped(folder, "spaces.xlsx", xlsx(CELLS + FAR.replace(" r=", " r = ")))


@table("refused")
def xlsx_with_a_far_cell_after_a_line_end(folder: Path) -> Path:
    return zipped(folder, "line.xlsx", xlsx(CELLS + FAR.replace("<c r=", "<c\nr=").replace("<row ", '<row a=">" ')))


@table("refused")
def xlsx_with_a_far_cell_in_small_letters(folder: Path) -> Path:
    return zipped(folder, "small.xlsx", xlsx(CELLS + FAR.replace("ALL", "all")))


@table("refused")
def xlsx_with_a_far_cell_under_another_prefix(folder: Path) -> Path:
    members = xlsx()
    far = FAR.replace("<", "<x:").replace("<x:/", "</x:")
    sheet = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{far}</x:sheetData></x:worksheet>'
    return zipped(folder, "prefix.xlsx", [*members[:-1], (members[-1][0], sheet)])


@table("refused")
def xlsx_whose_sheet_starts_late(folder: Path) -> Path:
    members = xlsx()
    sheet = f'<worksheet xmlns="{MAIN}">{" " * 100_100}<sheetData>{CELLS}{FAR}</sheetData></worksheet>'
    return zipped(folder, "late.xlsx", [*members[:-1], (members[-1][0], sheet)])


@table("refused")
def xlsx_with_a_far_cell_in_the_bytes_of_other_letters(folder: Path) -> Path:
    """To whoever believes its mark a sheet of Chinese text, to whoever does not one of cells."""
    members = xlsx()
    cells = f"<worksheet><sheetData>{FAR}</sheetData></worksheet>".encode()
    other = "\ufeff<a>".encode("utf-16-le") + cells + b" " * (len(cells) % 2) + "</a>".encode("utf-16-le")
    return zipped(folder, "letters.xlsx", [*members[:-1], (members[-1][0], other)])


@table("refused")
def xlsx_with_rows_that_count_on_from_a_far_one(folder: Path) -> Path:
    rows = '<row r="1048575"><c r="A1"><v>1</v></c></row><row><c><v>1</v></c></row>'
    return zipped(folder, "on.xlsx", xlsx(CELLS + rows))


@table("refused")
def xlsx_with_rows_of_two_numbers(folder: Path) -> Path:
    """The readers do not see the one with a prefix, and count on."""
    rows = "".join('<row x:r="1"><c><v>1</v></c></row>' for _ in range(300_000))
    members = xlsx()
    sheet = f'<worksheet xmlns="{MAIN}" xmlns:x="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    return zipped(folder, "two.xlsx", [*members[:-1], (members[-1][0], sheet)])


@table("read")
def xlsx_with_pictures_programs_and_notes(folder: Path) -> Path:
    """What is not a cell is left out before it is read; the workbook is read all the same."""
    extra = [
        ("xl/vbaProject.bin", random.Random(7).randbytes(5_000)),
        ("xl/media/image1.png", b"\x89PNG\r\n\x1a\n" + random.Random(8).randbytes(5_000)),
        ("xl/drawings/vmlDrawing1.vml", "<xml><br></xml>"),
        ("customXml/item1.xml", '<?xml version="1.0"?><?mso-contentType?><a/>'),
        ("xl/calcChain.xml", f'<calcChain xmlns="{MAIN}"><c r="B2" i="1"/></calcChain>'),
    ]
    return zipped(folder, "notes.xlsx", [*xlsx(), *extra])


@table("read")
def xlsx_with_formulas(folder: Path) -> Path:
    with xlsxwriter.Workbook(folder / "formulas.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["code", "note", "2023"])
        sheet.write_row(1, 0, [CODES[0], "@SUM(1)"])
        sheet.write_formula(1, 2, "=cmd|'/c calc'!A1", value=3)
        sheet.write_string(2, 0, '=HYPERLINK("https://example.org")')
    return folder / "formulas.xlsx"


@table("refused")
def csv_named_xlsx(folder: Path) -> Path:
    return put(folder, "text.xlsx", GOOD)


@table("refused")
def zip_without_a_sheet_named_ods(folder: Path) -> Path:
    return zipped(folder, "photos.ods", [("a.jpg", b"\xff\xd8")])


@table("refused")
def ods_with_a_million_columns(folder: Path) -> Path:
    return zipped(folder, "columns.ods", ods(ODS_GOOD + ods_row(ods_cell("x", 1_048_576))))


@table("refused")
def ods_with_repeats_of_repeats(folder: Path) -> Path:
    rows = "".join(ods_row(ods_cell("", 16_000), ods_cell("x"), repeat=999) for _ in range(40))
    return zipped(folder, "repeats.ods", ods(ODS_GOOD + rows))


@table("refused")
def ods_with_repeats_behind_another_sign(folder: Path) -> Path:
    """An attribute may hold the sign that ends a tag."""
    far = ods_row(ods_cell("x", 30_000_000).replace("office:", 'table:formula="a>b" office:'))
    return zipped(folder, "behind.ods", ods(ODS_GOOD + far))


@table("refused")
def ods_with_repeats_and_spaces_around_the_sign(folder: Path) -> Path:
    return zipped(folder, "spaces.ods", ods(ODS_GOOD + ods_row(ods_cell("x", 30_000_000)).replace('="', ' = "')))


@table("refused")
def ods_with_spaces_without_end(folder: Path) -> Path:
    """One element stands for a hundred million spaces."""
    spaces = ods_cell("a").replace("<text:p>a", '<text:p>a<text:s text:c="100000000"/>b')
    return zipped(folder, "blank.ods", ods(ODS_GOOD + ods_row(ods_cell(CODES[1]), spaces)))


@table("refused")
def ods_as_wide_as_one_row_and_as_high_as_one_column(folder: Path) -> Path:
    wide, high = ods_row(ods_cell("x", 2_000)), ods_row(ods_cell("x"), repeat=190_000)
    return zipped(folder, "corner.ods", ods(ODS_GOOD + wide + high))


@table("read")
def ods_with_empty_rows_and_columns_to_the_end(folder: Path) -> Path:
    """Every spreadsheet that LibreOffice saves looks like this."""
    empty = ods_row(ods_cell("", 16_384), repeat=1_048_574)
    return zipped(folder, "plain.ods", ods(ODS_GOOD + empty))


@table("refused")
def csv_that_is_a_picture(folder: Path) -> Path:
    return put(folder, "picture.csv", b"\x89PNG\r\n\x1a\n" + random.Random(2).randbytes(50_000))


@table("refused")
def csv_in_utf16_without_a_mark(folder: Path) -> Path:
    return put(folder, "utf16.csv", GOOD.encode("utf-16-le"))


@table("refused")
def csv_with_nul_bytes_far_down(folder: Path) -> Path:
    return put(folder, "nul.csv", GOOD * 1_000 + "E37000010,\x003\n")


@table("refused")
def csv_in_a_japanese_encoding(folder: Path) -> Path:
    return put(folder, "japanese.csv", "code,値\nE37000051,一\n".encode("shift_jis") + b"\x81\x8d\n")


@table("refused")
def csv_with_a_million_columns(folder: Path) -> Path:
    return put(folder, "wide.csv", ",".join(f"c{i}" for i in range(1_000_000)) + "\n" + "1," * 999_999 + "1\n")


@table("refused")
def csv_with_300_000_rows(folder: Path) -> Path:
    return put(folder, "rows.csv", "code,2023\n" + "E37000051,1\n" * 300_000)


@table("refused")
def csv_with_25_million_short_cells(folder: Path) -> Path:
    return put(
        folder, "cells.csv", ",".join(f"c{i}" for i in range(250)) + "\n" + (",".join(["ab"] * 250) + "\n") * 65_000
    )


@table("read")
def csv_with_200_000_names_that_are_nearly_right(folder: Path) -> Path:
    """As many rows as may be, each nearly a name: what they may have meant is looked for only so long."""
    names = (f"Greater Manchstr {i},{i}\n" for i in range(199_999))
    return put(folder, "nearly.csv", "name,2023\nLondon,1\n" + "".join(names))


@table("refused")
def csv_with_a_cell_of_a_megabyte(folder: Path) -> Path:
    return put(folder, "cell.csv", f"{GOOD}E37000010,{'a' * 1_000_000}\n")


@table("refused")
def csv_with_200_000_series(folder: Path) -> Path:
    return put(folder, "series.csv", "code,indicator,value\n" + "".join(f"{CODES[0]},x{n},1\n" for n in range(199_999)))


@table("refused")
def csv_with_2_000_periods(folder: Path) -> Path:
    return put(folder, "periods.csv", "code,period,value\n" + "".join(f"{CODES[0]},{n},1\n" for n in range(2_000)))


@table("refused")
def csv_of_one_line_of_60_mb(folder: Path) -> Path:
    return put(folder, "line.csv", b"a" * 60_000_000)


@table("refused")
def csv_of_one_field_of_49_mb(folder: Path) -> Path:
    return put(folder, "field.csv", b'code,2023\n"' + b"a" * 49_000_000)


@table("refused")
def csv_of_49_mb_of_commas(folder: Path) -> Path:
    return put(folder, "commas.csv", b"," * 49_000_000)


@table("refused")
def csv_that_is_a_sign_in_page(folder: Path) -> Path:
    return put(folder, "page.csv", "\n<!DOCTYPE html><html><body><form>Sign in</form></body></html>")


@table("refused")
def csv_of_a_header_alone(folder: Path) -> Path:
    return put(folder, "header.csv", "code,2023\n")


@table("refused")
def csv_with_the_same_header_twice(folder: Path) -> Path:
    return put(folder, "twice.csv", "code,2023,2023\nE37000051,1,2\n")


@table("refused")
def csv_of_spaces(folder: Path) -> Path:
    return put(folder, "spaces.csv", " \n" * 100_000)


@table("refused")
def csv_with_an_open_quotation(folder: Path) -> Path:
    return put(folder, "quote.csv", GOOD + '"' + GOOD * 20_000)


@table("read")
def csv_with_codes_nan_and_infinity(folder: Path) -> Path:
    return put(folder, "codes.csv", GOOD + "nan,1\ninf,2\n-inf,3\nNULL,4\n1e5,5\n")


@table("refused")
def csv_with_mixed_types(folder: Path) -> Path:
    return put(folder, "mixed.csv", GOOD + "E37000010,2023-05-01\nE37000015,TRUE\nE37000016,many\n")


@table("refused")
def csv_with_values_beyond_numbers(folder: Path) -> Path:
    return put(folder, "huge.csv", GOOD + "E37000010,1e400\n")


@table("refused")
def csv_with_infinite_values(folder: Path) -> Path:
    return put(folder, "inf.csv", GOOD + "E37000010,inf\nE37000015,-Infinity\n")


@table("read")
def csv_with_right_to_left_and_invisible_names(folder: Path) -> Path:
    names = "\u202eevil\u202c,3\n\u200bLondon\u200b,4\n\ufeffDorset,5\nمانشستر,6\n"
    return put(folder, "names.csv", "name,2023\nLondon,1\nCumbria,2\n" + names)


@table("read")
def csv_with_scripts_for_names(folder: Path) -> Path:
    names = [
        "</script><script>alert(1)</script>",
        "`${alert(1)}`",
        "' OR 1=1 --",
        "<img src=x onerror=alert(1)>",
        "{{7*7}}",
    ]
    return put(folder, "scripts.csv", "name,2023\nLondon,1\n" + "".join(f'"{name}",2\n' for name in names))


@table("refused")
def parquet_cut_short(folder: Path) -> Path:
    pd.DataFrame({"code": CODES, "2023": [1, 2, 3]}).to_parquet(folder / "cut.parquet")
    return put(folder, "cut.parquet", (folder / "cut.parquet").read_bytes()[:-40])


@table("read")
def parquet_with_lists_in_cells(folder: Path) -> Path:
    cells = pa.table({"code": CODES, "2023": [1, 2, 3], "list": [[1], [], None], "nested": [{"a": [b"x"]}] * 3})
    pq.write_table(cells, folder / "nested.parquet")
    return folder / "nested.parquet"


@table("refused")
def parquet_of_one_long_text_many_times(folder: Path) -> Path:
    """Three kilobytes on disk, 4 GB once every row has its own copy."""
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 4_000, pa.int32()), pa.array(["a" * 1_000_000]))
    codes = pa.array([CODES[0]] * 4_000)
    pq.write_table(pa.table({"code": codes, "2023": column}), folder / "long.parquet", dictionary_pagesize_limit=2**24)
    return folder / "long.parquet"


@table("refused")
def parquet_of_long_values_of_one_length(folder: Path) -> Path:
    """Their length stands in the schema, and one of them is stored."""
    values = pa.array([b"a" * 1_000_000] * 1_000, pa.binary(1_000_000))
    pq.write_table(pa.table({"code": [CODES[0]] * 1_000, "2023": values}), folder / "fixed.parquet",
                   compression="zstd", dictionary_pagesize_limit=2**24)  # fmt: skip
    return folder / "fixed.parquet"


@table("read")
def parquet_with_millions_of_values_in_a_cell(folder: Path) -> Path:
    """Lists are left out: how long they are is known when they are read."""
    many = pa.ListArray.from_arrays(pa.array([0, 20_000_000], pa.int32()), pa.nulls(20_000_000, pa.int64()))
    pq.write_table(
        pa.table({"code": [CODES[0]], "2023": [1], "list": many}), folder / "lists.parquet", compression="zstd"
    )
    return folder / "lists.parquet"


@table("refused")
def parquet_of_two_million_rows(folder: Path) -> Path:
    pq.write_table(pa.table({"code": pa.repeat("E37000051", 2_000_000)}), folder / "rows.parquet", row_group_size=100)
    return folder / "rows.parquet"


# --- boundaries -----------------------------------------------------------------------------------------------------


def squares() -> gpd.GeoDataFrame:
    boxes = [shapely.box(x, 200_000, x + 50_000, 250_000) for x in (300_000, 350_000, 400_000)]
    names = ["London", "Cumbria", "Dorset"]
    return gpd.GeoDataFrame({"LEP21CD": CODES, "LEP21NM": names}, geometry=boxes, crs="EPSG:27700")


def shapefile() -> dict[str, bytes]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        squares().to_file(Path(folder, "LEP.shp"), engine="pyogrio")
        return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


def geojson(folder: Path, name: str, edit: Callable[[dict], object]) -> Path:
    document = json.loads(squares().to_crs("EPSG:4326").to_json())
    document.pop("crs", None)
    edit(document)
    return put(folder, name, json.dumps(document))


def with_geometry(folder: Path, name: str, geometry: object) -> Path:
    return geojson(folder, name, lambda document: document["features"][0].update(geometry=geometry))


def with_ring(folder: Path, name: str, ring: object) -> Path:
    return with_geometry(folder, name, {"type": "Polygon", "coordinates": [ring]})


@layer("read")
def shapefile_as_it_should_be(folder: Path) -> Path:
    return zipped(folder, "lep.zip", shapefile().items())


@layer("refused")
def layer_zip_bomb(folder: Path) -> Path:
    return zipped(folder, "bomb.zip", [*shapefile().items(), ("LEP.sbn", bytes(60_000_000))])


@layer("refused")
def layer_zip_in_a_zip(folder: Path) -> Path:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("LEP.shp", shapefile()["LEP.shp"])
    return zipped(folder, "nested.zip", [("inner.zip", inner.getvalue())])


@layer("refused")
def layer_that_climbs_out(folder: Path) -> Path:
    return zipped(folder, "climb.zip", [*shapefile().items(), ("../../evil.shp", b"x")])


@layer("refused")
def layer_with_an_absolute_name(folder: Path) -> Path:
    return zipped(folder, "absolute.zip", [*shapefile().items(), (str(folder / "evil.shp"), b"x")])


@layer("refused")
def layer_with_a_windows_path(folder: Path) -> Path:
    return zipped(folder, "windows.zip", [*shapefile().items(), ("C:\\evil.shp", b"x")])


@layer("refused")
def layer_with_a_symbolic_link(folder: Path) -> Path:
    link = zipfile.ZipInfo("LEP.prj")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    parts = {name: data for name, data in shapefile().items() if name != "LEP.prj"}
    return zipped(folder, "link.zip", [*parts.items(), (link, "../../secret")])


@layer("refused")
def layer_with_a_password(folder: Path) -> Path:
    path = zipped(folder, "locked.zip", shapefile().items())
    data = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(signature, at + 1)) >= 0:
            data[at + flags] |= 1
    return put(folder, "locked.zip", bytes(data))


@layer("refused")
def layer_with_5_000_members(folder: Path) -> Path:
    return zipped(folder, "members.zip", [*shapefile().items(), *((f"{i}.txt", b"") for i in range(5_000))])


@layer("refused")
def layer_zip_cut_short(folder: Path) -> Path:
    path = zipped(folder, "cut.zip", shapefile().items())
    return put(folder, "cut.zip", path.read_bytes()[:-60])


@layer("refused")
def shapefile_cut_short(folder: Path) -> Path:
    parts = shapefile()
    return zipped(folder, "short.zip", (parts | {"LEP.shp": parts["LEP.shp"][:-50]}).items())


@layer("refused")
def shapefile_with_a_record_of_two_billion_parts(folder: Path) -> Path:
    parts = shapefile()
    record = bytearray(parts["LEP.shp"])
    record[144:152] = struct.pack("<ii", 2**31 - 1, 2**31 - 1)
    return zipped(folder, "parts.zip", (parts | {"LEP.shp": bytes(record)}).items())


def without(folder: Path, suffix: str) -> Path:
    return zipped(folder, f"no-{suffix}.zip", [one for one in shapefile().items() if not one[0].endswith(suffix)])


@layer("refused")
def shapefile_without_shx(folder: Path) -> Path:
    return without(folder, "shx")


@layer("refused")
def shapefile_without_dbf(folder: Path) -> Path:
    return without(folder, "dbf")


@layer("refused")
def shapefile_without_prj(folder: Path) -> Path:
    return without(folder, "prj")


@layer("refused")
def vrt_named_geojson(folder: Path) -> Path:
    put(folder, "secret.csv", SECRET)
    source = f"<SrcDataSource>{folder / 'secret.csv'}</SrcDataSource>"
    return put(
        folder, "vrt.geojson", f'<OGRVRTDataSource><OGRVRTLayer name="a">{source}</OGRVRTLayer></OGRVRTDataSource>'
    )


@layer("refused")
def vrt_in_a_zip_that_fetches(folder: Path) -> Path:
    vrt = "<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>/vsicurl/http://127.0.0.1:9/a</SrcDataSource>"
    return zipped(folder, "vrt.zip", [("LEP.gpkg", vrt + "</OGRVRTLayer></OGRVRTDataSource>")])


@layer("refused")
def geojson_whose_crs_is_an_address(folder: Path) -> Path:
    """Nothing is fetched."""
    crs = {"type": "link", "properties": {"name": "/vsicurl/http://127.0.0.1:9/crs", "href": "http://127.0.0.1:9/crs"}}
    return geojson(folder, "address.geojson", lambda document: document.update(crs=crs))


@layer("refused")
def geopackage_of_text(folder: Path) -> Path:
    return put(folder, "text.gpkg", GOOD)


@layer("refused")
def geopackage_that_is_another_database(folder: Path) -> Path:
    with sqlite3.connect(folder / "other.gpkg") as database:
        database.execute("CREATE TABLE a (b)")
    database.close()
    return folder / "other.gpkg"


def geopackage(folder: Path, name: str, *statements: str) -> Path:
    path = folder / name
    squares().to_file(path, layer="areas", engine="pyogrio")
    database = sqlite3.connect(path)
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()
    return path


@layer("refused")
def geopackage_with_an_endless_view(folder: Path) -> Path:
    view = (
        "CREATE VIEW endless AS WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x) "
        "SELECT n AS fid, geom, LEP21CD, LEP21NM FROM x, areas"
    )
    renamed = [
        f"UPDATE {table} SET table_name = 'endless'"
        for table in ("gpkg_contents", "gpkg_geometry_columns", "gpkg_ogr_contents")
    ]
    return geopackage(folder, "view.gpkg", "DELETE FROM gpkg_extensions", "PRAGMA foreign_keys = OFF", view, *renamed)


@layer("refused")
def geopackage_with_a_virtual_table(folder: Path) -> Path:
    """A table that a module fills, here with the statements of the database: it could be another file."""
    return geopackage(folder, "virtual.gpkg", "CREATE VIRTUAL TABLE other USING fts5(text)")


@layer("refused")
def geopackage_with_a_generated_column(folder: Path) -> Path:
    """Its expression runs for every row that is read."""
    long = "instr(hex(zeroblob(5000000)), hex(zeroblob(1000000)) || '1')"
    return geopackage(folder, "generated.gpkg", f"ALTER TABLE areas ADD COLUMN more INTEGER AS ({long})")


@layer("read")
def geopackage_with_a_trigger(folder: Path) -> Path:
    """It is opened for reading only, so a trigger never runs."""
    trigger = "CREATE TRIGGER wipe AFTER INSERT ON gpkg_contents BEGIN DELETE FROM areas; END"
    return geopackage(folder, "trigger.gpkg", trigger)


@layer("refused")
def geopackage_cut_short(folder: Path) -> Path:
    path = geopackage(folder, "cut.gpkg")
    return put(folder, "cut.gpkg", path.read_bytes()[:-5_000])


@layer("refused")
def flatgeobuf_with_noise_in_it(folder: Path) -> Path:
    squares().to_file(folder / "noise.fgb", engine="pyogrio")
    data = (folder / "noise.fgb").read_bytes()
    return put(folder, "noise.fgb", data[:60] + random.Random(3).randbytes(200) + data[260:])


@layer("refused")
def geojson_with_broken_rings(folder: Path) -> Path:
    return with_ring(folder, "rings.geojson", [[-2.0, 52.0], [-1.9, 52.0]])


@layer("refused")
def geojson_with_a_ring_of_words(folder: Path) -> Path:
    return with_ring(folder, "words.geojson", [["a", "b"], ["c", "d"], ["e", "f"], ["a", "b"]])


@layer("read")
def geojson_with_a_bow_tie(folder: Path) -> Path:
    return with_ring(folder, "bow.geojson", [[-2, 52], [-1, 53], [-1, 52], [-2, 53], [-2, 52]])


@layer("refused")
def geojson_with_a_tangle(folder: Path) -> Path:
    """One polygon of 20,000 corners at random, which cross each other tens of millions of times."""
    rng = random.Random(4)
    ring = [[rng.uniform(-2, -1), rng.uniform(52, 53)] for _ in range(20_000)]
    return with_ring(folder, "tangle.geojson", [*ring, ring[0]])


def scribble(
    corners: int, seed: int, within: tuple[float, float, float, float] = (-2, 52, -1, 53)
) -> list[list[float]]:
    rng, (west, south, east, north) = random.Random(seed), within
    ring = [[rng.uniform(west, east), rng.uniform(south, north)] for _ in range(corners)]
    return [*ring, ring[0]]


@layer("refused")
def geojson_with_three_small_tangles(folder: Path) -> Path:
    """None of them is large, together they take a quarter of a minute."""

    def edit(document: dict) -> None:
        for seed, feature in enumerate(document["features"]):
            feature["geometry"] = {"type": "Polygon", "coordinates": [scribble(998, seed)]}

    return geojson(folder, "three.geojson", edit)


@layer("refused")
def geojson_with_a_tangle_in_a_long_coast(folder: Path) -> Path:
    """A hundredth of the corners cross, all in one piece between others that do not."""
    steps = 200_000
    coast = [[-2 + n / steps, 52 + (n % 2) / steps] for n in range(steps)]
    ring = [
        *coast[: steps // 3],
        *scribble(2_000, 1, (-1.7, 52.1, -1.6, 52.2)),
        *coast[steps // 3 :],
        [-1, 53],
        [-2, 53],
    ]
    return with_ring(folder, "coast.geojson", [*ring, ring[0]])


@layer("refused")
def geojson_of_10_000_areas(folder: Path) -> Path:
    def edit(document: dict) -> None:
        first = document["features"][0]
        document["features"] = [first | {"properties": {"LEP21CD": f"X{n}", "LEP21NM": f"x{n}"}} for n in range(10_000)]

    return geojson(folder, "many.geojson", edit)


@layer("refused")
def geojson_with_a_name_as_long_as_a_book(folder: Path) -> Path:
    return geojson(folder, "book.geojson", lambda d: d["features"][0]["properties"].update(LEP21NM="a" * 100_000))


@layer("read")
def geoparquet_with_millions_of_values_in_a_cell(folder: Path) -> Path:
    squares().to_parquet(folder / "lists.parquet")
    table = pq.read_table(folder / "lists.parquet")
    offsets = pa.array([0, 10_000_000, 10_000_000, 10_000_000], pa.int32())
    many = pa.ListArray.from_arrays(offsets, pa.nulls(10_000_000, pa.int64()))
    pq.write_table(table.append_column("list", many), folder / "lists.parquet", compression="zstd")
    return folder / "lists.parquet"


@layer("refused")
def geojson_with_an_empty_geometry(folder: Path) -> Path:
    return with_geometry(folder, "empty.geojson", {"type": "Polygon", "coordinates": []})


@layer("refused")
def geojson_with_no_geometry(folder: Path) -> Path:
    return with_geometry(folder, "null.geojson", None)


@layer("refused")
def geojson_of_points(folder: Path) -> Path:
    return with_geometry(folder, "points.geojson", {"type": "Point", "coordinates": [-2, 52]})


@layer("refused")
def geojson_with_coordinates_that_are_no_numbers(folder: Path) -> Path:
    return with_ring(folder, "nan.geojson", [[float("nan"), 52], [-1, float("inf")], [-1, 52], [float("nan"), 52]])


@layer("refused")
def geojson_with_coordinates_beyond_the_universe(folder: Path) -> Path:
    return with_ring(folder, "far.geojson", [[1e308, -1e308], [1e308, 1e308], [-1e308, 1e308], [1e308, -1e308]])


@layer("refused")
def geojson_of_web_map_metres(folder: Path) -> Path:
    metres = squares().to_crs("EPSG:3857").set_crs("EPSG:4326", allow_override=True)
    return put(folder, "metres.geojson", metres.to_json())


@layer("refused")
def geojson_nested_100_000_deep(folder: Path) -> Path:
    return put(folder, "deep.geojson", '{"type":"FeatureCollection","features":' + "[" * 100_000 + "]" * 100_000 + "}")


@layer("refused")
def geojson_with_collections_in_collections(folder: Path) -> Path:
    geometry: dict[str, object] = {"type": "Point", "coordinates": [-2, 52]}
    for _ in range(400):
        geometry = {"type": "GeometryCollection", "geometries": [geometry]}
    return with_geometry(folder, "collections.geojson", geometry)


@layer("refused")
def geojson_with_one_code_20_000_times(folder: Path) -> Path:
    return geojson(
        folder, "copies.geojson", lambda document: document.update(features=document["features"][:1] * 20_000)
    )


@layer("read")
def geojson_with_a_line_break_in_a_code(folder: Path) -> Path:
    def edit(document: dict) -> None:
        document["features"][0]["properties"]["LEP21CD"] = "E37000051\n<b>"

    return geojson(folder, "break.geojson", edit)


@layer("refused")
def geojson_with_properties_that_are_lists(folder: Path) -> Path:
    return geojson(folder, "lists.geojson", lambda document: document["features"][0].update(properties=[1, 2]))


@layer("refused")
def geojson_of_a_million_empty_features(folder: Path) -> Path:
    feature = '{"type":"Feature","geometry":null,"properties":{}}'
    features = ",".join([feature] * 960_000)
    return put(folder, "million.geojson", f'{{"type":"FeatureCollection","features":[{features}]}}')


@layer("refused")
def geojson_with_a_number_of_100_000_digits(folder: Path) -> Path:
    ring = f"[[{'9' * 100_000},52],[-1,52],[-1,53]]"
    return put(
        folder,
        "digits.geojson",
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"LEP21CD":"a","LEP21NM":"b"},'
        f'"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}]}}',
    )


@layer("refused")
def geoparquet_cut_short(folder: Path) -> Path:
    squares().to_parquet(folder / "cut.parquet")
    return put(folder, "cut.parquet", (folder / "cut.parquet").read_bytes()[:-40])


@layer("refused")
def geoparquet_of_one_long_name_many_times(folder: Path) -> Path:
    names = pa.DictionaryArray.from_arrays(pa.array([0] * 4_000, pa.int32()), pa.array(["a" * 1_000_000]))
    shape = shapely.box(-2, 52, -1, 53).wkb
    geo = {"version": "1.0.0", "primary_column": "geometry",
           "columns": {"geometry": {"encoding": "WKB", "geometry_types": []}}}  # fmt: skip
    frame = pa.table({"code": [str(i) for i in range(4_000)], "name": names, "geometry": [shape] * 4_000})
    pq.write_table(frame.replace_schema_metadata({"geo": json.dumps(geo)}), folder / "long.parquet",
                   dictionary_pagesize_limit=2**24)  # fmt: skip
    return folder / "long.parquet"


def waiting(folder: Path) -> Path:
    """Make a pipe that nobody writes to: whoever opens it waits for ever, which no reader hides."""
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def with_crs(folder: Path, name: str, crs: str) -> Path:
    named = {"type": "name", "properties": {"name": crs}}
    return geojson(folder, name, lambda document: document.update(crs=named))


def geographic(extension: str) -> str:
    datum = f'DATUM["d",SPHEROID["bessel",6377397.155,299.15]{extension}]'
    return f'GEOGCS["b",{datum},PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]'


@layer("refused")
def geojson_whose_crs_is_a_file(folder: Path) -> Path:
    return with_crs(folder, "init.geojson", f"+init={waiting(folder)}:1")


@layer("refused")
def geojson_whose_crs_is_a_file_without_the_sign(folder: Path) -> Path:
    return with_crs(folder, "plain.geojson", f"init={waiting(folder)}:1")


@layer("refused")
def geojson_whose_crs_has_a_grid(folder: Path) -> Path:
    return with_crs(folder, "grid.geojson", f"+proj=longlat +ellps=bessel +nadgrids={waiting(folder)} +type=crs")


@layer("refused")
def shapefile_whose_crs_has_a_grid(folder: Path) -> Path:
    stated = geographic(f',EXTENSION["PROJ4_GRIDS","{waiting(folder)}"]')
    parts = {name: stated.encode() if name.endswith(".prj") else part for name, part in shapefile().items()}
    return zipped(folder, "grid.zip", parts.items())


@layer("refused")
def shapefile_whose_crs_has_a_name_of_2_mb(folder: Path) -> Path:
    """PROJ looks at it again and again."""
    stated = geographic("").replace('GEOGCS["b"', f'GEOGCS["{"b" * 2_500_000}"')
    parts = {name: stated.encode() if name.endswith(".prj") else part for name, part in shapefile().items()}
    return zipped(folder, "name.zip", parts.items())


@layer("refused")
def geojson_with_a_type_of_20_mb(folder: Path) -> Path:
    return with_geometry(folder, "type.geojson", {"type": "é" * 10_000_000, "coordinates": []})


@layer("refused")
def shapefile_whose_crs_is_a_program(folder: Path) -> Path:
    step = f"PROJ-based operation method: +proj=pipeline +step +proj=xyzgridshift +grids={waiting(folder)}"
    base = 'BASEGEODCRS["b",DATUM["d",ELLIPSOID["e",6377397.155,299.15]]]'
    axes = 'CS[ellipsoidal,2],AXIS["lat",north],AXIS["lon",east],UNIT["degree",0.0174532925199433]'
    stated = f'GEODCRS["a",{base},DERIVINGCONVERSION["c",METHOD["{step}"]],{axes}]'
    parts = {name: stated.encode() if name.endswith(".prj") else part for name, part in shapefile().items()}
    return zipped(folder, "program.zip", parts.items())


@layer("refused")
def geopackage_whose_crs_has_a_grid(folder: Path) -> Path:
    stated = geographic(f',EXTENSION["PROJ4_GRIDS","{waiting(folder)}"]')
    update = f"UPDATE gpkg_spatial_ref_sys SET organization = 'x', definition = '{stated}' WHERE srs_id = 27700"
    return geopackage(folder, "grid.gpkg", update)


@layer("refused")
def geopackage_whose_crs_is_a_file(folder: Path) -> Path:
    """GDAL puts the name of the organisation and the number together, and asks PROJ what that is."""
    update = f"UPDATE gpkg_spatial_ref_sys SET organization = '+init={waiting(folder)}' WHERE srs_id = 27700"
    return geopackage(folder, "init.gpkg", update)


@layer("refused")
def flatgeobuf_whose_crs_is_a_file(folder: Path) -> Path:
    pipe = str(waiting(folder))
    stated = geographic(f',EXTENSION["PROJ4_GRIDS","{pipe[:-1]}x"]')  # whoever writes it opens it too
    squares().to_crs(4326).set_crs(stated, allow_override=True).to_file(folder / "grid.fgb", engine="pyogrio")
    data = (folder / "grid.fgb").read_bytes()
    assert f"{pipe[:-1]}x".encode() in data
    return put(folder, "grid.fgb", data.replace(f"{pipe[:-1]}x".encode(), pipe.encode()))


@layer("refused")
def geoparquet_whose_crs_is_a_file(folder: Path) -> Path:
    squares().to_parquet(folder / "init.parquet")
    table = pq.read_table(folder / "init.parquet")
    geo = json.loads(table.schema.metadata[b"geo"])
    geo["columns"]["geometry"]["crs"] = f"+init={waiting(folder)}:1"
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), folder / "init.parquet")
    return folder / "init.parquet"


@layer("read")
def geopackage_of_web_map_metres(folder: Path) -> Path:
    """Its description says that there is no grid, in the words with which others name one."""
    squares().to_crs(3857).to_file(folder / "web.gpkg", engine="pyogrio")
    return folder / "web.gpkg"


@layer("read")
def shapefile_of_web_map_metres(folder: Path) -> Path:
    stated = pyproj.CRS(3857).to_wkt("WKT1_GDAL").encode()
    squares().to_crs(3857).to_file(folder / "web.shp", engine="pyogrio")
    members = [(path.name, path.read_bytes()) for path in sorted(folder.glob("web.*"))]
    for path in folder.glob("web.*"):
        path.unlink()
    return zipped(folder, "web.zip", [(name, stated if name.endswith("prj") else part) for name, part in members])
