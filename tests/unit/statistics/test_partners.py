"""Partner score, ranking metrics and gravity: gaps, ties, defaults, refusals."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from s3geo.errors import DataError, NotFound, UsageError
from s3geo.statistics import gravity, presence, ranking_metrics, relatedness, relatedness_density, score_partners
from s3geo.statistics.candidates import Candidates
from s3geo.statistics.validation import found_terms

RNG = np.random.default_rng(8)
PLACES = [f"p{i}" for i in (3, 1, 4, 0, 5, 9, 2, 6)]
M = presence(pd.DataFrame(RNG.lognormal(0, 1, (8, 9)), PLACES, list("abcdefghi")), threshold=0.5)
POINTS = pd.DataFrame(RNG.uniform(0, 300, (8, 2)), PLACES, ["easting_km", "northing_km"])
KM = pd.DataFrame(np.hypot(*(POINTS.to_numpy()[:, None] - POINTS.to_numpy()).T), PLACES, PLACES)
JOINT = pd.DataFrame(np.triu(RNG.integers(0, 9, (8, 8)), 1), PLACES, PLACES).astype(float)
LINKS = JOINT + JOINT.T
COLUMNS = [
    *["distance_km", "proximity", "shared", "complementarity", "links"],
    *["pr_proximity", "pr_shared", "pr_complementarity", "pr_links"],
    *["contrib_proximity", "contrib_shared", "contrib_complementarity", "contrib_links", "score", "rank"],
]


def test_one_row_for_every_other_place_in_the_order_given() -> None:
    found = score_partners(M, POINTS, "p4")
    assert found.index.tolist() == [p for p in PLACES if p != "p4"]
    assert found.columns.tolist() == COLUMNS
    assert sorted(found["rank"]) == list(range(1, 8))


def test_points_and_distances_say_the_same() -> None:
    pd.testing.assert_frame_equal(score_partners(M, KM, "p4"), score_partners(M, POINTS, "p4"))
    shuffled = KM.sample(frac=1, random_state=0).sample(frac=1, axis=1, random_state=1)
    pd.testing.assert_frame_equal(score_partners(M, shuffled, "p4"), score_partners(M, POINTS, "p4"))


def test_far_places_do_not_tie_however_short_the_half_life() -> None:
    found = score_partners(M, POINTS, "p4", half_life_km=1)
    assert found["pr_proximity"].nunique() == 7
    pd.testing.assert_series_equal(found["score"], score_partners(M, POINTS, "p4")["score"])


def test_places_looked_at_once_are_scored_under_any_weights_of_the_same_parts() -> None:
    found = Candidates.of(M, KM, "p4", (True, False, True, True), links=LINKS)
    for weights in ((1, 0, 1, 1), (0.5, 0, 3, 1.5)):
        expected = score_partners(M, KM, "p4", links=LINKS, weights=weights)
        pd.testing.assert_frame_equal(found.scored(np.array(weights, dtype=float)), expected)
        assert found.rank(np.array(weights, dtype=float)).tolist() == expected["rank"].tolist()
    with pytest.raises(UsageError, match="Other components count"):
        found.scored(np.ones(4))


def test_existing_links_are_shown_and_do_not_count_by_default() -> None:
    found = score_partners(M, POINTS, "p4", links=LINKS)
    assert found["links"].between(0, 1).all()
    assert (found["contrib_links"] == 0).all()
    pd.testing.assert_series_equal(found["score"], score_partners(M, POINTS, "p4")["score"])


def test_links_within_a_place_do_not_count() -> None:
    inside = LINKS + np.diag([100.0] * 8)
    pd.testing.assert_frame_equal(
        score_partners(M, POINTS, "p4", links=inside), score_partners(M, POINTS, "p4", links=LINKS)
    )


def test_a_place_without_any_link_has_0_and_one_without_figures_has_none() -> None:
    lonely = LINKS.copy()
    lonely.loc["p9", :] = lonely.loc[:, "p9"] = 0
    assert score_partners(M, POINTS, "p4", links=lonely).at["p9", "links"] == 0
    lonely.loc["p9", "p4"] = lonely.loc["p4", "p9"] = np.nan
    assert np.isnan(score_partners(M, POINTS, "p4", links=lonely).at["p9", "links"])


def test_a_place_with_a_gap_or_too_little_is_not_ranked_last_but_not_at_all() -> None:
    poor = M.copy()
    poor.loc["p0"] = 0.0
    poor.loc["p0", "a"] = 1
    poor.loc["p2", "b"] = np.nan
    far = POINTS.copy()
    far.loc["p6"] = np.nan
    found = score_partners(poor, far, "p4", min_activities=2)
    unranked = ["p0", "p2", "p6"]
    assert found.loc[unranked, ["score", "rank", "pr_shared", "contrib_proximity"]].isna().all(axis=None)
    assert sorted(found["rank"].dropna()) == [1, 2, 3, 4]
    assert found["score"].notna().sum() == 4
    assert found.at["p0", "distance_km"] > 0
    near = score_partners(poor, far, "p4", min_activities=0, weights=(0, 1, 1, 0))
    assert near["score"].notna().sum() == 6  # distance does not count, so that p6 has a score


def test_an_origin_without_enough_data_is_refused() -> None:
    poor = M.copy()
    poor.loc["p4"] = 0.0
    with pytest.raises(DataError, match="3 activities"):
        score_partners(poor, POINTS, "p4")
    poor.loc["p4", "a"] = np.nan
    with pytest.raises(DataError, match="gap"):
        score_partners(poor, POINTS, "p4", min_activities=0)


def test_default_targets_are_what_is_lacked_and_most_related() -> None:
    phi = relatedness(M)
    density = relatedness_density(M, phi).loc["p4"][M.loc["p4"] == 0]
    expected = density.index[density >= density.median()].tolist()
    pd.testing.assert_frame_equal(
        score_partners(M, POINTS, "p4"), score_partners(M, POINTS, "p4", phi=phi, targets=expected)
    )


def test_a_theme_is_what_is_shared_and_what_is_wanted() -> None:
    found = score_partners(M, POINTS, "p4", theme=["a", "b", "c"])
    both = score_partners(M, POINTS, "p4", theme=["a", "b", "c"], targets=["a", "b", "c"])
    pd.testing.assert_frame_equal(found, both)
    expected = (M.loc["p1", list("abc")] * M.loc["p4", list("abc")]).sum()
    union = M.loc[["p1", "p4"], list("abc")].max().sum()
    assert found.at["p1", "shared"] == pytest.approx(expected / union)


def test_ties_go_to_complementarity_then_distance_then_name() -> None:
    same = pd.DataFrame(1.0, ["o", "z", "y", "x"], list("abcd"))
    same.loc["o", "d"] = 0
    points = pd.DataFrame({"e": [0.0, 10, -10, 20], "n": 0.0}, same.index)
    found = score_partners(same, points, "o", targets=["d"], weights=(0, 1, 1, 0))
    assert found["score"].tolist() == [50, 50, 50]
    assert found["rank"].to_dict() == {"z": 2, "y": 1, "x": 3}


def test_a_single_candidate_has_the_full_score() -> None:
    found = score_partners(M.loc[["p4", "p1"]], POINTS, "p4", phi=relatedness(M))
    assert found["score"].tolist() == [100]


@pytest.mark.parametrize(
    ("changed", "error", "says"),
    [
        ({"weights": (0, 0, 0, 0)}, UsageError, "not all 0"),
        ({"weights": (1, 1, -1, 0)}, UsageError, "0 or more"),
        ({"weights": (1, 1, 1)}, UsageError, "four numbers"),
        ({"weights": (1, 1, 1, 1)}, UsageError, "needs the links"),
        ({"half_life_km": 0}, UsageError, "above 0"),
        ({"theme": ["q"]}, UsageError, "'q'"),
        ({"targets": []}, UsageError, "none"),
        ({"origin": "elsewhere"}, NotFound, "'elsewhere'"),
        ({"points_km": POINTS.drop("p0")}, UsageError, "'p0'"),
        ({"points_km": KM.drop(columns="p0")}, UsageError, "distances for each place"),
        ({"links": LINKS.drop("p0")}, UsageError, "'p0'"),
        ({"links": JOINT}, UsageError, "symmetric"),
        ({"M": pd.concat([M, M.loc[["p0"]]])}, UsageError, "'p0' twice"),
        ({"points_km": pd.concat([POINTS, POINTS.loc[["p0"]]])}, UsageError, "'p0' twice"),
    ],
)
def test_wrong_use_of_the_score_is_named(changed: dict, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        score_partners(**{"M": M, "points_km": POINTS, "origin": "p4", **changed})


def test_no_order_of_the_input_flatters_tied_scores() -> None:
    scores = pd.Series([1.0] * 4)
    first = ranking_metrics(scores, pd.Series([1, 0, 0, 0]), k=2)
    assert first == ranking_metrics(scores, pd.Series([0, 0, 0, 1]), k=2)
    assert first["precision_at_2"] == 0.25
    assert first["recall_at_2"] == 0.5
    assert first["average_precision"] == pytest.approx((1 + 1 / 2 + 1 / 3 + 1 / 4) / 4)
    assert first["reciprocal_rank"] == pytest.approx(1 / 2.5)
    assert first["auc"] == 0.5


def test_average_precision_of_ties_is_the_mean_over_all_their_orders() -> None:
    scores, relevant = np.array([3.0, 2, 2, 2, 2, 1]), np.array([True, True, False, True, False, True])
    every = []
    for order in itertools.permutations(range(1, 5)):
        untied = np.array([9.0, *(9.0 - place for place in order), 1])
        every.append(ranking_metrics(pd.Series(untied), pd.Series(relevant), k=2)["average_precision"])
    found = ranking_metrics(pd.Series(scores), pd.Series(relevant), k=2)
    assert found["average_precision"] == pytest.approx(np.mean(every))
    precision, below = found_terms(scores, relevant)
    assert found["average_precision"] == pytest.approx(precision.mean())
    assert found["auc"] == pytest.approx(below.mean())


def test_metrics_without_anything_relevant_or_irrelevant_are_not_made_up() -> None:
    scores = pd.Series([0.3, 0.2, 0.1])
    none = ranking_metrics(scores, pd.Series([False] * 3), k=2)
    assert none.pop("precision_at_2") == 0
    assert np.isnan(list(none.values())).all()
    every = ranking_metrics(scores, pd.Series([True] * 3), k=5)
    assert np.isnan(every.pop("auc"))
    assert every.pop("precision_at_5") == 0.6
    assert set(every.values()) == {1}


def test_wrong_use_of_the_metrics_is_named() -> None:
    scores = pd.Series([0.3, 0.2])
    with pytest.raises(DataError, match="missing"):
        ranking_metrics(pd.Series([0.3, np.nan]), pd.Series([1, 0]), 1)
    with pytest.raises(UsageError, match="1 or more"):
        ranking_metrics(scores, pd.Series([1, 0]), 0)
    with pytest.raises(UsageError, match="same index"):
        ranking_metrics(scores, pd.Series([1, 0], index=[1, 0]), 1)
    with pytest.raises(UsageError, match="True or False"):
        ranking_metrics(scores, pd.Series([2, 0]), 1)


MASSES = pd.Series(RNG.uniform(1, 9, 8), PLACES)


def test_gravity_leaves_out_pairs_without_figures_and_places_without_links_are_expected_none() -> None:
    holed = LINKS.copy()
    holed.loc["p0", "p1"] = holed.loc["p1", "p0"] = np.nan
    found = gravity(MASSES, KM, holed)
    assert found.n_pairs == 27
    assert np.isnan(found.expected.at["p0", "p1"])
    assert np.isnan(np.diag(found.expected)).all()
    lonely = LINKS.copy()
    lonely.loc["p9", :] = lonely.loc[:, "p9"] = 0
    assert (gravity(None, KM, lonely).expected["p9"].drop("p9") == 0).all()
    assert gravity(None, KM, lonely).distance == pytest.approx(
        gravity(None, KM, lonely.drop("p9").drop(columns="p9")).distance
    )


def test_gravity_of_counts_that_do_not_fall_has_no_half_life() -> None:
    found = gravity(MASSES, KM, KM.round())
    assert found.distance > 0
    assert found.half_life_km == np.inf
    assert np.isnan(gravity(MASSES, KM, LINKS, "power").half_life_km)


@pytest.mark.parametrize(
    ("changed", "error", "says"),
    [
        ({"decay": "linear"}, UsageError, "'linear'"),
        ({"counts": JOINT}, UsageError, "symmetric"),
        ({"counts": LINKS * 0}, DataError, "not all 0"),
        ({"counts": -LINKS}, DataError, "0 or more"),
        ({"masses": MASSES * 0}, DataError, "above 0"),
        ({"masses": MASSES * 0 + 1}, DataError, "cannot be told apart"),
        ({"distances_km": KM * 0, "decay": "power"}, DataError, "distances above 0"),
        ({"distances_km": KM.drop("p0")}, UsageError, "distances_km"),
        ({"counts": LINKS.iloc[:2, :2] + 1}, DataError, "Too few"),
    ],
)
def test_wrong_use_of_gravity_is_named(changed: dict, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        gravity(**{"masses": MASSES, "distances_km": KM, "counts": LINKS, **changed})


def test_gravity_that_does_not_settle_is_refused() -> None:
    x = np.array([0, 10, 30, 70, 150, 310.0])
    pairs = pd.DataFrame(np.diag([5.0, 0, 3, 0, 1], k=1))  # three pairs, each apart from the others
    with pytest.raises(DataError, match="does not settle"):
        gravity(None, pd.DataFrame(np.abs(x[:, None] - x)), pairs + pairs.T)
