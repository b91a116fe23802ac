"""Rank uncertainty: every draw recomputed, closed forms, nothing varied, nothing wide."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from s3geo.errors import UsageError
from s3geo.statistics import (
    Choices,
    RankStudy,
    composite,
    limits_of,
    rank_interval,
    rank_sensitivity,
    rank_uncertainty,
    simulate_ranks,
    treat_outliers,
)
from s3geo.statistics import drawn_scores as engine
from s3geo.statistics.outliers import three_sd_bounds
from s3geo.statistics.rank_model import ranked

NOTHING = Choices(0, ("minmax",), ("arithmetic",), ("treated",), drop_one=False)
COLUMNS = ["nominal", "median", "q05", "q95", "min", "max"]


def sample(n: int = 12, seed: int = 5) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return nine indicators, some with outliers, in three cells, and the hierarchy."""
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(rng.lognormal(0, 1.2, (n, 9)), columns=[f"x{j}" for j in range(9)])
    data.index = [f"E{i:08d}" for i in rng.permutation(n)]
    cells = ["talent", "funding", "outputs"]
    meta = pd.concat(
        [
            pd.DataFrame({"parent": np.tile(cells, 3), "direction": [1, 1, -1] * 3}, index=data.columns),
            pd.DataFrame({"parent": "index", "direction": np.nan}, index=cells),
        ]
    )
    return data, meta.assign(weight=rng.uniform(0.5, 2, len(meta)))


def rank(scores: pd.Series) -> pd.Series:
    return scores.round(9).rank(method="min", ascending=False)


def drawn_again(data: pd.DataFrame, meta: pd.DataFrame, choice: pd.Series) -> pd.Series:
    """Rank under one row of choices with composite(), which does not know of draws."""
    scale = (1, 100) if choice["aggregate"] == "geometric" else (0, 100)
    how = "minmax" if (choice["aggregate"], choice["normalise"]) == ("geometric", "zscore") else choice["normalise"]
    x = {
        "none": lambda: data,
        "three_sd": lambda: data.apply(lambda c: c.clip(*three_sd_bounds(c))),
        "treated": lambda: data.apply(lambda c: treat_outliers(c).values),
    }[choice["outliers"]]()
    weight = meta["weight"].mask(meta.index == choice["dropped"], 0)
    return rank(composite(x, meta.assign(weight=weight), how, choice["aggregate"], scale)["index"])


def test_every_draw_is_what_composite_gives_under_its_choices() -> None:
    data, meta = sample()
    drawn = simulate_ranks(data, meta, 300, choices=Choices(weight_noise=0))
    assert drawn.choices.nunique().tolist() == [3, 2, 3, 10]
    for i, choice in drawn.choices.iterrows():
        assert drawn.ranks.loc[i].tolist() == drawn_again(data, meta, choice).tolist(), dict(choice)


def test_every_draw_with_gaps_too() -> None:
    data, meta = sample(20)
    holed = data.mask(np.random.default_rng(1).random(data.shape) < 0.35)
    drawn = simulate_ranks(holed, meta, 100, choices=Choices(weight_noise=0, drop_one=False))
    nominal = rank(composite(holed, meta, treat=treat_outliers)["index"])
    assert 0 < nominal.isna().sum() < 10
    pd.testing.assert_series_equal(drawn.nominal, nominal, check_names=False)
    for i, choice in drawn.choices.iterrows():
        pd.testing.assert_series_equal(drawn.ranks.loc[i], drawn_again(holed, meta, choice), check_names=False)


def test_the_nominal_rank_is_that_of_the_index_and_of_its_stored_bounds() -> None:
    data, meta = sample()
    treated = {i: treat_outliers(data[i]) for i in data}
    limits = limits_of(pd.concat([data, 1.3 * data]), treated)
    for stored in (None, limits):
        scores = composite(data, meta, treat=treated, limits=stored)
        found = rank_uncertainty(data, meta, 20, limits=stored)
        assert found.columns.tolist() == COLUMNS
        assert found["nominal"].tolist() == rank(scores["index"]).tolist()
    cell = rank_uncertainty(data, meta, 20, node="talent")["nominal"]
    assert cell.tolist() == rank(composite(data, meta, treat=treated)["talent"]).tolist()


