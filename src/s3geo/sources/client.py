"""One polite way to ask a publisher for a file: every provider goes through `Client`.

Polite: it says who asks, waits between two requests to one host, waits as long as the host asks for, and gives up
after a few attempts. Careful: it stops at a size limit while the body still arrives, and looks at the body before
anyone parses it, because a sign-in page, half a file or an archive with a surprise all come with status 200.
"""

from __future__ import annotations

import email.utils
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

import httpx2
import stamina

from s3geo.errors import FileProblem, SourceError
from s3geo.files import MEGABYTE, check_archive, open_archive, sniff, spoken

__all__ = [
    "DEADLINE",
    "MOST_BYTES",
    "PATIENCE",
    "TIMEOUT",
    "USER_AGENT",
    "Client",
    "Download",
    "Tell",
    "read_json",
    "refuse",
]

USER_AGENT = f"s3geo/{version('s3geo')} (refresh of published open data)"
"""What every request says of itself."""

TIMEOUT = httpx2.Timeout(60.0, connect=10.0)
"""Seconds to wait for a connection, and between two pieces of an answer."""

DEADLINE = 900.0
"""Longest time, in seconds, that one answer may take to arrive; one that trickles in for ever never times out."""

MOST_BYTES = 300 * MEGABYTE
"""Largest answer that is read to its end."""

PATIENCE = 120.0
"""Longest pause, in seconds, that a host may ask for before the refresh gives up."""

Tell = Callable[[int, int], None]
"""Told how many answers have come, and how many are expected (0 = not known yet)."""

_ATTEMPTS = 5
_AGAIN = (429, 500, 502, 503, 504)
_STEP = "Try again later, or download the file by hand and refresh from a folder."
_WORDS = {"csv": "CSV", "json": "JSON", "xlsx": "an Excel workbook", "zip": "a zip archive"}
_HOLDS = {"csv": "text", "json": "json", "xlsx": "zip", "zip": "zip"}
_WORKBOOK = "xl/workbook.xml"


class _AskAgain(Exception):
    """The host may answer better if asked again."""


@dataclass(frozen=True, slots=True)
class Download:
    """An answer as it came.

    Parameters
    ----------
    address : str
        Where it came from, with all parameters.
    content : bytes
        The body, decompressed if it was compressed for the way.
    media_type : str
        As the host called it, without parameters; "" if it did not say.
    retrieved : str
        When, in UTC (ISO 8601, seconds).
    """

    address: str
    content: bytes
    media_type: str
    retrieved: str


def refuse(name: str, problem: str, step: str = _STEP) -> SourceError:
    """Build the error for one fault of one source: one sentence, and the same as a row of ``.problems``.

    Examples
    --------
    >>> print(refuse("Nomis", "answered with HTTP 404", "Check the address."))
    Nomis answered with HTTP 404. Check the address.
    """
    return SourceError(f"{name} {problem}. {step}", [{"file": name, "problem": problem, "next_step": step}])


def read_json(download: Download, name: str, step: str = _STEP) -> Any:
    """Parse a JSON answer.

    Raises
    ------
    SourceError
        If it is cut short or damaged.
    """
    try:
        return json.loads(download.content)
    except ValueError as error:
        problem = f"sent JSON that is cut short or damaged ({len(download.content):,} bytes)"
        raise refuse(name, problem, step) from error


