"""Sectors beside England, against an independent reckoning in plain pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from s3geo import open_workspace
from s3geo.app import sector_panels
from s3geo.errors import NotFound, UsageError
from s3geo.exports.tables import figures_table
from s3geo.views.linked import listing
from s3geo.views.sectors import FLOOR, LEAST, quotients, region_sectors, sector_table, tables_of
from s3geo.workspace import Workspace

LONDON, TVB = "E37000051", "E37000036"


@pytest.fixture(scope="module")
def ws():
    return open_workspace()


def test_the_quotient_is_the_share_over_that_of_england(ws) -> None:
    counts, england = ws.sectors("bres_jobs", "2020"), ws.england_sectors("bres_jobs", "2020")
    expected = counts.div(counts.sum(axis=1), axis=0) / (england / england.sum())
    found = quotients(ws, "bres_jobs", "2020")
    for sector in ("C", "J", "M"):
        mine = found.xs(sector, level="sector")
        assert mine["lq"].tolist() == pytest.approx(expected[sector].tolist())
        assert mine["count"].tolist() == counts[sector].tolist()
        assert ((mine["lower"] <= mine["lq"]) & (mine["lq"] <= mine["upper"])).all()


def test_specialised_is_said_by_the_full_rule_and_only_where_an_interval_is_known(ws) -> None:
    found = quotients(ws, "bres_jobs", "2020")
    full = (found["lq"] >= LEAST) & (found["lower"] > 1) & (found["count"] >= FLOOR)
    assert found["specialised"].tolist() == full.tolist()
    small = found[(found["lq"] >= LEAST) & (found["count"] < FLOOR)]
    assert len(small)
    assert not small["specialised"].any()
    for geography in ("lep", "region"):
        others = quotients(ws, "ubc_enterprises", None, geography)
        assert not others["specialised"].any()
        assert others[["lower", "upper"]].isna().all().all()


def test_limits_are_never_narrower_than_rounding_allows(ws) -> None:
    # B in a region with few jobs: rounded to 5 below 50, to 25 below 250
    found = quotients(ws, "bres_jobs", "2020").xs("B", level="sector")
    few = found[(found["count"] > 0) & (found["count"] < 50)]
    assert len(few)
    for _, row in few.iterrows():
        assert row["lower"] < row["lq"] * (row["count"] - 2) / row["count"]


def test_the_map_diverges_around_one_and_half_is_as_far_as_twice(ws) -> None:
    table = sector_table(ws, "J")
    bounds = np.array(table.breaks.upper)
    assert bounds[table.middle - 1] < 1 < bounds[table.middle]
    assert bounds[table.middle - 1] == pytest.approx(1 / bounds[table.middle])
    assert table.breaks.lower > 0
    assert sum(table.breaks.counts) == 38
    assert table.england == 1.0
    assert table.specialised == [code for code, yes in table.quotients["specialised"].items() if yes]
    rows = listing(table, "higher_is_better")
    assert rows[0]["name"] == "Thames Valley Berkshire"
    assert rows[0]["klass"].endswith("and specialised")
    assert " – " in rows[0]["text"]


def test_a_sector_without_any_jobs_somewhere_is_in_the_lowest_class(ws) -> None:
    for sector in ws.sector_names("bres_jobs").index:
        table = sector_table(ws, str(sector))
        none = table.rows["value"] == 0
        assert (table.rows["class"][none] == 0).all()
        in_england = ws.england_sectors("bres_jobs", "2020")[sector] > 0
        assert table.rows["class"].notna().all() == in_england  # households as employers: none are counted
        assert (table.middle is None) == (not in_england)


def test_the_sectors_of_a_region_are_ranked_among_all_regions(ws) -> None:
    mine = region_sectors(ws, LONDON)
    known = mine["lq"].dropna()
    assert list(known) == sorted(known, reverse=True)
    lq = quotients(ws, "bres_jobs")["lq"].reset_index().pivot_table(index="code", columns="sector", values="lq")
    assert mine["rank"].dropna().to_dict() == lq.rank(ascending=False, method="min").loc[LONDON].to_dict()
    assert mine.loc["K", "rank"] == 1  # finance


def test_the_figures_taken_away_are_those_shown(ws) -> None:
    table = sector_table(ws, "C", period="2018")
    out = figures_table(ws, table)
    assert len(out) == 39
    assert out.set_index("code")["lq"].drop("E92000001").to_dict() == pytest.approx(table.rows["value"].to_dict())
    assert out["lq"].iloc[-1] == 1
    assert set(out["period"]) == {"2018"}
    assert out["source"].str.contains("Business Register and Employment Survey").all()


def test_tables_follow_the_geography(ws) -> None:
    assert tables_of("lad") == ["ubc_enterprises"]
    with pytest.raises(UsageError, match="No sector 'Z'"):
        sector_table(ws, "Z")
    with pytest.raises(NotFound):
        quotients(ws, "bres_jobs", None, "lad")
    assert isinstance(sector_table(ws, "10", table="ubc_enterprises", geography="lad").rows, pd.DataFrame)


def test_a_sector_that_england_has_none_of_says_so(ws) -> None:
    """BRES counts nobody in T and U anywhere in England: nothing was withheld, and nothing failed to be collected."""
    assert ws.england_sectors("bres_jobs", "2020")["U"] == 0
    table = sector_table(ws, "U")
    (row,) = table.legend
    assert (row.label, row.count) == ("No data: none counted in England", 38)
    assert set(table.rows["label"].str.partition(": ")[2]) == {"no data, none counted in England"}
    assert {line["klass"] for line in listing(table, "higher_is_better")} == {"None counted in England"}
    assert "none counted in England" in sector_panels.head("London", LONDON, table)
    assert "withheld" not in sector_panels.head("London", LONDON, table)
    assert np.isnan(table.england)
    out = figures_table(ws, table)
    assert set(out["status"]) == {"none_in_england"}
    assert out["lq"].isna().all()


def test_a_withheld_cell_is_not_called_not_collected(ws, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = ws.sectors("bres_jobs", "2020").copy()
    counts.loc[LONDON, "B"] = np.nan  # synthetic: the bundled table has no withheld cell
    monkeypatch.setattr(type(ws), "sectors", lambda *_: counts)
    table = sector_table(Workspace(), "J", period="2020")  # one about which nothing is kept yet
    assert table.rows["label"][LONDON] == "London: no data, withheld or not known"
    assert [row.label for row in table.legend if row.label.startswith("No data")] == ["No data: withheld or not known"]
    assert table.england == 1
