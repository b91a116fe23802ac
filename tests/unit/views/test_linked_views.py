"""The table and the chart beside the map say what the map says."""

from __future__ import annotations

import numpy as np
import pytest

from s3geo import open_workspace
from s3geo.views.class_table import class_table
from s3geo.views.linked import chart, listing

SWINDON = "E37000033"


@pytest.mark.parametrize("palette", ["sequential", "diverging"])
@pytest.mark.parametrize("geography", ["lep", "lad", "region"])
def test_rows_are_those_of_the_map(geography: str, palette: str) -> None:
    table = class_table(open_workspace(), "gva_per_head", geography=geography, palette=palette)
    rows = listing(table, "higher_is_better")
    assert {row["code"] for row in rows} == set(table.rows.index)
    values = [row["value"] for row in rows if row["value"] is not None]
    assert values == sorted(values, reverse=True)
    ranked = table.rows["value"].rank(method="min", ascending=False)
    for row in rows:
        assert row["fill"] == (None if row["value"] is None else table.rows["fill"][row["code"]])
        assert row["rank"] == (None if row["value"] is None else ranked[row["code"]])


def test_a_region_without_data_stands_last_and_says_why() -> None:
    table = class_table(open_workspace(), "he_research_income_per_head")
    last = listing(table, "higher_is_better")[-1]
    assert last["code"] == SWINDON
    assert (last["rank"], last["value"], last["fill"], last["text"]) == (None, None, None, "–")
    assert last["klass"] == "No university registered here"


def test_lower_is_better_turns_the_ranks_round() -> None:
    table = class_table(open_workspace(), "no_qualifications_share")
    first = listing(table, "lower_is_better")[0]
    assert first["value"] == table.rows["value"].min()


@pytest.mark.parametrize("indicator", ["gva_per_head", "he_research_income_per_head", "gva_growth_10y"])
def test_the_histogram_holds_every_value_once(indicator: str) -> None:
    table = class_table(open_workspace(), indicator)
    drawn = chart(table)
    n = int(table.rows["value"].notna().sum())
    assert sum(b["count"] for b in drawn["bins"]) == len(drawn["columns"]) == n
    assert max(b["height"] for b in drawn["bins"]) == 1
    shares = [*(c["y"] for c in drawn["columns"]), drawn["zero"], drawn["england"], *(b["x"] for b in drawn["breaks"])]
    assert all(0 <= share <= 1 for share in shares)
    ordered = [c["y"] for c in drawn["columns"]]
    assert ordered == sorted(ordered, reverse=True)
    assert {c["fill"] for c in drawn["columns"]} <= set(table.colours)
    assert np.allclose([b["left"] for b in drawn["bins"][1:]], [b["right"] for b in drawn["bins"][:-1]], atol=1e-4)
