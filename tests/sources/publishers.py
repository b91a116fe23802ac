"""A stand-in for the publishers: answers in their layout, with invented figures. Everything here is synthetic."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence

import httpx2

from s3geo.sources.client import Client

Answer = Callable[[httpx2.Request], httpx2.Response]


def polite(answer: Answer, **options: object) -> Client:
    """Return a client that asks `answer` and never waits."""
    http = httpx2.Client(transport=httpx2.MockTransport(answer), follow_redirects=True)
    return Client(http, pause=0.0, sleep=lambda seconds: None, **options)


def by_path(routes: Mapping[str, object]) -> Answer:
    """Answer by the path of the request: bytes, JSON, or a function of the request."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        found = routes.get(request.url.path)
        if callable(found):
            return found(request)
        if isinstance(found, bytes):
            return httpx2.Response(200, content=found)
        return httpx2.Response(404) if found is None else httpx2.Response(200, json=found)

    return answer


def silent(done: int, expected: int) -> None:
    """Hear of progress and say nothing."""


# --- Nomis: CSV of the API, one line a cell

NOMIS_HEADER = ["DATE_NAME", "GEOGRAPHY_NAME", "GEOGRAPHY_CODE", "GEOGRAPHY_TYPE", "OBS_VALUE", "OBS_STATUS_NAME"]
NORMAL, MISSING = "Normal Value", "These figures are missing."
LEP = "local enterprise partnerships (as of April 2021)"
LAD = "local authorities: district / unitary (as of April 2023)"


def as_csv(rows: Iterable[Sequence[object]]) -> bytes:
    """Write rows as Nomis does: text in quotes."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def nomis(cells: Sequence[Sequence[object]], extra: Sequence[str], page: int = 25_000) -> Answer:
    """Serve cells in pages, as the API does."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        offset = int(request.url.params.get("RecordOffset", "0"))
        shown = cells[offset : offset + page]
        rows = [[*cell, offset, len(cells)] for cell in shown]
        return httpx2.Response(200, content=as_csv([[*NOMIS_HEADER, *extra, "RECORD_OFFSET", "RECORD_COUNT"], *rows]))

    return answer


def enterprises(year: int = 2025, shift: float = 0.0) -> list[list[object]]:
    """Make cells of UK Business Counts for three areas."""
    areas = [("England", "E92000001", "countries"), ("Black Country", "E37000001", LEP), ("Exeter", "E07000041", LAD)]
    bands = ["Total", "Micro (0 to 9)", "Small (10 to 49)", "Medium-sized (50 to 249)", "Large (250+)"]
    return [
        [str(year), name, code, kind, 100.0 * (size + 1) + shift, NORMAL, band]
        for name, code, kind in areas
        for size, band in enumerate(bands)
    ]


# --- JSON services


def gtr_page(number: int, total: int, *ids: str) -> dict[str, object]:
    """Make a page of organisations of Gateway to Research."""
    address = {"type": "MAIN_ADDRESS", "postCode": "EX4 4QJ", "city": "Exeter", "region": "South West"}
    organisations = [
        {"id": one, "name": f" Organisation {one} ", "addresses": {"address": [address]}, "links": {"link": []}}
        for one in ids
    ]
    return {"page": number, "size": 100, "totalPages": total, "totalSize": 3, "organisation": organisations}


def openalex_page(ids: Sequence[str], count: int, cursor: str | None) -> dict[str, object]:
    """Make a page of institutions of OpenAlex."""
    results = [
        {
            "id": f"https://openalex.org/{one}",
            "ror": "https://ror.org/03yghzc09",
            "display_name": f"Institution {one}",
            "country_code": "GB",
            "type": "education",
            "geo": {"city": "Exeter", "latitude": 50.7, "longitude": -3.5},
            "works_count": 10,
            "cited_by_count": 20,
        }
        for one in ids
    ]
    return {"meta": {"count": count, "per_page": 100, "next_cursor": cursor}, "results": results}


# --- CSV files and archives

HEBCI = """\
Title:,Table 4e - Spin-off activities by provider (synthetic)
Location:,UK
Academic years:,2017/18 to 2018/19

UKPRN,HE Provider,Country of HE provider,Region of HE provider,Academic Year,Metric,Category Marker,Value
10007792,University of Exeter,England,South West,2018/19,Number of active firms,Graduate start-ups,"1,204"
10007792,University of Exeter,England,South West,2017/18,Number of active firms,Graduate start-ups,900
,Total,All,All,2018/19,Number of active firms,Graduate start-ups,9999
"""

ORGANISATION = (
    "projectID;projectAcronym;organisationID;vatNumber;name;shortName;SME;activityType;street;postCode;city;country;"
    "nutsCode;geolocation;organizationURL;contactForm;contentUpdateDate;rcn;order;role;ecContribution;"
    "netEcContribution;totalCost;endOfParticipation;active"
)


def organisation(project: str, pic: str, role: str, money: str, country: str = "UK") -> str:
    """Make a line of organization.csv of CORDIS."""
    return (
        f'"{project}";"ACME";"{pic}";"GB1";"University; of {pic}";"U";"false";"HES";"Road";"EX4 4QJ";"Exeter";'
        f'"{country}";"UKK43";"";"";"";"";"1";"1";"{role}";"{money}";"{money}";"";"false";"true"'
    )


def cordis(lines: Sequence[str], header: str = ORGANISATION, **members: bytes) -> bytes:
    """Make an archive of CORDIS, with further members if wanted."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("organization.csv", "\ufeff" + "\r\n".join([header, *lines]) + "\r\n")
        archive.writestr(
            "project.csv", 'id;acronym;startDate\r\n"100";"ACME";"2017-03-01"\r\n"101";"B";"2018-01-01"\r\n'
        )
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def feature_rows(*rows: dict[str, object], more: bool = False) -> bytes:
    """Make an answer of the ArcGIS service for a lookup."""
    return json.dumps({"features": [{"attributes": row} for row in rows], "exceededTransferLimit": more}).encode()
