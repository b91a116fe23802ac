"""Commands that write files or set areas side by side: map, export, compare."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from s3geo.cli.shared import Area, Json, print_table, progress
from s3geo.errors import UsageError
from s3geo.writing import write_whole

__all__ = ["compare", "export_", "map_"]


def map_(
    indicator: Annotated[str, typer.Argument(help="Indicator id; see `s3geo describe`.")],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", help="File: .png, .svg, .pdf, .html, .csv, .xlsx, .geojson, .gpkg, .parquet or .zip."
        ),
    ],
    geography: Area = "lep",
    period: Annotated[str | None, typer.Option(help="Period as displayed, for example 2017/18.")] = None,
    scheme: Annotated[
        str, typer.Option(help="quantiles, fisher_jenks, equal_interval, head_tail, std_mean.")
    ] = "quantiles",
    k: Annotated[int, typer.Option("-k", help="Number of classes, 3 to 7.")] = 5,
    region: Annotated[str | None, typer.Option(help="Region to outline, by code or name.")] = None,
    second: Annotated[str | None, typer.Option(help="A second indicator on the same map.")] = None,
    page: Annotated[str, typer.Option(help="Sheet of a picture: portrait, a4 or slide.")] = "portrait",
    dpi: Annotated[int, typer.Option(help="Dots per inch of a PNG.", min=50, max=600)] = 150,
    chart: Annotated[bool, typer.Option("--chart", help="Draw the areas ranked instead of the map.")] = False,
) -> None:
    """Draw an indicator on a map of England, or write what the map shows; the suffix of the file says as what.

    Example: s3geo map gva_per_head -o gva.png --region London
    """
    from s3geo.exports import export
    from s3geo.views.choropleth import bivariate_choropleth, choropleth
    from s3geo.workspace import open_workspace

    ws = open_workspace()
    selected = [ws.region(region, geography)] if region else []
    if second:
        m = bivariate_choropleth(ws, indicator, second, period_x=period, geography=geography, selected=selected)
    else:
        m = choropleth(ws, indicator, period, geography=geography, scheme=scheme, k=k, selected=selected)
    typer.echo(str(export(m, output, page=page, dpi=dpi, picture="chart" if chart else "map")))


def export_(
    output: Annotated[Path, typer.Argument(help="Archive to write: .zip.")],
    indicator: Annotated[
        list[str] | None, typer.Option("--indicator", "-i", help="Indicator id, once for each; by default all.")
    ] = None,
    geography: Area = "lep",
    region: Annotated[str | None, typer.Option(help="Region to outline, by code or name.")] = None,
) -> None:
    """Write figures, boundaries, maps and charts into one archive, with source and licence.

    Example: s3geo export bundle.zip --indicator gva_per_head --indicator high_growth_share
    """
    from s3geo.exports import Asked, bundle
    from s3geo.views.class_table import class_table
    from s3geo.workspace import open_workspace

    if output.suffix.lower() != ".zip":
        raise UsageError(f"An export is an archive: name it .zip, not {output.suffix!r}. For one file use `s3geo map`.")
    ws = open_workspace()
    here = [str(i) for i in ws.catalogue.index if geography in ws.geographies_of(str(i))]
    tables = [class_table(ws, i, geography=geography) for i in indicator or here]
    asked = Asked((ws.region(region, geography),) if region else ())
    write_whole(output, bundle(ws, tables, None, asked, progress=progress))
    typer.echo(str(output))


def compare(
    regions: Annotated[list[str], typer.Argument(help="Codes or names, at most ten.")],
    geography: Area = "lep",
    every: Annotated[bool, typer.Option("--every", help="All indicators, not only the first of each cell.")] = False,
    as_json: Json = False,
) -> None:
    """Set areas side by side, each figure with its rank and England's value.

    Example: s3geo compare "Greater Manchester" London
    """
    from s3geo.views.comparison import comparison
    from s3geo.workspace import open_workspace

    ws = open_workspace()
    codes = [ws.region(region, geography) for region in dict.fromkeys(regions)]
    found = comparison(ws, codes, geography, headline=not every)
    if as_json:
        print_table(found, as_json)
        return
    for (label, period), rows in found.groupby(["label", "period"], sort=False):
        typer.echo(f"{label}, {period}")
        for row in rows.itertuples():
            typer.echo(f"  {row.name}: {row.text}")
