"""UKRI Gateway to Research: organisations in funded projects, placed on districts by Nesta (2016)."""

from __future__ import annotations

import pandas as pd

from s3geo.sources.tabular import Raw, read_csv

__all__ = ["read_gtr_organisations"]


def read_gtr_organisations(raw: Raw) -> pd.DataFrame:
    """Read one row an organisation.

    Parameters
    ----------
    raw : Path or bytes
        CSV with columns gtr_id, name, lad_code_2016, org_type_by_name_rule.

    Returns
    -------
    DataFrame
        Columns gtr, name, district (GSS, 2016), type (a guess from the name: company, higher_education, research_org,
        health, public, other).
    """
    table = read_csv(raw, ["gtr_id", "name", "lad_code_2016", "org_type_by_name_rule"])
    return pd.DataFrame(
        {
            "gtr": table["gtr_id"],
            "name": table["name"].str.strip(),
            "district": table["lad_code_2016"],
            "type": table["org_type_by_name_rule"],
        }
    ).reset_index(drop=True)
