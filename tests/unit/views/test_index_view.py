"""The index of the bundled figures: what its numbers are made of, and when there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from s3geo import innovation_index, open_workspace
from s3geo.errors import UsageError
from s3geo.exports import index_figures
from s3geo.settings import ENGLAND
from s3geo.views.index import MOVERS, moving, weighable
from s3geo.views.recipe import Recipe
from s3geo.views.scores import cell_scores
from s3geo.workspace import Workspace

GM, SWINDON = "E37000015", "E37000033"
WEIGHTED = Recipe(weights=(("business", 2.5), ("talent", 0.5), ("epo_patents_per_100k", 0), ("gva_per_head", 3)))


@pytest.fixture(scope="module")
def ws() -> Workspace:
    return open_workspace()


def by_hand(table: pd.DataFrame) -> dict[str, float]:
    """Compute min-max arithmetic scores from raw figures after the outlier rule, and weights, in plain Python."""
    x = table.pivot_table(index="code", columns="indicator", values="treated", dropna=False)
    worst = table.drop_duplicates("indicator").set_index("indicator")["direction"] == "lower_is_better"
    regions = x.drop(ENGLAND)
    scores = {}
    for code, row in x.iterrows():
        total = weight = present = 0.0
        cells = list(table[table["code"] == code].groupby(["actor", "dimension"]))
        for _, cell in cells:
            points = weights = n = 0.0
            for i, w in zip(cell["indicator"], cell["weight"], strict=True):
                if row[i] == row[i]:
                    share = (row[i] - regions[i].min()) / (regions[i].max() - regions[i].min())
                    share = min(max(1 - share if worst[i] else share, 0), 1)
                    points, weights, n = points + w * 100 * share, weights + w, n + 1
            if 3 * n >= 2 * len(cell):
                w = float(cell["cell_weight"].iloc[0])
                total, weight, present = total + w * points / weights, weight + w, present + 1
        scores[str(code)] = total / weight if 3 * present >= 2 * len(cells) else float("nan")
    return scores


@pytest.mark.parametrize("recipe", [Recipe(), WEIGHTED], ids=["equal", "weighted"])
def test_scores_are_those_computed_by_hand_from_the_table_of_steps(ws: Workspace, recipe: Recipe) -> None:
    table = innovation_index(ws, recipe)
    scores = by_hand(index_figures(ws, table))
    assert scores.pop(ENGLAND) == pytest.approx(table.england["score"], abs=1e-9)
    for code, score in scores.items():
        assert score == pytest.approx(table.regions.at[code, "score"], abs=1e-9, nan_ok=True)


def test_raw_figures_are_the_workspaces_and_englands_are_its_own(ws: Workspace) -> None:
    steps = innovation_index(ws).steps
    assert set(steps["indicator"]) == set(weighable(ws, "lep"))
    for indicator, rows in steps.set_index("code").groupby("indicator"):
        raw = rows["raw"]
        assert raw[ENGLAND] == ws.england(str(indicator))
        pd.testing.assert_series_equal(raw.drop(ENGLAND), ws.values(str(indicator)), check_names=False)


METHODS = [("minmax", "arithmetic"), ("minmax", "geometric"), ("zscore", "arithmetic")]


@pytest.mark.parametrize(("normalise", "aggregate"), [*METHODS, ("percent_rank", "geometric")])
def test_points_add_up_and_ranks_follow_the_scores(ws: Workspace, normalise: str, aggregate: str) -> None:
    table = innovation_index(ws, Recipe(normalise=normalise, aggregate=aggregate, draws=100))
    scores = pd.concat([table.regions["score"], pd.Series({ENGLAND: table.england["score"]})])
    for part in (table.steps, table.cells):
        points = part.groupby("code")["contribution"].sum(min_count=1)
        np.testing.assert_allclose(points.reindex(scores.index), scores, atol=1e-9)
    expected = table.regions["score"].round(9).rank(ascending=False, method="min")
    pd.testing.assert_series_equal(table.regions["rank"], expected, check_names=False)
    assert table.relative == ((normalise != "zscore") and aggregate == "arithmetic")


def test_every_rank_has_an_interval_and_the_seed_repeats_it(ws: Workspace) -> None:
    first, again = innovation_index(ws), innovation_index(ws)
    ranked = first.regions[first.regions["rank"].notna()]
    assert ranked[["q05", "q95"]].notna().all(axis=None)
    assert (ranked["q05"] <= ranked["q95"]).all()
    pd.testing.assert_frame_equal(first.regions, again.regions)
    other = innovation_index(ws, Recipe(seed=1))
    assert not other.regions["q95"].equals(first.regions["q95"])
    assert other.regions["score"].equals(first.regions["score"])


def test_nothing_is_made_up_for_what_is_missing(ws: Workspace) -> None:
    table = innovation_index(ws)
    assert (table.cells["score"].notna() == (3 * table.cells["present"] >= 2 * table.cells["of"])).all()
    swindon = table.regions.loc[SWINDON]
    assert (swindon["cells"], swindon["of"]) == (4, 9)
    assert swindon[["score", "rank", "q05", "q95", "index"]].isna().all()
    missing = table.steps["raw"].isna()
    assert missing.any()
    assert table.steps.loc[missing, ["treated", "normalised", "share", "contribution"]].isna().all(axis=None)
    assert table.alike(SWINDON) == []


def test_not_distinguishable_goes_both_ways_and_needs_no_more_than_the_draws(ws: Workspace) -> None:
    table = innovation_index(ws)
    for code, others in table.similar.items():
        assert code not in others
        assert all(code in table.similar[other] for other in others)
    apart = table.regions.loc[[GM, "E37000053"]]
    assert apart["q05"].max() > apart["q95"].min()
    assert "Oxfordshire" not in table.alike(GM)
    assert table.alike(GM)


def test_weights_of_nought_leave_out_and_too_few_cells_are_refused(ws: Workspace) -> None:
    table = innovation_index(ws, Recipe(weights=(("research", 0), ("gva_per_head", 0))))
    assert "research" not in set(table.cells["actor"])
    assert "gva_per_head" not in set(table.steps["indicator"])
    assert len(table.cells[table.cells["code"] == GM]) == 6
    with pytest.raises(UsageError, match="at least 3 of the nine cells"):
        innovation_index(ws, Recipe(weights=(("research", 0), ("business", 0), ("talent", 0))))


def test_other_areas_have_an_index_of_their_own_indicators(ws: Workspace) -> None:
    for geography in ("region", "combined_authority", "lad"):
        table = innovation_index(ws, Recipe(geography=geography, draws=100))
        assert set(table.regions.index) == set(ws.names(geography).index)
        assert set(table.steps["indicator"]) == set(weighable(ws, geography))


def test_the_version_of_the_figures_tells_other_figures(ws: Workspace) -> None:
    first = innovation_index(ws, Recipe(draws=100)).recipe.data
    assert first == innovation_index(ws, Recipe(draws=200, seed=4)).recipe.data
    assert first != innovation_index(ws, Recipe(draws=100, weights=(("gva_per_head", 0),))).recipe.data
    assert first != innovation_index(ws, Recipe("x", "region", draws=100)).recipe.data


def test_what_moves_ranks_is_said_of_every_ranked_region(ws: Workspace) -> None:
    moved = moving(ws, Recipe())
    assert list(moved.columns) == list(MOVERS)
    assert moved.drop(index=SWINDON).notna().all(axis=None)
    assert (moved.drop(index=SWINDON) >= 0).all(axis=None)


def test_cells_of_equal_weights_are_those_of_the_profile(ws: Workspace) -> None:
    cells = innovation_index(ws, Recipe(draws=100)).cells.set_index(["code", "actor", "dimension"])
    profile = cell_scores(ws).rename_axis(["code", "actor", "dimension"])
    mine = cells.loc[profile.index]
    np.testing.assert_allclose(mine["score"], profile["score"], rtol=1e-12)
    np.testing.assert_array_equal(mine[["present", "of"]], profile[["n_present", "n_indicators"]])
    england = cells.loc[ENGLAND]["score"].to_dict()
    for (_, actor, dimension), own in profile["england"].items():
        assert england[actor, dimension] == pytest.approx(own, rel=1e-12)
