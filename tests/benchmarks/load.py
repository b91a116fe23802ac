"""Many visitors at once on one server: `make load` prints the tables of docs/reliability.md, "Load".

Every visitor is a session of its own (see `sessions`) that does the five jobs in a random order, with a pause to think
between two actions. Server and visitors share the machine. Times are those of the server, from what was asked to the
last message of the answer.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))

from harness import Report, load, resident_mb, serving
from sessions import Failed, Session

from s3geo import open_workspace

NAMES = {str(code): str(name) for code, name in open_workspace().names("lep").items()}
BRIEFING_IN = 5
"""One of so many who take files away takes the briefing too."""


@dataclass
class Log:
    """What was done, how long it took, and what went wrong."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def actions(self) -> int:
        return sum(map(len, self.times.values()))


async def visitor(address: str, seed: int, until: float, think: float, log: Log, most: int = sys.maxsize) -> None:
    """Do jobs until the time is over or `most` actions are done by all."""
    rng = random.Random(seed)
    await asyncio.sleep(rng.uniform(0, think))
    try:
        async with Session(address) as session:
            log.times["first page"].append(await session.visit())
            while time.monotonic() < until and log.actions < most:
                job = rng.choice((explore, compare, index, partners, take_away))
                async for what, took in job(session, rng):
                    log.times[what].append(took)
                    if time.monotonic() > until or log.actions >= most:
                        return
                    await asyncio.sleep(rng.uniform(0.5, 1.5) * think)
    except (Failed, KeyError, OSError, TimeoutError) as error:
        log.errors.append(f"visitor {seed}: {type(error).__name__}: {str(error)[:200]}")


async def explore(session: Session, rng: random.Random) -> AsyncIterator[tuple[str, float]]:
    """Where is what strong: another indicator, three regions."""
    yield "page", await session.visit("")
    options = list(session.widgets["indicator"].proto.options)
    yield "indicator", await session.put("indicator", rng.choice(options))
    for code in rng.sample(sorted(NAMES), 3):
        yield "click", await session.click(code, NAMES[code])


async def compare(session: Session, rng: random.Random) -> AsyncIterator[tuple[str, float]]:
    """Two to four regions beside each other."""
    some = rng.sample(sorted(NAMES), rng.randint(2, 4))
    yield "page", await session.visit("compare", f"compare={','.join(some)}")


async def index(session: Session, rng: random.Random) -> AsyncIterator[tuple[str, float]]:
    """An index with a weight of the visitor's own."""
    yield "page", await session.visit("index")
    key = rng.choice(["_weight_research", "_weight_business", "_weight_funding", "_weight_talent"])
    yield "weight of an index", await session.put(key, rng.choice([0.5, 1.5, 2.0]))


async def partners(session: Session, rng: random.Random) -> AsyncIterator[tuple[str, float]]:
    """Who is near and has what a region lacks."""
    yield "page", await session.visit("partners", f"region={rng.choice(sorted(NAMES))}")
    yield "weight of partners", await session.put("w_near", rng.choice([0.0, 2.0, 3.0]))


async def take_away(session: Session, rng: random.Random) -> AsyncIterator[tuple[str, float]]:
    """The evidence of a region, to keep."""
    code = rng.choice(sorted(NAMES))
    yield "page", await session.visit("")
    yield "click", await session.click(code, NAMES[code])
    wanted = {"CSV": ("save_Figures as CSV", b"\xef\xbb\xbfcode"), "PNG": ("save_Map as PNG", b"\x89PNG")}
    if not rng.randrange(BRIEFING_IN):
        wanted["briefing"] = ("save_Briefing as PDF", b"%PDF")
    for what, (key, start) in wanted.items():
        took, body = await session.download(key)
        if not body.startswith(start):
            raise Failed(f"{what} starts with {body[:10]!r}")
        yield what, took


async def together(
    address: str, users: int, seconds: float, think: float, most: int = sys.maxsize, first: int = 0
) -> Log:
    """Let so many visitors work at once; the seed of the first is `first`."""
    log, begun = Log(), time.monotonic()
    seeds = range(first, first + users)
    await asyncio.gather(*(visitor(address, seed, begun + seconds, think, log, most) for seed in seeds))
    log.seconds = time.monotonic() - begun  # the last answers may have come late
    return log


def told(report: Report, users: int, log: Log, memory: float, cpu: float) -> None:
    """Add a line for each kind of action."""
    who = f"{users} at once" if users > 1 else "one alone"
    for what, times in sorted(log.times.items()):
        limit = {"budget": 500.0, "budget_p95": 500.0} if what == "click" else {}
        report.add(f"{who}: {what}", times, **limit)
    report.add(f"{who}: errors", [len(log.errors)], "", budget=0)
    report.add(f"{who}: actions a second", [log.actions / log.seconds], "/s")
    report.add(f"{who}: server's time of a core", [100 * cpu / log.seconds], "%")
    report.add(f"{who}: server's resident memory", [memory], "MB", budget=1000)
    report.notes += log.errors[:5]


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process so far (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rested(pid: int, most: float = 180.0) -> None:
    """Wait until the server has prepared what it prepares after its start."""
    until = time.monotonic() + most
    while time.monotonic() < until:
        before = cpu_seconds(pid)
        time.sleep(3)
        if cpu_seconds(pid) - before < 0.15:
            return


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, nargs="+", default=[1, 5, 20, 50])
    parser.add_argument("--seconds", type=float, default=60.0, help="for each number of users")
    parser.add_argument("--think", type=float, default=3.0, help="mean pause between two actions, in seconds")
    parser.add_argument(
        "--soak", type=int, default=6000, help="actions without a pause, twice, to see memory grow; 0: none"
    )
    asked = parser.parse_args()
    report = Report()
    report.notes.append(load())
    with tempfile.TemporaryDirectory() as folder:
        app = serving(["s3geo", "app", "--no-browser", "--port={port}"], Path(folder), "s3geo/health")
        with app as (address, pid):
            rested(pid)
            report.add("server's resident memory before the first visitor", [resident_mb(pid)], "MB")
            for users in asked.users:
                before = cpu_seconds(pid)
                log = asyncio.run(together(address, users, asked.seconds, asked.think))
                told(report, users, log, resident_mb(pid), cpu_seconds(pid) - before)
            if asked.soak:
                soak(report, address, pid, asked.soak)
    print(report)
    sys.exit(any(row.verdict() == "OVER" for row in report.rows))


def soak(report: Report, address: str, pid: int, actions: int) -> None:
    """Do many actions one after the other by five visitors, and as many by five others, and see what stays in memory.

    The first fill what is kept for all, which has an end; what grows after them has none.
    """
    logs, memory = [], []
    for first in (1000, 2000):
        logs.append(asyncio.run(together(address, 5, 3600, 0.0, actions, first)))
        memory.append(resident_mb(pid))
        done = sum(log.actions for log in logs)
        report.add(f"without a pause: memory after {done:,} actions", memory[-1:], "MB", budget=1000)
    report.add("growth over the second half", [100 * (memory[1] / memory[0] - 1)], "%", budget=10)
    report.add("without a pause, five visitors: actions a second", [logs[1].actions / logs[1].seconds], "/s")
    report.add("without a pause, five visitors: click", logs[1].times["click"])
    errors = [*logs[0].errors, *logs[1].errors]
    report.add("without a pause, five visitors: errors", [len(errors)], "", budget=0)
    report.notes += errors[:5]


if __name__ == "__main__":
    main()
