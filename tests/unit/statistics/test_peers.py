"""Peers: gaps, ties, drivers, weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from s3geo.errors import UsageError
from s3geo.statistics import nearest_peers, peer_distance

DATA = pd.DataFrame(
    np.random.default_rng(11).normal(size=(10, 5)), index=list("jacbdfegih"), columns=["v", "w", "x", "y", "z"]
)


def test_index_order_in_is_index_order_out() -> None:
    d = peer_distance(DATA)
    assert d.index.tolist() == d.columns.tolist() == DATA.index.tolist()
    peers = nearest_peers(DATA, 3)
    assert peers.index.tolist() == [(u, p) for u in DATA.index for p in (1, 2, 3)]


def test_peers_are_the_nearest_and_never_the_unit_itself() -> None:
    d, peers = peer_distance(DATA), nearest_peers(DATA, 4)
    for unit in DATA.index:
        expected = d.loc[unit].drop(unit).nsmallest(4)
        assert peers.loc[unit, "peer"].tolist() == expected.index.tolist()
        assert peers.loc[unit, "distance"].tolist() == expected.tolist()


def test_the_drivers_are_the_three_largest_shares_of_the_squared_distance() -> None:
    z = (DATA - DATA.mean()) / DATA.std()
    row = nearest_peers(DATA, 2).loc[("b", 2)]
    squares = (z.loc["b"] - z.loc[row["peer"]]) ** 2
    shares = (squares / squares.sum()).nlargest(3)
    assert [row[f"driver_{d}"] for d in (1, 2, 3)] == shares.index.tolist()
    assert [row[f"share_{d}"] for d in (1, 2, 3)] == pytest.approx(shares.tolist())


def test_a_unit_with_a_gap_has_no_peers_and_is_nobodys() -> None:
    holed = DATA.copy()
    holed.loc["b", "x"] = np.nan
    assert peer_distance(holed)["b"].isna().all()
    peers = nearest_peers(holed, 9)
    assert "b" not in peers.index.get_level_values("unit")
    assert "b" not in set(peers["peer"])
    assert len(peers.loc["a"]) == 8
    assert peer_distance(holed, {"v": 1, "w": 1, "x": 0, "y": 1, "z": 1}).notna().all(axis=None)


def test_a_variable_equal_everywhere_adds_nothing() -> None:
    pd.testing.assert_frame_equal(peer_distance(DATA.assign(flat=0.1)), peer_distance(DATA))
    assert nearest_peers(DATA[["v"]].assign(flat=0.1), 1)["driver_2"].isna().all()


def test_units_alike_in_everything_are_at_distance_0_without_drivers() -> None:
    same = pd.DataFrame(1.0, index=["a", "b", "c"], columns=["x", "y"])
    assert (peer_distance(same) == 0).all(axis=None)
    first = nearest_peers(same, 1)
    assert first["peer"].tolist() == ["b", "a", "a"]
    assert first["driver_1"].isna().all()


def test_a_variable_of_weight_0_is_not_seen() -> None:
    weights = {"v": 1, "w": 1, "x": 1, "y": 1, "z": 0}
    pd.testing.assert_frame_equal(peer_distance(DATA, weights), peer_distance(DATA.drop(columns="z")))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: nearest_peers(DATA, 0), "k must be 1 or more"),
        (lambda: peer_distance(DATA, {"v": 1}), "Weights must be 0 or more: 'w'"),
        (lambda: peer_distance(pd.concat([DATA, DATA])), "twice"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(call: object, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        call()
