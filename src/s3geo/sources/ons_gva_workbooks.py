"""ONS regional GVA by industry as ONS publishes it: one workbook a region, table 3 in current prices.

The layout (a header with "LA code", a code and a description of SIC07, and one column a year) is that of public code
that reads these workbooks; the workbooks themselves were not at hand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from s3geo.errors import TableError, listed
from s3geo.sources.ons_gva import MARKS
from s3geo.sources.tabular import Raw, file_name, numbers, read_sheet, sheet_names

__all__ = ["industry_level", "read_gva_workbooks"]

SHEET = "Table 3"
AREA = "LA code"
DESCRIPTION = "SIC07 description"
CODES = ("SIC07", "SIC07 code")
HEADER_WITHIN = 10


def industry_level(code: str) -> str:
    """Say how deep in the nesting of industries a row stands, from its code.

    Examples
    --------
    >>> [industry_level(code) for code in ("Total", "A-E", "AB (1-9)", "CA-CB (10-15)", "68IMP")]
    ['total', 'sector', 'section', 'subsection', 'division']
    """
    if code == "Total":
        return "total"
    if re.fullmatch(r"[A-Z]-[A-Z]", code):
        return "sector"
    if code[:1].isdigit():
        return "division"
    return "subsection" if re.match(r"C[A-Z]", code) else "section"


def read_gva_workbooks(raws: Sequence[Raw]) -> pd.DataFrame:
    """Read GVA by district, industry and year.

    Parameters
    ----------
    raws : sequence of Path or bytes
        Workbooks, one a region.

    Returns
    -------
    DataFrame
        Columns of `s3geo.sources.ons_gva.read_gva`: code, industry, description, level, year, gva (GBP million, current
        prices; NaN where suppressed), status.
    """
    return pd.concat([_read(raw, f"GVA workbook {number}") for number, raw in enumerate(raws, 1)], ignore_index=True)


def _read(raw: Raw, called: str) -> pd.DataFrame:
    file = called if isinstance(raw, bytes) else file_name(raw)
    names = sheet_names(raw)
    sheet = next((name for name in names if name.startswith(SHEET)), None)
    if sheet is None:
        message = f"{file}: no sheet {SHEET!r}. It has {listed(names, most=8)}."
        raise TableError(message, [{"file": file, "code": SHEET, "problem": "sheet missing"}])
    rows = [[str(cell).strip().removesuffix(".0") for cell in row] for row in read_sheet(raw, sheet)]
    start = next((number for number, row in enumerate(rows[:HEADER_WITHIN]) if AREA in row), None)
    header = rows[start] if start is not None else []
    industry = next((name for name in CODES if name in header), "")
    years = [name for name in header if re.fullmatch(r"(19|20)\d\d", name)]
    if start is None or not industry or DESCRIPTION not in header or not years:
        message = f"{file}, sheet {sheet}: no header with {AREA!r}, {CODES[0]!r}, {DESCRIPTION!r} and years."
        raise TableError(message, [{"file": file, "code": sheet, "problem": "header missing"}])
    index = pd.RangeIndex(start + 2, len(rows) + 1, name="row")
    table = pd.DataFrame(rows[start + 1 :], columns=pd.Index(header), index=index)
    table = table[table[AREA].str.fullmatch(r"[EKNSW]\d{8}")]
    parts = []
    for year in years:
        values, status = numbers(table[year], file=file, marks=MARKS)
        part = pd.DataFrame({"code": table[AREA], "industry": table[industry], "description": table[DESCRIPTION]})
        part = part.assign(level=table[industry].map(industry_level), year=int(year), gva=values, status=status)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)