def test_stored_bounds_are_those_of_the_nominal_outlier_rule_only() -> None:
    data, meta = sample()
    limits = pd.DataFrame({"lo": -1.0, "hi": np.geomspace(1, 1e4, 9)}, index=data.columns)
    choices = Choices(0, ("minmax",), ("arithmetic",), ("none", "three_sd"), drop_one=False)
    drawn = simulate_ranks(data, meta, 20, choices=choices, limits=limits)
    expected = {
        "none": rank(composite(data, meta, limits=limits)["index"]).tolist(),
        "three_sd": rank(composite(data.apply(lambda c: c.clip(*three_sd_bounds(c))), meta)["index"]).tolist(),
    }
    assert expected["none"] != expected["three_sd"]
    for i, rule in drawn.choices["outliers"].items():
        assert drawn.ranks.loc[i].tolist() == expected[rule]


def test_the_summary_is_of_the_draws() -> None:
    drawn = simulate_ranks(*sample(), 300)
    found = drawn.summary()
    for column, q in {"min": 0, "q05": 0.05, "median": 0.5, "q95": 0.95, "max": 1}.items():
        assert found[column].tolist() == pytest.approx(drawn.ranks.quantile(q).tolist()), column


def test_scores_that_differ_by_an_error_of_arithmetic_tie() -> None:
    assert ranked(np.array([[0.1 + 0.2, 0.3, 0.2]])).tolist() == [[1, 1, 3]]


def test_nothing_varied_means_no_width() -> None:
    data, meta = sample()
    found = rank_uncertainty(data, meta, 50, choices=NOTHING)
    assert all(found[c].tolist() == found["nominal"].tolist() for c in COLUMNS)
    assert (rank_sensitivity(data, meta, 50, choices=NOTHING) == 0).all(axis=None)


def test_same_seed_same_result_other_seed_other_draws() -> None:
    data, meta = sample()
    one, again, other = (simulate_ranks(data, meta, 200, seed).ranks for seed in (7, 7, 8))
    pd.testing.assert_frame_equal(one, again)
    assert not one.equals(other)


def test_other_weights_meet_the_same_draws() -> None:
    data, meta = sample()
    one = simulate_ranks(data, meta, 100).choices
    other = simulate_ranks(data, meta.assign(weight=meta["weight"] ** 2), 100).choices
    pd.testing.assert_frame_equal(one, other)


def test_order_of_units_and_indicators_does_not_matter() -> None:
    data, meta = sample()
    errors = data * 0.3
    one = simulate_ranks(data, meta, 200, errors=errors)
    turned = simulate_ranks(data.iloc[::-1, ::-1], meta.iloc[::-1], 200, errors=errors.iloc[:, ::-1])
    pd.testing.assert_frame_equal(turned.summary(), one.summary().iloc[::-1])
    pd.testing.assert_frame_equal(turned.ranks[one.ranks.columns], one.ranks)


def test_how_many_draws_are_made_at_once_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    data, meta = sample()
    whole = simulate_ranks(data, meta, 100, errors=data * 0.2).ranks
    monkeypatch.setattr(engine, "CELLS_AT_ONCE", 7 * data.size)
    pd.testing.assert_frame_equal(simulate_ranks(data, meta, 100, errors=data * 0.2).ranks, whole)


