"""The client that asks publishers: politeness, retries, and everything that can come instead of a file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx2
import pytest
import stamina
from publishers import polite

import s3geo
from s3geo.errors import SourceError
from s3geo.sources.client import PATIENCE, Client

ADDRESS = "https://publisher.example/data/table.csv"


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3):
        yield


class Clock:
    """Time that only passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now += seconds


def timed(answer: Callable[[httpx2.Request], httpx2.Response], clock: Clock, pause: float = 1.0) -> Client:
    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    return Client(http, pause=pause, clock=clock, sleep=clock.sleep)


def refused(answer: Callable[[httpx2.Request], httpx2.Response], kind: str = "csv", **options: int) -> SourceError:
    with pytest.raises(SourceError) as caught:
        polite(answer).get(ADDRESS, kind=kind, **options)
    assert caught.value.exit_code == 3
    row = caught.value.problems.loc[0]
    assert row["file"] == "publisher.example/data/table.csv"
    assert row["next_step"]
    assert str(caught.value).startswith(row["file"])
    return caught.value


def archive(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return buffer.getvalue()


def test_it_says_who_asks_and_keeps_what_the_address_asks_for() -> None:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(200, content=b"a,b\n", headers={"Content-Type": "text/CSV; charset=utf-8"})

    download = polite(answer).get(f"{ADDRESS}?x=1", parameters={"y": "2"}, accept="text/csv", kind="csv")
    assert asked[0].headers["User-Agent"].startswith(f"s3geo/{s3geo.__version__} ")
    assert asked[0].headers["Accept"] == "text/csv"
    assert dict(asked[0].url.params) == {"x": "1", "y": "2"}
    assert download.address == f"{ADDRESS}?x=1&y=2"
    assert (download.content, download.media_type) == (b"a,b\n", "text/csv")
    assert datetime.fromisoformat(download.retrieved).utcoffset() == timedelta(0)


def test_requests_to_one_host_keep_their_distance() -> None:
    clock = Clock()
    client = timed(lambda _: httpx2.Response(200, content=b"a,b\n"), clock)
    for address in (ADDRESS, ADDRESS, "https://elsewhere.example/x.csv", ADDRESS):
        client.get(address)
    assert clock.slept == [1.0, 1.0]


def test_a_pause_that_is_asked_for_in_seconds_is_kept() -> None:
    clock = Clock()
    answers = iter([httpx2.Response(429, headers={"Retry-After": "17"}), httpx2.Response(200, content=b"a\n")])
    timed(lambda _: next(answers), clock).get(ADDRESS)
    assert clock.slept == [17.0]


def test_a_pause_that_is_asked_for_as_a_date_is_kept() -> None:
    clock = Clock()
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    answers = iter([httpx2.Response(503, headers={"Retry-After": until}), httpx2.Response(200, content=b"a\n")])
    timed(lambda _: next(answers), clock).get(ADDRESS)
    assert 35 < clock.slept[0] <= 40


@pytest.mark.parametrize("header", ["soon", "-5", "", "12 monkeys"])
def test_a_pause_that_cannot_be_read_is_the_usual_one(header: str) -> None:
    clock = Clock()
    answers = iter([httpx2.Response(429, headers={"Retry-After": header}), httpx2.Response(200, content=b"a\n")])
    timed(lambda _: next(answers), clock).get(ADDRESS)
    assert clock.slept == [1.0]


def test_a_pause_that_is_too_long_ends_the_refresh_at_once() -> None:
    asked = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(429, headers={"Retry-After": str(int(PATIENCE) * 30)})

    assert "left alone for 60 minutes" in str(refused(answer))
    assert len(asked) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_host_that_recovers_is_asked_again(status: int) -> None:
    answers = iter([httpx2.Response(status), httpx2.Response(status), httpx2.Response(200, content=b"a,b\n")])
    assert polite(lambda _: next(answers)).get(ADDRESS, kind="csv").content == b"a,b\n"


@pytest.mark.parametrize(
    ("status", "says"),
    [(429, "asks for a pause (HTTP 429), again and again"), (500, "answered with HTTP 500, again and again")],
)
def test_a_host_that_does_not_recover(status: int, says: str) -> None:
    asked = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(status)

    assert says in str(refused(answer))
    assert len(asked) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_refusal_is_not_repeated(status: int) -> None:
    answers = iter([httpx2.Response(status)])
    assert f"answered with HTTP {status}" in str(refused(lambda _: next(answers)))


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (httpx2.ReadTimeout, "did not answer in time, again and again"),
        (httpx2.ConnectTimeout, "did not answer in time, again and again"),
        (httpx2.ConnectError, "cannot be reached (ConnectError)"),
        (httpx2.RemoteProtocolError, "broke off in the middle of its answer"),
    ],
)
def test_network_trouble(error: type[httpx2.TransportError], says: str) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        raise error("trouble", request=request)

    assert says in str(refused(answer))


