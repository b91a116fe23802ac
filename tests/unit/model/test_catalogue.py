"""The catalogue is complete, consistent and said in plain words; a bad one is refused with a table of problems."""

from __future__ import annotations

from pathlib import Path

import pytest

from s3geo.errors import FileProblem, NotFound, ValidationError
from s3geo.model.catalogue import ACTORS, DIMENSIONS, Catalogue, load_catalogue
from s3geo.model.dictionary import data_dictionary
from s3geo.model.provenance import LICENCES, attribution

MINIMAL = """
[source.ons]
title = "Population estimates"
publisher = "Office for National Statistics"
dataset = "Estimates"
edition = "2023"
licence = "OGL-UK-3.0"
attribution = "Source: ONS"
url = "https://www.ons.gov.uk/"

[indicator.people]
label = "Residents per hectare"
short_label = "Density"
actor = "environment"
dimension = "outputs"
unit = "residents per ha"
decimals = 1
kind = "rate"
direction = "neutral"
numerator = "Residents"
denominator = "Hectares"
multiplier = 1
period = "2023"
periods = ["2023"]
formula = "Residents / hectares"
sources = ["ons"]
uncertainty = "none"
overlap = "Both."
caveat = "None."
"""


@pytest.fixture(scope="module")
def catalogue(root: Path) -> Catalogue:
    return load_catalogue(root / "data" / "catalogue.toml")


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "catalogue.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_cell_of_the_grid_has_at_least_two_indicators(catalogue) -> None:
    counts = catalogue.to_frame().groupby(["actor", "dimension"]).size()
    assert counts.to_dict().keys() == {(actor, dimension) for actor in ACTORS for dimension in DIMENSIONS}
    assert counts.min() >= 2
    assert len(catalogue.ids) == 38


def test_every_source_is_open_and_credited(catalogue) -> None:
    for source in catalogue.source.values():
        assert source.licence in LICENCES
        assert source.licence_url.startswith("https://")
    frame = catalogue.to_frame()
    assert (frame[["publisher", "licence", "attribution", "caveat", "overlap", "formula"]] != "").all(axis=None)
    assert frame.index.name == "indicator"


def test_wording_keeps_to_what_is_counted(catalogue) -> None:
    frame = catalogue.to_frame()
    texts = frame[["label", "short_label", "caveat", "formula", "numerator"]].agg(" ".join, axis=1).str.casefold()
    assert not texts.str.contains("degree-level|hub|hotspot|hot spot").any()
    assert "NVQ level 4 or above" in frame.loc["nvq4plus_share", "label"]
    assert frame.loc["industrial_specialisation_krugman", "direction"] == "neutral"


def test_the_age_of_a_figure_is_known(catalogue) -> None:
    latest = catalogue.to_frame()["latest_year"]
    assert latest["epo_patents_per_100k"] == 2011
    assert latest["he_research_income_per_head"] == 2018
    assert latest["gva_per_head"] == 2023


def test_kinds_follow_the_arithmetic(catalogue) -> None:
    frame = catalogue.to_frame()
    assert set(frame.index[frame["kind"] == "intensive"]) == {
        "gdhi_per_head",
        "gigabit_coverage",
        "gva_growth_10y",
        "industrial_specialisation_krugman",
    }


def test_the_dictionary_is_up_to_date(catalogue, root: Path) -> None:
    page = (root / "docs" / "data.md").read_text(encoding="utf-8")
    assert page == data_dictionary(catalogue), "docs/data.md is stale: write data_dictionary(catalogue) into it"


def test_every_indicator_and_source_is_in_the_dictionary(catalogue) -> None:
    page = data_dictionary(catalogue)
    for indicator in catalogue.indicator.values():
        assert f"`{indicator.id}`" in page
        assert indicator.label in page
    for source in catalogue.source.values():
        assert source.attribution in page


def test_a_minimal_catalogue_loads(tmp_path: Path) -> None:
    small = load_catalogue(written(tmp_path, MINIMAL))
    assert small.ids == ("people",)
    assert small.sources_of("people")[0].publisher == "Office for National Statistics"
    with pytest.raises(NotFound, match="No indicator 'cows'"):
        small.sources_of("cows")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('actor = "environment"', 'actor = "government"', "indicator.people.actor"),
        ('licence = "OGL-UK-3.0"', 'licence = "secret"', "source.ons.licence"),
        ('sources = ["ons"]', 'sources = ["hesa"]', "unknown source"),
        ('periods = ["2023"]', 'periods = ["2022"]', "indicator.people"),
        ('denominator = "Hectares"', 'denominator = ""', "indicator.people"),
        ('caveat = "None."', 'caveat = "None."\nextra = 1', "indicator.people.extra"),
    ],
)
def test_a_bad_entry_is_refused_and_named(tmp_path: Path, old: str, new: str, problem: str) -> None:
    with pytest.raises(ValidationError) as caught:
        load_catalogue(written(tmp_path, MINIMAL.replace(old, new)))
    problems = caught.value.problems
    assert (problems["file"] == "catalogue.toml").all()
    assert problems[["code", "problem"]].agg(" ".join, axis=1).str.contains(problem, regex=False).any()


def test_a_file_that_is_no_catalogue_is_a_file_problem(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="not TOML"):
        load_catalogue(written(tmp_path, "this is = = no toml"))
    with pytest.raises(FileProblem, match="No catalogue"):
        load_catalogue(tmp_path / "absent.toml")


def test_credit_names_each_source_once(catalogue) -> None:
    line = attribution(catalogue.sources_of("gva_per_head"))
    assert line == "Source: Office for National Statistics licensed under the Open Government Licence v.3.0."
    assert attribution([]) == ""
