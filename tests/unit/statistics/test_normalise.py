"""Normalising: ends, gaps, indicators that tell nothing, references that have no scale."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from s3geo.errors import UsageError
from s3geo.statistics import (
    distance_to_reference,
    distance_to_target,
    goalposts,
    min_max,
    percent_rank,
    z_score,
)
from s3geo.statistics.normalise import n_below, normalised

HOLED = pd.Series([3.0, np.nan, 1, 9], index=list("dbac"))


@pytest.mark.parametrize("how", [min_max, z_score, percent_rank])
def test_index_order_and_gaps_are_kept(how: object) -> None:
    found = how(HOLED)
    assert found.index.tolist() == list("dbac")
    assert found.isna().tolist() == [False, True, False, False]
    assert found.dropna().tolist() == how(HOLED.dropna()).tolist()


@pytest.mark.parametrize("how", [min_max, z_score, percent_rank])
@pytest.mark.parametrize("values", [[5.0] * 4, [5.0], [np.nan, 5.0], [np.nan, np.nan], [0.3, 0.1 + 0.2]])
def test_an_indicator_equal_everywhere_tells_nothing(how: object, values: list) -> None:
    assert how(pd.Series(values)).isna().all()


def test_ties_take_the_lowest_rank() -> None:
    assert percent_rank(pd.Series([4.0, 1, 4, 4, 9])).tolist() == [0.25, 0, 0.25, 0.25, 1]


def test_stored_bounds_clip() -> None:
    assert min_max(pd.Series([-5.0, 5, 50]), 0, 10, (1, 101)).tolist() == [1, 51, 101]


def test_trap_11_a_reference_at_the_minimum_is_refused_not_infinite() -> None:
    x = pd.Series([10.0, 15, 20])
    with pytest.raises(UsageError, match="not above the lowest value"):
        distance_to_reference(x, 10)
    assert np.isfinite(distance_to_reference(x, 10.5)).all()


@pytest.mark.parametrize(("target", "direction"), [(0.0, 1), (-1.0, 1), (9.0, -1)])
def test_a_target_no_better_than_the_worst_value_is_refused(target: float, direction: int) -> None:
    with pytest.raises(UsageError, match="not better than the worst"):
        distance_to_target(pd.Series([0.0, 4, 9]), target, direction)


def test_goalposts_must_differ() -> None:
    with pytest.raises(UsageError, match="must differ"):
        goalposts(pd.Series([1.0]), 3, 3)


@pytest.mark.parametrize("how", ["minmax", "zscore", "percent_rank"])
def test_a_stack_of_tables_is_normalised_table_by_table(how: str) -> None:
    stack = np.random.default_rng(3).normal(size=(4, 9, 5))
    stack[1, 2, 3] = np.nan
    together = normalised(stack, how)
    for one, table in zip(together, stack, strict=True):
        np.testing.assert_array_equal(one, normalised(table, how))


def test_counting_below_against_a_plain_loop() -> None:
    x = np.random.default_rng(4).integers(0, 5, (3, 8, 2)).astype(float)
    x[0, 1, 0] = np.nan
    plain = np.array([[[(t[:, j] < t[i, j]).sum() for j in range(2)] for i in range(8)] for t in x])
    known = ~np.isnan(x)
    assert (n_below(x) == plain)[known].all()
