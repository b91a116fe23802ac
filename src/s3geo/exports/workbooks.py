"""Tables as a spreadsheet: real numbers, a header that stays in view, and words for those who open it years later."""

from __future__ import annotations

import io
from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from s3geo.exports.tables import RISKY
from s3geo.tables.own import template
from s3geo.tables.read import MOST_ROWS
from s3geo.workspace import GEOGRAPHIES

__all__ = ["template_workbook", "workbook"]

_WIDEST = 60  # characters


def workbook(sheets: Mapping[str, pd.DataFrame], formats: Mapping[str, str] | None = None) -> bytes:
    """Write tables as the sheets of an XLSX workbook.

    Parameters
    ----------
    sheets : mapping of str to DataFrame
        Name of a sheet (31 characters at most) and its table; the index is left out.
    formats : mapping of str to str, optional
        Number format of a column, by its name ("#,##0.0").

    Returns
    -------
    bytes
        Numbers are numbers, missing values are empty cells, and text stays text: nothing is run as a formula or taken
        for a link, nor when the cell is edited.

    Examples
    --------
    >>> workbook({"figures": pd.DataFrame({"code": ["E37000051"], "value": [1.5]})})[:2]
    b'PK'
    """
    import xlsxwriter

    out = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(out, plain) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        quoted = book.add_format({"quote_prefix": True})  # text even when it is edited
        shown = {name: book.add_format({"num_format": form}) for name, form in (formats or {}).items()}
        for name, table in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for at, column in enumerate(table.columns):
                cells = [None if pd.isna(cell) else cell for cell in table[column].tolist()]
                sheet.write_string(0, at, str(column), head)
                sheet.write_column(1, at, cells)
                for row, cell in enumerate(cells, start=1):
                    if isinstance(cell, str) and cell.startswith(RISKY):
                        sheet.write_string(row, at, cell, quoted)
                longest = max([len(str(column)), *(len(str(cell)) for cell in cells if cell is not None)])
                sheet.set_column(at, at, min(_WIDEST, longest + 2), shown.get(str(column)))
    return out.getvalue()


def template_workbook(layer: gpd.GeoDataFrame, geography: str, period: str = "2024") -> bytes:
    """Return an empty table to fill in, and a sheet that says how.

    Parameters
    ----------
    layer : GeoDataFrame
        Index code, column name.
    geography : str
        What the areas are.
    period : str
        Name of the value column.
    """
    notes = [
        f"One row for each of the {len(layer)} {GEOGRAPHIES[geography].plural}, and one for England, if you have it.",
        f"Write the figures below {period}; put your own year there, and add a column for each further period.",
        "Or rename the column to what it counts, and add a column for each further measure.",
        "A cell without a figure is left empty: it is shown as no data, not as 0.",
        "Areas are known by code or by name; either column may go. Codes of other years are recognised.",
        f"At most {MOST_ROWS:,} rows, and 50 MB in the app.",
    ]
    return workbook({"figures": template(layer, period), "notes": pd.DataFrame({"How to fill in": notes})})
