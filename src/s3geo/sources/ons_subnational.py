"""ONS subnational indicators explorer: one figure per district and indicator (CSV)."""

from __future__ import annotations

import pandas as pd

from s3geo.errors import TableError, listed
from s3geo.sources.tabular import Raw, file_name, numbers, read_csv

__all__ = ["read_subnational"]


def read_subnational(raw: Raw, indicator: str) -> pd.DataFrame:
    """Read one indicator of the explorer.

    Parameters
    ----------
    raw : Path or bytes
        CSV with columns unique (area code), Indicator, Period, real and value.
    indicator : str
        Name in column Indicator, e.g. "Gross disposable household income per head".

    Returns
    -------
    DataFrame
        Columns code (GSS, districts as published), period (text), value (unit of the source).

    Notes
    -----
    Column ``real`` holds the figure; ``value`` is a standardised score for a chart and is not used.
    """
    file = file_name(raw)
    table = read_csv(raw, ["unique", "Indicator", "Period", "real"])
    chosen = table[table["Indicator"] == indicator]
    if chosen.empty:
        message = f"{file}: no indicator {indicator!r}. It has {listed(table['Indicator'].unique())}."
        raise TableError(message, [{"file": file, "code": indicator, "problem": "indicator missing"}])
    values, _ = numbers(chosen["real"], file=file, empty="not_collected", marks={"NA": "not_collected"})
    return pd.DataFrame({"code": chosen["unique"], "period": chosen["Period"], "value": values}).reset_index(drop=True)
