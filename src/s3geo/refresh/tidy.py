"""The tidy table of one live source: checked before it replaces the last one."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from s3geo.errors import DataError, ValidationError, listed
from s3geo.sources.live_source import LiveSource
from s3geo.writing import write_whole

__all__ = ["check_tidy", "read_tidy", "replace_tidy", "settle_tidy", "tidy_path"]


def tidy_path(workspace: Path, source: LiveSource) -> Path:
    """Return where the tidy table of a source lies."""
    return workspace / "sources" / f"{source.id}.parquet"


def read_tidy(path: Path) -> pd.DataFrame | None:
    """Read the table of the last refresh; None if there was none.

    Raises
    ------
    DataError
        If it cannot be read.
    """
    if not path.is_file():
        return None
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:
        step = "Remove it to start afresh."
        row = {"file": path.name, "problem": "cannot be read", "next_step": step}
        raise DataError(f"{path.name} of the last refresh cannot be read: {error}. {step}", [row]) from error


def check_tidy(table: pd.DataFrame, source: LiveSource) -> None:
    """Refuse a table that is not whole.

    Parameters
    ----------
    table : DataFrame
        Just parsed.
    source : LiveSource
        Says what names a row, which columns hold numbers, and how many rows there are at least.

    Raises
    ------
    ValidationError
        With all findings.
    """
    problems = _problems(table, source)
    if problems:
        rows = [
            {
                "file": source.id,
                "code": code,
                "problem": problem,
                "next_step": "Look at the source; the old data stay in use.",
            }
            for code, problem in problems
        ]
        message = f"{source.id} does not validate: {'; '.join(problem for _, problem in problems)}."
        raise ValidationError(f"{message} Nothing has been changed.", rows)


def _problems(table: pd.DataFrame, source: LiveSource) -> list[tuple[str, str]]:
    missing = [name for name in (*source.key, *source.figures) if name not in table.columns]
    if missing:
        return [(name, f"column {name!r} is missing") for name in missing]
    found = []
    if len(table) < source.least:
        found.append(("", f"it has {len(table):,} rows, fewer than {source.least:,}"))
    key = table[list(source.key)]
    empty = key.isna() | (key.astype(str) == "")
    found += [(str(name), f"{int(empty[name].sum()):,} rows have no {name!r}") for name in key if empty[name].any()]
    twice = key.duplicated(keep="first")
    if twice.any():
        examples = key[twice].astype(str).agg(" ".join, axis=1)
        found.append((", ".join(source.key), f"{int(twice.sum()):,} rows stand twice ({listed(examples, most=3)})"))
    for name in source.figures:
        figures = table[name]
        if not pd.api.types.is_numeric_dtype(figures):
            found.append((name, f"{name!r} holds text"))
        elif np.isinf(figures.to_numpy(dtype=float)).any():
            found.append((name, f"{name!r} holds infinity"))
        elif len(figures) and figures.isna().all():
            found.append((name, f"{name!r} holds no number at all"))
    return found


def replace_tidy(path: Path, table: pd.DataFrame, commit: Callable[[str], None]) -> None:
    """Put a table in place of the last one, together with something else that must happen.

    Parameters
    ----------
    path : Path
        The table.
    table : DataFrame
        What to write.
    commit : callable
        Called with the SHA-256 of the table when it is written aside; if it fails the old table stays.
    """
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    content = buffer.getvalue()
    aside = _aside(path)
    try:
        write_whole(aside, content)
        commit(hashlib.sha256(content).hexdigest())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def settle_tidy(path: Path, adopted: str) -> None:
    """Finish or undo what a killed refresh left aside: a table counts if the index has adopted it.

    Parameters
    ----------
    path : Path
        The table.
    adopted : str
        SHA-256 that the index of snapshots tells of; "" for none.
    """
    aside = _aside(path)
    if aside.is_file():
        if adopted and hashlib.sha256(aside.read_bytes()).hexdigest() == adopted:
            aside.replace(path)
        else:
            aside.unlink()
    for scrap in (*path.parent.glob(f".{path.name}-*"), *path.parent.glob(f"..{path.name}.new-*")):
        scrap.unlink()


def _aside(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")
