"""A user's own table: matched, described, laid over a workspace, kept in a folder. The figures here are made up."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from s3geo import choropleth, open_workspace, region_profile
from s3geo.errors import DataError, UsageError
from s3geo.tables.own import match_own, offered_codes, template
from s3geo.tables.read import read_table
from s3geo.workspace.own import Described, describe_own, load_own, save_own

GM, LONDON, CHESHIRE = "E37000015", "E37000051", "E37000003"


def table(text: str, name: str = "own.csv") -> pd.DataFrame:
    return read_table(text.encode(), name=name)


def matched(text: str, **options):
    return match_own(table(text), open_workspace().layer(), **options)


@pytest.mark.parametrize(
    "text",
    [
        f"code,2020,2021\n{GM},1,3\n{LONDON},2,4\n",
        f"code,year,value\n{GM},2020,1\n{GM},2021,3\n{LONDON},2020,2\n{LONDON},2021,4\n",
        "LEP;2020;2021\nGreater Manchester;1;3\nLondon;2;4\n",
    ],
    ids=["wide by code", "long by code", "wide by name"],
)
def test_wide_and_long_by_code_and_by_name_are_the_same(text: str) -> None:
    found = matched(text).figures.sort_values(["period", "code"])
    assert found[["period", "code", "value"]].to_numpy().tolist() == [
        ["2020", GM, 1.0],
        ["2020", LONDON, 2.0],
        ["2021", GM, 3.0],
        ["2021", LONDON, 4.0],
    ]


def test_measures_side_by_side_are_indicators_of_their_own() -> None:
    own = describe_own(matched(f"code,patents,grants\n{GM},1,20\n{LONDON},2,\n"), Described("Ours", "number"))
    ws = open_workspace().with_own(own)
    assert list(ws.catalogue.loc[own.ids, "label"]) == ["Ours: patents", "Ours: grants"]
    grants = ws.observations(own.ids[1]).set_index("code")
    assert grants.at[GM, "value"] == 20
    assert math.isnan(grants.at[LONDON, "value"])
    assert grants.at[LONDON, "status"] == "not_collected"


def test_england_is_taken_from_its_own_row_only() -> None:
    with_row = describe_own(matched(f"code,2020\n{GM},1\n{LONDON},3\nE92000001,9\n"), Described("Ours", "number"))
    without = describe_own(matched(f"code,2020\n{GM},1\n{LONDON},3\n"), Described("Ours", "number"))
    ws = open_workspace()
    assert ws.with_own(with_row).england(with_row.ids[0]) == 9
    assert math.isnan(ws.with_own(without).england(without.ids[0]))


def test_a_repeat_is_told_and_left_out() -> None:
    found = matched(f"code,year,value\n{GM},2020,1\n{CHESHIRE},2020,2\n{CHESHIRE},2020,3\n")
    assert found.report.duplicates["row"].tolist() == [3, 4]
    assert found.figures["code"].tolist() == [GM]


def test_codes_of_2017_are_offered_and_converted_never_silently() -> None:
    text = f"code,2017\nE37000023,7\n{GM},1\n"  # London as it was coded in 2014 and 2017
    found = matched(text)
    assert found.figures["code"].tolist() == [GM]
    offer = offered_codes(found.report)
    assert offer == {"E37000023": LONDON}
    assert sorted(matched(text, accepted=offer).figures["code"]) == [GM, LONDON]


def test_a_suggestion_counts_only_when_accepted() -> None:
    text = "LEP,2020\nGreater Manchster,1\nLondon,2\n"
    assert matched(text).figures["code"].tolist() == [LONDON]
    assert sorted(matched(text, accepted={"Greater Manchster": GM}).figures["code"]) == [GM, LONDON]


def test_an_own_indicator_is_on_the_map_and_in_the_profile() -> None:
    own = describe_own(matched(f"code,2020\n{GM},1\n{LONDON},2\n"), Described("Ours", "patents", "business", "outputs"))
    base = open_workspace()
    ws = base.with_own(own)
    fills = choropleth(ws, own.ids[0]).table
    assert fills.rows["class"].notna().sum() == 2
    assert "Own figures" in fills.attribution
    cells = region_profile(ws, GM).cells
    assert cells.loc[cells["indicator"] == own.ids[0], "text"].iloc[0].startswith("1.0 patents; 2nd of 2")
    assert own.ids[0] not in base.catalogue.index


def test_kept_in_a_folder_and_found_again(tmp_path: Path) -> None:
    first = describe_own(matched(f"code,2020\n{GM},1\n"), Described("First", "n"))
    second = describe_own(matched(f"code,2020\n{GM},5\n"), Described("Second", "n"))
    save_own(first, tmp_path)
    save_own(second, tmp_path)
    save_own(describe_own(matched(f"code,2020\n{GM},7\n"), Described("First", "n")), tmp_path)
    ws = open_workspace(tmp_path)
    ws.check()
    assert ws.values("own_first")[GM] == 7
    assert ws.values("own_second")[GM] == 5
    assert not list((tmp_path / "data").glob(".*"))
    (tmp_path / "data" / "own.json").write_text("{")
    with pytest.raises(DataError, match=r"own\.json"):
        load_own(tmp_path / "data")


def test_nothing_matched_or_nothing_said_is_refused() -> None:
    found = matched(f"code,2020\n{GM},1\nE37009999,1\n")
    with pytest.raises(UsageError, match="unit"):
        describe_own(found, Described("Ours", " "))
    with pytest.raises(DataError, match="column"):
        matched("place,colour\nhere,blue\n")


def test_the_template_comes_back_as_it_went() -> None:
    layer = open_workspace().layer()
    blank = template(layer)
    assert len(blank) == 39
    filled = blank.assign(**{"2024": [str(i) for i in range(39)]})
    found = match_own(table(filled.to_csv(index=False)), layer)
    assert found.report.ok
    assert len(found.figures) == 38
    assert found.england["value"].tolist() == [38.0]


def test_import_on_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(f"code,2020\n{GM},1\nE37009999,2\n")
    args = [sys.executable, "-m", "s3geo", "import", str(path), "--into", str(tmp_path / "ws"), "--label", "Ours"]
    args += ["--unit", "n"]
    refused = subprocess.run(args, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "E37009999" in refused.stderr
    assert not (tmp_path / "ws").exists()
    kept = subprocess.run([*args, "--partial"], capture_output=True, text=True, check=False)
    assert kept.returncode == 0, kept.stderr
    assert open_workspace(tmp_path / "ws").values("own_ours")[GM] == 1
