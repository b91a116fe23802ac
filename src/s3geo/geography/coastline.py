"""The coast of Natural Earth: fetch it, read it, and draw the land around England as a backdrop."""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path
from shutil import which

import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries, read_file

from s3geo.errors import LayerError, SourceError
from s3geo.settings import BNG

__all__ = ["COASTLINE", "fetch_coastline", "neighbouring_land", "read_countries"]

COASTLINE = "countries-10m.json"
"""File of the package ``world-atlas`` with the countries of Natural Earth 4.1.0, 1:10 million (TopoJSON)."""

_POLYGON = shapely.GeometryType.POLYGON
_PACKAGE = "world-atlas@2.0.2"
_BOX = (-11.0, 48.5, 5.0, 60.0)
_DEGREES = "+proj=longlat +ellps=WGS84 +towgs84=0,0,0 +no_defs"
_GRID = (
    "+proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy "
    "+towgs84=446.448,-125.157,542.06,0.15,0.247,0.842,-20.489 +units=m +no_defs"
)
"""The seven-parameter transformation, spelled out (good to 5 m): the same result with and without OSTN15 at hand."""


def fetch_coastline(folder: Path) -> Path:
    """Fetch the coastline package with npm and return the file in it.

    Parameters
    ----------
    folder : Path
        Where to unpack; made if need be.

    Returns
    -------
    Path
        The TopoJSON file of countries.

    Raises
    ------
    SourceError
        If npm is not installed or the package cannot be fetched.
    """
    npm = which("npm")
    if npm is None:
        raise SourceError(f"npm is not installed. Install it, or give the path of {COASTLINE} of {_PACKAGE}.")
    folder.mkdir(parents=True, exist_ok=True)
    command = [npm, "pack", "--silent", "--pack-destination", str(folder), _PACKAGE]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    except subprocess.TimeoutExpired as error:
        raise SourceError(f"npm took more than 5 minutes to fetch {_PACKAGE}. Try again later.") from error
    archive = folder / (_PACKAGE.replace("@", "-") + ".tgz")
    if done.returncode or not archive.is_file():
        reason = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no message"]
        raise SourceError(f"npm could not fetch {_PACKAGE}: {reason[0]}. Check the network and try again.")
    with tarfile.open(archive) as packed:
        packed.extract(f"package/{COASTLINE}", folder, filter="data")
    return folder / "package" / COASTLINE


def read_countries(coastline: Path) -> GeoSeries:
    """Read the countries around England.

    Parameters
    ----------
    coastline : Path
        ``countries-10m.json`` of the package ``world-atlas``, or the folder that holds it.

    Returns
    -------
    GeoSeries
        Index = name of the country, EPSG:27700, cut to a box from Ireland to the Netherlands.

    Raises
    ------
    LayerError
        If there is no such file or no United Kingdom in it.
    """
    file = coastline / COASTLINE if coastline.is_dir() else coastline
    if not file.is_file():
        raise LayerError(f"There is no coastline at {file}. Give the path of {COASTLINE} of {_PACKAGE}.")
    world = read_file(file, layer="countries")
    if "United Kingdom" not in set(world.get("name", [])):
        raise LayerError(f"{file.name} holds no country named United Kingdom. Use {COASTLINE} of {_PACKAGE}.")
    box = shapely.box(*_BOX)
    near = world[world.geometry.intersects(box)]
    shapes = shapely.intersection(shapely.make_valid(near.geometry.to_numpy()), box)
    grid = GeoSeries(shapes, crs=_DEGREES).to_crs(_GRID).to_numpy()
    return GeoSeries(shapely.make_valid(grid), index=pd.Index(near["name"], name="name"), crs=BNG).sort_index()


def neighbouring_land(
    countries: GeoSeries, home: GeoSeries, *, tolerance: float = 1_500.0, islet_km2: float = 10.0
) -> GeoDataFrame:
    """Return the land around England as a backdrop.

    Parameters
    ----------
    countries : GeoSeries
        From `read_countries`.
    home : GeoSeries
        Wales and Scotland as built together with the districts, index = name: they share their border with them.
    tolerance : float
        Metres, for the other countries.
    islet_km2 : float
        Smaller islands are left out, km².

    Returns
    -------
    GeoDataFrame
        Columns name, geometry; sorted by name.
    """
    parts = shapely.get_parts(countries["United Kingdom"])
    parts = parts[~shapely.intersects(parts, shapely.union_all(home.to_numpy()))]
    ulster = shapely.union_all(parts[shapely.distance(parts, countries["Ireland"]) < 1_000.0])
    others = pd.concat([countries.drop("United Kingdom"), GeoSeries({"Northern Ireland": ulster}, crs=BNG)])
    simpler = shapely.coverage_simplify([_polygons(shape) for shape in others], tolerance)
    others = GeoSeries(simpler, index=others.index, crs=BNG)
    land = pd.concat([others, home]).sort_index().map(lambda shape: _without_islets(shape, islet_km2))
    land = land[~land.is_empty]
    return GeoDataFrame({"name": land.index.astype(str)}, geometry=land.to_numpy(), crs=BNG)


def _polygons(shape: shapely.Geometry) -> shapely.Geometry:
    """Round to whole metres and keep what has an area."""
    parts = shapely.get_parts(shapely.set_precision(shape, 1.0))
    return shapely.MultiPolygon(list(parts[shapely.get_type_id(parts) == _POLYGON]))


def _without_islets(shape: shapely.Geometry, islet_km2: float) -> shapely.Geometry:
    parts = shapely.get_parts(shape)
    return shapely.MultiPolygon(list(parts[shapely.area(parts) >= islet_km2 * 1e6])).normalize()
