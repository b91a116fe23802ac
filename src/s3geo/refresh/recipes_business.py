"""How the figures on business are computed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from s3geo.geography.aggregate import recode
from s3geo.refresh.figures import district_rows, nuts3_rows, rows, span
from s3geo.refresh.inputs import Inputs
from s3geo.refresh.recipes_research import resident_years, university_rate, windows
from s3geo.settings import ENGLAND

__all__ = ["ABSENT", "RECIPES", "demography_rate", "gva_share", "occupation_share"]

PUBLISHED = ("lep", "country")
"""Geographies that Nomis publishes itself."""


def innovate_uk_grant_per_enterprise(inputs: Inputs) -> pd.DataFrame:
    """Innovate UK grants in the median year of 2015 to 2019; an absent area-year is no award."""
    table = inputs.table("nuts3_series")
    chosen = table[(table["indicator"] == "gbp_innovate_uk_funding") & table["year"].between(2015, 2019)]
    annual = chosen.pivot_table(index="code", columns="year", values="value", aggfunc="sum", fill_value=0.0)
    shares = inputs.nuts3_shares("2016", "pop_share_2018")
    parts = [
        nuts3_rows("", annual[year], lambda g: inputs.enterprises(g, 2018), shares=shares, status="rounded")
        for year in annual.columns
    ]
    table = pd.concat(parts, ignore_index=True)
    order = {"rounded": 0, "estimated": 1}
    grouped = table.assign(order=table["status"].map(order)).groupby(["geography", "code"], as_index=False)
    result = grouped.agg(
        numerator=("numerator", "median"), denominator=("denominator", "first"), order=("order", "max")
    )
    status = result["order"].map({rank: name for name, rank in order.items()})
    return result.drop(columns="order").assign(period=span(2015, 2019), status=status, value=np.nan, half_width=np.nan)


def he_business_research_contracts_per_head(inputs: Inputs) -> pd.DataFrame:
    """Contract research that firms pay for at universities, mean of three years."""
    series = ["contract_research_sme", "contract_research_non_sme"]
    return university_rate(inputs, series, windows(range(2014, 2017), 3), lambda years: resident_years(inputs, years))


def he_collab_partner_cash_per_head(inputs: Inputs) -> pd.DataFrame:
    """Cash that partners bring into joint research with universities, mean of three years."""
    periods = windows(range(2015, 2017), 3)
    return university_rate(
        inputs, ["collaborative_research_cash"], periods, lambda years: resident_years(inputs, years)
    )


def gtr_companies_per_1k_enterprises(inputs: Inputs) -> pd.DataFrame:
    """Companies in UKRI-funded projects by the district of their address."""
    table = inputs.table("gtr")
    companies = table[table["type"] == "company"]
    counts = companies["district"].map(inputs.codes).value_counts()
    districts = pd.DataFrame({"numerator": counts.reindex(inputs.regions("lad"), fill_value=0).astype(float)})
    return district_rows(
        inputs, "May 2016", districts, status="rounded", denominators=lambda g: inputs.enterprises(g, 2018)
    )


def occupation_share(inputs: Inputs, cell: str, years: Sequence[int]) -> pd.DataFrame:
    """Share of an occupation group among people in employment, mean of years (Annual Population Survey).

    Parameters
    ----------
    inputs : Inputs
        Raw tables.
    cell : str
        Cell of table T09a, e.g. "T09a:7".
    years : sequence of int
        Calendar years.

    Notes
    -----
    The half-width is the mean of the yearly ones: an upper bound, as the yearly samples overlap. It is unknown where
    the survey calls a year unreliable.
    """
    table = inputs.with_codes(inputs.table("occupations"))
    chosen = table[(table["cell"] == cell) & table["year"].isin(years) & table["level"].isin(PUBLISHED)]
    context = inputs.table("context")
    employed = context[context["measure"].str.startswith("aps_employment_") & context["year"].isin(years)]
    base = employed.groupby("code")["value"].sum()
    parts = []
    for level, group in chosen.groupby("level"):
        sums = group.groupby("code").agg(persons=("persons", "sum"), n=("persons", "count"))
        width = group.groupby("code")["half_width"].agg(lambda values: values.sum(skipna=False))
        persons = sums["persons"].mask(sums["n"] < len(years))
        parts.append(rows(str(level), span(years[0], years[-1]), persons, base, half_width=width, status="estimated"))
    return pd.concat(parts, ignore_index=True)


def stem_professionals_share(inputs: Inputs) -> pd.DataFrame:
    """Science, research, engineering and technology professionals (SOC 2010 sub-major group 21)."""
    return occupation_share(inputs, "T09a:7", (2018, 2019, 2020))


def stem_technicians_share(inputs: Inputs) -> pd.DataFrame:
    """Science, engineering and technology associate professionals (SOC 2010 sub-major group 31)."""
    return occupation_share(inputs, "T09a:19", (2018, 2019, 2020))


def knowledge_services_job_share(inputs: Inputs) -> pd.DataFrame:
    """Jobs in sections J and M; the numbered groups repeat the same jobs and are not read."""
    table = inputs.with_codes(inputs.table("jobs"))
    table = table[(table["classification"] == "section") & table["level"].isin(PUBLISHED)]
    chosen = table[table["industry"].str[0].isin(["J", "M"])]
    keys = ["level", "year", "code"]
    above, below = chosen.groupby(keys)["jobs"].sum(), table.groupby(keys)["jobs"].sum()
    parts = [
        rows(level, str(year), above[level, year], below[level, year], status="rounded")
        for level, year in sorted({(level, year) for level, year, _ in above.index})
    ]
    return pd.concat(parts, ignore_index=True)


def _employer_skills(inputs: Inputs, above: str, below: str) -> pd.DataFrame:
    """Measures of the Employer Skills Survey 2019, for LEPs whose borders of 2017 and 2021 agree."""
    table = inputs.table("employer_skills").pivot_table(index="code", columns="measure", values="value")
    unchanged = inputs.unchanged_leps("2014")
    figures = table.rename(index=unchanged)[[above, below]].dropna()
    lep = figures[figures.index.isin(inputs.regions("lep"))]
    # A code may be the same in 2014 and 2021 while the border is not: only proven pairs stay.
    lep = lep[lep.index.isin(unchanged.values())]
    return pd.concat(
        [
            rows("lep", "2019", lep[above], lep[below], status="estimated"),
            rows("country", "2019", figures.loc[[ENGLAND], above], figures.loc[[ENGLAND], below], status="estimated"),
        ],
        ignore_index=True,
    )


def staff_trained_share(inputs: Inputs) -> pd.DataFrame:
    """Staff trained by their employer."""
    above = "Training: Total number trained (including modelled data)"
    return _employer_skills(inputs, above, "Total number of staff")


def skill_shortage_vacancy_share(inputs: Inputs) -> pd.DataFrame:
    """Vacancies that are hard to fill for lack of skills."""
    above = "Vacancies: Number of skill-shortage vacancies"
    return _employer_skills(inputs, above, "Vacancies: Number of vacancies")


def gva_per_hour(inputs: Inputs) -> pd.DataFrame:
    """GVA over hours; the hours of a district are its GVA over its GVA per hour."""
    rates = inputs.table("gva_per_hour")
    gva = inputs.table("gva")
    total = gva[gva["industry"] == "Total"]
    parts = []
    for year in range(2017, 2022):
        published = rates[rates["year"] == year].set_index("code")["gva_per_hour"]
        today, merged = inputs.average_of_districts(published[published.index.str.match("E0[6-9]")], year)
        output = total[total["year"] == year].set_index("code")["gva"] * 1e6
        status = pd.Series("estimated", index=output.index).where(output.index.isin(merged), "value")
        districts = pd.DataFrame({"numerator": output, "denominator": output / today, "status": status})
        everything = float(output.sum())
        england = (everything, everything / float(published[ENGLAND]))
        parts.append(district_rows(inputs, str(year), districts, england=england))
    return pd.concat(parts, ignore_index=True)


def _demography(inputs: Inputs, measure: str, year: int) -> tuple[pd.Series, float]:
    """Return counts by district of April 2023, and England's published count."""
    table = inputs.table("business_demography")
    chosen = table[(table["measure"] == measure) & (table["year"] == year)].set_index("code")[["value"]]
    districts = chosen[chosen.index.str.match("E0[6-9]")]
    england = float(chosen["value"][ENGLAND])
    return recode(districts, inputs.codes, kind="extensive", numerator="value"), england


