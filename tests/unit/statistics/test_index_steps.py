"""An index step by step: the same numbers as `composite`, and a reference on the bounds of the regions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from s3geo.errors import UsageError
from s3geo.statistics.composite import composite, contributions, limits_of
from s3geo.statistics.outliers import treat_outliers
from s3geo.statistics.steps import IndexFigures, index_steps

METHODS = [("minmax", "arithmetic"), ("minmax", "geometric"), ("zscore", "arithmetic")]
METHODS += [("percent_rank", "arithmetic"), ("percent_rank", "geometric")]


@pytest.fixture
def made() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Synthetic figures of 20 units with gaps and an outlier; their hierarchy; a reference."""
    rng = np.random.default_rng(5)
    data = pd.DataFrame(rng.gamma(2, 3, (20, 6)), [f"U{i:02}" for i in range(20)], list("abcdef"))
    data.iloc[3, 2] = 400
    data.iloc[5, [0, 1]] = np.nan
    data.iloc[7, 4] = np.nan
    meta = pd.DataFrame(
        {
            "parent": ["p", "p", "p", "q", "q", "q", "index", "index"],
            "direction": [1, -1, 1, 1, 1, -1, None, None],
            "weight": [1, 2, 0.5, 1, 1, 3, 2, 1],
        },
        [*"abcdef", "p", "q"],
    )
    return data, meta, data.median().to_frame("England").T


@pytest.mark.parametrize(("normalise", "aggregate"), METHODS)
def test_scores_are_those_of_composite_and_points_add_up(made, normalise: str, aggregate: str) -> None:
    data, meta, england = made
    found = index_steps(data, meta, england, normalise, aggregate)
    scale = (0, 100) if aggregate == "arithmetic" else (1, 100)
    expected = composite(data, meta, normalise, aggregate, scale, treat=treat_outliers)
    pd.testing.assert_frame_equal(found.scores.drop("England"), expected)
    total = found.contributions.sum(axis=1, min_count=1)
    np.testing.assert_allclose(total, found.scores["index"], atol=1e-9)
    np.testing.assert_allclose(found.shares.sum(axis=1, min_count=1).dropna(), 1, atol=1e-12)
    assert np.isnan(found.scores.at["U05", "index"])  # one of two cells: less than two thirds
    assert found.shares.loc["U05"].isna().all()


def test_points_of_an_arithmetic_mean_are_the_contributions(made) -> None:
    data, meta, england = made
    found = index_steps(data, meta, england)
    pd.testing.assert_frame_equal(found.contributions, contributions(found.scores, meta)[found.contributions.columns])


def test_a_reference_passes_through_the_bounds_of_the_regions(made) -> None:
    data, meta, england = made
    found = index_steps(data, meta, england)
    fits = {n: treat_outliers(data[n]) for n in data}
    expected = composite(england, meta, limits=limits_of(data, fits), treat=fits)
    np.testing.assert_allclose(found.scores.loc["England"], expected.loc["England"], rtol=1e-12)
    z = index_steps(data, meta, england, "zscore")
    a = fits["a"].values
    assert z.normalised.at["England", "a"] == pytest.approx((england.at["England", "a"] - a.mean()) / a.std(ddof=1))
    same = index_steps(data, meta, data.iloc[[0]].set_axis(["England"]), "percent_rank", "geometric")
    np.testing.assert_allclose(same.scores.loc["England"], same.scores.loc["U00"], rtol=1e-12)


def test_a_reference_has_no_say_and_beyond_the_ends_takes_the_end(made) -> None:
    data, meta, england = made
    first = index_steps(data, meta, england)
    far = index_steps(data, meta, england * 1e6)
    pd.testing.assert_frame_equal(first.scores.drop("England"), far.scores.drop("England"))
    assert far.normalised.loc["England"].to_list() == [100, 0, 100, 100, 100, 0]


@pytest.mark.parametrize(("normalise", "aggregate"), METHODS)
def test_figures_made_ready_once_serve_any_weights(made, normalise: str, aggregate: str) -> None:
    data, meta, england = made
    ready = IndexFigures.of(data, meta, england, normalise, aggregate)
    for weight in (meta["weight"] ** 2, meta["weight"].mask(meta.index == "b", 0)):
        weighed = meta.assign(weight=weight)
        found, expected = ready.steps(weighed), index_steps(data, weighed, england, normalise, aggregate)
        for name in ("treated", "normalised", "scores", "shares", "contributions"):
            pd.testing.assert_frame_equal(getattr(found, name), getattr(expected, name))


def test_a_method_that_cannot_be_is_refused(made) -> None:
    data, meta, england = made
    for method in (("zscore", "geometric"), ("log", "arithmetic"), ("minmax", "harmonic")):
        with pytest.raises(UsageError):
            index_steps(data, meta, england, *method)