def test_a_redirect_that_never_ends() -> None:
    assert "TooManyRedirects" in str(refused(lambda _: httpx2.Response(302, headers={"Location": ADDRESS})))


def test_a_truncated_body_is_asked_for_again() -> None:
    whole = b"code,value\nE07000041,1\n"
    headers = {"Content-Length": str(len(whole))}
    answers = iter([httpx2.Response(200, headers=headers, content=whole[:9]), httpx2.Response(200, content=whole)])
    assert polite(lambda _: next(answers)).get(ADDRESS, kind="csv").content == whole


def test_a_body_that_is_truncated_every_time() -> None:
    short = {"Content-Length": "5000"}
    error = refused(lambda _: httpx2.Response(200, headers=short, content=b"code,value\n"))
    assert "sent 11 of 5,000 bytes, again and again" in str(error)


def test_a_body_that_is_larger_than_expected_is_not_read_to_its_end() -> None:
    read = []

    def endless() -> Iterator[bytes]:
        for piece in range(1_000_000):
            read.append(piece)
            yield b"x" * 1_000_000

    error = refused(lambda _: httpx2.Response(200, content=endless()), most=3_000_000)
    assert "sends more than 3 MB" in str(error)
    assert len(read) < 10


@pytest.mark.parametrize(
    ("kind", "content", "says"),
    [
        ("csv", b"<!DOCTYPE html><html><body>Sign in</body></html>", "answered with a web page instead of CSV"),
        ("csv", b'{"error": "no"}', "answered with JSON text instead of CSV"),
        ("csv", b"PK\x03\x04", "answered with a zip archive instead of CSV"),
        ("csv", b"", "sent nothing"),
        ("csv", b"\x00\x01\x02\x03", "binary data of an unknown kind instead of CSV"),
        ("json", b"\n  <html><head></head></html>", "answered with a web page instead of JSON"),
        ("json", b"code,value\n", "answered with plain text instead of JSON"),
        ("xlsx", b"<html></html>", "answered with a web page instead of an Excel workbook"),
        ("xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or password-protected Office file"),
        ("xlsx", archive(**{"a.csv": b"x"}), "a zip archive that is not an Excel workbook"),
        ("zip", b"%PDF-1.7", "answered with a PDF document instead of a zip archive"),
        ("zip", archive(**{"a.csv": b"x" * 9000})[:-30], "cut short or damaged"),
        ("zip", archive(**{"../../evil.csv": b"x"}), "a member that points outside the archive"),
        ("zip", archive(**{"bomb.csv": b"0" * 30_000_000}), "expands suspiciously far"),
    ],
)
def test_something_else_than_was_asked_for(kind: str, content: bytes, says: str) -> None:
    assert says in str(refused(lambda _: httpx2.Response(200, content=content), kind=kind))


def test_a_client_of_somebody_else_stays_open() -> None:
    http = httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(200, content=b"a\n")))
    with Client(http, pause=0.0) as client:
        client.get(ADDRESS)
    assert not http.is_closed
    http.close()
    with Client() as own:
        pass
    with pytest.raises(RuntimeError):
        own.get(ADDRESS)
