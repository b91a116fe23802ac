"""Who covers the area of a LEP today, by the membership tables."""

from __future__ import annotations

import pytest

from s3geo import open_workspace
from s3geo.errors import NotFound
from s3geo.views.successors import succession, successors


def names(text: str) -> list[str]:
    ws = open_workspace()
    return successors(ws, ws.find(text)[0])["name"].tolist()


def test_a_lep_that_became_a_combined_authority() -> None:
    found = successors(open_workspace(), "E37000015")
    assert found["name"].tolist() == ["Greater Manchester"]
    assert found["geography"].tolist() == ["combined_authority"]
    assert found["whole"].all()
    assert found["districts"].tolist() == [10]


def test_authorities_come_first_then_counties() -> None:
    assert names("HotSW") == ["Devon and Torbay", "Plymouth", "Somerset"]
    assert names("D2N2") == ["East Midlands"]
    assert names("GBSLEP")[0] == "West Midlands"


def test_london_is_the_greater_london_authority() -> None:
    assert "covered by: Greater London Authority." in succession(open_workspace(), "E37000051")


def test_every_district_of_every_lep_is_covered() -> None:
    ws = open_workspace()
    for code in ws.layer("lep").index:
        assert successors(ws, str(code))["districts"].sum() == len(ws.districts(str(code)))


def test_a_long_list_is_shortened() -> None:
    ws = open_workspace()
    assert succession(ws, ws.find("Thames Valley Berkshire")[0]).endswith("; 3 more.")


def test_a_code_that_is_no_lep_is_refused() -> None:
    with pytest.raises(NotFound, match="No LEP 'E12000007'"):
        successors(open_workspace(), "E12000007")
