"""Classes held over time, classes around England, and statuses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s3geo import open_workspace
from s3geo.errors import UsageError
from s3geo.statistics.classify import classify, classify_around
from s3geo.views.class_table import class_table
from s3geo.views.comparison import comparison
from s3geo.views.multiples import maps_of_indicators, maps_over_time

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60)


def test_the_bounds_are_the_same_in_every_period() -> None:
    ws = open_workspace()
    periods = ws.periods("gva_per_head")
    tables = [class_table(ws, "gva_per_head", period, fixed=True) for period in periods]
    assert len({table.breaks.upper for table in tables}) == 1
    pooled = pd.concat([ws.values("gva_per_head", period) for period in periods])
    assert tables[0].breaks.upper == classify(pooled).upper
    for table in tables:
        assert sum(table.breaks.counts) == table.rows["value"].notna().sum()
        assert table.breaks.k == len(table.legend) == 5
        assert "the same classes in all periods, 2013 to 2023" in table.method
    assert 0 in tables[-1].breaks.counts  # no region of the newest year is in the lowest class


def test_around_england_the_distances_are_held() -> None:
    ws = open_workspace()
    steps = set()
    for period in ("2015", "2020", "2023"):
        table = class_table(ws, "gva_per_head", period, palette="diverging", fixed=True)
        england = ws.england("gva_per_head", period)
        assert table.breaks.assign(pd.Series([england]))[0] == table.middle
        steps.add(tuple(np.round(np.array(table.breaks.upper) - england, 6)))
    assert len(steps) == 1


@settings(deadline=None, max_examples=150)
@given(VALUES, st.floats(-1e6, 1e6), st.sampled_from(["quantiles", "equal_interval"]), st.integers(3, 7))
def test_england_is_in_the_middle_and_nothing_is_lost(values: list[float], centre: float, scheme: str, k: int) -> None:
    series = pd.Series([*values, float("nan")])
    breaks = classify_around(series, centre, scheme, k)
    if not breaks.k or breaks.k == 1:
        return
    assert breaks.k % 2 == 1
    assert sum(breaks.counts) == len(values)
    assert list(breaks.upper) == sorted(breaks.upper)
    middle = (breaks.k - 1) // 2
    low, high = breaks.upper[middle - 1], breaks.upper[middle]
    assert low <= centre <= high
    assert high - centre == pytest.approx(centre - low, rel=1e-6, abs=1e-6)


def test_an_even_number_of_classes_says_that_it_is_odd() -> None:
    breaks = classify_around(pd.Series(np.arange(30.0)), 11.3, "quantiles", 6)
    assert breaks.k == 5
    assert breaks.note == "5 classes, so that England has the middle one"


def test_without_england_there_is_nothing_to_diverge_from() -> None:
    with pytest.raises(UsageError, match="need England's value"):
        classify_around(pd.Series([1.0, 2.0]), float("nan"))


def test_statuses_are_counted_beside_no_data() -> None:
    ws = open_workspace()
    found = set()
    for indicator in ws.catalogue.index:
        table = class_table(ws, str(indicator))
        shown = table.rows[table.rows["class"].notna()]["status"].value_counts()
        assert table.statuses == {s: int(n) for s, n in shown.items() if s != "value"}
        for status, n in table.statuses.items():
            assert f"{n} values" in table.status_note or f"{n} value " in table.status_note
            found.add(status)
    assert found  # some source rounds or estimates


def test_small_maps_share_classes_over_time_and_are_not_too_many() -> None:
    ws = open_workspace()
    maps = maps_over_time(ws, "gva_per_head")
    assert len(maps) == 10
    assert len({m.table.breaks.upper for m in maps}) == 1
    with pytest.raises(UsageError, match="at most 10 small maps"):
        maps_of_indicators(ws, list(ws.catalogue.index[:11]))


def test_a_comparison_is_the_profiles_side_by_side() -> None:
    ws = open_workspace()
    codes = ["E37000051", "E37000015"]
    table = comparison(ws, codes)
    assert table["code"].tolist()[:2] == codes
    for indicator, rows in table.groupby("indicator"):
        values = ws.values(str(indicator))
        assert rows["value"].tolist() == pytest.approx([values[code] for code in codes], nan_ok=True)
    assert len(comparison(ws, codes, headline=True)) == 18
    for wrong in ([], ["E37000051"] * 11, ["nowhere"]):
        with pytest.raises(UsageError):
            comparison(ws, wrong)
