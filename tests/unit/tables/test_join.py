"""Joins: everything that matches is joined, everything else is reported, and the layer stays whole."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from s3geo.errors import FileProblem, TableError
from s3geo.tables.join import join
from s3geo.tables.read import read_table

NAMES = {
    "E37000007": "Cumbria",
    "E37000016": "Heart of the South West",
    "E37000045": "Derby, Derbyshire, Nottingham and Nottinghamshire",
    "E37000051": "London",
}


@pytest.fixture
def layer() -> gpd.GeoDataFrame:
    squares = [box(x, 0, x + 10, 10) for x in (30, 10, 20, 0)]
    index = pd.Index(list(NAMES), name="code")
    return gpd.GeoDataFrame({"name": list(NAMES.values())}, geometry=squares, index=index, crs="EPSG:27700")


def table(*rows: tuple[str, object], key: str = "code") -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[key, "value"])


ALL = [("E37000051", 4.0), ("E37000045", 3.0), ("E37000016", 2.0), ("E37000007", 1.0)]


class TestGoodTables:
    def test_by_code(self, layer):
        joined = join(layer, table(*ALL), file="a.csv")
        assert joined.frame["value"].tolist() == [1, 2, 3, 4]
        assert list(joined.frame.columns) == ["name", "geometry", "value"]
        assert joined.report.ok
        assert joined.report.by == "code"
        assert joined.report.matched == list(NAMES)
        assert len(joined.report.problems) == 0
        assert joined.report.summary() == "a.csv: 4 regions matched, 0 regions without data."
        assert str(joined.report) == joined.report.summary()

    def test_by_name_and_short_name(self, layer):
        rows = [("LONDON LEP", 4), ("D2N2", 3), ("Heart of South-West", 2), ("Cumbria", 1)]
        joined = join(layer, table(*rows, key="Area"))
        assert joined.report.by == "name"
        assert joined.report.key == "Area"
        assert joined.frame["value"].tolist() == [1, 2, 3, 4]

    def test_series_and_index(self, layer):
        series = pd.Series(dict(ALL), name="rate")
        assert join(layer, series).frame["rate"].tolist() == [1, 2, 3, 4]
        indexed = table(*ALL).set_index("code")
        assert join(layer, indexed, on="code").frame["value"].tolist() == [1, 2, 3, 4]

    def test_file(self, layer, tmp_path):
        (tmp_path / "a.csv").write_text('LEP,value\nLondon,"1,000"\n')
        joined = join(layer, tmp_path / "a.csv", value="value")
        assert joined.frame.loc["E37000051", "value"] == 1000
        assert joined.report.file == "a.csv"

    def test_codes_in_any_case_with_blanks(self, layer):
        assert join(layer, table((" e37000051 ", 4.0))).report.matched == ["E37000051"]

    def test_the_layer_stays_whole_and_is_not_changed(self, layer):
        before = layer.copy(deep=True)
        joined = join(layer, table(("E37000051", 4.0)))
        assert joined.frame.index.equals(before.index)
        assert joined.frame.geometry.geom_equals(before.geometry).all()
        assert isinstance(joined.frame, gpd.GeoDataFrame)
        assert joined.frame.crs == before.crs
        assert list(layer.columns) == ["name", "geometry"]

    def test_regions_without_data_are_nan_and_do_not_count_against_it(self, layer):
        report = join(layer, table(("E37000051", 4.0), ("E37000007", np.nan))).report
        assert report.ok
        assert report.matched == ["E37000007", "E37000051"]
        assert report.regions_without_data == ["E37000007", "E37000016", "E37000045"]

    def test_column_with_codes_is_found(self, layer):
        frame = pd.DataFrame({"id": ["a", "b"], "LEP21CD": ["E37000051", "E37000007"], "n": [1, 2]})
        report = join(layer, frame).report
        assert report.key == "LEP21CD"

    def test_columns_of_the_layer_are_not_overwritten(self, layer):
        frame = pd.DataFrame({"code": ["E37000051"], "name": ["Lundin"], "value": [1]})
        joined = join(layer, frame, on="code").frame
        assert joined.loc["E37000051", "name"] == "London"
        assert joined.loc["E37000051", "name_table"] == "Lundin"

    def test_several_values(self, layer):
        frame = pd.DataFrame({"code": ["E37000051"], "a": ["1%"], "b": ["[c]"], "c": ["text"]})
        joined = join(layer, frame, value=["a", "b"]).frame
        assert list(joined.columns) == ["name", "geometry", "a", "b"]
        assert joined.loc["E37000051", "a"] == 1
        assert np.isnan(joined.loc["E37000051", "b"])


class TestReport:
    def test_unknown_code_and_name(self, layer):
        joined = join(layer, table(("London", 4), ("Cumbira", 1), ("Narnia", 2), key="LEP"), file="a.csv")
        report = joined.report
        assert not report.ok
        assert report.rows_without_region.to_numpy().tolist() == [[3, "Cumbira"], [4, "Narnia"]]
        assert report.suggestions["name"].tolist() == ["Cumbria"]
        assert np.isnan(joined.frame.loc["E37000007", "value"])  # never joined on a suggestion
        first, second = report.problems.to_dict("records")
        assert first["row"] == 3
        assert first["next_step"].startswith("Did you mean Cumbria (E37000007)?")
        assert second["code"] == "Narnia"
        assert "2 rows without a region" in report.summary()

    def test_duplicates_are_not_joined(self, layer):
        joined = join(layer, table(*ALL, ("E37000051", 9.0)), file="a.csv")
        report = joined.report
        assert not report.ok
        assert np.isnan(joined.frame.loc["E37000051", "value"])
        assert "E37000051" in report.regions_without_data
        assert report.duplicates["row"].tolist() == [2, 6]
        assert report.problems["problem"].tolist() == ["rows 2, 6 are all for E37000051"]

    def test_two_names_of_one_region_are_duplicates(self, layer):
        rows = [("D2N2", 1), ("Derby, Derbyshire, Nottingham & Nottinghamshire", 2), ("London", 3), ("Cumbria", 3)]
        assert len(join(layer, table(*rows, key="LEP")).report.duplicates) == 2

    def test_code_of_another_vintage(self, layer):
        report = join(layer, table(("E37000023", 4.0), ("E37000007", 1.0)), file="a.csv").report
        assert not report.ok
        assert len(report.rows_without_region) == 0
        clash = report.problems.iloc[0]
        assert (clash["row"], clash["code"]) == (2, "E37000023")
        assert "London in 2014 and 2017" in clash["problem"]
        assert "E37000051" in clash["problem"]
        assert "vintage" in clash["next_step"]

    def test_known_codes_can_be_given(self, layer):
        rows = table(("E07000026", 1.0), ("E37000007", 1.0))
        report = join(layer, rows, known_codes={"E07000026": "Allerdale until 2023"}).report
        assert report.vintage_clashes["known_as"].tolist() == ["Allerdale until 2023"]
        assert join(layer, rows).report.rows_without_region["given"].tolist() == ["E07000026"]

    def test_empty_key(self, layer):
        report = join(layer, table(("London", 1), ("", 2), (None, 3), key="LEP")).report
        assert report.problems["problem"].tolist() == ["the name is empty"] * 2
        assert len(report.duplicates) == 0

    def test_rows_of_the_spreadsheet(self, layer):
        frame = read_table(b"\nLEP,value\nLondon,1\n\nNarnia,2\n", name="a.csv")
        assert join(layer, frame).report.rows_without_region["row"].tolist() == [5]

    def test_long_reports_are_cut(self, layer):
        rows = [("London", 1), *((f"Nowhere {number}", 1) for number in range(30))]
        text = str(join(layer, table(*rows, key="LEP")).report)
        assert "and 10 more" in text
        assert text.count("\n") == 21

    def test_codes_of_another_geography(self, layer):
        report = join(layer, table(("E07000041", 1.0), ("E07000042", 2.0)), file="a.csv").report
        assert not report.ok
        assert report.matched == []
        assert len(report.problems) == 2


class TestRefused:
    def test_strict(self, layer):
        frame = table(("London", 4), ("Cumbira", 1), key="LEP")
        with pytest.raises(TableError, match=r"a\.csv: .*Row 3: 'Cumbira' .*Did you mean Cumbria") as caught:
            join(layer, frame, file="a.csv", strict=True)
        assert caught.value.problems["file"].tolist() == ["a.csv"]
        assert caught.value.problems["row"].tolist() == [3]
        assert join(layer, table(*ALL), strict=True).report.ok

    def test_text_in_a_number_column(self, layer):
        with pytest.raises(TableError, match=r"a\.csv, row 3: .*'many'.*Write a number") as caught:
            join(layer, table(("London", "1"), ("Cumbria", "many"), key="LEP"), value="value", file="a.csv")
        assert caught.value.problems["row"].tolist() == [3]

    def test_missing_columns(self, layer):
        with pytest.raises(TableError, match=r"a\.csv has no column 'LEP'; it has 'code', 'value'.*`on`"):
            join(layer, table(*ALL), on="LEP", file="a.csv")
        with pytest.raises(TableError, match="no column 'rate'"):
            join(layer, table(*ALL), value="rate")

    def test_no_column_with_names(self, layer):
        with pytest.raises(TableError, match=r"a\.csv has no column with codes or names of the layer.*geography"):
            join(layer, pd.DataFrame({"place": ["Narnia"], "n": [1]}), file="a.csv")

    def test_missing_file(self, layer, tmp_path):
        with pytest.raises(FileProblem, match=r"none\.csv does not exist"):
            join(layer, tmp_path / "none.csv")
