"""What a refresh reports, how organisations are joined and placed, and that failed runs leave nothing behind."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from s3geo.errors import FileProblem
from s3geo.refresh import compile_data
from s3geo.refresh.compare import compare
from s3geo.refresh.observations import RECIPES
from s3geo.refresh.organisations import _absorb, _once, name_key
from s3geo.refresh.package import write_table
from s3geo.refresh.placing import place_points, place_postcodes

COLUMNS = ["indicator", "geography", "code", "period", "value", "lower", "upper", "status", "numerator", "denominator"]


def figures(**values: float) -> pd.DataFrame:
    table = pd.DataFrame({"code": list(values), "value": list(values.values())})
    table = table.assign(indicator="gva", geography="lep", period="2023", status="value")
    return table.reindex(columns=COLUMNS).astype(dict.fromkeys(("lower", "upper", "numerator", "denominator"), float))


def test_without_a_target_everything_is_new(tmp_path: Path) -> None:
    report = compare(figures(E37000001=1, E37000003=2), tmp_path, organisations=0)
    assert (report.added, report.changed, report.gone) == (2, 0, 0)


def test_the_report_names_what_moved(tmp_path: Path) -> None:
    write_table(figures(E37000001=100, E37000003=50, E37000005=1), tmp_path / "observations.parquet")
    report = compare(figures(E37000001=110, E37000003=50, E37000006=7), tmp_path, organisations=0)
    assert (report.added, report.changed, report.gone) == (1, 1, 1)
    assert report.moves.loc[0, ["code", "before", "after"]].tolist() == ["E37000001", 100, 110]
    assert report.moves.loc[0, "change"] == pytest.approx(10)
    assert report.indicators.loc["gva"].tolist() == [1, 1, 1]
    assert "1 added, 1 changed, 1 gone" in report.summary()


def test_the_same_figures_are_unchanged(tmp_path: Path) -> None:
    write_table(figures(E37000001=100, E37000003=float("nan")), tmp_path / "observations.parquet")
    report = compare(figures(E37000001=100 * (1 + 1e-13), E37000003=float("nan")), tmp_path, organisations=0)
    assert report.unchanged
    assert "none of them changed" in report.summary()


def test_the_same_table_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.parquet", "two.parquet"):
        write_table(figures(E37000001=1), tmp_path / name)
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()


def test_an_empty_folder_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    with pytest.raises(FileProblem, match="raw files are missing from raw") as caught:
        compile_data(tmp_path / "raw", tmp_path / "data")
    assert len(caught.value.problems) > 20
    assert not (tmp_path / "data").exists()


def test_every_recipe_says_what_it_does() -> None:
    assert all(recipe.__doc__ for recipe in RECIPES.values())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The University of Lancaster", "Lancaster University"),
        ("Airbus Operations Limited", "AIRBUS OPERATIONS LTD"),
        ("2-DTech Limited", "2-Dtech Limited"),
    ],
)
def test_names_that_mean_the_same(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("University of York", "York St John University"),
        ("Cambridge University", "Cambridge University Hospitals"),
        ("University of Manchester", "Manchester University NHS Foundation Trust"),
    ],
)
def test_names_that_do_not(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def records(*entries: tuple[str, str, list[str]]) -> pd.DataFrame:
    table = pd.DataFrame(entries, columns=["name", "district", "ids"])
    return table.assign(kind="company", sources=[["gtr"]] * len(table))


def test_the_same_firm_in_one_district_is_one_record_with_both_identifiers() -> None:
    table = _once(records(("A Ltd", "E1", ["gtr:1"]), ("A Limited", "E1", ["gtr:2"]), ("A Ltd", "E2", ["gtr:3"])))
    assert table["ids"].tolist() == [["gtr:1", "gtr:2"], ["gtr:3"]]


def test_an_identifier_beats_a_name() -> None:
    known = records(("Bath Spa", "E1", ["ukprn:1", "gtr:9"]), ("Bath", "E1", ["ukprn:2"]))
    found = records(("Bath", "E7", ["gtr:9"]), ("Bath", "E7", ["gtr:8"]), ("Nowhere", "E7", ["gtr:7"]))
    known, rest = _absorb(known, found, within_district=False)
    assert known["ids"].tolist() == [["ukprn:1", "gtr:9"], ["ukprn:2", "gtr:8"]]
    assert rest["name"].tolist() == ["Nowhere"]


def test_postcodes_find_their_district_in_any_spelling() -> None:
    places = place_postcodes(pd.Series(["EX4 4PY", "ex44py", "S10 2TN", "CF10 3AT", "nonsense", ""]))
    assert places["district"].tolist() == ["E07000041", "E07000041", "E08000019", "", "", ""]
    assert places.loc[0, "easting"] == places.loc[1, "easting"]


@pytest.mark.official  # reads the whole directory, which takes seconds
def test_a_point_takes_the_district_of_the_nearest_postcode() -> None:
    points = place_points(pd.Series([-3.5339, -3.18]), pd.Series([50.7365, 51.48]))
    assert points["district"].tolist() == ["E07000041", ""]  # Exeter, Cardiff
