"""``s3geo aggregate``: organisations of files, counted by area."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from s3geo.cli.shared import Json, print_table, progress
from s3geo.errors import UsageError
from s3geo.writing import write_whole

__all__ = ["aggregate"]


def aggregate(
    files: Annotated[
        list[Path],
        typer.Argument(help="csv or parquet files of organisations, or folders of them: id and postcode a row."),
    ],
    by: Annotated[
        str,
        typer.Option(
            help="lep, lad, county, region or combined_authority, and any of sector, division, section, kind, year."
        ),
    ] = "lep",
    add: Annotated[str | None, typer.Option("--sum", help="Column to add up as well, such as employees.")] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help="Which column is meant, such as postcode=Address4; for id, postcode, sector, kind and year."),
    ] = None,
    postcodes: Annotated[
        Path | None,
        typer.Option(help="Another directory of postcodes and districts (NSPL, ONSPD); csv or parquet."),
    ] = None,
    engine: Annotated[str, typer.Option(help="duckdb, or spark for many machines.")] = "duckdb",
    memory: Annotated[str | None, typer.Option(help="Most memory before it goes to disk, such as 2GB.")] = None,
    master: Annotated[str | None, typer.Option(help="Where Spark runs, such as spark://host:7077.")] = None,
    temp: Annotated[
        Path | None, typer.Option(help="Folder for files in between; on many machines one that all of them see.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this .csv or .parquet file.")] = None,
    as_json: Json = False,
) -> None:
    """Count organisations by area, sector, kind and year, from files larger than memory.

    A postcode gives the district, and the district its areas: one that lies in two LEPs counts in both, and once in
    England. Postcodes that are not known have a row of their own. What was read and left out goes to stderr.

    Example: s3geo aggregate firms.csv --by lep,section,year --sum employees -o counts.csv
    """
    from s3geo.counts import count_organisations
    from s3geo.exports.tables import csv_text

    if output is not None and output.suffix.lower() not in (".csv", ".parquet"):
        raise UsageError(f"Counts are written as csv or parquet, not {output.suffix!r}.")
    pairs = [one.partition("=") for one in column or []]
    if any(not name for _, _, name in pairs):
        raise UsageError("--column says which column is meant as ROLE=NAME, such as --column postcode=Address4.")
    counted = count_organisations(
        files,
        by.split(","),
        number=add,
        columns={role.strip(): name for role, _, name in pairs},
        postcodes=postcodes,
        engine_name=engine,
        memory=memory,
        master=master,
        folder=temp,
        progress=progress,
    )
    for note in counted.notes:
        typer.echo(note, err=True)
    if output is None:
        print_table(counted.table, as_json)
        return
    is_csv = output.suffix.lower() == ".csv"
    content = csv_text(counted.table).encode("utf-8-sig") if is_csv else counted.table.to_parquet(index=False)
    write_whole(output, content)
    typer.echo(str(output))
