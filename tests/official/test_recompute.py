"""At least two indicators of every cell, worked out again from the raw tables by another way than the package's.

Plain pandas on the flat files and the official lookups; where the package reads a workbook, places by postcode or goes
through today's districts, this goes through the flat file, the polygon or the districts of 2021.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

pytestmark = pytest.mark.official

ENGLAND = "E92000001"
COMPUTED: dict[str, Callable[[Path], pd.Series]] = {}


def computes(recipe: Callable[[Path], pd.Series]) -> Callable[[Path], pd.Series]:
    COMPUTED[recipe.__name__] = recipe
    return recipe


def residents(shared: Path, year: int) -> pd.Series:
    """Residents by LEP and in England."""
    table = pd.read_csv(shared / "indicators/population_la_1998_2023.csv").dropna(subset=["LA code"])
    people = table[table["LA code"].str.startswith("E")].set_index("LA code")[str(year)].astype(float)
    return over_leps(shared, people)


def over_leps(shared: Path, districts: pd.Series) -> pd.Series:
    """Sum districts of 2023 to LEPs; England counts each district once."""
    lookup = pd.read_csv(shared / "lookups/lad23_lep21.csv")
    sums = lookup.assign(x=lookup["LAD23CD"].map(districts)).groupby("LEP21CD")["x"].agg(lambda x: x.sum(skipna=False))
    return pd.concat([sums, pd.Series({ENGLAND: districts.sum()})])


def university(shared: Path, series: list[str], years: list[int]) -> pd.Series:
    """Sum of Nesta's series over NUTS3 areas, by the place of the university."""
    table = pd.read_csv(shared / "indicators/nuts3_rd_indicators_beis_nesta.csv")
    table = table[table["indicator"].isin(series) & table["year"].isin(years)]
    shares = pd.read_csv(shared / "lookups/nuts3_lep21_shares.csv").query("nuts_version == 2013 and he_share == 1")
    lep = table.merge(shares, left_on="geography_code", right_on="nuts3_code").groupby("lep21cd")["value"].sum()
    english = table[table["geography_code"].str.match("UK[C-K]")]["value"].sum()
    return pd.concat([lep, pd.Series({ENGLAND: english})])


@computes
def he_research_income_per_head(shared: Path) -> pd.Series:
    return university(shared, ["gbp_research_income"], [2017]) / residents(shared, 2017)


@computes
def research_students_per_10k(shared: Path) -> pd.Series:
    return university(shared, ["fte_research_students"], [2017]) / residents(shared, 2017) * 10_000


@computes
def he_ip_income_per_1m_research(shared: Path) -> pd.Series:
    years = [2015, 2016, 2017]
    income = university(shared, ["gbp_research_income"], years)
    return (university(shared, ["ip_revenue"], years) / income * 1e6)[income >= 15e6]


@computes
def he_regeneration_income_per_head(shared: Path) -> pd.Series:
    yearly = university(shared, ["regeneration_development"], [2016, 2017, 2018]) / 3
    return yearly / residents(shared, 2017)


def horizon(shared: Path) -> pd.DataFrame:
    """Participations of universities with the LEP, through the districts of 2021."""
    people = pd.read_csv(shared / "collaborations/h2020_uk_participations_2014_2018.csv.gz").query("type == 'HES'")
    places = pd.read_csv(shared / "collaborations/h2020_uk_organisations_2017.csv")[["pic", "lad_code_2016"]]
    codes = pd.read_csv(shared / "lookups/lad_code_changes_2016_2024_geographr.csv")[["ltla16_code", "ltla21_code"]]
    lep = pd.read_csv(shared / "lookups/lad21_lep21_spatial.csv")[["LAD21CD", "LEP21CD"]]
    table = people.merge(places, on="pic").merge(
        codes.drop_duplicates(), left_on="lad_code_2016", right_on="ltla16_code"
    )
    return table.merge(lep, left_on="ltla21_code", right_on="LAD21CD")


@computes
def h2020_he_grant_per_head(shared: Path) -> pd.Series:
    table = horizon(shared)
    grants = table.groupby("LEP21CD")["contribution"].sum()
    grants[ENGLAND] = table["contribution"].sum()
    none = pd.Series(0.0, index=["E37000003", "E37000005", "E37000007"])  # a university, but no grant
    return pd.concat([grants, none[~none.index.isin(grants.index)]]) / residents(shared, 2016)


