"""The five jobs of the Observatory, done by keyboard alone: the pointer is never used."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd
import pytest
from driving import GM, ROOTS, Visit
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from s3geo import nearest_regions, open_workspace, partners, region_profile
from s3geo.views.sectors import sector_table

FOCUSED = """() => { let e = document.activeElement;
  while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
  return [e?.getAttribute('aria-label') ?? '',
    (e?.innerText ?? '').replace(/\\s+/g, ' ').slice(0, 80), e?.dataset?.code ?? '',
    e?.labels?.[0]?.innerText ?? '', e?.tagName ?? ''].join(' | '); }"""


@pytest.fixture
def keyed(visit: Visit) -> Iterator[Visit]:
    """A visit whose mouse is broken."""

    def refuse(*_args: object, **_kwargs: object) -> None:
        pytest.fail("the pointer was used")

    for name in ("click", "move", "down", "up", "wheel"):
        setattr(visit.page.mouse, name, refuse)
    return visit


def tab_to(page: Page, pattern: str, most: int = 80, key: str = "Tab") -> None:
    """Press Tab until what has the focus is called so."""
    for _ in range(most):
        page.keyboard.press(key)
        if re.search(pattern, page.evaluate(FOCUSED)):
            return
    pytest.fail(f"{most} presses of {key} did not reach {pattern!r}; the last was {page.evaluate(FOCUSED)!r}")


def pick(visit: Visit, control: str, option: str, key: str = "Tab") -> None:
    """Choose an option of a list, by keys."""
    tab_to(visit.page, rf"^{control} \|", key=key)
    visit.page.keyboard.type(option)
    expect(visit.page.get_by_role("option", name=option).first).to_be_visible()
    visit.page.keyboard.press("Enter")
    visit.settled()


def test_job_1_where_an_indicator_is_highest_and_lowest(keyed: Visit) -> None:
    page = keyed.go()
    keyed.settled()
    pick(keyed, r"Indicator", "Gross value added per hour worked")
    values = open_workspace().values("gva_per_hour").sort_values(ascending=False)
    names = open_workspace().names()
    panel = page.locator(".s3 table.ranks")
    expect(panel.first.locator("tbody tr").first).to_contain_text(names[values.index[0]])
    expect(panel.last.locator("tbody tr").last).to_contain_text(names[values.index[-1]])


def test_job_2_the_peak_areas_of_a_sector(keyed: Visit) -> None:
    page = keyed.go()
    keyed.settled()
    pick(keyed, r"Show", "Sectors")
    pick(keyed, r"Sector", "Manufacturing")
    table = sector_table(open_workspace(), "C")
    expect(page.locator(".s3geo-legend h3")).to_contain_text("Manufacturing")
    rows = page.locator(".s3rows tbody tr")
    best = table.quotients["lq"].sort_values(ascending=False)
    expect(rows.first).to_contain_text(table.rows["name"][best.index[0]])
    expect(rows.first).to_contain_text(f"{best.iloc[0]:.2f} (")
    expect(rows.first).to_contain_text("and specialised")
    expect(page.locator(".s3map-marks")).to_have_text(f"● specialised: {len(table.specialised)}")


def test_job_3_in_what_an_area_is_most_active(keyed: Visit) -> None:
    page = keyed.go()
    keyed.settled()
    tab_to(page, r"class \d of \d|no data")  # the regions are one stop
    for _ in range(60):
        if GM in page.evaluate(FOCUSED):
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(keyed.heading()).to_have_text("Greater Manchester")
    keyed.settled()
    profile = region_profile(open_workspace(), GM)
    for (actor, dimension), row in profile.headline().iterrows():
        expect(page.locator(f'td[data-cell="{actor}-{dimension}"]')).to_contain_text(row["short_label"])
    tab_to(page, r"SUMMARY", most=60)  # a cell opens
    page.keyboard.press("Enter")
    expect(page.locator("table.grid details[open]").first).to_be_visible()


def test_job_4_the_regional_picture(keyed: Visit) -> None:
    page = keyed.go(f"?region={GM}")
    keyed.settled()
    ws = open_workspace()
    expect(page.locator(".s3 .lead").first).to_contain_text("England")
    for near in nearest_regions(ws, GM, n=3).itertuples():
        expect(page.locator('[data-panel="nearest"]')).to_contain_text(near.name)
    # two neighbours and the area itself into the comparison, from the table
    for name in ("Greater Manchester", "Lancashire", "Leeds City Region"):
        page.locator(".s3rows tbody button[tabindex='0']").focus()
        for _ in range(40):
            if name in page.evaluate(FOCUSED):
                break
            page.keyboard.press("ArrowDown")
        else:
            page.keyboard.press("Home")
            for _ in range(40):
                if name in page.evaluate(FOCUSED):
                    break
                page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        assert f"Remove {name}" in page.evaluate(FOCUSED)  # said at once, and the focus stays
        page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile("compare=.*%2C.*%2C.*|compare=.*,.*,.*"))
    page.get_by_role("link", name=re.compile("Compare side by side: 3 areas")).focus()
    page.keyboard.press("Enter")
    head = page.locator("table.side thead")
    for name in ("England", "Greater Manchester", "Lancashire", "Leeds City Region"):
        expect(head).to_contain_text(name)


def test_job_5_whom_an_area_should_talk_to_and_why(keyed: Visit) -> None:
    page = keyed.go(f"?region={GM}")
    keyed.settled()
    tab_to(page, r"Partners.*\| A$|\| Partners \|.*A$")
    page.keyboard.press("Enter")
    found = partners(open_workspace(), GM)
    cards = page.locator("ol.cards > li")
    expect(cards.first).to_have_attribute("data-code", str(found.index[0]))
    for n, (_, row) in enumerate(found.iterrows()):
        expect(cards.nth(n)).to_contain_text(row["reason"])
        expect(cards.nth(n)).to_contain_text(f"{row['distance_km']:.0f} km")
    keyed.settled()
    pick(keyed, r"At most", "75 km")
    near = partners(open_workspace(), GM, within_km=75)
    expect(cards).to_have_count(len(near))
    tab_to(page, r"More on .*SUMMARY")
    page.keyboard.press("Enter")
    expect(cards.first.locator("details[open]")).to_contain_text("The other way:")
    tab_to(page, r"Table as CSV", key="Shift+Tab")
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    taken = pd.read_csv(waiting.value.path())
    assert taken["reason"].tolist() == near["reason"].tolist()


def test_job_5_partners_nearby_and_the_evidence_taken_away(keyed: Visit) -> None:
    page = keyed.go(f"?region={GM}")
    keyed.settled()
    near = page.locator('[data-panel="nearest"]')
    expect(near).to_contain_text("km")
    expect(page.locator('[data-panel="organisations"]')).to_contain_text("University of Manchester")
    tab_to(page, r"\| Layers.*BUTTON$")
    page.keyboard.press("Enter")
    tab_to(page, r"Shared projects of the chosen area", key="ArrowRight")  # the layers are one group
    page.keyboard.press("Enter")
    keyed.settled()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name=re.compile("^Layers"))).to_have_attribute("aria-expanded", "false")
    keyed.settled()  # what is drawn again takes the focus with it
    page.wait_for_function(f"() => {ROOTS}.some(r => r.querySelectorAll('.leaflet-arcs-pane path.s3arc').length > 2)")
    tab_to(page, r"Figures as CSV")
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    assert len(pd.read_csv(waiting.value.path())) == 39
    tab_to(page, r"Map as PDF", key="Shift+Tab")
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    assert waiting.value.suggested_filename.endswith(".pdf")
    tab_to(page, r"Briefing as PDF")
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    briefing = PdfReader(waiting.value.path())
    assert briefing.metadata.title == "Greater Manchester: briefing"
    assert "Greater Manchester" in briefing.pages[0].extract_text()