class Client:
    """Ask publishers for files.

    Parameters
    ----------
    http : httpx2.Client, optional
        For tests and proxies; it stays open. By default a client of its own, closed at the end of the ``with`` block.
    pause : float, default 1.0
        Seconds between two requests to the same host.
    deadline : float, default 900
        Most seconds for one answer, from asking to its last byte.
    clock, sleep : callable, optional
        Seconds that only go up, and how to wait for some; for tests.

    Examples
    --------
    >>> transport = httpx2.MockTransport(lambda request: httpx2.Response(200, content=b"code,value"))
    >>> with Client(httpx2.Client(transport=transport)) as client:
    ...     client.get("https://example.org/table.csv", kind="csv").content
    b'code,value'
    """

    def __init__(
        self,
        http: httpx2.Client | None = None,
        *,
        pause: float = 1.0,
        deadline: float = DEADLINE,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._own = http is None
        self._http = http if http is not None else httpx2.Client(timeout=TIMEOUT, follow_redirects=True)
        self._pause = pause
        self._deadline = deadline
        self._clock = clock
        self._sleep = sleep
        self._not_before: dict[str, float] = {}

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, unless they belong to somebody else."""
        if self._own:
            self._http.close()

    def get(
        self,
        address: str,
        *,
        parameters: Mapping[str, str] | None = None,
        accept: str = "*/*",
        kind: str = "",
        name: str = "",
        step: str = _STEP,
        most: int = MOST_BYTES,
    ) -> Download:
        """Fetch one file, with retries.

        Parameters
        ----------
        address : str
            An http or https address.
        parameters : mapping of str to str, optional
            Query parameters, added to the address.
        accept : str
            Media type to ask for.
        kind : {"", "csv", "json", "xlsx", "zip"}
            What the body must hold; "" takes anything.
        name : str
            What to call the source in messages; by default host and path.
        step : str
            What a message tells the user to do next.
        most : int
            Largest body, in bytes.

        Raises
        ------
        SourceError
            If the host cannot be reached or goes on refusing after some attempts, or the body is too large, cut
            short, or not what was asked for.
        """
        called = name or _spoken_address(address)
        try:
            for attempt in stamina.retry_context(
                on=(_AskAgain, httpx2.TransportError),
                attempts=_ATTEMPTS,
                timeout=300.0,
                wait_initial=1.0,
                wait_max=30.0,
            ):
                with attempt:
                    download = self._once(address, parameters, accept, called, step, most)
        except _AskAgain as error:
            raise refuse(called, f"{error}, again and again", step) from error
        except httpx2.TimeoutException as error:
            raise refuse(called, "did not answer in time, again and again", step) from error
        except httpx2.RemoteProtocolError as error:
            raise refuse(called, "broke off in the middle of its answer, again and again", step) from error
        except (httpx2.RequestError, httpx2.InvalidURL) as error:
            raise refuse(called, f"cannot be reached ({type(error).__name__})", step) from error
        _check(download.content, kind, called, step)
        return download

    def _once(
        self, address: str, parameters: Mapping[str, str] | None, accept: str, called: str, step: str, most: int
    ) -> Download:
        self._wait(address)
        headers = {"User-Agent": USER_AGENT, "Accept": accept}
        # Merged, because parameters given to a request would replace those of its address.
        until = self._clock() + self._deadline
        url = httpx2.URL(address).copy_merge_params(dict(parameters or {}))
        with self._http.stream("GET", url, headers=headers) as response:
            if response.status_code in _AGAIN:
                self._heed(address, response.headers.get("Retry-After", ""), called, step)
                raise _AskAgain(_status(response.status_code))
            if response.status_code != 200:
                raise refuse(called, _status(response.status_code), step)
            content = bytearray()
            for piece in response.iter_bytes():
                content += piece
                if len(content) > most:
                    raise refuse(called, f"sends more than {most / MEGABYTE:,.0f} MB, more than was expected", step)
                if self._clock() > until:
                    raise refuse(called, f"has not sent its whole answer within {self._deadline:,.0f} s", step)
            _check_length(response, len(content))
        return Download(
            address=str(response.url),
            content=bytes(content),
            media_type=response.headers.get("Content-Type", "").partition(";")[0].strip().casefold(),
            retrieved=datetime.now(UTC).isoformat(timespec="seconds"),
        )

    def _wait(self, address: str) -> None:
        """Keep the distance to the last request to this host."""
        host = urlsplit(address).netloc
        if host in self._not_before and (left := self._not_before[host] - self._clock()) > 0:
            self._sleep(left)
        self._not_before[host] = self._clock() + self._pause

    def _heed(self, address: str, asked: str, called: str, step: str) -> None:
        """Note how long the host asks to be left alone."""
        seconds = _seconds(asked)
        if seconds > PATIENCE:
            raise refuse(called, f"asks to be left alone for {seconds / 60:,.0f} minutes", step)
        host = urlsplit(address).netloc
        self._not_before[host] = max(self._not_before.get(host, 0.0), self._clock() + seconds)


def _seconds(asked: str) -> float:
    """Read a Retry-After header: seconds, or a date."""
    if re.fullmatch(r"\d{1,9}", asked.strip()):
        return float(asked)
    try:
        until = email.utils.parsedate_to_datetime(asked)
    except ValueError:
        return 0.0
    return max((until - datetime.now(UTC)).total_seconds(), 0.0) if until.tzinfo else 0.0


def _check_length(response: httpx2.Response, got: int) -> None:
    """Compare what came with what was announced; a proxy that dies in between looks like the end of the file."""
    announced = response.headers.get("Content-Length", "")
    arrived = response.num_bytes_downloaded if response.headers.get("Content-Encoding") else got
    if announced.isdigit() and 0 < arrived < int(announced):
        raise _AskAgain(f"sent {arrived:,} of {int(announced):,} bytes")


def _check(content: bytes, kind: str, called: str, step: str) -> None:
    """Refuse a body that does not hold what was asked for."""
    if not kind:
        return
    held = sniff(content[:4000])
    if held == "empty":
        raise refuse(called, "sent nothing", step)
    if held != _HOLDS[kind]:
        raise refuse(called, f"answered with {spoken(held)} instead of {_WORDS[kind]}", step)
    if held != "zip":
        return
    try:
        with open_archive(content, called) as archive:
            members = {info.filename for info in check_archive(archive, called)}
    except FileProblem as error:
        raise refuse(called, str(error).removeprefix(f"{called} "), step) from error
    if kind == "xlsx" and _WORKBOOK not in members:
        raise refuse(called, f"answered with a zip archive that is not {_WORDS[kind]}", step)


def _spoken_address(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.netloc}{parts.path}"


def _status(code: int) -> str:
    return "asks for a pause (HTTP 429)" if code == 429 else f"answered with HTTP {code}"
