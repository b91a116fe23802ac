"""Which of many points lie around a place: a tree built once, asked often."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import cKDTree

__all__ = ["PointIndex"]


@dataclass(frozen=True, eq=False)
class PointIndex:
    """Points of the British National Grid that can be asked for those around a shape.

    Attributes
    ----------
    points : ndarray of float, shape (n, 2)
        Easting and northing, metres (EPSG:27700).
    """

    points: np.ndarray
    _tree: cKDTree

    @classmethod
    def of(cls, points: np.ndarray) -> PointIndex:
        """Build the index; seconds for some millions of points.

        Examples
        --------
        >>> index = PointIndex.of(np.array([[0.0, 0.0], [3000, 4000], [9000, 0]]))
        >>> found, km = index.around(shapely.Point(0, 0), within_km=5)
        >>> found.tolist(), km.tolist()
        ([0, 1], [0.0, 5.0])
        """
        held = np.ascontiguousarray(points, dtype=float)
        return cls(held, cKDTree(held))

    def around(self, shape: shapely.Geometry, within_km: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the points within a distance of a shape.

        Parameters
        ----------
        shape : shapely geometry
            A point, or a region; EPSG:27700.
        within_km : float

        Returns
        -------
        positions : ndarray of int
            Ascending.
        distance_km : ndarray of float
            Straight line to the shape; 0 inside it.
        """
        circle = shapely.minimum_bounding_circle(shape)
        centre, radius = shapely.centroid(circle), float(shapely.minimum_bounding_radius(shape))
        reach = radius + 1000 * within_km + 1e-6
        found = np.sort(np.asarray(self._tree.query_ball_point((centre.x, centre.y), reach), dtype=np.intp))
        if radius == 0:
            km = np.hypot(*(self.points[found] - (centre.x, centre.y)).T) / 1000
        else:
            shapely.prepare(shape)
            km = np.asarray(shapely.distance(shapely.points(self.points[found]), shape)) / 1000
        near = km <= within_km
        return found[near], km[near]
