"""ONS mid-year population estimates by local authority (workbook, sheet "Population data")."""

from __future__ import annotations

import pandas as pd

from s3geo.errors import TableError
from s3geo.sources.tabular import Raw, file_name, numbers, read_sheet, require_columns

__all__ = ["read_population"]

SHEET = "Population data"
MARKS = {"[u]": "not_collected"}


def read_population(raw: Raw) -> pd.DataFrame:
    """Read residents by district and year.

    Parameters
    ----------
    raw : Path or bytes
        The workbook, header in its first row: "LA code", "LA name" and one column a year.

    Returns
    -------
    DataFrame
        Columns code (GSS, UK districts), name, year, population (persons), status.
    """
    file = file_name(raw)
    rows = read_sheet(raw, SHEET)
    header = [str(cell).strip().removesuffix(".0") for cell in rows[0]]
    table = pd.DataFrame(rows[1:], columns=header, index=pd.RangeIndex(2, len(rows) + 1, name="row"))
    require_columns(table, ["LA code", "LA name"], file)
    years = [name for name in header if name.isdigit()]
    if not years:
        message = f"{file}: no column is a year."
        raise TableError(message, [{"file": file, "row": 1, "problem": "no year in the header"}])
    table = table[table["LA code"].astype(str).str.fullmatch(r"[ENSW]\d{8}")]
    parts = []
    for year in years:
        values, status = numbers(table[year], file=file, marks=MARKS)
        part = pd.DataFrame({"code": table["LA code"], "name": table["LA name"].str.strip(), "year": int(year)})
        parts.append(part.assign(population=values, status=status))
    return pd.concat(parts, ignore_index=True)
