"""What holds for the classes of any column of numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s3geo.statistics.classify import SCHEMES, Breaks, classify

seeded = settings(derandomize=True, max_examples=20, deadline=None, database=None)

# figures as a table prints them, to three decimals; small integers make ties
numbers = st.one_of(st.integers(-(10**9), 10**9).map(lambda n: n / 1000), st.integers(-3, 3).map(float))
holed = st.lists(st.one_of(numbers, st.just(float("nan"))), min_size=1, max_size=30)
classes_wanted = st.integers(2, 9)
bounds = st.lists(numbers, min_size=1, max_size=6)
every_scheme = pytest.mark.parametrize("scheme", SCHEMES)


def cut(values: list[float], scheme: str, k: int, upper: list[float]) -> tuple[pd.Series, Breaks]:
    series = pd.Series(values, index=[f"E{i:08d}" for i in range(len(values))])
    return series, classify(series, scheme, k, upper=upper if scheme == "manual" else None)


@every_scheme
@seeded
@given(values=holed, k=classes_wanted, upper=bounds)
def test_classes_cover_every_value_and_only_values(scheme: str, values: list, k: int, upper: list) -> None:
    series, breaks = cut(values, scheme, k, upper)
    classes = breaks.assign(series)
    assert classes.index.equals(series.index)
    assert (classes.isna() == series.isna()).all()
    assert classes.dropna().between(0, breaks.k - 1).all()


@every_scheme
@seeded
@given(values=holed, k=classes_wanted, upper=bounds)
def test_counts_add_up_and_goodness_of_fit_is_a_share(scheme: str, values: list, k: int, upper: list) -> None:
    series, breaks = cut(values, scheme, k, upper)
    found = breaks.assign(series).value_counts()
    assert breaks.counts == tuple(int(found.get(c, 0)) for c in range(breaks.k))
    assert sum(breaks.counts) == series.notna().sum()
    assert np.isnan(breaks.gvf) or -1e-9 <= breaks.gvf <= 1 + 1e-9


@every_scheme
@seeded
@given(values=holed, k=classes_wanted, upper=bounds)
def test_bounds_ascend_and_are_upper_inclusive(scheme: str, values: list, k: int, upper: list) -> None:
    series, breaks = cut(values, scheme, k, upper)
    assert (np.diff(breaks.upper) > 0).all()
    below = (-np.inf, *breaks.upper)
    classes = breaks.assign(series)
    for value, c in zip(series.dropna(), classes.dropna(), strict=True):
        assert below[c] < value <= breaks.upper[c]


@every_scheme
@seeded
@given(values=holed, k=classes_wanted, upper=bounds)
def test_a_larger_value_is_never_in_a_lower_class(scheme: str, values: list, k: int, upper: list) -> None:
    series, breaks = cut(values, scheme, k, upper)
    classes = breaks.assign(series.dropna().sort_values())
    assert classes.is_monotonic_increasing


@pytest.mark.parametrize("scheme", ["quantiles", "fisher_jenks", "equal_interval"])
@seeded
@given(values=holed, k=classes_wanted)
def test_never_more_classes_than_asked_and_a_note_for_fewer(scheme: str, values: list, k: int) -> None:
    _, breaks = cut(values, scheme, k, [])
    assert breaks.k <= k
    assert bool(breaks.note) == (breaks.k < k)


@every_scheme
@seeded
@given(values=holed, k=classes_wanted, upper=bounds, seed=st.integers(0, 99))
def test_the_order_of_the_regions_does_not_matter(scheme: str, values: list, k: int, upper: list, seed: int) -> None:
    series, breaks = cut(values, scheme, k, upper)
    again = classify(series.sample(frac=1, random_state=seed), scheme, k, upper=upper if scheme == "manual" else None)
    assert again.upper == pytest.approx(breaks.upper, rel=1e-9, abs=1e-9)
