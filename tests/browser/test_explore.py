"""The main job in a real browser, with every request to another machine refused."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from conftest import GM, HOTSW, ROOTS, Visit
from s3geo import nearest_regions, open_workspace, region_profile
from s3geo.views.class_table import class_table

LICHFIELD_LEPS = {"Greater Birmingham and Solihull", "Stoke-on-Trent and Staffordshire"}


ZOOM = f"() => Number({ROOTS}.map(r => r.querySelector('.s3map-canvas')).find(Boolean).dataset.zoom)"
FILLS_FN = (
    f"() => Object.fromEntries({ROOTS}.flatMap(r => [...r.querySelectorAll('path.leaflet-interactive[data-code]')])"
    ".map(p => [p.dataset.code, p.getAttribute('fill')]))"
)


def test_the_map_is_painted_with_no_internet(visit: Visit) -> None:
    page = visit.go()
    names = open_workspace().names("lep")
    labels = page.evaluate(
        f"() => {ROOTS}.flatMap(r => [...r.querySelectorAll('path.leaflet-interactive[data-code]')])"
        ".map(p => [p.dataset.code, p.getAttribute('aria-label')])"
    )
    assert len(labels) == 38
    assert all(label.startswith(names[code]) for code, label in labels)
    visit.settled()
    assert visit.away == []
    assert visit.errors == []


def test_click_shows_a_region_and_reload_restores_it(visit: Visit) -> None:
    page = visit.go()
    ws = open_workspace()
    for code in (GM, HOTSW):
        visit.click(code)
        name = ws.names("lep")[code]
        expect(visit.heading()).to_have_text(name)
        expect(page).to_have_url(re.compile(f"region={code}"))
        headline = region_profile(ws, code).headline()
        cells = page.locator("table.grid td[data-cell]")
        expect(cells).to_have_count(9)
        for (actor, dimension), row in headline.iterrows():
            cell = page.locator(f'td[data-cell="{actor}-{dimension}"]')
            expect(cell).to_contain_text(row["short_label"])
            expect(cell).to_contain_text(row["text"].split(";")[0])
        for near in nearest_regions(ws, code, n=6).itertuples():
            line = page.locator('[data-panel="nearest"] tr', has_text=near.name)
            expect(line).to_contain_text(f"{near.distance_km:,.0f} km")
            expect(line.locator(".tag")).to_have_count(int(near.adjoins or near.overlaps))
    page.reload()
    expect(visit.heading()).to_have_text(ws.names("lep")[HOTSW])
    expect(visit.regions()).to_have_count(38)
    expect(visit.region(HOTSW)).to_have_attribute("aria-pressed", "true")


def test_the_list_selects_as_the_click_does(visit: Visit) -> None:
    page = visit.go()
    visit.click(GM)
    expect(visit.heading()).to_have_text("Greater Manchester")
    page.get_by_role("combobox", name=re.compile("Region")).click()
    page.keyboard.type("Cornwall")
    page.keyboard.press("Enter")
    expect(visit.heading()).to_have_text(re.compile("Cornwall"))
    visit.click(GM)  # again, after the list had changed it
    expect(visit.heading()).to_have_text("Greater Manchester")
    expect(visit.region(GM)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    visit.region(GM).focus()
    page.keyboard.press("Escape")
    expect(visit.heading()).to_have_text("England")


def test_an_overlap_asks_which(visit: Visit) -> None:
    page = visit.go()
    x, y = page.evaluate(
        f"""() => {{
        const root = {ROOTS}.find(r => r.querySelector('.leaflet-overlaps-pane path'));
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
    )
    page.mouse.click(x, y)
    chooser = page.locator(".st-key-chooser")
    expect(chooser).to_contain_text("lies in 2 areas")
    choices = chooser.get_by_role("button")
    expect(choices).to_have_count(2)
    name = choices.first.inner_text()
    choices.first.click()
    expect(visit.heading()).to_have_text(name)
    expect(chooser).to_have_count(0)


def test_a_postcode_and_a_short_name_lead_to_a_region(visit: Visit) -> None:
    page = visit.go()
    box = page.get_by_label("Find by name or postcode")
    box.fill("ex4 4qj")
    box.press("Enter")
    expect(visit.heading()).to_have_text("Heart of the South West")
    box.fill("D2N2")
    box.press("Enter")
    expect(visit.heading()).to_have_text(re.compile("Derby"))
    box.fill("WS13 6HX")  # Lichfield lies in two LEPs
    box.press("Enter")
    choices = page.locator(".st-key-chooser").get_by_role("button")
    expect(choices).to_have_count(2)
    assert set(choices.all_inner_texts()) == LICHFIELD_LEPS
    box.fill("ZZ1 1ZZ")
    box.press("Enter")
    expect(page.get_by_test_id("stAlert").first).to_contain_text("ZZ1 1ZZ")


def test_controls_never_remount_or_rezoom_the_map(visit: Visit) -> None:
    page = visit.go()
    visit.settled()
    page.evaluate(f"() => {{ {ROOTS}.map(r => r.querySelector('.s3map-canvas')).find(Boolean).s3mark = 'kept'; }}")
    zoom_in = page.get_by_role("button", name="Zoom in")
    at = page.evaluate(ZOOM)
    while at < 8:
        zoom_in.click()
        page.wait_for_function(f"before => ({ZOOM})() > before", arg=at)
        at = page.evaluate(ZOOM)
    seen = visit.fills()
    for label, option in (("Indicator", 1), ("Classes by", 1), ("Classes", 1), ("Colours", 1), ("Region", 3)):
        if label in {"Classes by", "Classes", "Colours"}:
            visit.open_popover("Classes")
        page.get_by_role("combobox", name=re.compile(rf"{label}\s*$|\. {label}$")).click()
        page.get_by_role("option").nth(option if label != "Classes" else 4).click()
        visit.settled()
        if label != "Region":
            page.wait_for_function(f"seen => JSON.stringify(({FILLS_FN})()) !== seen", arg=_json(seen))
            seen = visit.fills()
        kept = page.evaluate(f"() => {ROOTS}.map(r => r.querySelector('.s3map-canvas')).find(Boolean).s3mark")
        assert kept == "kept", f"{label} remounted the map"
        assert page.evaluate(ZOOM) == at, f"{label} changed the zoom"


def _json(value: object) -> str:
    import json

    return json.dumps(value, separators=(",", ":"))


def test_screen_fills_are_those_of_the_class_table(visit: Visit) -> None:
    visit.go("?indicator=gva_per_head&scheme=fisher_jenks")
    table = class_table(open_workspace(), "gva_per_head", scheme="fisher_jenks")
    assert visit.fills() == table.rows["fill"].to_dict()
    legend = visit.page.evaluate(
        f"() => {ROOTS}.flatMap(r => [...r.querySelectorAll('.s3geo-legend tr[data-fill]')])"
        ".map(row => [row.dataset.fill, row.cells[1].textContent, Number(row.cells[2].textContent)])"
    )
    assert legend == [[row.fill, row.label, row.count] for row in table.legend]


def test_keys_walk_the_regions(visit: Visit) -> None:
    page = visit.go()
    visit.settled()
    names = open_workspace().names("lep").sort_values()
    stops = page.locator('path.leaflet-interactive[tabindex="0"]')
    expect(stops).to_have_count(1)
    stops.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(visit.heading()).to_have_text(names.iloc[2])
    expect(stops).to_have_count(1)


def test_wheel_scrolls_the_page_not_the_map(visit: Visit) -> None:
    page = visit.go(f"?region={GM}")
    visit.settled()
    before = page.evaluate(ZOOM)
    box = visit.region(GM).bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, 400)
    page.wait_for_function("() => document.querySelector('.stMain').scrollTop > 50")
    assert page.evaluate(ZOOM) == before


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (360, 740)])
def test_nothing_overflows(open_visit, width: int, height: int) -> None:
    visit = open_visit(width, height)
    page = visit.go(f"?region={GM}")
    visit.settled()
    overflow = page.evaluate(
        "() => [document.documentElement, document.querySelector('.stMain')].map(e => e.scrollWidth - e.clientWidth)"
    )
    assert max(overflow) <= 0
    expect(page.get_by_text("Deploy")).to_have_count(0)


