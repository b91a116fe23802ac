"""District polygons from postcodes: Voronoi cells, joined where neighbours agree and clipped to land.

The border between two areas is where the nearest postcode changes area. Only postcodes with a Delaunay neighbour
in another area have a say in it; the rest are left out before any cell is drawn, which does not move the border
(removing a point hands its cell to its neighbours, and they all lie in the same area).

Everything is noded on whole metres at once, borders and coast together, so the areas form a coverage: they share
their vertices, with neither gaps nor overlaps, before and after they are simplified.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from numpy.typing import NDArray

from s3geo.errors import LayerError, listed
from s3geo.settings import BNG

__all__ = ["Limits", "border_points", "borders", "check_coverage", "construct", "distinct_points", "simplify", "union"]

_FRAME_M = 1_500_000.0
"""How far beyond the points the frame lies that closes every cell, metres."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How small a piece may be.

    Parameters
    ----------
    piece_km2 : float
        A piece of an area that lies among others and is smaller joins the neighbour with the longest common border,
        unless it is the largest of its area. Such pieces come from postcodes placed on the wrong side.
    islet_km2 : float
        An island that is smaller is left out.
    """

    piece_km2: float = 1.0
    islet_km2: float = 0.6


def distinct_points(points: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each spot.

    Parameters
    ----------
    points : DataFrame
        Columns easting, northing (metres, EPSG:27700) and area (code). Rows without a place or a code are dropped.

    Returns
    -------
    DataFrame
        The same columns, sorted by easting and northing. Where postcodes of several areas share a spot, the area
        with most of them has it, and of equals the first code.
    """
    placed = points.loc[:, ["easting", "northing", "area"]].dropna()
    counted = placed.groupby(["easting", "northing", "area"], as_index=False, observed=True).size()
    ranked = counted.sort_values(["easting", "northing", "size", "area"], ascending=[True, True, False, True])
    return ranked.drop_duplicates(["easting", "northing"])[["easting", "northing", "area"]].reset_index(drop=True)


def border_points(points: pd.DataFrame) -> pd.DataFrame:
    """Return the distinct points that have a Delaunay neighbour of another area: they alone shape the borders."""
    from scipy.spatial import Delaunay

    places = points[["easting", "northing"]].to_numpy(dtype=float)
    area, _ = pd.factorize(points["area"], sort=True)
    triangles = Delaunay(places - places.mean(axis=0)).simplices
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]])
    differ = area[edges[:, 0]] != area[edges[:, 1]]
    return points.iloc[np.unique(edges[differ])].reset_index(drop=True)


def borders(points: pd.DataFrame) -> NDArray[np.object_]:
    """Return the Voronoi edges between points of different areas, as lines.

    Parameters
    ----------
    points : DataFrame
        Distinct points with columns easting, northing, area; see `border_points`.

    Returns
    -------
    array of LineString
        One line for each edge. The outer areas are closed far outside the points.
    """
    from scipy.spatial import Voronoi

    places = points[["easting", "northing"]].to_numpy(dtype=float)
    area, _ = pd.factorize(points["area"], sort=True)
    centre = places.mean(axis=0)
    angles = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    frame = _FRAME_M * np.column_stack([np.cos(angles), np.sin(angles)])
    cells = Voronoi(np.concatenate([places - centre, frame]))
    area = np.concatenate([area, np.full(len(frame), -1)])
    ends = np.asarray(cells.ridge_vertices)
    kept = (area[cells.ridge_points[:, 0]] != area[cells.ridge_points[:, 1]]) & (ends >= 0).all(axis=1)
    corners = cells.vertices[ends[kept]] + centre
    lines: NDArray[np.object_] = shapely.linestrings(corners)
    return lines


def construct(points: pd.DataFrame, land: shapely.Geometry, limits: Limits | None = None) -> GeoSeries:
    """Build the areas of `points` on `land`.

    Parameters
    ----------
    points : DataFrame
        From `distinct_points`: columns easting, northing (metres, EPSG:27700), area (code).
    land : Polygon or MultiPolygon
        Where the areas end, EPSG:27700.
    limits : Limits, optional
        How small a piece may be.

    Returns
    -------
    GeoSeries
        Index = area code, sorted; a coverage with whole metres as coordinates.

    Raises
    ------
    LayerError
        If an area has no land, or the result is not a coverage.
    """
    shaping = border_points(points)
    lines = borders(shaping)
    limits = limits or Limits()
    land = _without_islets(land, limits.islet_km2)
    shapely.prepare(land)
    inside = lines[shapely.intersects(land, lines)]
    noded = shapely.union_all([*inside, shapely.boundary(land)], grid_size=1.0)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    seats = shapely.point_on_surface(faces)
    on_land = shapely.intersects(land, seats)
    faces, seats = faces[on_land], seats[on_land]
    area = _nearest_area(shaping, seats)
    areas = _tidied(GeoDataFrame({"area": area}, geometry=faces, crs=BNG), limits.piece_km2)
    missing = sorted(set(points["area"]) - set(areas.index))
    if missing:
        message = f"{len(missing)} areas have no land: {listed(missing)}. Check the coastline and the postcodes."
        raise LayerError(message)
    check_coverage(areas)
    return areas


