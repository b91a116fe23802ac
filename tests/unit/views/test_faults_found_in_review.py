"""Faults that a cold reading found, each as a test."""

from __future__ import annotations

import pandas as pd
import pytest

from s3geo import open_workspace
from s3geo.app.index_panels import ranking
from s3geo.errors import FileProblem, S3geoError
from s3geo.views.index import innovation_index, weighable
from s3geo.views.peers import peers
from s3geo.views.recipe import Recipe, read_recipe
from s3geo.views.spatial_pattern import pattern_table
from s3geo.views.strips import strip
from s3geo.views.trends import trends


def test_a_trend_has_a_word_only_where_both_ends_have_an_interval() -> None:
    ws = open_workspace()
    for indicator in ("employment_rate_16_64", "knowledge_services_job_share"):
        said = pd.Series(trends(ws, indicator))
        assert not said.str.contains("rose|fell|unchanged").any()
        assert said.str.contains("%").any()


@pytest.mark.parametrize("how", ["adjoining", "region"])
def test_only_the_most_alike_can_be_one_sided(how: str) -> None:
    assert peers(open_workspace(), "E37000051", how, 5)["mutual"].all()
    assert not peers(open_workspace(), "E37000051", "statistical", 5)["mutual"].all()


def test_a_strip_names_the_range_of_the_areas_not_englands() -> None:
    ws = open_workspace()
    values = ws.values("gva_per_hour", geography="combined_authority")
    assert values.max() < ws.england("gva_per_hour")
    found = strip(ws, "gva_per_hour", ["E47000001"], (), "combined_authority")
    assert f"to £{values.max():.1f}; England £{ws.england('gva_per_hour'):.1f}" in found.description


def test_an_interval_of_ranks_is_never_shown_narrower_than_it_is() -> None:
    table = innovation_index(open_workspace(), Recipe(draws=200))
    html = ranking(table, None)
    for _, row in table.regions.dropna(subset=["score"]).iterrows():
        low, high = int(row["q05"]), -int(-row["q95"] // 1)
        assert f"{low} to {high}</td>" in html


@pytest.mark.parametrize("text", ["draws = " + "1" * 5000, "actors.business = 0x" + "f" * 5000])
def test_a_recipe_with_a_number_too_long_is_refused_in_words(text: str) -> None:
    with pytest.raises(S3geoError) as told:
        read_recipe(text, weighable(open_workspace()))
    assert len(str(told.value)) < 500
    assert isinstance(told.value, FileProblem | S3geoError)


def test_the_mean_of_a_pattern_is_the_one_it_is_measured_from() -> None:
    table = pattern_table(open_workspace(), "gva_per_head", geography="lad")
    alone = list(table.whole.without_neighbours)
    assert alone
    assert table.mean == table.rows["value"].drop(alone).mean()
    assert table.mean != table.rows["value"].mean()
