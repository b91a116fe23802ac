"""What holds for quotients, relatedness, partners and sums of any table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from s3geo.statistics import (
    added_density,
    aggregate,
    benjamini_hochberg,
    entropy,
    gravity,
    hachman,
    herfindahl,
    krugman,
    local_moran,
    location_quotient,
    lq_interval,
    moran,
    presence,
    relatedness,
    relatedness_density,
    relative_entropy,
    score_partners,
    specialised,
)

seeded = settings(derandomize=True, max_examples=30, deadline=None, database=None)

counts = arrays(float, st.tuples(st.integers(2, 6), st.integers(2, 5)), elements=st.integers(0, 2000).map(float))
incidences = arrays(float, st.tuples(st.integers(4, 8), st.integers(3, 7)), elements=st.sampled_from([0.0, 1.0]))


def table(cells: np.ndarray) -> pd.DataFrame:
    """Name rows and columns, not in the order of the alphabet."""
    places = [f"p{(7 * i) % 11}" for i in range(cells.shape[0])]
    return pd.DataFrame(cells, places, [f"a{(5 * i) % 7}" for i in range(cells.shape[1])])


@seeded
@given(cells=counts)
def test_the_weighted_mean_of_quotients_is_1_where_the_benchmark_is_the_column_sums(cells: np.ndarray) -> None:
    data = table(cells)
    weight = data.sum(axis=1) / data.to_numpy().sum() if cells.sum() > 0 else data.sum(axis=1)
    lq = location_quotient(data)
    mean = lq.mul(weight, axis=0).sum()
    for activity in data.columns[data.sum() > 0]:
        assert mean[activity] == pytest.approx(1)


@seeded
@given(cells=counts, row=st.integers(0, 1), column=st.integers(0, 1))
def test_no_data_in_is_no_data_out_and_in_the_same_order(cells: np.ndarray, row: int, column: int) -> None:
    data = table(cells)
    data.iloc[row, column] = np.nan
    benchmark = pd.Series(10_000.0, index=data.columns)  # the nation is larger than any of its regions
    frames = [location_quotient(data, benchmark), presence(data, benchmark=benchmark), *lq_interval(data, benchmark)]
    series = [
        krugman(data, benchmark),
        herfindahl(data),
        entropy(data),
        hachman(data),
        relative_entropy(data, benchmark),
    ]
    for found in [*frames, *series, specialised(data, benchmark=benchmark)]:
        pd.testing.assert_index_equal(found.index, data.index)
    for frame in frames:
        assert frame.iloc[row].isna().all()
        pd.testing.assert_index_equal(frame.columns, data.columns)
    for one in series:
        assert np.isnan(one.iloc[row])
    assert not specialised(data, benchmark=benchmark, floor=0).iloc[row].any()


@seeded
@given(cells=counts)
def test_measures_stay_within_their_ranges(cells: np.ndarray) -> None:
    data = table(cells[cells.sum(axis=1) > 0])
    assume(len(data))
    small = 1e-9
    assert krugman(data).between(-small, 2 + small).all()
    assert herfindahl(data).between(1 / data.shape[1] - small, 1 + small).all()
    assert entropy(data).between(-small, np.log2(data.shape[1]) + small).all()
    assert (relative_entropy(data) >= -small).all()
    assert hachman(data).between(0, 1 + small).all()


@seeded
@given(cells=incidences)
def test_density_of_a_region_and_what_a_partner_adds_is_that_of_both(cells: np.ndarray) -> None:
    M = table(cells)
    phi = relatedness(M)
    density = relatedness_density(M, phi)
    r, s = M.index[:2]
    union = M.copy()
    union.loc[r] = M.loc[[r, s]].max()
    expected = relatedness_density(union, phi).loc[r]
    np.testing.assert_allclose(density.loc[r] + added_density(M, phi, r, s), expected, atol=1e-12)
    assert density.stack().dropna().between(-1e-12, 1 + 1e-12).all()  # noqa: PD013


@seeded
@given(cells=incidences, seed=st.integers(0, 99), weights=st.tuples(*[st.integers(0, 4)] * 4), h=st.integers(20, 500))
def test_contributions_add_to_the_score_and_h_changes_no_order(
    cells: np.ndarray, seed: int, weights: tuple, h: int
) -> None:
    assume(sum(weights) > 0)
    M = table(cells)
    rng = np.random.default_rng(seed)
    points = pd.DataFrame(rng.integers(0, 900, (len(M), 2)).astype(float), M.index, ["e", "n"])
    joint = np.triu(rng.integers(0, 5, (len(M), len(M))), 1)
    links = pd.DataFrame(joint + joint.T, M.index, M.index).astype(float)
    options: dict = {"links": links, "min_activities": 0, "weights": weights, "origin": M.index[1]}
    found = score_partners(M, points, **options)
    assert found.index.tolist() == [place for place in M.index if place != M.index[1]]
    total = found.filter(like="contrib_").sum(axis=1, skipna=False)
    np.testing.assert_allclose(total, found["score"], atol=1e-9)
    assert found["score"].dropna().between(0, 100 + 1e-9).all()
    other = score_partners(M, points, half_life_km=h, **options)
    pd.testing.assert_frame_equal(other[["score", "rank"]], found[["score", "rank"]])


@seeded
@given(values=st.lists(st.integers(0, 10_000), min_size=2, max_size=12), seed=st.integers(0, 99))
def test_sums_are_preserved_where_every_district_is_shared_out_once(values: list, seed: int) -> None:
    rng = np.random.default_rng(seed)
    districts = pd.DataFrame({"x": values, "n": [v + 1 for v in values]}, index=[f"d{i}" for i in range(len(values))])
    share = rng.integers(0, 5, len(values)) / 4
    twice = pd.DataFrame({"district": [*districts.index] * 2, "share": [*share, *(1 - share)]})
    membership = twice.assign(region=[f"L{r}" for r in rng.integers(0, 2, len(values))] + ["L9"] * len(values))
    found = aggregate(districts, membership, kind="extensive", numerator="x")
    assert found.sum() == pytest.approx(sum(values))
    rate = aggregate(districts, membership, kind="rate", numerator="x", denominator="n")
    base = aggregate(districts, membership, kind="extensive", numerator="n")
    assert (rate * base).sum() == pytest.approx(sum(values))


@seeded
@given(p=st.lists(st.one_of(st.floats(0, 1), st.just(float("nan"))), max_size=20))
def test_adjusted_p_are_no_smaller_and_keep_their_order(p: list) -> None:
    given_p = pd.Series(p, dtype=float)
    found = benjamini_hochberg(given_p)
    assert (found["q"].isna() == given_p.isna()).all()
    known = found["q"].dropna()
    assert (known >= given_p.dropna() - 1e-12).all()
    assert known.loc[given_p.dropna().sort_values().index].is_monotonic_increasing
    assert (found["rejected"] == (found["q"] <= 0.05)).all()


@settings(seeded, max_examples=8)
@given(seed=st.integers(0, 999), factor=st.sampled_from([0.01, 3, 1000]), shift=st.sampled_from([-50.0, 0, 7]))
def test_pattern_does_not_depend_on_the_unit(seed: int, factor: float, shift: float) -> None:
    near = {c: [(c - 1) % 15, (c + 1) % 15] for c in range(15)}
    y = pd.Series(np.random.default_rng(seed).normal(size=15))
    other = y * factor + shift
    assert moran(other, near).z == pytest.approx(moran(y, near).z)
    found, turned = local_moran(y, near), local_moran(other, near)
    pd.testing.assert_frame_equal(found, turned)
    assert found["I"].sum() == pytest.approx(14 * moran(y, near).I)  # weights that add to 1


@settings(seeded, max_examples=8)
@given(seed=st.integers(0, 999), factor=st.integers(2, 50))
def test_gravity_scales_as_it_should(seed: int, factor: int) -> None:
    rng = np.random.default_rng(seed)
    at, masses = rng.uniform(0, 300, (9, 2)), pd.Series(rng.uniform(1, 9, 9))
    km = pd.DataFrame(np.hypot(*(at[:, None] - at).T))
    y = np.triu(rng.poisson(30 * 2 ** (-km.to_numpy() / 100)), 1)
    links = pd.DataFrame(y + y.T).astype(float)
    once = gravity(masses, km, links)
    assert gravity(masses, km, factor * links).distance == pytest.approx(once.distance, rel=1e-6)
    assert gravity(masses, km / 1.609344, links).distance == pytest.approx(1.609344 * once.distance, rel=1e-6)
