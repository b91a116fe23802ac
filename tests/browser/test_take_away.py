"""What is downloaded in the browser opens, and holds what the screen shows."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import geopandas as gpd
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from docx import Document
from PIL import Image
from playwright.sync_api import expect
from pypdf import PdfReader

from conftest import GM, LONDON, Visit
from s3geo import open_workspace
from s3geo.views.comparison import comparison
from s3geo.views.multiples import maps_of_cells

INDICATOR = "gva_per_head"
SVG = "{http://www.w3.org/2000/svg}"


BESIDE = ("Map as PNG", "Map as PDF", "Figures as CSV")


def picture(path: Path, size: tuple[int, int] | None) -> tuple[int, int]:
    with Image.open(path) as image:
        image.load()
        assert size is None or image.size == size
        assert len(image.convert("RGB").getcolors(1 << 24)) > 50
        return image.size


def pages(path: Path) -> int:
    found = len(PdfReader(path).pages)
    assert found == 1
    return found


def page_of(path: Path) -> str:
    text = path.read_text("utf-8")
    assert text.startswith("<!DOCTYPE html>")
    return text


def archived(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return archive.namelist()


READ: dict[str, Any] = {
    "Map as PNG": lambda path: picture(path, (1200, 1500)),
    "Map as PDF": pages,
    "Figures as CSV": lambda path: pd.read_csv(path, encoding="utf-8-sig"),
    "Map as SVG": ElementTree.parse,
    "Map for a slide (PNG)": lambda path: picture(path, (1920, 1080)),
    "Map for print (PNG)": lambda path: picture(path, (2400, 3000)),
    "Map as a web page": page_of,
    "Chart as PNG": lambda path: picture(path, None),
    "Chart as SVG": ElementTree.parse,
    "Figures as XLSX": lambda path: pd.read_excel(path, sheet_name="data", engine="calamine"),
    "Figures as GeoPackage": lambda path: gpd.read_file(path, layer="areas", engine="pyogrio"),
    "Figures as GeoJSON": lambda path: gpd.read_file(path, engine="pyogrio"),
    "Figures as GeoParquet": gpd.read_parquet,
    "About the CSV (CSVW)": lambda path: json.loads(path.read_text("utf-8")),
    "All of these (ZIP)": archived,
}
"""Each button, and how its file is read."""


def download(visit: Visit, button: str, folder: Path) -> Path:
    if button not in BESIDE and not button.startswith(("Maps", "Their", "Table", "Briefing")):
        visit.open_popover("More formats")
    with visit.page.expect_download() as info:
        visit.page.get_by_role("button", name=button, exact=True).click()
    path = folder / info.value.suggested_filename  # which `save_as` makes the folder of
    info.value.save_as(path)
    return path


@pytest.fixture
def shown(visit: Visit) -> Visit:
    visit.go(f"?indicator={INDICATOR}&region={GM}")
    expect(visit.heading()).to_have_text("Greater Manchester")
    visit.settled()
    return visit


def svg_fills(text: bytes) -> dict[str, str]:
    """Fill of each region's path in an SVG of the static renderer."""
    found = {}
    for group in ElementTree.fromstring(text).iter(f"{SVG}g"):
        if re.fullmatch(r"E\d{8}", group.get("id", "")):
            path = group.find(f"{SVG}path")
            fill = re.search(r"fill: ([^;]+)", path.get("style", "")) if path is not None else None
            found[group.get("id")] = fill.group(1) if fill else None
    return found


def test_svg_has_the_fills_of_the_screen(shown: Visit, tmp_path: Path) -> None:
    path = download(shown, "Map as SVG", tmp_path)
    assert path.name == f"s3geo_{INDICATOR}_lep_2021-05_2023.svg"
    assert svg_fills(path.read_bytes()) == shown.fills()
    words = path.read_text("utf-8")
    for text in ("Open Government Licence", "Greater Manchester", "Crown copyright", "Royal Mail", "May 2021"):
        assert text in words


def test_png_opens_at_its_size(shown: Visit, tmp_path: Path) -> None:
    image = Image.open(download(shown, "Map as PNG", tmp_path))
    image.load()
    assert image.size == (1200, 1500)
    assert len(image.convert("RGB").getcolors(1 << 24)) > 50


