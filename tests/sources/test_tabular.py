"""Reading raw tables: marks are kept, and what is wrong is named with file, row and column."""

from __future__ import annotations

import gzip

import numpy as np
import pandas as pd
import pytest

from s3geo.errors import FileProblem, TableError
from s3geo.sources.tabular import numbers, read_csv, read_sheet


def test_a_mark_is_a_reason_and_never_zero() -> None:
    cells = pd.Series(["12.5", "[c]", "", " 7 "], index=[2, 3, 4, 5], name="gva")
    values, status = numbers(cells, file="x.csv", marks={"[c]": "suppressed"}, empty="not_collected")
    np.testing.assert_array_equal(values, [12.5, np.nan, np.nan, 7])
    assert status.tolist() == ["value", "suppressed", "not_collected", "value"]


def test_text_in_a_number_column_is_named_with_file_row_and_column() -> None:
    cells = pd.Series(["1", "about 5"], index=[2, 3], name="births")
    with pytest.raises(TableError, match=r"x.csv, column 'births': 'about 5' in row '3'") as caught:
        numbers(cells, file="x.csv")
    problem = caught.value.problems.iloc[0]
    assert (problem["file"], problem["row"], problem["code"]) == ("x.csv", 3, "births")


def test_an_empty_cell_is_an_error_unless_its_meaning_is_said() -> None:
    with pytest.raises(TableError):
        numbers(pd.Series(["1", ""]), file="x.csv")


def test_csv_keeps_text_as_it_is_and_drops_a_byte_order_mark() -> None:
    table = read_csv("\ufeffcode,value\nE06000001,007\nE06000002,\n".encode(), ["code", "value"])
    assert table["value"].tolist() == ["007", ""]
    assert table.index.tolist() == [2, 3]  # the line in the file


def test_csv_with_a_missing_column_says_which_and_what_there_is() -> None:
    with pytest.raises(TableError, match=r"no column 'value'\. It has 'code', 'values'"):
        read_csv(b"code,values\nE06000001,1\n", ["code", "value"])


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n1,2,3,4\n", b"\xff\xfe\x00a"])
def test_csv_that_is_none_is_a_file_problem(content: bytes) -> None:
    with pytest.raises(FileProblem):
        read_csv(content, ["a"])


def test_a_cut_gzip_is_a_file_problem(tmp_path) -> None:
    path = tmp_path / "gva.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 5000)[:60])
    with pytest.raises(FileProblem, match=r"gva\.csv\.gz"):
        read_csv(path, ["a"])


def test_a_missing_file_is_named_without_its_folder(tmp_path) -> None:
    with pytest.raises(FileProblem, match=r"^nothing\.csv is missing") as caught:
        read_csv(tmp_path / "nothing.csv", ["a"])
    assert str(tmp_path) not in str(caught.value)


def test_a_file_that_is_no_workbook_is_a_file_problem() -> None:
    with pytest.raises(FileProblem, match="spreadsheet"):
        read_sheet(b"this is text", "Data")
