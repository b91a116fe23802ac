"""Specialisation, relatedness and complexity against the reference cases S1 to S7 and A3 of the methods."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from s3geo.errors import DataError
from s3geo.statistics import (
    economic_complexity,
    entropy,
    hachman,
    herfindahl,
    krugman,
    location_quotient,
    locational_gini,
    lq_interval,
    presence,
    reflections,
    relatedness,
    relatedness_density,
    relative_entropy,
    rounded_lq_interval,
    survey_lq_interval,
)

INDUSTRIES = ["I1", "I2", "I3", "I4", "I5"]
S1 = pd.DataFrame(
    [[100, 0, 0, 0, 0], [0, 15, 5, 70, 10], [0, 20, 10, 20, 50], [0, 25, 30, 5, 40], [0, 40, 55, 5, 0]],
    index=["R1", "R2", "R3", "R4", "R5"],
    columns=INDUSTRIES,
)
S2 = pd.DataFrame(
    [[1, 1, 1, 1], [0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]],
    index=["C1", "C2", "C3", "C4"],
    columns=["P1", "P2", "P3", "P4"],
)
PAIRS = {(0, 1): 4, (0, 3): 2, (0, 4): 1, (1, 2): 3, (1, 4): 2, (2, 3): 5, (2, 4): 1}


def small_network() -> pd.DataFrame:
    return presence(S1).drop(index="R1", columns="I1")


def s3_places() -> pd.DataFrame:
    """One place for each co-occurrence of the case, with the two industries and no other."""
    rows = [[float(i in pair) for i in range(5)] for pair, times in PAIRS.items() for _ in range(times)]
    return pd.DataFrame(rows, columns=INDUSTRIES)


def test_s1_location_quotients_and_presence() -> None:
    expected = [
        [5, 0, 0, 0, 0],
        [0, 0.75, 0.25, 3.5, 0.5],
        [0, 1, 0.5, 1, 2.5],
        [0, 1.25, 1.5, 0.25, 2],
        [0, 2, 2.75, 0.25, 0],
    ]
    np.testing.assert_allclose(location_quotient(S1), expected, atol=1e-12)
    rows = ["".join(str(int(cell)) for cell in row) for row in presence(S1).to_numpy()]
    assert rows == ["10000", "00010", "01011", "01101", "01100"]


@pytest.mark.parametrize(
    ("measure", "expected", "half"),
    [
        (krugman, [1.6, 1.0, 0.6, 0.7, 1.1], 1e-9),
        (herfindahl, [1, 0.525, 0.34, 0.315, 0.465], 1e-9),
        (entropy, [0, 1.319, 1.761, 1.766, 1.219], 5e-4),
        (hachman, [0.2, 0.38095238, 0.58823529, 0.63492063, 0.43010753], 5e-9),
        (relative_entropy, [1.60943791, 0.69515233, 0.38883065, 0.38536957, 0.76432466], 5e-9),
    ],
)
def test_s1_measures_of_regions(measure, expected: list, half: float) -> None:
    np.testing.assert_allclose(measure(S1), expected, rtol=0, atol=half)


def test_s1_measures_of_activities() -> None:
    people = pd.Series([10, 20, 30, 40, 50], index=S1.index)
    np.testing.assert_allclose(locational_gini(S1), [0.80, 0.36, 0.54, 0.62, 0.56], atol=1e-9)
    np.testing.assert_allclose(locational_gini(S1, people), [0.933, 0.120, 0.310, 0.690, 0.527], rtol=0, atol=5e-4)
    hoover = 50 * krugman(S1.T, people)  # regions and activities exchanged
    np.testing.assert_allclose(hoover, [93.33, 8.33, 25.00, 56.67, 43.33], rtol=0, atol=5e-3)


def test_trap_10_the_locational_gini_is_on_0_to_1_and_not_on_half_of_it() -> None:
    np.testing.assert_allclose(locational_gini(S1) / 2, [0.40, 0.18, 0.27, 0.31, 0.28], atol=1e-9)
    crowded = pd.DataFrame({"x": [1000.0, *[0] * 99], "rest": 10.0})
    assert locational_gini(crowded, pd.Series(1.0, index=crowded.index))["x"] == pytest.approx(0.99)


def test_trap_5_complexity_of_a_network_in_pieces_is_refused() -> None:
    with pytest.raises(DataError, match="groups that have nothing in common"):
        economic_complexity(presence(S1))


def test_s1_complexity_of_the_connected_part() -> None:
    M = small_network()
    index = economic_complexity(M)
    np.testing.assert_allclose(index, [-1.559029, -0.180455, 0.760282, 0.979201], rtol=0, atol=5e-7)
    assert np.corrcoef(index, M.sum(axis=1))[0, 1] == pytest.approx(0.6449, abs=5e-5)
    np.testing.assert_allclose(reflections(M, 1)[0], [2, 2.333333, 2.333333, 2.5], rtol=0, atol=5e-7)
    np.testing.assert_allclose(reflections(M, 2)[0], [2, 2.555556, 2.722222, 2.583333], rtol=0, atol=5e-7)


def test_s2_reflections() -> None:
    diversity, ubiquity = reflections(S2, 0)
    assert diversity.tolist() == [4, 1, 2, 1]
    assert ubiquity.tolist() == [1, 2, 2, 3]
    (c1, p1), (c2, p2) = reflections(S2, 1), reflections(S2, 2)
    np.testing.assert_allclose(p1, [4, 2.5, 3, 2.333333], rtol=0, atol=5e-7)
    np.testing.assert_allclose(p2, [2, 2, 2.25, 2.5], rtol=0, atol=5e-7)
    np.testing.assert_allclose(c1, [2, 2, 2.5, 3], rtol=0, atol=5e-7)
    np.testing.assert_allclose(c2, [2.958333, 2.5, 2.666667, 2.333333], rtol=0, atol=5e-7)


def test_s2_proximity() -> None:
    phi = relatedness(S2).to_numpy()
    expected = [0.5, 0.5, 0.333333, 0.5, 0.333333, 0.666667]
    np.testing.assert_allclose(phi[np.triu_indices(4, 1)], expected, rtol=0, atol=5e-7)


def test_trap_6_complexity_without_a_clear_sign_is_refused() -> None:
    with pytest.raises(DataError, match=r"orientation not identified.*0\.1065"):
        economic_complexity(S2)


def test_trap_8_density_never_counts_the_activity_itself() -> None:
    phi = relatedness(S2)
    assert (np.diag(phi) == 0).all()
    own = phi + np.eye(4)
    assert relatedness_density(S2, own).at["C2", "P2"] == relatedness_density(S2, phi).at["C2", "P2"] == 0


@pytest.mark.parametrize(
    ("pair", "cosine", "association"), [(("I1", "I2"), 0.50395263, 2.28571429), (("I3", "I4"), 0.62994079, 2.85714286)]
)
def test_s3_cosine_and_association(pair: tuple, cosine: float, association: float) -> None:
    assert relatedness(s3_places(), "cosine").at[pair] == pytest.approx(cosine, abs=5e-9)
    assert relatedness(s3_places(), "association").at[pair] == pytest.approx(association, abs=5e-9)


def test_trap_9_cosine_divides_by_row_sums_of_the_cooccurrence_and_not_by_ubiquity() -> None:
    M = S2.astype(float)
    by_ubiquity = 1 / np.sqrt(1 * 2)
    found = relatedness(M, "cosine").at["P1", "P2"]
    assert found == pytest.approx(1 / np.sqrt(3 * 3))
    assert found != pytest.approx(by_ubiquity)


def test_s3_density() -> None:
    M = pd.DataFrame([[1, 0, 1, 0, 0], [0, 1, 1, 0, 1], [0, 0, 0, 1, 1]], columns=INDUSTRIES)
    density = 100 * relatedness_density(M, relatedness(s3_places(), "cosine"))
    expected = [[0, 71.53, 0, 100, 51.62], [70.81, 56.95, 44.25, 68.80, 72.57], [48.51, 28.47, 70.50, 0, 0]]
    np.testing.assert_allclose(density, expected, rtol=0, atol=5e-3)


def test_s4_interval_of_counts() -> None:
    table = pd.DataFrame({"x": [120, 720], "rest": [1880, 17280]}, index=["R", "elsewhere"])
    lower, upper = lq_interval(table)
    assert location_quotient(table).at["R", "x"] == pytest.approx(1.42857143, abs=5e-9)
    assert lower.at["R", "x"] == pytest.approx(1.1987757, abs=5e-8)
    assert upper.at["R", "x"] == pytest.approx(1.6583671, abs=5e-8)
    assert (upper.at["R", "x"] - lower.at["R", "x"]) / 2 / 1.959963985 == pytest.approx(0.11724485, abs=5e-9)


def test_s4_interval_agrees_with_simulation() -> None:
    rng = np.random.default_rng(4)
    inside = rng.binomial(2000, 0.06, 400_000)
    outside = rng.binomial(18_000, 0.04, 400_000)
    quotients = inside / 2000 / ((inside + outside) / 20_000)
    assert quotients.std() == pytest.approx(0.11724485, rel=5e-3)


def test_s5_margin_of_error_of_a_ratio_of_shares() -> None:
    ratio = pd.DataFrame({"x": [3449 / 1_571_784 / (155_955 / 329_725_481)]})
    assert ratio.at[0, "x"] == pytest.approx(4.6393115, abs=5e-8)
    # a margin of error is z times the standard error: so are these, of the logarithm
    _, upper = survey_lq_interval(ratio, 727 / 3449, 5_145 / 155_955)
    cv = np.log(upper.at[0, "x"] / ratio.at[0, "x"]) / 1.959963985
    assert cv * ratio.at[0, "x"] == pytest.approx(0.9898054, abs=5e-8)


def test_s6_interval_of_survey_estimates() -> None:
    lower, upper = survey_lq_interval(pd.DataFrame({"x": [1.43]}), 0.12, 0.02)
    assert np.log(upper / lower).at[0, "x"] / 2 / 1.959963985 == pytest.approx(0.1216553, abs=5e-8)
    assert lower.at[0, "x"] == pytest.approx(1.126634, abs=5e-7)
    assert upper.at[0, "x"] == pytest.approx(1.815052, abs=5e-7)


@pytest.mark.parametrize(
    ("here", "nation", "published"),
    [(1242, 4488, 16.24), (682, 3352, 11.94), (5793, 60654, 5.61), (7897, 89291, 5.19)],
)
def test_s7_published_quotients(here: int, nation: int, published: float) -> None:
    jobs = 26_000_000
    table = pd.DataFrame({"x": [here], "rest": [0.0170375 * jobs - here]})
    found = location_quotient(table, pd.Series({"x": nation, "rest": jobs - nation}))
    assert round(found.at[0, "x"], 2) == published


def test_a3_quotient_of_rounded_jobs() -> None:
    jobs, nation = pd.DataFrame({"x": [225]}), pd.Series({"x": 9_000})
    lower, upper = rounded_lq_interval(jobs, nation, pd.Series([85_000]), 2_500_000)
    with_rest = jobs.assign(rest=85_000 - 225)
    lq = location_quotient(with_rest, pd.Series({"x": 9_000, "rest": 2_491_000}))
    assert lq.at[0, "x"] == pytest.approx(0.73529412, abs=5e-9)
    assert lower.at[0, "x"] == pytest.approx(0.65391659, abs=5e-9)
    assert upper.at[0, "x"] == pytest.approx(0.82682736, abs=5e-9)


def test_trap_7_no_data_is_never_nought_and_never_spreads_to_other_places() -> None:
    M = small_network().astype(float)
    with_gap = pd.concat([M, pd.DataFrame([[1, np.nan, 0, 1]], index=["R9"], columns=M.columns)])
    index = economic_complexity(with_gap)
    assert np.isnan(index["R9"])
    pd.testing.assert_series_equal(index.drop("R9"), economic_complexity(M))
    phi = relatedness(with_gap)
    pd.testing.assert_frame_equal(phi, relatedness(M))
    density = relatedness_density(with_gap, phi)
    assert density.loc["R9"].isna().all()
    pd.testing.assert_frame_equal(density.drop("R9"), relatedness_density(M, phi))
    assert density.drop("R9").max(axis=None) <= 1  # weighted shares, not counts
