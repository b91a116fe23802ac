"""Partner score, ranking metrics and gravity against the reference cases P1 and P2, scikit-learn and statsmodels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, ndcg_score, roc_auc_score

from s3geo.statistics import added_density, gravity, ranking_metrics, relatedness_density, score_partners

PLACES, ACTIVITIES = list("ABCD"), list("123456")
M = pd.DataFrame([[int(c) for c in row] for row in ("110000", "101100", "000111", "111001")], PLACES, ACTIVITIES)
KM = {"AB": 40, "AC": 90, "AD": 220, "BC": 70, "BD": 200, "CD": 160}
JOINT = {"AB": 6, "AC": 1, "AD": 3, "BC": 2, "BD": 4, "CD": 8}
PHI = {"12": 0.6, "13": 0.5, "14": 0.2, "23": 0.4, "24": 0.1, "34": 0.7, "35": 0.3, "45": 0.6, "46": 0.2, "56": 0.5}


def symmetric(pairs: dict[str, float], names: list[str]) -> pd.DataFrame:
    table = pd.DataFrame(0.0, names, names)
    for (a, b), value in pairs.items():
        table.loc[a, b] = table.loc[b, a] = value
    return table


LINKS = symmetric(JOINT, PLACES)
RELATED = symmetric({**PHI, "26": 0.3}, ACTIVITIES)
TARGETS = list("3456")


def ranked(**changed: object) -> pd.DataFrame:
    options: dict = {"phi": RELATED, "theme": ACTIVITIES, "targets": TARGETS, "links": LINKS, "min_activities": 0}
    return score_partners(M, symmetric(KM, PLACES), "A", **{**options, **changed})


def test_p1_components() -> None:
    density = relatedness_density(M, RELATED).loc["A", TARGETS]
    np.testing.assert_allclose(density, [0.47368421, 0.16666667, 0, 0.3], rtol=0, atol=5e-9)
    added = {
        "B": [0.368421, 0.388889, 0.642857, 0.2],
        "C": [0.526316, 0.444444, 0.785714, 0.7],
        "D": [0, 0.5, 0.571429, 0],
    }
    for place, expected in added.items():
        found = added_density(M, RELATED, "A", place)[TARGETS]
        np.testing.assert_allclose(found, expected, rtol=0, atol=5e-7)
    found = ranked()
    np.testing.assert_allclose(found["proximity"], [0.75785828, 0.53588673, 0.21763764], rtol=0, atol=5e-9)
    assert found["shared"].tolist() == [0.25, 0, 0.5]
    np.testing.assert_allclose(found["complementarity"], [0.400042, 0.614119, 0.267857], rtol=0, atol=5e-7)
    np.testing.assert_allclose(found["links"], [0.705882, 0.303797, 0.489796], rtol=0, atol=5e-7)
    strength = found["links"] / (1 - found["links"])
    np.testing.assert_allclose(strength, [2.4, 0.436364, 0.96], rtol=0, atol=5e-7)


def test_p1_percent_ranks() -> None:
    found = ranked()[["pr_proximity", "pr_shared", "pr_complementarity", "pr_links"]]
    assert found.to_numpy().tolist() == [[1, 0.5, 0.5, 1], [0.5, 0, 1, 0], [0, 1, 0, 0.5]]


def test_p1_new_links() -> None:
    found = ranked()
    np.testing.assert_allclose(found["score"], [66.6667, 50, 33.3333], rtol=0, atol=5e-5)
    assert found["rank"].tolist() == [1, 2, 3]


def test_p1_deepen() -> None:
    found = ranked(weights=(1, 1, 1, 1))
    assert found["score"].tolist() == [75, 37.5, 37.5]
    assert found["rank"].tolist() == [1, 2, 3]  # the tie goes to the larger complementarity
    assert found.filter(like="contrib_").loc["B"].tolist() == [25, 12.5, 12.5, 25]


@pytest.mark.parametrize("half_life", [50, 200])
def test_p1_half_life_changes_no_score(half_life: float) -> None:
    found = ranked(half_life_km=half_life)
    pd.testing.assert_frame_equal(found[["score", "rank"]], ranked()[["score", "rank"]])
    assert not np.allclose(found["proximity"], ranked()["proximity"])


P2 = pd.Series([0.9, 0.8, 0.7, 0.6, 0.5, 0.4]), pd.Series([1, 0, 1, 0, 0, 1])


def test_p2_ranking_metrics() -> None:
    found = ranking_metrics(*P2, k=3)
    assert found["average_precision"] == pytest.approx(0.72222222, abs=5e-9)
    assert found["auc"] == pytest.approx(0.55555556, abs=5e-9)
    assert found["ndcg_at_3"] == pytest.approx(0.70391809, abs=5e-9)
    assert found["precision_at_3"] == pytest.approx(0.6667, abs=5e-5)
    assert found["reciprocal_rank"] == 1


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("levels", [3, 1000])
def test_ranking_metrics_are_those_of_scikit_learn_with_ties_and_without(seed: int, levels: int) -> None:
    rng = np.random.default_rng(seed)
    scores, relevant = rng.integers(0, levels, 40) / levels, rng.random(40) < 0.3
    found = ranking_metrics(pd.Series(scores), pd.Series(relevant), k=10)
    assert found["auc"] == pytest.approx(roc_auc_score(relevant, scores))
    # scikit-learn takes a tie's precision at its end; here it is the mean over all orders of the tied
    orders = [average_precision_score(relevant, scores + rng.permutation(40) * 1e-6) for _ in range(400)]
    spread = np.std(orders) / np.sqrt(len(orders))
    assert found["average_precision"] == pytest.approx(np.mean(orders), abs=4 * spread + 1e-9)
    assert found["ndcg_at_10"] == pytest.approx(ndcg_score([relevant], [scores], k=10))


def world() -> tuple[pd.Series, pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(7)
    names = [f"p{i}" for i in range(14)]
    at, masses = rng.uniform(0, 400, (14, 2)), rng.uniform(5, 60, 14)
    km = np.hypot(*(at[:, None] - at).T)
    y = np.triu(rng.poisson(0.02 * np.outer(masses, masses) * 2 ** (-km / 90)), 1)
    return pd.Series(masses, names), pd.DataFrame(km, names, names), pd.DataFrame(y + y.T, names, names).astype(float)


@pytest.mark.parametrize("decay", ["exponential", "power"])
@pytest.mark.parametrize("effects", [False, True])
def test_gravity_maximises_the_poisson_likelihood(decay: str, effects: bool) -> None:
    masses, km, y = world()
    found = gravity(None if effects else masses, km, y, decay)
    r, s = np.triu_indices(14, 1)
    d = km.to_numpy()[r, s]
    residual = (y - found.expected).to_numpy()[r, s]
    # first-order conditions: residuals are orthogonal to every regressor
    assert (residual * (d if decay == "exponential" else np.log(d))).sum() == pytest.approx(0, abs=1e-3)
    if effects:
        np.testing.assert_allclose((y - found.expected).sum(axis=1), 0, atol=1e-5)
    else:
        mass = np.log(masses.to_numpy())
        assert (residual * (mass[r] + mass[s])).sum() == pytest.approx(0, abs=1e-4)
    assert found.deviance < found.null_deviance


def test_gravity_is_that_of_statsmodels() -> None:
    import statsmodels.api as sm

    masses, km, y = world()
    r, s = np.triu_indices(14, 1)
    m = np.log(masses.to_numpy())
    x = sm.add_constant(np.column_stack([km.to_numpy()[r, s], m[r] + m[s]]))
    outside = sm.GLM(y.to_numpy()[r, s], x, family=sm.families.Poisson()).fit(cov_type="HC1")
    found = gravity(masses, km, y)
    assert found.distance == pytest.approx(outside.params[1])
    assert found.mass == pytest.approx(outside.params[2])
    assert found.distance_se == pytest.approx(outside.bse[1], rel=1e-5)
    assert found.deviance == pytest.approx(outside.deviance)
    assert found.null_deviance == pytest.approx(outside.null_deviance)
    assert found.half_life_km == pytest.approx(np.log(2) / -outside.params[1])
    assert found.half_life_km == pytest.approx(90, rel=0.1)  # the world was made with 90 km
