"""Scores of the nine cells, checked against plain numpy; their sentences, for every region."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest
from made import figures, made_workspace

from s3geo import open_workspace, region_profile
from s3geo.model.catalogue import ACTORS, DIMENSIONS
from s3geo.views.peers import peers
from s3geo.views.profile import standings
from s3geo.views.scores import cell_scores
from s3geo.views.wording import ordinal
from s3geo.workspace import GEOGRAPHIES

LONDON, MANCHESTER, OXFORDSHIRE, SWINDON = "E37000051", "E37000015", "E37000053", "E37000033"


def by_hand(ids: dict[str, int], code: str) -> tuple[float, float]:
    """Score a region and England by plain numpy; no value of these indicators is an outlier by the rule."""
    ws = open_workspace()
    mine, england = [], []
    for indicator, sign in ids.items():
        x = sign * ws.values(indicator).to_numpy()
        low, high = np.nanmin(x), np.nanmax(x)
        mine.append((sign * ws.values(indicator)[code] - low) / (high - low))
        england.append((sign * ws.england(indicator) - low) / (high - low))
    return 100 * float(np.mean(mine)), 100 * float(np.mean(england))


@pytest.mark.parametrize("code", [LONDON, MANCHESTER, SWINDON])
def test_a_cell_by_hand_one_indicator_of_which_counts_the_other_way(code: str) -> None:
    ids = {
        "nvq4plus_share": 1,
        "no_qualifications_share": -1,
        "employment_rate_16_64": 1,
        "culture_media_occupations_share": 1,
    }
    of = open_workspace().catalogue
    cell = of[(of["actor"] == "environment") & (of["dimension"] == "talent")]
    assert sorted(cell.index) == sorted(ids)
    row = cell_scores(open_workspace()).loc[(code, "environment", "talent")]
    score, england = by_hand(ids, code)
    assert row["score"] == pytest.approx(score, abs=1e-9)
    assert row["england"] == pytest.approx(england, abs=1e-9)
    outputs = cell_scores(open_workspace()).loc[(code, "environment", "outputs")]
    assert (outputs["n_indicators"], outputs["n_neutral"]) == (3, 1)  # the specialisation index is neutral


@pytest.mark.parametrize("code", [MANCHESTER, LONDON, OXFORDSHIRE])
def test_outliers_are_capped_for_regions_and_england_alike(code: str) -> None:
    """Both indicators of research funding: the two highest areas come down to the third."""
    ws = open_workspace()
    mine, england = [], []
    for indicator in ("he_research_income_per_head", "h2020_he_grant_per_head"):
        x = ws.values(indicator).dropna().to_numpy()
        n, z = len(x), x - x.mean()
        m2, m3, m4 = (z**2).mean(), (z**3).mean(), (z**4).mean()
        assert math.sqrt(n * (n - 1)) / (n - 2) * m3 / m2**1.5 > 2
        assert (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * (m4 / m2**2 - 3) + 6) > 3.5
        low, cap = x.min(), np.sort(x)[-3]
        mine.append(100 * (min(ws.values(indicator)[code], cap) - low) / (cap - low))
        england.append(100 * (min(ws.england(indicator), cap) - low) / (cap - low))
    row = cell_scores(ws).loc[(code, "research", "funding")]
    assert row["score"] == pytest.approx(np.mean(mine))
    assert row["england"] == pytest.approx(np.mean(england))


@pytest.mark.parametrize("geography", GEOGRAPHIES)
def test_two_thirds_must_be_there_and_ranks_count_those_with_a_score(geography: str) -> None:
    ws = open_workspace()
    table = cell_scores(ws, geography)
    assert list(dict.fromkeys(table.index.get_level_values("code"))) == list(ws.layer(geography).index)
    few = 3 * table["n_present"] < 2 * table["n_indicators"]
    assert (table["score"].isna() == few).all()
    assert table["score"].dropna().between(0, 100).all()
    for _, cell in table.groupby(level=["actor", "dimension"]):
        there = cell["score"].dropna().to_numpy()
        assert (cell["n"] == len(there)).all()
        for score, rank in zip(cell["score"], cell["rank"], strict=True):
            assert math.isnan(rank) if math.isnan(score) else rank == 1 + (there > score).sum()


def test_every_region_has_a_correct_sentence_in_each_of_nine_cells() -> None:
    ws = open_workspace()
    seen = 0
    for code in ws.layer().index:
        profile = region_profile(ws, str(code))
        assert list(profile.scores.index) == [(a, d) for a in ACTORS for d in DIMENSIONS]
        for key, row in profile.scores.iterrows():
            cells = profile.cells[(profile.cells["actor"] == key[0]) & (profile.cells["dimension"] == key[1])]
            said = row["sentence"]
            assert "nan" not in said
            assert f"{int(row['n_present'])} of {int(row['n_indicators'])} indicators" in said
            if math.isnan(row["score"]):
                assert "too few for a score" in said
                assert "with a score" not in said
            else:
                assert said.startswith(f"{ordinal(int(row['rank']))} of {int(row['n'])} with a score of ")
            assert bool(re.search("Higher|Similar|Lower", said)) == bool(cells["verdict"].any())
            for word, start in (("higher", "Higher than"), ("similar", "Similar to"), ("lower", "Lower than")):
                found = re.search(rf"{start} England: ([^.]*)\.", said)
                named = found.group(1).split(", ") if found else []
                assert named == list(cells.loc[cells["verdict"] == word, "short_label"])
            seen += 1
    assert seen == 38 * 9


def test_a_neutral_indicator_alone_gives_no_score(tmp_path: Path) -> None:
    ws = made_workspace(tmp_path, figures(), direction="neutral")
    profile = region_profile(ws, LONDON)
    assert profile.scores.empty
    assert len(profile.cells) == 1


def test_the_range_of_the_peers_is_that_of_the_five_most_alike() -> None:
    ws = open_workspace()
    five = list(peers(ws, MANCHESTER).index)
    assert len(five) == 5
    for row in standings(ws)[MANCHESTER].itertuples():
        theirs = ws.values(row.indicator)[five].dropna()
        assert row.n_peers == len(theirs)
        assert (row.peers_low, row.peers_high) == (theirs.min(), theirs.max())
