"""A region at a glance, checked against plain counting."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made import figures, made_workspace

from s3geo import open_workspace, region_profile
from s3geo.errors import NotFound
from s3geo.model.catalogue import ACTORS, DIMENSIONS
from s3geo.settings import ENGLAND
from s3geo.views.profile import ranks, standings
from s3geo.workspace import GEOGRAPHIES

LONDON, CORNWALL, SWINDON = "E37000051", "E37000005", "E37000033"


@pytest.mark.parametrize("code", [LONDON, CORNWALL, SWINDON])
def test_nine_cells_in_the_order_of_the_framework(code: str) -> None:
    profile = region_profile(open_workspace(), code)
    headline = profile.headline()
    assert list(headline.index) == [(actor, dimension) for actor in ACTORS for dimension in DIMENSIONS]
    assert profile.name == open_workspace().names()[code]
    assert headline["text"].str.len().gt(0).all()


def test_every_indicator_of_the_catalogue_stands_in_its_cell_once() -> None:
    ws = open_workspace()
    cells = region_profile(ws, LONDON).cells
    have = [i for i in ws.catalogue.index if "lep" in ws.geographies_of(i)]
    assert sorted(cells["indicator"]) == sorted(have)
    placed = cells.set_index("indicator")[["actor", "dimension", "unit", "label"]]
    pd.testing.assert_frame_equal(placed.sort_index(), ws.catalogue.loc[have, placed.columns].sort_index())


@pytest.mark.parametrize("geography", ["lep", "combined_authority"])
def test_rank_n_and_percentile_are_what_counting_gives(geography: str) -> None:
    ws = open_workspace()
    have = [i for i in ws.catalogue.index if geography in ws.geographies_of(i)]
    values = {indicator: ws.values(indicator, geography=geography).to_dict() for indicator in have}
    checked = 0
    for code, cells in standings(ws, geography).items():
        for row in cells.itertuples():
            others = np.array([v for c, v in values[row.indicator].items() if c != code and not math.isnan(v)])
            mine = values[row.indicator][code]
            assert row.n == len(others) + (not math.isnan(mine))
            if math.isnan(mine):
                assert math.isnan(row.rank)
                assert math.isnan(row.percentile)
                assert row.text.startswith("No data: ")
                continue
            lower = ws.catalogue.at[row.indicator, "direction"] == "lower_is_better"
            better = (others < mine) if lower else (others > mine)
            assert row.value == mine
            assert row.rank == 1 + better.sum()
            assert row.percentile == pytest.approx(100 * (~better).sum() / len(others))
            checked += 1
    assert checked > 100


def test_where_lower_is_better_the_lowest_is_first() -> None:
    ws = open_workspace()
    values = ws.values("no_qualifications_share")
    assert ws.catalogue.at["no_qualifications_share", "direction"] == "lower_is_better"
    cells = region_profile(ws, values.idxmin()).cells.set_index("indicator")
    assert cells.at["no_qualifications_share", "rank"] == 1
    assert cells.at["no_qualifications_share", "percentile"] == 100


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        ("higher_is_better", [2, math.nan, 1, 4, 2]),
        ("neutral", [2, math.nan, 1, 4, 2]),
        ("lower_is_better", [2, math.nan, 4, 1, 2]),
    ],
)
def test_ties_share_the_better_rank_and_missing_is_not_ranked(direction: str, expected: list[float]) -> None:
    values = pd.Series([5.0, np.nan, 9.0, 1.0, 5.0], index=list("abcde"))
    pd.testing.assert_series_equal(ranks(values, direction), pd.Series(expected, index=list("abcde"), dtype=float))


def test_a_verdict_only_where_a_sampling_or_binomial_interval_exists() -> None:
    ws = open_workspace()
    words = set()
    for cells in standings(ws, "lep").values():
        for row in cells.itertuples():
            known = ws.catalogue.at[row.indicator, "uncertainty"] in {"survey", "binomial"} and not math.isnan(
                row.lower
            )
            if not known:
                assert row.verdict == ""
                continue
            assert (row.verdict == "higher") == (row.lower > row.england)
            assert (row.verdict == "lower") == (row.upper < row.england)
            assert row.verdict
            words.add(row.verdict)
    assert words == {"higher", "similar", "lower"}


def test_a_poisson_interval_is_kept_without_a_word() -> None:
    cells = region_profile(open_workspace(), LONDON).cells.set_index("indicator")
    births = cells.loc["enterprise_births_per_10k"]
    assert births["lower"] > births["england"]
    assert births["verdict"] == ""


@pytest.mark.parametrize(
    ("uncertainty", "word"), [("survey", "higher"), ("binomial", "higher"), ("none", ""), ("poisson", "")]
)
def test_the_kind_of_uncertainty_decides_on_the_word(tmp_path: Path, uncertainty: str, word: str) -> None:
    table = figures()  # synthetic
    table["lower"], table["upper"] = table["value"] - 1, table["value"] + 1
    ws = made_workspace(tmp_path, table, england=3, uncertainty=uncertainty)
    last = table["code"].iloc[-1]
    assert region_profile(ws, last).cells["verdict"].tolist() == [word]


def test_england_is_its_own_total_not_the_mean_of_its_parts() -> None:
    ws = open_workspace()
    raw = pd.read_parquet(ws.file("data", "observations.parquet"))
    own = raw[raw["code"] == ENGLAND].set_index(["indicator", "period"])["value"]
    cells = region_profile(ws, LONDON).cells
    for row in cells.itertuples():
        assert row.england == own[row.indicator, row.period]
    gva = ws.values("gva_per_head")
    assert abs(ws.england("gva_per_head") - gva.mean()) > 1000


def test_a_region_without_a_university_says_why() -> None:
    row = region_profile(open_workspace(), SWINDON).headline().loc[("research", "funding")]
    assert row["text"] == "No data: no university registered here"
    assert row["n"] == 37


@pytest.mark.parametrize("geography", GEOGRAPHIES)
def test_every_region_of_every_geography_has_a_profile(geography: str) -> None:
    ws = open_workspace()
    assert set(standings(ws, geography)) == set(ws.layer(geography).index)


@pytest.mark.parametrize("code", ["E12000007", "", "London"])
def test_an_unknown_region_is_refused_with_advice(code: str) -> None:
    with pytest.raises(NotFound, match=r"Local Enterprise Partnerships.*describe"):
        region_profile(open_workspace(), code)
