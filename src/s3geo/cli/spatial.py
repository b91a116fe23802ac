"""``s3geo pattern``: where like values adjoin."""

from __future__ import annotations

from typing import Annotated

import typer

from s3geo.cli.shared import Area, Json, print_table

__all__ = ["pattern"]


def pattern(
    indicator: Annotated[str, typer.Argument(help="Indicator id; see `s3geo describe`.")],
    geography: Area = "lep",
    period: Annotated[str | None, typer.Option(help="Period as displayed, for example 2017/18.")] = None,
    as_json: Json = False,
) -> None:
    """Say whether like values adjoin, and list every area with its local Moran: value, I, p, q and cluster.

    The sentence and its warning go to stderr, so that --json leaves JSON alone on stdout.

    Example: s3geo pattern gva_per_head -g lad
    """
    from s3geo.views.spatial_pattern import pattern_table
    from s3geo.workspace import open_workspace

    table = pattern_table(open_workspace(), indicator, period, geography=geography)
    typer.echo(f"{table.title}, {table.period}\n{table.sentence}\n{table.warning}", err=True)
    found = table.found.assign(name=table.rows["name"]).sort_values(["q", "p"], kind="stable").reset_index()
    found = found[["code", "name", "value", "I", "p", "q", "quadrant", "cluster"]]
    print_table(found if as_json else found.round(4), as_json)
