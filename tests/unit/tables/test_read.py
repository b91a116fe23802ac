"""Tables, good and bad: what is read is text with its row, and each fault says the file, the row and the next step."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xlsxwriter

from s3geo.errors import DataError, FileProblem, TableError
from s3geo.tables import read
from s3geo.tables.read import numbers, read_table

ROWS = [["code", "value"], ["E37000051", "1,234"], ["E37000007", "[c]"]]


def workbook(rows: list[list[object]], sheets: tuple[str, ...] = ("Data",)) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"default_date_format": "dd/mm/yyyy"}) as book:
        for title in sheets:
            sheet = book.add_worksheet(title)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return buffer.getvalue()


def opendocument(rows: list[list[str]], repeat: int = 1) -> bytes:
    cells = "".join(
        f'<table:table-row table:number-rows-repeated="{repeat if at else 1}">'
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row
        )
        + "</table:table-row>"
        for at, row in enumerate(rows)
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="Data">{cells}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    return buffer.getvalue()


def parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    return buffer.getvalue()


def check(table: pd.DataFrame) -> None:
    assert list(table.columns) == ["code", "value"]
    assert table.index.name == "row"
    assert list(table.index) == [2, 3]
    assert table.to_numpy().tolist() == ROWS[1:]


def refused(data: bytes, name: str, kind: type[DataError], *words: str, row: object = "", **options: str) -> DataError:
    """Read a bad table and check that the error says the file, what is wrong and what to do."""
    with pytest.raises(kind) as caught:
        read_table(data, name=name, **options)
    error = caught.value
    assert type(error) is kind
    assert (error.problems["file"] == name).all()
    assert error.problems["row"].iloc[0] == row
    assert (error.problems[["problem", "next_step"]] != "").all(axis=None)
    assert name in str(error)
    assert error.problems["next_step"].iloc[0] in str(error)
    if row != "":
        assert f"row {row}" in str(error) or f"line {row}" in str(error)
    for word in words:
        assert word in str(error)
    assert error.exit_code == 1
    return error


class TestGoodFiles:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    @pytest.mark.parametrize("newline", ["\n", "\r\n"])
    def test_delimited(self, delimiter, encoding, newline):
        lines = [delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in row) for row in ROWS]
        table = read_table((newline.join(lines) + newline).encode(encoding), name="a.csv")
        check(table)
        assert table.attrs["delimiter"] == delimiter
        assert table.attrs["notes"] == []

    def test_windows_encoding_is_said(self):
        table = read_table("code,value\nE1,£5 café\n".encode("cp1252"), name="a.csv")
        assert table.loc[2, "value"] == "£5 café"
        assert table.attrs["encoding"] == "cp1252"
        assert "Windows-1252" in table.attrs["notes"][0]
        assert "line 2" in table.attrs["notes"][0]

    def test_workbook(self):
        table = read_table(workbook(ROWS), name="a.xlsx")
        check(table)
        assert table.attrs["sheet"] == "Data"

    def test_opendocument(self):
        check(read_table(opendocument(ROWS), name="a.ods"))

    def test_parquet(self):
        check(read_table(parquet(pd.DataFrame(ROWS[1:], columns=ROWS[0])), name="a.parquet"))

    def test_parquet_with_types_and_an_index(self):
        frame = pd.DataFrame({"value": [1.0, np.nan, 2.5]}, index=pd.Index(["a", "b", "c"], name="code"))
        assert read_table(parquet(frame), name="a.parquet").to_numpy().tolist() == [["a", "1"], ["b", ""], ["c", "2.5"]]

    def test_path_and_open_file(self, tmp_path):
        path = tmp_path / "a.csv"
        path.write_text("code,value\nx,1\n")
        assert read_table(path).attrs["file"] == "a.csv"
        assert read_table(str(path), name="mine.csv").attrs["file"] == "mine.csv"
        with path.open("rb") as handle:
            assert read_table(handle).attrs["file"] == "a.csv"

    def test_numbers_and_dates_of_a_workbook(self):
        rows = [["a", "b", "c", "d"], [12.0, 0.1, True, dt.date(2021, 5, 1)], [1e20, -3, False, ""]]
        table = read_table(workbook(rows), name="a.xlsx")
        assert table.loc[2].tolist() == ["12", "0.1", "TRUE", "2021-05-01"]
        assert table.loc[3].tolist()[:3] == ["1e+20", "-3", "FALSE"]

    def test_first_visible_sheet_is_read_and_said(self):
        data = workbook(ROWS, ("One", "Two"))
        assert "'One' was read" in read_table(data, name="a.xlsx").attrs["notes"][0]
        assert read_table(data, name="a.xlsx", sheet="Two").attrs["sheet"] == "Two"

    def test_rows_are_those_of_a_spreadsheet(self):
        table = read_table(b'code,note\n\n"a","two\nlines"\n\nb,x\n', name="a.csv")
        assert list(table.index) == [3, 5]
        rows = [["", ""], ["code", "value"], ["", ""], ["a", "1"]]
        assert list(read_table(workbook(rows), name="a.xlsx").index) == [4]

    def test_empty_columns_at_the_end_are_dropped(self):
        assert list(read_table(b"a,b,,\n1,2,,\n", name="a.csv").columns) == ["a", "b"]

    def test_nothing_is_typed(self):
        assert read_table(b"code,value\n007,NA\n", name="a.csv").loc[2].tolist() == ["007", "NA"]


class TestBadFiles:
    def test_missing_file_folder_and_address(self, tmp_path):
        for source, words in (
            (tmp_path / "none.csv", "none.csv does not exist"),
            (tmp_path, "is a folder"),
            ("https://example.org/a.csv", "not a file on this computer"),
        ):
            with pytest.raises(FileProblem, match=words):
                read_table(source)

    @pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.ods", "a.parquet"])
    def test_empty(self, name):
        refused(b"", name, FileProblem, "is empty")

    def test_only_blanks(self):
        refused(b" \n\n  \n", "a.csv", FileProblem, "is empty")
        refused(b",,\n,,\n", "a.csv", FileProblem, "every cell is empty")
        refused(workbook([]), "a.xlsx", FileProblem, "every cell is empty")

    @pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
    def test_only_a_header(self, name):
        data = workbook(ROWS[:1]) if name == "a.xlsx" else b"code,value\n\n"
        refused(data, name, TableError, "no row below it", row=1)

    def test_only_a_header_in_parquet(self):
        refused(parquet(pd.DataFrame({"a": []})), "a.parquet", TableError, "no rows")

    @pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.ods", "a.parquet"])
    def test_web_page(self, name):
        refused(
            b"<!DOCTYPE html>\n<html><body>Sign in</body></html>", name, FileProblem, "a web page", "Download it again"
        )

    def test_old_excel_page_saved_as_html(self):
        refused(b"<table><tr><td>1</td></tr></table>", "a.xlsx", FileProblem, "a web page")

    def test_password_and_old_excel(self):
        ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
        refused(ole + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", FileProblem, "password")
        refused(ole, "a.xlsx", FileProblem, "old Excel file", ".xlsx")

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (bytes(range(256)) * 4, "binary data"),
            (b"%PDF-1.7 ...", "a PDF document"),
            (b'{"a": 1}', "JSON text"),
            (b"\x1f\x8b\x08rest", "a gzip archive"),
            (b"code,value\nE1,\x81\x8d\n", "neither UTF-8 nor Windows-1252"),
        ],
    )
    def test_something_else_under_the_name_of_csv(self, data, words):
        row = 2 if b"E1" in data else ""
        refused(data, "a.csv", FileProblem, words, row=row)

    def test_zeros_far_inside(self):
        refused(b"code,value\n" + b"a,1\n" * 5000 + b"\x00\x00", "a.csv", FileProblem, "no text has")

    @pytest.mark.parametrize(("name", "other"), [("a.csv", "a zip archive"), ("a.parquet", "a zip archive")])
    def test_workbook_under_another_name(self, name, other):
        refused(workbook(ROWS), name, FileProblem, "not what its name says", other)

    def test_csv_under_the_name_of_a_workbook(self):
        refused(b"code,value\n1,2\n", "a.xlsx", FileProblem, "plain text, not an Excel workbook")

    def test_unknown_suffix(self):
        refused(b"a,b\n1,2\n", "a.doc", FileProblem, "'.doc'", ".csv")

    @pytest.mark.parametrize("share", [0.3, 0.7, 0.98])
    @pytest.mark.parametrize("name", ["a.xlsx", "a.ods", "a.parquet"])
    def test_cut_short(self, name, share):
        whole = {
            "a.xlsx": workbook(ROWS),
            "a.ods": opendocument(ROWS),
            "a.parquet": parquet(pd.DataFrame(ROWS[1:], columns=ROWS[0])),
        }[name]
        refused(whole[: int(len(whole) * share)], name, FileProblem, "cut short")

    def test_zip_that_is_no_workbook(self):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("a.csv", "code,value\n")
        refused(buffer.getvalue(), "a.xlsx", FileProblem, "no spreadsheet")

    def test_workbook_whose_xml_is_damaged(self):
        buffer = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(workbook(ROWS))) as good, zipfile.ZipFile(buffer, "w") as bad:
            for info in good.infolist():
                bad.writestr(info.filename, b"<<<" if "workbook.xml" in info.filename else good.read(info))
        refused(buffer.getvalue(), "a.xlsx", FileProblem, "damaged")

    def test_bomb(self):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", b" " * 30_000_000)
        refused(buffer.getvalue(), "a.xlsx", FileProblem, "suspiciously")

    def test_cell_at_the_end_of_the_world(self):
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer) as book:
            book.add_worksheet().write(1_048_575, 16_383, "x")
        refused(buffer.getvalue(), "a.xlsx", TableError, "1,048,576 rows and 16,384 columns")

    def test_row_repeated_without_end(self):
        refused(opendocument(ROWS, repeat=1_000_000), "a.ods", TableError, "1,000,00", "rows")

    def test_sheet_that_is_not_there(self):
        refused(workbook(ROWS), "a.xlsx", TableError, "'Nope'", "'Data'", sheet="Nope")

    def test_too_large(self, monkeypatch, tmp_path):
        monkeypatch.setattr(read, "LARGEST", 1000)
        refused(b"x" * 2000, "a.csv", FileProblem, "too large")
        path = tmp_path / "b.csv"
        path.write_bytes(b"x" * 2000)
        with pytest.raises(FileProblem, match=r"b\.csv is too large"):
            read_table(path)

    def test_too_many_rows_and_columns(self, monkeypatch):
        monkeypatch.setattr(read, "MOST_ROWS", 3)
        monkeypatch.setattr(read, "MOST_COLUMNS", 4)
        refused(b"a,b\n" + b"1,2\n" * 4, "a.csv", TableError, "more than 3 rows", row=5)
        refused(b"a,b,c,d,e\n1,2,3,4,5\n", "a.csv", TableError, "more than 4 columns", row=1)
        refused(parquet(pd.DataFrame({"a": range(5)})), "a.parquet", TableError, "5 rows")


class TestBadTables:
    def test_columns_with_the_same_name(self):
        refused(b"code,value,value\n1,2,3\n", "a.csv", TableError, "'value'", row=1)

    def test_column_without_a_name(self):
        refused(b"code,,value\n1,2,3\n", "a.csv", TableError, "column 2 has no name", row=1)

    def test_records_of_different_length(self):
        error = refused(b"a,b\n1,2,3\n4,5\n6\n", "a.csv", TableError, "3 cells", "1 more such row", row=2)
        assert error.problems["row"].tolist() == [2, 4]

    def test_title_above_the_table(self):
        refused(
            workbook([["Patents by area", ""], ["code", "value"], ["a", 1]]), "a.xlsx", TableError, "notes above", row=2
        )

    def test_quotation_mark_that_is_not_closed(self):
        refused(b'a,b\n1,2\n"3,4\n5,6\n', "a.csv", TableError, "quotation mark", row=3)


class TestNumbers:
    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("12", 12),
            (" 1,234,567.5 ", 1_234_567.5),
            ("-3", -3),
            ("−3", -3),
            ("+.5", 0.5),
            ("5.", 5),
            ("1e-3", 0.001),
            ("45%", 45),
            ("4.5 %", 4.5),
            ("£1,000", 1000),
            ("-£20", -20),
            ("12\u00a0345", 12345),
            ("0", 0),
        ],
    )
    def test_number(self, text, number):
        assert numbers(pd.DataFrame({"v": [text]}), "v").tolist() == [number]

    @pytest.mark.parametrize(
        "text",
        ["", " ", "..", ".", "-", "–", "[c]", "[C]", "[u]", "[x]", "n/a", "N/A", "NaN", "*", ":", "~", "None", None],
    )
    def test_no_data_is_never_zero(self, text):
        assert numbers(pd.DataFrame({"v": [text]}), "v").isna().all()

    @pytest.mark.parametrize(
        "text",
        ["abc", "1,5", "1.2.3", "12 apples", "1,23,456", "£", "%", "inf", "1-2", "e5", "0x1F", "1 2", "x", "1e999x"],
    )
    def test_text(self, text):
        frame = pd.DataFrame({"v": ["1", text, "2"]})
        with pytest.raises(TableError, match=r"mine\.csv, row 3: column 'v' holds text in place of a number") as caught:
            numbers(frame, "v", file="mine.csv")
        problems = caught.value.problems
        assert problems["row"].tolist() == [3]
        assert text in problems["problem"].iloc[0]
        assert "leave the cell empty" in problems["next_step"].iloc[0]

    def test_decimal_comma_is_recognised(self):
        with pytest.raises(TableError, match="decimal comma"):
            numbers(pd.DataFrame({"v": ["1,5"]}), "v")

    def test_every_bad_row_is_listed_with_its_spreadsheet_row(self):
        table = read_table(b"code,v\na,1\n\nb,x\nc,2\nd,y\n", name="a.csv")
        with pytest.raises(TableError, match=r"a\.csv, row 4 and 1 more rows") as caught:
            numbers(table, "v")
        assert caught.value.problems["row"].tolist() == [4, 6]

    def test_missing_column(self):
        with pytest.raises(TableError, match="no column 'x'; it has 'v'"):
            numbers(pd.DataFrame({"v": ["1"]}), "x")

    def test_numbers_stay_numbers_and_index_stays(self):
        frame = pd.DataFrame({"v": [1, 2]}, index=["a", "b"])
        assert numbers(frame, "v").to_dict() == {"a": 1.0, "b": 2.0}


@pytest.mark.official
def test_official_tables(shared: Path):
    table = read_table(shared / "lookups" / "lad23_region23_ons.csv")
    assert table.shape == (296, 5)
    assert table.columns[0] == "LAD23CD"
    population = read_table(shared / "indicators" / "ons_population_la_1998_2023.xlsx")
    assert len(population) == 362


def test_damaged_parquet_is_never_someone_elses_error():
    whole = parquet(pd.DataFrame({"code": ["a", "b"], "value": [1.5, 2.5]}))
    for at in range(4, len(whole) - 4, 7):
        damaged = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        message = "a.parquet"
        try:
            read_table(damaged, name="a.parquet")
        except DataError as error:
            message = str(error)
        assert "a.parquet" in message
