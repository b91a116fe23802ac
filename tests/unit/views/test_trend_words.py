"""When the change of a series is put into a word."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from s3geo import open_workspace
from s3geo.statistics.intervals import difference_interval
from s3geo.views.profile import standings
from s3geo.views.trends import LEAST_POINTS, trend


def series(values: list[float], half: float = math.nan) -> pd.DataFrame:
    table = pd.DataFrame({"period": [str(2015 + i) for i in range(len(values))], "value": values})
    return table.assign(lower=table["value"] - half, upper=table["value"] + half)


@pytest.mark.parametrize(
    ("values", "half", "said"),
    [
        ([1.0], math.nan, ""),
        ([1.0, 2], math.nan, "2015 1.0 %, 2016 2.0 %"),
        ([1.0, 2, 3, 9], 0.1, "2015 1.0 %, 2018 9.0 %"),
        ([1.0, 2, 3, 4, 5], math.nan, "2015 1.0 %, 2019 5.0 %"),
        ([5.0, 2, 3, 4, 1], 0.5, "2015 to 2019: fell from 5.0 % to 1.0 %"),
        ([5.0, 2, 3, 4, 5.01], 0.001, "2015 to 2019: unchanged at 5.0 %"),
        ([5.0, 2, 3, 4, 6], 0.8, "2015 to 2019: 5.0 % and 6.0 %, no change beyond chance"),  # 1 < 0.8 x sqrt 2
        ([5.0, 2, 3, 4, 6], 0.7, "2015 to 2019: rose from 5.0 % to 6.0 %"),  # 1 > 0.7 x sqrt 2
    ],
)
def test_a_word_needs_five_points_and_a_change_beyond_chance(values: list[float], half: float, said: str) -> None:
    assert trend(series(values, half), "%", 1) == said


def test_no_series_of_the_bundle_says_more_than_its_points_allow() -> None:
    ws = open_workspace()
    worded = 0
    for cells in standings(ws).values():
        for row in cells.itertuples():
            said = any(word in row.trend for word in (": rose", ": fell", "unchanged", "beyond chance"))
            worded += said
            assert not said or len(ws.periods(row.indicator)) >= LEAST_POINTS
    assert worded > 100


def test_a_difference_of_a_figure_with_itself_is_around_nothing() -> None:
    low, high = difference_interval(5, (4, 7), 5, (4, 7))
    assert low == pytest.approx(-math.sqrt(5))
    assert high == pytest.approx(math.sqrt(5))
