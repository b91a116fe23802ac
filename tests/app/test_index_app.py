"""The Index page without a browser: what its controls do to the recipe and the address."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from s3geo import innovation_index, open_workspace
from s3geo.app.server import SCRIPT
from s3geo.views.index import weighable
from s3geo.views.profile import ACTOR_LABELS, DIMENSION_LABELS
from s3geo.views.recipe import Recipe

PATIENCE = 60  # the first run imports everything


def visit(**query: str) -> AppTest:
    test = AppTest.from_file(str(SCRIPT), default_timeout=PATIENCE)
    for name, value in query.items():
        test.query_params[name] = value
    test._page_hash = calc_hash("index")
    return run(test)


def run(test: AppTest) -> AppTest:
    test.run()
    assert [e.message for e in test.exception] == []
    return test


def recipe_of(test: AppTest) -> str:
    """Return the recipe in the address (AppTest holds it as a text or as a list of one)."""
    found = test.query_params.get("recipe", "")
    return found[0] if isinstance(found, list) else found


def scores(test: AppTest) -> dict[str, float]:
    """Return what the ranking shows of each area."""
    text = "\n".join(e.proto.body for e in test.get("html"))
    return {c: float(s) for c, s in re.findall(r'data-code="(E\d+)" data-rank="[^>]*data-score="([^"]+)"', text)}


def library(recipe: Recipe) -> dict[str, float]:
    of = innovation_index(open_workspace(), recipe).regions["score"].dropna()
    return {str(code): float(score) for code, score in of.items()}


def opened(test: AppTest) -> AppTest:
    """Open every cell: the sliders of its indicators are drawn then."""
    for actor in ACTOR_LABELS:
        for dimension in DIMENSION_LABELS:
            test.session_state[f"_cell_{actor}_{dimension}"] = True
    return run(test)


def test_every_weight_has_a_slider_and_all_are_one() -> None:
    test = visit()
    assert {s.label for s in test.slider} == {*ACTOR_LABELS.values(), *DIMENSION_LABELS.values()}
    opened(test)
    keys = {s.key.removeprefix("_weight_") for s in test.slider}
    cells = {"research", "business", "environment", "funding", "talent", "outputs"}
    assert keys == cells | set(weighable(open_workspace(), "lep"))
    assert {s.value for s in test.slider} == {1.0}
    assert {(s.min, s.max, s.step) for s in test.slider} == {(0.0, 3.0, 0.5)}
    assert recipe_of(test) == ""
    assert scores(test) == library(Recipe())


def test_a_slider_writes_the_recipe_into_the_address_and_back_to_one_takes_it_out() -> None:
    test = opened(visit())
    test.slider(key="_weight_gigabit_coverage").set_value(0.0)
    run(test)
    assert recipe_of(test) == "gigabit_coverage-0"
    assert scores(test) == library(Recipe(weights=(("gigabit_coverage", 0),)))
    opened(test).slider(key="_weight_gigabit_coverage").set_value(1.0)  # AppTest does not say again that a cell is open
    run(test)
    assert recipe_of(test) == ""


def test_z_scores_leave_the_arithmetic_mean() -> None:
    test = visit(recipe="aggregate-geometric")
    test.selectbox(key="_normalise").set_value("zscore")
    run(test)
    assert recipe_of(test) == "normalise-zscore"
    assert test.selectbox(key="_aggregate").options == ["Arithmetic"]
    assert scores(test) == library(Recipe(normalise="zscore"))


@pytest.mark.parametrize("geography", ["region", "combined_authority"])
def test_other_areas_keep_the_recipe(geography: str) -> None:
    test = visit(recipe="business-2,ref2021_4star_share-0")
    test.selectbox(key="geography").set_value(geography)
    run(test)
    assert recipe_of(test) == "business-2,ref2021_4star_share-0"
    recipe = Recipe(geography=geography, weights=(("business", 2), ("ref2021_4star_share", 0)))
    assert scores(test) == library(recipe)


def test_too_few_cells_are_one_message_and_the_sliders_stay() -> None:
    test = visit(recipe="research-0,business-0,talent-0")
    (told,) = [e.value for e in test.error]
    assert told.startswith("An index needs indicators in at least 3 of the nine cells; with these weights")
    test.slider(key="_weight_talent").set_value(1.0)
    run(test)
    assert [e.value for e in test.error] == []
    assert len(scores(test)) > 30
