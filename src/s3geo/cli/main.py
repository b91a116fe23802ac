"""``s3geo``: one command for each job. Heavy libraries are imported by the command that needs them.

Exit codes: 0 all well, 1 problems in the data, 2 wrong use, 3 a source is unavailable. Progress goes to stderr.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from s3geo.cli import counting, profiles, spatial, take_away, together
from s3geo.cli.shared import Area, Json, written_to
from s3geo.cli.shared import print_table as _print
from s3geo.cli.shared import progress as _progress
from s3geo.errors import S3geoError, TableError, UsageError
from s3geo.writing import write_whole

__all__ = ["app", "main"]

app = typer.Typer(
    name="s3geo",
    help="Where England innovates, in what, and who should work with whom.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
boundaries = typer.Typer(help="Build or fetch boundaries.", no_args_is_help=True)
app.add_typer(boundaries, name="boundaries")
app.command("profile")(profiles.profile)
app.command("map")(take_away.map_)
app.command("export")(take_away.export_)
app.command("compare")(take_away.compare)
app.command("nearby")(together.nearby)
app.command("partners")(together.partners)
app.command("pattern")(spatial.pattern)
app.command("aggregate")(counting.aggregate)


def main() -> None:
    """Run the command line; an error of s3geo becomes one message and an exit code."""
    try:
        app()
    except S3geoError as error:
        typer.echo(f"s3geo: {error}", err=True)
        problems = error.problems
        if len(problems):
            typer.echo(problems.to_string(index=False, max_colwidth=70), err=True)
        sys.exit(error.exit_code)
    except OSError as error:  # of the disk: what is read goes through our own readers, which say it themselves
        name = Path(str(error.filename2 or error.filename or "The file")).name
        typer.echo(f"s3geo: {name} cannot be written or read: {error.strerror or error}.", err=True)
        typer.echo("Check the space on the disk and who may write there. What was there before is as it was.", err=True)
        sys.exit(1)


@app.command("app")
def serve(
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8501,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open a browser window.")] = True,
) -> None:
    """Serve the app and print its address.

    Example: s3geo app --port 8600 --no-browser
    """
    from s3geo.app.launch import serve

    serve(host=host, port=port, browser=browser)


@app.command()
def describe(
    what: Annotated[str | None, typer.Argument(help="Indicator id, or region by code or name.")] = None,
    geography: Area = "lep",
    as_json: Json = False,
) -> None:
    """List the indicators, or tell about one, or about a region.

    Example: s3geo describe gva_per_head
    """
    from s3geo.workspace import open_workspace

    ws = open_workspace()
    if what is None:
        table = ws.catalogue.reset_index()[["indicator", "actor", "dimension", "label", "period", "unit"]]
        _print(table, as_json)
    elif what in ws.catalogue.index:
        _print(
            ws.catalogue.loc[[what]].T.astype(str).set_axis(["value"], axis=1).rename_axis("field").reset_index(),
            as_json,
        )
    else:
        profiles.print_profile(ws.region(what, geography), geography, as_json)


@app.command()
def index(
    recipe: Annotated[Path | None, typer.Argument(help="Recipe (TOML), as the Index page saves it.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write all steps to this .csv file.")] = None,
    as_json: Json = False,
) -> None:
    """Compute an innovation index: each area's rank with its 5-95 % interval, and its score.

    Example: s3geo index -o steps.csv
    """
    from s3geo.exports import index_csv
    from s3geo.files import local_file
    from s3geo.views.index import innovation_index, weighable
    from s3geo.views.recipe import LARGEST_RECIPE, Recipe, read_recipe
    from s3geo.workspace import open_workspace

    if output is not None and output.suffix.lower() != ".csv":
        raise UsageError(f"The steps of an index are written as csv, not {output.suffix!r}.")
    ws = open_workspace()
    wanted = Recipe()
    if recipe is not None:
        wanted = read_recipe(local_file(recipe, most=LARGEST_RECIPE).read_bytes(), weighable(ws))
    table = innovation_index(ws, wanted)
    if wanted.data and wanted.data != table.recipe.data:
        typer.echo(f"The recipe was saved with other figures ({wanted.data}; here {table.recipe.data}).", err=True)
    columns = ["name", "rank", "q05", "q95", "score", "index", "band", "cells", "of"]
    shown = table.regions[columns].astype({"rank": "Int64", "band": str}).reset_index()
    _print(shown if as_json else shown.round({"score": 1, "index": 0}), as_json)
    if output is not None:
        write_whole(output, index_csv(ws, table).encode("utf-8-sig"))
        typer.echo(str(output), err=True)


@app.command()
def locate(postcode: Annotated[str, typer.Argument(help="Full postcode of England.")], as_json: Json = False) -> None:
    """Print the regions a postcode lies in.

    Example: s3geo locate "EX4 4QJ"
    """
    from s3geo.workspace import locate

    _print(locate(postcode), as_json)


@app.command()
def check(
    file: Annotated[
        Path, typer.Argument(help="A table (csv, xlsx, ods, parquet) or boundaries (zip, gpkg, geojson, ...).")
    ],
    geography: Area = "lep",
) -> None:
    """Check a table or boundary file before using it; exits 1 when something is wrong with it.

    Example: s3geo check figures.csv
    """
    from s3geo.checking import check_file
    from s3geo.workspace import open_workspace

    typer.echo(str(check_file(open_workspace(), file, geography)))


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A table: csv, xlsx, ods or parquet.")],
    into: Annotated[Path, typer.Option(help="Workspace folder to keep it in, in its data/.")],
    label: Annotated[str, typer.Option(help="What the figures count.")],
    unit: Annotated[str, typer.Option(help="Unit as shown, for example '£ per resident' or '%'.")],
    actor: Annotated[str, typer.Option(help="research, business or environment.")] = "environment",
    dimension: Annotated[str, typer.Option(help="funding, talent or outputs.")] = "outputs",
    geography: Area = "lep",
    period: Annotated[str, typer.Option(help="Period of the figures, where the table does not say.")] = "not stated",
    decimals: Annotated[int, typer.Option(help="Decimals shown.", min=0, max=3)] = 1,
    source: Annotated[str, typer.Option(help="Whose figures they are.")] = "Own figures",
    convert: Annotated[
        bool, typer.Option("--convert", help="Take over codes of other years of unchanged areas.")
    ] = False,
    partial: Annotated[bool, typer.Option("--partial", help="Keep what matches although other rows do not.")] = False,
) -> None:
    """Keep a table of your own as an indicator in a workspace folder; exits 1 when rows do not match.

    Example: s3geo import patents.xlsx --into my-workspace --label "Patents granted" --unit patents
    """
    from s3geo.tables.own import match_own, offered_codes
    from s3geo.tables.read import read_table
    from s3geo.workspace import open_workspace
    from s3geo.workspace.own import Described, describe_own, save_own

    layer = open_workspace().layer(geography)
    table = read_table(file)
    matched = match_own(table, layer, period=period)
    if convert and (codes := offered_codes(matched.report)):
        matched = match_own(table, layer, accepted=codes, period=period)
    typer.echo(str(matched.report), err=not matched.report.ok)
    if not matched.report.ok and not partial:
        raise TableError(
            "Nothing was kept. Mend the rows, or keep what matches with --partial.",
            [{str(k): v for k, v in row.items()} for row in matched.report.problems.to_dict("records")],
        )
    about = Described(label, unit, actor, dimension, geography, decimals=decimals, source=source)
    for path in save_own(describe_own(matched, about), into):
        typer.echo(str(path))


@app.command()
def refresh(
    sources: Annotated[
        list[str] | None, typer.Argument(help="Sources to fetch from their publishers; see docs/sources.md.")
    ] = None,
    raw: Annotated[
        Path | None, typer.Option("--from", help="Folder of raw tables, laid out as the sources are documented.")
    ] = None,
    target: Annotated[
        Path | None,
        typer.Option("--into", help="data/ of a workspace; by default that of S3GEO_WORKSPACE, else the bundled one."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
) -> None:
    """Compile the data from raw tables, or fetch sources anew, and show what changed.

    Without --from, sources (all of them if none is named) are fetched into snapshots/ and sources/ beside data/; with
    neither --into nor S3GEO_WORKSPACE, into the folder workspace/. With sources and --from, fresh tables take the place
    of raw ones. Exits 3 if a source failed, 1 if a table does not validate.

    Example: s3geo refresh --from raw --dry-run
    """
    from s3geo.refresh import compile_data
    from s3geo.refresh.live import plan, refresh_sources
    from s3geo.settings import settings

    data = written_to(target, "data")
    if raw is not None and not sources:
        report = compile_data(raw, data, dry_run=dry_run, progress=lambda step: typer.echo(step, err=True))
        typer.echo(str(report))
        return
    folder = target.parent if target else settings().workspace or Path("workspace")
    typer.echo(plan(sources or [], folder).to_string(index=False, max_colwidth=60), err=True)
    live = refresh_sources(sources or [], folder, dry_run=dry_run, progress=_progress, raw=raw, data=data)
    typer.echo(str(live))
    live.check()


@boundaries.command("build")
def build(
    target: Annotated[
        Path | None,
        typer.Option(
            "--into", help="boundaries/ of a workspace; by default that of S3GEO_WORKSPACE, else the bundled one."
        ),
    ] = None,
    lookups: Annotated[
        Path | None, typer.Option(help="Folder of ONS lookups; by default the memberships at hand.")
    ] = None,
    coastline: Annotated[Path | None, typer.Option(help="Natural Earth land (TopoJSON); by default fetched.")] = None,
) -> None:
    """Build the boundaries from the ONS Postcode Directory; takes some minutes.

    Example: s3geo boundaries build --into my-workspace/boundaries
    """
    from s3geo.geography.boundaries import build_boundaries
    from s3geo.geography.coastline import fetch_coastline

    folder = written_to(target, "boundaries")
    with tempfile.TemporaryDirectory() as scratch:
        land = coastline or fetch_coastline(Path(scratch))
        typer.echo(str(build_boundaries(lookups, land, folder, progress=_progress)))


@boundaries.command("fetch")
def fetch(
    geography: Annotated[str, typer.Argument(help="lep, lad, county, region or combined_authority.")],
    into: Annotated[Path, typer.Option(help="Workspace folder to keep it in, in its boundaries/.")],
    vintage: Annotated[str | None, typer.Option(help="Year and month, for example 2021-05.")] = None,
    url: Annotated[
        str | None, typer.Option(help="Address of the layer's query endpoint, if not the known one.")
    ] = None,
) -> None:
    """Fetch an official layer from ONS Open Geography into a workspace folder.

    Example: s3geo boundaries fetch lep --into my-workspace
    """
    from s3geo.sources.arcgis import fetch_layer
    from s3geo.workspace import GEOGRAPHIES

    chosen = vintage or (GEOGRAPHIES[geography].vintage if geography in GEOGRAPHIES else "")
    typer.echo(str(fetch_layer(geography, chosen, into / "boundaries", url=url)))


@app.command()
def validate(
    links: Annotated[
        Path | None, typer.Option("--links", help="Participations (csv, parquet) in the schema of docs/data.md.")
    ] = None,
    write: Annotated[Path | None, typer.Option("--write", help="Keep the result in this JSON file too.")] = None,
    draws: Annotated[int, typer.Option(help="Draws of the bootstrap.", min=100)] = 2000,
    methods: Annotated[
        bool, typer.Option("--methods", help="Every method tried too, on the last three years.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Test the ranking of partners on links of the last year, against simple rankings.

    Example: s3geo validate --draws 200
    """
    import json

    from s3geo.views.validation import as_record, read_participations
    from s3geo.views.validation import validate as run
    from s3geo.views.validation_methods import methods_record, methods_tables, on_three_years, tried_record
    from s3geo.views.validation_regions import region_deviance
    from s3geo.workspace import open_workspace

    ws = open_workspace()
    table = ws.participations if links is None else read_participations(links)
    found = run(ws, table, draws=draws)
    record = as_record(found)
    tried = on_three_years(ws, table, found.year, draws=draws) if methods else []
    areas = [region_deviance(ws, table, found.year - 1, draws=draws)] if methods else []
    if tried:
        record["tried"] = tried_record(tried[-1])
    if write is not None:
        write_whole(write, f"{json.dumps(record, indent=1, ensure_ascii=False)}\n".encode())
    if tried:
        record["methods"] = [methods_record(one) for one in tried]
        record["regions_year_before"] = areas[0].round(6).to_dict("records")
    text = json.dumps(record, indent=1, ensure_ascii=False)
    if as_json:
        typer.echo(text)
        return
    typer.echo(f"Partners of {found.year}, ranked by what was known before\n")
    for table in (found.metrics, found.differences, found.exposure, found.regions):
        typer.echo(f"{table.round(4).to_string(index=False)}\n")
    typer.echo(f"Within reach of any ranking: {100 * found.ceiling['ceiling']:.0f} % of new pairs.")
    for one in tried:
        typer.echo(f"\n{methods_tables(one)}")
    for before in areas:
        typer.echo(f"\nAreas, joint projects of {found.year - 1}\n{before.round(4).to_string(index=False)}")


def _version(show: bool) -> None:
    if show:
        from s3geo import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    del version
