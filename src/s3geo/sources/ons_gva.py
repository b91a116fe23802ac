"""ONS regional gross value added (balanced) by district and industry, and GVA per hour worked."""

from __future__ import annotations

import pandas as pd

from s3geo.sources.tabular import Raw, file_name, numbers, read_csv

__all__ = ["read_gva", "read_gva_per_hour"]

MARKS = {"[c]": "suppressed", "c": "suppressed"}


def read_gva(raw: Raw) -> pd.DataFrame:
    """Read GVA by district, industry and year.

    Parameters
    ----------
    raw : Path or bytes
        CSV with columns la_code, sic07, sic07_description, sic_level, year, gva_gbp_m and flag ("c" = suppressed).

    Returns
    -------
    DataFrame
        Columns code (GSS, districts of April 2023), industry (row code as ONS writes it, e.g. "J (58-63)"),
        description, level (total, sector, section, subsection, division), year, gva (GBP million, current prices;
        NaN where suppressed), status.

    Notes
    -----
    Rows nest: sections add to the total, divisions to their section.
    """
    file = file_name(raw)
    columns = ["la_code", "sic07", "sic07_description", "sic_level", "year", "gva_gbp_m", "flag"]
    table = read_csv(raw, columns)
    flagged = table["flag"].str.strip()
    values, status = numbers(table["gva_gbp_m"].mask(flagged != "", flagged), file=file, marks=MARKS)
    years, _ = numbers(table["year"], file=file)
    return pd.DataFrame(
        {
            "code": table["la_code"],
            "industry": table["sic07"],
            "description": table["sic07_description"],
            "level": table["sic_level"],
            "year": years.astype(int),
            "gva": values,
            "status": status,
        }
    ).reset_index(drop=True)


def read_gva_per_hour(raw: Raw) -> pd.DataFrame:
    """Read smoothed GVA per hour worked by district and year.

    Parameters
    ----------
    raw : Path or bytes
        CSV with columns area_code, name and one column a year; England is a row of its own.

    Returns
    -------
    DataFrame
        Columns code (GSS, districts of 2021 and E92000001), year, gva_per_hour (GBP, current prices, smoothed).
    """
    file = file_name(raw)
    table = read_csv(raw, ["area_code"])
    years = [name for name in table.columns if name.isdigit()]
    parts = []
    for year in years:
        values, _ = numbers(table[year], file=file, empty="not_collected")
        parts.append(pd.DataFrame({"code": table["area_code"], "year": int(year), "gva_per_hour": values}))
    return pd.concat(parts, ignore_index=True).dropna(subset=["gva_per_hour"], ignore_index=True)
