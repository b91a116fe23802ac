"""Universities, research programmes and places. The small extracts are synthetic."""

from __future__ import annotations

import pytest

from s3geo.errors import TableError
from s3geo.sources.cordis import read_h2020_organisations, read_h2020_participations
from s3geo.sources.employer_skills import read_employer_skills
from s3geo.sources.gtr import read_gtr_edges, read_gtr_nodes, read_gtr_organisations
from s3geo.sources.nesta_beis import read_nuts3_series
from s3geo.sources.nhs import read_nhs_trusts
from s3geo.sources.providers import read_providers, read_unplaced_institutions
from s3geo.sources.ref2021 import read_ref2021
from s3geo.sources.waifinder import read_waifinder

REF_HEADER: list[object] = [
    "Institution code (UKPRN)",
    "Institution name",
    "Profile",
    "FTE of submitted staff",
    "4*",
]


def test_only_overall_profiles_count(workbook) -> None:
    rows: list[list[object]] = [
        ["2021 Research Excellence Framework Results"],
        [""],
        REF_HEADER,
        [10007792, "Exeter", "Overall", 10, 50],
        [10007792, "Exeter", "Outputs", 10, 90],
        [10007792, "Exeter", "Overall", 30, "-"],
        [10007159, "Sunderland", "Overall", 5, 20],
    ]
    table = read_ref2021(workbook({"Sheet1": rows})).set_index("ukprn")
    assert table.loc["10007792", "fte"] == 40
    assert table.loc["10007792", "fte_4star"] == 5
    assert table.loc["10007159", "fte_4star"] == 1


def test_ref_without_its_header_is_refused(workbook) -> None:
    with pytest.raises(TableError, match="no row that starts with"):
        read_ref2021(workbook({"Sheet1": [["something else"]]}))


def test_a_series_that_is_missing_is_named() -> None:
    text = b"geography_code,indicator,year,value\nUKC11,gbp_research_income,2017,5\n"
    assert read_nuts3_series(text, ["gbp_research_income"])["value"].tolist() == [5]
    with pytest.raises(TableError, match="no series 'ip_revenue'"):
        read_nuts3_series(text, ["ip_revenue"])


def test_a_contribution_that_is_not_stated_is_not_zero() -> None:
    text = b"rcn,role,pic,type,contribution,start_year\n1,participant,9,HES,,2017\n1,coordinator,8,HES,10.5,2017\n"
    table = read_h2020_participations(text)
    assert table["contribution"].isna().tolist() == [True, False]


def test_organisations_keep_their_identifiers() -> None:
    text = b"pic,name,activityType,gtr_id,lad_code_2016,ukprn\n9,Exeter,HES,G1,E07000041,10007792.0\n8,Firm,PRC,,,\n"
    table = read_h2020_organisations(text)
    assert table["ukprn"].tolist() == ["10007792", ""]
    assert table["district"].tolist() == ["E07000041", ""]


def test_networks_of_gateway_to_research() -> None:
    edges = read_gtr_edges(b"seed_nation,topic,org_a,org_b,n_projects\nscot,Physics,A Ltd , B,2\n")
    assert edges.loc[0].to_dict() == {"seed": "scot", "topic": "Physics", "a": "A Ltd", "b": "B", "n_projects": 2}
    nodes = read_gtr_nodes(b"org,lad_name,country\nA Ltd,York,England\n")
    assert nodes.loc[0].to_dict() == {"name": "A Ltd", "district": "York", "country": "England"}
    with pytest.raises(TableError, match="no column 'topic'"):
        read_gtr_edges(b"seed_nation,org_a,org_b,n_projects\nscot,A,B,2\n")


def test_an_employer_skills_measure_loses_only_its_prefix() -> None:
    text = b"geography_code,geography_name,indicator,value\nE37000001,Black Country,ESS2019 Total number of staff,7\n"
    assert read_employer_skills(text)["measure"].tolist() == ["Total number of staff"]


def test_a_provider_without_a_point_has_none() -> None:
    header = "UKPRN,VIEW_NAME,POSTCODE,LONGITUDE,LATITUDE,EASTING,NORTHING,GTR_ID,HESA_ID\n"
    table = read_providers((header + "10007138,Northampton,NN2 5PH,,,,,G,0027\n").encode())
    assert table["easting"].isna().all()
    assert table.loc[0, "hesa"] == "0027"


@pytest.mark.official
def test_official_lists_have_the_expected_size(shared) -> None:
    actors, work = shared / "actors", shared / "collaborations"
    assert len(read_providers(actors / "uk_learning_providers_plus.csv")) == 166
    assert len(read_unplaced_institutions(actors / "ref2021_institutions_without_point.csv")) == 7
    assert len(read_gtr_organisations(actors / "gtr_organisations_lad_2016.csv")) == 16_799
    assert (read_nhs_trusts(actors / "nhs_trusts_2022_points.csv")["status"] == "closed").sum() == 6
    assert len(read_waifinder(actors / "waifinder_rto_university_2024.csv")) == 152
    assert len(read_h2020_participations(work / "h2020_uk_participations_2014_2018.csv.gz")) == 10_844
    assert len(read_h2020_organisations(work / "h2020_uk_organisations_2017.csv")) == 1_633
    assert len(read_gtr_edges(work / "gtr_coproject_edges_2006_2016.csv.gz")) == 22_528
    assert len(read_gtr_nodes(work / "gtr_coproject_nodes_2006_2016.csv")) == 1_582


@pytest.mark.official
def test_official_ref_has_the_official_total(shared) -> None:
    table = read_ref2021(shared / "indicators/ref2021_results_all_2022-05-06.xlsx")
    assert len(table) == 157
    assert table["fte"].sum() == pytest.approx(76_132.07, abs=0.01)
