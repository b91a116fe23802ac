"""Distance between regions against reference case N1 of the methods, and against scipy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import pdist, squareform

from s3geo.statistics import nearest_peers, peer_distance

N1 = pd.DataFrame([[1.0, 10], [2, 20], [3, 15], [10, 40]], index=[1, 2, 3, 4], columns=["a", "b"])


def test_n1_distances() -> None:
    d = peer_distance(N1)
    expected = {(1, 2): 0.251834, (1, 3): 0.195474, (1, 4): 1, (2, 3): 0.142570, (2, 4): 0.781897, (3, 4): 0.806985}
    for (i, j), distance in expected.items():
        assert d.loc[i, j] == d.loc[j, i] == pytest.approx(distance, abs=5e-7)


def test_n1_nearest_neighbour_of_unit_2_is_3_whatever_the_units() -> None:
    for factors in ([1, 1], [1000, 1], [1, 1000]):
        pd.testing.assert_frame_equal(peer_distance(N1 * factors), peer_distance(N1))
        assert nearest_peers(N1 * factors, 1).loc[(2, 1), "peer"] == 3


def test_trap_14_the_distance_is_euclidean_not_manhattan() -> None:
    x = pd.DataFrame(np.random.default_rng(1).normal(size=(38, 12)))
    for metric, same in (("seuclidean", True), ("cityblock", False)):
        theirs = squareform(pdist(x, metric, V=x.var().to_numpy()) if same else pdist((x - x.mean()) / x.std(), metric))
        assert (peer_distance(x).to_numpy() == pytest.approx(theirs / theirs.max(), abs=1e-12)) is same


def test_weights_multiply_the_squares() -> None:
    x = pd.DataFrame(np.random.default_rng(2).normal(size=(9, 3)), columns=["a", "b", "c"])
    weights = [1.0, 4, 0.25]
    theirs = squareform(pdist(x, "seuclidean", V=x.var().to_numpy() / weights))
    found = peer_distance(x, dict(zip("abc", weights, strict=True)))
    assert found.to_numpy() == pytest.approx(theirs / theirs.max(), abs=1e-12)
