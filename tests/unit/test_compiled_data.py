"""The bundled data: complete, with a reason for every gap, and described truly."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from s3geo.errors import ValidationError
from s3geo.model.catalogue import load_catalogue
from s3geo.model.schemas import check_observations, check_organisations

ENGLAND = "E92000001"
SWINDON_AND_WILTSHIRE = "E37000033"
CORNWALL = "E37000005"
AREAS = {"lep": 38, "lad": 296, "region": 9, "combined_authority": 15, "county": 153, "country": 1}
UNIVERSITY_SERIES = [
    "he_research_income_per_head",
    "h2020_he_grant_per_head",
    "research_students_per_10k",
    "ref2021_staff_fte_per_10k",
    "stem_students_per_1k",
    "ref2021_4star_share",
    "graduate_startups_per_10k",
    "he_business_research_contracts_per_head",
    "he_regeneration_income_per_head",
]


@pytest.fixture(scope="module")
def catalogue(root: Path) -> pd.DataFrame:
    return load_catalogue(root / "data" / "catalogue.toml").to_frame()


@pytest.fixture(scope="module")
def observations(root: Path) -> pd.DataFrame:
    return pd.read_parquet(root / "data" / "observations.parquet")


@pytest.fixture(scope="module")
def organisations(root: Path) -> pd.DataFrame:
    return pd.read_parquet(root / "data" / "organisations.parquet")


@pytest.fixture(scope="module")
def latest(observations: pd.DataFrame, catalogue: pd.DataFrame) -> pd.DataFrame:
    return observations[observations["period"] == observations["indicator"].map(catalogue["period"])]


@pytest.fixture(scope="module")
def leps(latest: pd.DataFrame) -> pd.DataFrame:
    """Values of the default period: LEP x indicator."""
    return latest[latest["geography"] == "lep"].pivot_table(
        index="code", columns="indicator", values="value", dropna=False
    )


def test_tables_satisfy_their_schemas(observations, organisations) -> None:
    check_observations(observations)
    check_organisations(organisations)


def test_every_area_has_a_row_for_every_indicator_and_period(observations, catalogue) -> None:
    counts = observations.groupby(["indicator", "geography", "period"])["code"].nunique().reset_index()
    assert (counts["code"] == counts["geography"].map(AREAS)).all()
    periods = observations[observations["geography"] == "lep"].groupby("indicator")["period"].agg(set)
    assert periods.to_dict() == {name: set(periods) for name, periods in catalogue["periods"].items()}
    both = observations[observations["geography"] == "country"].groupby("indicator")["period"].agg(set)
    assert both.to_dict() == periods.to_dict()


def test_every_indicator_has_figures_for_at_least_28_leps_and_england(leps, latest) -> None:
    assert leps.shape == (38, 38)
    assert leps.notna().sum().min() == 28
    england = latest[latest["code"] == ENGLAND]
    assert len(england) == 38
    assert england["value"].notna().all()


def test_england_is_its_own_figure(leps, latest) -> None:
    england = latest[latest["code"] == ENGLAND].set_index("indicator")
    sums = latest[latest["geography"] == "lep"].groupby("indicator")["numerator"].sum()
    assert sums["gva_per_head"] / england.loc["gva_per_head", "numerator"] == pytest.approx(1.008, abs=0.004)
    assert england.loc["gva_per_head", "numerator"] == 2_113_330e6
    assert england.loc["gva_per_head", "denominator"] == 57_690_324
    assert england.loc["enterprise_births_per_10k", "numerator"] == 282_680
    assert england.loc["gva_per_hour", "value"] == pytest.approx(38.91)
    assert england.loc["industrial_specialisation_krugman", "value"] == 0
    assert abs(england.loc["gva_per_head", "value"] - leps["gva_per_head"].mean()) > 1000


def test_known_figures(leps) -> None:
    # Greater Manchester, mid-2023: ten districts, GVA of 2023 over residents, worked out by hand from the two tables.
    assert leps.loc["E37000015", "gva_per_head"] == pytest.approx(34_032.7, abs=0.1)
    assert leps.loc["E37000016", "gva_per_head"] == pytest.approx(26_694.5, abs=0.1)
    assert leps.loc["E37000051", "enterprise_births_per_10k"] == leps["enterprise_births_per_10k"].max()


def test_no_university_is_a_reason_and_not_a_zero(latest) -> None:
    held = latest[(latest["code"] == SWINDON_AND_WILTSHIRE) & latest["indicator"].isin(UNIVERSITY_SERIES)]
    assert len(held) == len(UNIVERSITY_SERIES)
    assert (held["status"] == "no_institution").all()
    assert held["value"].isna().all()
    cornwall = latest[(latest["code"] == CORNWALL) & (latest["indicator"] == "h2020_he_grant_per_head")].iloc[0]
    assert (cornwall["value"], cornwall["status"]) == (0, "value")


def test_suppressed_is_never_zero(latest) -> None:
    held = latest[(latest["code"] == CORNWALL) & latest["indicator"].isin(["ict_gva_share"])].iloc[0]
    assert held["status"] == "suppressed"
    assert np.isnan(held["value"])
    england = latest[(latest["code"] == ENGLAND) & (latest["indicator"] == "ict_gva_share")].iloc[0]
    assert england["denominator"] < 2_113_330e6  # the same districts above and below the line


def test_borders_that_changed_are_not_comparable(latest) -> None:
    table = latest[(latest["geography"] == "lep") & (latest["indicator"] == "staff_trained_share")]
    assert table["status"].value_counts().to_dict() == {"estimated": 28, "not_comparable": 10}


def test_intervals_are_there_where_the_catalogue_says_so(observations, catalogue) -> None:
    kind = observations["indicator"].map(catalogue["uncertainty"])
    shown = observations["value"].notna()
    assert observations.loc[shown & (kind == "none"), "lower"].isna().all()
    counted = kind.isin(["binomial", "poisson"])
    assert observations.loc[shown & counted & (observations["denominator"] > 0), "lower"].notna().all()
    survey = observations[shown & (kind == "survey") & observations["geography"].isin(["lep", "country"])]
    # Where fewer than ten people were asked the survey gives no error, and neither do we.
    unknown = survey[survey["lower"].isna()].groupby("indicator")["code"].agg(set)
    assert unknown.to_dict() == {
        "stem_technicians_share": {"E37000005", "E37000038"},
        "culture_media_occupations_share": {"E37000007", "E37000061"},
    }


def test_values_are_numerator_over_denominator(observations, catalogue) -> None:
    rate = observations[observations["indicator"].map(catalogue["kind"]) == "rate"].dropna(subset=["value"])
    again = rate["numerator"] / rate["denominator"] * rate["indicator"].map(catalogue["multiplier"])
    np.testing.assert_allclose(rate["value"], again, rtol=1e-11)  # twelve digits are written


def test_shares_are_shown_in_percent(latest, catalogue) -> None:
    share = latest[latest["indicator"].map(catalogue["unit"]).str.startswith("%")].dropna(subset=["value"])
    share = share[share["indicator"] != "gva_growth_10y"]
    assert share["value"].between(0, 100).all()
    assert share["value"].median() > 2


def test_universities_of_england(organisations) -> None:
    universities = organisations[organisations["kind"] == "university"].set_index("id")
    assert universities["ref_fte"].count() == 128
    assert universities["ref_fte"].sum() == pytest.approx(62_936.04, abs=0.01)
    assert universities.loc["ukprn:10007159", "district"] == "E08000024"  # Sunderland, not Westminster
    assert universities.loc["ukprn:10000291", "district"] == "E07000070"  # Anglia Ruskin in Chelmsford
    assert universities.loc["ukprn:10008640", "name"] == "Falmouth University"
    assert not universities["name"].str.startswith("The ").any()
    surrey = universities.loc["ukprn:10007160"]
    assert surrey["source_ids"].count("gtr:") == 3
    assert surrey["district"] == "E07000209"


def test_organisations_know_the_traps(organisations) -> None:
    by_name = organisations.set_index("name")
    assert by_name.loc["Manufacturing Technology Centre", "district"] == "E07000220"  # Rugby, not Nottingham
    assert by_name.loc["Connected Places Catapult", "district"] == "E06000042"  # Milton Keynes, not Cheltenham
    assert "Leeds Metropolitan University" not in by_name.index
    assert not organisations["name"].str.contains("Transport Systems Catapult").any()
    assert (organisations["kind"] == "nhs_trust").sum() == 209
    assert (organisations["kind"] == "company").sum() > 9_000


def test_an_identifier_belongs_to_one_organisation(organisations) -> None:
    ids = organisations["source_ids"].str.split(";").explode()
    assert not ids.duplicated().any()
    assert organisations["id"].isin(ids).all()
    keyed = organisations.assign(key=organisations["name"].str.casefold())
    assert not keyed.duplicated(["key", "district", "kind"]).any()


def test_every_organisation_lies_in_a_district_of_april_2023_or_says_that_it_does_not(organisations, root) -> None:
    membership = pd.read_csv(root / "boundaries" / "membership.csv")
    placed = organisations["district"] != ""
    assert organisations.loc[placed, "district"].isin(membership["district"]).all()
    assert set(organisations.loc[~placed, "precision"]) == {"none", "outside"}
    assert organisations.loc[~placed, "easting"].isna().all()
    nowhere = organisations.loc[~placed, "source"].str.split(";").explode()
    assert set(nowhere) == {"cordis_h2020", "gtr"}  # only a link leads to them
    assert placed.sum() == 14_182


def test_the_package_describes_the_files(root: Path, observations, organisations) -> None:
    package = json.loads((root / "data" / "datapackage.json").read_text(encoding="utf-8"))
    resources = {resource["path"]: resource for resource in package["resources"]}
    assert set(resources) == {path.name for path in (root / "data").iterdir()} - {"datapackage.json"}
    for path, resource in resources.items():
        content = (root / "data" / path).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    for path, table in (("observations.parquet", observations), ("organisations.parquet", organisations)):
        assert [field["name"] for field in resources[path]["schema"]["fields"]] == list(table.columns)
    named = {source["name"] for source in package["sources"]}
    assert set(organisations["source"].str.split(";").explode()) <= named


def test_a_table_that_breaks_its_schema_is_refused_with_a_list(observations) -> None:
    bad = observations.head(50).copy()
    bad.loc[bad.index[0], "status"] = "ok"
    bad.loc[bad.index[1], "value"] = np.nan
    with pytest.raises(ValidationError, match=r"observations.* does not satisfy its schema") as caught:
        check_observations(bad)
    assert len(caught.value.problems) >= 2
