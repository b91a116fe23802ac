"""Recipes of an index: what an address and a file keep, and what is said of a bad one."""

from __future__ import annotations

import tomllib

import pytest

from s3geo.errors import FileProblem, UsageError
from s3geo.views.recipe import LARGEST_RECIPE, Recipe, read_recipe, recipe_from_url, recipe_toml

KNOWN = ["gva_per_head", "epo_patents_per_100k", "own_my.figures"]
RECIPES = [
    Recipe(),
    Recipe(weights=(("business", 2), ("talent", 0.5), ("gva_per_head", 0))),
    Recipe(normalise="percent_rank", aggregate="geometric", draws=500, seed=7),
    Recipe(normalise="zscore", weights=(("own_my.figures", 3.0), ("research", 1))),
]


@pytest.mark.parametrize("recipe", RECIPES)
def test_an_address_keeps_a_recipe(recipe: Recipe) -> None:
    assert recipe_from_url(recipe.url, KNOWN) == (recipe, [])


def test_what_equals_the_default_is_not_in_the_address() -> None:
    assert Recipe().url == ""
    assert Recipe().weighing("business", 2).weighing("business", 1) == Recipe()
    assert Recipe(weights=(("talent", 2.5),), aggregate="geometric").url == "talent-2.5,aggregate-geometric"


BAD_PARTS = (
    "gva_per_head-0.3 gva_per_head-3.5 gva_per_head--1 gva_per_head-nan gva_per_head- gva_per_head unknown-2 - "
    "normalise-log aggregate-harmonic draws-7 draws-1e3 draws-99999999 seed--1 <script>-1 "
    "industrial_specialisation_krugman-2"
)


@pytest.mark.parametrize("part", BAD_PARTS.split())
def test_what_an_address_cannot_mean_is_left_out_and_the_rest_is_kept(part: str) -> None:
    recipe, left_out = recipe_from_url(f"business-2,{part},talent-0", KNOWN)
    assert left_out == [part]
    assert recipe == Recipe(weights=(("business", 2), ("talent", 0)))


def test_a_geometric_mean_of_z_scores_is_refused() -> None:
    with pytest.raises(UsageError, match="needs scores above 0"):
        Recipe(normalise="zscore", aggregate="geometric")
    recipe, left_out = recipe_from_url("normalise-zscore,aggregate-geometric", KNOWN)
    assert (recipe.normalise, recipe.aggregate, left_out) == ("zscore", "arithmetic", ["aggregate-geometric"])


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("name", ["Plain", 'With "quotes" and \\', "£ – Ærø 漢字 \U0001f600", "'''", "# no comment"])
def test_a_file_keeps_a_recipe(recipe: Recipe, name: str) -> None:
    made = Recipe(
        name, "lad", recipe.weights, recipe.normalise, recipe.aggregate, recipe.draws, recipe.seed, "0123456789ab"
    )
    text = recipe_toml(made, KNOWN)
    assert set(tomllib.loads(text)["indicators"]) == set(KNOWN)
    assert read_recipe(text, KNOWN) == made
    assert read_recipe(text.replace("\n", "\r\n").encode("utf-8-sig"), KNOWN) == made


def test_indicators_that_a_file_does_not_name_are_left_out() -> None:
    found = read_recipe("[indicators]\ngva_per_head = 2", KNOWN)
    assert [found.weight(i) for i in KNOWN] == [2, 0, 0]
    assert read_recipe("", KNOWN) == Recipe()


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ("actors = 3", "actors", "no table"),
        ("[actors]\nfirms = 2", "actors.firms", "not known"),
        ("[indicators]\nindustrial_specialisation_krugman = 1", "krugman", "not known"),
        ("[indicators]\ngva_per_head = 0.7", "indicators.gva_per_head", "0.7"),
        ("[indicators]\ngva_per_head = true", "indicators.gva_per_head", "True"),
        ("[indicators]\ngva_per_head = nan", "indicators.gva_per_head", "nan"),
        ("[indicators]\ngva_per_head = '1'", "indicators.gva_per_head", "'1'"),
        ("draws = '10'", "draws", "'10'"),
        ("draws = 10", "", "from 100 to 10000"),
        ("seed = true", "seed", "True"),
        ("geography = 'moon'", "", "moon"),
        ("name = ''", "", "name"),
        ('name = "two\\nlines"', "", "printable"),
        ("[method]\nnormalise = 'log'", "", "log"),
        ("[method]\nweights = 'equal'", "method.weights", "equal"),
        ("weighting = 3", "weighting", "not part"),
    ],
)
def test_a_bad_file_is_told_where_and_what(text: str, where: str, said: str) -> None:
    with pytest.raises(FileProblem) as told:
        read_recipe(text, KNOWN)
    problems = told.value.problems
    assert len(problems) == 1
    assert where in problems.at[0, "code"]
    assert said in f"{problems.at[0, 'problem']} {told.value}"
    assert problems.at[0, "next_step"]


@pytest.mark.parametrize(
    "text", [b"\xff\xfe\x00", b"PK\x03\x04", b"a = ", b"code,name\n1,2", b"x" * LARGEST_RECIPE * 2]
)
def test_what_is_no_recipe_at_all_is_refused(text: bytes) -> None:
    with pytest.raises(FileProblem):
        read_recipe(text, KNOWN)


def test_every_fault_of_a_file_is_told_at_once() -> None:
    with pytest.raises(FileProblem) as told:
        read_recipe("seed = 'x'\n[actors]\nfirms = 1\n[dimensions]\ntalent = 9", KNOWN)
    assert list(told.value.problems["code"]) == ["seed", "actors.firms", "dimensions.talent"]
