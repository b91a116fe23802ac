"""Tables of the Office for National Statistics. The small extracts are synthetic; the official files carry the mark."""

from __future__ import annotations

import pytest

from s3geo.errors import TableError
from s3geo.sources.ons_business_demography import MEASURES, read_business_demography
from s3geo.sources.ons_gva import read_gva, read_gva_per_hour
from s3geo.sources.ons_population import read_population
from s3geo.sources.ons_subnational import read_subnational

SYNTHETIC_POPULATION = [
    ["ITL1 Region", "LA code", "LA name", 2022, 2023],
    ["North East ", "E06000001", "Hartlepool", 100, 110],
    ["Northern Ireland", "N09000001", "Antrim and Newtownabbey", 50, "[u]"],
    ["", "", "", "", ""],
    ["Source: synthetic", "", "", "", ""],
]


def synthetic_demography(births: list[list[object]]) -> dict[str, list[list[object]]]:
    title: list[list[object]] = [["Table"], ["This worksheet contains one table"], ["Units"]]
    return {"Cover": [["x"]], "Table 1.1a": title + births, "Table 1.2": [["another"]]}


def test_population_is_long_and_unavailable_is_not_zero(workbook) -> None:
    table = read_population(workbook({"Population data": SYNTHETIC_POPULATION}))
    assert len(table) == 4
    last = table[(table["code"] == "N09000001") & (table["year"] == 2023)].iloc[0]
    assert last["population"] != last["population"]
    assert last["status"] == "not_collected"
    assert table.loc[table["code"] == "E06000001", "population"].tolist() == [100, 110]


def test_population_without_codes_says_so(workbook) -> None:
    rows = [["ITL1 Region", "Code", "LA name", 2023], ["x", "E06000001", "Hartlepool", 1]]
    with pytest.raises(TableError, match="no column 'LA code'"):
        read_population(workbook({"Population data": rows}))


def test_a_starred_name_does_not_touch_the_figure(workbook) -> None:
    births: list[list[object]] = [
        ["", "", 2023, 2024],
        ["E92000001", "ENGLAND", 900, 905],
        ["E09000033", "Westminster*", 500, 45],
        ["", "", "", 10],
    ]
    table = read_business_demography(workbook(synthetic_demography(births)), ["births"])
    assert set(table["code"]) == {"E92000001", "E09000033"}
    westminster = table[table["code"] == "E09000033"]
    assert westminster["value"].tolist() == [500, 45]
    assert westminster["starred"].all()
    assert not table.loc[table["code"] == "E92000001", "starred"].any()


def test_a_table_that_is_missing_is_named(workbook) -> None:
    with pytest.raises(TableError, match=r"no sheet Table 3\.1a"):
        read_business_demography(workbook(synthetic_demography([["", "", 2024]])), ["active"])


def test_suppressed_gva_keeps_its_reason() -> None:
    header = "itl1_region,la_code,la_name,sic07,sic07_description,sic_level,year,gva_gbp_m,flag\n"
    rows = "SW,E06000052,Cornwall,J (58-63),ICT,section,2023,,c\nSW,E06000052,Cornwall,Total,All,total,2023,9,\n"
    table = read_gva((header + rows).encode())
    assert table["status"].tolist() == ["suppressed", "value"]
    assert table["gva"].isna().tolist() == [True, False]


def test_an_empty_gva_cell_without_a_flag_is_an_error() -> None:
    header = "la_code,sic07,sic07_description,sic_level,year,gva_gbp_m,flag\n"
    with pytest.raises(TableError, match="gva_gbp_m"):
        read_gva((header + "E06000052,Total,All,total,2023,,\n").encode())


def test_gva_per_hour_is_long() -> None:
    table = read_gva_per_hour(b"area_code,name,2020,2021\nE06000001,Hartlepool,29.76,29.84\nE07000001,Gone,,\n")
    assert table["gva_per_hour"].tolist() == [29.76, 29.84]


def test_the_explorer_gives_the_figure_and_not_the_score() -> None:
    text = "\ufeffunique,group,Indicator,Period,real,value\nE06000005,x,Gigabit capable broadband,Sep-23,77.1,-0.65\n"
    assert read_subnational(text.encode(), "Gigabit capable broadband")["value"].tolist() == [77.1]
    with pytest.raises(TableError, match=r"no indicator 'Income'\. It has 'Gigabit capable broadband'"):
        read_subnational(text.encode(), "Income")


@pytest.mark.official
def test_official_population_adds_to_england(shared) -> None:
    table = read_population(shared / "indicators/ons_population_la_1998_2023.xlsx")
    english = table[(table["year"] == 2023) & table["code"].str.startswith("E")]
    assert len(english) == 296
    assert english["population"].sum() == 57_690_324
    assert (table["status"] == "not_collected").sum() == 11  # Northern Ireland in 2023


@pytest.mark.official
def test_official_business_demography(shared) -> None:
    table = read_business_demography(shared / "indicators/ons_business_demography_2024.xlsx")
    assert set(table["measure"]) == set(MEASURES)
    assert set(table["year"]) == set(range(2019, 2025))
    england = table[(table["code"] == "E92000001") & (table["year"] == 2024)].set_index("measure")["value"]
    assert england.to_dict() == {
        "births": 282_680,
        "deaths": 249_730,
        "active": 2_521_340,
        "high_growth": 12_720,
        "active_10plus": 252_485,
    }
    starred = table[table["starred"] & (table["year"] == 2024) & (table["measure"] == "births")]
    assert set(starred["code"]) == {"E09000007", "E09000012", "E09000019", "E09000033"}


@pytest.mark.official
def test_official_gva_nests(shared) -> None:
    table = read_gva(shared / "indicators/gva_la_by_industry_2013_2023.csv.gz")
    year = table[table["year"] == 2023]
    assert year.loc[year["industry"] == "Total", "gva"].sum() == 2_113_330
    assert set(table.loc[table["status"] == "suppressed", "code"]) == {
        "E06000052",
        "E06000053",
        "E07000095",
        "E07000243",
    }
    hartlepool = year[year["code"] == "E06000001"].set_index("industry")["gva"]
    assert hartlepool["Total"] == pytest.approx(hartlepool[["A-E", "F (41-43)", "G-T"]].sum(), abs=1)
