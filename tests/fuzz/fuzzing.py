"""Throw damaged inputs at every reader: `make fuzz`, or ``python tests/fuzz/fuzzing.py --inputs 1000 --target csv``.

An input may be read, or refused with an exception of `s3geo.errors`; anything else is a crash. Each target works in a
process of its own that the kernel ends when one input takes more than 5 s of processor time or 4 GB of memory, so
that a reader in C that hangs or falls over is counted too. ``--number N`` tries one input again, in this process.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import select
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from inputs import GOOD, made

__all__ = ["SHARES", "TARGETS", "attempt", "run"]

SECONDS, BYTES = 5, 4 * 2**30
QUIET = 120.0
"""Seconds of the clock without a sign of life after which a process counts as hanging, whatever it does."""
SHARES = {
    "address": 0.36, "search": 0.10, "recipe": 0.20, "csv": 0.12, "xlsx": 0.05, "ods": 0.04, "parquet": 0.04,
    "geojson": 0.04, "shapefile": 0.02, "geopackage": 0.01, "flatgeobuf": 0.01, "geoparquet": 0.01,
}  # fmt: skip
"""Which part of all inputs goes to which target."""


def address(data: bytes) -> None:
    """Read an address as the app does, make a page's view of it, and write the view into an address again."""
    from s3geo.app.address import read_address
    from s3geo.app.fields import FIELDS, PAGES, valid
    from s3geo.workspace import open_workspace

    ws = open_workspace()
    state, ignored = read_address(ws, dict(parse_qsl(data.decode("utf-8", "replace"))))
    assert sum(map(len, ignored)) < 1_000
    page = list(PAGES)[len(data) % len(PAGES)]
    view = valid(ws, state, page)
    for name in PAGES[page]:
        value = getattr(view, name)
        if value not in (None, (), _default(FIELDS[name].default)):
            text = FIELDS[name].write(list(value) if isinstance(value, tuple) else value)
            assert isinstance(text, str)
    assert view.upper is None or view.upper == tuple(sorted(view.upper))


def _default(default: object) -> object:
    return tuple(default) if isinstance(default, list) else default


def search(data: bytes) -> None:
    from s3geo.workspace import open_workspace

    ws = open_workspace()
    text = data.decode("utf-8", "replace")
    found = ws.find(text)
    assert set(found) <= set(ws.layer().index)
    ws.region(text)


def recipe(data: bytes) -> None:
    from s3geo.views.index import weighable
    from s3geo.views.recipe import read_recipe, recipe_toml
    from s3geo.workspace import open_workspace

    names = weighable(open_workspace())
    found = read_recipe(data, names)
    assert read_recipe(recipe_toml(found, names), names) == found


def table(suffix: str) -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        from s3geo.tables.own import match_own
        from s3geo.tables.read import read_table
        from s3geo.workspace import open_workspace
        from s3geo.workspace.own import Described, describe_own

        found = read_table(data, name=f"fuzz.{suffix}")
        assert all(isinstance(cell, str) for column in found.columns for cell in found[column])
        matched = match_own(found, open_workspace().layer(), file=f"fuzz.{suffix}")
        describe_own(matched, Described("Figures", "units"))

    return read


def layer(suffix: str) -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        from s3geo.geography.layers import read_layer

        with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
            path = Path(folder, f"fuzz.{suffix}")
            path.write_bytes(data)
            frame = read_layer(path, geography="lep")
        assert frame.is_valid.all()
        assert frame.index.is_unique

    return read


TARGETS: dict[str, Callable[[bytes], None]] = {
    "address": address,
    "search": search,
    "recipe": recipe,
    **{suffix: table(suffix) for suffix in ("csv", "xlsx", "ods", "parquet")},
    "geojson": layer("geojson"),
    "shapefile": layer("zip"),
    "geopackage": layer("gpkg"),
    "flatgeobuf": layer("fgb"),
    "geoparquet": layer("parquet"),
}


def faulty(data: bytes) -> None:
    """Do what no reader may: what the harness must notice."""
    match data:
        case b"hang":
            while True:
                pass
        case b"fall":
            os.abort()
        case b"raise":
            raise KeyError(data)
        case b"refuse":
            from s3geo.errors import FileProblem

            raise FileProblem("no")


TARGETS["faulty"] = faulty


