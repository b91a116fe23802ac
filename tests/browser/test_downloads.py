"""Every page's files: each is taken twice, is opened by its own reader, says what the screen says, and runs nothing.

The formats of Explore with one indicator, and the tables and maps of Compare, are told in test_take_away.py.
"""

from __future__ import annotations

import json
import re
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import geopandas as gpd
import pandas as pd
import pytest
from docx import Document
from driving import GM, LONDON, ROOTS, Visit
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from s3geo import open_workspace

ROWS = f"""() => {ROOTS}.flatMap(r => [...r.querySelectorAll('.s3rows tbody tr')])
  .map(r => [r.dataset.code, r.cells[2].textContent])"""
RUNS = """() => {
  const app = document.querySelector('.stApp');
  window.runs = 0;
  new MutationObserver(() => { if (app.dataset.testScriptState === 'running') window.runs += 1; })
    .observe(app, {attributes: true});
}"""
LEGEND = f"() => {ROOTS}.flatMap(r => [...r.querySelectorAll('.s3geo-legend h3')]).map(h => h.textContent)[0]"


# ---- what the screen says


def first_number(text: str) -> float:
    found = re.search(r"[-−]?[\d,]+(?:\.\d+)?", text)
    return float(found.group().replace(",", "").replace("−", "-")) if found else float("nan")


def listed(page: Page) -> pd.Series:
    """Value of each area in the list of Explore."""
    return pd.Series({code: first_number(text) for code, text in page.evaluate(ROWS)}, name="value")


def cards(page: Page) -> list[str]:
    return [card.get_attribute("data-code") or "" for card in page.locator("ol.cards > li").all()]


# ---- each format by its reader


def table(path: Path) -> pd.DataFrame:
    readers: dict[str, Callable[[Path], pd.DataFrame]] = {
        ".csv": lambda p: pd.read_csv(p, encoding="utf-8-sig"),
        ".xlsx": lambda p: pd.read_excel(p, sheet_name=0, engine="calamine"),
        ".gpkg": lambda p: gpd.read_file(p, layer="areas", engine="pyogrio"),
        ".geojson": lambda p: gpd.read_file(p, engine="pyogrio"),
        ".parquet": gpd.read_parquet,
    }
    return readers[path.suffix](path)


def text_of(path: Path) -> str:
    """Words of a document, a drawing or a page."""
    if path.suffix == ".pdf":
        words = "".join(sheet.extract_text() for sheet in PdfReader(path).pages)
    elif path.suffix == ".docx":
        document = Document(str(path))
        cells = [cell.text for of in document.tables for row in of.rows for cell in row.cells]
        words = "".join([*(p.text for p in document.paragraphs), *cells])
    elif path.suffix == ".svg":
        words = "".join(ElementTree.parse(path).getroot().itertext())
    else:
        words = path.read_text("utf-8")
    return re.sub(r"\s+", "", words)


def has_the_list(path: Path, page: Page) -> None:
    found = table(path).set_index("code")
    column = "lq" if "lq" in found else "value"
    shown = listed(page)
    assert len(shown) == 38
    values = pd.to_numeric(found.loc[shown.index, column])
    places = max(len(text.partition(".")[2]) for text in shown.astype(str)) if column == "lq" else 0
    pd.testing.assert_series_equal(values.round(places), shown, check_names=False, check_dtype=False)


def is_a_picture(path: Path, _page: Page) -> None:
    with Image.open(path) as image:
        image.load()
        assert len(image.convert("RGB").getcolors(1 << 24)) > 20


def has_the_title(path: Path, page: Page) -> None:
    title = page.evaluate(LEGEND)
    assert title
    assert re.sub(r"\s+", "", title) in text_of(path)


def has_the_fills(path: Path, page: Page) -> None:
    has_the_title(path, page)
    drawn = path.read_text("utf-8")
    fills = set(page.evaluate(f"() => {ROOTS}.flatMap(r => [...r.querySelectorAll('path[data-code]')])"
                              ".map(p => p.getAttribute('fill'))"))  # fmt: skip
    assert fills
    assert all(fill.lower() in drawn.lower() for fill in fills if fill.startswith("#"))