def test_pdf_is_one_page_with_selectable_attribution(shown: Visit, tmp_path: Path) -> None:
    reader = PdfReader(download(shown, "Map as PDF", tmp_path))
    assert len(reader.pages) == 1
    text = re.sub(r"\s+", " ", reader.pages[0].extract_text())
    for words in (
        "Open Government Licence v",
        "Contains OS data © Crown copyright and database right",
        "Greater Manchester",
    ):
        assert words in text


def test_csv_holds_the_figures_of_the_screen(shown: Visit, tmp_path: Path) -> None:
    path = download(shown, "Figures as CSV", tmp_path)
    table = pd.read_csv(io.BytesIO(path.read_bytes()), encoding="utf-8-sig").set_index("code")
    ws = open_workspace()
    expected = ws.values(INDICATOR)
    pd.testing.assert_series_equal(table.loc[expected.index, "value"], expected, check_names=False)
    assert table.at["E92000001", "value"] == ws.england(INDICATOR)
    assert table.loc[expected.index, "rank"].min() == 1
    assert set(table["licence"]) == {ws.catalogue.at[INDICATOR, "licence"]}


def watch_runs(visit: Visit) -> None:
    visit.page.evaluate(
        """() => {
            const app = document.querySelector('.stApp');
            window.runs = 0;
            new MutationObserver(() => { if (app.dataset.testScriptState === 'running') window.runs += 1; })
                .observe(app, {attributes: true});
        }"""
    )


@pytest.mark.parametrize("beside", [True, False], ids=["beside the map", "more formats"])
def test_every_format_is_read_by_its_reader_twice_and_nothing_runs_again(
    shown: Visit, tmp_path: Path, beside: bool
) -> None:
    kinds = [button for button in READ if (button in BESIDE) == beside]
    if not beside:
        shown.open_popover("More formats")  # which draws them
        expect(shown.page.get_by_role("button", name=kinds[-1], exact=True)).to_be_visible()
    shown.settled()
    watch_runs(shown)
    expected = open_workspace().values(INDICATOR)
    for button, read in ((button, READ[button]) for button in kinds):
        first, second = (download(shown, button, tmp_path / name) for name in ("first", "second"))
        assert first.name == second.name
        assert first.name.startswith(f"s3geo_{INDICATOR}_lep_2021-05_2023")
        found = read(first)
        assert read(second) is not None
        if isinstance(found, pd.DataFrame):
            values = found.set_index("code").loc[expected.index, "value"]
            pd.testing.assert_series_equal(values, expected, check_names=False)
            link = found["permalink"].iloc[0]
            assert link.startswith(f"{shown.server}/?")
            assert f"region={GM}" in link
    assert shown.page.evaluate("() => window.runs") == 0


def test_the_web_page_has_the_fills_of_the_screen(shown: Visit, tmp_path: Path) -> None:
    saved = download(shown, "Map as a web page", tmp_path)
    on_screen = shown.fills()
    opened = shown.page.context.new_page()
    opened.goto(saved.as_uri())
    expect(opened.locator("path[data-code]")).to_have_count(38)
    paths = opened.locator("path[data-code]").all()
    assert {path.get_attribute("data-code"): path.get_attribute("fill") for path in paths} == on_screen


def test_the_link_on_a_picture_leads_back_to_the_view(shown: Visit, tmp_path: Path) -> None:
    table = pd.read_csv(download(shown, "Figures as CSV", tmp_path), encoding="utf-8-sig")
    shown.page.goto(table["permalink"].iloc[0])
    expect(shown.heading()).to_have_text("Greater Manchester")
    expect(shown.page.get_by_text("was not understood")).to_have_count(0)


def test_the_briefing_says_what_the_screen_says_twice_without_a_run(shown: Visit, tmp_path: Path) -> None:
    watch_runs(shown)
    scores = shown.page.locator("table.grid .score b").all_inner_texts()
    values = [" ".join(text.split()) for text in shown.page.locator("table.grid .value").all_inner_texts()]
    sectors = shown.page.locator('[data-panel="specialised"] tbody tr').all_inner_texts()
    assert len(scores) == len(values) == 9
    assert sectors
    for suffix in ("pdf", "html", "docx"):
        first, second = (download(shown, f"Briefing as {suffix.upper()}", tmp_path / name) for name in ("one", "two"))
        assert first.name == second.name == f"s3geo_briefing_{GM}_lep_2021-05.{suffix}"
        assert first.read_bytes() == second.read_bytes()
        text = re.sub(r"\s+", "", briefed(first))
        assert text.startswith("GreaterManchester:briefing")
        for said in (*scores, *values, *(part for row in sectors for part in row.split("\t"))):
            assert re.sub(r"\s+", "", said) in text
        if suffix == "html":
            assert f"{shown.server}/?" in text
            assert f"region={GM}" in text
    assert shown.page.evaluate("() => window.runs") == 0