@computes
def h2020_he_coordinator_share(shared: Path) -> pd.Series:
    table = horizon(shared)
    lead = (table["role"] == "coordinator") * 100
    share = lead.groupby(table["LEP21CD"]).mean()[table["LEP21CD"].value_counts() >= 10]
    return pd.concat([share, pd.Series({ENGLAND: lead.mean()})])


def submissions(shared: Path) -> pd.DataFrame:
    """REF 2021 by the polygon of the LEP in which the provider's point lies."""
    results = pd.read_csv(shared / "indicators/ref2021_by_institution.csv")
    points = pd.read_csv(shared / "actors/uk_learning_providers_plus.csv").dropna(subset=["LONGITUDE"])
    where = gpd.GeoDataFrame(
        points[["UKPRN"]], geometry=gpd.points_from_xy(points["LONGITUDE"], points["LATITUDE"]), crs=4326
    )
    leps = gpd.read_file(shared / "boundaries/lep_2021_may_en_buc.geojson")[["LEP21CD", "geometry"]]
    placed = where.sjoin(leps, predicate="within")[["UKPRN", "LEP21CD"]].set_axis(["ukprn", "lep"], axis=1)
    rest = pd.read_csv(shared / "actors/ref2021_institutions_without_point.csv")[["ukprn", "lep21cd"]]
    return results.merge(pd.concat([placed, rest.set_axis(["ukprn", "lep"], axis=1)]), on="ukprn")


@computes
def ref2021_staff_fte_per_10k(shared: Path) -> pd.Series:
    table = submissions(shared)
    staff = table.groupby("lep")["fte_submitted"].sum()
    staff[ENGLAND] = table["fte_submitted"].sum()
    return staff / residents(shared, 2020) * 10_000


@computes
def ref2021_4star_share(shared: Path) -> pd.Series:
    table = submissions(shared)
    table = pd.concat([table, table.assign(lep=ENGLAND)])
    sums = table.groupby("lep")[["fte_4star", "fte_submitted"]].sum()
    return sums["fte_4star"] / sums["fte_submitted"] * 100


def enterprises(shared: Path) -> pd.Series:
    table = pd.read_csv(shared / "indicators/ubc_enterprises_size_2018_2022.csv").query(
        "year == 2018 and level != 'ladu'"
    )
    return table.assign(code=table["lep21cd"].fillna(ENGLAND)).set_index("code")["total"]


@computes
def innovate_uk_grant_per_enterprise(shared: Path) -> pd.Series:
    table = pd.read_csv(shared / "indicators/nuts3_rd_indicators_beis_nesta.csv")
    table = table.query("indicator == 'gbp_innovate_uk_funding' and 2015 <= year <= 2019")
    shares = pd.read_csv(shared / "lookups/nuts3_lep21_shares.csv").query("nuts_version == 2013")
    both = table.merge(shares, left_on="geography_code", right_on="nuts3_code")
    both = both.assign(x=both["value"] * both["pop_share_2018"])
    yearly = both.pivot_table(index="lep21cd", columns="year", values="x", aggfunc="sum").fillna(0)
    yearly.loc[ENGLAND] = table[table["geography_code"].str.match("UK[C-K]")].groupby("year")["value"].sum()
    return yearly.median(axis=1) / enterprises(shared)


@computes
def gtr_companies_per_1k_enterprises(shared: Path) -> pd.Series:
    table = pd.read_csv(shared / "actors/gtr_organisations_lad_2016.csv").query("org_type_by_name_rule == 'company'")
    codes = pd.read_csv(shared / "lookups/lad_code_changes_2016_2024_geographr.csv")[["ltla16_code", "ltla21_code"]]
    lep = pd.read_csv(shared / "lookups/lad21_lep21_spatial.csv")[["LAD21CD", "LEP21CD"]]
    placed = table.merge(codes.drop_duplicates(), left_on="lad_code_2016", right_on="ltla16_code")
    counts = placed.merge(lep, left_on="ltla21_code", right_on="LAD21CD")["LEP21CD"].value_counts()
    counts[ENGLAND] = placed["ltla21_code"].str.startswith("E").sum()
    return counts / enterprises(shared) * 1_000


