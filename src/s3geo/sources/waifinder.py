"""Universities, research and technology organisations and Catapults listed by WAIfinder (2024)."""

from __future__ import annotations

import pandas as pd

from s3geo.sources.tabular import Raw, file_name, numbers, read_csv

__all__ = ["read_waifinder"]


def read_waifinder(raw: Raw) -> pd.DataFrame:
    """Read WAIfinder's universities and research organisations.

    Parameters
    ----------
    raw : Path or bytes
        CSV with columns name, types, lat, lon, postcode, nuts2.

    Returns
    -------
    DataFrame
        Columns name, postcode, longitude, latitude (degrees), nuts2. Some points and postcodes are wrong.
    """
    file = file_name(raw)
    table = read_csv(raw, ["name", "lat", "lon", "postcode", "nuts2"])
    return pd.DataFrame(
        {
            "name": table["name"].str.strip(),
            "postcode": table["postcode"].str.strip(),
            "longitude": numbers(table["lon"], file=file)[0],
            "latitude": numbers(table["lat"], file=file)[0],
            "nuts2": table["nuts2"],
        }
    ).reset_index(drop=True)
