"""Numbers and findings in words."""

from __future__ import annotations

import math

import pytest

from s3geo import open_workspace
from s3geo.model.catalogue import STATUSES
from s3geo.views.wording import (
    NO_DATA_REASONS,
    finding,
    number,
    ordinal,
    quantity,
    range_label,
    rank_label,
)
from s3geo.workspace.geographies import period_label

NAN = math.nan


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (45230.4, 0, "45,230"),
        (1234567.891, 2, "1,234,567.89"),
        (0.0, 1, "0.0"),
        (-3.25, 1, "−3.2"),  # the sign is a minus, not a hyphen
        (-0.04, 1, "0.0"),  # never minus nothing
        (-0.0, 0, "0"),
        (NAN, 1, "no data"),
        (None, 1, "no data"),
    ],
)
def test_numbers(value: float, decimals: int, text: str) -> None:
    assert number(value, decimals) == text


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "text"),
    [
        (45.71, "%", 1, "45.7 %"),
        (31204, "£ per resident", 0, "£31,204 per resident"),
        (12.1, "€ per resident", 2, "€12.10 per resident"),
        (3.2, "firms per 10,000 residents", 1, "3.2 firms per 10,000 residents"),
        (0, "%", 1, "0.0 %"),
        (NAN, "£ per resident", 0, "no data"),
    ],
)
def test_quantities(value: float, unit: str, decimals: int, text: str) -> None:
    assert quantity(value, unit, decimals) == text


@pytest.mark.parametrize(
    "text", ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "101st", "111th", "153rd"]
)
def test_ordinals(text: str) -> None:
    assert ordinal(int(text[:-2])) == text


def test_a_rank_says_of_how_many_and_none_says_so() -> None:
    assert rank_label(6.0, 37) == "6th of 37"
    assert rank_label(NAN, 37) == "not ranked"


def test_a_class_is_written_from_its_lower_to_its_upper_bound() -> None:
    assert range_label(-1.25, 30, 2) == "−1.25 – 30.00"


@pytest.mark.parametrize(("vintage", "text"), [("2021-05", "May 2021"), ("2025-12", "December 2025"), ("2023", "2023")])
def test_vintages(vintage: str, text: str) -> None:
    assert period_label(vintage) == text


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("higher", "higher than England"),
        ("lower", "lower than England"),
        ("similar", "similar to England"),
        ("", "no interval published"),
    ],
)
def test_verdicts_speak_of_position_never_of_better_or_worse(word: str, text: str) -> None:
    assert finding(word, NAN, NAN) == text


def test_every_status_without_a_value_has_its_reason_in_words() -> None:
    of_sectors = {"none_in_england", "not_known"}
    assert set(NO_DATA_REASONS) - of_sectors == set(STATUSES) - {"value", "rounded", "estimated"}
    assert of_sectors < set(NO_DATA_REASONS)


def test_every_unit_of_the_catalogue_reads_as_a_quantity() -> None:
    for row in open_workspace().catalogue.itertuples():
        text = quantity(1234.5, row.unit, row.decimals)
        assert text.replace(",", "").lstrip("£€").startswith("1234")
        assert text.endswith(row.unit.lstrip("£€"))
