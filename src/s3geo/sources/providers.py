"""Universities and colleges: the provider list of data.ac.uk, and institutions of REF 2021 that it cannot place."""

from __future__ import annotations

import pandas as pd

from s3geo.sources.tabular import Raw, file_name, numbers, read_csv

__all__ = ["read_providers", "read_unplaced_institutions"]


def read_providers(raw: Raw) -> pd.DataFrame:
    """Read UK higher education providers.

    Parameters
    ----------
    raw : Path or bytes
        CSV with columns UKPRN, PROVIDER_NAME, VIEW_NAME, POSTCODE, LONGITUDE, LATITUDE, EASTING, NORTHING, GTR_ID,
        HESA_ID.

    Returns
    -------
    DataFrame
        Columns ukprn, name, postcode, longitude, latitude (degrees), easting, northing (metres; NaN where unknown),
        gtr, hesa. Only the registered seat is listed; branch campuses are absent.
    """
    file = file_name(raw)
    columns = ["UKPRN", "VIEW_NAME", "POSTCODE", "LONGITUDE", "LATITUDE", "EASTING", "NORTHING", "GTR_ID", "HESA_ID"]
    table = read_csv(raw, columns)
    figures = {
        name: numbers(table[name.upper()], file=file, empty="not_collected")[0]
        for name in ("longitude", "latitude", "easting", "northing")
    }
    return pd.DataFrame(
        {
            "ukprn": table["UKPRN"],
            "name": table["VIEW_NAME"].str.strip(),
            "postcode": table["POSTCODE"].str.strip(),
            **figures,
            "gtr": table["GTR_ID"],
            "hesa": table["HESA_ID"],
        }
    ).reset_index(drop=True)


def read_unplaced_institutions(raw: Raw) -> pd.DataFrame:
    """Read institutions of REF 2021 for which only the district of the main address is known.

    Parameters
    ----------
    raw : Path or bytes
        CSV with columns ukprn, institution, lad23cd.

    Returns
    -------
    DataFrame
        Columns ukprn, name, district (GSS, April 2023).
    """
    table = read_csv(raw, ["ukprn", "institution", "lad23cd"])
    return pd.DataFrame(
        {"ukprn": table["ukprn"], "name": table["institution"].str.strip(), "district": table["lad23cd"]}
    ).reset_index(drop=True)
