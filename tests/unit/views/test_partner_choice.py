"""Partners of a region: the reference case known by hand, the sentence, and what the table promises."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import s3geo
from s3geo import open_workspace, partners, region_profile
from s3geo.errors import DataError, NotFound, UsageError
from s3geo.statistics import (
    added_density,
    largest_additions,
    rank_stability,
    relatedness_density,
    score_partners,
)
from s3geo.views.meetings import meetings
from s3geo.views.partner_map import DIMMED, ORIGIN, partner_arcs, partner_table
from s3geo.views.partner_words import counter_reason, reason
from s3geo.views.partners import LEADING, PRESETS, candidates, joint_projects, strengths
from s3geo.workspace import Workspace

GM = "E37000015"

# Six synthetic places on a line, five activities; everything below can be followed by hand.
PLACES, ACTIVITIES = list("OABCDE"), ["farm", "mill", "shop", "code", "film"]
M = pd.DataFrame(
    [[1, 1, 0, 0, 0], [1, 1, 0, 0, 0], [1, 0, 1, 0, 0], [0, 0, 1, 1, 1], [0, 1, 0, 1, 0], [0, 0, 0, 0, 1]],
    PLACES,
    ACTIVITIES,
)
KM = pd.DataFrame({"x": [0.0, 10, 40, 200, 90, 300], "y": 0.0}, PLACES)
PHI = pd.DataFrame(0.0, ACTIVITIES, ACTIVITIES)
for a, b, value in (("farm", "shop", 0.2), ("shop", "code", 0.6), ("code", "film", 0.6), ("mill", "code", 0.2)):
    PHI.loc[a, b] = PHI.loc[b, a] = value
TARGETS = ["code"]  # surrounded by shop 0.6, film 0.6 and mill 0.2: O has 0.2 of 1.4


def ranked(weights: tuple[float, ...]) -> pd.DataFrame:
    return score_partners(M, KM, "O", phi=PHI, targets=TARGETS, weights=weights, min_activities=0)


def test_six_places_known_by_hand_have_the_right_first_partner() -> None:
    found = ranked((1, 1, 1, 0))
    # code gains shop and film with C (1.2 / 1.4), shop with B, film with E, nothing with A (like O) nor D (only mill)
    np.testing.assert_allclose(found["complementarity"], [0, 0.6 / 1.4, 1.2 / 1.4, 0, 0.6 / 1.4])
    np.testing.assert_allclose(found["shared"], [1, 1 / 3, 0, 1 / 3, 0])
    assert found["rank"].idxmin() == "A"  # nearest, most alike
    assert ranked((1, 0, 0, 0))["rank"].idxmin() == "A"
    assert ranked((0, 0, 1, 0))["rank"].idxmin() == "C"
    both = ranked((1, 1, 2, 0))  # B adds half as much as C, but from near: (0.75 + 0.625 + 2 x 0.625) / 4
    assert both["rank"].idxmin() == "B"
    assert both["score"]["B"] == 65.625


def test_six_places_known_by_hand_have_the_right_sentence() -> None:
    added = largest_additions(M, "O", PHI, targets=TARGETS)
    assert added.loc["C", "activity"] == "code"
    assert added.loc["C", "through"] == ("shop", "film")
    np.testing.assert_allclose(added.loc["C", ["own", "together", "added"]].astype(float), [1 / 7, 1, 6 / 7])
    assert added.loc["A", "activity"] is None or pd.isna(added.loc["A", "activity"])
    row = {**added.loc["C"], "name": "Cee", "score": 60.0, "activity_label": "Code", "through": "Shop and Film"}
    said = reason({**row, "lq_theirs": 1.5, "lq_ours": 0.4}, "Oh")
    assert said == (
        "Has Shop and Film, which Oh lacks; that adds most around Code (1.50 times England’s share there, 0.40 in Oh): "
        "of what is related to it, the two together have 100 %, Oh alone 14 %."
    )
    nothing = {**row, "activity_label": float("nan"), "added": float("nan")}
    assert reason(nothing, "Oh") == "Adds nothing around what is aimed at."


def test_the_largest_addition_is_the_density_of_both_together() -> None:
    ws = open_workspace()
    known = strengths(ws)
    density = relatedness_density(known.M, known.phi)
    found = largest_additions(known.M, GM, known.phi)
    for place, row in found.dropna(subset=["added"]).iterrows():
        both = pd.DataFrame([known.M.loc[[GM, place]].max()], index=["both"])
        together = relatedness_density(both, known.phi).loc["both"]
        assert math.isclose(row["together"], together[row["activity"]])
        assert math.isclose(row["own"], density.loc[GM, row["activity"]])
        every = added_density(known.M, known.phi, GM, str(place))
        assert row["added"] <= every.max() + 1e-12


def test_contributions_add_to_the_score_for_every_region_and_preset() -> None:
    ws = open_workspace()
    for preset in PRESETS.values():
        weights = np.array(preset.weights, dtype=float)
        every = candidates(ws, tuple(weights > 0))
        assert len(every) == 38
        for place in every.values():
            found = place.scored(weights)
            parts = found[[c for c in found if c.startswith("contrib_")]].sum(axis=1)
            np.testing.assert_allclose(parts, found["score"], atol=1e-9)


@pytest.mark.parametrize("geography", ["lep", "region", "combined_authority"])
def test_every_region_has_partners_with_reasons(geography: str) -> None:
    ws = open_workspace()
    for code in ws.layer(geography).index:
        found = partners(ws, str(code), n=3, geography=geography)
        assert found["reason"].str.len().gt(20).all()
        assert found["rank"].is_monotonic_increasing
        assert found["score"].between(0, 100).all()


def test_the_way_back_and_mutual_matches_are_those_of_the_partners_own_list() -> None:
    ws = open_workspace()
    found = partners(ws, GM, n=None)
    for code in found.index[:6]:
        back = partners(ws, str(code), n=None)
        assert back["rank"][GM] == found["rank_back"][code]
        assert bool(found["mutual"][code]) == (found["rank"][code] <= LEADING and back["rank"][GM] <= LEADING)


def test_a_limit_of_distance_leaves_out_and_changes_no_score() -> None:
    ws = open_workspace()
    every, near = partners(ws, GM, n=None), partners(ws, GM, within_km=50, n=None)
    assert 0 < len(near) < len(every)
    assert set(near.index) == set(every.index[every["distance_km"] <= 50])
    assert near["score"].equals(every["score"].reindex(near.index))


def test_a_target_changes_what_is_added() -> None:
    ws = open_workspace()
    found = partners(ws, GM, n=None, target="10")
    assert set(found["activity"].dropna()) == {"10"}
    with pytest.raises(UsageError, match="No sector 'J'"):
        partners(ws, GM, target="J")


def test_the_values_beside_the_score_are_those_of_the_profiles() -> None:
    ws = open_workspace()
    told = 0
    for code in ws.layer().index:
        for partner, row in partners(ws, str(code), n=5).iterrows():
            if row["meets"]:
                ours = region_profile(ws, str(code)).cells.set_index("indicator").loc[row["meets_indicator"]]
                theirs = region_profile(ws, str(partner)).cells.set_index("indicator").loc[row["meets_indicator"]]
                assert (ours["value"], theirs["value"]) == (row["ours"], row["theirs"])
                assert ours["percentile"] <= 25
                assert theirs["percentile"] >= 75
                told += 1
    assert told > 20


def met_plainly(ws: Workspace, code: str, other: str, actor: str | None = None) -> tuple[str, float, float]:
    """Find what two regions could bring to each other row by row: ours of the last quarter, farthest behind theirs."""
    found, gap = ("", math.nan, math.nan), -math.inf
    theirs = region_profile(ws, other).cells.set_index("indicator")
    for _, ours in region_profile(ws, code).cells.iterrows():
        indicator = ours["indicator"]
        strong = theirs.at[indicator, "percentile"]
        usable = not ours["old"] and ws.catalogue.at[indicator, "direction"] != "neutral"
        met = usable and actor in {None, ours["actor"]} and ours["percentile"] <= 25 and strong >= 75
        if met and strong - ours["percentile"] > gap:
            found, gap = (indicator, theirs.at[indicator, "value"], ours["value"]), strong - ours["percentile"]
    return found


def test_meetings_are_those_found_row_by_row_where_it_is_asked() -> None:
    ws = open_workspace()
    for code, actor in ((GM, None), (GM, "research"), ("E37000034", None), ("E37000053", "business")):
        others = [str(other) for other in ws.layer().index if other != code][::4]
        found = meetings(ws, code, others, actor=actor)
        assert found.index.tolist() == others
        for other, row in found.iterrows():
            indicator, theirs, ours = met_plainly(ws, code, str(other), actor)
            assert (row["meets_indicator"], row["meets"] != "") == (indicator, indicator != "")
            np.testing.assert_equal([row["theirs"], row["ours"]], [theirs, ours])
    assert meetings(ws, GM, []).empty


def test_what_speaks_against_is_the_gravest() -> None:
    every = pd.DataFrame(
        {"distance_km": [10.0, 20, 30, 400], "complementarity": [0.1, 0.2, 0.3, 0.0], "shared": [0.1, 0.2, 0.3, 0.0]}
    )
    row = {"score": 50.0, "overlaps": True, "distance_km": 400.0, "complementarity": 0.0, "shared": 0.0}
    assert counter_reason(row, every, "Oh").startswith("Shares districts with Oh")
    assert (
        counter_reason({**row, "overlaps": False}, every, "Oh")
        == "Far: 75 % of the other areas are nearer than 400 km."
    )
    near = {**row, "overlaps": False, "distance_km": 10.0}
    assert counter_reason(near, every, "Oh").startswith("Adds less around what is aimed at")
    assert counter_reason({**near, "complementarity": 0.1}, every, "Oh") == "Has no strength in common with Oh."
    last = {**near, "complementarity": 0.1, "shared": 0.05}
    assert counter_reason(last, every, "Oh").startswith("Has fewer strengths in common with Oh")
    assert counter_reason({**last, "shared": 0.1}, every, "Oh") == ""


def test_what_is_said_of_three_quarters_is_true_of_three_quarters() -> None:
    ws = open_workspace()
    said = 0
    for code in ws.layer().index:
        every = partners(ws, str(code), n=None)
        for _, row in every.iterrows():
            for words, column in (("Adds less", "complementarity"), ("Has fewer strengths", "shared")):
                if row["counter"].startswith(words):
                    assert (every[column].dropna() > row[column]).mean() >= 0.75
                    said += 1
    assert said > 20


def test_infinite_weights_are_refused() -> None:
    with pytest.raises(UsageError, match="four numbers"):
        partners(open_workspace(), GM, (math.inf, 1, 1, 0))


def test_a_target_of_ours_is_not_put_on_others() -> None:
    ws = open_workspace()
    back = partners(ws, GM, n=None)["rank_back"]
    assert partners(ws, GM, n=None, target="10")["rank_back"].reindex(back.index).equals(back)


def test_stability_is_a_share_of_all_mixes() -> None:
    found = rank_stability(ranked((1, 1, 1, 0)), top=1, draws=4000)
    assert math.isclose(found.sum(), 1, abs_tol=0.02)  # ties at the edge count for both
    assert rank_stability(ranked((1, 1, 1, 0)), top=5).eq(1).all()
    with pytest.raises(UsageError, match="1 or more"):
        rank_stability(ranked((1, 1, 1, 0)), top=0)


def test_joint_projects_count_once_a_pair_both_ways() -> None:
    ws = open_workspace()
    square = joint_projects(ws)
    links = ws.region_links("lep", "h2020").set_index(["a", "b"])["n_distinct"]
    (a, b), n = next(iter(links.items()))
    assert square.at[a, b] == square.at[b, a] == n
    years = ws.region_links("lep", "h2020")
    assert (years["first_year"] <= years["last_year"]).all()
    assert years["first_year"].between(2014, 2018).all()


def test_the_map_dims_the_rest_and_outlines_the_partners() -> None:
    ws = open_workspace()
    every, shown = partners(ws, GM, n=None), partners(ws, GM, n=4)
    table = partner_table(ws, GM, every, shown, geography="lep", words="x", credit="y")
    assert table.rows.at[GM, "fill"] == ORIGIN
    assert table.outlined == set(shown.index)
    rest = [code for code in table.rows.index if code not in shown.index and code != GM]
    assert set(table.rows.loc[rest, "fill"]) == {DIMMED}
    assert sum(row.count for row in table.legend) == 38
    arcs = partner_arcs(ws, GM, shown, "lep")
    widths = [width for _, width in arcs["links"][GM]]
    assert widths == sorted(widths, reverse=True)
    assert len(widths) == 4


def test_a_region_with_a_gap_says_so() -> None:
    ws = open_workspace()
    with pytest.raises(DataError, match="withheld"):
        partners(ws, "E37000005", table="gva")  # Cornwall and Isles of Scilly
    assert len(partners(ws, "E37000005")) == 10


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"code": "E1"}, NotFound, "No region 'E1'"),
        ({"within_km": 0}, UsageError, "within_km must be positive"),
        ({"weights": (1, 1)}, UsageError, "four numbers"),
        ({"weights": (0, 0, 0, 0)}, UsageError, "not all 0"),
        ({"table": "bres_jobs"}, UsageError, "ubc_enterprises"),
    ],
)
def test_bad_questions_are_told(asked: dict[str, object], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        partners(open_workspace(), **{"code": GM, **asked})  # type: ignore[arg-type]


def test_partners_is_a_public_name() -> None:
    assert s3geo.partners is partners
