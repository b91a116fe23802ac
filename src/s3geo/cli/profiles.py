"""The profile of a region, printed, or written as its briefing; the briefings of all regions at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from s3geo.cli.shared import Area, Json, progress
from s3geo.cli.shared import print_table as _print
from s3geo.errors import UsageError
from s3geo.writing import write_whole

__all__ = ["print_profile", "profile"]


def profile(
    region: Annotated[str | None, typer.Argument(help="Code or name.")] = None,
    geography: Area = "lep",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write the briefing: .pdf, .html or .docx; with --all a folder."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="The briefings of all regions, into a folder.")] = False,
    kind: Annotated[str, typer.Option("--format", help="Of the files in a folder: pdf, html or docx.")] = "pdf",
    as_json: Json = False,
) -> None:
    """Print a region's profile: actor by dimension, with rank and England; or write it as a briefing of two pages.

    Example: s3geo profile "Greater Manchester" -o manchester.pdf
    """
    from s3geo.workspace import open_workspace

    if every:
        if region is not None or output is None or as_json:
            raise UsageError("With --all name a folder to write, -o FOLDER, and no region.")
        _write_all(geography, output, kind)
        return
    if region is None:
        raise UsageError("Name a region by code or name, or take --all for the briefings of all regions.")
    code = open_workspace().region(region, geography)
    if output is None:
        print_profile(code, geography, as_json)
        return
    from s3geo.exports import export
    from s3geo.views.profile import region_profile

    typer.echo(str(export(region_profile(open_workspace(), code, geography), output)))


def print_profile(code: str, geography: str, as_json: bool) -> None:
    """Print every indicator of a region."""
    from s3geo.views.profile import region_profile
    from s3geo.workspace import open_workspace

    found = region_profile(open_workspace(), code, geography)
    if as_json:
        _print(found.cells, as_json)
        return
    typer.echo(f"{found.name} ({found.code})")
    for (actor, dimension), rows in found.cells.groupby(["actor", "dimension"], sort=False):
        typer.echo(f"\n{actor} / {dimension}")
        for row in rows.itertuples():
            typer.echo(f"  {row.label}, {row.period}: {row.text}")


def _write_all(geography: str, folder: Path, kind: str) -> None:
    """Write the briefing of every region into a folder, named by code and vintage."""
    from s3geo.exports import BRIEFINGS, briefing, briefing_file
    from s3geo.workspace import open_workspace

    if kind not in BRIEFINGS:
        raise UsageError(f"A briefing can be written as {', '.join(BRIEFINGS)}, not {kind!r}.")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; with --all name a folder.")
    ws = open_workspace()
    names = ws.names(geography)
    folder.mkdir(parents=True, exist_ok=True)
    progress("figures", 0)
    for n, (code, name) in enumerate(names.items(), 1):
        path = folder / _named(str(code), geography, ws.vintage(geography), kind)
        write_whole(path, briefing_file(briefing(ws, str(code), geography), kind))
        progress(str(name), n / len(names))
    typer.echo(f"{len(names)} briefings in {folder}")


def _named(code: str, geography: str, vintage: str, kind: str) -> str:
    """Return the name of a briefing; the code may be a stranger's, and must not lead out of the folder."""
    return f"s3geo_briefing_{re.sub(r'[^A-Za-z0-9_-]', '_', code)[:60]}_{geography}_{vintage}.{kind}"
