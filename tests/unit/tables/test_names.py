"""Names of regions: what is accepted, what is only suggested, and the order of the search box."""

from __future__ import annotations

import pandas as pd
import pytest

from s3geo.model.aliases import LEP_ALIASES, LEP_CODES
from s3geo.tables.names import LONGEST, Names, normalise, search

LEPS = pd.Series({code: lep.name for code, lep in LEP_CODES.items() if 2021 in lep.vintages})


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(LEPS)


def test_there_are_38_partnerships_in_2021():
    assert len(LEPS) == 38
    assert set(LEP_ALIASES) <= set(LEPS.index)
    assert all(lep.same_area in {"", *LEPS.index} for lep in LEP_CODES.values())
    assert LEP_CODES["E37000023"].same_area == "E37000051"  # London


@pytest.mark.official
def test_codes_are_the_official_ones(shared):
    official = pd.read_csv(shared / "lookups" / "lep_codes_by_vintage.csv", dtype=str)
    pairs = set(zip(official["geography_code"], official["vintage"].astype(int), strict=True))
    assert pairs == {(code, year) for code, lep in LEP_CODES.items() for year in lep.vintages}
    lookup = pd.read_csv(shared / "lookups" / "lad23_lep21.csv").drop_duplicates("LEP21CD").set_index("LEP21CD")
    assert lookup["LEP21NM"].sort_index().to_dict() == LEPS.sort_index().to_dict()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("York & North Yorkshire", "York and North Yorkshire"),
        ("The Marches LEP", "Marches"),
        ("Stoke on Trent and Staffordshire", "STOKE-ON-TRENT AND STAFFORDSHIRE"),
        ("Heart of the South West", "heart of south west"),
        ("London Local Enterprise Partnership", "London"),
        ("King’s Lynn", "Kings Lynn"),
        ("Cheshire  and\tWarrington ", "Cheshire and Warrington"),
        ("Ynys Môn", "Ynys Mon"),
    ],
)
def test_spellings_of_one_name(one, other):
    assert normalise(one) == normalise(other)


def test_names_that_differ():
    assert normalise("North East") != normalise("North East England")
    assert normalise("York") != normalise("York and North Yorkshire")
    assert normalise("LEP") == "lep"


@pytest.mark.parametrize(("code", "given"), [(code, alias) for code, known in LEP_ALIASES.items() for alias in known])
def test_every_short_name_means_one_partnership(names, code, given):
    assert names.code_of(given) == code
    assert names.code_of(f"{given.lower()} LEP") == code


@pytest.mark.parametrize("given", ["LCR", "South Yorkshire", "Manchester", "E37000023", "", "England", "Devon"])
def test_what_is_not_certain_is_not_accepted(names, given):
    assert names.code_of(given) is None


def test_code_in_any_case(names):
    assert names.by_code(" e37000051 ") == "E37000051"
    assert names.by_code("London") is None
    assert names.by_name("E37000051") is None


def test_name_that_two_regions_share_is_not_accepted():
    assert Names(pd.Series({"a": "Newport", "b": "Newport", "c": "York"})).code_of("Newport") is None


def test_official_name_goes_before_a_short_name():
    known = Names(pd.Series({"a": "Herts", "b": "Hertfordshire"}), {"b": ("Herts",)})
    assert known.code_of("herts") == "a"


def test_suggestions(names):
    best = names.suggest("Buckinghamshir")[0]
    assert (best.code, best.name) == ("E37000043", "Buckinghamshire")
    assert 80 <= best.score < 100
    assert names.suggest("Manchester")[0].name == "Greater Manchester"
    assert names.suggest("England") == names.suggest("xyzzy") == names.suggest("ab") == []
    scores = [suggestion.score for suggestion in names.suggest("South Yorkshire", 3)]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("lon", ["London"]),
        ("south", ["South East", "South East Midlands", "Heart of the South West"]),
        ("d2n2", ["Derby, Derbyshire, Nottingham and Nottinghamshire"]),
        ("hots", ["Heart of the South West"]),
        ("yorkshire", ["Hull and East Yorkshire", "York and North Yorkshire"]),
        ("bristol", []),
        ("manchestr", ["Greater Manchester"]),
        ("E37000007", ["Cumbria"]),
        ("the m", ["The Marches"]),
        ("shire", ["Buckinghamshire"]),
        ("", []),
        ("   ", []),
    ],
)
def test_search(text, first):
    found = [LEPS[code] for code in search(text, LEPS)]
    assert found[: len(first)] == first
    assert bool(found) == bool(first)


def test_search_is_bounded_and_deterministic():
    assert len(search("e", LEPS, limit=5)) == 5
    shuffled = LEPS.sample(frac=1, random_state=3)
    assert search("west", LEPS) == search("west", shuffled)


def test_of_a_text_of_megabytes_the_first_letters_are_looked_at():
    """What is typed into the search box is remembered, so no more of it may be than of a name."""
    endless = "London " * 1_000_000
    assert search(endless, LEPS) == search(endless[:LONGEST], LEPS)
    assert len(normalise(endless)) <= LONGEST
