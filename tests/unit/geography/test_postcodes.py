"""Postcodes: forms, places, and clear words where there is none."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from s3geo.errors import NotFound
from s3geo.geography import postcodes
from s3geo.geography.postcodes import find, looks_like_postcode, normalise


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("ex4 4qj", "EX4 4QJ"),
        ("EX44QJ", "EX4 4QJ"),
        ("  e1   0aa ", "E1 0AA"),
        ("w1a\u00a01aa", "W1A 1AA"),
        ("ec1a1bb", "EC1A 1BB"),
        ("m11ae", "M1 1AE"),
    ],
)
def test_normalise(given, expected):
    assert normalise(given) == expected
    assert looks_like_postcode(given)


@pytest.mark.parametrize("given", ["EX4", "ex4 4", "EX4 4Q", "SW1A", "M1", "D2N2"])
def test_part_of_a_postcode(given):
    assert not looks_like_postcode(given)
    with pytest.raises(NotFound, match=r"only part of a postcode.*Give the full postcode"):
        find(given)


@pytest.mark.parametrize("given", ["", "   ", "Exeter", "EX4 4QJ extra", "12345", "ＥＸ4 4QJ", "EX٤ 4QJ", "'; drop"])
def test_no_postcode_at_all(given):
    assert not looks_like_postcode(given)
    with pytest.raises(NotFound, match="does not look like a postcode") as caught:
        normalise(given)
    assert caught.value.problems["next_step"].str.contains("EX4 4QJ").all()
    assert caught.value.exit_code == 1


def test_place_of_a_postcode():
    place = find("ex4 4qj")
    assert place.postcode == "EX4 4QJ"
    assert place.district == "E07000041"  # Exeter
    assert abs(place.easting - 291_800) < 1_500
    assert abs(place.northing - 93_800) < 1_500


@pytest.mark.parametrize(("given", "district"), [("S1 2HH", "E08000019"), ("S70 2TA", "E08000016")])
def test_codes_of_april_2025_are_taken_back_to_2023(given, district):
    assert find(given).district == district


@pytest.mark.parametrize(
    ("given", "country"),
    [
        ("CF10 3AT", "Wales"),
        ("EH1 1YZ", "Scotland"),
        ("BT1 5GS", "Northern Ireland"),
        ("JE2 3AB", "the Channel Islands"),
        ("IM1 3PG", "the Isle of Man"),
    ],
)
def test_outside_england(given, country):
    with pytest.raises(NotFound, match=f"{given}' lies in {country}; s3geo covers England"):
        find(given)


@pytest.mark.parametrize("given", ["EX4 9ZZ", "QQ1 1AA", "XX99 9XX"])
def test_not_in_the_directory(given):
    with pytest.raises(NotFound, match=f"'{given}' is not in the ONS Postcode Directory") as caught:
        find(given)
    assert caught.value.problems["code"].tolist() == [given]


def test_threads_load_a_letter_once(monkeypatch):
    postcodes._load.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        places = list(pool.map(find, ["YO1 7HH", "YO10 5DD"] * 20))
    assert {place.district for place in places} == {"E06000014"}
    assert postcodes._load.cache_info().misses == 1
