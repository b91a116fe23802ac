"""Which regions adjoin, found on districts, since districts are a coverage and Local Enterprise Partnerships are not.

Two districts adjoin when their borders run together for at least a metre; a meeting in one point does not count.
Two regions adjoin when they share a district or when a district of one adjoins a district of the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from s3geo.errors import LayerError, UsageError, listed

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["neighbours"]

SHORTEST = 1.0
"""Metres of common border from which two districts adjoin."""


def neighbours(districts: gpd.GeoDataFrame, membership: pd.DataFrame | None = None) -> dict[str, list[str]]:
    """Return the neighbours of every region.

    Parameters
    ----------
    districts : GeoDataFrame
        Index = code of the district, polygons in EPSG:27700.
    membership : DataFrame, optional
        Columns ``district`` and ``region``, one row a membership; a district may lie in several regions.
        Without it the districts themselves are the regions.

    Returns
    -------
    dict of str to list of str
        Sorted by code on both levels, symmetric, without the region itself; a region with no neighbour has
        an empty list.

    Raises
    ------
    LayerError
        If a district of `membership` is not in `districts`.

    Examples
    --------
    >>> import geopandas as gpd
    >>> squares = gpd.GeoDataFrame(
    ...     geometry=[shapely.box(x, 0, x + 10, 10) for x in (0, 10, 20)], index=["a", "b", "c"], crs="EPSG:27700"
    ... )
    >>> neighbours(squares)
    {'a': ['b'], 'b': ['a', 'c'], 'c': ['b']}
    >>> neighbours(squares, pd.DataFrame({"district": ["a", "b", "b", "c"], "region": ["W", "W", "E", "E"]}))
    {'E': ['W'], 'W': ['E']}
    """
    codes = [str(code) for code in districts.index]
    regions_of = {code: {code} for code in codes} if membership is None else _regions_of(membership, codes)
    adjoining: dict[str, set[str]] = {region: set() for regions in regions_of.values() for region in regions}
    for regions in regions_of.values():
        for region in regions:
            adjoining[region] |= regions
    for first, second in _touching(districts.geometry.to_numpy()):
        left, right = regions_of.get(codes[first], set()), regions_of.get(codes[second], set())
        for region in left:
            adjoining[region] |= right
        for region in right:
            adjoining[region] |= left
    return {region: sorted(adjoining[region] - {region}) for region in sorted(adjoining)}


def _regions_of(membership: pd.DataFrame, codes: list[str]) -> dict[str, set[str]]:
    missing = [column for column in ("district", "region") if column not in membership.columns]
    if missing:
        raise UsageError(f"membership needs the columns district and region; missing: {listed(missing)}")
    unknown = sorted(set(membership["district"].astype(str)) - set(codes))
    if unknown:
        step = "Use a membership table and a district layer of the same vintage."
        problems = [
            {"file": "membership", "code": code, "problem": "district is not in the layer", "next_step": step}
            for code in unknown
        ]
        raise LayerError(
            f"The membership table names districts that the layer lacks: {listed(unknown)}. {step}", problems
        )
    regions_of: dict[str, set[str]] = {}
    for district, region in zip(membership["district"].astype(str), membership["region"].astype(str), strict=True):
        regions_of.setdefault(district, set()).add(region)
    return regions_of


def _touching(polygons: np.ndarray) -> np.ndarray:
    """Return the positions of the pairs that adjoin or overlap, as an array of two columns."""
    first, second = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    once = first < second
    first, second = first[once], second[once]
    common = shapely.length(shapely.intersection(polygons[first], polygons[second]))
    pairs: np.ndarray = np.column_stack([first, second])[common >= SHORTEST]
    return pairs
