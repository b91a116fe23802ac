"""Horizon 2020 (CORDIS): participations of UK organisations, and the organisations themselves."""

from __future__ import annotations

import pandas as pd

from s3geo.sources.tabular import Raw, file_name, numbers, read_csv

__all__ = ["read_h2020_organisations", "read_h2020_participations"]


def read_h2020_participations(raw: Raw) -> pd.DataFrame:
    """Read one row a participation.

    Parameters
    ----------
    raw : Path or bytes
        CSV with columns rcn, role, pic, type, contribution, start_year.

    Returns
    -------
    DataFrame
        Columns project, role ("coordinator", "participant", "partner"), pic, type ("HES" higher education, "REC"
        research, "PRC" company, "PUB" public, "OTH" other), contribution (EUR to this participant; NaN = not stated)
        and start_year.
    """
    file = file_name(raw)
    table = read_csv(raw, ["rcn", "role", "pic", "type", "contribution", "start_year"])
    contribution, _ = numbers(table["contribution"], file=file, empty="not_collected")
    return pd.DataFrame(
        {
            "project": table["rcn"],
            "role": table["role"],
            "pic": table["pic"],
            "type": table["type"],
            "contribution": contribution,
            "start_year": table["start_year"].astype(int),
        }
    ).reset_index(drop=True)


def read_h2020_organisations(raw: Raw) -> pd.DataFrame:
    """Read organisations with the district that could be found for them.

    Parameters
    ----------
    raw : Path or bytes
        CSV with columns pic, name, activityType, gtr_id, lad_code_2016, ukprn and, where there is one, city.

    Returns
    -------
    DataFrame
        Columns pic, name, type, district (GSS, 2016; "" where unknown), gtr, ukprn, city ("" where unknown).
    """
    table = read_csv(raw, ["pic", "name", "activityType", "gtr_id", "lad_code_2016", "ukprn"])
    return pd.DataFrame(
        {
            "pic": table["pic"],
            "name": table["name"],
            "type": table["activityType"],
            "district": table["lad_code_2016"],
            "gtr": table["gtr_id"],
            "ukprn": table["ukprn"].str.removesuffix(".0"),
            "city": table["city"].str.strip() if "city" in table.columns else "",
        }
    ).reset_index(drop=True)
