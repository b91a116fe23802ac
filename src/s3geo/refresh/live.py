"""Refresh from the publishers: plan, fetch, keep the answer, parse, validate, compare, write.

Each source is a transaction of its own: one that fails changes nothing and does not keep the others from being
renewed. With a raw folder beside it, the sources that have the layout of a raw table take its place and ``data/`` is
compiled; then it is all or nothing.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from s3geo.errors import DataError, S3geoError, TableError
from s3geo.refresh.compare import RefreshReport
from s3geo.refresh.compile import compile_data
from s3geo.refresh.difference import Difference, difference
from s3geo.refresh.inputs import FILES
from s3geo.refresh.live_report import LiveReport, Outcome
from s3geo.refresh.tidy import check_tidy, read_tidy, replace_tidy, settle_tidy, tidy_path
from s3geo.sources.client import Client, Download
from s3geo.sources.live_source import LiveSource
from s3geo.sources.nomis_cells import join_pages
from s3geo.sources.registry import chosen_sources
from s3geo.sources.snapshot import Snapshots
from s3geo.writing import alone

__all__ = ["plan", "refresh_sources"]

Progress = Callable[[str, float], None]
"""Told what is being done, and which share of all is done (0 to 1)."""


@dataclass(frozen=True)
class _Staged:
    """A source that is fetched, parsed, valid and compared, but not yet written."""

    source: LiveSource
    downloads: tuple[Download, ...]
    table: pd.DataFrame
    difference: Difference


def plan(names: Sequence[str], workspace_folder: Path, *, now: datetime | None = None) -> pd.DataFrame:
    """Say what a refresh would do, without asking anybody.

    Parameters
    ----------
    names : sequence of str
        Sources; all if empty.
    workspace_folder : Path
        Folder with ``snapshots/``.
    now : datetime, optional
        For the age; the current time by default.

    Returns
    -------
    DataFrame
        Columns source, last ("never" or a date), age_days (NaN if never), files (of the last refresh), compiled
        (whether it can stand for a raw table), address.
    """
    snapshots = Snapshots(workspace_folder / "snapshots")
    rows = []
    for source in chosen_sources(names):
        checked = snapshots.checked(source.id)
        age = ((now or datetime.now(UTC)) - checked).total_seconds() / 86_400 if checked else float("nan")
        age = max(age, 0.0) if checked else age  # a clock that was ahead
        rows.append(
            {
                "source": source.id,
                "last": checked.date().isoformat() if checked else "never",
                "age_days": round(age, 1),
                "files": len(snapshots.latest(source.id)),
                "compiled": bool(source.raw),
                "address": source.address,
            }
        )
    return pd.DataFrame(rows)


def refresh_sources(
    names: Sequence[str],
    workspace_folder: Path,
    client: Client | None = None,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
    raw: Path | None = None,
    data: Path | None = None,
) -> LiveReport:
    """Renew sources from their publishers.

    Parameters
    ----------
    names : sequence of str
        Sources of `s3geo.sources.registry`; all if empty.
    workspace_folder : Path
        Receives ``snapshots/`` (answers as they came) and ``sources/`` (tidy tables); with `raw` also ``data/``.
    client : Client, optional
        For tests and proxies.
    dry_run : bool, default False
        Fetch, parse, validate and compare, but write nothing.
    progress : callable, optional
        Told what is being done and the share that is done.
    raw : Path, optional
        Folder of raw tables: compile ``data/`` from it, with the sources that have the layout of a raw table in place
        of theirs. Then one failure leaves everything as it was.
    data : Path, optional
        Folder to compile into; ``data/`` of the workspace by default.

    Returns
    -------
    LiveReport
        Failures are in it; `LiveReport.check` raises them.

    Raises
    ------
    UsageError
        If there is no such source.
    DataError
        If another refresh of the workspace is running, or nothing can be written there.

    Notes
    -----
    An answer is kept in ``snapshots/`` even if it cannot be parsed, so that one can look at it; the index of snapshots
    and the tidy tables only move when a source went through all steps.
    """
    sources = chosen_sources(names)
    if dry_run:
        return _refresh(sources, workspace_folder, client, progress, raw, data, dry_run=True)
    try:
        workspace_folder.mkdir(parents=True, exist_ok=True)
        with alone(workspace_folder, "Another refresh"):
            snapshots = Snapshots(workspace_folder / "snapshots")
            snapshots.tidy_up()
            for source in sources:
                settle_tidy(tidy_path(workspace_folder, source), snapshots.table(source.id))
            return _refresh(sources, workspace_folder, client, progress, raw, data, dry_run=False)
    except OSError as error:
        raise _unwritable("the workspace", workspace_folder, error) from error


def _refresh(
    sources: Sequence[LiveSource],
    workspace_folder: Path,
    client: Client | None,
    progress: Progress | None,
    raw: Path | None,
    data: Path | None,
    *,
    dry_run: bool,
) -> LiveReport:
    """Refresh sources one after another, then compile."""
    snapshots = Snapshots(workspace_folder / "snapshots")
    tell = progress if progress is not None else _silent
    polite = client if client is not None else Client()
    outcomes: list[Outcome] = []
    staged: list[_Staged] = []
    try:
        for number, source in enumerate(sources):
            try:
                done = _stage(
                    source, workspace_folder, None if dry_run else snapshots, polite, tell, number, len(sources)
                )
                if raw is None and not dry_run:
                    _write(done, workspace_folder, snapshots)
            except S3geoError as error:
                outcomes.append(Outcome(source.id, error=error))
            except OSError as error:
                outcomes.append(Outcome(source.id, error=_unwritable(source.id, workspace_folder, error)))
            else:
                staged.append(done)
                outcomes.append(Outcome(source.id, rows=len(done.table), difference=done.difference))
    finally:
        if client is None:
            polite.close()
    tell("done", 1.0)
    if raw is None or len(staged) < len(sources):
        return LiveReport(tuple(outcomes), dry_run=dry_run)
    try:
        compiled = _compile(staged, raw, data or workspace_folder / "data", dry_run)
        if not dry_run:
            for one in staged:
                _write(one, workspace_folder, snapshots)
    except (S3geoError, OSError) as error:
        failure = _unwritable("data", workspace_folder, error) if isinstance(error, OSError) else error
        return LiveReport(tuple(outcomes), dry_run=dry_run, failure=failure)
    return LiveReport(tuple(outcomes), compiled=compiled, dry_run=dry_run)


def _silent(_label: str, _share: float) -> None:
    """Say nothing."""


def _stage(
    source: LiveSource,
    workspace: Path,
    snapshots: Snapshots | None,
    client: Client,
    tell: Progress,
    number: int,
    total: int,
) -> _Staged:
    """Fetch, keep, parse, validate, compare."""

    def fetched(pages: int, expected: int) -> None:
        tell(f"{source.id}: {pages} of {expected}", (number + 0.9 * pages / max(expected, pages, 1)) / total)

    tell(f"{source.id}: fetching", number / total)
    downloads = source.fetch(client, source.address, fetched)
    if snapshots is not None:
        for download in downloads:
            snapshots.store(download, source.licence)
    tell(f"{source.id}: parsing", (number + 0.9) / total)
    table = _parsed(source, downloads)
    check_tidy(table, source)
    old = read_tidy(tidy_path(workspace, source))
    return _Staged(source, downloads, table, difference(old, table, source.key, source.figures))


def _parsed(source: LiveSource, downloads: Sequence[Download]) -> pd.DataFrame:
    """Parse answers; whatever a parser stumbles over is a fault of the table, not of the program."""
    try:
        return source.parse([download.content for download in downloads])
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        problem = f"cannot be parsed: {type(error).__name__}, {error}"
        step = "Its layout has probably changed. The old data stay in use."
        row = {"file": source.id, "problem": problem, "next_step": step}
        raise TableError(f"{source.id} {problem}. {step}", [row]) from error


def _write(done: _Staged, workspace: Path, snapshots: Snapshots) -> None:
    """Adopt the answers and put the tidy table in place."""
    source = done.source
    kept = [snapshots.store(download, source.licence) for download in done.downloads]
    replace_tidy(
        tidy_path(workspace, source),
        done.table,
        commit=lambda sha256: snapshots.adopt(source.id, kept, table=sha256),
    )


def _unwritable(name: str, folder: Path, error: OSError) -> DataError:
    """Say that the disk is at fault."""
    step = f"Check the permissions and the space of {folder.name}. The old data stay in use."
    problem = f"cannot be written ({os.strerror(error.errno) if error.errno else error})"
    return DataError(f"{name} {problem}. {step}", [{"file": name, "problem": problem, "next_step": step}])


def _compile(staged: Sequence[_Staged], raw: Path, target: Path, dry_run: bool) -> RefreshReport:
    """Compile ``data/`` from a folder in which fresh tables take the place of old ones."""
    with tempfile.TemporaryDirectory(prefix="s3geo-raw-") as name:
        folder = Path(name) / raw.name
        for file in FILES.values():
            if (raw / file).is_file():
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                _link((raw / file).absolute(), folder / file)
        for done in staged:
            if done.source.raw:
                path = folder / FILES[done.source.raw]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.unlink(missing_ok=True)
                content = join_pages([download.content for download in done.downloads])
                path.write_bytes(content if isinstance(content, bytes) else content.read_bytes())
        return compile_data(folder, target, dry_run=dry_run)


def _link(source: Path, path: Path) -> None:
    """Link a file, or copy it where links are not allowed."""
    try:
        path.symlink_to(source)
    except OSError:
        shutil.copyfile(source, path)
