"""Verdict words: only from an interval, and never from overlap."""

from __future__ import annotations

import math

import pytest

from s3geo.statistics.intervals import verdict

NAN = math.nan


@pytest.mark.parametrize(
    ("lower", "upper", "england", "word"),
    [
        # methods.md U6: 65 of 100 and 7 of 10 by Wilson
        (55.254443, 73.635752, 50, "higher"),
        (55.254443, 73.635752, 60, "similar"),
        (55.254443, 73.635752, 80, "lower"),
        (39.6778, 89.2209, 50, "similar"),
        # a limit that equals England is not beyond it
        (50, 60, 50, "similar"),
        (40, 50, 50, "similar"),
        (50, 50, 50, "similar"),
        (-3, -1, 0, "lower"),
    ],
)
def test_the_interval_against_england(lower: float, upper: float, england: float, word: str) -> None:
    assert verdict(lower, upper, england) == word


@pytest.mark.parametrize(("lower", "upper", "england"), [(NAN, NAN, 50), (NAN, 60, 50), (40, NAN, 30), (40, 60, NAN)])
def test_no_interval_or_no_england_means_no_verdict(lower: float, upper: float, england: float) -> None:
    assert verdict(lower, upper, england) == ""
