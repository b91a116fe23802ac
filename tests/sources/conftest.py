"""Workbooks in the layout of a publisher, with invented figures."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

Sheets = dict[str, list[list[object]]]


@pytest.fixture
def workbook() -> Callable[[Sheets], bytes]:
    """Write rows of cells into the sheets of a workbook."""
    import xlsxwriter

    def write(sheets: Sheets) -> bytes:
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer, {"in_memory": True})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for line, row in enumerate(rows):
                for column, cell in enumerate(row):
                    sheet.write(line, column, cell)
        book.close()
        return buffer.getvalue()

    return write
