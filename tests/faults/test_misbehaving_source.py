"""A publisher that answers slowly, wrongly or never, over a real connection on this machine."""

from __future__ import annotations

import itertools
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pandas as pd
import pytest
import stamina

from s3geo.errors import SourceError
from s3geo.refresh.live import plan, refresh_sources
from s3geo.sources import registry
from s3geo.sources.client import Client

UBC = "nomis_ubc"
HEADER = (
    b'"DATE_NAME","GEOGRAPHY_NAME","GEOGRAPHY_CODE","GEOGRAPHY_TYPE","OBS_VALUE","OBS_STATUS_NAME",'
    b'"EMPLOYMENT_SIZEBAND_NAME","RECORD_OFFSET","RECORD_COUNT"\n'
)
ROWS = b"".join(
    b'"2025","England","E92000001","countries",%d,"Normal Value","%s",0,5\n' % (n, band)
    for n, band in enumerate(
        [b"Total", b"Micro (0 to 9)", b"Small (10 to 49)", b"Medium-sized (50 to 249)", b"Large (250+)"], 1
    )
)
Speak = Callable[[socket.socket, threading.Event], None]


def http(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def well(to: socket.socket, _: threading.Event) -> None:
    to.sendall(http(HEADER + ROWS))


def never(_: socket.socket, over: threading.Event) -> None:
    over.wait(30)


def drop_by_drop(to: socket.socket, over: threading.Event) -> None:
    """Announce a table and send a byte now and then: never so late that the connection would count as dead."""
    to.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while not over.wait(0.01):
        to.sendall(b",")


def half(to: socket.socket, _: threading.Event) -> None:
    to.sendall(http(HEADER + ROWS)[:-60])


def reset(to: socket.socket, _: threading.Event) -> None:
    to.sendall(http(HEADER + ROWS)[:200])
    to.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def gibberish(to: socket.socket, _: threading.Event) -> None:
    to.sendall(b"\x00\x01\x02 no HTTP at all\r\n\r\n")


def sign_in(to: socket.socket, _: threading.Event) -> None:
    to.sendall(http(b"<!DOCTYPE html><html><body>Sign in</body></html>"))


def other_place(to: socket.socket, _: threading.Event) -> None:
    to.sendall(http(b"", "302 Found", "Location: file:///etc/passwd"))


def round_and_round(to: socket.socket, _: threading.Event) -> None:
    to.sendall(http(b"", "302 Found", "Location: /again"))


def bomb(to: socket.socket, _: threading.Event) -> None:
    """A body that is small on its way and large once unpacked."""
    import gzip

    to.sendall(http(gzip.compress(bytes(40_000_000)), "200 OK", "Content-Encoding: gzip"))


MISBEHAVING: dict[str, tuple[Speak, str]] = {
    "never": (never, "did not answer in time"),
    "drop by drop": (drop_by_drop, "has not sent its whole answer within"),
    "half": (half, "broke off in the middle of its answer"),
    "reset": (reset, "cannot be reached|broke off in the middle"),
    "gibberish": (gibberish, "broke off in the middle|cannot be reached"),
    "a sign-in page": (sign_in, "a web page instead of CSV"),
    "sent elsewhere": (other_place, "cannot be reached"),
    "sent round and round": (round_and_round, "cannot be reached"),
    "a bomb": (bomb, "instead of CSV|sends more than"),
}


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Speak], None]]:
    """Start a server that speaks in one way, and make it the publisher of a source."""
    over = threading.Event()
    threads: list[threading.Thread] = []
    listening = socket.create_server(("127.0.0.1", 0))
    way: list[Speak] = [well]

    def answer(connection: socket.socket) -> None:
        with connection:
            try:
                connection.recv(65_536)
                way[0](connection, over)
            except OSError:
                return  # the one who asked has gone

    def listen() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=answer, args=(connection,)))
            threads[-1].start()

    source = registry.SOURCES[UBC]
    address = f"http://127.0.0.1:{listening.getsockname()[1]}/api.csv?x=1"
    monkeypatch.setitem(registry.SOURCES, UBC, replace(source, address=address, least=3))
    main = threading.Thread(target=listen)
    main.start()
    yield lambda speak: way.__setitem__(0, speak)
    over.set()
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    for thread in (main, *threads):
        thread.join(10)


def refreshed(folder: Path, patience: float = 20.0):
    """Refresh with a clock that goes on by a second whenever it is looked at."""
    clock = itertools.count().__next__
    with (
        stamina.set_testing(True, attempts=2),
        httpx2.Client(timeout=httpx2.Timeout(patience), follow_redirects=True, trust_env=False) as http_client,
    ):
        client = Client(http_client, pause=0.0, deadline=50.0, clock=clock, sleep=lambda seconds: None)
        return refresh_sources([UBC], folder, client)


@pytest.mark.parametrize("how", MISBEHAVING)
def test_the_old_table_stays_and_the_message_says_why(
    how: str, publisher: Callable[[Speak], None], tmp_path: Path
) -> None:
    refreshed(tmp_path).check()
    path = tmp_path / "sources" / f"{UBC}.parquet"
    before, last = path.read_bytes(), plan([UBC], tmp_path)["last"].tolist()
    speak, words = MISBEHAVING[how]
    publisher(speak)
    report = refreshed(tmp_path, patience=0.2 if how == "never" else 20.0)
    with pytest.raises(SourceError, match=words) as caught:
        report.check()
    assert len(caught.value.problems) == 1
    assert "the old data stay" in str(report)
    assert (path.read_bytes(), plan([UBC], tmp_path)["last"].tolist()) == (before, last)
    publisher(well)
    refreshed(tmp_path).check()
    assert len(pd.read_parquet(path)) == 5
