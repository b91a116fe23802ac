"""Answers of publishers, kept as they came.

::

    snapshots/
      index.json                 for each source, the files of its last good refresh
      3f/3fa9...                 one answer, named by the SHA-256 of its bytes
      3f/3fa9....json            where it came from, when, under which licence

The same bytes are stored once, whoever sent them. An answer is stored before anyone parses it; only `Snapshots.adopt`
moves the index, in one step, so that a refresh that fails leaves it as it was.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from s3geo.errors import FileProblem
from s3geo.sources.client import Download
from s3geo.writing import write_whole

__all__ = ["Snapshot", "Snapshots"]

_INDEX = "index.json"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One stored answer.

    Parameters
    ----------
    sha256 : str
        Hash of the bytes, in hexadecimal: the name of the file.
    address : str
        Where it came from.
    retrieved : str
        When it first came, in UTC (ISO 8601).
    licence : str
        Identifier of `s3geo.model.provenance.LICENCES`.
    media_type : str
        As the host called it.
    bytes : int
        Length.
    """

    sha256: str
    address: str
    retrieved: str
    licence: str
    media_type: str
    bytes: int


def _whole(entry: Any) -> bool:
    """Tell whether an entry of the index says when it was checked, with a zone, and which files it has."""
    try:
        zoned = datetime.fromisoformat(entry["checked"]).tzinfo is not None
        return zoned and isinstance(entry["files"], list) and all(isinstance(file, dict) for file in entry["files"])
    except (TypeError, KeyError, ValueError, AttributeError):
        return False


def _as_json(value: object) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


class Snapshots:
    """The snapshots of one folder.

    Parameters
    ----------
    folder : Path
        ``snapshots`` in a workspace; made when the first answer is stored.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Return where an answer is, or would be, stored."""
        return self.folder / sha256[:2] / sha256

    def store(self, download: Download, licence: str) -> Snapshot:
        """Keep an answer; the index does not change.

        Parameters
        ----------
        download : Download
            The answer.
        licence : str
            Licence of the source.

        Returns
        -------
        Snapshot
            The entry. For bytes that were stored before it is the older entry: they have not changed since.
        """
        sha256 = hashlib.sha256(download.content).hexdigest()
        path = self.path(sha256)
        beside = path.with_name(f"{sha256}.json")
        if beside.is_file() and path.is_file() and path.stat().st_size == len(download.content):
            return self._snapshot(self._read(beside), beside)
        entry = Snapshot(
            sha256=sha256,
            address=download.address,
            retrieved=download.retrieved,
            licence=licence,
            media_type=download.media_type,
            bytes=len(download.content),
        )
        write_whole(path, download.content)
        write_whole(beside, _as_json(asdict(entry)))
        return entry

    def content(self, snapshot: Snapshot) -> bytes:
        """Read an answer.

        Raises
        ------
        FileProblem
            If it is missing or its bytes are no longer those of its hash.
        """
        path = self.path(snapshot.sha256)
        content = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(content).hexdigest() != snapshot.sha256:
            problem = "has been changed or removed"
            message = f"The snapshot {path.name} {problem}. Refresh the source again."
            raise FileProblem(message, [{"file": path.name, "problem": problem, "next_step": "Refresh again."}])
        return content

    def adopt(self, source: str, snapshots: Iterable[Snapshot], *, checked: str = "", table: str = "") -> None:
        """Make some answers the latest of a source.

        Parameters
        ----------
        source : str
            Identifier in the registry.
        snapshots : iterable of Snapshot
            Its files, in the order in which they are parsed.
        checked : str, optional
            When the source was last asked (ISO 8601, UTC); now by default.
        table : str, optional
            SHA-256 of the tidy table made of them.
        """
        index = self._index()
        now = checked or datetime.now(UTC).isoformat(timespec="seconds")
        files = [asdict(entry) for entry in snapshots]
        index["sources"][source] = {"checked": now, "table": table, "files": files}
        index["sources"] = dict(sorted(index["sources"].items()))
        write_whole(self.folder / _INDEX, _as_json(index))

    def table(self, source: str) -> str:
        """Return the SHA-256 of the tidy table of the last good refresh of a source; "" if it is not known."""
        return str(self._index()["sources"].get(source, {}).get("table", ""))

    def tidy_up(self) -> None:
        """Remove what a killed refresh had begun to write; only while no other refresh is running."""
        for scrap in self.folder.rglob(".*-*"):
            scrap.unlink()

    def latest(self, source: str) -> tuple[Snapshot, ...]:
        """Return the files of the last good refresh of a source; none if there was none."""
        files = self._index()["sources"].get(source, {"files": []})["files"]
        return tuple(self._snapshot(file, self.folder / _INDEX) for file in files)

    def checked(self, source: str) -> datetime | None:
        """Return when a source was last asked with success."""
        entry = self._index()["sources"].get(source)
        return datetime.fromisoformat(entry["checked"]) if entry else None

    def _snapshot(self, entry: dict[str, Any], path: Path) -> Snapshot:
        try:
            return Snapshot(**entry)
        except TypeError as error:
            raise self._damaged(path) from error

    def _index(self) -> dict[str, Any]:
        path = self.folder / _INDEX
        if not path.is_file():
            return {"version": _VERSION, "sources": {}}
        index = self._read(path)
        if index.get("version") != _VERSION or not isinstance(index.get("sources"), dict):
            raise self._damaged(path)
        if not all(_whole(entry) for entry in index["sources"].values()):
            raise self._damaged(path)
        return index

    def _read(self, path: Path) -> dict[str, Any]:
        try:
            value = json.loads(path.read_bytes())
        except ValueError as error:
            raise self._damaged(path) from error
        if not isinstance(value, dict):
            raise self._damaged(path)
        return value

    def _damaged(self, path: Path) -> FileProblem:
        step = f"Remove the folder {self.folder.name} and refresh again; the compiled data do not depend on it."
        row = {"file": path.name, "problem": "damaged", "next_step": step}
        return FileProblem(f"{path.name} of the snapshots is damaged. {step}", [row])
