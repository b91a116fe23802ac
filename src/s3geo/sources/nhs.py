"""NHS trusts of England with a point at their headquarters (Organisation Data Service, 2022)."""

from __future__ import annotations

import pandas as pd

from s3geo.sources.tabular import Raw, file_name, numbers, read_csv

__all__ = ["read_nhs_trusts"]


def read_nhs_trusts(raw: Raw) -> pd.DataFrame:
    """Read NHS trusts.

    Parameters
    ----------
    raw : Path or bytes
        CSV with columns nhs_trust22_name, nhs_trust22_code, status, lon, lat.

    Returns
    -------
    DataFrame
        Columns ods (code), name, status ("open", "closed"), longitude, latitude (degrees).
    """
    file = file_name(raw)
    table = read_csv(raw, ["nhs_trust22_name", "nhs_trust22_code", "status", "lon", "lat"])
    return pd.DataFrame(
        {
            "ods": table["nhs_trust22_code"],
            "name": table["nhs_trust22_name"].str.strip(),
            "status": table["status"],
            "longitude": numbers(table["lon"], file=file)[0],
            "latitude": numbers(table["lat"], file=file)[0],
        }
    ).reset_index(drop=True)