@computes
def stem_professionals_share(shared: Path) -> pd.Series:
    table = pd.read_csv(shared / "indicators/aps_occupation_selected_lep_lad.csv")
    years = table["period"].str[-4:].isin(["2018", "2019", "2020"])
    table = table[years & (table["level"] != "ladu") & table["cell"].str.startswith("T09a:7 ")]
    people = (
        table.assign(code=table["lep21cd"].fillna(ENGLAND), n=table["number"].astype(float)).groupby("code")["n"].mean()
    )
    context = pd.read_csv(shared / "indicators/lep_context_dfe_lsip.csv").query("2018 <= year <= 2020")
    context = context[context["indicator"].str.startswith("aps_employment_")]
    employed = context.groupby(["geography_code", "year"])["value"].sum().groupby("geography_code").mean()
    return people / employed * 100


@computes
def knowledge_services_job_share(shared: Path) -> pd.Series:
    table = pd.read_csv(shared / "indicators/bres_lep_sic_section_2015_2020.csv").query("year == 2020")
    table = table[table["industry"].str.match("[A-U] :")].assign(code=lambda df: df["lep21cd"].fillna(ENGLAND))
    wide = table.pivot_table(index="code", columns=table["industry"].str[0], values="employment")
    return (wide["J"] + wide["M"]) / wide.sum(axis=1) * 100


@computes
def industrial_specialisation_krugman(shared: Path) -> pd.Series:
    table = pd.read_csv(shared / "indicators/bres_lep_sic_section_2015_2020.csv").query("year == 2020")
    table = table[table["industry"].str.match("[A-U] :")].assign(code=lambda df: df["lep21cd"].fillna(ENGLAND))
    wide = table.pivot_table(index="code", columns="industry", values="employment").to_numpy()
    shares = wide / wide.sum(axis=1, keepdims=True)
    codes = sorted(table["code"].unique())
    return pd.Series(np.abs(shares - shares[codes.index(ENGLAND)]).sum(axis=1), index=codes)


@computes
def skill_shortage_vacancy_share(shared: Path) -> pd.Series:
    table = pd.read_csv(shared / "indicators/lep_employer_skills_survey_2019.csv")
    wide = table.pivot_table(index="geography_code", columns="indicator", values="value")
    name = "ESS2019 Vacancies: Number of"
    share = wide[f"{name} skill-shortage vacancies"] / wide[f"{name} vacancies"] * 100
    same = pd.read_csv(shared / "lookups/lep_vintage_crosswalk_to_2021_by_area.csv")
    same = same.query("vintage == 2014 and share_of_old > 0.97 and share_of_lep21 > 0.97").set_index("old_code")[
        "LEP21CD"
    ]
    kept = share[share.index.isin([*same.index, ENGLAND])]
    return kept.rename(index=same)


def demography(shared: Path, column: str) -> pd.Series:
    table = pd.read_csv(shared / "indicators/business_demography_la_2019_2024.csv").query("year == 2024")
    by_code = table.set_index("code")[column]
    leps = over_leps(shared, by_code[by_code.index.str.match("E0[6-9]")])
    leps[ENGLAND] = by_code[ENGLAND]
    return leps


@computes
def enterprise_births_per_10k(shared: Path) -> pd.Series:
    return demography(shared, "births") / residents(shared, 2023) * 10_000


@computes
def high_growth_share(shared: Path) -> pd.Series:
    return demography(shared, "high_growth") / demography(shared, "active_10plus") * 100


def gva(shared: Path, industry: str, year: int) -> pd.Series:
    table = pd.read_csv(shared / "indicators/gva_la_by_industry_2013_2023.csv.gz", dtype={"flag": str})
    return table[(table["sic07"] == industry) & (table["year"] == year)].set_index("la_code")["gva_gbp_m"]


@computes
def ict_gva_share(shared: Path) -> pd.Series:
    part, total = gva(shared, "J (58-63)", 2023), gva(shared, "Total", 2023)
    share = over_leps(shared, part) / over_leps(shared, total) * 100
    share[ENGLAND] = part.sum() / total[part.notna()].sum() * 100
    return share.dropna()


