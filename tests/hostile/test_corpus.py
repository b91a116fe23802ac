"""Every hostile file is refused in words, or read soundly: in five seconds, in a gigabyte, and nothing else touched."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from corpus import LAYERS, SECRET, TABLES, Entry

SECONDS, BYTES = 5.0, 1_000_000_000
CORPUS = [("table", name, entry) for name, entry in TABLES.items()] + [
    ("layer", name, entry) for name, entry in LAYERS.items()
]
OURS = {f"s3geo.errors.{name}" for name in ("FileProblem", "LayerError", "TableError")}
Ask = Callable[[dict[str, str]], dict]


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """Put a request to a process that reads each file in a fork of its own."""
    args = [sys.executable, str(Path(__file__).with_name("reading.py"))]
    with subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:

        def put(request: dict[str, str]) -> dict:
            reader.stdin.write(json.dumps(request) + "\n")
            reader.stdin.flush()
            return json.loads(reader.stdout.readline())

        yield put
        reader.stdin.close()


def test_the_corpus_is_large_enough() -> None:
    assert len(CORPUS) >= 36
    assert len({name for _, name, _ in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize(("kind", "entry"), [pytest.param(k, e, id=name) for k, name, e in CORPUS])
def test_file(kind: str, entry: Entry, tmp_path: Path, ask: Ask) -> None:
    given, temporary = tmp_path / "given" / "here", tmp_path / "temporary" / "here"
    given.mkdir(parents=True)
    temporary.mkdir(parents=True)
    path = entry.make(given)
    before = sorted(tmp_path.rglob("*"))
    request = {"kind": kind, "path": str(path), "root": str(tmp_path), "temporary": str(temporary), "secret": SECRET}
    answer = ask(request)
    print(json.dumps({**answer, "size": path.stat().st_size}))
    assert answer["outcome"] == entry.expected, answer
    if entry.expected == "refused":
        assert answer["error"] in OURS, answer
        assert path.name in answer["message"]
        assert len(answer["message"]) < 2_000
        assert SECRET not in answer["message"]
        assert answer["problems"] >= 1
    else:
        assert answer["sound"], answer
        assert not answer["leaked"]
    assert answer["seconds"] < SECONDS, answer
    assert answer["bytes"] < BYTES, answer
    assert answer["touched"] == []
    assert sorted(tmp_path.rglob("*")) == before
    path.unlink()
