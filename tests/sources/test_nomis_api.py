"""Nomis by its API. Cells are synthetic; labels are those of the official workbooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pandas as pd
import pytest
import stamina
from publishers import LAD, LEP, MISSING, NOMIS_HEADER, NORMAL, as_csv, enterprises, nomis, polite, silent

from s3geo.errors import SourceError, TableError
from s3geo.sources.nomis import read_aps, read_jobs, read_size_bands
from s3geo.sources.nomis_api import fetch_cells, fetch_table, table_address
from s3geo.sources.nomis_cells import is_cells, join_pages

ADDRESS = table_address("NM_142_1", ("OBS_VALUE",), geography="TYPE459")


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3):
        yield


def test_pages_are_followed_to_the_last_cell() -> None:
    cells, asked, told = enterprises(), [], []
    serve = nomis(cells, ["EMPLOYMENT_SIZEBAND_NAME"], page=4)

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.params.get("RecordOffset"))
        assert request.url.params["geography"] == "TYPE459"
        return serve(request)

    with polite(answer) as client:
        pages = fetch_table(client, ADDRESS, lambda done, expected: told.append((done, expected)))
    assert asked == [None, "4", "8", "12"]
    assert told[-1] == (4, 1)  # 15 cells are one page of 25,000; the service was asked to send fewer
    table = read_size_bands(join_pages([page.content for page in pages]))
    assert len(table) == len(cells)
    assert table["band"].unique().tolist() == ["total", "micro_0_9", "small_10_49", "medium_50_249", "large_250p"]
    assert table["level"].unique().tolist() == ["country", "lep", "lad"]
    assert table.loc[table["area"] == "Exeter", "enterprises"].tolist() == [100, 200, 300, 400, 500]


def test_the_api_and_the_workbook_give_the_same_table(workbook) -> None:
    rows: list[list[object]] = [
        ["UK Business Counts"],
        [""],
        ["date", 2025],
        [""],
        ["Area", "Total", "Micro (0 to 9)", "Small (10 to 49)", "Medium-sized (50 to 249)", "Large (250+)"],
        ["country:England", 100, 200, 300, 400, 500],
        ["lep:Black Country", 100, 200, 300, 400, 500],
        ["ladu:Exeter", 100, 200, 300, 400, 500],
        [""],
    ]
    key = ["level", "area", "band"]
    from_file = read_size_bands(workbook({"Data": rows})).sort_values(key, ignore_index=True)
    serve = nomis(enterprises(), ["EMPLOYMENT_SIZEBAND_NAME"])
    content = serve(httpx2.Request("GET", ADDRESS)).content
    from_api = read_size_bands(content).sort_values(key, ignore_index=True)
    pd.testing.assert_frame_equal(from_api[from_file.columns], from_file, check_dtype=False)


def test_a_local_file_of_the_api_is_read_too(tmp_path) -> None:
    path = tmp_path / "ubc.xlsx"  # the content counts, not the name
    path.write_bytes(nomis(enterprises(), ["EMPLOYMENT_SIZEBAND_NAME"])(httpx2.Request("GET", ADDRESS)).content)
    assert is_cells(path)
    assert len(read_size_bands(path)) == 15


def test_jobs_keep_their_two_classifications() -> None:
    cells = [
        ["2024", "Black Country", "E37000001", LEP, 67000, NORMAL, "C : Manufacturing"],
        ["2024", "Black Country", "E37000001", LEP, 67000, NORMAL, "3 : Manufacturing (C)"],
        ["2024", "Sandwell", "UKG37", "nuts 2016 level 3", "", MISSING, "C : Manufacturing"],
        ["2024", "West Midlands", "E12000005", "regions", 1, NORMAL, "C : Manufacturing"],
    ]
    table = read_jobs(nomis(cells, ["INDUSTRY_NAME"])(httpx2.Request("GET", ADDRESS)).content)
    assert table["classification"].tolist() == ["section", "group", "section"]
    assert table["level"].tolist() == ["lep", "lep", "nuts3"]
    assert table["status"].tolist() == ["value", "value", "not_collected"]
    assert table["jobs"].isna().tolist() == [False, False, True]


def survey_cells() -> list[list[object]]:
    few = "Estimate and confidence interval not available since the group sample size is zero or disclosive (0-2)"
    label = "T19:6 (Total - All people aged 16-64 : NVQ4+ )"
    period = "Jan 2021-Dec 2021"
    return [
        [period, "London", "E37000051", LEP, 1000, NORMAL, label, 20100],
        [period, "London", "E37000051", LEP, 50, NORMAL, label, 20701],
        [period, "Isles of Scilly", "E06000053", LAD, "", few, label, 20100],
        [period, "Isles of Scilly", "E06000053", LAD, "", few, label, 20701],
    ]


def test_a_survey_has_half_widths_and_says_what_it_withholds() -> None:
    content = nomis(survey_cells(), ["CELL_NAME", "MEASURES"])(httpx2.Request("GET", ADDRESS)).content
    table = read_aps(content)
    assert table["year"].tolist() == [2021, 2021]
    assert table["cell"].tolist() == ["T19:6", "T19:6"]
    assert table["lep"].tolist() == ["E37000051", ""]
    assert table["status"].tolist() == ["value", "suppressed"]
    assert table.loc[0, ["persons", "half_width"]].tolist() == [1000, 50]
    assert table.loc[1, ["persons", "half_width"]].isna().all()


def codelist(*cells: tuple[int, str]) -> dict[str, object]:
    codes = [{"value": value, "description": {"value": text, "lang": "en"}} for value, text in cells]
    return {"structure": {"codelists": {"codelist": [{"code": codes}]}}}


def test_numbers_of_survey_cells_are_looked_up_by_their_label() -> None:
    asked = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        if request.url.path.endswith("/cell.def.sdmx.json"):
            assert request.url.params["search"] == "T19:*"
            return httpx2.Response(
                200, json=codelist((11, "T19:1 (Total)"), (16, "T19:6 (Total)"), (99, "T19:60 (Men)"))
            )
        return nomis(survey_cells(), ["CELL_NAME", "MEASURES"])(request)

    address = table_address("NM_17_1", ("OBS_VALUE",), geography="TYPE459")
    pages = fetch_cells(polite(answer), address, silent, search="T19:*", keep="T19:[1-7] ")
    assert len(pages) == 1
    assert asked[0].url.path == "/api/v01/dataset/NM_17_1/cell.def.sdmx.json"
    assert asked[1].url.params["cell"] == "11,16"


@pytest.mark.parametrize(
    ("listing", "says"),
    [(codelist((1, "T01:1 (x)")), "knows no cell named like"), ({"structure": {}}, "of another shape")],
)
def test_a_list_of_cells_that_does_not_help(listing: dict[str, object], says: str) -> None:
    with pytest.raises(SourceError, match=says):
        fetch_cells(
            polite(lambda _: httpx2.Response(200, json=listing)), ADDRESS, silent, search="T19:*", keep="T19:[1-7] "
        )


def csv_answer(*rows: list[object], header: list[str] | None = None) -> bytes:
    return as_csv([header or [*NOMIS_HEADER, "RECORD_OFFSET", "RECORD_COUNT"], *rows])


ROW: list[object] = ["2025", "London", "E37000051", LEP, 1, NORMAL]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (csv_answer(), "sent no cells"),
        (csv_answer(ROW, header=NOMIS_HEADER), "without the column RECORD_OFFSET"),
        (csv_answer([*ROW, 7, 9]), "sent cells from 7 when asked for those from 0"),
        (csv_answer([*ROW, 0, "many"]), "damaged"),
        (csv_answer([*ROW, 0, 9_000_000]), "sent cells from 0 when asked for those from 1"),
        (b"<!DOCTYPE html><html>Nomis is being maintained</html>", "a web page instead of CSV"),
        (b"\xff\xfe\x00", "damaged"),
    ],
)
def test_answers_that_are_no_table(content: bytes, says: str) -> None:
    with pytest.raises(SourceError, match=says) as caught:
        fetch_table(polite(lambda _: httpx2.Response(200, content=content)), ADDRESS, silent)
    assert str(caught.value).startswith("Nomis NM_142_1 ")


def test_cells_that_run_out() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        first = "RecordOffset" not in request.url.params
        return httpx2.Response(200, content=csv_answer(*([[*ROW, 0, 3]] if first else [])))

    with pytest.raises(SourceError, match="sent 1 of 3 cells and then none"):
        fetch_table(polite(answer), ADDRESS, silent)


def test_a_table_without_end() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        offset = int(request.url.params.get("RecordOffset", "0"))
        return httpx2.Response(200, content=csv_answer([*ROW, offset, 10**9]))

    with pytest.raises(SourceError, match="sends more than 2,000,000 cells"):
        fetch_table(polite(answer), ADDRESS, silent)


def test_trouble_on_a_later_page_is_an_error_of_the_whole() -> None:
    serve = nomis(enterprises(), ["EMPLOYMENT_SIZEBAND_NAME"], page=4)

    def answer(request: httpx2.Request) -> httpx2.Response:
        return serve(request) if request.url.params.get("RecordOffset") != "8" else httpx2.Response(500)

    with pytest.raises(SourceError, match="HTTP 500, again and again"):
        fetch_table(polite(answer), ADDRESS, silent)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (as_csv([["DATE_NAME", "OBS_VALUE"], ["2025", 1]]), "no column 'GEOGRAPHY_NAME'"),
        (csv_answer([*ROW, 0, 1]), "no column 'EMPLOYMENT_SIZEBAND_NAME'"),
        (as_csv([[*NOMIS_HEADER, "EMPLOYMENT_SIZEBAND_NAME"], [*ROW[:3], "wards", 1, NORMAL, "Total"]]), "'wards'"),
        (as_csv([[*NOMIS_HEADER, "EMPLOYMENT_SIZEBAND_NAME"], ["spring", *ROW[1:], "Total"]]), "end with a year"),
        (as_csv([[*NOMIS_HEADER, "EMPLOYMENT_SIZEBAND_NAME"], [*ROW[:4], "few", NORMAL, "Total"]]), "'few'"),
    ],
)
def test_columns_that_changed_are_named(content: bytes, says: str) -> None:
    with pytest.raises(TableError, match=says):
        read_size_bands(content)


def test_pages_with_different_columns_are_not_joined() -> None:
    with pytest.raises(TableError, match="different columns"):
        join_pages([b"a,b\n1,2\n", b"a,c\n1,2\n"])


def test_a_survey_without_its_figures() -> None:
    content = nomis(survey_cells()[1:2], ["CELL_NAME", "MEASURES"])(httpx2.Request("GET", ADDRESS)).content
    with pytest.raises(TableError, match="MEASURES 20100"):
        read_aps(content)


@pytest.mark.official
@pytest.mark.parametrize(
    ("file", "read", "name", "value", "extra"),
    [
        (
            "ubc_enterprises_by_size_lep_lad_2018_2022",
            read_size_bands,
            "band",
            "enterprises",
            "EMPLOYMENT_SIZEBAND_NAME",
        ),
        ("bres_sic_section_lep_nuts3_2015_2020", read_jobs, "industry", "jobs", "INDUSTRY_NAME"),
    ],
)
def test_an_official_workbook_written_as_the_api_does_gives_the_same_table(
    shared: Path, file: str, read: Callable[..., pd.DataFrame], name: str, value: str, extra: str
) -> None:
    kinds = {"country": "countries", "lep": LEP, "lad": LAD, "nuts3": "nuts 2016 level 3"}
    table = read(shared / f"indicators/{file}.xlsx")
    cells = [
        [
            str(row["year"]),
            row["area"],
            "",
            kinds[row["level"]],
            "" if pd.isna(row[value]) else row[value],
            MISSING,
            row[name],
        ]
        for row in table.to_dict("records")
    ]
    serve = nomis([], [extra])  # its header
    header = serve(httpx2.Request("GET", ADDRESS)).content.decode().strip().replace('"', "").split(",")[:-2]
    again = read(as_csv([header, *cells]))
    pd.testing.assert_frame_equal(again[table.columns], table, check_dtype=False)
