"""Links: repeats, self-pairs, several identifiers, names, and organisations without a district (invented)."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from s3geo.errors import TableError, ValidationError
from s3geo.model.evidence import GTR_BIAS, LINK_SOURCES
from s3geo.model.evidence_schemas import check_links, check_participations
from s3geo.model.schemas import check_organisations
from s3geo.refresh.links import compile_links, compile_participations, pairs_of_networks, pairs_of_projects
from s3geo.refresh.organisations import _absorb
from s3geo.refresh.participants import elsewhere, in_networks, presentable, taking_part, unplace

ORGANISATIONS = pd.DataFrame(
    {
        "id": ["ukprn:1", "gtr:B", "gtr:S", "waifinder:c"],
        "source_ids": ["ukprn:1;gtr:A;pic:10", "gtr:B;pic:20", "gtr:S", "waifinder:c;pic:31;pic:32"],
    }
)
NODES = pd.DataFrame(
    {
        "name": ["Anna", "Bert", "Scot"],
        "district": ["Exeter", "York", "Perth"],
        "country": ["England"] * 2 + ["Scotland"],
    }
)
GTR = pd.DataFrame(
    {
        "gtr": ["A", "B0", "B", "S", "X", "N"],
        "name": ["Anna", "Bert", "Bert", "Scot", "Xeno", "Nagoya University"],
        "district": ["E07000041", "E07000041", "E06000014", "S12000048", "S12000048", "E09000012"],
        "type": ["higher_education", "company", "company", "higher_education", "company", "higher_education"],
    }
)
H2020 = pd.DataFrame(
    {
        "pic": ["10", "20", "31", "32", "40", "41"],
        "name": [
            "ANNA UNIVERSITY",
            "BERT LIMITED",
            "CAT ONE",
            "CAT TWO",
            "THE FAR AWAY FIRM LBG",
            "UNIVERSITY OF OBAN",
        ],
        "type": ["HES", "PRC", "REC", "REC", "PRC", "HES"],
        "district": ["E07000041", "", "", "", "", ""],
        "gtr": ["A", "B", "", "", "", ""],
        "ukprn": ["1", "", "", "", "", ""],
        "city": ["Exeter", "York", "Leeds", "Leeds", "Leeds", "OBAN"],
    }
)
PARTICIPATIONS = pd.DataFrame(
    {
        "project": ["1", "1", "1", "2", "2", "3", "3", "3"],
        "pic": ["10", "20", "99", "20", "10", "31", "32", "10"],
        "role": [
            *("participant", "coordinator", "participant", "participant"),
            *("participant", "participant", "coordinator", "partner"),
        ],
        "contribution": [np.nan, 5.0, 5.0, np.nan, np.nan, 1.0, 1.0, np.nan],
        "start_year": [2015, 2015, 2015, 2018, 2018, 2016, 2016, 2016],
    }
)


def inputs(edges: list[tuple[str, str, str, str, int]] | None = None) -> SimpleNamespace:
    columns = ["seed", "topic", "a", "b", "n_projects"]
    tables = {
        "gtr_edges": pd.DataFrame(edges or [("scot", "Physics", "Scot", "Anna", 1)], columns=columns),
        "gtr_nodes": NODES,
        "gtr": GTR,
        "h2020_participations": PARTICIPATIONS,
        "h2020_organisations": H2020,
    }
    codes = pd.Series({code: code for code in ("E07000041", "E06000014", "E09000012")})
    names = pd.Series({"Exeter": "E07000041", "York": "E06000014"})
    return SimpleNamespace(table=tables.__getitem__, codes=codes, district_names=names)


def compiled(edges: list[tuple[str, str, str, str, int]] | None = None) -> pd.DataFrame:
    source = inputs(edges)
    return compile_links(source, ORGANISATIONS, compile_participations(source, ORGANISATIONS))


def test_money_that_is_not_stated_is_a_participation_all_the_same() -> None:
    table = compiled().query("source == 'h2020'").set_index(["a", "b"])
    pair = table.loc[("gtr:B", "ukprn:1")]
    assert (pair["n_projects"], pair["first_year"], pair["last_year"]) == (2, 2015, 2018)


def test_two_identifiers_of_one_organisation_are_one_partner_and_not_linked() -> None:
    table = compiled().query("source == 'h2020'")
    assert not (table["a"] == table["b"]).any()
    pair = table[(table["a"] == "ukprn:1") & (table["b"] == "waifinder:c")]
    assert pair["n_projects"].tolist() == [1]
    held = compile_participations(inputs(), ORGANISATIONS).query("organisation == 'waifinder:c'")
    assert held["role"].tolist() == ["coordinator"]


def test_participations_without_a_name_are_kept_but_make_no_link() -> None:
    participations = compile_participations(inputs(), ORGANISATIONS)
    assert "pic:99" in set(participations["organisation"])
    assert not compiled()[["a", "b"]].isin(["pic:99"]).any(axis=None)


def test_years_are_those_of_horizon_2020_only() -> None:
    table = compiled()
    assert table.groupby("source")["first_year"].count().to_dict() == {"gtr": 0, "h2020": 2}
    assert table.loc[table["source"] == "gtr", "topic"].tolist() == ["Physics"]


def test_the_same_project_in_two_networks_counts_once() -> None:
    edges = [("scot", "Physics", "x", "y", 2), ("welsh", "Physics", "y", "x", 1)]
    frame = pd.DataFrame(edges, columns=["seed", "topic", "a", "b", "n_projects"])
    assert pairs_of_networks(frame).values.tolist() == [["x", "y", 2, "Physics"]]


def test_topics_are_added_and_self_pairs_dropped() -> None:
    edges = [("scot", "Physics", "x", "y", 2), ("welsh", "Arts", "x", "y", 3), ("welsh", "Arts", "x", "x", 9)]
    frame = pd.DataFrame(edges, columns=["seed", "topic", "a", "b", "n_projects"])
    assert pairs_of_networks(frame).values.tolist() == [["x", "y", 5, "Arts;Physics"]]


def test_a_project_of_three_makes_three_pairs() -> None:
    table = pd.DataFrame({"project": ["1"] * 3, "organisation": list("cab"), "start_year": 2015})
    assert pairs_of_projects(table)[["a", "b"]].values.tolist() == [["a", "b"], ["a", "c"], ["b", "c"]]


def test_a_name_of_two_records_is_the_one_in_the_district_of_the_network() -> None:
    assert in_networks(inputs()).to_dict() == {"Anna": "gtr:A", "Bert": "gtr:B", "Scot": "gtr:S"}


def test_a_name_without_an_organisation_is_refused() -> None:
    with pytest.raises(TableError, match="no organisation is called 'Zoe'"):
        compiled([("scot", "Physics", "Zoe", "Anna", 1)])


def test_partners_outside_england_come_in_only_where_a_link_leads() -> None:
    table = elsewhere(inputs(), {"gtr:A", "gtr:B"})
    assert table["name"].tolist() == ["Scot"]
    assert table["precision"].tolist() == ["outside"]


def test_organisations_of_horizon_2020_keep_all_identifiers_and_say_where_they_are() -> None:
    table = taking_part(inputs())
    assert table.loc[0, "ids"] == ["ukprn:1", "gtr:A", "pic:10"]
    assert table["precision"].tolist() == ["district", "none", "none", "none", "none", "outside"]
    assert table.loc[4, "name"] == "The Far Away Firm"
    assert table["kind"].tolist()[-2:] == ["company", "university"]
    placed = unplace(table)
    assert placed["district"].tolist() == ["E07000041", "", "", "", "", ""]


def test_an_identifier_is_never_given_to_a_second_organisation() -> None:
    known = pd.DataFrame({"name": ["One", "Two"], "district": "E1", "ids": [["ukprn:1"], ["gtr:2"]]})
    known = known.assign(sources=[["gtr"]] * 2)
    found = pd.DataFrame({"name": ["One"], "district": "E1", "ids": [["ukprn:1", "gtr:2", "pic:3"]]})
    known, rest = _absorb(known, found.assign(sources=[["cordis_h2020"]]), within_district=True, names=False)
    assert known["ids"].tolist() == [["ukprn:1", "pic:3"], ["gtr:2"]]
    assert rest.empty


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("THE UNIVERSITY OF HERTFORDSHIRE HIGHER EDUCATION CORPORATION", "The University of Hertfordshire"),
        ("TRANSPORT FOR LONDON*TFL", "Transport for London"),
        ("ST GEORGE'S HOSPITAL MEDICAL SCHOOL", "St George's Hospital Medical School"),
        ("UNIVERSITY COLLEGE LONDON HOSPITALSNHS FOUNDATION TRUST", None),
        ("Liftshare.com Ltd", "Liftshare.com Ltd"),
        ("BAE SYSTEMS PLC", "BAE Systems PLC"),
    ],
)
def test_names_in_capitals_become_readable(name: str, shown: str | None) -> None:
    assert presentable(name) == (shown or "University College London Hospitals NHS Foundation Trust")


LINK = {"source": "gtr", "a": "gtr:A", "b": "gtr:B", "n_projects": 1, "first_year": np.nan, "last_year": np.nan}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"b": "gtr:A"}, "a comes before b"),
        ({"a": "gtr:C"}, "a comes before b"),
        ({"n_projects": 0}, "n_projects"),
        ({"first_year": 2015.0, "last_year": 2015.0}, "years of h2020 only"),
        ({"source": "h2020"}, "years of h2020 only"),
        ({"source": "h2020", "first_year": 2016.0, "last_year": 2015.0}, "first before last"),
        ({"source": "erasmus"}, "source"),
    ],
)
def test_a_link_that_breaks_the_rules_is_refused(changes: dict[str, object], problem: str) -> None:
    frame = pd.DataFrame([LINK | {"topic": ""}])
    check_links(frame)
    with pytest.raises(ValidationError, match=problem):
        check_links(frame.assign(**changes))


def test_a_participation_twice_is_refused() -> None:
    frame = pd.DataFrame({"project": ["1"], "organisation": ["pic:1"], "role": ["coordinator"], "start_year": [2015]})
    check_participations(frame)
    with pytest.raises(ValidationError, match="participations"):
        check_participations(pd.concat([frame, frame]))


@pytest.mark.parametrize(
    ("district", "precision", "fine"),
    [
        ("", "none", True),
        ("", "outside", True),
        ("E07000041", "district", True),
        ("E07000041", "none", False),
        ("", "district", False),
        ("S12000048", "outside", False),
    ],
)
def test_a_district_may_be_empty_only_where_the_precision_says_so(district: str, precision: str, fine: bool) -> None:
    entry = {"id": "pic:1", "name": "Firm", "kind": "company", "district": district, "easting": np.nan}
    entry |= {"northing": np.nan, "precision": precision, "ref_fte": np.nan, "ref_4star_share": np.nan}
    frame = pd.DataFrame([entry | {"source_ids": "pic:1", "source": "cordis_h2020"}])
    if fine:
        assert len(check_organisations(frame)) == 1
    else:
        with pytest.raises(ValidationError, match="district"):
            check_organisations(frame)


def test_the_bias_of_gateway_to_research_is_said_in_plain_words() -> None:
    assert LINK_SOURCES["gtr"].caveat == GTR_BIAS
    assert "Wales and Scotland" in GTR_BIAS
    assert "biased" in GTR_BIAS
