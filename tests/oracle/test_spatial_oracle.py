"""Spatial statistics against the reference cases G1 to G7 of the methods, and against esda."""

from __future__ import annotations

# ruff: noqa: SIM300 - I is the name of a statistic, not a constant
import warnings

import libpysal
import numpy as np
import pandas as pd
import pytest
from esda.getisord import G, G_Local
from esda.moran import Moran as EsdaMoran
from esda.moran import Moran_Local
from esda.smoothing import assuncao_rate
from libpysal.weights import W
from statsmodels.stats.multitest import multipletests

from s3geo.errors import UsageError
from s3geo.statistics import benjamini_hochberg, getis_ord, local_moran, moran

CLUSTERED = [9.0, 8, 2, 8, 7, 1, 2, 1, 1]
POINTS = np.array([(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)], dtype=float)
AT_POINTS = pd.Series([2, 3, 3.2, 5, 8, 7])


def lattice(rows: int, columns: int) -> dict[int, list[int]]:
    """Rook neighbours of a grid, numbered along its rows."""
    steps = ((-1, 0), (0, -1), (0, 1), (1, 0))
    return {
        r * columns + c: [
            (r + dr) * columns + c + dc for dr, dc in steps if 0 <= r + dr < rows and 0 <= c + dc < columns
        ]
        for r in range(rows)
        for c in range(columns)
    }


def within(points: np.ndarray, band: float) -> dict[int, list[int]]:
    km = np.hypot(*(points[:, None] - points).T)
    return {i: [j for j in range(len(points)) if j != i and km[i, j] <= band] for i in range(len(points))}


def weights(neighbours: dict, transform: str = "r") -> W:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        w = W(neighbours, silence_warnings=True)
        w.transform = transform
    return w


def test_g1_global_moran() -> None:
    y = pd.Series(np.arange(1.0, 10))
    normal = moran(y, lattice(3, 3), "binary", "normality")
    assert normal.I == pytest.approx(0.5)
    assert normal.expected == -0.125
    assert normal.variance == pytest.approx(0.053125)
    assert normal.z == pytest.approx(2.71163072, abs=5e-9)
    assert normal.p == pytest.approx(0.00669531, abs=5e-9)
    shuffled = moran(y, lattice(3, 3), "binary")
    assert shuffled.variance == pytest.approx(0.0596875)
    assert shuffled.p == pytest.approx(0.01052087, abs=5e-9)
    assert moran(y, lattice(3, 3)).I == pytest.approx(0.55555556, abs=5e-9)


def test_g2_global_and_local_moran() -> None:
    y = pd.Series(CLUSTERED)
    assert moran(y, lattice(3, 3), "binary").I == pytest.approx(0.425)
    assert moran(y, lattice(3, 3)).I == pytest.approx(0.46777778, abs=5e-9)
    expected = [1.36888889, 0.48888889, -0.03111111, 0.48888889, 0.03555556, 0.26666667, -0.03111111, 0.26666667]
    found = local_moran(y, lattice(3, 3))["I"]
    np.testing.assert_allclose(found, [*expected, 0.88888889], rtol=0, atol=5e-9)
    assert found.sum() == pytest.approx(8 * 0.46777778, abs=5e-8)


def test_g3_hot_and_cold_spots() -> None:
    near = within(POINTS, 15)
    gi = [-1.0136729, -0.0436159, 1.3155870, -0.3141268, 1.1537399, 1.7783394]
    star = [-1.3972763, -0.2891776, 0.6506496, -0.2891776, 1.2345209, 2.0242433]
    np.testing.assert_allclose(getis_ord(AT_POINTS, near, star=False)["z"], gi, rtol=0, atol=5e-8)
    np.testing.assert_allclose(getis_ord(AT_POINTS, near)["z"], star, rtol=0, atol=5e-8)


def test_trap_15_p_of_ours_is_two_sided_where_the_global_g_of_esda_is_one_sided() -> None:
    outside = G(AT_POINTS.to_numpy(), weights(within(POINTS, 15), "b"), permutations=0)
    assert outside.G == pytest.approx(0.55709779, abs=5e-9)
    assert outside.p_norm == pytest.approx(0.17293566, abs=5e-9)
    assert 2 * outside.p_norm == pytest.approx(0.3459, abs=5e-5)
    ours = moran(pd.Series(CLUSTERED), lattice(3, 3))
    theirs = EsdaMoran(np.array(CLUSTERED), weights(lattice(3, 3)), permutations=0)
    assert ours.p == pytest.approx(theirs.p_rand)  # esda's Moran has a two-sided one
    assert ours.p == pytest.approx(2 * (1 - float(np.vectorize(_normal)(abs(ours.z)))))


def _normal(z: float) -> float:
    from scipy.stats import norm

    return float(norm.cdf(z))


def example(gal: str, table: str, *columns: str) -> tuple[pd.DataFrame, dict]:
    """Read a data set that comes within libpysal."""
    values = {}
    for column in columns:
        opened = libpysal.io.open(libpysal.examples.get_path(table))
        values[column] = np.array(opened.by_col(column), dtype=float)
        opened.close()
    opened = libpysal.io.open(libpysal.examples.get_path(gal))
    w = opened.read()
    opened.close()
    return pd.DataFrame(values, index=w.id_order), dict(w.neighbors)


