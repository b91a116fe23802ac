"""Sectors and links worked out again from the raw files by plain pandas."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from s3geo import open_workspace
from s3geo.settings import ENGLAND

pytestmark = pytest.mark.official

GM = "E37000015"


@pytest.fixture(scope="module")
def ws():
    return open_workspace()


@pytest.fixture(scope="module")
def bres(shared: Path) -> pd.DataFrame:
    table = pd.read_csv(shared / "indicators/bres_lep_sic_section_2015_2020.csv")
    table["code"] = table["lep21cd"].fillna(ENGLAND)
    return table[table["industry"].str.match("[A-U] :")].assign(sector=lambda df: df["industry"].str[0])


def test_jobs_are_those_of_the_flat_file(ws, bres) -> None:
    for year, rows in bres.groupby("year"):
        wide = rows.pivot_table(index="code", columns="sector", values="employment")
        pd.testing.assert_frame_equal(
            ws.sectors("bres_jobs", str(year)), wide.drop(ENGLAND), check_names=False, check_column_type=False
        )
        assert (ws.england_sectors("bres_jobs", str(year)) == wide.loc[ENGLAND]).all()


def test_adding_the_two_classifications_would_double_england(shared: Path, ws) -> None:
    raw = pd.read_csv(shared / "indicators/bres_lep_sic_section_2015_2020.csv").query(
        "level == 'country' and year == 2020"
    )
    total = ws.england_sectors("bres_jobs", "2020").sum()
    assert raw["employment"].sum() == pytest.approx(2 * total, rel=0.01)


def test_location_quotients_have_the_mean_that_arithmetic_demands(ws, bres) -> None:
    rows = bres.query("year == 2020").pivot_table(index="code", columns="sector", values="employment")
    share = rows.div(rows.sum(axis=1), axis=0)
    quotient = share.drop(ENGLAND) / share.loc[ENGLAND].mask(share.loc[ENGLAND] == 0)
    jobs, england = ws.sectors("bres_jobs", "2020"), ws.england_sectors("bres_jobs", "2020")
    ours = jobs.div(jobs.sum(axis=1), axis=0) / (england / england.sum()).mask(england == 0)
    np.testing.assert_allclose(ours, quotient)
    weighted = (ours.mul(jobs.sum(axis=1), axis=0).sum() / jobs.sum().sum()).drop(["T", "U"])
    assert weighted.between(0.9, 1.12).all()
    assert ours.at["E37000051", "K"] > 1.8  # finance in London
    assert ours.at["E37000001", "C"] > 1.4  # manufacturing in the Black Country


def test_enterprises_by_the_lookups_of_the_raw_folder(shared: Path, ws) -> None:
    raw = pd.read_csv(shared / "indicators/ubc_enterprises_industry_size_2018_2022.csv.gz")
    raw = raw.assign(sector=raw["industry"].str.split(" : ").str[0])
    lep = raw[raw["level"] == "lep"].pivot_table(index="lep21cd", columns="sector", values="total", aggfunc="sum")
    ours = sum(ws.sectors("ubc_enterprises", str(year)) for year in range(2018, 2023))
    pd.testing.assert_frame_equal(ours[lep.columns], lep, check_names=False)
    # Districts by name, through the code list of 2021, to the regions of 2023.
    names = pd.read_csv(shared / "lookups/lad_code_changes_2016_2024_geographr.csv")
    names = names.drop_duplicates("ltla21_name").set_index("ltla21_name")["ltla23_code"]
    regions = pd.read_csv(shared / "lookups/lad23_region23_ons.csv", encoding="utf-8-sig")
    regions = regions.set_index("LAD23CD")["RGN23CD"]
    rows = raw[(raw["level"] == "ladu") & (raw["year"] == 2021)]
    rows = rows.assign(region=rows["area"].map(names).map(regions)).dropna(subset=["region"])
    expected = rows.pivot_table(index="region", columns="sector", values="total", aggfunc="sum")
    found = ws.sectors("ubc_enterprises", "2021", "region")[expected.columns]
    pd.testing.assert_frame_equal(found, expected, check_names=False)


def test_every_name_of_an_english_district_finds_its_code(shared: Path, ws) -> None:
    raw = pd.read_csv(shared / "indicators/ubc_enterprises_industry_size_2018_2022.csv.gz")
    rows = raw[(raw["level"] == "ladu") & (raw["year"] == 2022)]
    codes = pd.read_csv(shared / "lookups/lad_code_changes_2016_2024_geographr.csv")
    english = set(codes.loc[codes["ltla21_code"].str.startswith("E"), "ltla21_name"])
    total = rows.loc[rows["area"].isin(english), "total"].sum()
    assert rows.loc[rows["area"].isin(english), "area"].nunique() == 309
    assert ws.sectors("ubc_enterprises", "2022", "lad").sum().sum() == total


def test_industries_add_up_to_the_total_of_every_district(shared: Path, ws) -> None:
    raw = pd.read_csv(shared / "indicators/gva_la_by_industry_2013_2023.csv.gz", low_memory=False)
    total = raw[(raw["sic07"] == "Total") & (raw["year"] == 2023)].set_index("la_code")["gva_gbp_m"].astype(float)
    ours = ws.sectors("gva", "2023", "lad")
    complete = ours.index[ours.notna().all(axis=1)]
    assert len(complete) == 292
    assert (ours.loc[complete].sum(axis=1) - total[complete]).abs().max() <= 15  # each industry is rounded to £1m
    assert ws.england_sectors("gva", "2023").sum() == pytest.approx(total[complete].sum(), rel=1e-4)
    assert ws.england_sectors("gva", "2023").sum() / 2_113_330 == pytest.approx(0.9905, abs=0.001)
    assert ws.sectors("gva", "2023").loc[GM].sum() == pytest.approx(total[ws.districts(GM)].sum(), rel=1e-3)


def held(ws) -> dict[str, str]:
    ids = ws.organisations["source_ids"].str.split(";").explode()
    return dict(zip(ids, ids.index, strict=True))


def test_links_of_horizon_2020_are_the_published_pairs(shared: Path, ws) -> None:
    pairs = pd.read_csv(
        shared / "collaborations/h2020_uk_uk_pairs_2014_2018.csv.gz", dtype={"pic_a": str, "pic_b": str}
    )
    holder = held(ws)
    ends = [
        sorted((holder[f"pic:{a}"], holder[f"pic:{b}"])) for a, b in zip(pairs["pic_a"], pairs["pic_b"], strict=True)
    ]
    pairs["a"], pairs["b"] = zip(*ends, strict=True)
    alone = pairs[(pairs["a"] != pairs["b"]) & ~pairs.duplicated(["a", "b"], keep=False)]
    ours = ws.links("h2020").set_index(["a", "b"]).sort_index()
    assert len(pairs) - len(ours) == 1  # two Catapults are one today
    both = alone.merge(ours, on=["a", "b"], suffixes=("", "_ours"), how="left")
    for column in ("n_projects", "first_year", "last_year"):
        assert (both[column] == both[f"{column}_ours"]).all(), column


def test_links_of_gateway_to_research_by_hand(shared: Path, ws) -> None:
    raw = pd.read_csv(shared / "collaborations/gtr_coproject_edges_2006_2016.csv.gz")
    raw = raw[raw["org_a"] != raw["org_b"]]
    best: dict[tuple[frozenset[str], str], int] = {}
    for a, b, topic, n in zip(raw["org_a"], raw["org_b"], raw["topic"], raw["n_projects"], strict=True):
        key = (frozenset((a, b)), topic)
        best[key] = max(best.get(key, 0), n)
    pairs: dict[frozenset[str], int] = {}
    for (pair, _), n in best.items():
        pairs[pair] = pairs.get(pair, 0) + n
    ours = ws.links("gtr")
    assert len(pairs) - len(ours) < 60  # some names are one organisation
    assert len(raw) > len(pairs) > len(ours)
    bath, southampton = held(ws)["ukprn:10007850"], held(ws)["ukprn:10007158"]
    found = ours.set_index(["a", "b"])["n_projects"][tuple(sorted((bath, southampton)))]
    assert found == pairs[frozenset(("University of Bath", "University of Southampton"))]
    assert ours["n_projects"].sum() == pytest.approx(sum(pairs.values()), abs=30)


def test_pairs_between_leps_by_hand(shared: Path, ws) -> None:
    people = ws.participations
    lep = ws._regions_of_organisations("lep").groupby("organisation")["region"].agg(set).to_dict()
    count: dict[tuple[str, str], set[str]] = {}
    for project, rows in people.groupby("project")["organisation"]:
        for one, other in combinations(sorted(o for o in rows if o in lep), 2):
            for x in lep[one]:
                for y in lep[other]:
                    count.setdefault((min(x, y), max(x, y)), set()).add(str(project))
    table = ws.region_links("lep", "h2020")
    found = {(row.a, row.b): row.n_distinct for row in table.itertuples()}
    assert found == {pair: len(projects) for pair, projects in count.items() if pair[0] != pair[1]}
