"""Measure, keep, and print one table at the end."""

from __future__ import annotations

import base64
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlparse

from driving import Page, free_port, start, stop

OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
VIEWPORT = {"width": 1366, "height": 768}


@dataclass
class Row:
    what: str
    values: list[float]
    unit: str = "ms"
    budget: float | None = None
    budget_p95: float | None = None
    at_least: bool = False

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def p95(self) -> float:
        """Return the smallest value that 95 in 100 do not exceed."""
        return sorted(self.values)[max(0, -(-95 * len(self.values) // 100) - 1)]

    def verdict(self) -> str:
        if self.budget is None:
            return ""
        good = self.median >= self.budget if self.at_least else self.median <= self.budget
        if self.budget_p95 is not None:
            good = good and self.p95 <= self.budget_p95
        return "within" if good else "OVER"

    def cells(self) -> list[str]:
        def shown(value: float) -> str:
            return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"

        limit = "" if self.budget is None else f"{'>=' if self.at_least else '<='} {shown(self.budget)}"
        if self.budget_p95 is not None:
            limit += f", p95 <= {shown(self.budget_p95)}"
        many = len(self.values) > 1
        return [
            self.what,
            self.unit,
            shown(self.median),
            shown(self.p95) if many else "",
            str(len(self.values)),
            limit,
            self.verdict(),
        ]


@dataclass
class Report:
    """Rows in the order they were measured."""

    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, what: str, values: Sequence[float], unit: str = "ms", **budget: float | bool) -> Row:
        row = Row(what, [float(value) for value in values], unit, **budget)  # type: ignore[arg-type]
        self.rows.append(row)
        return row

    def __str__(self) -> str:
        head = ["what", "unit", "median", "p95", "n", "budget", ""]
        lines = [head, *(row.cells() for row in self.rows)]
        widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
        rule = ["-" * width for width in widths]
        table = "\n".join(
            "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
            for line in [head, rule, *lines[1:]]
        )
        return "\n".join([table, *self.notes])


def timed(call: Callable[[], object]) -> float:
    """Return how long a call takes, in milliseconds."""
    before = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - before)


def process_times(args: list[str], n: int = 12) -> list[float]:
    """Return how long a process takes from start to end; the first, which warms the disk, is dropped."""
    return [timed(lambda: subprocess.run(args, check=True, stdout=subprocess.DEVNULL)) for _ in range(n + 1)][1:]


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    kb = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return int(kb) / 1024


@contextmanager
def serving(args: list[str], folder: Path, health: str = "_stcore/health") -> Iterator[tuple[str, int]]:
    """Serve with `python -m ARGS --port`; yield address and process id."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", *(arg.format(port=port) for arg in args)]
    process = start(command, folder / "log.txt", folder, f"{address}/{health}")
    try:
        yield address, process.pid
    finally:
        stop(process)


# --- in the browser

# When the mouse or Enter goes down, in any frame, note the time of the event; once armed, look at every frame
# that is about to be painted until the page is as wished.
STOPWATCH = """
for (const kind of ['mousedown', 'keydown'])
  addEventListener(kind, e => {
    if (kind === 'mousedown' || e.key === 'Enter') window.top.pressed = performance.timeOrigin + e.timeStamp;
  }, true);
window.arm = (isDone, arg) => {
  window.pressed = undefined;
  window.took = undefined;
  const done = (0, eval)(`(${isDone})`), before = done(arg, undefined);
  const look = () => {
    if (window.pressed !== undefined && done(arg, before) === true)
      window.took = performance.timeOrigin + performance.now() - window.pressed;
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
};
"""


def measure(page: Page, act: Callable[[], object], done: str, arg: object = None) -> float:
    """Return the milliseconds from the press in `act` until `done` holds in a frame.

    Parameters
    ----------
    page : Page
        Of a context with `STOPWATCH`.
    act : callable
        Presses something.
    done : str
        JavaScript function of (arg, before): called first with before undefined, when what it returns becomes
        `before`; afterwards it must return true once the page is as wished.
    arg : object
    """
    page.evaluate("([done, arg]) => window.arm(done, arg)", [done, arg])
    act()
    page.wait_for_function("() => window.took !== undefined", timeout=30_000)
    return float(page.evaluate("() => window.took"))


class Traffic:
    """Bytes a page receives: HTTP as sent over the line, WebSocket as payload."""

    def __init__(self, page: Page) -> None:
        self.http = self.ours = self.socket_in = self.socket_out = 0
        self._urls: dict[str, str] = {}
        client = page.context.new_cdp_session(page)
        client.on("Network.requestWillBeSent", lambda e: self._urls.update({e["requestId"]: e["request"]["url"]}))
        client.on("Network.loadingFinished", self._loaded)
        client.on("Network.webSocketFrameReceived", lambda e: self._frame("socket_in", e))
        client.on("Network.webSocketFrameSent", lambda e: self._frame("socket_out", e))
        client.send("Network.enable")

    def _loaded(self, event: dict) -> None:
        n = int(event["encodedDataLength"])
        self.http += n
        if "/s3geo/" in urlparse(self._urls.get(event["requestId"], "")).path:
            self.ours += n

    def _frame(self, where: str, event: dict) -> None:
        payload = event["response"]["payloadData"]
        n = len(base64.b64decode(payload)) if event["response"]["opcode"] == 2 else len(payload)
        setattr(self, where, getattr(self, where) + n)

    def take(self) -> tuple[int, int, int, int]:
        """Return HTTP, of which ours, socket in and socket out since last asked."""
        found = self.http, self.ours, self.socket_in, self.socket_out
        self.http = self.ours = self.socket_in = self.socket_out = 0
        return found


def shuffled(items: Sequence[str], seed: int = 0) -> list[str]:
    """Return the items in an order that is the same in every run."""
    out = list(items)
    random.Random(seed).shuffle(out)
    return out


def load() -> str:
    """Say how busy the machine is, and what is measured with."""
    names = ("streamlit", "folium", "streamlit-folium", "altair", "geopandas", "playwright", "selenium")
    versions = ", ".join(f"{name} {version(name)}" for name in names if find_spec(name.replace("-", "_")))
    python = ".".join(map(str, sys.version_info[:3]))
    busy = f"1-minute load at the start {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    return f"{busy}; Python {python}, {versions}, Leaflet 1.9.4"
