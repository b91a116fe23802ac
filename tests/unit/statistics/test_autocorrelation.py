"""Spatial pattern: gaps, islands, seeds, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from s3geo.errors import DataError, UsageError
from s3geo.statistics import benjamini_hochberg, getis_ord, local_moran, moran

NEAR = {
    c: [d for d in (c - 5, c - 1, c + 1, c + 5) if 0 <= d < 25 and (abs(d - c) == 5 or d // 5 == c // 5)]
    for c in range(25)
}
Y = pd.Series(np.random.default_rng(5).normal(size=25)).sample(frac=1, random_state=1)


def test_index_order_in_is_index_order_out() -> None:
    for function in (local_moran, getis_ord):
        pd.testing.assert_index_equal(function(Y, NEAR).index, Y.index)
    statistic = local_moran(Y, NEAR)["I"]
    pd.testing.assert_series_equal(local_moran(Y.sort_index(), NEAR)["I"], statistic.sort_index())


def test_the_same_seed_gives_the_same_p_and_another_one_does_not() -> None:
    pd.testing.assert_frame_equal(local_moran(Y, NEAR, seed=3), local_moran(Y, NEAR, seed=3))
    other = local_moran(Y, NEAR, seed=4)["p"]
    assert not local_moran(Y, NEAR, seed=3)["p"].equals(other)
    np.testing.assert_allclose(local_moran(Y, NEAR, seed=3)["p"], other, atol=0.04)


def test_a_unit_without_data_is_nobodys_neighbour() -> None:
    holed = Y.copy()
    holed[12] = np.nan
    without = {c: [d for d in near if d != 12] for c, near in NEAR.items() if c != 12}
    for function, word in ((local_moran, "quadrant"), (getis_ord, "spot")):
        found = function(holed, NEAR)
        assert found.at[12, word] == "no data"
        pd.testing.assert_frame_equal(found.drop(12), function(holed.drop(12), without))
    assert moran(holed, NEAR) == moran(holed.drop(12), without)


def test_a_unit_whose_neighbours_have_no_data_has_none() -> None:
    holed = Y.copy()
    holed[[1, 5]] = np.nan
    found = local_moran(holed, NEAR)
    assert found.at[0, "quadrant"] == "no neighbours"
    assert moran(holed, NEAR).without_neighbours == ("0",)
    assert moran(holed, NEAR).n == 22


def test_q_is_corrected_over_units_with_neighbours_only() -> None:
    found = local_moran(pd.concat([Y, pd.Series({99: 1.0})]), {**NEAR, 99: []})
    expected = benjamini_hochberg(found["p"].drop(99))["q"]
    pd.testing.assert_series_equal(found["q"].drop(99), expected)


def test_a_cluster_is_found_and_noise_around_it_is_not() -> None:
    hot = pd.Series(0.1 * Y)
    block = [7, 11, 12, 13, 17]
    hot[block] += 5
    found = local_moran(hot, NEAR)
    assert set(found.index[found["significant"]]) <= set(block)
    assert found.at[12, "significant"]
    assert found.at[12, "quadrant"] == "high-high"
    assert getis_ord(hot, NEAR).at[12, "spot"] == "hot spot"
    assert getis_ord(-hot, NEAR).at[12, "spot"] == "cold spot"


def test_p_is_two_sided_and_never_above_1() -> None:
    found = local_moran(Y, NEAR)["p"]
    assert found.between(2e-4, 1).all()
    pd.testing.assert_series_equal(getis_ord(Y, NEAR)["p"], getis_ord(-Y, NEAR)["p"])


def test_tied_values_have_large_p() -> None:
    flat = pd.Series([1.0, *[0.1 + 0.2] * 24])
    assert (local_moran(flat, NEAR)["p"].drop([0, 1, 5]) == 1).all()


def test_the_fewer_permutations_are_refused() -> None:
    for function in (local_moran, getis_ord):
        with pytest.raises(UsageError, match="9,999 or more"):
            function(Y, NEAR, permutations=999)


def test_wrong_use_is_named() -> None:
    with pytest.raises(UsageError, match="'99'"):
        moran(pd.concat([Y, pd.Series({99: 1.0})]), NEAR)
    with pytest.raises(UsageError, match="twice"):
        moran(pd.concat([Y, Y[:1]]), NEAR)
    with pytest.raises(DataError, match="equal"):
        local_moran(Y * 0 + 0.1, NEAR)
    with pytest.raises(DataError, match="equal"):
        getis_ord(Y * 0 + 0.1, NEAR)
    for function in (moran, local_moran, getis_ord):
        with pytest.raises(DataError, match="four units"):
            function(Y[Y.index < 3], NEAR)
    with pytest.raises(DataError, match="from 0 to 1"):
        benjamini_hochberg(pd.Series([0.5, 1.5]))


def test_p_that_are_missing_are_not_tests() -> None:
    found = benjamini_hochberg(pd.Series([0.04, np.nan, 0.03], index=list("abc")))
    assert found["q"].round(3).tolist()[::2] == [0.04, 0.04]
    assert np.isnan(found.at["b", "q"])
    assert found["rejected"].tolist() == [True, False, True]
    assert benjamini_hochberg(pd.Series([np.nan, np.nan]))["q"].isna().all()


def test_an_unstandardised_map_counts_neighbours() -> None:
    assert moran(Y, NEAR, "binary") != moran(Y, NEAR)


def test_neighbours_in_one_direction_only_leave_no_unit_without_a_neighbour_that_counts() -> None:
    chain = {"a": ["b"], "b": ["c"], "c": [], "d": ["e", "f"], "e": ["d"], "f": ["e", "g"], "g": ["f"]}
    y = pd.Series([1.0, 2, 3, 5, 8, 1, 4], index=list("abcdefg"))
    assert moran(y, chain).without_neighbours == ("a", "b", "c")
    for function, word in ((local_moran, "quadrant"), (getis_ord, "spot")):
        found = function(y, chain)
        assert (found.loc[list("abc"), word] == "no neighbours").all()
        pd.testing.assert_frame_equal(found.loc[list("defg")], function(y[list("defg")], chain))


def test_an_unknown_word_is_refused_and_not_taken_for_another() -> None:
    with pytest.raises(UsageError, match="'rows'"):
        moran(Y, NEAR, "rows")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="'normal'"):
        moran(Y, NEAR, "row", "normal")  # type: ignore[arg-type]


def test_an_infinite_value_is_named() -> None:
    with pytest.raises(DataError, match="'12'"):
        local_moran(Y.where(Y.index != 12, np.inf), NEAR)
