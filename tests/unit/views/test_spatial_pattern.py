"""Spatial pattern: what the map shows equals the library, for every indicator, and says no more than it may."""

from __future__ import annotations

import pandas as pd
import pytest

from s3geo import open_workspace
from s3geo.errors import DataError, NotFound
from s3geo.exports import figures_table
from s3geo.settings import settings
from s3geo.statistics import benjamini_hochberg, local_moran, moran
from s3geo.views.class_table import NO_DATA_FILL
from s3geo.views.linked import chart, listing
from s3geo.views.spatial_pattern import CLUSTERS, pattern_table

WS = open_workspace()
PAIRS = [(i, g) for i in WS.catalogue.index for g in ("lep", "lad") if g in WS.geographies_of(i)]


def test_every_indicator_is_tried() -> None:
    assert len({i for i, _ in PAIRS}) == len(WS.catalogue) == 38
    assert sum(g == "lep" for _, g in PAIRS) == 38


@pytest.mark.parametrize(("indicator", "geography"), PAIRS)
def test_every_indicator_has_a_pattern_that_equals_the_library(indicator: str, geography: str) -> None:
    table = pattern_table(WS, indicator, geography=geography)
    values, near = WS.values(indicator, geography=geography), WS.neighbours(geography)
    found = local_moran(values, near, permutations=9_999, seed=0)
    pd.testing.assert_frame_equal(table.found[found.columns], found, check_names=False)
    assert table.whole == moran(values, near)
    assert list(table.rows.index) == list(WS.layer(geography).index)
    assert sum(row.count for row in table.legend) == len(table.rows)
    coloured = table.rows["fill"].isin([CLUSTERS[c][0] for c in list(CLUSTERS)[:4]])
    assert (coloured == benjamini_hochberg(table.found["p"])["rejected"]).all()
    assert (table.rows["fill"].eq(NO_DATA_FILL) == values.isna()).all()
    for row in listing(table, "higher_is_better"):
        known = {words for _, words in CLUSTERS.values()}
        assert row["klass"].partition(" (")[0] in known or row["value"] is None
    assert chart(table)["breaks"] == []


def test_fills_are_different_from_each_other() -> None:
    fills = [fill for fill, _ in CLUSTERS.values()]
    assert len(set(fills)) == len(fills)


def test_what_is_known_of_value_added() -> None:
    table = pattern_table(WS, "gva_per_head", "2023")
    assert set(table.clusters["name"]) == {"Buckinghamshire", "Enterprise M3", "Thames Valley Berkshire"}
    assert set(table.clusters["cluster"]) == {"High among high"}
    assert "more alike" in table.sentence
    assert f"{table.whole.I:.2f}" in table.sentence
    assert "two-sided p < 0.001" in table.sentence
    assert "3 of 38 areas stand out" in table.warning
    assert "little power" in table.warning
    assert "share a district" in table.warning
    # high but not surviving the correction: never called a cluster
    assert table.found["p"]["E37000051"] < 0.05
    assert table.standing("E37000051").startswith("Not significant")
    assert table.rows["label"]["E37000051"].endswith("not significant (q = 0.065)")


def test_districts_carry_no_warning_of_few_areas() -> None:
    table = pattern_table(WS, "gva_per_head", geography="lad")
    assert table.whole.n == 294  # 296 without the two that adjoin none
    assert "little power" not in table.warning
    assert "share a district" not in table.warning
    alone = table.found.index[table.found["cluster"] == "no neighbours"]
    assert set(WS.names("lad")[alone]) == {"Isle of Wight", "Isles of Scilly"}
    assert all("nothing is said" in table.standing(code) for code in alone)
    assert any(row.label == "No neighbours" and row.count == 2 for row in table.legend)


def test_no_pattern_is_no_finding() -> None:
    table = pattern_table(WS, "stem_students_per_1k")
    assert table.whole.p > 0.05
    assert table.sentence.startswith("No pattern over the whole map can be told from chance.")
    assert table.clusters.empty
    assert "0 of 37 areas" in table.warning


def test_the_same_whenever_it_is_asked_for() -> None:
    first, second = pattern_table(WS, "gdhi_per_head"), pattern_table(WS, "gdhi_per_head")
    pd.testing.assert_frame_equal(first.rows, second.rows)


def test_figures_say_what_the_map_says() -> None:
    table = pattern_table(WS, "gva_per_head")
    out = figures_table(WS, table).set_index("code")
    assert {"local_i", "p", "q", "quadrant", "cluster"} <= set(out.columns)
    assert "class" not in out.columns
    assert (out["cluster"].reindex(table.found.index) == table.found["cluster"]).all()
    england = out.loc["E92000001"]
    assert pd.isna(england["local_i"])
    assert pd.isna(england["cluster"])


def test_the_address_written_into_files_leads_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3GEO_ADDRESS", "https://example.org/s3geo")
    settings.cache_clear()
    try:
        out = figures_table(WS, pattern_table(WS, "gva_per_head"))
        assert out["permalink"].iloc[0].startswith("https://example.org/s3geo/?indicator=gva_per_head&period=2023")
        assert "mode=pattern" in out["permalink"].iloc[0]
    finally:
        settings.cache_clear()


def test_where_it_cannot_be_said_why() -> None:
    with pytest.raises(NotFound, match="not published for"):
        pattern_table(WS, "he_research_income_per_head", geography="lad")
    values = pd.Series([1.0, 2, 3], index=["a", "b", "c"])
    with pytest.raises(DataError, match="needs four units"):
        local_moran(values, {"a": ["b"], "b": ["a", "c"], "c": ["b"]})
