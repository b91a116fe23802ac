"""The index against the reference cases C1 to C6 of the methods, and against scipy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from s3geo.statistics import (
    box_cox,
    composite,
    copeland,
    distance_to_target,
    goalposts,
    log_shifted,
    min_max,
    percent_rank,
    rank_interval,
    relative_index,
    treat_outliers,
    z_score,
)
from s3geo.statistics.hierarchy import weighted_mean
from s3geo.statistics.outliers import skew_and_kurtosis

UNITS = ["U1", "U2", "U3", "U4", "U5"]
C1 = pd.DataFrame(
    {"x1": [10.0, 12, 15, 20, 18], "x2": [3, 2.5, 4, 1, 2], "x3": [100.0, 150, 120, 400, 90]}, index=UNITS
)
META = pd.DataFrame(
    {"parent": ["index"] * 3 + [None], "direction": [1, -1, 1, None], "weight": [1.0, 1, 1, 1]},
    index=["x1", "x2", "x3", "index"],
)
WEIGHTED = META.assign(weight=[1.0, 1, 2, 1])
ORIENTED = C1 * [1, -1, 1]
HALF = 5e-9


def test_c1_min_max() -> None:
    scores = composite(C1, META)
    assert scores["x1"].tolist() == pytest.approx([0, 20, 50, 100, 80], abs=HALF)
    assert scores["x2"].tolist() == pytest.approx([33.333333, 50, 0, 100, 66.666667], abs=5e-7)
    assert scores["x3"].tolist() == pytest.approx([3.225806, 19.354839, 9.677419, 100, 0], abs=5e-7)
    assert min_max(ORIENTED["x3"]).tolist() == pytest.approx(scores["x3"].tolist(), abs=1e-12)


@pytest.mark.parametrize(
    ("indicator", "expected"),
    [
        ("x1", [-1.21267813, -0.72760688, 0, 1.21267813, 0.72760688]),
        ("x2", [-0.44721360, 0, -1.34164079, 1.34164079, 0.44721360]),
        ("x3", [-0.55598870, -0.16988544, -0.40154739, 1.76063088, -0.63320935]),
    ],
)
def test_c1_z_scores(indicator: str, expected: list) -> None:
    assert z_score(ORIENTED[indicator]).tolist() == pytest.approx(expected, abs=HALF)
    assert composite(C1, META, normalise="zscore")[indicator].tolist() == pytest.approx(expected, abs=HALF)
    assert z_score(ORIENTED[indicator]).to_numpy() == pytest.approx(scipy.stats.zscore(ORIENTED[indicator], ddof=1))


@pytest.mark.parametrize(
    ("indicator", "expected"),
    [("x1", [0, 0.25, 0.5, 1, 0.75]), ("x2", [0.25, 0.5, 0, 1, 0.75]), ("x3", [0.25, 0.75, 0.5, 1, 0])],
)
def test_c1_percent_ranks(indicator: str, expected: list) -> None:
    assert percent_rank(ORIENTED[indicator]).tolist() == expected


@pytest.mark.parametrize(
    ("meta", "aggregate", "scale", "expected"),
    [
        (META, "arithmetic", (0, 100), [12.18637993, 29.78494624, 19.89247312, 100, 48.88888889]),
        (WEIGHTED, "arithmetic", (0, 100), [9.94623656, 27.17741935, 17.33870968, 100, 36.66666667]),
        (WEIGHTED, "geometric", (1, 100), [4.94493467, 25.56217714, 8.67119433, 100, 8.56174508]),
        (WEIGHTED, "harmonic", (1, 100), [2.65545209, 23.94078439, 3.30899466, 100, 1.97297595]),
    ],
)
def test_c1_means(meta: pd.DataFrame, aggregate: str, scale: tuple, expected: list) -> None:
    found = composite(C1, meta, aggregate=aggregate, scale=scale)
    assert found["index"].tolist() == pytest.approx(expected, abs=HALF)
    assert found.index.tolist() == UNITS


def test_c1_copeland() -> None:
    assert copeland(ORIENTED).tolist() == [-4, 0, -2, 4, 2]
    assert copeland(ORIENTED, {"x1": 1, "x2": 1, "x3": 2}).tolist() == [-3, 1, -1, 4, -1]
    assert copeland(ORIENTED.loc[["U2", "U3"]], {"x1": 1, "x2": 1, "x3": 2}).tolist() == [1, -1]  # o = 0.75


def test_c1_would_trigger_the_outlier_rule_in_x3() -> None:
    assert skew_and_kurtosis(C1["x3"].to_numpy()) == pytest.approx((2.068, 4.365), abs=5e-4)
    assert [treat_outliers(C1[x]).n_winsorised for x in C1] == [0, 0, 1]


def test_c1_rank_intervals_are_those_of_all_twenty_combinations() -> None:
    """Rank with pandas and scipy under each of five methods with none or one indicator left out, one by one."""
    ranks = []
    for kept in (["x1", "x2", "x3"], ["x2", "x3"], ["x1", "x3"], ["x1", "x2"]):
        x = ORIENTED[kept]
        one_to_hundred = 1 + 99 * (x - x.min()) / (x.max() - x.min())
        places = 1 + 99 * (x.rank(method="min") - 1) / 4
        ranks += [
            scores.rank(method="min", ascending=False)
            for scores in (
                one_to_hundred.mean(axis=1),
                pd.Series(scipy.stats.gmean(one_to_hundred, axis=1), index=x.index).round(9),
                ((x - x.mean()) / x.std()).mean(axis=1),
                places.mean(axis=1),
                pd.Series(scipy.stats.gmean(places, axis=1), index=x.index).round(9),
            )
        ]
    table = pd.DataFrame(ranks)
    found = rank_interval(C1, {"x1": 1, "x2": -1, "x3": 1})
    assert found["nominal"].tolist() == [5, 3, 4, 1, 2]
    for column, expected in {
        "median": table.median(),
        "q05": table.quantile(0.05),
        "q95": table.quantile(0.95),
        "min": table.min(),
        "max": table.max(),
    }.items():
        assert found[column].tolist() == pytest.approx(expected.tolist()), column
    whole = rank_interval(C1, [1, -1, 1], drop_one=False)
    assert whole["max"].tolist() == pd.DataFrame(ranks[:5]).max().tolist()


def test_c2_one_point_is_capped() -> None:
    x = pd.Series([*range(1, 11), 100.0])
    assert skew_and_kurtosis(x.to_numpy()) == pytest.approx((3.25563818, 10.70667391), abs=HALF)
    treated = treat_outliers(x)
    assert treated.values.tolist() == [*range(1, 11), 10]
    assert (treated.n_winsorised, treated.logged, treated.passes) == (1, False, True)
    assert (treated.skewness, treated.kurtosis) == pytest.approx((-0.12762166, -1.33667722), abs=HALF)


def test_c3_two_points_in_two_steps() -> None:
    x = pd.Series([*range(1, 21), 100.0, 200])
    assert skew_and_kurtosis(x.to_numpy()) == pytest.approx((3.58557045, 13.33902326), abs=HALF)
    treated = treat_outliers(x, 5)
    assert treated.values.tolist() == [*range(1, 21), 20, 20]
    assert (treated.n_winsorised, treated.logged) == (2, False)


def test_c3_logs_of_the_original_where_one_cap_is_not_enough() -> None:
    treated = treat_outliers(pd.Series([*range(1, 21), 100.0, 200]), 1)
    assert treated.values.iloc[[0, 1, -2, -1]].tolist() == pytest.approx(
        [0.68813464, 1.09527339, 4.61502150, 5.30325516], abs=HALF
    )
    assert (treated.n_winsorised, treated.logged) == (0, True)


def test_c4_log_and_box_cox() -> None:
    logs = log_shifted(pd.Series([1.0, 2, 4, 8, 16]))
    assert logs.tolist() == pytest.approx([-1.89711998, 0.13976194, 1.14740245, 1.96711236, 2.71800053], abs=HALF)
    x = pd.Series([1.0, 2, 4, 8])
    assert box_cox(x, 0.5).tolist() == pytest.approx([0, 0.82842712, 2, 3.65685425], abs=HALF)
    assert box_cox(x, 0.5).to_numpy() == pytest.approx(scipy.stats.boxcox(x, 0.5))
    assert box_cox(x, 0).to_numpy() == pytest.approx(scipy.stats.boxcox(x, 0))


def test_c5_targets_and_goalposts() -> None:
    assert distance_to_target(pd.Series([0.0, 5, 11]), 10).tolist() == pytest.approx([0, 0.5, 1.1], abs=1e-12)
    assert distance_to_target(pd.Series([0.0, 5, 11]), 10, cap=True).tolist() == pytest.approx([0, 0.5, 1], abs=1e-12)
    assert distance_to_target(pd.Series([-1.0, 1, 10]), 0, -1).tolist() == pytest.approx([1.1, 0.9, 0], abs=1e-12)
    x = pd.Series([1.0, 11, -1])
    assert goalposts(x, 0, 10).tolist() == pytest.approx([0.1, 1, 0], abs=1e-12)
    assert goalposts(x[:1], 10, 0).tolist() == pytest.approx([0.9], abs=1e-12)


@pytest.mark.parametrize(
    ("how", "weights", "expected"), [("geometric", [1.0, 1, 2], 2.05976714), ("harmonic", [2.0, 1, 1], 1.41176471)]
)
def test_c5_weighted_means(how: str, weights: list, expected: float) -> None:
    assert weighted_mean(np.array([[[1.0, 2, 3]]]), np.array([weights]), how) == pytest.approx(expected, abs=HALF)


def test_c5_copeland() -> None:
    assert copeland(pd.DataFrame([[1, 3, 2], [2, 2, 3], [3, 1, 1], [4, 5, 4.0]])).tolist() == [-1, 1, -3, 3]


def test_c6_bands() -> None:
    index = pd.Series([142.0, 131, 127, 118, 109, 101, 88, 74, 61])
    found = relative_index(index / 2, 50)
    assert found["index"].tolist() == pytest.approx(index.tolist())
    assert found["band"].tolist() == ["1+", "1", "1-", "2+", "2", "2-", "3", "3", "4"]


# --- scipy on seeded columns

RNG = np.random.default_rng(20210501)
COLUMNS = {
    "normal": RNG.normal(50, 12, 38),
    "skewed": RNG.lognormal(3, 1, 38),
    "heavy": RNG.standard_t(2, 38),
    "ties": RNG.integers(0, 6, 38).astype(float),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_moments_are_those_of_scipy(name: str) -> None:
    x = COLUMNS[name]
    expected = scipy.stats.skew(x, bias=False), scipy.stats.kurtosis(x, bias=False)
    assert skew_and_kurtosis(x) == pytest.approx(expected, rel=1e-10)
    assert skew_and_kurtosis(np.append(x, np.nan)) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("name", COLUMNS)
def test_percent_ranks_are_those_of_scipy(name: str) -> None:
    x = COLUMNS[name]
    expected = (scipy.stats.rankdata(x, method="min") - 1) / (x.size - 1)
    assert percent_rank(pd.Series(x)).to_numpy() == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("how", "theirs"), [("geometric", scipy.stats.gmean), ("harmonic", scipy.stats.hmean)])
def test_weighted_means_are_those_of_scipy(how: str, theirs: object) -> None:
    x, weights = RNG.uniform(1, 100, (38, 9)), RNG.uniform(0, 2, 9)
    expected = theirs(x, axis=1, weights=weights)
    assert weighted_mean(x[None], weights[None], how)[0] == pytest.approx(expected, rel=1e-12)
