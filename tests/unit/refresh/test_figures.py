"""From numerators and denominators to observations (invented areas)."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from s3geo.model.catalogue import Indicator
from s3geo.refresh.figures import academic, district_rows, finish, nuts3_rows, rows, span
from s3geo.refresh.uncertainty import poisson_limits, wilson_limits

ENGLAND = "E92000001"
LEP = pd.DataFrame({"district": ["a", "b", "b", "c"], "region": ["L1", "L1", "L2", "L2"], "share": 1.0})
LAD = pd.DataFrame({"district": ["a", "b", "c"], "region": ["a", "b", "c"], "share": 1.0})
AREAS = {"lep": ["L1", "L2"], "lad": ["a", "b", "c"], "country": [ENGLAND], "region": ["E12000001"]}
INPUTS = SimpleNamespace(memberships={"lep": LEP, "lad": LAD}, regions=AREAS.__getitem__)


def indicator(**changes: object) -> Indicator:
    entry = {
        "id": "share_of_x",
        "label": "Share of x",
        "short_label": "Share",
        "actor": "business",
        "dimension": "outputs",
        "unit": "%",
        "decimals": 1,
        "kind": "rate",
        "direction": "neutral",
        "numerator": "x",
        "denominator": "n",
        "multiplier": 100,
        "period": "2023",
        "periods": ["2023"],
        "formula": "x / n",
        "sources": ["s"],
        "caveat": "none",
        "uncertainty": "none",
        "overlap": "both",
    }
    return Indicator.model_validate(entry | changes)


def built(districts: pd.DataFrame, entry: Indicator | None = None, **options: object) -> pd.DataFrame:
    table = district_rows(INPUTS, "2023", districts, geographies=("lep", "lad"), **options)
    return finish(table, entry or indicator(), INPUTS).set_index("code")


def test_england_counts_every_district_once() -> None:
    table = built(pd.DataFrame({"numerator": [10.0, 90, 5], "denominator": [100.0, 300, 50]}, index=["a", "b", "c"]))
    assert table.loc[ENGLAND, "numerator"] == 105
    assert table.loc[ENGLAND, "value"] == pytest.approx(105 / 450 * 100)
    assert table.loc["L2", "value"] == pytest.approx(95 / 350 * 100)


def test_a_withheld_district_withholds_its_region_and_leaves_england_both_ways() -> None:
    districts = pd.DataFrame(
        {"numerator": [10.0, 90, np.nan], "denominator": [100.0, 300, 50], "status": ["value", "value", "suppressed"]},
        index=["a", "b", "c"],
    )
    table = built(districts)
    assert table.loc[["L2", "c"], "status"].tolist() == ["suppressed", "suppressed"]
    assert table.loc["L2", ["value", "numerator", "denominator"]].isna().all()
    assert table.loc["L1", "status"] == "value"
    assert table.loc[ENGLAND, "value"] == 25


def test_the_published_total_stands_for_england() -> None:
    districts = pd.DataFrame({"numerator": [1.0, 2, 3], "denominator": [10.0, 10, 10]}, index=["a", "b", "c"])
    assert built(districts, england=(7.0, 35.0)).loc[ENGLAND, "value"] == 20


def test_a_region_takes_the_worst_status_of_its_districts() -> None:
    districts = pd.DataFrame(
        {"numerator": [1.0, 2, 3], "denominator": [10.0, 10, 10], "status": ["value", "value", "estimated"]},
        index=["a", "b", "c"],
    )
    table = built(districts)
    assert table.loc[["L1", "L2"], "status"].tolist() == ["value", "estimated"]


def test_an_area_without_a_row_gets_one_with_a_reason() -> None:
    table = rows("lep", "2023", pd.Series({"L1": 1.0}), pd.Series({"L1": 4.0}))
    result = finish(table, indicator(), INPUTS, absent="no_institution").set_index("code")
    assert result["status"].to_dict() == {"L1": "value", "L2": "no_institution"}
    assert result.loc["L1", "value"] == 25


def test_a_figure_withheld_by_us_loses_its_parts() -> None:
    table = rows(
        "lep", "2023", pd.Series({"L1": 1.0, "L2": 2.0}), 4.0, status=pd.Series({"L1": "suppressed", "L2": "value"})
    )
    result = finish(table, indicator(), INPUTS).set_index("code")
    assert result.loc["L1", ["value", "numerator", "denominator"]].isna().all()
    assert result.loc["L2", "value"] == 50


def test_shared_out_areas_are_estimated_and_england_is_not() -> None:
    shares = pd.DataFrame(
        {"nuts3_code": ["UKC11", "UKC12", "UKC12"], "lep21cd": ["L1", "L1", "L2"], "share": [1.0, 0.25, 0.75]}
    )
    base = {"lep": pd.Series({"L1": 10.0, "L2": 10.0}), "region": pd.Series({"E12000001": 20.0})}
    base["country"] = pd.Series({ENGLAND: 20.0})
    values = pd.Series({"UKC11": 4.0, "UKC12": 8.0, "UKL11": 100.0})
    table = nuts3_rows("2023", values, base.__getitem__, shares=shares).set_index("code")
    assert table["numerator"].to_dict() == {"L1": 6.0, "L2": 6.0, "E12000001": 12.0, ENGLAND: 12.0}
    assert table.loc["L1", "status"] == "estimated"
    assert table.loc[ENGLAND, "status"] == "value"


def test_intervals_are_in_the_unit_of_the_figure() -> None:
    table = rows("lep", "2023", pd.Series({"L1": 65.0, "L2": 0.0}), 100.0, half_width=pd.Series({"L1": 5.0, "L2": 1.0}))
    wilson = finish(table, indicator(uncertainty="binomial"), INPUTS).set_index("code")
    assert wilson.loc["L1", "lower"] == pytest.approx(55.254443)
    survey = finish(table, indicator(uncertainty="survey"), INPUTS).set_index("code")
    assert survey.loc["L1", ["lower", "upper"]].tolist() == [60, 70]
    assert survey.loc["L2", ["lower", "upper"]].tolist() == [0, 1]
    poisson = finish(table, indicator(uncertainty="poisson", multiplier=1), INPUTS).set_index("code")
    assert poisson.loc["L1", "upper"] == pytest.approx(0.8284913855)
    assert poisson.loc["L2", ["lower", "upper"]].tolist() == pytest.approx([0, 0.0368887945])


@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    [(65, 100, 0.55254443, 0.73635752), (1045, 5000, 0.19795550, 0.22049130), (1, 100, 0.001767, 0.054486)],
)
def test_wilson_reference_cases(x: float, n: float, low: float, high: float) -> None:
    lower, upper = wilson_limits(pd.Series([float(x)]), pd.Series([float(n)]))
    assert (lower[0], upper[0]) == (pytest.approx(low, abs=1e-6), pytest.approx(high, abs=1e-6))


@pytest.mark.parametrize(
    ("x", "low", "high"),
    [
        (0, 0, 3.68887945),
        (1, 0.02531781, 5.57164339),
        (9, 4.11537310, 17.08480345),
        (65, 50.16318771, 82.84913855),
        (1045, 982.59320181, 1110.33121299),
    ],
)
def test_poisson_reference_cases(x: float, low: float, high: float) -> None:
    lower, upper = poisson_limits(pd.Series([float(x)]))
    assert (lower[0], upper[0]) == (pytest.approx(low, abs=1e-8), pytest.approx(high, abs=1e-8))


def test_periods_are_written_in_words() -> None:
    assert academic(1999) == "1999/00"
    assert span(academic(2016), academic(2018)) == "2016/17 to 2018/19"