def describes_the_csv(path: Path, _page: Page) -> None:
    names = [column["name"] for column in json.loads(path.read_text("utf-8"))["tableSchema"]["columns"]]
    assert {"code", "name", "period", "status"} <= set(names)


def holds_all(path: Path, _page: Page) -> None:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        kinds = {Path(name).suffix for name in archive.namelist()}
    assert kinds >= {".csv", ".xlsx", ".png", ".svg", ".pdf", ".gpkg", ".geojson"}


def has_the_partners(path: Path, page: Page) -> None:
    found = table(path)
    ranked = found[found["rank"].notna()].sort_values("rank", kind="stable")
    assert cards(page) == list(ranked["code"].head(10))
    score = page.locator("ol.cards > li").first.inner_text()
    assert f"Score {ranked['score'].iloc[0]:.0f}" in score


def has_the_organisations(path: Path, page: Page) -> None:
    rows = page.locator("table.sortable tbody tr").all_inner_texts()
    found = table(path)
    assert len(found) == len(rows) > 5
    assert all(row.startswith(name) for row, name in zip(rows, found["name"], strict=True))


def has_the_scores(path: Path, page: Page) -> None:
    scores = table(path).drop_duplicates("code").set_index("name")["score"].dropna().drop("England")
    rows = [row.split("\t") for row in page.locator("table.index tbody tr").all_inner_texts()]
    shown = {cells[1].strip(): first_number(cells[4]) for cells in rows if len(cells) > 5}
    assert len(scores) == 37
    assert {name: shown[name] for name in scores.index} == scores.round(1).to_dict()


def is_the_recipe(path: Path, page: Page) -> None:
    recipe = tomllib.loads(path.read_text("utf-8"))
    assert "business" in json.dumps(recipe)
    assert page.url.endswith("recipe=business-2")


def has_the_briefed_area(path: Path, _page: Page) -> None:
    words = text_of(path)
    assert "GreaterManchester" in words
    assert "Sourcesandlicences" in words
    assert re.search(r"http://127\.0\.0\.1:\d+/\?", words), "the link leads to the area on Explore, from every page"


def has_every_area(path: Path, _page: Page) -> None:
    found, names = table(path), open_workspace().names("lep")
    listed = dict(zip(found["code"], found["name"], strict=True))
    assert listed.pop("E92000001") == "England"
    assert listed == names.to_dict()


def has_the_compared(path: Path, page: Page) -> None:
    shown = page.locator("body").evaluate(
        f"() => {ROOTS}.flatMap(r => [...r.querySelectorAll('table')]).map(t => t.textContent).join(' ')"
    )
    found = table(path)
    assert set(found["code"]) >= {GM, LONDON}
    for text in found.loc[found["code"] == GM, "text"]:
        assert str(text).split()[0].strip("£€") in shown


# ---- pages and their buttons

TABLES = dict.fromkeys(
    [f"Figures as {kind}" for kind in ("CSV", "XLSX", "GeoPackage", "GeoJSON", "GeoParquet")], has_the_list
)
OF_EXPLORE: dict[str, Any] = {
    "Map as PNG": is_a_picture,
    "Map as PDF": has_the_title,
    **TABLES,  # the first stands beside the map, as the two before it
    "Map as SVG": has_the_fills,
    "Map for a slide (PNG)": is_a_picture,
    "Map for print (PNG)": is_a_picture,
    "Map as a web page": has_the_fills,
    "Chart as PNG": is_a_picture,
    "Chart as SVG": has_the_title,
    "About the CSV (CSVW)": describes_the_csv,
    "All of these (ZIP)": holds_all,
}
BRIEFINGS = {f"Briefing as {kind}": has_the_briefed_area for kind in ("PDF", "HTML", "DOCX")}
PAGES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "sectors": (f"?mode=sectors&sector=C&region={GM}", ".s3rows tbody tr", OF_EXPLORE),
    "pattern": ("?mode=pattern&indicator=gva_per_head", ".s3rows tbody tr", OF_EXPLORE),
    "compare": (
        f"compare?compare={GM},{LONDON}",
        ".s3map.small",
        {"Table as CSV": has_the_compared, "Table as XLSX": has_the_compared},
    ),
    "index": (
        "index?recipe=business-2",
        "table.index tbody tr",
        {"All steps of all areas as CSV": has_the_scores, "Save the recipe": is_the_recipe},
    ),
    "partners": (
        f"partners?region={GM}",
        "ol.cards > li",
        {
            "Map as PNG": is_a_picture,
            "Map as PDF": has_the_title,
            "Table as CSV": has_the_partners,
            "Table as XLSX": has_the_partners,
            **BRIEFINGS,
        },
    ),
    "organisations": (
        f"partners?who=organisations&region={GM}",
        "table.sortable tbody tr",
        {"List as CSV": has_the_organisations, "List as XLSX": has_the_organisations},
    ),
    "your-data": (
        "your-data",
        ".stDownloadButton",
        {"Template as XLSX": has_every_area, "Template as CSV": has_every_area},
    ),
}
POPOVERS = {"sectors": "More formats", "pattern": "More formats", "index": "Recipe"}


