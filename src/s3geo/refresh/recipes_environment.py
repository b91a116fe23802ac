"""How the figures on the environment are computed: people, places and the whole economy."""

from __future__ import annotations

import numpy as np
import pandas as pd

from s3geo.refresh.figures import district_rows, rows, span
from s3geo.refresh.inputs import Inputs
from s3geo.refresh.recipes_business import demography_rate, occupation_share
from s3geo.refresh.recipes_research import resident_years, university_rate, windows

__all__ = ["ABSENT", "RECIPES"]


def _district_mean(inputs: Inputs, indicator: str, period: str, year: int) -> pd.DataFrame:
    """Mean of district figures weighted by residents; districts merged in 2023 are averaged first."""
    published = inputs.subnational(indicator).set_index("code")["value"]
    today, merged = inputs.average_of_districts(published, 2021)
    residents = inputs.residents("lad", year)
    status = pd.Series("estimated", index=residents.index).where(residents.index.isin(merged), "value")
    districts = pd.DataFrame({"numerator": today, "denominator": residents, "status": status})
    return district_rows(inputs, period, districts, kind="intensive")


def gdhi_per_head(inputs: Inputs) -> pd.DataFrame:
    """Disposable household income per resident."""
    return _district_mean(inputs, "Gross disposable household income per head", "2021", 2021)


def gigabit_coverage(inputs: Inputs) -> pd.DataFrame:
    """Premises with gigabit-capable broadband; weighted by residents, so there is no numerator to show."""
    table = _district_mean(inputs, "Gigabit capable broadband", "September 2023", 2023)
    return table.assign(value=table["numerator"] / table["denominator"], numerator=np.nan)


def he_regeneration_income_per_head(inputs: Inputs) -> pd.DataFrame:
    """Income of universities from regeneration programmes, mean of three years."""
    periods = windows(range(2014, 2017), 3)
    return university_rate(inputs, ["regeneration_development"], periods, lambda years: resident_years(inputs, years))


def he_public_sector_services_per_head(inputs: Inputs) -> pd.DataFrame:
    """Research and consultancy that public and third sector bodies buy from universities, mean of three years."""
    series = ["contract_research_public_third", "consultancy_facilities_public_third"]
    return university_rate(inputs, series, windows(range(2014, 2017), 3), lambda years: resident_years(inputs, years))


def _qualification_share(inputs: Inputs, cell: str) -> pd.DataFrame:
    """Share of one cell of table T19 among residents aged 16 to 64."""
    table = inputs.with_codes(inputs.table("qualifications"))
    parts = []
    for (level, year), group in table.groupby(["level", "year"]):
        wide = group.pivot_table(index="code", columns="cell", values="persons")
        base = wide.reindex(columns=CELLS).sum(axis=1, skipna=False)
        chosen = group[group["cell"] == cell].set_index("code")
        # One withheld cell hides the base as well.
        worst = group.groupby("code")["status"].agg(lambda status: min(status, key=ORDER.index))
        status = worst.replace("value", "estimated")
        above, width = chosen["persons"], chosen["half_width"]
        if level == "lad":
            above, base, width, status = (inputs.same_districts(series) for series in (above, base, width, status))
        parts.append(rows(str(level), str(year), above, base, half_width=width, status=status))
    return pd.concat(parts, ignore_index=True)


CELLS = [f"T19:{number}" for number in range(1, 8)]
ORDER = ["suppressed", "not_collected", "value"]


def nvq4plus_share(inputs: Inputs) -> pd.DataFrame:
    """Residents qualified to NVQ level 4 or above."""
    return _qualification_share(inputs, "T19:6")


def no_qualifications_share(inputs: Inputs) -> pd.DataFrame:
    """Residents without qualifications."""
    return _qualification_share(inputs, "T19:1")


def employment_rate_16_64(inputs: Inputs) -> pd.DataFrame:
    """Residents in employment."""
    table = inputs.table("context").pivot_table(index=["year", "code"], columns="measure", values="value")
    parts = []
    for year in range(2018, 2023):
        chosen = table.loc[year]
        for geography in ("lep", "country"):
            part = chosen.reindex(inputs.regions(geography))
            above, below = part["aps_16_64_in_employment"], part["aps_16_64_all"]
            parts.append(rows(geography, str(year), above, below, status="estimated"))
    return pd.concat(parts, ignore_index=True)


def culture_media_occupations_share(inputs: Inputs) -> pd.DataFrame:
    """Culture, media and sports occupations (SOC 2010 sub-major group 34)."""
    return occupation_share(inputs, "T09a:28", (2018, 2019, 2020))


def _gva_total(inputs: Inputs, year: int) -> pd.Series:
    """GVA by district, GBP."""
    gva = inputs.table("gva")
    return gva[(gva["industry"] == "Total") & (gva["year"] == year)].set_index("code")["gva"] * 1e6


def gva_per_head(inputs: Inputs) -> pd.DataFrame:
    """GVA at the workplace over residents."""
    parts = []
    for year in range(2013, 2024):
        table = pd.DataFrame({"numerator": _gva_total(inputs, year), "denominator": inputs.residents("lad", year)})
        parts.append(district_rows(inputs, str(year), table))
    return pd.concat(parts, ignore_index=True)


def gva_growth_10y(inputs: Inputs) -> pd.DataFrame:
    """Yearly growth of GVA between two years, recomputed for each area."""
    first, last = 2013, 2023
    table = pd.DataFrame({"numerator": _gva_total(inputs, last), "denominator": _gva_total(inputs, first)})
    result = district_rows(inputs, span(first, last), table)
    growth = (result["numerator"] / result["denominator"]) ** (1 / (last - first)) - 1
    return result.assign(value=growth * 100)


def active_enterprises_per_1k(inputs: Inputs) -> pd.DataFrame:
    """Active enterprises per resident."""
    return demography_rate(inputs, "active")


def industrial_specialisation_krugman(inputs: Inputs) -> pd.DataFrame:
    """Sum over sections of the absolute difference between the shares here and in England."""
    table = inputs.with_codes(inputs.table("jobs"))
    table = table[(table["classification"] == "section") & table["level"].isin(["lep", "country"])]
    parts = []
    for year, group in table.groupby("year"):
        jobs = group.pivot_table(index=["level", "code"], columns="industry", values="jobs")
        shares = jobs.div(jobs.sum(axis=1), axis=0)
        index = (shares - shares.loc["country"].iloc[0]).abs().sum(axis=1)
        for level in ("lep", "country"):
            nothing = pd.Series(np.nan, index=index[level].index)
            parts.append(rows(level, str(year), nothing, value=index[level], status="rounded"))
    return pd.concat(parts, ignore_index=True)


RECIPES = {
    recipe.__name__: recipe
    for recipe in (
        gdhi_per_head,
        gigabit_coverage,
        he_regeneration_income_per_head,
        he_public_sector_services_per_head,
        nvq4plus_share,
        no_qualifications_share,
        employment_rate_16_64,
        culture_media_occupations_share,
        gva_per_head,
        gva_growth_10y,
        active_enterprises_per_1k,
        industrial_specialisation_krugman,
    )
}
"""Recipe of each indicator of this actor."""

ABSENT = {
    "he_regeneration_income_per_head": "no_institution",
    "he_public_sector_services_per_head": "no_institution",
}
"""Why an area has no row, where that is not simply "not_collected"."""
