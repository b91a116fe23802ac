"""The ONS boundary service: paging, retries, and every way it can answer wrongly."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
import stamina

from s3geo.errors import SourceError, UsageError
from s3geo.sources import arcgis


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3):
        yield


def feature(number: int, **properties: object) -> dict[str, object]:
    point = {"type": "Point", "coordinates": [0.0, 52.0]}
    return {"type": "Feature", "properties": {"LEP21CD": f"E370000{number:02}", **properties}, "geometry": point}


def page(*numbers: int, more: bool = False) -> dict[str, object]:
    body: dict[str, object] = {"type": "FeatureCollection", "features": [feature(number) for number in numbers]}
    return body | ({"properties": {"exceededTransferLimit": True}} if more else {})


def fetch(folder: Path, answer: Callable[[httpx2.Request], httpx2.Response]) -> Path:
    with httpx2.Client(transport=httpx2.MockTransport(answer)) as client:
        return arcgis.fetch_layer("lep", "2021-05", folder, client=client)


def fails(folder: Path, answer: Callable[[httpx2.Request], httpx2.Response], match: str) -> SourceError:
    with pytest.raises(SourceError, match=match) as caught:
        fetch(folder, answer)
    assert list(folder.iterdir()) == []
    assert caught.value.exit_code == 3
    assert caught.value.problems.loc[0, "next_step"]
    return caught.value


def test_pages_are_followed_to_the_end(tmp_path: Path) -> None:
    offsets = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        offset = int(request.url.params["resultOffset"])
        offsets.append(offset)
        assert request.url.params["f"] == "geojson"
        assert request.url.params["outSR"] == "4326"
        return httpx2.Response(200, json=page(offset, offset + 1, more=offset < 4))

    path = fetch(tmp_path, answer)
    assert offsets == [0, 2, 4]
    layer = json.loads(path.read_text(encoding="utf-8"))
    assert [f["properties"]["LEP21CD"][-1] for f in layer["features"]] == list("012345")
    provenance = json.loads((tmp_path / "lep_2021-05.provenance.json").read_text(encoding="utf-8"))
    assert provenance["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert provenance["licence"] == "OGL-UK-3.0"
    raw = sorted((tmp_path / "lep_2021-05.pages").iterdir())
    assert [entry["sha256"] for entry in provenance["pages"]] == [
        hashlib.sha256(file.read_bytes()).hexdigest() for file in raw
    ]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [
        "lep_2021-05.geojson",
        "lep_2021-05.pages",
        "lep_2021-05.provenance.json",
    ]


def test_limit_flag_at_the_top_of_the_answer_counts_too(tmp_path: Path) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        offset = int(request.url.params["resultOffset"])
        return httpx2.Response(200, json=page(offset) | {"exceededTransferLimit": offset < 2})

    assert len(json.loads(fetch(tmp_path, answer).read_text())["features"]) == 3


@pytest.mark.parametrize("status", [429, 503])
def test_busy_service_is_asked_again(tmp_path: Path, status: int) -> None:
    answers = iter([httpx2.Response(status), httpx2.Response(200, json=page(1))])
    assert fetch(tmp_path, lambda _: next(answers)).exists()


def test_second_fetch_replaces_the_first(tmp_path: Path) -> None:
    fetch(tmp_path, lambda _: httpx2.Response(200, json=page(1)))
    path = fetch(tmp_path, lambda _: httpx2.Response(200, json=page(1, 2)))
    assert len(json.loads(path.read_text())["features"]) == 2


def test_failed_fetch_leaves_the_earlier_layer(tmp_path: Path) -> None:
    before = fetch(tmp_path, lambda _: httpx2.Response(200, json=page(1))).read_bytes()
    with pytest.raises(SourceError):
        fetch(tmp_path, lambda _: httpx2.Response(404))
    assert (tmp_path / "lep_2021-05.geojson").read_bytes() == before


def test_server_error_for_ever(tmp_path: Path) -> None:
    asked = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(500)

    fails(tmp_path, answer, "HTTP 500")
    assert len(asked) == 3


def test_too_many_requests_for_ever(tmp_path: Path) -> None:
    fails(tmp_path, lambda _: httpx2.Response(429), "asks for a pause")


def test_refused_without_retry(tmp_path: Path) -> None:
    answers = iter([httpx2.Response(403)])
    fails(tmp_path, lambda _: next(answers), "HTTP 403")


def test_timeout(tmp_path: Path) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadTimeout("slow", request=request)

    fails(tmp_path, answer, "did not answer in time")


def test_no_connection(tmp_path: Path) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("no route", request=request)

    fails(tmp_path, answer, "cannot be reached")


@pytest.mark.parametrize(
    ("body", "match"),
    [
        (b"\n<!DOCTYPE html><html><body>Sign in</body></html>", "a web page instead of JSON"),
        (b'{"error":{"code":400,"message":"Invalid URL"}}', "reports an error: 400 Invalid URL"),
        (json.dumps(page(1)).encode()[:-20], "cut short or damaged"),
        (b"", "cut short or damaged"),
        (b"[]", "without features"),
        (json.dumps(page()).encode(), "sent no features"),
        (b'{"features":[{"properties":{"NAME":"x"},"geometry":null}]}', "without a GSS code field"),
        (json.dumps({"features": [feature(1), feature(2, LEP21CD=None)]}).encode(), "1 of 2 features without a code"),
        (json.dumps(page(1, 1)).encode(), "twice"),
    ],
)
def test_wrong_answers(tmp_path: Path, body: bytes, match: str) -> None:
    fails(tmp_path, lambda _: httpx2.Response(200, content=body), match)


def test_service_that_never_ends(tmp_path: Path) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json=page(int(request.url.params["resultOffset"]), more=True))

    fails(tmp_path, answer, "more than 200 pages")


def test_own_url_and_unknown_layer(tmp_path: Path) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        assert request.url.host == "maps.example"
        return httpx2.Response(200, json=page(1))

    with httpx2.Client(transport=httpx2.MockTransport(answer)) as client:
        url = "https://maps.example/x/FeatureServer/0/query"
        assert arcgis.fetch_layer("ward", "2024-05", tmp_path, client=client, url=url).name == "ward_2024-05.geojson"
        with pytest.raises(UsageError, match="lep 2021-05"):
            arcgis.fetch_layer("ward", "2024-05", tmp_path, client=client)
