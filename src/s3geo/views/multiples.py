"""Small maps side by side: one indicator over its periods, or several indicators."""

from __future__ import annotations

from collections.abc import Sequence

from s3geo.errors import UsageError
from s3geo.model.catalogue import ACTORS, DIMENSIONS
from s3geo.views.choropleth import RegionMap, choropleth
from s3geo.workspace import Workspace

__all__ = ["MOST_MAPS", "headline_indicators", "maps_of_cells", "maps_of_indicators", "maps_over_time"]

MOST_MAPS = 10
"""Maps that can be read side by side."""


def maps_over_time(
    ws: Workspace,
    indicator: str,
    periods: Sequence[str] | None = None,
    *,
    geography: str = "lep",
    scheme: str = "quantiles",
    k: int = 5,
) -> list[RegionMap]:
    """Draw an indicator in several periods, with the same classes on every map.

    Parameters
    ----------
    ws : Workspace
    indicator : str
        Id in the catalogue.
    periods : sequence of str, optional
        By default all, or of more than `MOST_MAPS` the newest.
    geography, scheme, k
        See `s3geo.choropleth`.

    Returns
    -------
    list of RegionMap
        In the order of the periods; classes are those of all periods together.

    Raises
    ------
    UsageError
        More than `MOST_MAPS` periods.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> maps = maps_over_time(open_workspace(), "gva_per_head")
    >>> len({m.table.breaks.upper for m in maps})
    1
    """
    wanted = ws.periods(indicator, geography)[-MOST_MAPS:] if periods is None else list(periods)
    _refuse_more(wanted, "periods")
    return [choropleth(ws, indicator, period, geography=geography, scheme=scheme, k=k, fixed=True) for period in wanted]


def maps_of_indicators(
    ws: Workspace, indicators: Sequence[str], *, geography: str = "lep", scheme: str = "quantiles", k: int = 5
) -> list[RegionMap]:
    """Draw several indicators, each in its own classes and the catalogue's period.

    Raises
    ------
    UsageError
        More than `MOST_MAPS` indicators.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> [m.table.period for m in maps_of_indicators(open_workspace(), ["gva_per_head"])]
    ['2023']
    """
    _refuse_more(indicators, "indicators")
    return [choropleth(ws, indicator, geography=geography, scheme=scheme, k=k) for indicator in indicators]


def maps_of_cells(ws: Workspace, geography: str = "lep") -> list[RegionMap]:
    """Draw the first indicator of each cell of actor and dimension that exists for a geography.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> len(maps_of_cells(open_workspace()))
    9
    """
    return maps_of_indicators(ws, headline_indicators(ws, geography), geography=geography)


def headline_indicators(ws: Workspace, geography: str = "lep") -> list[str]:
    """Return the first indicator of each cell that exists for a geography, in the order of the grid.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> len(headline_indicators(open_workspace()))
    9
    """
    here = ws.catalogue[[geography in ws.geographies_of(str(i)) for i in ws.catalogue.index]]
    first = here.reset_index().drop_duplicates(["actor", "dimension"])
    cell = first["actor"].map(ACTORS.index) * len(DIMENSIONS) + first["dimension"].map(DIMENSIONS.index)
    ids = first.iloc[cell.argsort(kind="stable")][here.index.name or "index"]
    return [str(i) for i in ids]


def _refuse_more(wanted: Sequence[str], what: str) -> None:
    if len(wanted) > MOST_MAPS:
        raise UsageError(f"{len(wanted)} {what} asked for; at most {MOST_MAPS} small maps can be read side by side.")
