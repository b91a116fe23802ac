"""DfE Employer Skills Survey 2019 by LEP."""

from __future__ import annotations

import pandas as pd

from s3geo.sources.tabular import Raw, file_name, numbers, read_csv

__all__ = ["read_employer_skills"]


def read_employer_skills(raw: Raw) -> pd.DataFrame:
    """Read measures by LEP.

    Parameters
    ----------
    raw : Path or bytes
        CSV with columns geography_code, geography_name, indicator, value.

    Returns
    -------
    DataFrame
        Columns code (LEP code of 2014, borders of 2017; or E92000001), name, measure, value.
    """
    file = file_name(raw)
    table = read_csv(raw, ["geography_code", "geography_name", "indicator", "value"])
    values, _ = numbers(table["value"], file=file, empty="not_collected")
    return pd.DataFrame(
        {
            "code": table["geography_code"],
            "name": table["geography_name"],
            "measure": table["indicator"].str.removeprefix("ESS2019 "),
            "value": values,
        }
    ).reset_index(drop=True)
