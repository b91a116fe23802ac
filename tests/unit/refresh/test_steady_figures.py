"""What is written does not hang on the processor it was computed on."""

from __future__ import annotations

import pandas as pd

from s3geo import open_workspace
from s3geo.refresh.observations import _steady


def test_figures_that_differ_by_an_error_of_arithmetic_are_written_alike() -> None:
    names = ["value", "lower", "upper", "numerator", "denominator"]
    one = pd.DataFrame({name: [3.5251988741234567, float("nan"), 57_690_324.0] for name in names})
    two = one * (1 + 2e-16)
    assert not one.equals(two)
    assert _steady(one).equals(_steady(two))
    assert _steady(one)["value"].iloc[2] == 57_690_324


def test_the_figures_in_use_are_steady() -> None:
    ws = open_workspace()
    for indicator in ws.catalogue.index:
        values = ws.values(str(indicator)).dropna()
        assert (values == values.map(lambda x: float(f"{x:.12g}"))).all(), indicator
