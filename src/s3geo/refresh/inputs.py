"""The raw folder, parsed when first needed.

A recipe asks for tidy tables ("residents by LEP in 2017") and does not know files. Every file of the raw folder is
named here and nowhere else.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from pathlib import Path

import pandas as pd

from s3geo.errors import FileProblem, TableError, listed
from s3geo.geography.aggregate import aggregate, recode
from s3geo.settings import ENGLAND
from s3geo.sources import (
    cordis,
    employer_skills,
    gtr,
    nesta_beis,
    nhs,
    nomis,
    ons_business_demography,
    ons_gva,
    ons_population,
    ons_subnational,
    providers,
    ref2021,
    tabular,
    waifinder,
)

__all__ = ["FILES", "NAME_ALIASES", "Inputs"]

FILES: dict[str, str] = {
    "population": "indicators/ons_population_la_1998_2023.xlsx",
    "business_demography": "indicators/ons_business_demography_2024.xlsx",
    "gva": "indicators/gva_la_by_industry_2013_2023.csv.gz",
    "gva_per_hour": "indicators/gva_per_hour_lad_2004_2021_smoothed.csv",
    "subnational": "indicators/subnational_indicators_2024_revised_data.csv",
    "size_bands": "indicators/ubc_enterprises_by_size_lep_lad_2018_2022.xlsx",
    "industries": "indicators/ubc_enterprises_industry_size_2018_2022.csv.gz",
    "jobs": "indicators/bres_sic_section_lep_nuts3_2015_2020.xlsx",
    "qualifications": "indicators/aps_qualifications_16_64_lep_lad.csv",
    "occupations": "indicators/aps_occupation_selected_lep_lad.csv",
    "context": "indicators/lep_context_dfe_lsip.csv",
    "employer_skills": "indicators/lep_employer_skills_survey_2019.csv",
    "nuts3_series": "indicators/nuts3_rd_indicators_beis_nesta.csv",
    "ref2021": "indicators/ref2021_results_all_2022-05-06.xlsx",
    "providers": "actors/uk_learning_providers_plus.csv",
    "unplaced": "actors/ref2021_institutions_without_point.csv",
    "gtr": "actors/gtr_organisations_lad_2016.csv",
    "nhs": "actors/nhs_trusts_2022_points.csv",
    "waifinder": "actors/waifinder_rto_university_2024.csv",
    "h2020_participations": "collaborations/h2020_uk_participations_2014_2018.csv.gz",
    "h2020_organisations": "collaborations/h2020_uk_organisations_2017.csv",
    "gtr_edges": "collaborations/gtr_coproject_edges_2006_2016.csv.gz",
    "gtr_nodes": "collaborations/gtr_coproject_nodes_2006_2016.csv",
    "nuts3_shares": "lookups/nuts3_lep21_shares.csv",
    "lep_vintages": "lookups/lep_vintage_crosswalk_to_2021_by_area.csv",
}
"""Files of the raw folder."""

NAME_ALIASES = {"Hull and East Riding": "Hull and East Yorkshire", "Buckinghamshire Thames Valley": "Buckinghamshire"}
"""Names that Nomis uses for LEPs of May 2021."""


class Inputs:
    """Raw tables of one folder, each read at most once.

    Parameters
    ----------
    raw : Path
        Folder with the files of `FILES`.
    boundaries : Path
        Folder with ``membership.csv`` and ``district_codes.csv``.
    """

    def __init__(self, raw: Path, boundaries: Path) -> None:
        self.raw = raw
        self.boundaries = boundaries
        self.table = lru_cache(maxsize=None)(self._table)
        self.residents = lru_cache(maxsize=None)(self._residents)
        self.enterprises = lru_cache(maxsize=None)(self._enterprises)

    def path(self, name: str) -> Path:
        """Path of a raw file by its key in `FILES`."""
        return self.raw / FILES[name]

    # Areas -----------------------------------------------------------------------------------------------------------

    @cached_property
    def memberships(self) -> dict[str, pd.DataFrame]:
        """District (April 2023) to region, by geography, newest vintage; "lad" maps each district to itself."""
        columns = ["district", "geography", "vintage", "region", "share"]
        table = tabular.read_csv(self.boundaries / "membership.csv", columns)[columns]
        table = table.assign(share=table["share"].astype(float))
        newest = table.groupby("geography")["vintage"].transform("max")
        result = {
            str(geography): group[["district", "region", "share"]].reset_index(drop=True)
            for geography, group in table[table["vintage"] == newest].groupby("geography")
        }
        districts = sorted(table["district"].unique())
        return result | {"lad": pd.DataFrame({"district": districts, "region": districts, "share": 1.0})}

    @cached_property
    def codes(self) -> pd.Series:
        """Any English district code since 2016, and the code of April 2023 that succeeded it."""
        older = tabular.read_csv(self.boundaries / "district_codes.csv", ["code", "district"])
        today = self.memberships["lad"]["district"]
        return pd.concat([pd.Series(today.to_numpy(), index=today), older.set_index("code")["district"]])

    @cached_property
    def district_names(self) -> pd.Series:
        """Name of any English district since 2016, and its code of that time."""
        older = tabular.read_csv(self.boundaries / "district_codes.csv", ["code", "name"])
        named: pd.Series = pd.concat([self._layer_names("lad"), older.set_index("name")["code"]])
        return named.groupby(level=0).first()

    @cached_property
    def lep_names(self) -> pd.Series:
        """Name of each LEP of May 2021, and its code."""
        return self._layer_names("lep")

    def _layer_names(self, geography: str) -> pd.Series:
        """Names of the newest layer of a geography, and their codes."""
        found = sorted(self.boundaries.glob(f"{geography}_*.parquet"))
        if not found:
            raise FileProblem(f"No layer {geography}_*.parquet in {self.boundaries.name}.")
        layer = pd.read_parquet(found[-1], columns=["code", "name"])
        return layer.set_index("name")["code"]

    def regions(self, geography: str) -> list[str]:
        """Codes of every region of a geography, sorted."""
        return [ENGLAND] if geography == "country" else sorted(self.memberships[geography]["region"].unique())

    def with_codes(self, table: pd.DataFrame) -> pd.DataFrame:
        """Give Nomis rows (level, area) a code; names of districts outside England are dropped."""
        names = table["area"].replace(NAME_ALIASES)
        code = names.map(self.lep_names).where(table["level"] == "lep", names.map(self.district_names))
        code = code.mask(table["level"] == "country", ENGLAND)
        lost = table.loc[(table["level"] == "lep") & code.isna(), "area"].unique()
        if len(lost):
            raise TableError(
                f"Unknown LEP name {listed(lost)}.", [{"code": n, "problem": "unknown name"} for n in lost]
            )
        return table.assign(code=code).dropna(subset=["code"])

    # Tables ----------------------------------------------------------------------------------------------------------

    def _table(self, name: str) -> pd.DataFrame:
        readers = {
            "population": ons_population.read_population,
            "business_demography": ons_business_demography.read_business_demography,
            "gva": ons_gva.read_gva,
            "gva_per_hour": ons_gva.read_gva_per_hour,
            "size_bands": nomis.read_size_bands,
            "industries": nomis.read_industry_counts,
            "jobs": nomis.read_jobs,
            "qualifications": nomis.read_aps,
            "occupations": nomis.read_aps,
            "context": nomis.read_context,
            "employer_skills": employer_skills.read_employer_skills,
            "nuts3_series": nesta_beis.read_nuts3_series,
            "ref2021": ref2021.read_ref2021,
            "providers": providers.read_providers,
            "unplaced": providers.read_unplaced_institutions,
            "gtr": gtr.read_gtr_organisations,
            "nhs": nhs.read_nhs_trusts,
            "waifinder": waifinder.read_waifinder,
            "h2020_participations": cordis.read_h2020_participations,
            "h2020_organisations": cordis.read_h2020_organisations,
            "gtr_edges": gtr.read_gtr_edges,
            "gtr_nodes": gtr.read_gtr_nodes,
        }
        return readers[name](self.path(name))

    def subnational(self, indicator: str) -> pd.DataFrame:
        """One indicator of the subnational explorer, English districts as published."""
        table = ons_subnational.read_subnational(self.path("subnational"), indicator)
        return table[table["code"].str.startswith("E")]

    def _residents(self, geography: str, year: int) -> pd.Series:
        """Mid-year residents by area; England is the sum of its districts, each once."""
        table = self.table("population")
        chosen = table[(table["year"] == year) & table["code"].str.startswith("E")].set_index("code")
        if geography == "country":
            return pd.Series({ENGLAND: chosen["population"].sum(skipna=False)})
        return aggregate(chosen, self.memberships[geography], kind="extensive", numerator="population")

    def _enterprises(self, geography: str, year: int, bands: tuple[str, ...] = ("total",)) -> pd.Series:
        """Enterprises (UK Business Counts) by area; LEPs and England as published."""
        table = self.with_codes(self.table("size_bands"))
        chosen = table[(table["year"] == year) & table["band"].isin(bands)]
        if geography in {"lep", "country"}:
            return chosen[chosen["level"] == geography].groupby("code")["enterprises"].sum()
        districts = chosen[chosen["level"] == "lad"].groupby("code")[["enterprises"]].sum()
        today = recode(districts, self.codes, kind="extensive", numerator="enterprises").to_frame("enterprises")
        return aggregate(today, self.memberships[geography], kind="extensive", numerator="enterprises")

    # Bridges ---------------------------------------------------------------------------------------------------------

    def nuts3_shares(self, version: str, share: str) -> pd.DataFrame:
        """Shares of NUTS3 areas in LEPs of May 2021.

        Parameters
        ----------
        version : {"2010", "2013", "2016"}
            NUTS version.
        share : {"pop_share_2018", "he_share"}
            Share of residents, or place of the only university.
        """
        columns = ["nuts_version", "nuts3_code", "lep21cd", share]
        table = tabular.read_csv(self.path("nuts3_shares"), columns)
        chosen = table[table["nuts_version"] == version]
        values, _ = tabular.numbers(chosen[share], file="nuts3_shares", empty="not_collected")
        return pd.DataFrame({"nuts3_code": chosen["nuts3_code"], "lep21cd": chosen["lep21cd"], "share": values})

    def unchanged_leps(self, vintage: str) -> dict[str, str]:
        """LEPs of an older vintage with the borders of 2021 (97 % of the area, both ways): old code to new."""
        columns = ["vintage", "old_code", "LEP21CD", "share_of_old", "share_of_lep21"]
        table = tabular.read_csv(self.path("lep_vintages"), columns)
        same = (table["share_of_old"].astype(float) > 0.97) & (table["share_of_lep21"].astype(float) > 0.97)
        chosen = table[same & (table["vintage"] == vintage)]
        return dict(zip(chosen["old_code"], chosen["LEP21CD"], strict=True))

    def average_of_districts(self, values: pd.Series, year: int) -> tuple[pd.Series, set[str]]:
        """Bring means of older districts to those of April 2023.

        Parameters
        ----------
        values : Series
            Index = district code of any vintage.
        year : int
            Year of the weights: residents aged 16 to 64 of the Annual Population Survey (2017 to 2021). Withheld cells
            count as none, which is good enough for a weight.

        Returns
        -------
        values : Series
            Index = district of April 2023.
        merged : set of str
            Districts that are averages of older ones.
        """
        survey = self.with_codes(self.table("qualifications"))
        weights = survey[(survey["year"] == year) & (survey["level"] == "lad")].groupby("code")["persons"].sum()
        current = values.index.isin(self.memberships["lad"]["district"]).tolist()
        same, older = values[current], values[[not one for one in current]]
        table = pd.DataFrame({"value": older, "weight": weights.reindex(older.index)})
        averaged = recode(table, self.codes, kind="intensive", numerator="value", denominator="weight")
        return pd.concat([same, averaged[~averaged.index.isin(same.index)]]), set(averaged.index) - set(same.index)

    def same_districts(self, values: pd.Series) -> pd.Series:
        """Keep districts that are also districts of April 2023; those merged since cannot be rebuilt from a survey."""
        return values[values.index.isin(self.memberships["lad"]["district"])]