def simplify(areas: GeoSeries, tolerance: float) -> GeoSeries:
    """Simplify a coverage; vertices are dropped and none is moved, so whole metres stay whole metres.

    Parameters
    ----------
    areas : GeoSeries
        A coverage, index = code.
    tolerance : float
        Metres: corners whose triangle is smaller than its square are dropped.

    Raises
    ------
    LayerError
        If the result is not a coverage or an area is lost.
    """
    simpler = GeoSeries(shapely.coverage_simplify(areas.to_numpy(), tolerance), index=areas.index, crs=areas.crs)
    check_coverage(simpler)
    return simpler


def union(areas: GeoSeries, group: pd.Series | pd.Index) -> GeoSeries:
    """Join the members of a coverage into groups along their common borders.

    Parameters
    ----------
    areas : GeoSeries
        Polygons of one coverage.
    group : Series or Index
        The group of each, in the same order.

    Returns
    -------
    GeoSeries
        Index = group, sorted.
    """
    shapes = areas.to_numpy()
    positions = pd.Series(np.arange(len(shapes))).groupby(np.asarray(group, dtype=object), sort=True)
    joined = {code: shapely.coverage_union_all(shapes[rows.to_numpy()]) for code, rows in positions}
    return GeoSeries(pd.Series(joined, dtype=object).map(_normal), crs=areas.crs)


def check_coverage(areas: GeoSeries) -> None:
    """Raise LayerError unless the areas share their borders, vertex by vertex, without overlap.

    Raises
    ------
    LayerError
        With one row of ``.problems`` for each area at fault.
    """
    shapes = areas.to_numpy()
    empty = shapely.is_empty(shapes) | ~shapely.is_valid(shapes)
    faulty = empty | ~shapely.is_empty(shapely.coverage_invalid_edges(shapes))
    if faulty.any():
        codes = areas.index[faulty]
        step = "Build the areas again from the postcodes."
        raise LayerError(
            f"{len(codes)} areas overlap, do not share their borders or are empty: {listed(codes)}. {step}",
            [{"code": code, "problem": "is not part of a valid coverage", "next_step": step} for code in codes],
        )


def _nearest_area(points: pd.DataFrame, seats: NDArray[np.object_]) -> NDArray[np.object_]:
    from scipy.spatial import KDTree

    tree = KDTree(points[["easting", "northing"]].to_numpy(dtype=float))
    _, nearest = tree.query(shapely.get_coordinates(seats))
    area: NDArray[np.object_] = points["area"].to_numpy(dtype=object)[nearest]
    return area


def _tidied(pieces: GeoDataFrame, piece_km2: float) -> GeoSeries:
    """Join the pieces of each area, once small ones that lie among others have gone to a neighbour."""
    shapes = pieces.geometry.to_numpy()
    area = pieces["area"].to_numpy(dtype=object).copy()
    size = shapely.area(shapes) / 1e6
    largest = set(pd.Series(size).groupby(area).idxmax())
    tree = shapely.STRtree(shapes)
    for piece in np.argsort(size, kind="stable"):
        if size[piece] >= piece_km2:
            break
        beside = tree.query(shapes[piece], predicate="intersects")
        beside = beside[beside != piece]
        common = shapely.length(shapely.intersection(shapes[beside], shapes[piece]))
        if piece not in largest and common.size and common.max() > 0:
            area[piece] = area[beside[common.argmax()]]
    return union(pieces.geometry, pd.Series(area))


def _without_islets(land: shapely.Geometry, islet_km2: float) -> shapely.Geometry:
    parts = shapely.get_parts(land)
    return shapely.MultiPolygon(list(parts[shapely.area(parts) >= islet_km2 * 1e6]))


def _normal(shape: shapely.Geometry) -> shapely.Geometry:
    """Order rings and parts, so that equal shapes are equal bytes."""
    return shapely.normalize(shapely.remove_repeated_points(shape))