@computes
def gva_per_head(shared: Path) -> pd.Series:
    return over_leps(shared, gva(shared, "Total", 2023)) * 1e6 / residents(shared, 2023)


@computes
def gdhi_per_head(shared: Path) -> pd.Series:
    """Let each of the 17 districts merged in 2023 carry its part of the residents of the new district."""
    table = pd.read_csv(shared / "indicators/subnational_indicators_2024_revised_data.csv", encoding="utf-8-sig")
    income = table[table["Indicator"] == "Gross disposable household income per head"].set_index("unique")["real"]
    survey = pd.read_csv(shared / "indicators/aps_qualifications_16_64_lep_lad.csv")
    survey = survey[survey["period"].str.endswith("2021") & (survey["level"] == "ladu")]
    adults = pd.to_numeric(survey["number"], errors="coerce").groupby(survey["area"]).sum()
    codes = pd.read_csv(shared / "lookups/lad_code_changes_2016_2024_geographr.csv")
    pairs = codes[["ltla21_code", "ltla21_name", "ltla23_code"]].drop_duplicates()
    pairs = pairs[pairs["ltla21_code"].str.startswith("E")]
    merged = pairs["ltla23_code"].duplicated(keep=False)
    weight = pairs["ltla21_name"].map(adults).where(merged, 1.0)
    part = weight / weight.groupby(pairs["ltla23_code"]).transform("sum")
    people = pd.read_csv(shared / "indicators/population_la_1998_2023.csv").dropna(subset=["LA code"])
    people = people.set_index("LA code")["2021"].astype(float)
    people = part * pairs["ltla23_code"].map(people)
    money = (people * pairs["ltla21_code"].map(income)).groupby(pairs["ltla23_code"]).sum()
    return over_leps(shared, money) / over_leps(shared, people.groupby(pairs["ltla23_code"]).sum())


@computes
def nvq4plus_share(shared: Path) -> pd.Series:
    table = pd.read_csv(shared / "indicators/aps_qualifications_16_64_lep_lad.csv")
    table = table[table["period"].str.endswith("2021") & (table["level"] != "ladu")]
    table = table.assign(code=table["lep21cd"].fillna(ENGLAND), n=table["number"].astype(float))
    top = table[table["cell"].str.startswith("T19:6")].groupby("code")["n"].sum()
    return top / table.groupby("code")["n"].sum() * 100


@computes
def employment_rate_16_64(shared: Path) -> pd.Series:
    table = pd.read_csv(shared / "indicators/lep_context_dfe_lsip.csv").query("year == 2022")
    wide = table.pivot_table(index="geography_code", columns="indicator", values="value")
    return wide["aps_16_64_in_employment"] / wide["aps_16_64_all"] * 100


@pytest.fixture(scope="module")
def catalogue(root: Path) -> pd.DataFrame:
    from s3geo.model.catalogue import load_catalogue

    return load_catalogue(root / "data" / "catalogue.toml").to_frame()


@pytest.fixture(scope="module")
def observations(root: Path) -> pd.DataFrame:
    return pd.read_parquet(root / "data" / "observations.parquet")


def test_every_cell_is_covered_twice(catalogue) -> None:
    cells = catalogue.loc[list(COMPUTED)].groupby(["actor", "dimension"]).size()
    assert len(cells) == 9
    assert cells.min() >= 2


@pytest.mark.parametrize("indicator", COMPUTED)
def test_the_figures_agree(indicator: str, shared: Path, observations, catalogue) -> None:
    table = observations[
        (observations["indicator"] == indicator)
        & observations["geography"].isin(["lep", "country"])
        & (observations["period"] == catalogue.loc[indicator, "period"])
    ]
    compiled = table.dropna(subset=["value"]).set_index("code")["value"].sort_index()
    again = COMPUTED[indicator](shared).dropna().sort_index()
    assert list(again.index) == list(compiled.index)
    # The flat REF file is rounded to three decimals; all else is exact.
    np.testing.assert_allclose(again, compiled, rtol=2e-4 if indicator == "ref2021_4star_share" else 1e-9)