def demography_rate(inputs: Inputs, measure: str, base: str | None = None) -> pd.DataFrame:
    """Enterprises of Business Demography over residents, or over another measure of it.

    Parameters
    ----------
    inputs : Inputs
        Raw tables.
    measure : str
        "births", "active" or "high_growth".
    base : str, optional
        Measure in the denominator; residents by default (of mid-2023 for 2024).
    """
    parts = []
    for year in range(2019, 2025):
        above, england = _demography(inputs, measure, year)
        if base is None:
            residents = min(year, LAST_POPULATION)
            below, england_below = (
                inputs.residents("lad", residents),
                float(inputs.residents("country", residents).iloc[0]),
            )
        else:
            below, england_below = _demography(inputs, base, year)
        table = pd.DataFrame({"numerator": above, "denominator": below})
        parts.append(district_rows(inputs, str(year), table, status="rounded", england=(england, england_below)))
    return pd.concat(parts, ignore_index=True)


LAST_POPULATION = 2023
"""Latest mid-year estimate at hand."""


def high_growth_share(inputs: Inputs) -> pd.DataFrame:
    """High-growth enterprises among those with ten or more employees."""
    return demography_rate(inputs, "high_growth", "active_10plus")


def enterprise_births_per_10k(inputs: Inputs) -> pd.DataFrame:
    """Births of enterprises."""
    return demography_rate(inputs, "births")


