"""Distances between centres, in kilometres on the plane of the British National Grid.

Centres are the unweighted means of a region's postcodes ("postcode-weighted centre"), or a single point.
The plane is at most 0.041 % off the geodesic between partnerships and between districts of the mainland (41 m in
100 km), and at most 0.08 % anywhere in England: the worst is from Cornwall to the Isles of Scilly.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from s3geo.errors import NotFound, UsageError, listed

__all__ = ["distances_km", "nearest"]


def distances_km(centres: pd.DataFrame) -> pd.DataFrame:
    """Return the distance between every two centres.

    Parameters
    ----------
    centres : DataFrame
        Index = code, columns ``easting`` and ``northing`` (metres, EPSG:27700). A missing centre is allowed.

    Returns
    -------
    DataFrame
        Square, index and columns = index of `centres`, kilometres; NaN where a centre is missing.

    Examples
    --------
    >>> distances_km(pd.DataFrame({"easting": [0, 3000], "northing": [0, 4000]}, index=["a", "b"]))
         a    b
    a  0.0  5.0
    b  5.0  0.0
    """
    x, y = _coordinates(centres)
    metres = np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :])
    return pd.DataFrame(metres / 1000, index=centres.index, columns=centres.index)


def nearest(centres: pd.DataFrame, origin: str | tuple[float, float], n: int | None = None) -> pd.Series[float]:
    """Return the `n` centres nearest to `origin`, nearest first; equal distances by code.

    Parameters
    ----------
    centres : DataFrame
        Index = code, columns ``easting`` and ``northing`` (metres, EPSG:27700).
    origin : str or tuple of float
        A code of `centres`, which is then left out of the answer, or a point (easting, northing).
    n : int, optional
        How many; default all. Places without a centre are never among them.

    Returns
    -------
    Series
        Index = code, ``distance_km``.

    Raises
    ------
    NotFound
        If `origin` is a code that has no centre.

    Examples
    --------
    >>> towns = pd.DataFrame({"easting": [0, 3000, 0], "northing": [0, 4000, 1000]}, index=["a", "b", "c"])
    >>> nearest(towns, "a", 1)
    c    1.0
    Name: distance_km, dtype: float64
    >>> nearest(towns, (3000.0, 4000.0), 1).to_dict()
    {'b': 0.0}
    """
    if n is not None and n < 0:
        raise UsageError(f"n must be 0 or more, not {n}")
    x, y = _coordinates(centres)
    if isinstance(origin, str):
        at = centres.index.get_indexer(pd.Index([origin]))[0]
        if at < 0 or np.isnan(x[at] + y[at]):
            raise NotFound(f"No centre is known for {origin!r}. Codes start with {listed(centres.index, 3)}.")
        start = (x[at], y[at])
    else:
        start = (float(origin[0]), float(origin[1]))
    kilometres = pd.Series(np.hypot(x - start[0], y - start[1]) / 1000, index=centres.index, name="distance_km")
    if isinstance(origin, str):
        kilometres = kilometres.drop(origin)
    return kilometres.dropna().sort_index().sort_values(kind="stable").head(n if n is not None else len(kilometres))


def _coordinates(centres: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    missing = [column for column in ("easting", "northing") if column not in centres.columns]
    if missing:
        raise UsageError(f"centres need the columns easting and northing; missing: {listed(missing)}")
    return centres["easting"].to_numpy(dtype=float), centres["northing"].to_numpy(dtype=float)