def test_a_mangled_address_is_said_and_ignored(visit: Visit) -> None:
    page = visit.go(f"?region={GM}&indicator=nonsense&k=99&scheme=<script>")
    expect(visit.heading()).to_have_text("Greater Manchester")
    expect(page.get_by_test_id("stAlert")).to_contain_text("left out")


def test_every_geography_is_drawn(visit: Visit) -> None:
    ws = open_workspace()
    for geography, n in (("region", 9), ("lad", 296)):
        indicator = next(i for i in ws.catalogue.index if geography in ws.geographies_of(i))
        visit.go(f"?geography={geography}&indicator={indicator}", n=n)


def test_one_click_from_a_figure_to_its_definition_and_back(visit: Visit) -> None:
    page = visit.go(f"?indicator=gva_growth_10y&region={GM}")
    expect(visit.heading()).to_have_text("Greater Manchester")
    page.get_by_role("link", name="How this figure is made, and where it comes from").click()
    expect(visit.heading()).to_have_text("Data")
    entry = open_workspace().catalogue.loc["gva_growth_10y"]
    opened = page.get_by_test_id("stExpander").first
    expect(opened).to_contain_text(entry["label"])
    expect(opened).to_contain_text(entry["formula"])
    expect(opened.get_by_role("link").first).to_be_visible()
    page.get_by_role("link", name="Explore").first.click()
    expect(visit.heading()).to_have_text("Greater Manchester")
    expect(page).to_have_url(re.compile("indicator=gva_growth_10y"))


def test_the_scores_of_the_grid_can_be_read(visit: Visit) -> None:
    page = visit.go(f"?region={GM}")
    scores = page.locator("table.grid .score")
    expect(scores).to_have_count(9)
    assert scores.evaluate_all("found => found.every(e => e.scrollHeight <= e.clientHeight + 1)")
