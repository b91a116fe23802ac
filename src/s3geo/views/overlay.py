"""What can be laid over a map of regions, as files a browser fetches once: points, district borders, arcs."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from s3geo.settings import BNG, WGS84
from s3geo.views.geometry import PreparedGeometry, prepare
from s3geo.workspace import Workspace
from s3geo.workspace.kept import kept

__all__ = ["KINDS", "Kind", "districts", "organisation_points", "shared_projects", "shown_at"]


@dataclass(frozen=True)
class Kind:
    """A kind of organisation: its letter on the map, and what one and several are called."""

    letter: str
    one: str
    many: str


KINDS: dict[str, Kind] = {
    "university": Kind("U", "University", "Universities"),
    "catapult": Kind("C", "Catapult", "Catapults"),
    "research_organisation": Kind("R", "Research organisation", "Research organisations"),
    "nhs_trust": Kind("N", "NHS trust", "NHS trusts"),
    "public": Kind("P", "Public body", "Public bodies"),
    "company": Kind("B", "Company", "Companies"),
    "other": Kind("O", "Other organisation", "Other organisations"),
}
"""Kinds by id, those of research first."""

_MOST_ARCS = 10


@kept(4)
def organisation_points(ws: Workspace) -> PreparedGeometry:
    """Return the organisations of England as points.

    Returns
    -------
    PreparedGeometry
        One feature an organisation whose address is known (``name``, ``counts`` = its kind and 1), and one a district
        for those known by their district only (``district``, ``counts`` by kind), in the middle of its postcodes.
        Those outside England or without a place are left out.
    """
    known = ws.organisations
    placed = known[known["easting"].notna() & (known["precision"] != "outside")]
    features = [
        _point(east, north, str(id_), {"name": str(name), "counts": {str(kind): 1}})
        for id_, name, kind, east, north in zip(
            placed.index, placed["name"], placed["kind"], *_degrees(placed["easting"], placed["northing"]), strict=True
        )
    ]
    names, centres = ws.names("lad"), ws.centres("lad")
    by_district = known[(known["precision"] == "district") & known["district"].isin(centres.index)]
    counts = by_district.groupby("district")["kind"].value_counts()
    codes = counts.index.get_level_values("district").unique()
    east, north = _degrees(centres.loc[codes, "easting"], centres.loc[codes, "northing"])
    for code, x, y in zip(codes, east, north, strict=True):
        here = {str(kind): int(n) for kind, n in counts[code].items()}
        features.append(_point(x, y, str(code), {"district": str(names[code]), "counts": here}))
    return _collected(features)


@kept(16)
def districts(ws: Workspace, geography: str = "lep") -> PreparedGeometry:
    """Return the districts with the codes of the regions each lies in (property ``regions``)."""
    layer = ws.layer("lad")
    held: dict[str, list[str]] = {str(code): [] for code in layer.index}
    for code in ws.layer(geography).index:
        for district in ws.districts(str(code), geography):
            held[str(district)].append(str(code))
    return prepare(layer, regions=[held[str(code)] for code in layer.index])


@kept(16)
def shared_projects(ws: Workspace, geography: str = "lep", source: str = "h2020") -> PreparedGeometry:
    """Return, for each region, the regions it shares most projects with.

    Returns
    -------
    PreparedGeometry
        ``features`` is a dict: ``centres`` (code to longitude and latitude) and ``links`` (code to at most ten pairs
        of code and number of different projects, most first).
    """
    table = ws.region_links(geography, source)
    both = pd.concat([table, table.rename(columns={"a": "b", "b": "a"})])
    both = both[(both["a"] != both["b"]) & (both["n_distinct"] > 0)]
    both = both.sort_values(["a", "n_distinct", "b"], ascending=[True, False, True])
    links = {
        str(code): [[str(b), float(n)] for b, n in zip(rows["b"], rows["n_distinct"], strict=True)][:_MOST_ARCS]
        for code, rows in both.groupby("a", sort=True)
    }
    centres = ws.centres(geography)
    east, north = _degrees(centres["easting"], centres["northing"])
    at = {str(code): [float(x), float(y)] for code, x, y in zip(centres.index, east, north, strict=True)}
    return _named({"centres": at, "links": links})


def shown_at(ws: Workspace, geography: str, codes: tuple[str, ...]) -> list[list[float]]:
    """Return longitude and latitude of the centres of regions."""
    known = _centres(ws, geography)
    return [list(known[code]) for code in codes]


@kept(16)
def _centres(ws: Workspace, geography: str) -> dict[str, tuple[float, float]]:
    """Return longitude and latitude of all centres; made once, as every thread has to prepare the projection anew."""
    centres = ws.centres(geography)
    degrees = zip(*_degrees(centres["easting"], centres["northing"]), strict=True)
    return {str(code): (float(x), float(y)) for code, (x, y) in zip(centres.index, degrees, strict=True)}


def _degrees(easting: pd.Series, northing: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    points = gpd.GeoSeries(shapely.points(easting, northing), crs=BNG).to_crs(WGS84)
    return points.x.round(4).to_numpy(), points.y.round(4).to_numpy()


def _point(east: float, north: float, id_: str, properties: dict[str, Any]) -> dict[str, Any]:
    at = {"type": "Point", "coordinates": [float(east), float(north)]}
    return {"type": "Feature", "id": id_, "properties": properties, "geometry": at}


def _collected(features: list[dict[str, Any]]) -> PreparedGeometry:
    return _named({"type": "FeatureCollection", "features": features})


def _named(content: dict[str, Any]) -> PreparedGeometry:
    body = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
    return PreparedGeometry(hashlib.sha256(body).hexdigest()[:16], content, body, (-6.5, 49.8, 1.8, 55.9))
