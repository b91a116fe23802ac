"""The methods are all told: each with formula, default, citation and limit, each public function named, links whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import s3geo.statistics
from s3geo.views.methods import methods_text

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "methods.md").read_text("utf-8")
OPENING, SECTIONS = methods_text()
TOLD = (
    *("Classification", "Outlier treatment", "Cell scores", "Composite index", "Rank uncertainty"),
    *("Intervals and verdicts", "Location quotient and specialisation", "Relatedness and density", "Complexity"),
    *("Spatial pattern", "Peers", "Partners", "Gravity", "Validation measures", "Aggregation"),
)


def test_every_method_has_a_section_and_an_id_of_its_own() -> None:
    assert {section.title for section in SECTIONS} >= set(TOLD)
    assert len({section.anchor for section in SECTIONS}) == len(SECTIONS) == TEXT.count("\n## ")
    assert OPENING.startswith("How each number is made")


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.anchor)
def test_each_states_formula_default_citation_and_limit(section) -> None:
    for word in ("Formula", "Default", "Citation", "Limit"):
        (said,) = re.findall(rf"\*\*{word}\.\*\*(.*?)(?=\n\*\*|\n\*In code|\Z)", section.text, re.DOTALL)
        assert len(said.split()) >= 3, f"{section.title}: {word} says nothing"
    assert "*In code.* `" in section.text
    assert len(section.text.split()) < 420, "half a page to a page, no more"


@pytest.mark.parametrize("name", s3geo.statistics.__all__)
def test_every_public_name_of_the_statistics_is_told(name: str) -> None:
    assert f"`{name}`" in TEXT


def test_what_is_told_exists() -> None:
    """A name in code type that is no word of a table exists in s3geo.statistics, or in the module named after it."""
    for line in re.findall(r"\*In code\.\*(.*?)(?=\n\n|\Z)", TEXT, re.DOTALL):
        elsewhere = dict(re.findall(r"`(\w+)` in\s+`(s3geo[\w.]+)`", line))
        for name in re.findall(r"`(\w+)`", line):
            module = __import__(elsewhere.get(name, "s3geo.statistics"), fromlist=["_"])
            assert hasattr(module, name), name


def test_links_resolve() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        if target.startswith("#"):
            assert target[1:] in {section.anchor for section in SECTIONS}, target
        elif not target.startswith("https://"):
            assert (ROOT / "docs" / target).exists(), target
    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")):
        for path, anchor in re.findall(r"\(([^()\s]*methods\.md)#?([\w-]*)\)", page.read_text("utf-8")):
            assert (page.parent / path).exists(), (page.name, path)
            assert not anchor or anchor in {section.anchor for section in SECTIONS}, (page.name, anchor)


def test_formulas_are_closed_and_stand_alone() -> None:
    """Two dollars stand alone on a line (else they are not set as a formula), and single ones come in pairs."""
    assert all(line == "$$" for line in TEXT.splitlines() if "$$" in line)
    assert TEXT.splitlines().count("$$") % 2 == 0
    assert [line for line in TEXT.replace("$$", "").splitlines() if line.count("$") % 2] == []
