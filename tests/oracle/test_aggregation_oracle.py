"""From districts to regions: the reference cases A1 and A2 of the methods (A3 is with the quotients)."""

from __future__ import annotations

import pandas as pd
import pytest

from s3geo.geography.aggregate import bres_base
from s3geo.statistics import aggregate, rounded_sum

DISTRICTS = pd.DataFrame({"x": [10, 90, 5], "n": [100, 300, 50], "mean": [200, 240, 180]}, index=list("abc"))
MEMBERSHIP = pd.DataFrame({"district": list("abbc"), "region": ["L1", "L1", "L2", "L2"]})


def test_a1_rates_come_from_sums_and_never_from_a_mean_of_rates() -> None:
    rates = aggregate(DISTRICTS, MEMBERSHIP, kind="rate", numerator="x", denominator="n", multiplier=100)
    assert rates["L1"] == pytest.approx(25)
    assert rates["L2"] == pytest.approx(27.1428571, abs=5e-8)


def test_a1_regions_that_overlap_do_not_add_up_to_england() -> None:
    sums = aggregate(DISTRICTS, MEMBERSHIP, kind="extensive", numerator="x")
    assert sums.sum() == 195
    once = pd.DataFrame({"district": DISTRICTS.index, "region": "England"})
    england = aggregate(DISTRICTS, once, kind="rate", numerator="x", denominator="n", multiplier=100)
    assert england["England"] == pytest.approx(23.3333333, abs=5e-8)


def test_a1_means_are_weighted_by_their_bases() -> None:
    means = aggregate(DISTRICTS, MEMBERSHIP, kind="intensive", numerator="mean", denominator="n")
    assert means["L1"] == pytest.approx(230)
    assert means["L2"] == pytest.approx(231.4285714, abs=5e-8)


def test_a2_bounds_of_a_sum_of_rounded_figures() -> None:
    published = pd.Series([5.0, 50, 250])
    found = rounded_sum(published, published.map(bres_base))
    assert (found["sum"], found["lower"], found["upper"]) == (305, 265, 345)
    assert found["sd"] == pytest.approx(16.2018517, abs=5e-8)