def test_g4_example_data_of_libpysal() -> None:
    homicides, near = example("stl.gal", "stl_hom.csv", "HR8893")
    assert moran(homicides["HR8893"], near).I == pytest.approx(0.24365583, abs=5e-9)
    deaths, near = example("sids2.gal", "sids2.dbf", "SIDR74", "SID79", "BIR79")
    assert moran(deaths["SIDR74"], near).I == pytest.approx(0.24772519, abs=5e-9)
    rate = pd.Series(assuncao_rate(deaths["SID79"].to_numpy(), deaths["BIR79"].to_numpy()), index=deaths.index)
    assert moran(rate, near).I == pytest.approx(0.16622344, abs=5e-9)  # empirical Bayes, as Moran_Rate


def test_g5_benjamini_hochberg() -> None:
    p = pd.Series([0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216])
    found = benjamini_hochberg(p)
    assert found["rejected"].tolist() == [True, True] + [False] * 8
    expected = [0.01, 0.04, 0.084, 0.084, 0.084, 0.1, 0.10571429, 0.216, 0.216, 0.216]
    np.testing.assert_allclose(found["q"], expected, rtol=0, atol=5e-9)
    np.testing.assert_allclose(found["q"], multipletests(p, method="fdr_bh")[1])


def test_g7_a_unit_without_neighbours_changes_nothing_for_the_others() -> None:
    y = pd.Series([*CLUSTERED, 5.0])
    near = {**lattice(3, 3), 9: []}
    assert moran(y, near).I == pytest.approx(0.46777778, abs=5e-9)
    assert moran(y, near).without_neighbours == ("9",)
    for function, word in ((local_moran, "quadrant"), (getis_ord, "spot")):
        found, alone = function(y, near), function(y[:9], lattice(3, 3))
        pd.testing.assert_frame_equal(found[:9], alone)
        assert found.loc[9, word] == "no neighbours"
        assert found.loc[9].drop([word, "significant"]).isna().all()
        assert not found.loc[9, "significant"]


def test_trap_1_local_p_is_of_the_right_size_where_that_of_esda_is_half() -> None:
    near, rng = lattice(6, 6), np.random.default_rng(1)
    w, ours, theirs = weights(near), [], []
    for run in range(40):
        y = rng.normal(size=36)
        ours.append(local_moran(pd.Series(y), near, seed=run)["p"].to_numpy())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of this very trap
            theirs.append(Moran_Local(y, w, permutations=999, seed=run, n_jobs=1).p_sim)
    assert (np.concatenate(ours) <= 0.05).mean() == pytest.approx(0.048, abs=0.015)
    assert (np.concatenate(theirs) <= 0.05).mean() > 0.075
    # within what 9,999 and 999 shuffles differ by
    assert np.abs(np.concatenate(ours) - np.minimum(1, 2 * np.concatenate(theirs))).max() < 0.15


def test_trap_2_an_island_is_never_significant() -> None:
    near = {**lattice(6, 6), 36: []}
    y = pd.Series([*np.random.default_rng(2).normal(size=36), 50.0])
    for function in (local_moran, getis_ord):
        found = function(y, near)
        assert np.isnan(found.at[36, "p"])
        assert not found.at[36, "significant"]
    assert moran(y, near).I == pytest.approx(moran(y[:36], lattice(6, 6)).I)


def test_trap_3_one_region_alone_can_survive_the_correction() -> None:
    near = lattice(6, 6)
    y = pd.Series([float((r + c) % 2) for r in range(6) for c in range(6)])
    y[[14, 8, 13, 15, 20]] = 30.0, 20.0, 21.0, 22.0, 23.0
    found = local_moran(y, near)
    assert found.at[14, "p"] == pytest.approx(0.0002)  # with 999 it would be 0.002, above 0.05 / 36
    assert found.index[found["significant"]].tolist() == [14]
    with pytest.raises(UsageError, match="9,999 or more"):
        local_moran(y, near, permutations=999)


def test_trap_4_nothing_significant_has_no_cut_off() -> None:
    p = pd.Series(np.linspace(0.04, 1, 38))
    assert not benjamini_hochberg(p)["rejected"].any()
    edge = pd.Series([0.025, 0.05])
    assert benjamini_hochberg(edge)["rejected"].tolist() == [True, True]  # equal to the threshold counts


@pytest.mark.parametrize("seed", range(3))
def test_local_statistics_are_those_of_esda(seed: int) -> None:
    near = lattice(7, 8)
    y = np.random.default_rng(seed).lognormal(size=56)
    ours = local_moran(pd.Series(y), near)
    theirs = Moran_Local(y, weights(near), permutations=0)
    np.testing.assert_allclose(ours["I"], theirs.Is)
    words = {1: "high-high", 2: "low-high", 3: "low-low", 4: "high-low"}
    assert ours["quadrant"].tolist() == [words[q] for q in theirs.q]
    for star in (True, False):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            outside = G_Local(y, weights(near, "b"), transform="B", star=star, permutations=0)
        np.testing.assert_allclose(getis_ord(pd.Series(y), near, star=star)["z"], outside.Zs)
