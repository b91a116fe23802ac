"""Compare in the browser: choose peers, see scores and strips, sort, reload; one selection with the small maps."""

from __future__ import annotations

import re

from driving import GM, HOTSW, LONDON, ROOTS, Visit
from playwright.sync_api import expect

from s3geo import open_workspace, region_profile
from s3geo.model.catalogue import ACTORS, DIMENSIONS
from s3geo.views.peers import peers
from s3geo.views.strips import strips
from s3geo.views.wording import number


def test_compare_three_regions(visit: Visit) -> None:
    """Choose an area and its peers, see scores and strips of the library's figures; the address restores all."""
    page = visit.page
    page.goto(f"{visit.server}/compare?region={GM}&near=3")
    visit.settled()
    ws = open_workspace()
    found = peers(ws, GM, k=3)
    rows = page.locator('[data-panel="peers"] tbody tr')
    expect(rows).to_have_count(3)
    for n, (code, row) in enumerate(found.iterrows()):
        expect(rows.nth(n)).to_have_attribute("data-peer", code)
        expect(rows.nth(n)).to_contain_text(row["name"])
        expect(rows.nth(n)).to_contain_text(number(row["close"], 0))
        expect(rows.nth(n)).to_contain_text(row["driver_1"])
    page.get_by_role("combobox", name=re.compile("At most")).click()
    page.get_by_role("option", name="4", exact=True).click()
    expect(rows).to_have_count(4)
    page.get_by_role("button", name="Compare Greater Manchester with these").click()
    compared = [GM, *peers(ws, GM, k=4).index]

    def shows_all() -> None:
        table = page.locator("table.scores")
        expect(table.locator("thead th")).to_have_count(2 + len(compared))
        lines = table.locator("tbody tr")
        expect(lines).to_have_count(9)
        cells = [(actor, dimension) for actor in ACTORS for dimension in DIMENSIONS]
        for column, code in enumerate(compared):
            scores = region_profile(ws, code).scores
            for n, cell in enumerate(cells):
                at = lines.nth(n).locator("td").nth(1 + column)
                row = scores.loc[cell]
                words = number(row["score"], 0) if row["score"] == row["score"] else "too few"
                expect(at).to_contain_text(words)
                expect(at).to_contain_text(f"{int(row['n_present'])} of {int(row['n_indicators'])}")
                expect(lines.nth(n).locator("td").first).to_have_text(number(row["england"], 0))
        drawn = page.locator(".strips figure svg")
        expect(drawn).to_have_count(9)
        for n, strip in enumerate(strips(ws, compared)):
            expect(drawn.nth(n)).to_have_attribute("aria-label", strip.description)
            expect(drawn.nth(n).locator("circle")).to_have_count(strip.svg.count("<circle"))
        expect(rows).to_have_count(4)

    shows_all()
    address = page.url
    assert "near=4" in address
    page.reload()
    visit.settled()
    shows_all()
    assert page.url == address


def test_a_dot_and_the_small_maps_share_the_selection(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.server}/compare?compare={GM},{HOTSW}")
    visit.settled()
    expect(visit.regions()).to_have_count(9 * 38)  # before that the page still grows under the pointer
    dot = page.locator(f'.strips circle[data-code="{LONDON}"]').first
    dot.hover()
    expect(visit.region(LONDON).first).to_have_class(re.compile("hover"))
    dot.click()
    expect(page).to_have_url(re.compile(f"region={LONDON}"))
    expect(visit.region(LONDON).first).to_have_attribute("aria-pressed", "true")
    expect(page.locator('[data-panel="peers"] tbody tr')).to_have_count(5)


def test_a_heading_sorts_by_pointer_and_keyboard(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.server}/compare?compare={GM},{LONDON}")
    visit.settled()
    scores = region_profile(open_workspace(), LONDON).scores["score"]
    head = page.locator("table.scores thead th")
    london = head.nth(3)
    expect(london).to_contain_text("London")
    london.get_by_role("button").click()
    expect(london).to_have_attribute("aria-sort", "descending")
    shown = page.locator("table.scores tbody tr td:nth-child(4) b")
    assert shown.all_inner_texts() == [number(s, 0) for s in sorted(scores, reverse=True)]
    page.keyboard.press("Enter")
    expect(london).to_have_attribute("aria-sort", "ascending")
    assert shown.all_inner_texts() == [number(s, 0) for s in sorted(scores)]
    head.first.get_by_role("button").click()
    expect(head.first).to_have_attribute("aria-sort", "ascending")
    assert shown.all_inner_texts() == [number(s, 0) for s in scores]
    # the indicators: the headings of the cells are there only in the order of the framework
    side = page.locator("table.side")
    expect(side.locator("tr.cell")).to_have_count(9)
    side.get_by_role("button", name="London").click()
    expect(side.locator("tr.cell")).to_have_count(0)
    expect(side.locator("tbody tr")).to_have_count(9)
    side.get_by_role("button", name="Indicator").click()
    expect(side.locator("tr.cell")).to_have_count(9)


OVERLAP = f"""() => {{
  const root = {ROOTS}.find(r => r.querySelector('.leaflet-overlaps-pane path'));
  root.querySelector('.s3map').scrollIntoView({{ block: 'center' }});
  let best = [0, 0, 0];
  for (const path of root.querySelectorAll('.leaflet-overlaps-pane path')) {{
    const box = path.getBoundingClientRect(), at = path.ownerSVGElement.createSVGPoint();
    at.x = box.left + box.width / 2; at.y = box.top + box.height / 2;
    const local = at.matrixTransform(path.getScreenCTM().inverse());
    const area = box.width * box.height;
    if (path.isPointInFill(local) && area > best[2]) best = [at.x, at.y, area];
  }}
  return best.slice(0, 2);
}}"""


def test_a_shared_district_of_a_small_map_asks_which(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.server}/compare")
    expect(visit.regions().first).to_be_visible()
    visit.settled()
    page.wait_for_function(f"() => {ROOTS}.some(r => r.querySelector('.leaflet-overlaps-pane path'))")
    page.mouse.click(*page.evaluate(OVERLAP))
    chooser = page.locator(".st-key-chooser")
    expect(chooser).to_contain_text("lies in 2 areas")
    first = chooser.get_by_role("button").first
    name = first.inner_text()
    first.click()
    expect(chooser).to_have_count(0)
    code = next(c for c, n in open_workspace().names().items() if n == name)
    expect(visit.region(code).first).to_have_attribute("aria-pressed", "true")