def attempt(target: str, data: bytes) -> str:
    """Try one input: "read", "refused", or the traceback of a crash."""
    from s3geo.errors import S3geoError

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            TARGETS[target](data)
        except S3geoError:
            return "refused"
        except BaseException:  # a panic of a reader in Rust is no Exception
            return traceback.format_exc(limit=-4)
    return "read"


def work(target: str, seed: int, numbers: range, seconds: float) -> None:
    """Try inputs one after another; each is announced, then answered, on a line of its own."""
    import contextlib

    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if target in GOOD:
        attempt(target, GOOD[target]()[0])  # imports
    say = os.fdopen(os.dup(1), "w")
    with contextlib.redirect_stdout(sys.stderr):
        for number in numbers:
            data = made(target, seed, number)
            print(number, flush=True, file=say)
            begun = time.process_time()
            signal.setitimer(signal.ITIMER_PROF, seconds)  # whose signal ends the process
            answer = attempt(target, data)
            signal.setitimer(signal.ITIMER_PROF, 0)
            print(json.dumps([answer, time.process_time() - begun]), flush=True, file=say)


def run(target: str, seed: int, count: int, seconds: float = SECONDS) -> dict[str, Any]:
    """Try `count` inputs of a target; a process that falls over is counted and followed by another."""
    told: dict[str, Any] = {"inputs": 0, "read": 0, "refused": 0, "crashes": [], "hangs": [], "slowest": 0.0}
    number = -1
    while number < count - 1:
        part = ["--seed", str(seed), "--seconds", str(seconds), str(number + 1), str(count)]
        args = [sys.executable, "-W", "ignore", __file__, "--work", target, *part]
        with subprocess.Popen(args, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
            number, pending, waited = _listen(child, told, number)
        if pending:
            hang = waited or -child.returncode in (signal.SIGPROF, signal.SIGKILL)
            told["hangs" if hang else "crashes"].append((number, f"the process ended with {child.returncode}"))
            told["inputs"] += 1
        elif child.returncode:
            raise RuntimeError(f"the process of {target} cannot start; try --number 0")
    return told


def _listen(child: subprocess.Popen, told: dict, number: int) -> tuple[int, bool, bool]:
    pending, buffer = False, b""
    while True:
        if not select.select([child.stdout], [], [], QUIET)[0]:
            child.kill()
            return number, pending, True
        chunk = os.read(child.stdout.fileno(), 65_536)
        if not chunk:
            return number, pending, False
        *lines, buffer = (buffer + chunk).split(b"\n")
        for line in lines:
            if not pending:
                number, pending = int(line), True
                continue
            answer, seconds = json.loads(line)
            told["inputs"] += 1
            told["slowest"] = max(told["slowest"], seconds)
            if answer in ("read", "refused"):
                told[answer] += 1
            else:
                told["crashes"].append((number, answer))
            pending = False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000, help="how many in all")
    parser.add_argument("--target", choices=TARGETS, help="all of them to this one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--number", type=int, help="one input, in this process")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="processor time after which one input hangs")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    parser.add_argument("part", type=int, nargs="*", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.work:
        work(asked.work, asked.seed, range(*asked.part), asked.seconds)
        return
    if asked.number is not None:
        data = made(asked.target, asked.seed, asked.number)
        print(data[:2000], attempt(asked.target, data), sep="\n")
        return
    shares = {asked.target: 1.0} if asked.target else SHARES
    print(f"{'target':12}{'inputs':>9}{'read':>8}{'refused':>9}{'crashes':>9}{'hangs':>7}{'slowest':>10}", flush=True)
    total, bad = 0, 0
    for target, share in shares.items():
        told = run(target, asked.seed, round(asked.inputs * share), asked.seconds)
        total, bad = total + told["inputs"], bad + len(told["crashes"]) + len(told["hangs"])
        counts = (
            f"{told['inputs']:9,}{told['read']:8,}{told['refused']:9,}{len(told['crashes']):9}{len(told['hangs']):7}"
        )
        print(f"{target:12}{counts}{told['slowest']:8.2f} s", flush=True)
        for number, what in (told["crashes"] + told["hangs"])[:20]:
            print(f"  --target {target} --seed {asked.seed} --number {number}: {what}", flush=True)
    print(f"{total:,} inputs, {bad} crashes or hangs over {asked.seconds:g} s")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