@pytest.mark.parametrize("cells", [0, 10**9], ids=["made again", "kept"])
def test_one_study_ranks_under_any_weights_as_a_simulation_of_its_own(cells: int) -> None:
    data, meta = sample()
    holed = data.mask(np.random.default_rng(1).random(data.shape) < 0.1)
    errors = holed * 0.1
    study = RankStudy.of(holed, meta, 90, 4, errors=errors)
    first, second = study.keeping_scores(cells), study.keeping_scores(cells, sensitivity=True)
    assert (len(first.kept), len(second.kept)) == ((1, 5) if cells else (0, 0))
    for nodes, factor in (({"x3", "talent"}, 3), ({"x5"}, 0)):
        weighed = meta.assign(weight=meta["weight"].mask(meta.index.isin(nodes), factor * meta["weight"]))
        drawn, expected = first.simulate(weighed), simulate_ranks(holed, weighed, 90, 4, errors=errors)
        pd.testing.assert_frame_equal(drawn.ranks, expected.ranks)
        pd.testing.assert_frame_equal(drawn.choices, expected.choices)
        pd.testing.assert_series_equal(drawn.nominal, expected.nominal)
        moved = rank_sensitivity(holed, weighed, 90, 4, errors=errors)
        pd.testing.assert_frame_equal(second.sensitivity(weighed), moved)
        assert not moved.isna().all(axis=None)


def test_a_study_is_of_its_indicators_and_directions() -> None:
    data, meta = sample()
    study = RankStudy.of(data, meta, 10)
    turned = meta.assign(direction=-meta["direction"])
    for other in (turned, meta.drop(index="x1")):
        with pytest.raises(UsageError, match="other indicators or directions"):
            study.simulate(other)


def test_values_are_redrawn_from_their_standard_errors() -> None:
    """Two units, one indicator: P(a above b) = Phi(difference / its standard error)."""
    data = pd.DataFrame({"x": [10.0, 11.0]}, index=["b", "a"])
    errors = pd.DataFrame({"x": [0.6, 0.8]}, index=["b", "a"])
    meta = pd.DataFrame({"parent": "index", "direction": 1}, index=["x"])
    p = simulate_ranks(data, meta, 20_000, errors=errors, choices=NOTHING).above()
    assert p.loc["a", "b"] == pytest.approx(NormalDist().cdf(1 / 1.0), abs=0.01)
    assert p.loc["a", "b"] + p.loc["b", "a"] == pytest.approx(1)
    assert np.isnan(p.loc["a", "a"])


def test_weights_vary_by_a_quarter() -> None:
    """Two units, each best in one indicator of weights 1 and 1.2: P = 0.204167, the area where the first wins."""
    data = pd.DataFrame({"x": [1.0, 0], "y": [0.0, 1]}, index=["a", "b"])
    meta = pd.DataFrame({"parent": "index", "direction": 1, "weight": [1, 1.2]}, index=["x", "y"])
    only_weights = Choices(0.25, ("minmax",), ("arithmetic",), ("none",), drop_one=False)
    p = simulate_ranks(data, meta, 20_000, choices=only_weights).above()
    assert p.loc["a", "b"] == pytest.approx(0.204167, abs=0.012)


def test_one_of_the_indicators_or_none_is_dropped_with_equal_chance() -> None:
    data, meta = sample()
    drawn = simulate_ranks(data, meta.assign(weight=meta["weight"].mask(meta.index == "x4", 0)), 9000).choices
    shares = drawn["dropped"].value_counts(normalize=True)
    assert sorted(shares.index) == ["", *(f"x{j}" for j in range(9) if j != 4)]
    assert shares.to_numpy() == pytest.approx(1 / 9, abs=0.015)


def test_the_only_indicator_is_never_dropped() -> None:
    data, meta = sample()
    found = rank_uncertainty(data[["x0"]], meta.loc[["x0"]].assign(parent="index"), 200)
    assert found.notna().all(axis=None)


def test_not_distinguishable_unless_one_is_above_in_95_of_100_draws() -> None:
    data, meta = sample()
    drawn = simulate_ranks(data, meta, 500)
    ranks = drawn.ranks
    alike = drawn.not_distinguishable()
    for a in data.index:
        for b in data.index:
            p = ((ranks[a] < ranks[b]) + 0.5 * (ranks[a] == ranks[b])).mean()
            assert alike.loc[a, b] == (a != b and 0.05 < p < 0.95), (a, b, p)
    assert alike.equals(alike.T)
    assert drawn.not_distinguishable(0.5).sum().sum() <= alike.sum().sum()


