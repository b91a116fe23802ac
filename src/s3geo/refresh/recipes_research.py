"""How the figures on research are computed: universities, by the place where they are registered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import pandas as pd

from s3geo.refresh.figures import academic, district_rows, nuts3_rows, span
from s3geo.refresh.inputs import Inputs
from s3geo.refresh.institutions import institutions

__all__ = ["RECIPES", "resident_years", "university_rate", "windows"]

Base = Callable[[str], pd.Series]


def windows(first_years: Iterable[int], length: int) -> list[tuple[str, list[int]]]:
    """List periods of several academic years.

    Examples
    --------
    >>> windows([2015, 2016], 3)[0]
    ('2015/16 to 2017/18', [2015, 2016, 2017])
    """
    if length == 1:
        return [(academic(year), [year]) for year in first_years]
    return [
        (span(academic(year), academic(year + length - 1)), list(range(year, year + length))) for year in first_years
    ]


def _university_series(inputs: Inputs, series: Sequence[str], years: Sequence[int]) -> pd.Series:
    """Add series of universities over years, by NUTS3 area."""
    table = inputs.table("nuts3_series")
    chosen = table[table["indicator"].isin(series) & table["year"].isin(years)]
    return chosen.groupby("code")["value"].sum()


def university_rate(
    inputs: Inputs,
    series: Sequence[str],
    periods: list[tuple[str, list[int]]],
    base: Callable[[list[int]], Base],
) -> pd.DataFrame:
    """Series of universities over a base, for LEPs, regions and England.

    Parameters
    ----------
    inputs : Inputs
        Raw tables.
    series : sequence of str
        Names of Nesta's series, added.
    periods : list of (str, list of int)
        Label and first years of the academic years that are added.
    base : callable
        From the years to a function that gives the denominator by geography.
    """
    shares = inputs.nuts3_shares("2016", "he_share")
    parts = [
        nuts3_rows(label, _university_series(inputs, series, years), base(years), shares=shares)
        for label, years in periods
    ]
    return pd.concat(parts, ignore_index=True)


def resident_years(inputs: Inputs, years: list[int], *, of: int | None = None) -> Base:
    """Residents in the middle year (or in year `of`), times the number of years."""
    year = years[len(years) // 2] if of is None else of
    return lambda geography: inputs.residents(geography, year) * len(years)


def _per_resident(inputs: Inputs, series: Sequence[str], periods: list[tuple[str, list[int]]]) -> pd.DataFrame:
    return university_rate(inputs, series, periods, partial(resident_years, inputs))


def he_research_income_per_head(inputs: Inputs) -> pd.DataFrame:
    """Research income of universities per resident; 2018/19 lacks the University of Birmingham and is not used."""
    return _per_resident(inputs, ["gbp_research_income"], windows(range(2015, 2018), 1))


def research_students_per_10k(inputs: Inputs) -> pd.DataFrame:
    """Research students; 2018/19 lacks the University of Birmingham and is not used."""
    return _per_resident(inputs, ["fte_research_students"], windows(range(2015, 2018), 1))


def stem_students_per_1k(inputs: Inputs) -> pd.DataFrame:
    """Full-time STEM students; 2014/15 is on NUTS 2010 areas that two LEPs share and is not used."""
    return _per_resident(inputs, ["total_stem_students"], windows(range(2015, 2019), 1))


def graduate_startups_per_10k(inputs: Inputs) -> pd.DataFrame:
    """Graduate start-ups still active."""
    return _per_resident(inputs, ["graduate_startups"], windows(range(2014, 2019), 1))


def he_ip_income_per_1m_research(inputs: Inputs) -> pd.DataFrame:
    """Income from intellectual property over research income; withheld where the latter is under GBP 15 million."""
    periods = windows([2015], 3)
    shares = inputs.nuts3_shares("2016", "he_share")

    def research_income(years: list[int]) -> Base:
        values = _university_series(inputs, ["gbp_research_income"], years)
        table = nuts3_rows("", values, lambda _: pd.Series({"E92000001": 1.0}), shares=shares)
        return lambda geography: table[table["geography"] == geography].set_index("code")["numerator"]

    table = university_rate(inputs, ["ip_revenue"], periods, research_income)
    small = table["denominator"] < SMALLEST_RESEARCH_INCOME
    return table.assign(status=table["status"].mask(small, "suppressed"))


SMALLEST_RESEARCH_INCOME = 15e6
"""GBP in three years: below it a single sale of shares decides the figure."""


def he_income_from_smes_per_sme(inputs: Inputs) -> pd.DataFrame:
    """Income of universities from SMEs per SME of the area, mean of three years."""
    smes = ("micro_0_9", "small_10_49", "medium_50_249")

    def base(years: list[int]) -> Base:
        return lambda geography: inputs.enterprises(geography, 2018, smes) * len(years)

    series = ["contract_research_sme", "consultancy_facilities_sme"]
    table = university_rate(inputs, series, windows([2016], 3), base)
    return table.assign(status=table["status"].replace("value", "rounded"))


def ref2021_staff_fte_per_10k(inputs: Inputs) -> pd.DataFrame:
    """Staff submitted to REF 2021 by the district of the institution."""
    return _ref(inputs, lambda _: inputs.residents("lad", 2020), "fte")


def ref2021_4star_share(inputs: Inputs) -> pd.DataFrame:
    """Research rated 4*, weighted by the staff submitted."""
    return _ref(inputs, lambda placed: placed["fte"], "fte_4star")


def _ref(inputs: Inputs, denominator: Callable[[pd.DataFrame], pd.Series], column: str) -> pd.DataFrame:
    """REF figures: sums over the institutions of a district."""
    placed = institutions(inputs).dropna(subset=["fte"]).groupby("district")[["fte", "fte_4star"]].sum()
    districts = pd.Index(inputs.regions("lad"))
    below = denominator(placed).reindex(districts, fill_value=0.0)
    table = pd.DataFrame({"numerator": placed[column].reindex(districts, fill_value=0.0), "denominator": below})
    return _only_where(inputs, district_rows(inputs, "REF 2021", table), set(placed.index))


def _only_where(inputs: Inputs, table: pd.DataFrame, districts: set[str]) -> pd.DataFrame:
    """Say "no_institution" for areas none of whose districts is in `districts`."""
    keep = {"E92000001"} | {
        region
        for membership in inputs.memberships.values()
        for region in membership.loc[membership["district"].isin(districts), "region"]
    }
    away = ~table["code"].isin(keep)
    return table.assign(status=table["status"].mask(away, "no_institution"))


def _h2020_universities(inputs: Inputs) -> pd.DataFrame:
    """Participations of universities with the district (April 2023) of the university."""
    people = inputs.table("h2020_participations")
    organisations = inputs.table("h2020_organisations").set_index("pic")["district"]
    universities = people[people["type"] == "HES"]
    district = universities["pic"].map(organisations).map(inputs.codes)
    return universities.assign(district=district).dropna(subset=["district"])


def _university_districts(inputs: Inputs) -> set[str]:
    """Districts with the seat of a university."""
    return set(institutions(inputs)["district"]) | set(_h2020_universities(inputs)["district"])


def h2020_he_grant_per_head(inputs: Inputs) -> pd.DataFrame:
    """Horizon 2020 contribution to universities; 0 where a university is registered but no money was found."""
    grants = _h2020_universities(inputs).groupby("district")["contribution"].sum()
    residents = inputs.residents("lad", 2016)
    table = pd.DataFrame({"numerator": grants.reindex(residents.index, fill_value=0.0), "denominator": residents})
    return _only_where(inputs, district_rows(inputs, "2014 to 2018", table), _university_districts(inputs))


def h2020_he_coordinator_share(inputs: Inputs) -> pd.DataFrame:
    """Share of universities' participations that coordinate; withheld under ten participations."""
    table = _h2020_universities(inputs)
    counts = table.groupby("district").agg(
        numerator=("role", lambda role: float((role == "coordinator").sum())), denominator=("role", "size")
    )
    counts = counts.reindex(inputs.regions("lad"), fill_value=0.0).astype(float)
    result = district_rows(inputs, "2014 to 2018", counts)
    few = result["denominator"] < FEWEST_PARTICIPATIONS
    result = result.assign(status=result["status"].mask(few, "suppressed"))
    return _only_where(inputs, result, _university_districts(inputs))


FEWEST_PARTICIPATIONS = 10
"""Below it a share says nothing."""

RECIPES = {
    recipe.__name__: recipe
    for recipe in (
        he_research_income_per_head,
        h2020_he_grant_per_head,
        research_students_per_10k,
        ref2021_staff_fte_per_10k,
        stem_students_per_1k,
        ref2021_4star_share,
        he_ip_income_per_1m_research,
        graduate_startups_per_10k,
        he_income_from_smes_per_sme,
        h2020_he_coordinator_share,
    )
}
"""Recipe of each indicator of this actor."""

ABSENT = dict.fromkeys(RECIPES, "no_institution")
"""Why an area has no row: no university is registered there."""