@dataclass
class Opened:
    """The page that is open, for the cases that follow each other on it."""

    case: str = ""
    visit: Visit | None = None


@pytest.fixture(scope="module")
def opened(browser: Browser) -> Iterator[Opened]:
    held = Opened()
    yield held
    if held.visit:
        held.visit.page.context.close()


def visited(opened: Opened, browser: Browser, server: str, case: str) -> Visit:
    """Open a page once for all its cases."""
    if opened.visit is None or opened.case != case:
        if opened.visit:
            opened.visit.page.context.close()
        path, there, _ = PAGES[case]
        page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
        page.set_default_timeout(15_000)
        opened.case, opened.visit = case, Visit(page, server)
        page.goto(f"{server}/{path}")
        expect(page.locator(there).first).to_be_visible(timeout=60_000)
        opened.visit.settled()
        if case not in POPOVERS:
            nothing_is_forgotten(page, case)
    return opened.visit


def reach(visit: Visit, case: str, button: str) -> None:
    """Open the list that a button stands in; closing and opening one is a run, taking a file is none."""
    there = visit.page.get_by_role("button", name=button, exact=True)
    if there.count() == 0:
        visit.open_popover(POPOVERS[case])
        expect(there).to_be_visible()
        visit.settled()
        nothing_is_forgotten(visit.page, case)


BESIDE = {  # told in test_take_away.py
    "compare": {"Maps as PNG", "Maps as PDF", "Maps as SVG", "Their figures as CSV", "Their figures as XLSX"},
    "sectors": set(BRIEFINGS),
}


def nothing_is_forgotten(page: Page, case: str) -> None:
    told = sorted(set(PAGES[case][2]) | BESIDE.get(case, set()))
    expect(page.locator(".stDownloadButton button")).to_have_count(len(told))
    assert sorted(name.strip() for name in page.locator(".stDownloadButton button").all_inner_texts()) == told


def take(page: Page, button: str, folder: Path) -> Path:
    with page.expect_download() as info:
        page.get_by_role("button", name=button, exact=True).click()
    path = folder / info.value.suggested_filename
    info.value.save_as(path)
    return path


@pytest.mark.parametrize(
    ("case", "button"), [pytest.param(case, b, id=f"{case}: {b}") for case, (*_, of) in PAGES.items() for b in of]
)
def test_a_file_is_taken_twice_and_says_what_the_screen_says(
    opened: Opened, browser: Browser, server: str, tmp_path: Path, case: str, button: str
) -> None:
    visit = visited(opened, browser, server, case)
    reach(visit, case, button)
    visit.page.evaluate(RUNS)
    first, second = (take(visit.page, button, tmp_path / name) for name in ("first", "second"))
    assert first.name == second.name
    assert first.stat().st_size > 100
    PAGES[case][2][button](first, visit.page)
    PAGES[case][2][button](second, visit.page)
    assert visit.page.evaluate("() => window.runs") == 0


def test_pages_of_text_offer_no_file(visit: Visit) -> None:
    for path in ("data", "methods", "about"):
        visit.page.goto(f"{visit.server}/{path}")
        expect(visit.heading()).to_be_visible()
        visit.settled()
        expect(visit.page.locator(".stDownloadButton")).to_have_count(0)
