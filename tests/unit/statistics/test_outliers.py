"""The outlier rule: how far it goes, and that England and other years can follow."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from s3geo.errors import UsageError
from s3geo.statistics import treat_outliers
from s3geo.statistics.outliers import skew_and_kurtosis, three_sd_bounds

TAILED = pd.Series([*range(1, 35), 200.0, 210, 220, 230])


def test_by_default_four_of_thirty_eight_may_be_capped() -> None:
    assert treat_outliers(TAILED).n_winsorised == 4
    assert treat_outliers(TAILED).values.max() == 34
    assert treat_outliers(TAILED, 3).logged


def test_points_are_counted_not_steps() -> None:
    """The three equal maxima are one step, but three points."""
    tied = pd.Series([*range(1, 21), 200.0, 200, 200])
    assert treat_outliers(tied, 2).logged
    assert treat_outliers(tied, 3).n_winsorised == 3


def test_negative_skew_is_capped_below_and_logged_upside_down() -> None:
    mirrored = -TAILED
    assert treat_outliers(mirrored).values.tolist() == (-treat_outliers(TAILED).values).tolist()
    logged = treat_outliers(mirrored, 1)
    assert logged.values.tolist() == pytest.approx((-treat_outliers(TAILED, 1).values).tolist())
    assert logged.values.rank().tolist() == mirrored.rank().tolist()


def test_missing_values_stay_missing_and_count_for_nothing() -> None:
    holed = pd.concat([TAILED, pd.Series([np.nan] * 9)], ignore_index=True)
    treated = treat_outliers(holed)
    assert treated.values.isna().tolist() == holed.isna().tolist()
    assert treated.n_winsorised == treat_outliers(TAILED).n_winsorised


@pytest.mark.parametrize("values", [[], [np.nan] * 5, [7.0] * 9, [1.0, 2, 1000], [0.1 + 0.2, 0.3, 0.3, 0.3, 0.3]])
def test_nothing_is_done_where_there_is_no_shape(values: list) -> None:
    treated = treat_outliers(pd.Series(values, dtype=float))
    assert (treated.n_winsorised, treated.logged) == (0, False)
    assert treated.values.equals(pd.Series(values, dtype=float))


@pytest.mark.parametrize("most", [0, 1, None])
def test_the_same_values_pass_through_the_stored_treatment_unchanged(most: int | None) -> None:
    treated = treat_outliers(TAILED, most)
    pd.testing.assert_series_equal(treated.apply(TAILED), treated.values)


def test_england_and_other_years_meet_the_same_caps_and_logs() -> None:
    other = pd.Series([500.0, 20, np.nan, -5], index=list("abcd"))
    capped = treat_outliers(TAILED).apply(other)
    assert capped.iloc[[0, 1, 3]].tolist() == [34, 20, -5]
    logged = treat_outliers(TAILED, 1).apply(other)
    ends = treat_outliers(TAILED, 1).values
    assert (logged["a"], logged["d"]) == (ends.max(), ends.min())
    assert ends.min() < logged["b"] < ends.max()
    assert logged.index.equals(other.index)
    assert logged.isna().tolist() == [False, False, True, False]


def test_both_skewness_and_kurtosis_must_be_out() -> None:
    """Two far values on either side have a kurtosis of 17 and no skew: they stay."""
    symmetric = pd.Series([-200.0, *range(-18, 18), 199])
    skewness, kurtosis = skew_and_kurtosis(symmetric.to_numpy())
    assert abs(skewness) < 0.1
    assert kurtosis > 15
    assert treat_outliers(symmetric).values.equals(symmetric)


def test_a_treatment_that_does_not_help_says_so() -> None:
    lone = pd.Series([0.0] * 37 + [1.0])
    assert not treat_outliers(lone, 0).passes
    assert treat_outliers(TAILED).passes


def test_capping_never_makes_all_values_equal() -> None:
    """One region with a project among 37 without: logs, which keep the difference."""
    lone = treat_outliers(pd.Series([0.0] * 37 + [1.0]))
    assert lone.logged
    assert lone.values.nunique() == 2


def test_no_fewer_than_none_can_be_capped() -> None:
    with pytest.raises(UsageError, match="0 or more"):
        treat_outliers(TAILED, -1)


def test_moments_need_four_different_values() -> None:
    assert all(math.isnan(m) for m in skew_and_kurtosis(np.array([1.0, 2, 9])))
    assert all(math.isnan(m) for m in skew_and_kurtosis(np.full(9, 0.1)))


def test_bounds_of_three_standard_deviations_are_values_of_the_column() -> None:
    assert three_sd_bounds(TAILED) == (1, 220)
    assert three_sd_bounds(pd.Series([3.0])) == (3, 3)
