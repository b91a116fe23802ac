"""Classes of a map: what each scheme promises, on figures small enough to check by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from s3geo.errors import UsageError
from s3geo.statistics.classify import SCHEMES, classify

AUTOMATIC = [scheme for scheme in SCHEMES if scheme != "manual"]
TWELVE = pd.Series([1, 2, 4, 5, 7, 9, 10, 20, 22, 24, 50, 55.0])


@pytest.mark.parametrize("scheme", AUTOMATIC)
def test_nan_is_left_out_of_the_breaks(scheme: str) -> None:
    holed = pd.concat([TWELVE, pd.Series([np.nan] * 3)], ignore_index=True)
    assert classify(holed, scheme) == classify(TWELVE, scheme)
    assert sum(classify(holed, scheme).counts) == len(TWELVE)


@pytest.mark.parametrize("scheme", AUTOMATIC)
def test_a_value_on_a_bound_belongs_to_the_lower_class(scheme: str) -> None:
    breaks = classify(TWELVE, scheme, 4)
    on_bounds = pd.Series(breaks.upper)
    assert breaks.assign(on_bounds).tolist() == list(range(breaks.k))


@pytest.mark.parametrize("scheme", AUTOMATIC)
def test_assign_keeps_index_and_order_and_gives_missing_for_missing(scheme: str) -> None:
    values = pd.Series([24.0, np.nan, 1.0, 55.0], index=["d", "b", "a", "c"])
    classes = classify(TWELVE, scheme).assign(values)
    assert list(classes.index) == ["d", "b", "a", "c"]
    assert classes.dtype == "Int64"
    assert classes.isna().tolist() == [False, True, False, False]
    assert classes["a"] == 0
    assert classes["a"] < classes["c"]


def test_a_value_beyond_the_last_bound_belongs_to_the_last_class() -> None:
    breaks = classify(TWELVE, "fisher_jenks", 3)
    assert breaks.assign(pd.Series([1000.0, -1000.0])).tolist() == [2, 0]


@pytest.mark.parametrize("scheme", AUTOMATIC)
def test_a_constant_column_is_one_class_with_no_goodness_of_fit(scheme: str) -> None:
    breaks = classify(pd.Series([7.0] * 6 + [np.nan]), scheme)
    assert (breaks.upper, breaks.counts, breaks.lower) == ((7.0,), (6,), 7.0)
    assert math.isnan(breaks.gvf)


@pytest.mark.parametrize("scheme", ["quantiles", "fisher_jenks"])
def test_ties_leave_fewer_classes_and_the_note_says_so(scheme: str) -> None:
    breaks = classify(pd.Series([0.0] * 20 + [1, 2, 3]), scheme, 5)
    assert breaks.k < 5
    assert breaks.note == f"{breaks.k} classes (5 asked: ties)"
    assert min(breaks.counts) > 0


@pytest.mark.parametrize("scheme", AUTOMATIC)
def test_no_note_where_nothing_was_lost(scheme: str) -> None:
    assert classify(pd.Series(np.arange(1.0, 41.0)), scheme, 5).note == ""


def test_quintiles_of_forty_values_hold_eight_each() -> None:
    assert classify(pd.Series(np.arange(1.0, 41.0)), "quantiles", 5).counts == (8,) * 5


def test_equal_intervals_are_equal_and_may_be_empty() -> None:
    breaks = classify(pd.Series([0.0, 1, 2, 100]), "equal_interval", 4)
    assert breaks.upper == (25, 50, 75, 100)
    assert breaks.counts == (3, 0, 0, 1)
    assert breaks.note == ""


def test_own_breaks_get_the_largest_value_as_last_bound() -> None:
    breaks = classify(TWELVE, "manual", upper=[20, 10])
    assert (breaks.upper, breaks.counts) == ((10, 20, 55), (7, 1, 4))


@pytest.mark.parametrize("values", [pd.Series([np.nan, np.nan]), pd.Series([], dtype=float)])
def test_nothing_to_classify_is_said_and_everything_stays_missing(values: pd.Series) -> None:
    breaks = classify(values)
    assert (breaks.k, breaks.counts, breaks.note) == (0, (), "no values to classify")
    assert breaks.assign(pd.Series([1.0, np.nan])).isna().all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"scheme": "jenks"}, "fisher_jenks"),
        ({"k": 1}, "2 to 9"),
        ({"k": 10}, "2 to 9"),
        ({"scheme": "manual"}, "upper bound"),
        ({"scheme": "manual", "upper": []}, "upper bound"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused_with_advice(options: dict, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        classify(TWELVE, **options)
