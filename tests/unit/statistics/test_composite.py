"""The index: hierarchy, two-thirds rule, stored chain, contributions, bands."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from s3geo.errors import UsageError
from s3geo.statistics import (
    composite,
    contributions,
    copeland,
    influence,
    limits_of,
    relative_index,
    treat_outliers,
)

NAN = np.nan
DATA = pd.DataFrame(
    {
        "grants": [0.0, 10, 20, 40],
        "students": [4.0, 8, 0, 2],
        "patents": [1.0, 3, 2, 5],
        "vacancies": [5.0, 1, 3, 4],
    },
    index=["d", "b", "a", "c"],
)
META = pd.DataFrame(
    [
        ("index", NAN, NAN, 1),
        ("grants", "research", 1, 1),
        ("students", "research", 1, 3),
        ("research", "index", NAN, 1),
        ("patents", "business", 1, 1),
        ("vacancies", "business", -1, 1),
        ("business", "index", NAN, 1),
    ],
    columns=["node", "parent", "direction", "weight"],
).set_index("node")


def flat(*indicators: str, **more: object) -> pd.DataFrame:
    return pd.DataFrame({"parent": "index", "direction": 1, **more}, index=list(indicators))


def test_scores_go_up_the_hierarchy_by_hand() -> None:
    scores = composite(DATA, META)
    assert scores.columns.tolist() == META.index.tolist()
    assert scores.index.tolist() == ["d", "b", "a", "c"]
    assert scores.loc["b", ["grants", "students", "patents", "vacancies"]].tolist() == [25, 100, 50, 100]
    assert scores.loc["b", ["research", "business", "index"]].tolist() == [81.25, 75, 78.125]


def test_one_top_may_do_without_a_row_and_columns_beyond_meta_do_not_count() -> None:
    with_row = composite(DATA, pd.concat([flat("grants", "patents"), pd.DataFrame({"parent": [""]}, ["index"])]))
    pd.testing.assert_frame_equal(composite(DATA, flat("grants", "patents")), with_row)
    assert with_row.columns.tolist() == ["grants", "patents", "index"]


def test_several_tops_are_several_scores() -> None:
    forest = META.drop("index").assign(parent=META["parent"].replace("index", NAN))
    expected = composite(DATA, META).drop(columns="index")
    pd.testing.assert_frame_equal(composite(DATA, forest), expected)


def test_a_cell_needs_two_thirds_of_its_indicators_and_averages_those_present() -> None:
    three = DATA.assign(students=[NAN, 8, NAN, 2], patents=[1, 3, NAN, 5])
    scores = composite(three, flat("grants", "students", "patents"))
    assert scores["index"].isna().tolist() == [False, False, True, False]
    assert scores.loc["d", "index"] == scores.loc["d", ["grants", "patents"]].mean()
    two = composite(three, flat("grants", "students"))["index"]
    assert two.isna().tolist() == [True, False, True, False]


def test_two_thirds_of_the_cells_too() -> None:
    nothing = DATA.assign(grants=NAN)
    assert composite(nothing, META)["research"].isna().all()
    assert composite(nothing, META)["index"].isna().all()


def test_an_indicator_of_weight_0_is_in_no_count() -> None:
    weighted = flat("grants", "students", weight=[1, 0])
    scores = composite(DATA.assign(students=NAN), weighted)
    assert scores["index"].tolist() == scores["grants"].tolist()


def test_a_node_whose_weights_are_all_0_has_no_score() -> None:
    assert composite(DATA, flat("grants", "patents", weight=0))["index"].isna().all()
    silenced = META.assign(weight=META["weight"].mask(META["parent"] == "research", 0))
    scores = composite(DATA, silenced)
    assert scores["research"].isna().all()
    assert scores["index"].isna().all()  # one of two cells is not two thirds


def test_nothing_is_imputed() -> None:
    gone = DATA.mask(DATA.index.to_series() == "a")
    scores = composite(gone, META)
    assert scores.loc["a"].isna().all()
    pd.testing.assert_frame_equal(scores.drop("a"), composite(gone.drop("a"), META))


def test_england_and_other_years_pass_through_the_stored_chain() -> None:
    tailed = pd.DataFrame({"x": [*range(1, 35), 200.0, 210, 220, 230], "y": np.arange(38.0)[::-1]})
    meta = flat("x", "y", direction=[1, -1])
    treated = {i: treat_outliers(tailed[i]) for i in tailed}
    limits = limits_of(tailed, treat_outliers)
    assert limits.loc["x"].tolist() == [1, 34]
    scores = composite(tailed, meta, treat=treat_outliers)
    pd.testing.assert_frame_equal(composite(tailed, meta, limits=limits, treat=treated), scores)
    england = pd.DataFrame({"x": [1000.0], "y": [18.5]}, index=["England"])
    assert composite(england, meta, limits=limits, treat=treated).loc["England"].tolist() == [100, 50, 75]
    as_mapping = {i: (row.lo, row.hi) for i, row in limits.iterrows()}
    assert composite(england, meta, limits=as_mapping, treat=treated).loc["England", "index"] == 75


def test_bounds_pooled_over_years_make_years_compare() -> None:
    before, after = DATA, DATA * 2
    limits = limits_of(pd.concat([before, after]))
    one, two = (composite(year, META, limits=limits)["grants"] for year in (before, after))
    assert two.tolist() == (2 * one).tolist()


def test_contributions_add_up_to_the_score_and_leave_gaps() -> None:
    three = DATA.assign(students=[NAN, 8, 0, 2])
    meta = pd.concat([META, pd.DataFrame({"parent": ["research"], "direction": 1, "weight": 2}, ["research2"])])
    scores = composite(three.assign(research2=[1, 5, 2, NAN]), meta)
    parts = contributions(scores, meta)
    assert parts.columns.tolist() == ["grants", "students", "patents", "vacancies", "research2"]
    assert parts.sum(axis=1).tolist() == pytest.approx(scores["index"].tolist())
    assert parts.isna().sum().tolist() == [0, 1, 0, 0, 1]
    cell = contributions(scores, meta, "business")
    assert cell.sum(axis=1).tolist() == pytest.approx(scores["business"].tolist())
    assert cell.columns.tolist() == ["patents", "vacancies"]


def test_an_indicator_of_a_cell_that_is_not_shown_adds_nothing_and_says_so() -> None:
    data = DATA.assign(students=[NAN, 8, 0, 2], money=[1.0, 2, 3, 4])
    meta = pd.concat([META, pd.DataFrame({"parent": ["index"], "direction": 1, "weight": 1}, ["money"])])
    scores = composite(data, meta)
    parts = contributions(scores, meta)
    assert scores["research"].isna().tolist() == [True, False, False, False]
    assert scores.notna().loc["d", "index"]
    assert parts.isna()["grants"].tolist() == [True, False, False, False]
    assert parts.sum(axis=1).tolist() == pytest.approx(scores["index"].tolist())


def test_influence_is_the_squared_correlation_with_the_parent() -> None:
    scores = composite(DATA, META)
    found = influence(scores, META)
    assert found["students"] == pytest.approx(scores["students"].corr(scores["research"]) ** 2)
    assert "index" not in found
    assert np.isnan(influence(composite(DATA.assign(grants=3.0), META), META)["grants"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"normalise": "rank"}, "Unknown normalisation 'rank'"),
        ({"aggregate": "median"}, "Unknown aggregation 'median'"),
        ({"scale": (100, 0)}, "scale must rise"),
        ({"aggregate": "geometric"}, r"scale=\(1, 100\)"),
        ({"aggregate": "harmonic", "normalise": "zscore", "scale": (1, 100)}, "scores above 0"),
        ({"normalise": "zscore", "limits": {}}, "Limits are bounds of min-max"),
        ({"limits": {"grants": (0, 1)}}, "No limits for 'students'"),
        ({"treat": {}}, "No stored outlier treatment"),
        ({"meta": META.drop(columns="parent")}, "missing: 'parent'"),
        ({"meta": META.drop(["research", "business"])}, "Parents without a row in meta: 'business', 'research'"),
        ({"meta": pd.concat([META, META.tail(1)])}, "names these twice: 'business'"),
        ({"meta": META.rename(index={"grants": "grant"})}, "neither in the data nor a parent: 'grant'"),
        ({"meta": META.assign(weight=-1)}, "Weights must be 0 or more"),
        ({"meta": META.assign(weight=NAN)}, "Weights must be 0 or more"),
        ({"meta": META.assign(direction=0)}, r"direction must be \+1 or -1"),
        ({"meta": META.assign(direction="higher_is_better")}, r"direction must be \+1 or -1"),
        ({"meta": META.assign(parent=META["parent"].mask(META.index == "index", "business"))}, "each other's parents"),
        ({"data": pd.concat([DATA, DATA[["grants"]]], axis=1)}, "The data names these twice: 'grants'"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(changes: dict, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        composite(**{"data": DATA, "meta": META, **changes})


# --- Copeland and bands


def test_copeland_compares_on_what_both_have() -> None:
    scores = pd.DataFrame({"x": [1.0, 2, NAN, NAN], "y": [NAN, 1, 2, NAN]}, index=list("dbac"))
    found = copeland(scores)
    assert found.iloc[:3].tolist() == [-1, 0, 1]
    assert np.isnan(found["c"])


def test_copeland_sees_through_the_arithmetic_of_weights() -> None:
    """0.1 + 0.2 against 0.3 is a tie."""
    rows = pd.DataFrame({"x": [1.0, 0], "y": [1.0, 0], "z": [0.0, 1]})
    assert copeland(rows, {"x": 0.1, "y": 0.2, "z": 0.3}).tolist() == [0, 0]


def test_copeland_needs_a_weight_for_each() -> None:
    with pytest.raises(UsageError, match="'y'"):
        copeland(pd.DataFrame({"x": [1.0], "y": [2.0]}), {"x": 1})


def test_band_limits_125_and_100_and_70() -> None:
    found = relative_index(pd.Series([125.01, 125, 100, 99.99, 70, 69.99, NAN]), 100)["band"]
    assert found.astype(object).iloc[:6].str[0].tolist() == ["1", "2", "2", "3", "3", "4"]
    assert found.isna().tolist() == [False] * 6 + [True]


@pytest.mark.parametrize("england", [0.1 + 0.2, 1 / 3, 43.3, 7e-5])
def test_englands_own_index_is_100_in_band_2(england: float) -> None:
    found = relative_index(pd.Series([england, england * 0.7]), england)
    assert found["index"].iloc[0] == 100
    assert found["band"].tolist() == ["2", "3"]


def test_empty_bands_are_counted_too_and_ties_stay_together() -> None:
    found = relative_index(pd.Series([140.0, 140, 140, 130]), 100)["band"]
    assert found.tolist() == ["1+", "1+", "1+", "1-"]
    counts = found.value_counts(sort=False)
    assert counts.index.tolist() == [n + s for n in "1234" for s in ("+", "", "-")]
    assert counts.sum() == 4


@pytest.mark.parametrize("england", [0, -3, NAN])
def test_no_relative_index_without_a_score_above_0(england: float) -> None:
    with pytest.raises(UsageError, match="above 0"):
        relative_index(pd.Series([1.0]), england)
