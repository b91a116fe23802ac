"""A user's spreadsheet and boundaries, put on the map in a real browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from conftest import Visit

# one bad code, one duplicate, one misspelt name, and codes of 2017 (London, and Leeds City Region as it was then)
ROWS = [
    ("area", "2023"),
    ("E37000001", 10),
    ("E37000003", 20),
    ("E37000003", 21),
    ("E37009999", 30),
    ("E37000023", 40),
    ("E37000020", 50),
    ("Greater Manchster", 60),
    ("E37000016", 70),
    ("E92000001", 33),
]


def workbook(folder: Path) -> Path:
    path = folder / "my figures.xlsx"
    with Workbook(path) as book:
        sheet = book.add_worksheet("figures")
        for i, row in enumerate(ROWS):
            sheet.write_row(i, 0, row)
    return path


def open_page(visit: Visit) -> Page:
    page = visit.page
    page.goto(f"{visit.server}/your-data")
    expect(page.get_by_role("heading", name="Your data")).to_be_visible()
    return page


def test_a_spreadsheet_with_faults_is_reported_mended_and_mapped(visit: Visit, tmp_path: Path) -> None:
    page = open_page(visit)
    page.locator('input[type="file"]').first.set_input_files(workbook(tmp_path))
    report = page.get_by_test_id("stAlert").first
    expect(report).to_contain_text("2 regions matched", timeout=60_000)  # the first upload on a cold server
    expect(report).to_contain_text("with a code of another vintage")
    expect(report).to_contain_text("that repeat a region")
    page.get_by_role("button", name=re.compile("Convert 1 code of")).click()
    expect(report).to_contain_text("3 regions matched")
    expect(page.get_by_text("redrawn")).to_be_visible()
    visit.settled()  # what stood above is gone and the rest has moved up
    page.get_by_role("button", name="Accept").first.click()
    expect(report).to_contain_text("4 regions matched")
    shown = page.get_by_role("button", name="Show on the map (4 of 38 areas)")
    expect(shown).to_be_visible()
    visit.settled()
    page.get_by_label("What the figures count").fill("Patents of ours <b>& yours</b>")
    page.get_by_label("Unit").fill("patents")
    shown.click()
    expect(visit.regions()).to_have_count(38)
    expect(page.locator(".s3 .lead").first).to_contain_text("33.0 patents")
    expect(page.locator(".s3 .lead").first).to_contain_text("Patents of ours <b>& yours</b>")
    labels = {code: visit.region(code).get_attribute("aria-label") for code in ("E37000015", "E37000051", "E37000003")}
    assert "60.0 patents" in labels["E37000015"]
    assert "40.0 patents" in labels["E37000051"]
    assert "no data" in labels["E37000003"]  # the duplicate
    expect(page).to_have_url(re.compile("indicator=own_"))
    visit.click("E37000016")
    expect(visit.heading()).to_have_text("Heart of the South West")
    assert visit.away == []
    assert visit.errors == []


@pytest.mark.official
def test_the_official_shapefile_replaces_a_layer(visit: Visit, shared: Path) -> None:
    page = open_page(visit)
    page.get_by_role("tab", name="Boundaries").click()
    page.locator('input[type="file"]').last.set_input_files(shared / "boundaries" / "lep_2021_may_en_buc_shp.zip")
    expect(page.get_by_text("38 of the 38")).to_be_visible()
    page.get_by_role("button", name="Use these boundaries").click()
    expect(visit.regions()).to_have_count(38)
    assert visit.errors == []


def test_a_broken_file_is_said_and_the_page_goes_on(visit: Visit, tmp_path: Path) -> None:
    page = open_page(visit)
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(b"PK\x03\x04 not a workbook")
    page.locator('input[type="file"]').first.set_input_files(path)
    expect(page.get_by_test_id("stAlert").first).to_contain_text("sheet.xlsx")
    page.locator('input[type="file"]').first.set_input_files(workbook(tmp_path))
    expect(page.get_by_test_id("stAlert").first).to_contain_text("2 regions matched", timeout=60_000)


def test_the_template_filled_in_comes_back_whole(visit: Visit, tmp_path: Path) -> None:
    page = open_page(visit)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Template as XLSX").click()
    blank = CalamineWorkbook.from_path(waiting.value.path())
    assert blank.sheet_names == ["figures", "notes"]
    header, *rows = blank.get_sheet_by_name("figures").to_python()
    assert header == ["code", "name", "2024"]
    assert len(rows) == 39  # England too
    path = tmp_path / "filled.xlsx"
    with Workbook(path) as book:
        sheet = book.add_worksheet("figures")
        sheet.write_row(0, 0, header)
        for i, (code, name, _) in enumerate(rows, start=1):
            sheet.write_row(i, 0, [code, name, i / 2])
    page.locator('input[type="file"]').first.set_input_files(path)
    report = page.get_by_test_id("stAlert").first
    expect(report).to_contain_text("38 regions matched, 0 regions without data.")
    expect(page.get_by_role("button", name="Show on the map (38 of 38 areas)")).to_be_visible()
