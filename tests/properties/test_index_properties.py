"""What holds for the index, its ranks and the peers of any table."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s3geo.statistics import (
    Choices,
    composite,
    contributions,
    copeland,
    mean_interval,
    min_max,
    nearest_peers,
    peer_distance,
    percent_rank,
    rank_interval,
    rank_uncertainty,
    rate_interval,
    simulate_ranks,
    treat_outliers,
    wilson,
    z_score,
)

seeded = settings(derandomize=True, max_examples=20, deadline=None, database=None)

INDICATORS = ["x1", "x2", "x3", "x4"]
META = pd.DataFrame(
    {
        "parent": ["one", "one", "two", "two", "index", "index", None],
        "direction": [1, -1, 1, 1, None, None, None],
        "weight": [1.0, 2, 0.5, 1, 3, 1, 1],
    },
    index=[*INDICATORS, "one", "two", "index"],
)
MONOTONE = {
    "exponential": lambda x: np.exp(x / 100),
    "cube": lambda x: x**3,
    "stretched": lambda x: 3 * x + 7,
}

# figures as a table prints them; small integers make ties
numbers = st.one_of(st.integers(-(10**5), 10**5).map(lambda n: n / 1000), st.integers(-3, 3).map(float))
gaps = st.one_of(numbers, st.just(float("nan")))
columns = st.lists(gaps, min_size=1, max_size=30).map(pd.Series)
full_columns = st.lists(numbers, min_size=2, max_size=30).map(pd.Series)


def tables(cell: st.SearchStrategy, most: int = 12) -> st.SearchStrategy:
    row = st.lists(cell, min_size=len(INDICATORS), max_size=len(INDICATORS))

    def frame(rows: list) -> pd.DataFrame:
        index = [f"E{i:08d}" for i in np.random.default_rng(len(rows)).permutation(len(rows))]
        return pd.DataFrame(rows, index=index, columns=INDICATORS, dtype=float)

    return st.lists(row, min_size=2, max_size=most).map(frame)


every_normalisation = pytest.mark.parametrize("normalise", ["minmax", "zscore", "percent_rank"])
every_mean = pytest.mark.parametrize("aggregate", ["arithmetic", "geometric", "harmonic"])


# --- one indicator


@seeded
@given(x=columns)
def test_outlier_treatment_keeps_index_gaps_and_order(x: pd.Series) -> None:
    treated = treat_outliers(x).values
    assert treated.index.equals(x.index)
    assert (treated.isna() == x.isna()).all()
    assert (treated.min() < treated.max()) == (x.min() < x.max())
    assert treated[x.sort_values().index].dropna().is_monotonic_increasing


@seeded
@given(x=columns, most=st.integers(0, 5))
def test_no_more_values_are_capped_than_allowed(x: pd.Series, most: int) -> None:
    treated = treat_outliers(x, most)
    moved = (treated.values != x) & x.notna()
    assert treated.n_winsorised <= most
    assert treated.logged or moved.sum() == treated.n_winsorised


@pytest.mark.parametrize("how", [min_max, z_score, percent_rank])
@seeded
@given(x=columns)
def test_normalising_keeps_index_and_gaps_and_order(how: object, x: pd.Series) -> None:
    found = how(x)
    assert found.index.equals(x.index)
    assert found.isna().equals(x.isna()) or (found.isna().all() and not x.min() < x.max())
    assert found[x.sort_values().index].dropna().is_monotonic_increasing


@pytest.mark.parametrize("how", [min_max, z_score, percent_rank])
@seeded
@given(x=columns, constant=st.integers(-1000, 1000))
def test_adding_a_constant_changes_nothing(how: object, x: pd.Series, constant: int) -> None:
    pd.testing.assert_series_equal(how(x + constant), how(x), atol=1e-7, rtol=0)


@pytest.mark.parametrize("transform", MONOTONE)
@seeded
@given(x=columns)
def test_percent_ranks_survive_a_monotone_transformation(transform: str, x: pd.Series) -> None:
    pd.testing.assert_series_equal(percent_rank(MONOTONE[transform](x)), percent_rank(x))


# --- the index


@every_normalisation
@seeded
@given(data=tables(gaps))
def test_index_order_in_is_out_and_no_score_from_nothing(normalise: str, data: pd.DataFrame) -> None:
    scores = composite(data, META, normalise)
    assert scores.index.equals(data.index)
    assert scores[data.isna().all(axis=1)].isna().all(axis=None)
    assert scores[INDICATORS].isna().where(data.isna(), True).all(axis=None)


@every_mean
@seeded
@given(data=tables(gaps))
def test_scores_lie_on_the_scale_and_between_their_children(aggregate: str, data: pd.DataFrame) -> None:
    scores = composite(data, META, aggregate=aggregate, scale=(1, 100))
    assert ((scores >= 1 - 1e-9) & (scores <= 100 + 1e-9) | scores.isna()).all(axis=None)
    children = scores[["one", "two"]]
    inside = (scores["index"] >= children.min(axis=1) - 1e-9) & (scores["index"] <= children.max(axis=1) + 1e-9)
    assert (inside | scores["index"].isna()).all()


@every_normalisation
@seeded
@given(data=tables(gaps))
def test_contributions_add_to_the_score(normalise: str, data: pd.DataFrame) -> None:
    scores = composite(data, META, normalise)
    parts = contributions(scores, META)
    assert parts.index.equals(data.index)
    found = parts.sum(axis=1).where(scores["index"].notna())
    pd.testing.assert_series_equal(found, scores["index"], check_names=False, atol=1e-9, rtol=0)


@every_normalisation
@seeded
@given(data=tables(numbers), seed=st.integers(0, 99))
def test_permuting_units_permutes_the_scores(normalise: str, data: pd.DataFrame, seed: int) -> None:
    shuffled = data.sample(frac=1, random_state=seed)
    expected = composite(data, META, normalise).loc[shuffled.index]
    pd.testing.assert_frame_equal(composite(shuffled, META, normalise), expected, atol=1e-9, rtol=0)


@pytest.mark.parametrize("normalise", ["minmax", "zscore"])
@seeded
@given(data=tables(gaps), constant=st.integers(-1000, 1000))
def test_a_constant_added_to_an_indicator_leaves_the_index(normalise: str, data: pd.DataFrame, constant: int) -> None:
    moved = composite(data.assign(x2=data["x2"] + constant), META, normalise)
    pd.testing.assert_frame_equal(moved, composite(data, META, normalise), atol=1e-6, rtol=0)


@pytest.mark.parametrize("transform", MONOTONE)
@seeded
@given(data=tables(gaps))
def test_index_of_percent_ranks_and_copeland_survive_monotone_transformations(
    transform: str, data: pd.DataFrame
) -> None:
    other = data.assign(x1=MONOTONE[transform](data["x1"]), x2=MONOTONE[transform](data["x2"]))
    pd.testing.assert_frame_equal(composite(other, META, "percent_rank"), composite(data, META, "percent_rank"))
    pd.testing.assert_series_equal(copeland(other), copeland(data))


@seeded
@given(data=tables(gaps))
def test_copeland_is_a_zero_sum_in_the_order_given(data: pd.DataFrame) -> None:
    found = copeland(data)
    assert found.index.equals(data.index)
    assert found.isna().equals(data.isna().all(axis=1))
    assert found.sum() == 0


# --- ranks


@seeded
@given(data=tables(gaps))
def test_rank_intervals_enclose_the_nominal_rank_in_the_order_given(data: pd.DataFrame) -> None:
    found = rank_interval(data, [1, -1, 1, 1])
    assert found.index.equals(data.index)
    assert found.isna().all(axis=1).equals(found.isna().any(axis=1))
    ranked = found.dropna()
    assert ranked["nominal"].between(ranked["min"], ranked["max"]).all()
    for low, high in (("min", "q05"), ("q05", "median"), ("median", "q95"), ("q95", "max")):
        assert (ranked[low] <= ranked[high]).all()


@seeded
@given(data=tables(gaps), seed=st.integers(0, 99))
def test_permuting_units_permutes_the_rank_intervals(data: pd.DataFrame, seed: int) -> None:
    shuffled = data.sample(frac=1, random_state=seed)
    for ranks in (
        lambda d: rank_interval(d, [1, -1, 1, 1]),
        lambda d: rank_uncertainty(d, META, 30, errors=0.1 * d.abs()),
    ):
        pd.testing.assert_frame_equal(ranks(shuffled), ranks(data).loc[shuffled.index])


@seeded
@given(data=tables(gaps))
def test_no_noise_and_no_choice_is_no_width(data: pd.DataFrame) -> None:
    nothing = Choices(0, ("zscore",), ("arithmetic",), ("none",), drop_one=False)
    found = rank_uncertainty(data, META, 20, choices=nothing)
    assert found.index.equals(data.index)
    nominal = composite(data, META, "zscore")["index"].round(9).rank(method="min", ascending=False)
    for column in found:
        pd.testing.assert_series_equal(found[column], nominal, check_names=False)


@seeded
@given(data=tables(gaps, most=8))
def test_draws_from_a_finite_list_reach_what_enumeration_gives_and_no_more(data: pd.DataFrame) -> None:
    """Two normalisations, two means: 4 combinations, so 200 draws miss one with probability 4e-25."""
    choices = Choices(0, ("minmax", "percent_rank"), ("arithmetic", "geometric"), ("none",), drop_one=False)
    found = rank_uncertainty(data, META, 200, choices=choices)
    every = pd.DataFrame(
        [
            composite(data, META, how, mean, (1, 100))["index"].round(9).rank(method="min", ascending=False)
            for how, mean in product(choices.normalise, choices.aggregate)
        ]
    )
    assert found["min"].equals(every.min())
    assert found["max"].equals(every.max())


@seeded
@given(data=tables(gaps, most=8))
def test_one_of_two_is_above_or_they_tie(data: pd.DataFrame) -> None:
    drawn = simulate_ranks(data, META, 50)
    p = drawn.above().to_numpy()
    both = p + p.T
    assert np.allclose(both[~np.isnan(both)], 1)
    assert np.isnan(np.diag(p)).all()


# --- peers and intervals


@seeded
@given(data=tables(numbers), factor=st.sampled_from([1000, 0.001, -1]))
def test_units_of_a_variable_do_not_matter_to_peers(data: pd.DataFrame, factor: float) -> None:
    d = peer_distance(data)
    np.testing.assert_allclose(peer_distance(data.assign(x1=data["x1"] * factor)), d, atol=1e-7)
    assert d.index.equals(data.index)
    assert d.equals(d.T)
    assert (np.diag(d) == 0).all()
    assert d.max(axis=None) in {0, 1}


@seeded
@given(data=tables(gaps), k=st.integers(1, 5))
def test_peers_are_others_without_gaps(data: pd.DataFrame, k: int) -> None:
    whole = data.index[data.notna().all(axis=1)]
    peers = nearest_peers(data, k)
    assert peers.index.get_level_values("unit").unique().tolist() == (whole.tolist() if len(whole) > 1 else [])
    assert set(peers["peer"]) <= set(whole)
    assert (peers["peer"] != peers.index.get_level_values("unit")).all()
    assert peers[["share_1", "share_2", "share_3"]].sum(axis=1).le(1 + 1e-9).all()


@seeded
@given(
    x=st.lists(st.one_of(st.integers(0, 3000).map(float), st.just(float("nan"))), min_size=1, max_size=12).map(
        pd.Series
    ),
    level=st.sampled_from([0.8, 0.95, 0.998]),
)
def test_intervals_keep_index_and_gaps_and_enclose_the_figure(x: pd.Series, level: float) -> None:
    x.index = [f"E{i:08d}" for i in range(len(x))][::-1]
    for table, figure in (
        (wilson(x, 3000, level), x / 3000),
        (rate_interval(x, 5000, 1000, level), x / 5),
        (mean_interval(x, 2, 9, level), x),
    ):
        assert table.index.equals(x.index)
        assert table["lower"].isna().equals(x.isna())
        known = x.notna()
        assert (table["lower"] <= figure + 1e-12)[known].all()
        assert (table["upper"] >= figure - 1e-12)[known].all()