def briefed(path: Path) -> str:
    """Text of a briefing."""
    if path.suffix == ".pdf":
        reader = PdfReader(path)
        assert len(reader.pages) <= 2
        return "\n".join(page.extract_text() for page in reader.pages)
    if path.suffix == ".docx":
        document = Document(path)
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return "\n".join([*(p.text for p in document.paragraphs), *cells])
    page = re.sub(r"(?s)<head>.*</head>|<[^>]+>", " ", path.read_text("utf-8"))
    return html.unescape(page)


def test_the_saved_briefing_prints_whole_on_two_pages_of_a4(shown: Visit, tmp_path: Path) -> None:
    saved = download(shown, "Briefing as HTML", tmp_path)
    asked: list[str] = []
    opened = shown.page.context.new_page()
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(saved.as_uri())
    printed = PdfReader(io.BytesIO(opened.pdf(format="A4", prefer_css_page_size=True)))
    assert len(printed.pages) <= 2
    text = re.sub(r"\s+", "", "".join(page.extract_text() for page in printed.pages))
    assert re.sub(r"\s+", "", "Sources and licences") in text
    assert not [url for url in asked if not url.startswith(("file:", "data:"))]
    assert Axe().run(opened).response["violations"] == []
    opened.set_viewport_size({"width": 360, "height": 740})
    assert opened.evaluate("() => document.documentElement.scrollWidth") <= 360
    opened.close()


def test_another_region_has_another_briefing_and_england_none(visit: Visit, tmp_path: Path) -> None:
    visit.go(f"?indicator={INDICATOR}")
    visit.settled()
    expect(visit.page.get_by_role("button", name="Briefing as PDF")).to_have_count(0)
    visit.click(LONDON)
    expect(visit.heading()).to_have_text("London")
    assert briefed(download(visit, "Briefing as PDF", tmp_path)).startswith("London: briefing")


def test_compare_gives_its_maps_and_its_table_twice_without_a_run(visit: Visit, tmp_path: Path) -> None:
    visit.page.goto(f"{visit.server}/compare?compare={GM},{LONDON}")
    expect(visit.page.get_by_role("button", name="Their figures as XLSX")).to_be_visible()
    visit.settled()
    watch_runs(visit)
    ws = open_workspace()
    expected = comparison(ws, [GM, LONDON], headline=True)
    for button in ("Table as CSV", "Table as XLSX"):
        for name in ("first", "second"):
            path = download(visit, button, tmp_path / name)
            read = (
                pd.read_csv(path, encoding="utf-8-sig")
                if path.suffix == ".csv"
                else pd.read_excel(path, engine="calamine")
            )
            assert read["value"].tolist() == pytest.approx(expected["value"].tolist(), nan_ok=True)
            assert read["code"].tolist() == expected["code"].tolist()
    ids = [m.table.indicator for m in maps_of_cells(ws)]
    for suffix in ("png", "pdf", "svg"):
        for name in ("first", "second"):
            path = download(visit, f"Maps as {suffix.upper()}", tmp_path / name)
            if suffix == "svg":
                words = re.sub(r"\s+", " ", " ".join(ElementTree.parse(path).getroot().itertext()))
                for id_ in ids:
                    assert " ".join(ws.catalogue.at[id_, "label"].split()[:3]) in words
            else:
                assert picture(path, None) if suffix == "png" else pages(path)
    for suffix in ("csv", "xlsx"):
        path = download(visit, f"Their figures as {suffix.upper()}", tmp_path)
        read = pd.read_csv(path, encoding="utf-8-sig") if suffix == "csv" else pd.read_excel(path, engine="calamine")
        assert read["indicator"].unique().tolist() == ids
    assert visit.page.evaluate("() => window.runs") == 0


def test_what_is_offered_can_be_reached_and_hit(shown: Visit) -> None:
    shown.open_popover("More formats")
    for button in READ:
        box = shown.page.get_by_role("button", name=button, exact=True).bounding_box()
        assert box["height"] >= 24
        assert box["width"] >= 24