def test_a_unit_without_a_score_has_no_rank_and_no_likeness() -> None:
    data, meta = sample()
    gone = data.index[3]
    drawn = simulate_ranks(data.mask(data.index.to_series() == gone), meta, 50)
    assert drawn.summary().loc[gone].isna().all()
    assert drawn.summary().drop(gone).notna().all(axis=None)
    assert drawn.above()[gone].isna().all()
    assert not drawn.not_distinguishable()[gone].any()


def test_sensitivity_is_in_places_and_zero_where_nothing_is_drawn() -> None:
    """With two kinds of mean only, a redraw changes the kind in half of the pairs."""
    data, meta = sample()
    means = Choices(0, ("minmax",), ("arithmetic", "geometric"), ("none",), drop_one=False)
    places = [
        rank(composite(data, meta, aggregate=how, scale=(1, 100))["index"]) for how in ("arithmetic", "geometric")
    ]
    moved = (places[0] - places[1]).abs()
    assert moved.max() > 0
    found = rank_sensitivity(data, meta, 4000, choices=means)
    assert found.columns.tolist() == ["weights", "normalise", "aggregate", "outliers", "dropped", "values"]
    assert found.index.equals(data.index)
    assert found["aggregate"].to_numpy() == pytest.approx(moved.to_numpy() / 2, abs=0.04 * max(1, moved.max()))
    assert (found.drop(columns="aggregate") == 0).all(axis=None)


def test_sensitivity_sees_the_errors_of_the_values() -> None:
    data, meta = sample()
    uncertain = pd.DataFrame({"x0": 5.0}, index=data.index)
    found = rank_sensitivity(data, meta, 100, errors=uncertain)
    assert (found["values"] > 0).any()
    assert (found["weights"] > 0).any()


def test_rank_interval_keeps_to_the_two_thirds_rule_and_the_order() -> None:
    data, _ = sample()
    holed = data.copy()
    holed.iloc[2, :4] = np.nan
    holed.iloc[5, :3] = np.nan
    found = rank_interval(holed, [1] * 9)
    assert found.columns.tolist() == COLUMNS
    assert found.index.equals(data.index)
    assert found.isna().all(axis=1).tolist() == [i == 2 for i in range(12)]


def test_rank_interval_of_one_indicator_has_no_width() -> None:
    found = rank_interval(pd.DataFrame({"x": [3.0, 1, 2]}), [-1])
    assert found["min"].tolist() == found["max"].tolist() == [3, 1, 2]


@pytest.mark.parametrize(
    ("directions", "words"),
    [([1], "9 indicators need as many directions"), ({"x0": 1}, r"\+1 or -1"), ([2] * 9, r"\+1 or -1")],
)
def test_rank_interval_needs_directions(directions: object, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        rank_interval(sample()[0], directions)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"draws": 0}, "At least one draw"),
        ({"errors": pd.DataFrame({"x9": [1.0]}, index=["E00000000"])}, "not in the data: 'x9'"),
        ({"errors": pd.DataFrame({"x1": [-1.0]}, index=["E00000000"])}, "Standard errors must be 0 or more: 'x1'"),
        ({"node": "skills"}, "No node 'skills'"),
        ({"data": pd.concat([sample()[0]] * 2)}, "twice"),
        ({"meta": sample()[1].assign(parent=lambda m: m["parent"].replace("index", ""))}, "no single top"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(changes: dict, words: str) -> None:
    data, meta = sample()
    with pytest.raises(UsageError, match=words):
        rank_uncertainty(**{"data": data, "meta": meta, "draws": 5, **changes})


@pytest.mark.parametrize(
    "choices",
    [
        {"normalise": ()},
        {"normalise": ("rank",)},
        {"aggregate": ("median",)},
        {"outliers": ("all",)},
        {"weight_noise": 1},
    ],
)
def test_choices_are_those_there_are(choices: dict) -> None:
    with pytest.raises(UsageError):
        Choices(**choices)
