"""Where land ends, by the testimony of addresses.

A coast of 1:10 million cuts off towns and bridges bays. An address stands on land, and so does what lies among
addresses of one district; what lies seaward of a dense row of addresses, farther off than they are from each other,
is water. Districts matter because estuaries part them: ground is never filled in between two districts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

__all__ = ["Shore", "inhabited_land"]

_Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Shore:
    """How addresses correct a coast; every length in metres.

    Parameters
    ----------
    ground : tuple of float
        Ground around a postcode is land: least and greatest radius, and between them this multiple of the distance
        to the postcode's `neighbour`-th neighbour.
    among : float
        A triangle of neighbouring postcodes of one district is land if its circumscribed circle has at most this
        radius.
    strip : float
        Depth of the strip inside the coast in which land can turn out to be water.
    reach : float
        In the strip, what lies this near to a postcode stays land.
    spacing : float
        So does what lies nearer than this multiple of the distance to the postcode's `neighbour`-th neighbour:
        in the open country postcodes are far apart and say little about the shore.
    neighbour : int
        Which neighbour measures how dense postcodes are.
    span : float
        So do triangles of postcodes of one district up to this radius of their circumscribed circle.
    inland : float
        Postcodes farther inland have no say.
    brush : float
        Spits and gaps narrower than twice this are smoothed away.
    hole_km2 : float
        Enclosed water that is smaller is filled, km².
    """

    ground: tuple[float, float, float] = (200.0, 400.0, 0.2)
    among: float = 800.0
    strip: float = 600.0
    reach: float = 200.0
    spacing: float = 0.5
    neighbour: int = 30
    span: float = 3_000.0
    inland: float = 5_000.0
    brush: float = 100.0
    hole_km2: float = 2.0


def inhabited_land(coast: shapely.Geometry, points: pd.DataFrame, shore: Shore | None = None) -> shapely.Geometry:
    """Correct a coast by postcodes.

    Parameters
    ----------
    coast : Polygon or MultiPolygon
        Land as a small-scale map has it, EPSG:27700.
    points : DataFrame
        Distinct places of postcodes: columns easting, northing (metres) and area (district).
    shore : Shore, optional
        How far addresses correct it.

    Returns
    -------
    Polygon or MultiPolygon
        Parts of the coast without a postcode, such as Northern Ireland, are left out. Whole metres.
    """
    shore = shore or Shore()
    near, inland = _near_coast(coast, points, shore.inland)
    places = near[["easting", "northing"]].to_numpy(dtype=float)
    disks, spacing = np.asarray(shapely.points(places)), _spacing(places, shore.neighbour)
    triangles, radius = _triangles(near)
    strip = shapely.buffer(shapely.simplify(shapely.boundary(coast), 20.0), shore.strip, quad_segs=4)
    shapely.prepare([coast, strip])

    least, most, multiple = shore.ground
    ground = np.clip(multiple * spacing, least, most)
    filled = triangles[radius <= shore.among]
    filled = filled[~shapely.contains_properly(coast, filled)]
    dry = [_round(disks, ground, inland < ground), shapely.coverage_union_all(filled)]

    reach = np.maximum(shore.reach, shore.spacing * spacing)
    spanned = triangles[radius <= shore.span]
    spanned = spanned[shapely.intersects(strip, spanned)]
    kept = [_round(disks, reach, inland < shore.strip + reach), shapely.coverage_union_all(spanned)]

    water = shapely.difference(shapely.intersection(strip, coast), shapely.union_all(kept))
    land = shapely.union_all([shapely.difference(coast, water), *dry])
    for width in (-shore.brush, 2 * shore.brush, -shore.brush):
        land = shapely.buffer(land, width, quad_segs=2)
    parts = shapely.get_parts(shapely.set_precision(land, 1.0))
    with_address, _ = shapely.STRtree(np.asarray(disks)).query(parts, predicate="intersects")
    return shapely.union_all([_without_ponds(part, shore.hole_km2) for part in parts[np.unique(with_address)]])


def _near_coast(
    coast: shapely.Geometry, points: pd.DataFrame, inland: float
) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """Return the points beyond the coast and up to `inland` metres behind it, and how far behind it each lies."""
    from scipy.spatial import KDTree

    places = points[["easting", "northing"]].to_numpy(dtype=float)
    rim = KDTree(shapely.get_coordinates(shapely.segmentize(shapely.boundary(coast), 50.0)))
    distance, _ = rim.query(places, distance_upper_bound=inland)
    shapely.prepare(coast)
    behind = np.where(shapely.contains_xy(coast, places), distance, 0.0)
    near = np.isfinite(behind)
    return points[near].reset_index(drop=True), behind[near]


def _round(disks: _Shapes, radius: NDArray[np.float64], chosen: NDArray[np.bool_]) -> shapely.Geometry:
    return shapely.union_all(shapely.buffer(disks[chosen], radius[chosen], quad_segs=4))


def _triangles(points: pd.DataFrame) -> tuple[_Shapes, NDArray[np.float64]]:
    """Return the Delaunay triangles whose corners lie in one area, and the radii of their circumscribed circles."""
    from scipy.spatial import Delaunay

    places = points[["easting", "northing"]].to_numpy(dtype=float)
    area, _ = pd.factorize(points["area"])
    corners = Delaunay(places - places.mean(axis=0)).simplices
    corners = corners[(area[corners] == area[corners[:, :1]]).all(axis=1)]
    ring = places[corners]
    sides = np.hypot(*np.moveaxis(ring - np.roll(ring, 1, axis=1), 2, 0))
    first, second = ring[:, 1] - ring[:, 0], ring[:, 2] - ring[:, 0]
    twice = np.abs(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0])
    radius = sides.prod(axis=1) / (2 * np.maximum(twice, 1e-9))
    return shapely.polygons(ring), radius


def _spacing(places: NDArray[np.float64], neighbour: int) -> NDArray[np.float64]:
    from scipy.spatial import KDTree

    distance, _ = KDTree(places).query(places, k=[min(neighbour, len(places))])
    spacing: NDArray[np.float64] = distance[:, 0]
    return spacing


def _without_ponds(part: shapely.Polygon, hole_km2: float) -> shapely.Polygon:
    holes = [ring for ring in part.interiors if shapely.Polygon(ring).area >= hole_km2 * 1e6]
    return shapely.Polygon(part.exterior, holes)
