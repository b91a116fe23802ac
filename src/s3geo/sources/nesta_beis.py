"""R&D and knowledge exchange series by NUTS3 area, compiled by Nesta for BEIS from HESA, Innovate UK and Eurostat."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from s3geo.errors import TableError, listed
from s3geo.sources.tabular import Raw, file_name, numbers, read_csv

__all__ = ["read_nuts3_series"]


def read_nuts3_series(raw: Raw, indicators: Iterable[str] | None = None) -> pd.DataFrame:
    """Read series by NUTS3 area.

    Parameters
    ----------
    raw : Path or bytes
        CSV with columns geography_code, indicator, year, value.
    indicators : iterable of str, optional
        Series to keep; all by default.

    Returns
    -------
    DataFrame
        Columns code (NUTS3), indicator, year (HESA series: first year of the academic year, 2017 = 2017/18), value.

    Notes
    -----
    An area without a row has no university (HESA series) or no award (Innovate UK); there are no zero rows.
    """
    file = file_name(raw)
    table = read_csv(raw, ["geography_code", "indicator", "year", "value"])
    if indicators is not None:
        wanted = list(indicators)
        missing = [name for name in wanted if name not in set(table["indicator"])]
        if missing:
            message = f"{file}: no series {listed(missing)}."
            raise TableError(message, [{"file": file, "code": name, "problem": "series missing"} for name in missing])
        table = table[table["indicator"].isin(wanted)]
    values, _ = numbers(table["value"], file=file)
    return pd.DataFrame(
        {
            "code": table["geography_code"],
            "indicator": table["indicator"],
            "year": table["year"].astype(int),
            "value": values,
        }
    ).reset_index(drop=True)