def gva_share(inputs: Inputs, industry: str) -> pd.DataFrame:
    """Share of an industry in GVA; an area with a withheld district has no figure.

    Parameters
    ----------
    inputs : Inputs
        Raw tables.
    industry : str
        Row code as ONS writes it.
    """
    gva = inputs.table("gva")
    parts = []
    for year in range(2013, 2024):
        chosen = gva[gva["year"] == year].set_index("code")
        part, total = chosen[chosen["industry"] == industry], chosen[chosen["industry"] == "Total"]
        districts = pd.DataFrame(
            {"numerator": part["gva"] * 1e6, "denominator": total["gva"] * 1e6, "status": part["status"]}
        )
        parts.append(district_rows(inputs, str(year), districts))
    return pd.concat(parts, ignore_index=True)


def ict_gva_share(inputs: Inputs) -> pd.DataFrame:
    """Information and communication (section J)."""
    return gva_share(inputs, "J (58-63)")


def advanced_manufacturing_gva_share(inputs: Inputs) -> pd.DataFrame:
    """Electronics, electrical equipment, machinery and transport equipment (divisions 26 to 30)."""
    return gva_share(inputs, "CI-CL (26-30)")


def _applications(inputs: Inputs, series: str, first_years: Sequence[int], version: str) -> pd.DataFrame:
    """Applications for property rights over three years, per resident and year."""
    table = inputs.table("nuts3_series")
    shares = inputs.nuts3_shares(version, "pop_share_2018")
    parts = []
    for first in first_years:
        years = list(range(first, first + 3))
        chosen = table[(table["indicator"] == series) & table["year"].isin(years)]
        counts = chosen.groupby("code")["value"].sum()
        base = resident_years(inputs, years)
        parts.append(nuts3_rows(span(years[0], years[-1]), counts, base, shares=shares))
    return pd.concat(parts, ignore_index=True)


def eu_trademarks_per_100k(inputs: Inputs) -> pd.DataFrame:
    """EU trade mark applications; 2016 is incomplete and not used."""
    return _applications(inputs, "eu_trademark_applications", (2007, 2010, 2013), "2013")


def epo_patents_per_100k(inputs: Inputs) -> pd.DataFrame:
    """European patent applications; 2012 is incomplete and not used."""
    return _applications(inputs, "epo_patent_applications", (2006, 2009), "2010")


RECIPES = {
    recipe.__name__: recipe
    for recipe in (
        innovate_uk_grant_per_enterprise,
        he_business_research_contracts_per_head,
        he_collab_partner_cash_per_head,
        gtr_companies_per_1k_enterprises,
        stem_professionals_share,
        stem_technicians_share,
        knowledge_services_job_share,
        staff_trained_share,
        skill_shortage_vacancy_share,
        gva_per_hour,
        high_growth_share,
        enterprise_births_per_10k,
        ict_gva_share,
        advanced_manufacturing_gva_share,
        eu_trademarks_per_100k,
        epo_patents_per_100k,
    )
}
"""Recipe of each indicator of this actor."""

ABSENT = {
    "he_business_research_contracts_per_head": "no_institution",
    "he_collab_partner_cash_per_head": "no_institution",
    "staff_trained_share": "not_comparable",
    "skill_shortage_vacancy_share": "not_comparable",
}
"""Why an area has no row, where that is not simply "not_collected"."""
