"""ONS Business Demography: births, stock and high growth by district, county, region and country (workbook).

Years are spread over sheets ``Table 1.1a`` ... ``Table 1.1d``. The name of an area carries ``*`` where more than 500
enterprises are registered at one postcode; codes are therefore the only safe key.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from s3geo.errors import TableError, listed
from s3geo.sources.tabular import Raw, file_name, numbers, read_sheet, sheet_names

__all__ = ["MEASURES", "read_business_demography"]

MEASURES = {
    "births": "Table 1.1",
    "deaths": "Table 2.1",
    "active": "Table 3.1",
    "high_growth": "Table 7.1",
    "active_10plus": "Table 7.3",
}
"""Measures and the table each stands in (enterprises, rounded to 5)."""

HEADER_ROW = 3


def _read_table(raw: Raw, sheet: str, measure: str) -> pd.DataFrame:
    """Read one sheet into rows code, year, measure, value, starred."""
    file = file_name(raw)
    rows = read_sheet(raw, sheet)
    if len(rows) <= HEADER_ROW:
        raise TableError(f"{file}, sheet {sheet}: no table.", [{"file": file, "code": sheet, "problem": "no table"}])
    years = {
        column: int(float(str(cell)))
        for column, cell in enumerate(rows[HEADER_ROW])
        if str(cell).strip().removesuffix(".0").isdigit()
    }
    if not years:
        message = f"{file}, sheet {sheet}: row {HEADER_ROW + 1} holds no year."
        raise TableError(message, [{"file": file, "row": HEADER_ROW + 1, "code": sheet, "problem": "no year"}])
    body = pd.DataFrame(rows[HEADER_ROW + 1 :], index=pd.RangeIndex(HEADER_ROW + 2, len(rows) + 1, name="row"))
    body = body[body[0].astype(str).str.strip().str.fullmatch(r"[EKNSW]\d{8}")]
    parts = []
    for column, year in years.items():
        values, _ = numbers(body[column].rename(f"{sheet} {year}"), file=file)
        part = pd.DataFrame({"code": body[0].str.strip(), "year": year, "measure": measure, "value": values})
        parts.append(part.assign(starred=body[1].str.contains("*", regex=False)))
    return pd.concat(parts)


def read_business_demography(raw: Raw, measures: Iterable[str] = tuple(MEASURES)) -> pd.DataFrame:
    """Read enterprises by area and year.

    Parameters
    ----------
    raw : Path or bytes
        The workbook.
    measures : iterable of str, optional
        Keys of `MEASURES`; all by default.

    Returns
    -------
    DataFrame
        Columns code (GSS; districts, counties, regions and countries together), year, measure, value (enterprises,
        rounded to 5), starred (more than 500 enterprises at one postcode that year).
    """
    names = sheet_names(raw)
    parts = []
    for measure in measures:
        sheets = [
            name for name in names if name.startswith(MEASURES[measure]) and name[len(MEASURES[measure]) :].isalpha()
        ]
        if not sheets:
            message = f"{file_name(raw)}: no sheet {MEASURES[measure]}a. It has {listed(names, most=8)}."
            raise TableError(message, [{"file": file_name(raw), "code": MEASURES[measure], "problem": "missing"}])
        parts += [_read_table(raw, sheet, measure) for sheet in sheets]
    return pd.concat(parts, ignore_index=True)
