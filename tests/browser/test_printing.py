"""Every page on A4: whole, black on white, with heads of tables repeated, source and address at the end."""

from __future__ import annotations

import io
import re
import unicodedata

import pytest
from driving import GM, HOTSW, LONDON, ROOTS
from playwright.sync_api import expect
from pypdf import PdfReader

from s3geo import open_workspace
from s3geo.views.datapackages import described_files
from s3geo.views.methods import methods_text

A4 = 703  # pixels between margins of 12 mm
TOO_WIDE = f"""width => [document, ...{ROOTS}].flatMap(r => [...r.querySelectorAll('*')])
  .filter(e => e.checkVisibility({{checkVisibilityCSS: true}}) && !e.closest('.s3away, .s3map, .katex')
    && getComputedStyle(e).position !== 'absolute')
  .filter(e => e.getBoundingClientRect().width > 1 && e.getBoundingClientRect().right > width + 1)
  .map(e => e.tagName + '.' + e.getAttribute('class') + ' ' + e.textContent.slice(0, 60))"""
SCROLLS = f"""() => [document, ...{ROOTS}].flatMap(r => [...r.querySelectorAll('*')])
  .filter(e => e.checkVisibility() && /auto|scroll/.test(getComputedStyle(e).overflow)
    && (e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1)
    && !e.closest('.s3away, .st-key-mend, .st-key-selection'))
  .map(e => e.tagName + '.' + e.getAttribute('class'))"""
READY = """() => {
  dispatchEvent(new Event('beforeprint'));
  const found = document.querySelector('.s3.paper .found')?.textContent;
  dispatchEvent(new Event('afterprint'));
  return found;
}"""
ENGLAND_IN_MAP = f"""() => {{
  const root = {ROOTS}.find(r => r.querySelector('.s3map-canvas'));
  const map = root.querySelector('.s3map-canvas').getBoundingClientRect();
  const boxes = [...root.querySelectorAll('path[data-code]')].map(p => p.getBoundingClientRect());
  return boxes.every(b => b.left >= map.left && b.right <= map.right && b.top >= map.top && b.bottom <= map.bottom);
}}"""


def names() -> list[str]:
    return list(open_workspace().names("lep"))


CASES = {
    "explore": (f"?indicator=gva_per_head&region={GM}", (3, 4), lambda: [*names(), "Nearest", "Distribution"]),
    "compare": (
        f"compare?compare={GM},{HOTSW},{LONDON}&region={GM}",
        (3, 5),
        lambda: ["Small maps", "Leeds City Region"],
    ),
    "index": (f"index?region={GM}", (3, 5), lambda: [*names(), "How the score of Greater Manchester comes about"]),
    "partners": (f"partners?region={GM}", (4, 6), lambda: [*names(), "How to read it."]),
    "data": ("data", (15, 26), lambda: [*open_workspace().catalogue["label"], *(f.title for f in described_files())]),
    "methods": ("methods", (7, 11), lambda: [section.title for section in methods_text()[1]]),
    "about": ("about", (7, 10), lambda: ["Partially compliant", "MERCHANTABILITY", "frame-ancestors", "Natural Earth"]),
}


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))  # ligatures are letters


@pytest.mark.parametrize("case", CASES)
def test_it_prints_whole(open_visit, case: str) -> None:
    path, (fewest, most), texts = CASES[case]
    visit = open_visit(color_scheme="dark")  # paper is white all the same
    page = visit.page
    page.goto(f"{visit.server}/{path}")
    if case in ("explore", "partners"):
        expect(visit.regions()).to_have_count(38)
    if case == "compare":
        expect(visit.regions()).to_have_count(9 * 38)
    expect(page.locator(".s3 h2").first).to_be_visible(timeout=60_000)  # the first visit waits for a cold server
    if case == "explore":
        expect(page.locator(".s3rows tbody tr")).to_have_count(38)
    if case == "about":  # what shows code is loaded when it is first needed
        expect(page.get_by_text("frame-ancestors").first).to_be_visible()
    visit.settled()
    page.wait_for_function(READY)
    printed = PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    assert fewest <= len(printed.pages) <= most
    sheets = [squeezed(sheet.extract_text()) for sheet in printed.pages]
    text = "".join(sheets)
    for said in texts():
        assert squeezed(said) in text, said
    assert f"from{visit.server}/{path.partition('?')[0]}" in sheets[-1]  # where it is found again, last of all
    if case not in ("methods", "about"):
        assert squeezed("Open Government Licence v.3.0") in text
    for control in ("Moreformats", "MapasPNG", "TableasCSV", "TemplateasXLSX", "Findbyname", "Openthefullview"):
        assert control not in text
    if case == "explore":  # the list goes over two sheets: each has the head
        assert sum("RankArea" in sheet for sheet in sheets) == 2
        assert "20,565–26,4638" in sheets[0]  # the map with its legend on the first

    page.set_viewport_size({"width": A4, "height": 1000})
    page.emulate_media(media="print")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(TOO_WIDE, A4) == []
    assert page.evaluate(SCROLLS) == []
    colours = page.evaluate(
        "() => [...document.querySelectorAll('.s3 p, .s3 th, .stMarkdown p')].map(e => getComputedStyle(e).color)"
    )
    assert all(sum(map(int, re.findall(r"\d+", colour)[:3])) < 3 * 130 for colour in set(colours)), set(colours)
    if case in ("explore", "partners"):
        assert page.evaluate(ENGLAND_IN_MAP)
        page.evaluate("() => dispatchEvent(new Event('afterprint'))")
        expect(page.locator(".s3map-canvas")).not_to_have_class(re.compile("on-paper"))
