"""Quotients, flags and measures of concentration: gaps, noughts, benchmarks, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from s3geo.errors import DataError, NotFound, UsageError
from s3geo.statistics import (
    added_density,
    cooccurrence,
    economic_complexity,
    entropy,
    expected_by_chance,
    hachman,
    herfindahl,
    krugman,
    location_quotient,
    locational_gini,
    lq_interval,
    presence,
    reflections,
    relatedness,
    relatedness_density,
    relative_entropy,
    rounded_lq_interval,
    specialised,
    survey_lq_interval,
)

TABLE = pd.DataFrame(
    {"A": [5000.0, 100, 0, 40], "B": [5000.0, 900, 300, np.nan], "C": [0.0, 1000, 700, 60]}, index=list("wxyz")
)
ENGLAND = pd.Series({"C": 20_000.0, "B": 50_000, "A": 30_000})


def test_a_row_with_a_gap_has_no_total_and_gives_nothing() -> None:
    for measure in (location_quotient, krugman, herfindahl, entropy, relative_entropy, hachman, presence):
        found = measure(TABLE)
        assert found.loc[["z"]].isna().all(axis=None)
        assert found.loc[list("wxy")].notna().all(axis=None)
        pd.testing.assert_index_equal(found.index, TABLE.index)
    assert not specialised(TABLE, floor=0).loc["z"].any()


def test_the_gap_of_one_region_does_not_touch_the_benchmark_of_the_others() -> None:
    pd.testing.assert_frame_equal(location_quotient(TABLE).drop("z"), location_quotient(TABLE.drop("z")))


def test_the_benchmark_is_taken_by_name_and_not_by_place() -> None:
    found = location_quotient(TABLE, ENGLAND)
    assert found.at["w", "A"] == pytest.approx(0.5 / 0.3)
    assert found.at["x", "C"] == pytest.approx(0.5 / 0.2)
    with pytest.raises(UsageError, match="lacks 'C'"):
        location_quotient(TABLE, ENGLAND.drop("C"))


def test_activities_that_only_the_benchmark_has_enter_no_share() -> None:
    wider = pd.concat([ENGLAND, pd.Series({"D": 1e9})])
    pd.testing.assert_frame_equal(location_quotient(TABLE, wider), location_quotient(TABLE, ENGLAND))


def test_overlapping_regions_are_not_their_own_benchmark() -> None:
    assert not np.allclose(location_quotient(TABLE.drop("z"), ENGLAND), location_quotient(TABLE.drop("z")))


def test_an_activity_the_benchmark_lacks_has_no_quotient() -> None:
    found = location_quotient(TABLE, ENGLAND.replace(30_000, 0))
    assert found["A"].isna().all()
    assert presence(TABLE, benchmark=ENGLAND.replace(30_000, 0))["A"].isna().all()


def test_a_region_without_any_activity_has_no_shares() -> None:
    empty = pd.DataFrame({"A": [0.0, 4], "B": [0.0, 6]})
    assert location_quotient(empty).loc[0].isna().all()
    assert entropy(empty).isna().tolist() == [True, False]


def test_counts_below_0_are_named() -> None:
    with pytest.raises(DataError, match="'x'") as caught:
        location_quotient(TABLE.replace(900, -900))
    assert caught.value.problems["code"].tolist() == ["x"]


def test_a_count_of_0_has_a_quotient_and_no_interval() -> None:
    lower, upper = lq_interval(TABLE, ENGLAND)
    assert location_quotient(TABLE, ENGLAND).at["y", "A"] == 0
    assert np.isnan(lower.at["y", "A"])
    assert np.isnan(upper.at["y", "A"])
    assert not (lower < 0).any(axis=None)


def test_a_region_that_is_the_nation_has_an_interval_without_width() -> None:
    lower, upper = lq_interval(ENGLAND.to_frame("E").T, ENGLAND)
    np.testing.assert_allclose(lower, 1, atol=1e-6)
    np.testing.assert_allclose(upper, 1, atol=1e-6)


def test_a_level_of_998_is_wider_and_a_wrong_level_is_refused() -> None:
    (low, high), (lower, higher) = lq_interval(TABLE, ENGLAND), lq_interval(TABLE, ENGLAND, 0.998)
    assert (lower.at["x", "B"] < low.at["x", "B"]) & (higher.at["x", "B"] > high.at["x", "B"])
    with pytest.raises(UsageError, match="between 0 and 1"):
        lq_interval(TABLE, level=95)


@pytest.mark.parametrize(
    ("changed", "flagged"),
    [
        ({}, True),
        ({"threshold": 1.5}, False),  # the quotient is 1.4
        ({"floor": 701}, False),
        ({"floor": 700}, True),
    ],
)
def test_each_part_of_the_rule_is_needed(changed: dict, flagged: bool) -> None:
    table = pd.DataFrame({"x": [700.0], "rest": [9300.0]}, index=["r"])
    england = pd.Series({"x": 50_000.0, "rest": 950_000})
    assert specialised(table, benchmark=england, **changed).at["r", "x"] == flagged


def test_a_high_quotient_that_chance_explains_is_no_specialisation() -> None:
    table = pd.DataFrame({"x": [7.0], "rest": [93.0]}, index=["r"])
    england = pd.Series({"x": 50_000.0, "rest": 950_000})
    assert presence(table, benchmark=england).at["r", "x"] == 1
    assert not specialised(table, floor=0, benchmark=england).at["r", "x"]


def test_the_wider_of_two_methods_decides() -> None:
    table = pd.DataFrame({"x": [700.0], "rest": [9300.0]}, index=["r"])
    england = pd.Series({"x": 50_000.0, "rest": 950_000})
    assert specialised(table, benchmark=england).at["r", "x"]
    survey, _ = survey_lq_interval(location_quotient(table, england), 0.25)
    assert not specialised(table, benchmark=england, lower=survey).at["r", "x"]
    unknown = survey * np.nan
    assert not specialised(table, benchmark=england, lower=unknown).at["r", "x"]


def test_bounds_of_rounded_jobs_hold_the_quotient_and_are_wider_without_a_published_total() -> None:
    lower, upper = rounded_lq_interval(TABLE, ENGLAND)
    lq = location_quotient(TABLE, ENGLAND)
    assert ((lower <= lq) & (lq <= upper)).drop("z").all(axis=None)
    assert (lower.loc["y", "A"], lower.loc["z"].isna().all()) == (0, True)
    wide = pd.DataFrame({f"a{i}": [6_000.0] for i in range(5)})
    nation = pd.Series(60_000.0, wide.columns)
    summed, published = (rounded_lq_interval(wide, nation, t)[0] for t in (None, pd.Series([30_000.0])))
    assert (summed < published).all(axis=None)


def test_a_list_of_many_can_ask_for_998_and_says_what_chance_gives() -> None:
    rng = np.random.default_rng(3)
    alike = pd.DataFrame(rng.multinomial(20_000, np.full(20, 0.05), 400).astype(float))
    england = pd.Series(1e9, index=alike.columns)
    lower, _ = lq_interval(alike, england)
    found = int((lower > 1).sum().sum())
    assert expected_by_chance(alike, benchmark=england) == pytest.approx(8000 * 0.025)
    assert found == pytest.approx(200, abs=50)
    strict, _ = lq_interval(alike, england, 0.998)
    assert int((strict > 1).sum().sum()) == pytest.approx(expected_by_chance(alike, 0.998, benchmark=england), abs=9)


def test_survey_limits_are_around_the_quotient_on_the_log_scale() -> None:
    lq = pd.DataFrame({"A": [2.0, np.nan]}, index=["r", "s"])
    lower, upper = survey_lq_interval(lq, pd.DataFrame({"A": [0.2, 0.2]}, index=["r", "s"]), pd.Series({"A": 0.05}))
    assert lower.at["r", "A"] * upper.at["r", "A"] == pytest.approx(4)
    assert lower.loc["s"].isna().all()


def test_ends_of_the_measures() -> None:
    table = pd.DataFrame({"x": [1.0, 0, 5], "y": [1.0, 10, 0]})
    assert herfindahl(table, normalised=True).tolist() == [0, 1, 1]
    assert entropy(table).tolist() == [1, 0, 0]
    assert np.isnan(herfindahl(table[["x"]].replace(0, 1), normalised=True)).all()
    mix = pd.Series({"x": 1.0, "y": 1})
    assert krugman(table, mix).tolist() == [0, 1, 1]
    assert relative_entropy(table, mix)[0] == 0
    assert hachman(table, mix).tolist() == [1, 0.5, 0.5]
    assert relative_entropy(table, pd.Series({"x": 1.0, "y": 0}))[0] == np.inf


def test_gini_of_an_activity_spread_like_all_is_0() -> None:
    table = pd.DataFrame({"x": [1.0, 2, 3], "y": [2.0, 4, 6], "none": 0.0})
    found = locational_gini(table)
    assert found[["x", "y"]].tolist() == pytest.approx([0, 0])
    assert np.isnan(found["none"])
    with pytest.raises(UsageError, match="Size"):
        locational_gini(table, pd.Series({0: 1.0, 1: 1}))


M = pd.DataFrame([[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 0], [1, 0, 1, 0]], index=list("pqrs"), columns=list("wxyz"))


def test_relatedness_leaves_out_places_with_a_gap() -> None:
    holed = pd.concat([M, pd.DataFrame([[1, np.nan, 1, 1]], index=["t"], columns=M.columns)])
    pd.testing.assert_frame_equal(cooccurrence(holed), cooccurrence(M))
    for method in ("min_conditional", "cosine", "association"):
        pd.testing.assert_frame_equal(relatedness(holed, method), relatedness(M, method))


def test_an_activity_related_to_nothing_has_no_density() -> None:
    phi = relatedness(M)
    assert (phi["z"] == 0).all()
    assert relatedness_density(M, phi)["z"].isna().all()
    assert relatedness_density(M, phi).drop(columns="z").notna().all(axis=None)


def test_phi_is_taken_by_name_and_must_fit() -> None:
    phi = relatedness(M)
    turned = phi.loc[list("zyxw"), list("yzwx")]
    pd.testing.assert_frame_equal(relatedness_density(M, turned), relatedness_density(M, phi))
    with pytest.raises(UsageError, match="activities of M"):
        relatedness_density(M, phi.drop(columns="w"))
    with pytest.raises(NotFound, match="'nowhere'"):
        added_density(M, phi, "p", "nowhere")


def test_quotients_given_as_m_are_refused() -> None:
    with pytest.raises(UsageError, match="0 and 1"):
        cooccurrence(location_quotient(TABLE))
    with pytest.raises(UsageError, match="'jaccard'"):
        relatedness(M, "jaccard")  # type: ignore[arg-type]


def test_complexity_names_what_has_nothing() -> None:
    with pytest.raises(DataError, match="'z'"):
        economic_complexity(M)
    with pytest.raises(DataError, match="'z'"):
        reflections(M, 1)


def test_complexity_of_equal_eigenvalues_is_refused() -> None:
    ring = pd.DataFrame(np.eye(6) + np.roll(np.eye(6), 1, axis=1))
    with pytest.raises(DataError, match="too close"):
        economic_complexity(ring)


def test_complexity_needs_three_places() -> None:
    with pytest.raises(DataError, match="three places"):
        economic_complexity(pd.DataFrame([[1, 1], [0, 1]]))


def test_a_benchmark_that_cannot_hold_the_region_gives_no_interval_and_no_flag() -> None:
    table = pd.DataFrame({"x": [130.0], "rest": [1870.0]}, index=["r"])
    england = pd.Series({"x": 50_000.0, "rest": 950_000})
    with pytest.raises(UsageError, match="'r' has more than the benchmark"):
        lq_interval(table, england / england.sum())  # shares instead of counts
    with pytest.raises(UsageError, match="more than the benchmark"):
        specialised(table, floor=0, benchmark=england / england.sum())
    pd.testing.assert_frame_equal(location_quotient(table, england / england.sum()), location_quotient(table, england))
    abroad = pd.Series({"x": 50.0, "rest": 950_000})
    lower, _ = lq_interval(table, abroad)
    assert np.isnan(lower.at["r", "x"])
    assert not specialised(table, floor=0, benchmark=abroad).at["r", "x"]


def test_bounds_of_rounded_jobs_have_no_end_where_the_nation_may_have_none() -> None:
    jobs, nation = pd.DataFrame({"x": [2.0], "none": [0.0]}), pd.Series({"x": 2.0, "none": 0})
    lower, upper = rounded_lq_interval(jobs, nation, pd.Series([85_000.0]), 2_500_000)
    assert (lower.at[0, "x"], upper.at[0, "x"]) == (0, np.inf)
    assert np.isnan(lower.at[0, "none"])
    assert np.isnan(upper.at[0, "none"])
