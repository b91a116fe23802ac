"""Who is near an area, and with whom it could work."""

from __future__ import annotations

from typing import Annotated

import typer

from s3geo.cli.shared import Area, Json
from s3geo.cli.shared import print_table as _print

__all__ = ["nearby", "partners"]


def nearby(
    region: Annotated[str, typer.Argument(help="Code or name.")],
    n: Annotated[int, typer.Option("-n", help="How many.")] = 5,
    geography: Area = "lep",
    as_json: Json = False,
) -> None:
    """List the nearest regions with distance and whether they adjoin.

    Example: s3geo nearby "Cornwall and Isles of Scilly" -n 3
    """
    from s3geo.views.nearby import nearest_regions
    from s3geo.workspace import open_workspace

    ws = open_workspace()
    _print(nearest_regions(ws, ws.region(region, geography), geography, n).round(1).reset_index(), as_json)


def partners(
    region: Annotated[str, typer.Argument(help="Code or name.")],
    n: Annotated[int, typer.Option("-n", help="How many; 0 for all.", min=0)] = 10,
    within: Annotated[float | None, typer.Option(help="Leave out those farther away, in km.")] = None,
    weights: Annotated[
        str, typer.Option(help="Of nearness, shared strengths, what is added, links so far: four numbers.")
    ] = "1,1,1,0",
    target: Annotated[str | None, typer.Option(help="Sector to grow in, by its code.")] = None,
    counted: Annotated[str, typer.Option(help="Strengths in: ubc_enterprises or gva.")] = "ubc_enterprises",
    geography: Area = "lep",
    as_json: Json = False,
) -> None:
    """List the areas an area could work with, with score, distance and reason.

    Example: s3geo partners "Greater Manchester" -n 3 --within 100
    """
    from s3geo.errors import UsageError
    from s3geo.views.partners import partners
    from s3geo.workspace import open_workspace

    try:
        given = tuple(float(part) for part in weights.split(","))
    except ValueError as error:
        raise UsageError(f"--weights must be four numbers such as 1,1,1,0; got {weights!r}.") from error
    ws = open_workspace()
    code = ws.region(region, geography)
    found = partners(ws, code, given, within, n or None, geography=geography, target=target, table=counted)
    if as_json:
        _print(found.rename_axis("code").reset_index(), as_json)
        return
    for row in found.to_dict("records"):
        known = row["rank"] == row["rank"]
        place = f"{row['rank']:.0f}. {row['name']}: score {row['score']:.1f}" if known else f"Not ranked: {row['name']}"
        typer.echo(f"{place}, {row['distance_km']:.0f} km. {row['reason']}")
        if row["counter"]:
            typer.echo(f"   Against: {row['counter']}")
