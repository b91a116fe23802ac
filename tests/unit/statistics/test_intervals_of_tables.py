"""Intervals of whole tables: index, gaps, what has none, what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from s3geo.errors import DataError, UsageError
from s3geo.statistics import dobson, mean_interval, rate_interval, wilson

CODES = ["E37000007", "E37000001", "E37000033"]
X = pd.Series([65.0, np.nan, 7], index=CODES)
N = pd.Series([100.0, 50, 0], index=CODES)


@pytest.mark.parametrize(
    "table",
    [wilson(X.clip(upper=N), N), rate_interval(X, N, 1000), mean_interval(X, 2, N), dobson(X, X, N)],
    ids=["wilson", "rate", "mean", "dobson"],
)
def test_index_order_in_is_out_and_a_gap_or_an_empty_base_has_no_interval(table: pd.DataFrame) -> None:
    assert table.index.tolist() == CODES
    assert table.columns.tolist() == ["lower", "upper"]
    assert table.notna().all(axis=1).iloc[0]
    assert table.loc["E37000033"].isna().all()
    assert table.loc["E37000001"].isna().all()


def test_a_mean_of_one_has_no_interval() -> None:
    assert mean_interval(5, 1, pd.Series([1, 2], index=["a", "b"])).isna().all(axis=1).tolist() == [True, False]


def test_dobson_is_not_shown_below_ten_events() -> None:
    few = pd.Series([9.0, 10])
    assert dobson(few, few, few).isna().all(axis=1).tolist() == [True, False]


def test_a_rate_is_exact_below_ten_events_and_byar_from_there() -> None:
    ends = rate_interval(pd.Series([9.0, 10]), 1, 1)["upper"]
    assert ends.tolist() == pytest.approx([17.08480345, 18.3903], abs=5e-3)
    assert rate_interval(pd.Series([9.0, 10, 11]), 1, 1).apply(lambda c: c.is_monotonic_increasing).all()


def test_plain_numbers_give_one_row_and_mix_with_series() -> None:
    assert wilson(65, 100).shape == (1, 2)
    assert wilson(pd.Series([1, 2], index=["a", "b"]), 10).index.tolist() == ["a", "b"]


def test_a_higher_level_is_wider() -> None:
    for interval in (wilson, lambda x, n, level: rate_interval(x, n, 1, level)):
        narrow, wide = interval(7, 10, 0.95), interval(7, 10, 0.998)
        assert wide["lower"][0] < narrow["lower"][0] < narrow["upper"][0] < wide["upper"][0]


@pytest.mark.parametrize(
    "call",
    [
        lambda bad: wilson(bad, 10),
        lambda bad: wilson(20, bad.abs()),
        lambda bad: rate_interval(bad, 10, 1),
        lambda bad: mean_interval(1, bad, 5),
        lambda bad: dobson(1, bad, 20),
    ],
)
def test_impossible_counts_are_named(call: object) -> None:
    with pytest.raises(DataError, match="E37000007") as caught:
        call(pd.Series([-3.0], index=["E37000007"]))
    assert caught.value.problems["code"].tolist() == ["E37000007"]


@pytest.mark.parametrize("level", [0, 1, 95])
def test_a_level_is_a_share(level: float) -> None:
    with pytest.raises(UsageError, match="between 0 and 1"):
        wilson(1, 2, level)


def test_two_series_must_be_of_the_same_regions_in_the_same_order() -> None:
    with pytest.raises(UsageError, match="same index"):
        wilson(X, N[::-1])
