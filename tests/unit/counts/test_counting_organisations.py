"""Counts of organisations are those of a count by hand; nothing is lost, and what is odd is said."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest
from sample import by_hand, sample, sample_postcodes
from scale import dear

from s3geo import open_workspace
from s3geo.cli.main import main
from s3geo.counts import Counted, count_organisations
from s3geo.counts.places import write_postcodes
from s3geo.errors import FileProblem, S3geoError, TableError, UsageError
from s3geo.geography.postcodes import directory, find

HERE = Path(__file__).parent
SAME = "equal in id, postcode, sector, kind, year and number"
FIRMS, SOME = HERE / "synthetic_firms.csv", HERE / "some_postcodes.csv"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("counts")
    postcodes = sample_postcodes(folder)
    return sample(folder, postcodes), postcodes


def counted(text: str, folder: Path, /, by: str = "lep", *, name: str = "firms.csv", **more: object) -> Counted:
    (folder / name).write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    return count_organisations([folder / name], by.split(","), postcodes=SOME, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("geography", "keys"),
    [
        ("lep", ["sector", "kind", "year"]),
        ("lep", ["division", "section", "year"]),
        ("combined_authority", ["kind", "year"]),
    ],
)
def test_the_counts_are_those_of_a_count_by_hand(made: tuple[Path, Path], geography: str, keys: list[str]) -> None:
    file, postcodes = made
    found = count_organisations([file], [geography, *keys], number="employees", postcodes=postcodes).table
    cells = found[["code", *keys]].itertuples(index=False, name=None)
    figures = (
        found[["organisations", "rows", "employees", "with_employees"]].fillna(0).itertuples(index=False, name=None)
    )
    assert dict(zip(cells, figures, strict=True)) == by_hand(file, postcodes, geography, keys)


def test_overlaps_count_in_each_lep_and_once_in_england(made: tuple[Path, Path]) -> None:
    file, postcodes = made
    ws = open_workspace()
    leps = count_organisations([file], ["lep"], postcodes=postcodes).table.set_index("code")["rows"]
    lads = count_organisations([file], ["lad"], postcodes=postcodes).table.set_index("code")["rows"]
    twice = lads.reindex(ws.overlaps("lep").index).sum()
    assert twice > 0
    assert leps[leps.index.isin(ws.layer().index)].sum() == leps["E92000001"] + twice
    assert lads[lads.index.isin(ws.layer("lad").index)].sum() == lads["E92000001"] == leps["E92000001"]


def test_nothing_is_lost(made: tuple[Path, Path]) -> None:
    file, postcodes = made
    found = count_organisations([file], ["year"], postcodes=postcodes)
    read = pd.read_parquet(file)
    kept = (~read.duplicated() | read["id"].isna()).sum()
    assert found.table["rows"].sum() == kept > len(read.drop_duplicates())
    assert set(found.table["code"]) == {"E92000001", "outside_england", "unknown_postcode", "no_postcode"}
    assert found.notes[0] == f"{len(read):,} rows read from 1 file."
    repeated = f"{len(read) - kept:,}"
    assert found.notes[1] == f"Left out because another row is {SAME}: {repeated} rows."


def test_a_file_of_a_stranger_is_counted_and_its_oddities_said() -> None:
    found = count_organisations([FIRMS], ["lep", "section", "year"], number="employees", postcodes=SOME)
    shown = ["name", "section", "year", "organisations", "employees", "with_employees"]
    assert found.table[shown].astype(object).fillna("-").values.tolist() == [
        ["England, each organisation once", "J", "2023", 2, 1010, 2],
        ["Greater Birmingham and Solihull", "J", "2023", 1, 1000, 1],
        ["Heart of the South West", "J", "2023", 1, 10, 1],
        ["Worcestershire", "J", "2023", 1, 1000, 1],
        ["Outside England", "", "2022", 1, 2.5, 1],  # a SIC code of four digits may have lost a zero
        ["Postcode not known, or without a place", "M", "2023", 1, "-", 0],
        ["No postcode", "M", "2022", 1, "-", 0],
    ]
    assert found.notes == (
        "6 rows read from 1 file.",
        f"Left out because another row is {SAME}: 1 row.",
        "England, each organisation once: 2 rows.",
        "Outside England: 1 row.",
        "Postcode not known, or without a place: 1 row.",
        "No postcode: 1 row.",
        "A district of two LEPs counts in both, so LEPs add up to more than England.",
        "Something in employees that is not a number, so not in the sum: 1 row.",
    )


def test_sites_of_one_organisation_are_one_organisation_and_several_rows(tmp_path: Path) -> None:
    text = "id,postcode,jobs\n7,EX4 4QJ,1\n7,EX4 4QJ,2\n7,B97 4HB,4\n,EX4 4QJ,8\n,EX4 4QJ,8\n"
    found = counted(text, tmp_path, number="jobs")
    rows = found.table.set_index("code")[["organisations", "rows", "jobs"]]
    assert rows.loc["E92000001"].tolist() == [1, 5, 23]
    assert rows.loc["E37000016"].tolist() == [1, 4, 19]
    assert "Without an id, so in rows and sums but not among the organisations: 2 rows." in found.notes


def test_fractions_add_up_exactly(tmp_path: Path) -> None:
    text = "id,postcode,share\n" + "".join(f"{at},EX4 4QJ,0.1\n" for at in range(1000))
    assert counted(text, tmp_path, number="share").table["share"].tolist() == [100.0, 100.0]


def test_commas_stand_between_thousands_and_nowhere_else(tmp_path: Path) -> None:
    cells = ["1,000", "£1,234,567.5", "-£2,000", "1,5", "1,00", "1234,567", "12.5"]
    text = "id;postcode;jobs\n" + "".join(f"{at};EX4 4QJ;{cell}\n" for at, cell in enumerate(cells))
    found = counted(text, tmp_path, number="jobs")
    assert found.table.loc[0, ["jobs", "with_jobs"]].tolist() == [1000 + 1_234_567.5 - 2000 + 12.5, 4]
    assert found.notes[-1] == "Something in jobs that is not a number, so not in the sum: 3 rows."


def test_a_sum_may_have_any_name_that_the_counts_have_not(tmp_path: Path) -> None:
    table = counted("id,postcode,self\n1,EX4 4QJ,2\n", tmp_path, number="self").table
    assert table.loc[0, ["self", "with_self"]].tolist() == [2, 1]


ROWS = "1,EX4 4QJ,{}\n2,EX4 4QJ,Bar\n3,EX4 4QJ,Baz\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (ROWS.format('"Foo'), 2),
        (ROWS.format('"Foo').replace("Bar", '"Bar'), 2),
        (ROWS.format('"Foo').replace("Baz", 'Baz"'), 2),
        (ROWS.format('"Foo').replace("Bar", '"'), 2),
        (ROWS.format("Foo") + ROWS.format('"Foo\nand more"') + ROWS.format('5" pipe').replace("Bar", '"Bar'), 10),
        (ROWS.format("Foo") + ROWS.format('"Foo') * 40_000, 5),
    ],
    ids=[
        "to the end",
        "to the next mark",
        "to a mark at the end",
        "one row",
        "after good ones",
        "longer than is read at once",
    ],
)
def test_a_quotation_mark_that_is_not_closed_swallows_no_row(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(TableError, match=rf"firms.csv, line {line}: a quotation mark .*not closed"):
        counted(f"id,postcode,name\n{text}", tmp_path)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_cells_may_hold_lines_and_marks_that_swallow_nothing(tmp_path: Path, end: str) -> None:
    lines = [
        "id,postcode,name",
        "",
        '1,EX4 4QJ,"12, Street',
        "",
        'Exeter"',
        '2,EX4 4QJ,5" pipe',
        '3,EX4 4QJ,"a ""b"',
        "",
    ]
    text = end.join(lines)
    assert counted(text, tmp_path).table["rows"].tolist() == [3, 3]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_long_files_of_wide_letters_are_read(tmp_path: Path, encoding: str) -> None:
    text = "\ufeffid,postcode,kind\n" + "".join(f"{at},EX4 4QJ,company 𝒜{'é' * (at % 3)}\n" for at in range(45_000))
    (tmp_path / "firms.csv").write_bytes(text.encode(encoding))
    found = count_organisations([tmp_path / "firms.csv"], ["kind"], postcodes=SOME)
    assert found.table["rows"].sum() == 45_000


LONG = b"id,postcode,kind\n" + b"1,EX4 4QJ,a company of some kind\n" * 70_000


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (LONG + b"2,EX4 4QJ,\x81\n", FileProblem, "is neither UTF-8 nor Windows-1252 text"),
        (
            LONG + b"2,EX4 4QJ,\xe9\n" + LONG[17:] + b"3,EX4 4QJ,c,4\n",
            TableError,
            "cannot be read as a table: .*Expected 3 columns, got 4",
        ),
        (LONG.decode().encode("utf-16") + b"\x00\xd8\n\x00\n\x00", FileProblem, "is not whole UTF-16 text"),
        (LONG.replace(b"\n", b" "), FileProblem, "no end of a line"),
    ],
    ids=["neither", "a cell too many", "half a letter", "one line"],
)
def test_what_is_wrong_far_down_is_said_too(tmp_path: Path, data: bytes, error: type[S3geoError], message: str) -> None:
    (tmp_path / "firms.csv").write_bytes(data)
    with pytest.raises(error, match=message):
        count_organisations([tmp_path / "firms.csv"], ["kind"], postcodes=SOME)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_in_any_encoding_and_with_any_delimiter(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "firms.csv"
    text = 'Organisation ID;Postcode;Kind\n1;EX4 4QJ;"Café; £1\n and more"\n2;ex44qj ;société\n'
    file.write_bytes(text.encode(encoding))
    found = count_organisations([file], ["kind"], postcodes=SOME)
    assert found.table[["kind", "rows"]].values.tolist() == [["Café; £1\n and more", 1], ["société", 1]]
    assert any("Windows-1252" in note for note in found.notes) == (encoding == "cp1252")


def test_a_letter_of_windows_far_down_is_noticed_too(tmp_path: Path) -> None:
    text = "id,postcode,kind\n" + "".join(f"{at},EX4 4QJ,company of some kind\n" for at in range(70_000))
    (tmp_path / "firms.csv").write_bytes(text.encode() + "x,EX4 4QJ,société\n".encode("cp1252"))
    found = count_organisations([tmp_path / "firms.csv"], ["kind"], postcodes=SOME)
    assert found.table["kind"].tolist() == ["company of some kind", "société"]
    assert "Windows-1252" in found.notes[0]


def test_years_are_read_from_numbers_and_dates(tmp_path: Path) -> None:
    years = [
        "2023",
        "2023-04-01",
        "01/04/2023",
        "20230401",
        "2023/24",
        "2023.0",
        "23",
        "120235",
        "",
        "19052019",
        "20230431x",
    ]
    text = "id,postcode,year\n" + "".join(f"{at},EX4 4QJ,{year}\n" for at, year in enumerate(years))
    table = counted(text, tmp_path, "year").table
    assert table[["year", "rows"]].values.tolist() == [["", 5], ["2023", 6]]


def test_files_of_several_forms_count_together_and_overlap_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,postcode,year\n1,EX4 4QJ,2020\n2,EX4 4QJ,2020\n")
    (tmp_path / "b.CSV").write_text("year;pcds;company number;more\n2020;ex4 4qj;2;x\n2021;EX4 4QJ;2;y\n")
    frame = pd.DataFrame({"id": [2, 3], "postcode": ["EX44QJ", "B97 4HB"], "year": [2021, 2021]})
    frame.to_parquet(tmp_path / "c.parquet")
    frame.assign(id=[4, 5]).to_parquet(tmp_path / "d.parquet")
    (tmp_path / "notes.txt").write_text("not a table")
    found = count_organisations([tmp_path], ["lep", "year"], postcodes=SOME)
    table = found.table.set_index(["code", "year"])["organisations"]
    assert table["E92000001"].to_dict() == {"2020": 2, "2021": 4}
    assert table["E37000016"].to_dict() == {"2020": 2, "2021": 2}
    assert found.notes[:2] == (
        "8 rows read from 4 files.",
        f"Left out because another row is {SAME}: 2 rows.",
    )


def test_no_engine_sees_a_pattern_or_a_column_in_the_name_of_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "year=1999"
    folder.mkdir()
    frame = pd.DataFrame({"id": ["1"], "postcode": ["EX4 4QJ"], "year": [2020]})
    for at, name in enumerate(["firms[1]*.parquet", "firms1x.parquet", "_firms é.parquet"]):
        frame.assign(id=str(at)).to_parquet(folder / name)
    one = count_organisations([folder / "firms[1]*.parquet"], ["year"], postcodes=SOME).table
    assert one[["year", "rows"]].values.tolist() == [["2020", 1]]
    assert count_organisations([folder], ["year"], postcodes=SOME).table["organisations"].tolist() == [3]


def test_no_engine_sees_a_column_in_the_name_of_the_folder_in_between(tmp_path: Path) -> None:
    (folder := tmp_path / "year=1999").mkdir()
    table = counted("id,postcode,year\n1,EX4 4QJ,2020\n", tmp_path, "year", folder=folder).table
    assert table[["year", "rows"]].values.tolist() == [["2020", 1]]
    with pytest.raises(UsageError, match=r"Spark .*'='.*--temp"):
        counted("id,postcode\n1,EX4 4QJ\n", tmp_path, folder=folder, engine_name="spark")


def test_little_memory_changes_nothing(made: tuple[Path, Path]) -> None:
    file, postcodes = made
    asked = {"by": ["lep", "sector", "kind", "year"], "number": "employees", "postcodes": postcodes}
    little = count_organisations([file], **asked, memory="200MB").table  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(little, count_organisations([file], **asked).table)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seconds", "found"),
    [
        ([8, 12, 28, 120], []),  # 4.4, 4 and 6.1 s a million
        ([8, 12, 52, 202], [5_000_000]),
        ([8, 12, 28, 220], [20_000_000]),
    ],
)
def test_the_benchmark_of_scale_sees_a_cost_that_grows_faster(seconds: list[float], found: list[int]) -> None:
    assert dear(list(zip([100_000, 1_000_000, 5_000_000, 20_000_000], seconds, strict=True))) == found


# --- postcodes


def test_a_lookup_of_older_districts_is_brought_to_today(tmp_path: Path) -> None:
    (tmp_path / "nspl.csv").write_text("pcd,laua\nBH1 1AA,E06000028\nS1 1AA,E08000039\nEX4 4QJ,\n")
    placed = write_postcodes(open_workspace(), tmp_path, tmp_path / "nspl.csv")
    assert pd.read_parquet(placed).values.tolist() == [
        ["BH11AA", "E06000058"],
        ["S11AA", "E08000019"],
        ["EX44QJ", "unknown_postcode"],
    ]


def test_the_whole_directory_agrees_with_what_one_postcode_finds(tmp_path: Path) -> None:
    everything = directory()
    some = everything[everything["district"].str.startswith("E")].sample(30, random_state=0)
    for row in some.itertuples():
        found = find(str(row.postcode))
        assert (found.easting, found.northing, found.district) == (row.easting, row.northing, row.district)


# --- what cannot be counted


@pytest.mark.parametrize(
    ("text", "by", "more", "error", "message"),
    [
        ("name,postcode\nx,EX4 4QJ\n", "lep", {}, TableError, r"no column for id. Its columns are 'name', 'postcode'"),
        ("id,postcode,pcd,Post-code\n", "lep", {}, TableError, r"several columns for the postcode"),
        ("id,postcode\n1,EX4 4QJ\n", "lep,sector", {}, UsageError, r"no column for the sector.*--column sector=NAME"),
        (
            "id,postcode\n1,EX4 4QJ,3\n",
            "lep",
            {},
            TableError,
            r"cannot be read as a table: .*Expected 2 columns, got 3",
        ),
        ("id,postcode\n1,EX4 4QJ\n", "lep,colour", {}, UsageError, r"not by 'colour'"),
        ("id,postcode\n1,EX4 4QJ\n", "", {}, UsageError, r"not by nothing"),
        ("id,postcode\n1,EX4 4QJ\n", "lep,lad", {}, UsageError, r"one kind of area at a time"),
        ("id,postcode,year\n", "lep", {"number": "id"}, UsageError, r"count by year too"),
        ("id,postcode\n", "lep", {"number": "jobs"}, TableError, r"no column 'jobs'"),
        ("id,postcode\n", "lep", {"columns": {"colour": "id"}}, UsageError, r"not 'colour'"),
        ("id,postcode\n", "lep", {"columns": {"id": "no"}}, TableError, r"no column 'no'"),
        ("id,postcode\n", "lep", {"engine_name": "abacus"}, UsageError, r"No engine 'abacus'"),
        ("id,postcode\n", "lep", {"master": "local"}, UsageError, r"use it with the engine spark"),
        ("id,postcode\n", "lep", {"memory": "much"}, UsageError, r"written as 2GB or 500MB, not 'much'"),
        ("PAR1 and no more", "lep", {}, FileProblem, r"Parquet footer cannot be read"),
        ("<html>", "lep", {}, FileProblem, r"holds a web page"),
        ("id,postcode,organisations\n", "lep", {"number": "organisations"}, UsageError, r"counts have a column"),
        ("id,postcode,kind\n", "lep", {"number": "kind"}, UsageError, r"counts have a column 'kind' themselves"),
        ("id,postcode\n", "lep", {"folder": "/nowhere/here"}, UsageError, r"no folder /nowhere/here"),
    ],
)
def test_what_cannot_be_counted_is_refused_with_a_message(
    tmp_path: Path, text: str, by: str, more: dict[str, object], error: type[S3geoError], message: str
) -> None:
    with pytest.raises(error, match=message):
        counted(text, tmp_path, by, **more)


def test_codes_of_sectors_as_numbers_are_refused(tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": ["1"], "postcode": ["EX4 4QJ"], "sic": [1110]})
    frame.to_parquet(tmp_path / "firms.parquet")
    assert count_organisations([tmp_path], ["sector"], postcodes=SOME).table["sector"].tolist() == ["1110"]
    with pytest.raises(UsageError, match="01110 may have become 1110"):
        count_organisations([tmp_path], ["section"], postcodes=SOME)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pcds,laua\nEX4 4QJ,E07000041\nEX44QJ,E07000040\n", "1 postcodes into two districts"),
        ("pcds,laua\nEX4 4QJ,E99999999\n", "districts that are not known: 'E99999999'"),
        ("pcds,laua\nEX4 4QJ,Manchester\nEX4 4QL,N/A\n", "districts that are not known: 'Manchester', 'N/A'"),
    ],
)
def test_a_directory_that_cannot_be_right_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "own.csv").write_text(text)
    with pytest.raises(TableError, match=message):
        write_postcodes(open_workspace(), tmp_path, tmp_path / "own.csv")


def test_no_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No file of organisations"):
        count_organisations([tmp_path])
    with pytest.raises(FileProblem, match="does not exist"):
        count_organisations([tmp_path / "none.csv"])


# --- the command


def test_the_command_writes_csv_and_parquet_and_says_what_was_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("counts.csv", "counts.parquet"):
        words = ["aggregate", str(FIRMS), "--by", "lep", "--postcodes", str(SOME), "-o", str(tmp_path / name)]
        assert command(words, monkeypatch) == 0
        ran = capsys.readouterr()
        assert ran.out.strip() == str(tmp_path / name)
        assert f"Left out because another row is {SAME}: 1 row." in ran.err
    written = pd.read_csv(tmp_path / "counts.csv")
    pd.testing.assert_frame_equal(written, pd.read_parquet(tmp_path / "counts.parquet"), check_dtype=False)
    assert written.set_index("code")["organisations"]["E92000001"] == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-o", "counts.xlsx"], "written as csv or parquet, not '.xlsx'"),
        (["--column", "postcode"], "ROLE=NAME"),
        (["--temp", "/nowhere/here"], "no folder /nowhere/here"),
        (["--by", "lep", "--sum", "employees"], "count by year too"),
    ],
)
def test_wrong_use_of_the_command_is_said(
    words: list[str], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(["aggregate", str(FIRMS), "--postcodes", str(SOME), *words], monkeypatch) == 2
    assert message in capsys.readouterr().err


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ibis", None)
    for name, extra in (("duckdb", "scale"), ("spark", "spark")):
        with pytest.raises(UsageError, match=rf"pip install 's3geo\[{extra}\]'"):
            count_organisations([FIRMS], postcodes=SOME, engine_name=name)


def command(words: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "argv", ["s3geo", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_a_spreadsheet_runs_nothing_of_what_was_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    firms, counts = tmp_path / "firms.csv", tmp_path / "counts.csv"
    firms.write_text("id,postcode,kind\n1,EX4 4QJ,=1+1|cmd\n2,EX4 4QJ,@SUM(1)\n", "utf-8")
    words = ["aggregate", str(firms), "--by", "lep,kind", "--postcodes", str(SOME), "-o", str(counts)]
    assert command(words, monkeypatch) == 0
    kinds = set(pd.read_csv(counts)["kind"])
    assert {"'=1+1|cmd", "'@SUM(1)"} <= kinds
    assert not kinds & {"=1+1|cmd", "@SUM(1)"}
