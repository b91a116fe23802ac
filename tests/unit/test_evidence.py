"""The bundled sectors and links, and how a workspace hands them out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from s3geo import open_workspace
from s3geo.errors import FileProblem, NotFound, ValidationError
from s3geo.model.evidence import SECTOR_TABLES
from s3geo.workspace import GEOGRAPHIES, Workspace

GM, LONDON, CORNWALL, GBSLEP, STAFFS, WORCS = (
    "E37000015",
    "E37000051",
    "E37000005",
    "E37000012",
    "E37000032",
    "E37000038",
)
TABLES = [
    (name, geography) for name, t in SECTOR_TABLES.items() for geography in t.geographies if geography != "country"
]


@pytest.fixture(scope="module")
def ws() -> Workspace:
    return open_workspace()


@pytest.fixture(scope="module")
def district(ws) -> pd.Series:
    return ws.organisations["district"]


# --- sectors


@pytest.mark.parametrize(("table", "geography"), TABLES)
def test_every_region_and_every_sector_in_order(ws, table: str, geography: str) -> None:
    for period in ws.sector_periods(table, geography):
        frame = ws.sectors(table, period, geography)
        assert frame.index.equals(ws.layer(geography).index)
        assert list(frame.columns) == list(ws.sector_names(table).index)
        assert ws.england_sectors(table, period).index.equals(frame.columns)
        assert ws.england_sectors(table, period).notna().all()
    assert ws.sectors(table, geography=geography).equals(frame)  # the latest by default


@pytest.mark.parametrize(("table", "n"), [("bres_jobs", 21), ("ubc_enterprises", 18), ("gva", 37)])
def test_as_many_sectors_as_the_classification_has(ws, table: str, n: int) -> None:
    names = ws.sector_names(table)
    assert len(names) == n
    assert names.is_unique
    assert names.index.is_unique


def test_known_jobs(ws) -> None:
    jobs = ws.sectors("bres_jobs", "2020")
    assert jobs.loc[GM, ["C", "J"]].tolist() == [107_000, 53_000]
    share = jobs.loc[GM] / jobs.loc[GM].sum()
    england = ws.england_sectors("bres_jobs", "2020")
    quotient = share / (england / england.sum())
    assert quotient[["C", "J"]].tolist() == pytest.approx([1.04, 0.87], abs=0.005)
    assert ws.sector_periods("bres_jobs") == [str(year) for year in range(2015, 2021)]


def test_leps_exceed_england_by_their_overlaps(ws) -> None:
    for table in SECTOR_TABLES:
        share = ws.sectors(table).sum().sum() / ws.england_sectors(table).sum()
        assert 1.005 < share < 1.02, table


def test_districts_add_up_to_their_regions(ws) -> None:
    districts = ws.sectors("ubc_enterprises", "2022", "lad")
    for geography in ("region", "county", "combined_authority"):
        larger = ws.sectors("ubc_enterprises", "2022", geography)
        code = larger.index[0]
        assert districts.loc[ws.districts(code, geography)].sum().equals(larger.loc[code])
    assert districts.sum().sum() == pytest.approx(ws.england_sectors("ubc_enterprises", "2022").sum(), rel=1e-3)


def test_rounded_counts_are_rounded(ws) -> None:
    counts = ws.sectors("ubc_enterprises", "2022", "lad")
    assert (counts % 5 == 0).all(axis=None)
    assert counts.notna().all(axis=None)


def test_withheld_industries_stay_missing(ws) -> None:
    missing = ws.sectors("gva").isna().sum(axis=1)
    assert missing[missing > 0].to_dict() == {CORNWALL: 28, "E37000048": 2}  # Broxbourne and Stevenage: Hertfordshire
    assert ws.sectors("gva", geography="lad").isna().sum().sum() == 2 * 28 + 2 * 2


def test_gross_value_added_of_a_lep_is_that_of_its_districts(ws) -> None:
    leps, districts = ws.sectors("gva"), ws.sectors("gva", geography="lad")
    assert leps.loc[GM].equals(districts.loc[ws.districts(GM)].sum())
    assert leps.loc[GM].sum() == pytest.approx(102_300, rel=0.03)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("jobs",), "choose one of bres_jobs"),
        (("bres_jobs", "1999"), "has no period '1999'; it has 2015"),
        (("bres_jobs", None, "lad"), "it exists for lep, country"),
        (("bres_jobs", None, "parish"), "No geography 'parish'"),
    ],
)
def test_what_is_not_there_is_said(ws, arguments: tuple, words: str) -> None:
    with pytest.raises(NotFound, match=words):
        ws.sectors(*arguments)


def test_names_and_england_of_an_unknown_table(ws) -> None:
    with pytest.raises(NotFound, match="No table"):
        ws.sector_names("jobs")
    with pytest.raises(NotFound, match="No table"):
        ws.england_sectors("jobs")


# --- links


def test_both_ends_of_every_link_are_organisations(ws) -> None:
    links = ws.links()
    assert len(links) == len(ws.links("h2020")) + len(ws.links("gtr"))
    assert links["a"].isin(ws.organisations.index).all()
    assert links["b"].isin(ws.organisations.index).all()
    assert (links["a"] < links["b"]).all()
    assert not links.duplicated(["source", "a", "b"]).any()
    assert set(links["source"]) == {"h2020", "gtr"}


def test_links_agree_with_participations(ws) -> None:
    exeter, bath = "ukprn:10007792", "ukprn:10007850"
    held = ws.participations.groupby("organisation")["project"].agg(set)
    joint = held[exeter] & held[bath]
    link = ws.links("h2020").set_index(["a", "b"]).sort_index().loc[[tuple(sorted([exeter, bath]))]]
    assert link["n_projects"].tolist() == [len(joint)]
    years = ws.participations[ws.participations["project"].isin(joint)]["start_year"]
    assert link[["first_year", "last_year"]].iloc[0].tolist() == [years.min(), years.max()]


def test_organisations_without_a_district_are_in_no_region(ws, district) -> None:
    nowhere = set(district.index[district == ""])
    assert len(nowhere) > 1_000
    for geography in GEOGRAPHIES:
        found = ws._regions_of_organisations(geography)
        assert not nowhere & set(found["organisation"])


def test_universities_of_scotland_can_be_found(ws) -> None:
    edinburgh = ws.organisations.loc["ukprn:10007790"]
    assert edinburgh[["name", "kind", "precision", "district"]].tolist() == [
        "University of Edinburgh",
        "university",
        "outside",
        "",
    ]


@pytest.mark.parametrize("source", ["h2020", "gtr"])
@pytest.mark.parametrize("geography", ["lep", "region", "lad"])
def test_region_links_are_links_between_their_organisations(ws, district, geography: str, source: str) -> None:
    links = ws.links(source)
    regions = ws._regions_of_organisations(geography).groupby("organisation")["region"].agg(set)
    counted: dict[tuple[str, str], list[float]] = {}
    for a, b, n in zip(links["a"], links["b"], links["n_projects"], strict=True):
        if district[a] and district[b]:
            for pair in {tuple(sorted((x, y))) for x in regions[a] for y in regions[b]}:
                counted.setdefault(pair, []).append(n)
    for inside in (False, True):
        table = ws.region_links(geography, source, inside=inside)
        expected = {pair: (sum(n), len(n)) for pair, n in counted.items() if (pair[0] == pair[1]) == inside}
        found = {(r.a, r.b): (r.n_projects, r.n_pairs) for r in table.itertuples()}
        assert found == expected


def test_an_organisation_of_two_leps_counts_in_both(ws, district) -> None:
    shared = district.index[district.isin(ws.overlaps().index)]
    links = ws.links("h2020")
    one = links[links["a"].isin(shared) | links["b"].isin(shared)]
    assert len(one) > 0
    a, b = one.iloc[0][["a", "b"]]
    home, other = (a, b) if a in shared else (b, a)
    both = ws.overlaps().at[district[home], "regions"]
    assert len(both) == 2
    if district[other]:
        pairs = ws.region_links(source="h2020").set_index(["a", "b"]).index
        elsewhere = ws._regions_of_organisations("lep").set_index("organisation").loc[[other], "region"]
        for away in elsewhere:
            assert {tuple(sorted((region, away))) for region in both if region != away} <= set(pairs)


def test_different_projects_are_at_most_joint_projects(ws) -> None:
    for inside in (False, True):
        table = ws.region_links(inside=inside)
        h2020 = table[table["source"] == "h2020"]
        assert (h2020["n_distinct"] >= 1).all()
        assert (h2020["n_distinct"] <= h2020["n_projects"]).all()
        assert table.loc[table["source"] == "gtr", "n_distinct"].isna().all()
    assert (h2020["a"] == h2020["b"]).all()


def test_the_overlapping_leps_are_linked_as_others_are(ws) -> None:
    pairs = ws.region_links().set_index(["a", "b"]).index
    assert (GBSLEP, STAFFS) in pairs
    assert (GBSLEP, WORCS) in pairs


@pytest.mark.parametrize("ask", [lambda ws: ws.links("fp7"), lambda ws: ws.region_links(source="fp7")])
def test_an_unknown_source_of_links_is_refused(ws, ask) -> None:
    with pytest.raises(NotFound, match="No source of links 'fp7'"):
        ask(ws)
    with pytest.raises(NotFound, match="No geography"):
        ws.region_links("parish")


def test_participations_have_what_a_hold_out_needs(ws) -> None:
    table = ws.participations
    assert len(table) == 10_844
    assert table["start_year"].between(2014, 2018).all()
    assert set(table["role"]) == {"coordinator", "participant", "partner"}
    named = table["organisation"].isin(ws.organisations.index).mean()
    assert named == pytest.approx(0.881, abs=0.001)
    assert not table.duplicated(["project", "organisation"]).any()


# --- a folder of one's own


@pytest.mark.parametrize("name", ["sectors.parquet", "links.parquet", "participations.parquet", "sector_names.csv"])
def test_a_broken_table_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / name).write_bytes(b"\xff\xfe\x00PAR1 cut short")
    with pytest.raises((FileProblem, ValidationError), match=name):
        open_workspace(tmp_path).check()


def test_ones_own_sectors_replace_the_bundled_ones(tmp_path: Path, ws) -> None:
    (tmp_path / "data").mkdir()
    table = pd.read_parquet(ws.file("data", "sectors.parquet"))
    mine = (table["table"] == "bres_jobs") & (table["code"] == LONDON) & (table["period"] == "2020")
    table.assign(value=table["value"].mask(mine, 7.0)).to_parquet(tmp_path / "data" / "sectors.parquet")
    own = open_workspace(tmp_path)
    assert (own.sectors("bres_jobs").loc[LONDON] == 7).all()
    np.testing.assert_array_equal(own.sectors("bres_jobs").loc[GM], ws.sectors("bres_jobs").loc[GM])


def test_the_tables_are_small(root: Path) -> None:
    for name in ("sectors.parquet", "links.parquet", "participations.parquet", "organisations.parquet"):
        assert (root / "data" / name).stat().st_size < 1_000_000
