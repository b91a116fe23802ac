"""Peers of a region: distances recomputed with plain numpy, ways to choose, and what is never among the variables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made import figures, made_workspace

from s3geo import open_workspace
from s3geo.errors import NotFound, UsageError
from s3geo.statistics import treat_outliers
from s3geo.views.peers import HOW, context, peers, regions_of
from s3geo.workspace import GEOGRAPHIES

MANCHESTER, LONDON = "E37000015", "E37000051"


def distances() -> pd.DataFrame:
    """Recompute all distances from the variables."""
    x = context(open_workspace()).apply(lambda column: treat_outliers(column).values).to_numpy()
    z = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    d = np.array([[np.sqrt(sum((a - b) ** 2)) for b in z] for a in z])
    codes = open_workspace().layer().index
    return pd.DataFrame(d / d.max(), codes, codes)


@pytest.mark.parametrize("k", [3, 5, 10])
@pytest.mark.parametrize("code", [MANCHESTER, LONDON])
def test_the_most_alike_are_those_plain_numpy_finds(code: str, k: int) -> None:
    want = distances()[code].drop(code).sort_values().head(k)
    found = peers(open_workspace(), code, k=k)
    assert list(found.index) == list(want.index)
    assert found["distance"].to_numpy() == pytest.approx(want.to_numpy())
    assert found["close"].to_numpy() == pytest.approx(100 * (1 - want.to_numpy()))
    assert list(found["place"]) == list(range(1, k + 1))
    for other, mutual in found["mutual"].items():
        assert mutual == (code in distances()[other].drop(other).sort_values().head(k).index)


def test_the_drivers_are_the_largest_shares_of_the_squared_distance() -> None:
    x = context(open_workspace()).apply(lambda column: treat_outliers(column).values)
    z = (x - x.mean()) / x.std()
    for other, row in peers(open_workspace(), MANCHESTER).iterrows():
        squared = (z.loc[MANCHESTER] - z.loc[other]) ** 2
        share = (squared / squared.sum()).sort_values(ascending=False)
        assert [row[f"driver_{d}"] for d in (1, 2, 3)] == list(share.index[:3])
        assert [row[f"share_{d}"] for d in (1, 2, 3)] == pytest.approx(list(share.iloc[:3]))


def test_the_variables_are_twelve_to_twenty_whole_and_none_is_benchmarked() -> None:
    ws = open_workspace()
    variables = context(ws)
    assert 12 <= variables.shape[1] <= 20
    assert variables.notna().all(axis=None)
    for indicator in ws.catalogue.index:
        values = ws.values(str(indicator))
        for name in variables:
            there = values.notna()
            assert abs(np.corrcoef(values[there], variables.loc[there, name])[0, 1]) < 0.99, (indicator, name)
    jobs = ws.sectors("bres_jobs", "2020")
    share = 100 * jobs["C"] / jobs.sum(axis=1)
    pd.testing.assert_series_equal(variables["manufacturing, % of jobs, 2020"], share, check_names=False)


def test_adjoining_same_region_and_by_hand() -> None:
    ws = open_workspace()
    adjoining = peers(ws, MANCHESTER, "adjoining", k=10)
    assert sorted(adjoining.index) == sorted(ws.neighbours("lep")[MANCHESTER])
    same = peers(ws, MANCHESTER, "region", k=10)
    of = regions_of(ws)
    assert sorted(same.index) == sorted(of.index[(of == of[MANCHESTER]) & (of.index != MANCHESTER)])
    assert set(ws.names()[same.index]) == {"Cheshire and Warrington", "Cumbria", "Lancashire", "Liverpool City Region"}
    assert len(peers(ws, MANCHESTER, "region", k=3)) == 3
    picked = peers(ws, MANCHESTER, "picked", k=1, picked=[LONDON, MANCHESTER, "E37000016"])
    assert sorted(picked.index) == ["E37000016", LONDON]
    assert picked["distance"].is_monotonic_increasing
    assert peers(ws, LONDON, "region").empty  # London is a region by itself


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("geography", GEOGRAPHIES)
def test_every_geography_has_every_way(geography: str, how: str) -> None:
    ws = open_workspace()
    code = str(ws.layer(geography).index[0])
    others = [str(c) for c in ws.layer(geography).index[1:3]]
    found = peers(ws, code, how, 4, geography, picked=others)
    assert code not in found.index
    assert len(found) <= 4
    if how in {"statistical", "picked"}:
        assert len(found) == (4 if how == "statistical" else 2)
    assert found["distance"].between(0, 1).all()


def test_bad_input_is_refused_with_advice() -> None:
    ws = open_workspace()
    with pytest.raises(NotFound, match=r"'London'.*describe"):
        peers(ws, "London")
    with pytest.raises(NotFound, match="statistical, adjoining"):
        peers(ws, LONDON, "nearest")
    with pytest.raises(UsageError, match="k must be 1"):
        peers(ws, LONDON, k=0)


def test_a_folder_without_residents_still_has_peers(tmp_path: Path) -> None:
    ws = made_workspace(tmp_path, figures())  # synthetic: its one indicator knows no residents
    assert not any("resident" in name for name in context(ws))
    assert len(peers(ws, LONDON)) == 5
