"""Workbooks: numbers stay numbers, text stays text."""

from __future__ import annotations

import io

import pandas as pd
from python_calamine import CalamineWorkbook

from s3geo import open_workspace
from s3geo.exports.workbooks import template_workbook, workbook
from s3geo.tables.own import match_own
from s3geo.tables.read import read_table


def cells(data: bytes, sheet: str) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(sheet).to_python()


def test_numbers_are_numbers_and_text_is_never_run() -> None:
    table = pd.DataFrame({"name": ["=1+1", "https://example.org", "007"], "value": [1.5, None, -3]})
    rows = cells(workbook({"figures": table}), "figures")
    assert rows == [["name", "value"], ["=1+1", 1.5], ["https://example.org", ""], ["007", -3]]


def test_every_template_comes_back_as_all_its_areas() -> None:
    ws = open_workspace()
    for geography in ("lep", "region", "combined_authority", "county", "lad"):
        layer = ws.layer(geography)
        data = template_workbook(layer, geography)
        header, *rows = cells(data, "figures")
        assert [row[0] for row in rows[:-1]] == list(layer.index)
        filled = pd.DataFrame([[*row[:2], str(i)] for i, row in enumerate(rows)], columns=header)
        report = match_own(filled, layer, file="filled.xlsx").report
        assert report.ok
        assert len(report.matched) == len(layer)
        assert read_table(data, name="blank.xlsx").shape == (len(layer) + 1, 3)
