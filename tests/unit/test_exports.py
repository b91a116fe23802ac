"""Take it away: the figures come back as they went, and open safely in a spreadsheet."""

from __future__ import annotations

import csv
import dataclasses
import io
from pathlib import Path

import pandas as pd
import pytest

from s3geo import choropleth, export, open_workspace
from s3geo.errors import UsageError
from s3geo.exports import about, figures_csv, static_map
from s3geo.exports.tables import figures_table
from s3geo.settings import ENGLAND
from s3geo.views.choropleth import RegionMap
from s3geo.views.class_table import ClassTable, class_table

INDICATOR = "he_ip_income_per_1m_research"  # 28 values, ten without
CELLS = (
    "code,name,geography,vintage,indicator,label,period,value,unit,lower,upper,status,class,rank,source,licence,"
    "data_version,method_version,permalink"
)
LONDON = "E37000051"


@pytest.fixture(scope="module")
def table() -> ClassTable:
    return class_table(open_workspace(), INDICATOR)


@pytest.fixture(scope="module")
def a_map() -> RegionMap:
    return choropleth(open_workspace(), INDICATOR, selected=[LONDON])


def read(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text)).set_index("code")


def named(table: ClassTable, name: str) -> ClassTable:
    """The same table, London renamed (synthetic)."""
    rows = table.rows.copy()
    rows.loc[LONDON, "name"] = name
    return dataclasses.replace(table, rows=rows)


@pytest.mark.parametrize(
    ("indicator", "geography"), [(INDICATOR, "lep"), ("high_growth_share", "region"), ("gva_per_head", "lad")]
)
def test_figures_survive_the_round_trip_to_the_last_digit(indicator: str, geography: str) -> None:
    ws = open_workspace()
    back = read(figures_csv(ws, class_table(ws, indicator, geography=geography)))
    observed = ws.observations(indicator, geography=geography).set_index("code")
    assert list(back.index) == [*observed.index, ENGLAND]
    for column in ("value", "lower", "upper"):
        pd.testing.assert_series_equal(back.loc[observed.index, column], observed[column], check_exact=True)
    assert back.loc[observed.index, "status"].tolist() == observed["status"].tolist()
    assert back.at[ENGLAND, "value"] == ws.england(indicator)


def test_every_row_says_what_it_is_and_whose(table: ClassTable) -> None:
    ws = open_workspace()
    out = figures_table(ws, table)
    assert ",".join(out.columns) == CELLS
    assert len(out) == 39
    row = out.set_index("code").loc[LONDON]
    assert (row["name"], row["geography"], row["vintage"]) == ("London", "lep", "2021-05")
    assert (row["indicator"], row["unit"], row["period"]) == (INDICATOR, "£ per £1 million", "2015/16 to 2017/18")
    assert set(out["source"]) == {ws.attribution(INDICATOR)}
    assert set(out["licence"]) == {ws.catalogue.at[INDICATOR, "licence"]}
    assert out["geography"].iloc[-1] == "country"


def test_class_and_rank_are_those_of_the_map(table: ClassTable) -> None:
    back = read(figures_csv(open_workspace(), table)).drop(ENGLAND)
    assert (back["class"].dropna() == (table.rows["class"] + 1).dropna().astype(int)).all()
    assert back.loc[back["value"].idxmax(), "rank"] == 1
    assert back["rank"].max() == 28
    without = back["value"].isna()
    assert without.sum() == 10
    assert back.loc[without, ["class", "rank"]].isna().all(axis=None)


def test_no_data_is_an_empty_cell_never_zero(table: ClassTable) -> None:
    lines = list(csv.DictReader(io.StringIO(figures_csv(open_workspace(), table))))
    empty = [line for line in lines if line["status"] in {"suppressed", "no_institution"}]
    assert len(empty) == 10
    assert {line["value"] for line in empty} == {line["class"] for line in empty} == {""}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_name_that_a_spreadsheet_would_run_is_neutralised(table: ClassTable, start: str) -> None:
    name = f"{start}HYPERLINK(1)"
    text = figures_csv(open_workspace(), named(table, name))
    (line,) = [line for line in csv.DictReader(io.StringIO(text, newline="")) if line["code"] == LONDON]
    assert line["name"] == "'" + name


def test_harmless_names_and_negative_numbers_are_left_alone(table: ClassTable) -> None:
    rows = table.rows.copy()
    rows.loc[LONDON, "value"] = -1.5  # synthetic
    changed = named(dataclasses.replace(table, rows=rows), 'Tom, "Dick" & Sons')
    line = read(figures_csv(open_workspace(), changed)).loc[LONDON]
    assert line["name"] == 'Tom, "Dick" & Sons'
    assert line["value"] == -1.5


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("map.png", b"\x89PNG"),
        ("map.svg", b"<?xml"),
        ("map.pdf", b"%PDF"),
        ("map.html", b"<!DOCTYPE html>"),
        ("map.csv", b"\xef\xbb\xbfcode,name"),
        ("MAP.SVG", b"<?xml"),
    ],
)
def test_a_map_is_written_by_the_suffix(a_map: RegionMap, tmp_path: Path, name: str, start: bytes) -> None:
    path = export(a_map, tmp_path / name)
    assert path == tmp_path / name
    assert path.read_bytes().startswith(start)


def test_a_picture_shows_what_was_selected(a_map: RegionMap, tmp_path: Path) -> None:
    path = export(a_map, str(tmp_path / "map.svg"))
    ws = open_workspace()
    foot = about(ws, a_map.table).foot
    assert path.read_bytes() == static_map(ws, a_map.table, "svg", selected=[LONDON], foot=foot)


def test_the_csv_of_a_map_is_its_figures_with_a_mark_for_spreadsheets(a_map: RegionMap, tmp_path: Path) -> None:
    path = export(a_map, tmp_path / "map.csv")
    assert path.read_bytes() == figures_csv(open_workspace(), a_map.table).encode("utf-8-sig")


def test_a_table_and_a_series_come_back(tmp_path: Path) -> None:
    ws = open_workspace()
    values = ws.values("gva_per_head")
    back = pd.read_csv(export(values, tmp_path / "values.csv"), index_col="code", encoding="utf-8-sig")
    pd.testing.assert_series_equal(back["gva_per_head"], values, check_exact=True)
    table = ws.observations("gva_per_head")
    again = pd.read_csv(export(table, tmp_path / "table.csv"), encoding="utf-8-sig", dtype={"period": str})
    pd.testing.assert_frame_equal(again, table, check_dtype=False)


@pytest.mark.parametrize("name", ["map.bmp", "map", "map.xyz", "map.csv.gz"])
def test_an_unknown_suffix_is_refused_and_nothing_is_written(a_map: RegionMap, tmp_path: Path, name: str) -> None:
    for what in (a_map, open_workspace().values("gva_per_head")):
        with pytest.raises(UsageError, match="csv"):
            export(what, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["table.png", "table.html"])
def test_a_table_is_no_picture(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="as csv"):
        export(open_workspace().values("gva_per_head"), tmp_path / name)
