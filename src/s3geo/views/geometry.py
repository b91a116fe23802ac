"""Geometry as a web map takes it: once, in degrees, named by its content."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from s3geo.settings import WGS84
from s3geo.workspace import Workspace
from s3geo.workspace.kept import kept

__all__ = ["PreparedGeometry", "backdrop", "bounds_of", "overlaps", "prepare", "regions"]

_DECIMALS = 4  # about 7 m east-west, 11 m north-south


@dataclass(frozen=True, eq=False)
class PreparedGeometry:
    """A GeoJSON FeatureCollection, shared and never changed.

    Attributes
    ----------
    id : str
        First 16 hexadecimal digits of the SHA-256 of `body`.
    features : dict
        The FeatureCollection (EPSG:4326, 4 decimals); each feature has its code as ``id``.
    body : bytes
        The same as UTF-8 text.
    bounds : tuple of float
        West, south, east, north in degrees.
    """

    id: str
    features: dict[str, Any]
    body: bytes
    bounds: tuple[float, float, float, float]


def prepare(layer: gpd.GeoDataFrame, **properties: list[object]) -> PreparedGeometry:
    """Turn a layer into prepared geometry, large regions first so that small ones stay on top.

    Parameters
    ----------
    layer : GeoDataFrame
        Index code, columns name and geometry, any CRS.
    **properties : list
        More properties, one entry for each row.
    """
    degrees = layer.to_crs(WGS84)
    shapes = shapely.transform(degrees.geometry.to_numpy(), lambda xy: np.round(xy, _DECIMALS))
    order = np.argsort(-layer.geometry.area.to_numpy(), kind="stable")
    features = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": str(layer.index[i]),
                "properties": {"name": str(layer["name"].iloc[i]), **{k: v[i] for k, v in properties.items()}},
                "geometry": json.loads(shapely.to_geojson(shapes[i])),
            }
            for i in order
        ],
    }
    body = json.dumps(features, separators=(",", ":"), ensure_ascii=False).encode()
    west, south, east, north = shapely.total_bounds(shapes)
    return PreparedGeometry(
        hashlib.sha256(body).hexdigest()[:16], features, body, (float(west), float(south), float(east), float(north))
    )


@kept(32)
def regions(ws: Workspace, geography: str = "lep") -> PreparedGeometry:
    """Return the regions of a geography, prepared once."""
    return prepare(ws.layer(geography))


@kept(32)
def overlaps(ws: Workspace, geography: str = "lep") -> PreparedGeometry | None:
    """Return the districts that lie in more than one region (property ``regions``), or None."""
    shared = ws.overlaps(geography)
    if shared.empty:
        return None
    return prepare(ws.layer("lad").loc[shared.index], regions=list(shared["regions"]))


@kept(4)
def backdrop(ws: Workspace) -> PreparedGeometry:
    """Return the neighbouring land, which carries no data."""
    return prepare(ws.land)


def bounds_of(features: dict[str, Any]) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a FeatureCollection (degrees)."""
    shapes = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features["features"]])
    west, south, east, north = shapely.total_bounds(shapes)
    return float(west), float(south), float(east), float(north)
