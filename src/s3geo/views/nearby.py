"""What lies near: regions by distance between their centres, organisations in and around a region."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from s3geo.errors import NotFound, UsageError
from s3geo.geography.around import PointIndex
from s3geo.geography.postcodes import find, looks_like_postcode
from s3geo.workspace import GEOGRAPHIES, Workspace
from s3geo.workspace.kept import kept

__all__ = ["nearest_regions", "organisation_counts", "organisations"]


def nearest_regions(ws: Workspace, code: str, geography: str = "lep", n: int = 5) -> pd.DataFrame:
    """Return the regions nearest to a region.

    Parameters
    ----------
    ws : Workspace
    code : str
        GSS code.
    geography : str
    n : int
        How many.

    Returns
    -------
    DataFrame
        Index code; name, distance_km (between postcode-weighted centres, straight line), adjoins (bool: they share a
        border or a district), overlaps (bool: they share a district). Nearest first.

    Raises
    ------
    NotFound
        No such region.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> nearest_regions(open_workspace(), "E37000015", n=1)["name"].tolist()  # Greater Manchester
    ['Cheshire and Warrington']
    """
    distances = ws.distances(geography)
    if code not in distances.index:
        raise NotFound(f"No region {code!r} among {GEOGRAPHIES[geography].plural}; see `s3geo describe`.")
    near = pd.Series(distances.loc[code]).drop(code).sort_values(kind="stable").head(n)
    touching = set(ws.neighbours(geography)[code])
    shared = {r for regions in ws.overlaps(geography)["regions"] if code in regions for r in regions}
    return pd.DataFrame(
        {
            "name": ws.names(geography)[near.index],
            "distance_km": near,
            "adjoins": near.index.isin(touching),
            "overlaps": near.index.isin(shared),
        },
        index=near.index.rename("code"),
    )


def organisations(
    ws: Workspace,
    near: str | tuple[float, float],
    *,
    within_km: float = 25,
    kind: str | list[str] | None = None,
    n: int | None = 50,
    geography: str = "lep",
) -> pd.DataFrame:
    """Return the organisations in and around a region, a postcode or a point.

    Parameters
    ----------
    ws : Workspace
    near : str or (easting, northing)
        GSS code of a region, a full postcode, or a point in metres (EPSG:27700).
    within_km : float
        How far from the region's edge, or from the point, in a straight line.
    kind : str or list of str, optional
        "university", "research_organisation", "catapult", "nhs_trust", ...
    n : int, optional
        At most so many; None for all.
    geography : str
        Geography of a region's code.

    Returns
    -------
    DataFrame
        Index id; name, kind, district, easting, northing, ..., distance_km (0 inside the region), inside (bool).
        Nearest first; inside a region, those with most staff submitted to REF 2021 first. Organisations known only
        by their district are left out.

    Raises
    ------
    NotFound
        No such region or postcode.
    UsageError
        A distance that is not positive.
    """
    if not within_km > 0:
        raise UsageError(f"within_km must be positive, got {within_km}.")
    placed, index = _placed(ws)
    if isinstance(near, str) and not looks_like_postcode(near):
        shape = ws.layer(geography).geometry.get(near)
        if shape is None:
            raise NotFound(f"No region {near!r} among {GEOGRAPHIES[geography].plural}, and not a postcode.")
        found, distance = index.around(shape, within_km)
        # By district, not by polygon: an organisation at the water's edge belongs to its district.
        held = placed["district"].isin(ws.districts(near, geography)).to_numpy()
        beyond = np.setdiff1d(np.flatnonzero(held), found)
        found, distance = np.append(found, beyond), np.append(distance, np.zeros(len(beyond)))
        inside = held[found]
        distance = np.where(inside, 0.0, distance)
    else:
        found, distance = index.around(shapely.Point(_point(near) if isinstance(near, str) else near), within_km)
        inside = np.zeros(len(found), dtype=bool)
    out = placed.iloc[found].assign(distance_km=distance, inside=inside)
    if kind is not None:
        out = out[out["kind"].isin([kind] if isinstance(kind, str) else kind)]
    out = out.assign(_weight=-out["ref_fte"].fillna(0))
    out = out.sort_values(["distance_km", "_weight", "name"], kind="stable").drop(columns="_weight")
    return out if n is None else out.head(n)


@kept(4)
def _placed(ws: Workspace) -> tuple[pd.DataFrame, PointIndex]:
    """Return the organisations with a point, and their index."""
    placed = ws.organisations[ws.organisations["easting"].notna()]
    return placed, PointIndex.of(placed[["easting", "northing"]].to_numpy(dtype=float))


def organisation_counts(ws: Workspace, code: str, geography: str = "lep") -> pd.Series:
    """Count the organisations registered in a region by kind, with and without a point.

    Returns
    -------
    Series of int
        Index kind, largest first.
    """
    here = ws.organisations["district"].isin(ws.districts(code, geography))
    return ws.organisations.loc[here, "kind"].value_counts()


def _point(postcode: str) -> tuple[float, float]:
    found = find(postcode)
    return found.easting, found.northing
