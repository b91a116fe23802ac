"""A saved map opens from a folder with no network at all, and answers pointer and keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe
from driving import AT_REST, GM, POINT_INSIDE
from playwright.sync_api import Browser, Page, expect

from s3geo import bivariate_choropleth, choropleth, export, open_workspace
from s3geo.views.choropleth import RegionMap

MOST_BYTES = 1_500_000
INDICATOR = "he_ip_income_per_1m_research"


class Opened(NamedTuple):
    page: Page
    away: list[str]
    errors: list[str]
    map: RegionMap


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    """A saved map in a browser that refuses every request but the file itself."""
    m = choropleth(open_workspace(), INDICATOR)
    path = export(m, tmp_path / "map.html", permalink="https://example.org/?a=b")
    context = browser.new_context(viewport={"width": 1366, "height": 768}, offline=True)
    page, away, errors = context.new_page(), [], []

    def gate(route) -> None:
        if route.request.url == path.as_uri():
            route.continue_()
        else:
            away.append(route.request.url)
            route.abort()

    page.route("**/*", gate)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(path.as_uri())
    expect(page.locator("path[data-code]")).to_have_count(38)
    yield Opened(page, away, errors, m)
    context.close()


def said(opened: Opened):
    return opened.page.locator(".s3geo-said")


def test_it_draws_everything_and_asks_for_nothing(opened: Opened) -> None:
    assert opened.away == []
    assert opened.errors == []
    paths = opened.page.locator("path[data-code]").all()
    fills = {path.get_attribute("data-code"): path.get_attribute("fill") for path in paths}
    assert fills == opened.map.table.rows["fill"].to_dict()
    text = opened.page.locator("body").inner_text()
    for words in ("Open Government Licence", "Contains OS data", "May 2021", "https://example.org/?a=b", "Quantiles"):
        assert words in text
    for row in opened.map.table.legend:
        assert row.label in text


def test_a_pointer_sees_name_and_value_and_chooses(opened: Opened) -> None:
    label = opened.map.table.rows.at[GM, "label"]
    opened.page.evaluate(AT_REST, GM)
    x, y = opened.page.evaluate(IN_PAGE, GM)
    opened.page.mouse.move(x, y)
    expect(opened.page.locator(".leaflet-tooltip")).to_have_text(label)
    opened.page.mouse.click(x, y)
    expect(said(opened)).to_have_text(label)
    expect(opened.page.locator(f'path[data-code="{GM}"]')).to_have_attribute("aria-pressed", "true")
    opened.page.mouse.click(1100, 400)  # the North Sea
    expect(said(opened)).to_contain_text("arrow keys")


def test_the_keyboard_goes_through_the_regions_at_one_tab_stop(opened: Opened) -> None:
    page = opened.page
    expect(page.locator('path[data-code][tabindex="0"]')).to_have_count(1)
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset?.code ?? null"):
            break
    names = opened.map.table.rows["name"].sort_values()
    page.keyboard.press("Home")
    walked = []
    for _ in range(3):
        walked.append(page.evaluate("document.activeElement.dataset.code"))
        page.keyboard.press("ArrowRight")
    assert walked == list(names.index[:3])
    focused = page.evaluate("document.activeElement.dataset.code")
    page.keyboard.press("Enter")
    expect(said(opened)).to_have_text(opened.map.table.rows.at[focused, "label"])
    assert re.search(r": .+, class \d of 5|no data", page.evaluate("document.activeElement.getAttribute('aria-label')"))
    page.keyboard.press("Escape")
    expect(said(opened)).to_contain_text("Escape clears")


def test_a_shared_district_asks_which(opened: Opened) -> None:
    opened.page.evaluate(AT_REST, GM)
    x, y = opened.page.evaluate(IN_OVERLAP)
    opened.page.mouse.click(x, y)
    expect(said(opened)).to_contain_text("lies in 2 areas. Which one?")
    name = said(opened).get_by_role("button").first.inner_text()
    said(opened).get_by_role("button").first.click()
    expect(said(opened)).to_contain_text(f"{name}:")


def test_the_rows_are_a_table_and_nothing_is_amiss_for_readers(opened: Opened) -> None:
    opened.page.get_by_text("All 38 areas as a table").click()
    expect(opened.page.locator(".s3geo-rows tbody tr")).to_have_count(38)
    first = opened.page.locator(".s3geo-rows tbody th").first.inner_text()
    assert first == opened.map.table.rows.sort_values("value", ascending=False)["name"].iloc[0]
    found = Axe().run(opened.page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in {"serious", "critical"}] == []


@pytest.mark.parametrize("kind", ["lep", "lad", "two"])
def test_the_file_is_small(kind: str, tmp_path: Path) -> None:
    ws = open_workspace()
    if kind == "two":
        m = bivariate_choropleth(ws, "gva_per_head", INDICATOR)
    else:
        m = choropleth(ws, "gva_per_head", geography=kind)
    assert export(m, tmp_path / "map.html").stat().st_size < MOST_BYTES


# the page has no shadow roots, where the app's maps stand
IN_PAGE = re.sub(r"const root = .*?;\n", "const root = document;\n", POINT_INSIDE, count=1).replace(
    "root.querySelectorAll('.leaflet-overlaps-pane path')", "root.querySelectorAll('path.none')"
)
IN_OVERLAP = """() => {
  const [path] = [...document.querySelectorAll('.leaflet-overlay-pane path')]
    .filter(p => (p.getAttribute('fill') ?? '').startsWith('url(#s3geo-stripes'))
    .sort((p, q) => q.getBoundingClientRect().width - p.getBoundingClientRect().width);
  const box = path.getBoundingClientRect();
  for (let i = 1; i < 20; i++) for (let j = 1; j < 20; j++) {
    const x = box.left + box.width * i / 20, y = box.top + box.height * j / 20;
    const inside = ([a, b]) => {
      const at = path.ownerSVGElement.createSVGPoint();
      at.x = x + a; at.y = y + b;
      return path.isPointInFill(at.matrixTransform(path.getScreenCTM().inverse()));
    };
    if ([[0, 0], [3, 0], [-3, 0], [0, 3], [0, -3]].every(inside)) return [x, y];
  }
}"""
