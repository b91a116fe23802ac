"""Tables of sectors: three classifications kept apart, mergers, overlaps, what is withheld (invented areas)."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from s3geo.errors import TableError, ValidationError
from s3geo.model.evidence import SECTOR_TABLES
from s3geo.model.evidence_schemas import check_sector_names, check_sectors
from s3geo.refresh.sectors import compile_sector_names, compile_sectors, finest, sections_of
from s3geo.settings import ENGLAND

A, B, C, NEW, OLD1, OLD2 = (f"E0700000{n}" for n in range(1, 7))
L1, L2, REGION = "E37000001", "E37000002", "E12000001"
FARMING, GARAGES = "1 : Agriculture, forestry & fishing (A)", "5 : Motor trades (Part G)"
LEP = pd.DataFrame({"district": [A, B, B, C, NEW], "region": [L1, L1, L2, L2, L2]})
LAD = pd.DataFrame({"district": [A, B, C, NEW], "region": [A, B, C, NEW]})
WHOLE = pd.DataFrame({"district": [A, B, C, NEW], "region": REGION})
ROWS = {"country": {"England": 500}, "lep": {"One": 300, "Two": 400}}
DISTRICTS = {"Ash": 100, "Birch": 200, "Cedar": 50, "Old Oak": 60, "Older Oak": 40, "Cardiff": 999}
CODES = {"Ash": A, "Birch": B, "Cedar": C, "Old Oak": OLD1, "Older Oak": OLD2}


def counts(**districts: int) -> pd.DataFrame:
    """Enterprises by industry as Nomis gives them; districts are those before a merger, and one of Wales."""
    levels = ROWS | {"lad": DISTRICTS | districts}
    rows = [
        {"level": level, "area": area, "year": 2022, "industry": industry, "enterprises": float(n), "status": "value"}
        for level, areas in levels.items()
        for area, n in areas.items()
        for industry in (FARMING, GARAGES)
        if n >= 0
    ]
    return pd.DataFrame(rows)


def jobs() -> pd.DataFrame:
    """Jobs twice: by section and by group."""
    rows = [
        ("country", "England", "section", "A : Agriculture", 1000.0, "value"),
        ("lep", "One", "section", "A : Agriculture", 700.0, "value"),
        ("lep", "Two", "section", "A : Agriculture", np.nan, "suppressed"),
        ("nuts3", "Somewhere", "section", "A : Agriculture", 5.0, "value"),
        ("country", "England", "group", FARMING, 1000.0, "value"),
        ("lep", "One", "group", FARMING, 700.0, "value"),
    ]
    table = pd.DataFrame(rows, columns=["level", "area", "classification", "industry", "jobs", "status"])
    return table.assign(year=2020)


def accounts() -> pd.DataFrame:
    rows = [
        ("Total", "All industries", "total"),
        ("A-E", "Production", "sector"),
        ("C (10-33)", "Manufacturing", "section"),
        ("CA-CB (10-15)", "Food and textiles", "subsection"),
        ("CC (16-18)", "Wood and paper", "subsection"),
        ("O (84)", "Administration", "section"),
    ]
    table = pd.DataFrame(rows, columns=["industry", "description", "level"])
    table = table.merge(pd.DataFrame({"code": [A, B, C, NEW]}), how="cross").merge(
        pd.DataFrame({"year": [2012, 2023]}), how="cross"
    )
    table = table.assign(gva=1.0, status="value")
    withheld = (table["code"] == C) & (table["industry"] == "CC (16-18)")
    return table.assign(gva=table["gva"].mask(withheld), status=table["status"].mask(withheld, "suppressed"))


@pytest.fixture
def inputs(tmp_path: Path) -> SimpleNamespace:
    lines = ["code,district,year_from", f"{OLD1},{NEW},2023", f"{OLD2},{NEW},2023", f"E07000009,{NEW},2019"]
    (tmp_path / "district_codes.csv").write_text("\n".join(lines) + "\n")
    tables = {"industries": counts(), "jobs": jobs(), "gva": accounts()}
    memberships = {"lep": LEP, "lad": LAD} | dict.fromkeys(("region", "county", "combined_authority"), WHOLE)
    names = CODES | {"One": L1, "Two": L2, "England": ENGLAND}
    return SimpleNamespace(
        tables=tables,
        table=tables.__getitem__,
        memberships=memberships,
        boundaries=tmp_path,
        codes=pd.Series({A: A, B: B, C: C, NEW: NEW, OLD1: NEW, OLD2: NEW}),
        regions=lambda geography: sorted(memberships[geography]["region"].unique()),
        with_codes=lambda table: table.assign(code=table["area"].map(names)).dropna(subset=["code"]),
    )


def cells(table: pd.DataFrame, name: str, geography: str) -> dict[str, float]:
    rows = table[(table["table"] == name) & (table["geography"] == geography)]
    return rows[rows["sector"] == rows["sector"].iloc[0]].set_index("code")["value"].to_dict()


def test_sections_and_groups_stay_apart(inputs) -> None:
    table = compile_sectors(inputs)
    jobs_rows = table[table["table"] == "bres_jobs"]
    assert set(jobs_rows["sector"]) == {"A"}
    assert jobs_rows.loc[jobs_rows["code"] == ENGLAND, "value"].sum() == 1000
    assert set(jobs_rows["geography"]) == {"lep", "country"}
    assert set(table.loc[table["table"] == "ubc_enterprises", "sector"]) == {"1", "5"}


def test_a_withheld_job_count_stays_missing_with_its_reason(inputs) -> None:
    table = compile_sectors(inputs).query("table == 'bres_jobs'").set_index("code")
    assert np.isnan(table.at[L2, "value"])
    assert table["status"].to_dict() == {L1: "rounded", L2: "suppressed", ENGLAND: "rounded"}


def test_merged_districts_are_added_and_wales_is_left_out(inputs) -> None:
    table = compile_sectors(inputs)
    assert cells(table, "ubc_enterprises", "lad") == {A: 100, B: 200, C: 50, NEW: 100}
    assert cells(table, "ubc_enterprises", "region") == {REGION: 450}


def test_leps_and_england_are_as_published_and_not_sums(inputs) -> None:
    table = compile_sectors(inputs)
    assert cells(table, "ubc_enterprises", "lep") == {L1: 300, L2: 400}
    assert cells(table, "ubc_enterprises", "country") == {ENGLAND: 500}


@pytest.mark.parametrize("lost", ["Ash", "Older Oak"])
def test_a_district_that_finds_no_code_stops_the_refresh(inputs, lost: str) -> None:
    inputs.tables["industries"] = counts(**{lost: -1})
    with pytest.raises(TableError, match=CODES[lost]):
        compile_sectors(inputs)


def test_the_finest_industries_count_everything_once(inputs) -> None:
    table = compile_sectors(inputs).query("table == 'gva'")
    assert list(dict.fromkeys(table["sector"])) == ["10-15", "16-18", "84"]
    assert set(table["period"]) == {"2023"}
    districts = table[table["geography"] == "lad"]
    assert districts.groupby("code")["value"].sum()[A] == 3


def test_a_withheld_industry_withholds_its_lep_and_its_district_leaves_england(inputs) -> None:
    table = compile_sectors(inputs).query("table == 'gva'").set_index(["geography", "code", "sector"]).sort_index()
    assert table.loc[("lad", C, "16-18"), "status"] == "suppressed"
    assert table.loc[("lep", L2, "16-18"), "status"] == "suppressed"
    assert np.isnan(table.loc[("lep", L2, "16-18"), "value"])
    assert table.loc[("lep", L2, "10-15"), "value"] == 3  # a district of two LEPs counts in both
    assert table.loc[("lep", L1, "16-18"), "value"] == 2
    assert table.loc[("country", ENGLAND), "value"].tolist() == [3, 3, 3]
    assert set(table.loc[("country", ENGLAND), "status"]) == {"estimated"}


def test_names_say_what_they_nest_in(inputs) -> None:
    names = compile_sector_names(inputs).set_index(["table", "sector"])
    assert names.loc[("ubc_enterprises", "5")].tolist() == ["Motor trades", "G", "part"]
    assert names.loc[("ubc_enterprises", "1")].tolist() == ["Agriculture, forestry & fishing", "A", "whole"]
    assert names.loc[("gva", "10-15"), ["sections", "extent"]].tolist() == ["C", "part"]
    assert names.loc[("gva", "84"), ["sections", "extent"]].tolist() == ["O", "whole"]


def test_finest_drops_every_row_that_holds_another() -> None:
    rows = ["L (68)", "68IMP", "68", "F (41-43)", "41", "42", "43", "K (64-66)", "CA-CB (10-15)", "C (10-33)"]
    assert finest(rows) == ["68IMP", "68", "41", "42", "43", "K (64-66)", "CA-CB (10-15)"]
    with pytest.raises(TableError, match="No divisions"):
        finest(["Everything"])


@pytest.mark.parametrize(
    ("span", "expected"),
    [((35, 39), ("D;E", "whole")), ((72, 75), ("M", "part")), ((97, 98), ("T", "whole")), ((41, 41), ("F", "part"))],
)
def test_sections_of_divisions(span: tuple[int, int], expected: tuple[str, str]) -> None:
    assert sections_of(*span) == expected


def row(**changes: object) -> pd.DataFrame:
    entry = {"table": "bres_jobs", "geography": "lep", "code": L1, "sector": "C", "period": "2020", "value": 5.0}
    return pd.DataFrame([entry | {"status": "rounded"} | changes])


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"sector": "3"}, "classification"),
        ({"table": "ubc_enterprises", "sector": "C"}, "classification"),
        ({"table": "ubc_enterprises", "sector": "19"}, "classification"),
        ({"table": "gva", "sector": "C (10-33)"}, "classification"),
        ({"value": -5.0}, "negative"),
        ({"value": np.nan}, "value and status"),
        ({"status": "suppressed"}, "value and status"),
        ({"code": "W92000004"}, "code"),
    ],
)
def test_a_row_that_breaks_the_rules_is_refused(changes: dict[str, object], problem: str) -> None:
    check_sectors(row())
    with pytest.raises(ValidationError, match=problem):
        check_sectors(row(**changes))


def test_a_sector_twice_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"sectors\.parquet"):
        check_sectors(pd.concat([row(), row(value=6.0)]))
    names = pd.DataFrame([["gva", "41", "Building", "F", "part"]] * 2)
    names.columns = ["table", "sector", "label", "sections", "extent"]
    with pytest.raises(ValidationError, match=r"sector_names\.csv"):
        check_sector_names(names)


def test_gross_value_added_may_be_negative() -> None:
    assert len(check_sectors(row(table="gva", sector="1-9", value=-1.0, status="value"))) == 1


def test_every_table_says_what_to_mind() -> None:
    assert all(table.caveat and table.unit for table in SECTOR_TABLES.values())
