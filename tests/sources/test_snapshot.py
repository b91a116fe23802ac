"""Snapshots: one copy of the same bytes, whole or not at all, and an index that only moves forward."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from s3geo.errors import FileProblem
from s3geo.sources import snapshot
from s3geo.sources.client import Download
from s3geo.sources.snapshot import Snapshots
from s3geo.writing import write_whole


def download(content: bytes = b"a,b\n", address: str = "https://publisher.example/a.csv", day: int = 1) -> Download:
    return Download(address, content, "text/csv", f"2026-01-{day:02}T00:00:00+00:00")


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def store(tmp_path: Path) -> Snapshots:
    return Snapshots(tmp_path / "snapshots")


def test_an_answer_lies_under_its_hash_with_where_it_came_from(store: Snapshots) -> None:
    entry = store.store(download(), "OGL-UK-3.0")
    sha256 = hashlib.sha256(b"a,b\n").hexdigest()
    assert sorted(tree(store.folder)) == [f"{sha256[:2]}/{sha256}", f"{sha256[:2]}/{sha256}.json"]
    assert store.content(entry) == b"a,b\n"
    assert json.loads((store.folder / sha256[:2] / f"{sha256}.json").read_text()) == {
        "sha256": sha256,
        "address": "https://publisher.example/a.csv",
        "retrieved": "2026-01-01T00:00:00+00:00",
        "licence": "OGL-UK-3.0",
        "media_type": "text/csv",
        "bytes": 4,
    }


def test_the_same_bytes_are_stored_once(store: Snapshots) -> None:
    first = store.store(download(), "OGL-UK-3.0")
    before = tree(store.folder)
    again = store.store(download(address="https://elsewhere.example/b.csv", day=9), "OGL-UK-3.0")
    assert again == first
    assert tree(store.folder) == before


def test_a_copy_that_was_cut_short_is_written_again(store: Snapshots) -> None:
    entry = store.store(download(), "OGL-UK-3.0")
    store.path(entry.sha256).write_bytes(b"a")
    with pytest.raises(FileProblem, match="changed or removed"):
        store.content(entry)
    store.store(download(), "OGL-UK-3.0")
    assert store.content(entry) == b"a,b\n"


def test_storing_does_not_move_the_index(store: Snapshots) -> None:
    store.store(download(), "OGL-UK-3.0")
    assert store.latest("ons_population") == ()
    assert store.checked("ons_population") is None
    assert not (store.folder / "index.json").exists()


def test_the_index_knows_the_latest_files_in_their_order(store: Snapshots) -> None:
    pages = [store.store(download(content), "OGL-UK-3.0") for content in (b"2\n", b"1\n")]
    store.adopt("b", pages, checked="2026-02-03T04:05:06+00:00")
    store.adopt("a", pages[:1])
    assert store.latest("b") == tuple(pages)
    assert store.checked("b") == datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    store.adopt("b", pages[1:])
    assert [store.content(entry) for entry in store.latest("b")] == [b"1\n"]
    assert list(json.loads((store.folder / "index.json").read_text())["sources"]) == ["a", "b"]


def test_a_failure_in_between_leaves_the_old_index(store: Snapshots, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = store.store(download(), "OGL-UK-3.0")
    store.adopt("a", [entry])
    before = tree(store.folder)

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshot.Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        store.adopt("a", [])
    with pytest.raises(OSError, match="No space left"):
        store.store(download(b"new\n"), "OGL-UK-3.0")
    monkeypatch.undo()
    assert tree(store.folder) == before


def test_writing_leaves_no_scraps(tmp_path: Path) -> None:
    write_whole(tmp_path / "new" / "file", b"1")
    write_whole(tmp_path / "new" / "file", b"2")
    assert tree(tmp_path) == {"new/file": b"2"}


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"version": 99, "sources": {}}', b'{"version": 1}'])
def test_an_index_that_is_damaged_says_what_to_do(store: Snapshots, content: bytes) -> None:
    write_whole(store.folder / "index.json", content)
    with pytest.raises(FileProblem, match="Remove the folder snapshots and refresh again"):
        store.latest("a")
