"""Link predictors against networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from s3geo.statistics import links


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    rows = [
        (p, f"o{o:02d}", 2014 + p % 4) for p in range(60) for o in rng.choice(30, rng.integers(1, 5), replace=False)
    ]
    return pd.DataFrame(rows, columns=["project", "organisation", "start_year"])


def test_shared_partners_and_adamic_adar_are_those_of_networkx(table: pd.DataFrame) -> None:
    graph = links.joint_projects(table, 2017, pd.Index([]))
    other = nx.Graph()
    other.add_nodes_from(graph.organisations)
    for _, rows in table.groupby("project"):
        who = list(rows["organisation"])
        other.add_edges_from((a, b) for a in who for b in who if a < b)
    rows = np.arange(len(graph.organisations))
    common, rare = links.common_partners(graph, rows), links.adamic_adar(graph, rows)
    names = list(graph.organisations)
    pairs = [(names[i], names[j]) for i in rows for j in rows if i != j]
    for a, b, value in nx.adamic_adar_index(other, pairs):
        i, j = names.index(a), names.index(b)
        assert rare[i, j] == pytest.approx(value)
        assert common[i, j] == len(list(nx.common_neighbors(other, a, b)))
    assert [other.degree[name] for name in names] == graph.partners.tolist()


def test_projects_that_start_later_change_nothing(table: pd.DataFrame) -> None:
    every = pd.Index(sorted(table["organisation"].unique()))
    early = table[table["start_year"] <= 2015]
    one, other = (links.joint_projects(t, 2015, every) for t in (table, early))
    points, kinds = np.zeros((len(every), 2)), np.array(["a", "b"] * (len(every) // 2))
    rows = np.arange(len(every))
    for name, values in links.parts(one, rows, points, kinds).items():
        np.testing.assert_array_equal(values, links.parts(other, rows, points, kinds)[name])


def test_the_order_of_rows_does_not_matter(table: pd.DataFrame) -> None:
    every = pd.Index(sorted(table["organisation"].unique()))
    mixed = table.sample(frac=1, random_state=1)
    one, other = (links.joint_projects(t, 2017, every) for t in (table, mixed))
    rows = np.arange(len(every))
    np.testing.assert_allclose(links.paths_of_three(one, rows), links.paths_of_three(other, rows))
    np.testing.assert_allclose(links.shared_partners_cosine(one, rows), links.shared_partners_cosine(other, rows))
    assert (links.shared_partners_cosine(one, rows) <= 1 + 1e-12).all()


def test_weights_are_found_again() -> None:
    rng = np.random.default_rng(0)
    x = {"one": rng.normal(size=(400, 30)), "two": rng.normal(size=(400, 30))}
    utility = 1.5 * x["one"] - 0.5 * x["two"] + rng.gumbel(size=(400, 30))
    chosen = utility == utility.max(axis=1, keepdims=True)
    found = links.fit_choice(x, chosen, np.ones_like(chosen))
    assert found["one"] == pytest.approx(1.5, abs=0.2)
    assert found["two"] == pytest.approx(-0.5, abs=0.2)


def test_a_given_weight_is_kept_and_the_others_are_fitted_beside_it() -> None:
    rng = np.random.default_rng(1)
    x = {"one": rng.normal(size=(400, 30)), "two": rng.normal(size=(400, 30))}
    utility = 1.5 * x["one"] - 0.5 * x["two"] + rng.gumbel(size=(400, 30))
    chosen = utility == utility.max(axis=1, keepdims=True)
    found = links.fit_choice(x, chosen, np.ones_like(chosen), fixed={"one": 1.5, "three": 9})
    assert list(found) == ["one", "two"]
    assert found["one"] == 1.5
    assert found["two"] == pytest.approx(-0.5, abs=0.2)
