"""Faults that were found once: each test failed before its mend. Figures and names here are made up."""

from __future__ import annotations

import pandas as pd
import pytest

from s3geo.statistics.classify import classify


def test_breaks_held_fixed_keep_classes_above_the_largest_value() -> None:
    breaks = classify(pd.Series([1.0, 5, 15]), "manual", upper=[10, 20, 30])
    assert (breaks.upper, breaks.counts) == ((10, 20, 30), (2, 1, 0))


@pytest.mark.parametrize(
    ("scheme", "k", "values"),
    [
        ("equal_interval", 2, [0.1 + 0.2, 0.3]),
        ("head_tail", 5, [0.1 + 0.2, 0.3]),
        ("head_tail", 5, [0.1, 0.1, 0.3, 0.1 + 0.2]),
    ],
)
def test_values_that_differ_by_a_rounding_error_are_classified(scheme: str, k: int, values: list[float]) -> None:
    breaks = classify(pd.Series(values), scheme, k)
    assert sum(breaks.counts) == len(values)
