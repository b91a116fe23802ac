"""Two indicators on one map."""

from __future__ import annotations

import pandas as pd
import pytest

from s3geo import bivariate_choropleth, export, open_workspace
from s3geo.errors import UsageError
from s3geo.exports.tables import figures_table
from s3geo.views.bivariate import bivariate_table
from s3geo.views.class_table import NO_DATA_FILL
from s3geo.views.palette import bivariate

X, Y = "gva_per_head", "he_research_income_per_head"
SWINDON = "E37000033"


def test_the_code_is_three_times_the_third_of_y_plus_that_of_x() -> None:
    ws = open_workspace()
    table = bivariate_table(ws, X, Y)
    x = pd.qcut(ws.values(X), 3, labels=False)
    y = pd.qcut(ws.values(Y), 3, labels=False)
    expected = 3 * y + x
    assert table.rows["class"].astype("Float64").dropna().to_dict() == expected.dropna().to_dict()
    assert (table.rows["fill"][expected.notna()] == [bivariate()[int(c)] for c in expected.dropna()]).all()


def test_no_data_in_one_is_no_data() -> None:
    table = bivariate_table(open_workspace(), X, Y)
    assert table.rows.loc[SWINDON, "fill"] == NO_DATA_FILL
    assert table.rows.loc[SWINDON, "label"].endswith("Research income of universities per resident no data")
    assert table.legend[-1].label == "No data in one or both"
    assert sum(row.count for row in table.legend) == 38


def test_the_legend_counts_the_regions_of_each_class() -> None:
    table = bivariate_table(open_workspace(), X, Y)
    assert [row.count for row in table.legend[:9]] == [int((table.rows["class"] == i).sum()) for i in range(9)]


def test_one_indicator_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="two different ones"):
        bivariate_table(open_workspace(), X, X)


def test_screen_and_picture_have_the_same_fills(tmp_path) -> None:
    m = bivariate_choropleth(open_workspace(), X, Y)
    text = export(m, tmp_path / "two.svg").read_text("utf-8")
    for code, fill in m.table.rows["fill"].items():
        part = text.partition(f'<g id="{code}">')[2].partition("</g>")[0]
        assert (fill if fill.startswith("#") else "url(#") in part


def test_the_figures_of_both_are_taken_away() -> None:
    ws = open_workspace()
    table = figures_table(ws, bivariate_table(ws, X, Y))
    assert table["indicator"].tolist() == [X] * 39 + [Y] * 39
