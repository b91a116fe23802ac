"""Options and output that the commands share."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from s3geo.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Area", "Json", "print_table", "progress", "written_to"]

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Area = Annotated[str, typer.Option("--geography", "-g", help="lep, lad, county, region or combined_authority.")]


def print_table(table: pd.DataFrame, as_json: bool) -> None:
    """Print a table as text or as JSON, one object a row."""
    if as_json:
        typer.echo(json.dumps(json.loads(table.to_json(orient="records")), indent=2, ensure_ascii=False))
    else:
        typer.echo(table.to_string(index=False, na_rep=""))


def progress(label: str, share: float) -> None:
    """Show how much is done, on stderr."""
    width = 28
    done = round(width * min(max(share, 0.0), 1.0))
    end = "\n" if share >= 1 else ""
    sys.stderr.write(f"\r[{'#' * done}{'.' * (width - done)}] {label:<44.44}{end}")
    sys.stderr.flush()


def written_to(target: Path | None, part: str) -> Path:
    """Return the folder that is written: the one given, else the part of the workspace in use, else of the bundle.

    Raises
    ------
    UsageError
        A whole workspace was given.
    """
    from s3geo.settings import bundled, settings

    if target is not None and (target / part).is_dir():
        raise UsageError(
            f"{target} is a whole workspace. Name the folder in it that is written: --into {target / part}"
        )
    workspace = settings().workspace
    return target or (workspace / part if workspace else bundled(part))
