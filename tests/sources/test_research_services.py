"""HESA, Gateway to Research, CORDIS, REF and OpenAlex as they answer. All content is synthetic."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx2
import pytest
import stamina
from publishers import HEBCI, ORGANISATION, by_path, cordis, gtr_page, openalex_page, organisation, polite, silent

from s3geo.errors import FileProblem, SourceError, TableError
from s3geo.sources.cordis_archive import fetch_h2020_archive, read_h2020_archive
from s3geo.sources.gtr_api import ACCEPT, fetch_gtr_pages, read_gtr_pages
from s3geo.sources.hesa import TABLES, fetch_hebci, read_hebci
from s3geo.sources.openalex import fetch_institutions, read_institutions
from s3geo.sources.ref2021 import fetch_ref2021, read_ref2021

HESA = "https://www.hesa.ac.uk/providers/business-community"
GTR = "https://gtr.ukri.org/gtr/api/organisations"
CORDIS = "https://cordis.europa.eu/data/h2020.zip"
OPENALEX = "https://api.openalex.org/institutions?filter=country_code:gb"


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3):
        yield


# --- HESA


def test_hebci_tables_come_one_by_one_and_are_read_below_their_header() -> None:
    routes = {f"/providers/business-community/table-{table}.csv": HEBCI.encode() for table in TABLES}
    downloads = fetch_hebci(polite(by_path(routes)), HESA, silent)
    assert [download.address.rsplit("/", 1)[1] for download in downloads] == [f"table-{name}.csv" for name in TABLES]
    table = read_hebci([download.content for download in downloads])
    assert table["table"].unique().tolist() == list(TABLES)
    one = table[table["table"] == "4e"]
    assert one["value"].tolist() == [1204, 900]
    assert one["year"].tolist() == [2018, 2017]
    assert one["measure"].unique().tolist() == ["Metric: Number of active firms; Category Marker: Graduate start-ups"]
    assert "9999" not in one["value"].astype(str).str.cat()  # a total over all providers is no provider


def test_a_local_hebci_table_is_read_by_the_same_parser(tmp_path) -> None:
    path = tmp_path / "table-4e.csv"
    path.write_text("\ufeff" + HEBCI, encoding="utf-8")
    assert read_hebci([path], ["4e"])["ukprn"].tolist() == ["10007792", "10007792"]


def test_a_number_column_may_be_called_otherwise() -> None:
    renamed = HEBCI.replace("Category Marker,Value", "Category Marker,Number/Value")
    assert read_hebci([renamed.encode()], ["2a"])["value"].tolist() == [1204, 900]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("UKPRN,HE", "Provider code,HE", "no line that starts with 'UKPRN'"),
        (",Value\n", ",Amount\n", "no column 'Value' or 'Number/Value'"),
        ("Academic Year,", "Year,", "no column 'Academic Year'"),
        ("2018/19,Number", "2018,Number", "is not an academic year"),
        (",900", ",some", "is not a number"),
        (",900", "", "another number of cells"),
    ],
)
def test_a_hebci_table_that_changed(old: str, new: str, says: str) -> None:
    with pytest.raises(TableError, match=re.escape(says)):
        read_hebci([HEBCI.replace(old, new).encode()], ["4e"])


def test_hebci_needs_all_its_tables() -> None:
    with pytest.raises(TableError, match="1 HE-BCI files for 6 tables"):
        read_hebci([HEBCI.encode()])


def test_hesa_may_turn_a_program_away() -> None:
    with pytest.raises(SourceError, match="HESA HE-BCI table 1 answered with HTTP 403"):
        fetch_hebci(polite(lambda _: httpx2.Response(403)), HESA, silent)
    blocked = httpx2.Response(200, content=b"<html><title>Just a moment...</title></html>")
    with pytest.raises(SourceError, match="a web page instead of CSV"):
        fetch_hebci(polite(lambda _: blocked), HESA, silent)


# --- Gateway to Research


def test_gateway_pages_are_followed_politely() -> None:
    told = []
    pages = {1: gtr_page(1, 3, "A", "B"), 2: gtr_page(2, 3, "B", "C"), 3: gtr_page(3, 3, "D")}
    answers = [httpx2.Response(429, headers={"Retry-After": "2"}), httpx2.Response(500)]

    def answer(request: httpx2.Request) -> httpx2.Response:
        assert request.headers["Accept"] == ACCEPT
        assert request.url.params["s"] == "100"
        number = int(request.url.params["p"])
        return answers.pop() if number == 2 and answers else httpx2.Response(200, json=pages[number])

    downloads = fetch_gtr_pages(polite(answer), GTR, lambda *now: told.append(now))
    assert told == [(1, 3), (2, 3), (3, 3)]
    table = read_gtr_pages([download.content for download in downloads])
    assert table["gtr"].tolist() == ["A", "B", "C", "D"]  # B moved to the next page meanwhile
    assert table.loc[0].tolist() == ["A", "Organisation A", "EX4 4QJ", "Exeter", "South West", ""]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"organisation": [], "page": 1, "totalPages": 0}, "page 1 without an organisation"),
        ({"organisation": "x"}, "without a list of organisations"),
        (gtr_page(4, 9, "A"), "sent page 4 when asked for page 1"),
        (gtr_page(1, 10**6, "A"), "announces 1,000,000 pages"),
        ({**gtr_page(1, 1, "A"), "totalPages": None}, "there are None pages"),
    ],
)
def test_a_gateway_that_answers_wrongly(body: object, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        fetch_gtr_pages(polite(lambda _: httpx2.Response(200, json=body)), GTR, silent)


def test_gateway_fields_that_changed(tmp_path) -> None:
    page = gtr_page(1, 1, "A")
    page["organisation"] = [{"identifier": "A", "name": "x"}]
    with pytest.raises(TableError, match=r"a record has no 'id'\. It has 'identifier', 'name'"):
        read_gtr_pages([str(page).replace("'", '"').encode()])
    with pytest.raises(TableError, match="no list 'organisation'"):
        read_gtr_pages([b'{"org": []}'])
    with pytest.raises(FileProblem, match="page 2 cannot be read as JSON"):
        read_gtr_pages([b'{"organisation": []}', b'{"organisation": ['])


# --- CORDIS

LINES = [
    organisation("100", "999", "coordinator", "100000.5"),
    organisation("100", "888", "participant", "2000,25"),
    organisation("101", "888", "thirdParty", ""),
    organisation("101", "888", "thirdParty", ""),
    organisation("101", "777", "participant", "5", country="FR"),
]


def test_participations_come_out_of_the_archive(tmp_path) -> None:
    content = cordis(LINES, **{"information.txt": b"about", "topics.csv": b"projectID;topic\r\n"})
    (download,) = fetch_h2020_archive(polite(lambda _: httpx2.Response(200, content=content)), CORDIS, silent)
    table = read_h2020_archive(download.content)
    assert table[["project", "pic", "role", "start_year"]].values.tolist() == [
        ["100", "888", "participant", 2017],
        ["100", "999", "coordinator", 2017],
        ["101", "888", "thirdParty", 2018],
    ]
    assert table["contribution"].fillna(-1).tolist() == [2000.25, 100000.5, -1]  # not stated is not zero
    assert table.loc[0, "name"] == "University; of 888"
    path = tmp_path / "h2020.zip"
    path.write_bytes(content)
    assert read_h2020_archive(path).equals(table)


@pytest.mark.parametrize(
    ("content", "error", "says"),
    [
        (cordis(LINES, **{"setup.exe": b"MZ"}), FileProblem, "holds files that are no tables: 'setup.exe'"),
        (cordis(LINES, **{"../up.csv": b"x"}), FileProblem, "points outside the archive"),
        (cordis(LINES, **{"big.csv": b"0" * 40_000_000}), FileProblem, "expands suspiciously far"),
        (cordis(LINES, **{f"{n}.csv": b"" for n in range(300)}), FileProblem, "holds 302 members"),
        (cordis(LINES)[:-40], FileProblem, "cut short or damaged"),
        (b"<html>", FileProblem, "cut short or damaged"),
        (cordis(LINES, ORGANISATION.replace("ecContribution", "euGrant", 1)), TableError, "no column 'ecContribution'"),
        (cordis(LINES, ORGANISATION.replace(";", ",")), TableError, "no column"),
        (cordis(LINES[-1:]), TableError, "no organisation has country 'UK'"),
        (cordis([organisation("555", "9", "participant", "1")]), TableError, "no start date .* for project '555'"),
        (cordis([organisation("100", "9", "participant", "lots")]), TableError, "'lots' .* is not a number"),
    ],
)
def test_an_archive_with_a_surprise_inside(content: bytes, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        read_h2020_archive(content)


def test_an_archive_whose_bytes_are_damaged() -> None:
    content = bytearray(cordis(LINES * 50))
    content[60:80] = b"\x00" * 20
    with pytest.raises(FileProblem, match="is damaged"):
        read_h2020_archive(bytes(content))


# --- REF


def test_the_ref_workbook_is_one_file(workbook) -> None:
    header = ["Institution code (UKPRN)", "Institution name", "Profile", "FTE of submitted staff", "4*"]
    content = workbook({"Sheet1": [header, [10007792, "Exeter", "Overall", 10, 50]]})
    client = polite(lambda _: httpx2.Response(200, content=content))
    (download,) = fetch_ref2021(client, "https://results2021.ref.ac.uk/profiles/export-all", silent)
    assert read_ref2021(download.content)["fte_4star"].tolist() == [5]
    with pytest.raises(SourceError, match="REF 2021 results answered with a web page"):
        fetch_ref2021(polite(lambda _: httpx2.Response(200, content=b"<html>")), "https://x.example", silent)


# --- OpenAlex


def test_cursors_are_followed_until_there_is_none() -> None:
    pages = {"*": (["I1", "I2"], "c1"), "c1": (["I3"], "c2"), "c2": ([], None)}
    asked = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        assert request.url.params["filter"] == "country_code:gb"
        assert request.url.params["per_page"] == "100"
        asked.append(request.url.params["cursor"])
        ids, cursor = pages[asked[-1]]
        return httpx2.Response(200, json=openalex_page(ids, 3, cursor))

    downloads = fetch_institutions(polite(answer), OPENALEX, silent)
    assert asked == ["*", "c1", "c2"]
    table = read_institutions([download.content for download in downloads])
    assert table["openalex"].tolist() == ["I1", "I2", "I3"]
    assert table.loc[0, ["ror", "city", "latitude", "works"]].tolist() == ["03yghzc09", "Exeter", 50.7, 10.0]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (openalex_page(["I1"], 5, "*"), "round in circles"),
        (openalex_page(["I1"], 5, None), "sent 1 of 5 institutions"),
        (openalex_page([], 0, None), "sent 0 of 0 institutions"),
        ({"error": "Invalid filter"}, "without a list of results"),
    ],
)
def test_a_catalogue_that_answers_wrongly(body: object, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        fetch_institutions(polite(lambda _: httpx2.Response(200, json=body)), OPENALEX, silent)


def test_an_institution_without_a_place_has_no_point() -> None:
    page = openalex_page(["I1"], 1, None)
    page["results"][0] |= {"geo": None, "ror": None}
    table = read_institutions([httpx2.Response(200, json=page).content])
    assert table["latitude"].isna().all()
    assert table.loc[0, "ror"] == ""
