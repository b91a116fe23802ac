"""ONS: from the page of a dataset to its workbooks, and rows of Open Geography. Pages and figures are synthetic."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import stamina
from publishers import by_path, feature_rows, polite, silent

from s3geo.errors import FileProblem, SourceError, TableError
from s3geo.sources.ons_geography import fetch_layer_rows, fetch_lookup, read_codes, read_lookup
from s3geo.sources.ons_gva import read_gva
from s3geo.sources.ons_gva_workbooks import industry_level, read_gva_workbooks
from s3geo.sources.ons_pages import HOST, fetch_workbook, fetch_workbooks
from s3geo.sources.ons_population import read_population

PAGE = f"{HOST}/people/datasets/population"
QUERY = "https://services1.arcgis.com/x/arcgis/rest/services/LAD23_RGN23_EN_LU/FeatureServer/0/query"


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3):
        yield


def landing(*editions: str) -> dict[str, object]:
    return {"type": "dataset_landing_page", "datasets": [{"uri": edition} for edition in editions]}


def edition(*files: str) -> dict[str, object]:
    return {"type": "dataset", "downloads": [{"size": "1", "file": file} for file in files]}


def test_a_workbook_is_found_through_its_page(workbook) -> None:
    content = workbook({"Population data": [["LA code", "LA name", 2023], ["E07000041", "Exeter", 138_399]]})
    current = "/people/datasets/population/current"

    def file(request: httpx2.Request) -> httpx2.Response:
        assert request.url.params["uri"] == f"{current}/mid 2023.xlsx"
        return httpx2.Response(200, content=content)

    routes = {
        "/people/datasets/population/data": landing(current, "/people/datasets/population/older"),
        f"{current}/data": edition("notes.pdf", "mid 2023.xlsx"),
        "/file": file,
    }
    (download,) = fetch_workbook(polite(by_path(routes)), PAGE, silent)
    assert read_population(download.content)["population"].tolist() == [138_399]


def gva_book(workbook, region: str, *rows: list[object], header: str = "SIC07 description") -> bytes:
    sheet = [
        [f"Table 3c: GVA in current prices, {region} (synthetic)"],
        ["ITL1 Region", "LA code", "LA name", "SIC07", header, 2022, 2023],
        *rows,
        ["Notes: figures are in millions of pounds"],
    ]
    return workbook({"Contents": [["x"]], "Table 1c": [["x"]], "Table 3c": sheet})


def test_gva_comes_in_a_workbook_a_region(workbook) -> None:
    books = {
        "north": gva_book(workbook, "North East", ["North East", "E06000001", "Hartlepool", "Total", "All", 10, 11]),
        "south": gva_book(workbook, "South West", ["South West", "E06000052", "Cornwall", 41, "Building", "[c]", 2]),
    }
    told = []
    routes: dict[str, object] = {"/people/datasets/population/data": landing("/gva/north", "/gva/south")}
    routes |= {f"/gva/{name}/data": edition(f"{name}.xlsx") for name in books}
    routes["/file"] = lambda request: httpx2.Response(200, content=books[request.url.params["uri"].split("/")[2]])
    downloads = fetch_workbooks(polite(by_path(routes)), PAGE, lambda *now: told.append(now))
    assert told == [(1, 2), (2, 2)]
    table = read_gva_workbooks([download.content for download in downloads])
    assert table[["code", "industry", "level", "year"]].values.tolist() == [
        ["E06000001", "Total", "total", 2022],
        ["E06000001", "Total", "total", 2023],
        ["E06000052", "41", "division", 2022],
        ["E06000052", "41", "division", 2023],
    ]
    assert table["status"].tolist() == ["value", "value", "suppressed", "value"]
    assert table["gva"].isna().tolist() == [False, False, True, False]
    csv = (
        "la_code,sic07,sic07_description,sic_level,year,gva_gbp_m,flag\n"
        "E06000001,Total,All,total,2022,10,\nE06000052,41,Building,division,2022,,c\n"
    )
    assert list(read_gva(csv.encode()).columns) == list(table.columns)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda book: book({"Table 1": [["x"]]}), "no sheet 'Table 3'"),
        (lambda book: gva_book(book, "x", header="Industry"), "no header with 'LA code'"),
        (lambda book: gva_book(book, "x", ["x", "E06000001", "H", "Total", "All", "about 5", 1]), "is not a number"),
    ],
)
def test_a_gva_workbook_that_changed(workbook, make, says: str) -> None:
    with pytest.raises(TableError, match=says):
        read_gva_workbooks([make(workbook)])


@pytest.mark.official
def test_levels_of_industries_follow_from_their_codes(shared: Path) -> None:
    table = read_gva(shared / "indicators/gva_la_by_industry_2013_2023.csv.gz")
    pairs = table[["industry", "level"]].drop_duplicates()
    assert len(pairs) == 49
    assert pairs["industry"].map(industry_level).tolist() == pairs["level"].tolist()


@pytest.mark.parametrize(
    ("routes", "says"),
    [
        ({}, "HTTP 404"),
        ({"/people/datasets/population/data": b"<html><body>Page</body></html>"}, "a web page instead of JSON"),
        ({"/people/datasets/population/data": b'{"datasets": [{"uri"'}, "cut short or damaged"),
        ({"/people/datasets/population/data": [1]}, "does not describe a page"),
        ({"/people/datasets/population/data": {"type": "bulletin"}}, "lists no edition"),
        ({"/people/datasets/population/data": landing("//evil.example/x")}, "HTTP 404"),
        ({"/people/datasets/population/data": landing("https://evil.example/x")}, "outside the website"),
        ({"/people/datasets/population/data": landing("/../x")}, "outside the website"),
        ({"/people/datasets/population/data": landing("/e"), "/e/data": edition("a.pdf")}, "lists no workbook"),
        (
            {
                "/people/datasets/population/data": landing("/e"),
                "/e/data": edition("a.xlsx"),
                "/file": b"<html>moved</html>",
            },
            "a web page instead of an Excel workbook",
        ),
    ],
)
def test_a_page_that_leads_nowhere(routes: dict[str, object], says: str) -> None:
    with pytest.raises(SourceError, match=says) as caught:
        fetch_workbook(polite(by_path(routes)), PAGE, silent)
    assert str(caught.value).startswith("The ONS page population ")


def lad(number: int) -> dict[str, object]:
    code = f"E0700000{number}"
    return {"LAD23CD": code, "LAD23NM": f"D{number}", "RGN23CD": "E12000009", "RGN23NM": "South West", "ObjectId": 1}


def test_a_lookup_is_paged_and_has_no_geometry() -> None:
    offsets = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked = request.url.params
        assert (asked["f"], asked["returnGeometry"]) == ("json", "false")
        offset = int(asked["resultOffset"])
        offsets.append(offset)
        return httpx2.Response(200, content=feature_rows(lad(offset), lad(offset + 1), more=offset < 4))

    pages = fetch_lookup(polite(answer), QUERY, silent)
    assert offsets == [0, 2, 4]
    table = read_lookup([page.content for page in pages], "LAD", "RGN")
    assert table["code"].tolist() == [f"E0700000{number}" for number in range(6)]
    assert table["region_name"].unique().tolist() == ["South West"]


@pytest.mark.official
def test_the_parser_of_answers_reads_the_official_file(shared: Path) -> None:
    file = shared / "boundaries/lep_2021_may_en_buc.geojson"

    def answer(request: httpx2.Request) -> httpx2.Response:
        assert request.url.params["f"] == "geojson"
        return httpx2.Response(200, content=file.read_bytes())

    (page,) = fetch_layer_rows(polite(answer), QUERY, silent)
    from_service, from_file = read_codes([page.content], "LEP"), read_codes([file], "LEP")
    assert len(from_file) == 38
    assert from_service.equals(from_file)
    assert set(from_file["code"]) > {"E37000051"}


@pytest.mark.parametrize(
    ("content", "error", "says"),
    [
        (b"{}", FileProblem, "not an answer of the ONS boundary service"),
        (b"<html>", FileProblem, "not an answer of the ONS boundary service"),
        (feature_rows({"AREACD": "E1", "AREANM": "x"}), TableError, r"no columns LAD\?\?CD"),
        (feature_rows({"LAD23CD": "E1"}), TableError, r"no columns LAD\?\?CD and LAD\?\?NM"),
        (json.dumps({"features": [3]}).encode(), FileProblem, "not an answer"),
    ],
)
def test_rows_that_changed(content: bytes, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        read_codes([content], "LAD")
