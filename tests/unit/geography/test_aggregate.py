"""Sums, rates and means over a many-to-many membership (reference cases A1 and A2 of the methods)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3geo.errors import TableError, UsageError
from s3geo.geography.aggregate import aggregate, bres_base, recode, rounded_sum

DISTRICTS = pd.DataFrame({"x": [10.0, 90, 5], "n": [100.0, 300, 50], "mean": [200.0, 240, 180]}, index=["a", "b", "c"])
MEMBERSHIP = pd.DataFrame({"district": ["a", "b", "b", "c"], "region": ["L1", "L1", "L2", "L2"]})


def test_case_a1_counts() -> None:
    result = aggregate(DISTRICTS, MEMBERSHIP, kind="extensive", numerator="x")
    assert result.to_dict() == {"L1": 100, "L2": 95}
    assert result.sum() == 195  # not 105: the district in both regions counts twice


def test_case_a1_rates_are_not_means_of_rates() -> None:
    result = aggregate(DISTRICTS, MEMBERSHIP, kind="rate", numerator="x", denominator="n", multiplier=100)
    assert result["L1"] == pytest.approx(25)
    assert result["L2"] == pytest.approx(27.1428571)


def test_case_a1_means() -> None:
    result = aggregate(DISTRICTS, MEMBERSHIP, kind="intensive", numerator="mean", denominator="n")
    assert result["L1"] == pytest.approx(230)
    assert result["L2"] == pytest.approx(231.4285714)


def test_case_a2_rounded_sum() -> None:
    published = pd.Series([5.0, 50, 250])
    result = rounded_sum(published, published.map(bres_base))
    assert (result["sum"], result["lower"], result["upper"]) == (305, 265, 345)
    assert result["sd"] == pytest.approx(16.2018517)


def test_a_missing_district_makes_its_regions_missing() -> None:
    held = DISTRICTS.assign(x=[10.0, np.nan, 5])
    assert aggregate(held, MEMBERSHIP, kind="extensive", numerator="x").isna().all()
    assert aggregate(DISTRICTS.drop("c"), MEMBERSHIP, kind="extensive", numerator="x").isna().tolist() == [False, True]


def test_a_missing_district_can_be_left_out_above_and_below_the_line() -> None:
    held = DISTRICTS.assign(x=[10.0, np.nan, 5])
    result = aggregate(held, MEMBERSHIP, kind="rate", numerator="x", denominator="n", missing="skip")
    assert result.to_dict() == {"L1": 0.1, "L2": 0.1}


def test_a_share_splits_a_district() -> None:
    membership = MEMBERSHIP.assign(share=[1, 0.25, 0.75, 1])
    assert aggregate(DISTRICTS, membership, kind="extensive", numerator="x").to_dict() == {"L1": 32.5, "L2": 72.5}


def test_a_region_without_a_base_has_no_rate() -> None:
    empty = DISTRICTS.assign(n=0.0)
    assert aggregate(empty, MEMBERSHIP, kind="rate", numerator="x", denominator="n").isna().all()


def test_wrong_use_is_named() -> None:
    with pytest.raises(UsageError, match="needs a denominator"):
        aggregate(DISTRICTS, MEMBERSHIP, kind="rate", numerator="x")
    with pytest.raises(UsageError, match="No column 'y'"):
        aggregate(DISTRICTS, MEMBERSHIP, kind="extensive", numerator="y")
    with pytest.raises(TableError, match="'a' stands in the table twice"):
        aggregate(pd.concat([DISTRICTS, DISTRICTS.iloc[:1]]), MEMBERSHIP, kind="extensive", numerator="x")
    with pytest.raises(TableError, match="listed twice"):
        aggregate(DISTRICTS, pd.concat([MEMBERSHIP, MEMBERSHIP]), kind="extensive", numerator="x")


CODES = pd.Series({"old1": "new", "old2": "new", "same": "same"})


def test_old_districts_are_added_and_averaged() -> None:
    old = pd.DataFrame({"x": [3.0, 4, 5], "w": [1.0, 3, 9]}, index=["old1", "old2", "same"])
    assert recode(old, CODES, kind="extensive", numerator="x").to_dict() == {"new": 7, "same": 5}
    mean = recode(old, CODES, kind="intensive", numerator="x", denominator="w")
    assert mean.to_dict() == {"new": 3.75, "same": 5}


def test_an_unknown_district_code_is_named() -> None:
    with pytest.raises(TableError, match="'E07999999'"):
        recode(pd.DataFrame({"x": [1.0]}, index=["E07999999"]), CODES, kind="extensive", numerator="x")


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 1000)), min_size=3, max_size=3))
def test_a_rate_lies_between_the_rates_of_its_districts(pairs: list[tuple[int, int]]) -> None:
    table = pd.DataFrame(pairs, columns=["x", "n"], index=["a", "b", "c"]).astype(float)
    rates = table["x"] / table["n"]
    result = aggregate(table, MEMBERSHIP, kind="rate", numerator="x", denominator="n")
    for region, members in (("L1", ["a", "b"]), ("L2", ["b", "c"])):
        assert rates[members].min() - 1e-9 <= result[region] <= rates[members].max() + 1e-9
