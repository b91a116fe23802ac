"""Spatial pattern on Explore: reached by a control, kept by the address, one in map, legend, panel, table and CSV."""

from __future__ import annotations

import csv
import io
import re

from driving import ROOTS, Visit
from playwright.sync_api import expect

from s3geo import open_workspace
from s3geo.views.spatial_pattern import CLUSTERS, pattern_table

BERKSHIRE = "E37000035"
TABLE = f"""() => Object.fromEntries({ROOTS}.flatMap(r => [...r.querySelectorAll('.s3rows tbody tr')])
  .map(row => [row.dataset.code, row.querySelector('td.klass').textContent]))"""


def choose(visit: Visit, label: str, option: str) -> None:
    visit.page.get_by_role("combobox", name=re.compile(rf"{label}\s*$|\. {label}$")).click()
    visit.page.keyboard.type(option)
    visit.page.get_by_role("option", name=option, exact=True).click()
    visit.settled()


def test_the_mode_is_reached_and_the_address_gives_it_again(visit: Visit) -> None:
    page = visit.go("?indicator=gva_per_head")
    visit.settled()
    choose(visit, "Show", "Spatial pattern")
    panel = page.locator('[data-panel="pattern"]')
    table = pattern_table(open_workspace(), "gva_per_head")
    expect(panel).to_contain_text(table.sentence)
    expect(page.get_by_text(table.warning)).to_be_visible()
    expect(page).to_have_url(re.compile("mode=pattern"))
    fills = table.rows["fill"].to_dict()
    assert visit.fills() == fills
    page.reload()
    expect(panel).to_contain_text(table.sentence)
    expect(visit.regions()).to_have_count(38)
    visit.settled()
    assert visit.fills() == fills
    said = {code: words.partition(" (")[0] for code, words in page.evaluate(TABLE).items()}
    assert said == {code: CLUSTERS[kind][1] for code, kind in table.found["cluster"].items()}
    with page.expect_download() as caught:
        page.get_by_role("button", name="Figures as CSV").click()
    rows = list(csv.DictReader(io.StringIO(caught.value.path().read_text("utf-8-sig"))))
    assert {r["code"]: r["cluster"] for r in rows if r["geography"] == "lep"} == table.found["cluster"].to_dict()
    assert "pattern" in caught.value.suggested_filename
    assert visit.errors == []


def test_an_area_among_its_neighbours_and_the_districts(visit: Visit) -> None:
    page = visit.go("?mode=pattern&indicator=gva_per_head")
    visit.settled()
    table = pattern_table(open_workspace(), "gva_per_head")
    visit.region(BERKSHIRE).focus()
    page.keyboard.press("Enter")
    expect(visit.heading()).to_have_text("Thames Valley Berkshire")
    panel = page.locator('[data-panel="pattern"]')
    expect(panel).to_contain_text(table.standing(BERKSHIRE))
    expect(panel.locator("tbody tr")).to_have_count(len(table.neighbours[BERKSHIRE]))
    page.get_by_role("button", name="See districts").click()
    expect(visit.regions()).to_have_count(296)
    districts = pattern_table(open_workspace(), "gva_per_head", geography="lad")
    expect(panel).to_contain_text(districts.sentence)
    visit.settled()
    assert visit.fills() == districts.rows["fill"].to_dict()
    expect(page.get_by_role("button", name="See districts")).to_have_count(0)


def test_every_picture_is_made_of_it(visit: Visit) -> None:
    page = visit.go("?mode=pattern&indicator=gdhi_per_head")
    visit.settled()
    for words, start in (("Map as PNG", b"\x89PNG"), ("Map as PDF", b"%PDF"), ("Map as SVG", b"<?xml")):
        if words == "Map as SVG":
            visit.open_popover("More formats")
        with page.expect_download() as caught:
            page.get_by_role("button", name=words, exact=True).click()
        assert caught.value.path().read_bytes().startswith(start)
