"""Partners in the browser: sliders and distance change list and arcs; reasons hold; addresses bring it back."""

from __future__ import annotations

import re
from collections.abc import Callable

from driving import AT_REST, GM, LONDON, ROOTS, Visit
from playwright.sync_api import Page, expect

from s3geo import open_workspace, organisation_partners, partners, region_profile
from s3geo.views.organisation_profile import organisation_profile, organisations_around
from s3geo.views.partners import strengths
from s3geo.views.wording import number, quantity

ARCS = f"{ROOTS}.flatMap(r => [...r.querySelectorAll('.leaflet-arcs-pane path.s3arc')])"
MANCHESTER = "ukprn:10007798"


def shown(page: Page) -> list[str]:
    return [card.get_attribute("data-code") or "" for card in page.locator("ol.cards > li").all()]


def arcs(page: Page, n: int) -> list[str]:
    """Wait for two lines an arc (a light edge under it) and for the map to be at rest, and return their shapes."""
    page.wait_for_function(f"n => {ARCS}.length === 2 * n", arg=n)
    page.evaluate(AT_REST, GM)
    return page.evaluate(f"() => {ARCS}.map(p => p.getAttribute('d') + p.getAttribute('stroke-width'))")


def cards_are(page: Page, codes: list[str]) -> None:
    for n, code in enumerate(codes):
        expect(page.locator("ol.cards > li").nth(n)).to_have_attribute("data-code", code)
    expect(page.locator("ol.cards > li")).to_have_count(len(codes))


def test_sliders_and_distance_change_the_order_and_the_arcs_and_an_address_brings_them_back(visit: Visit) -> None:
    page, ws = visit.page, open_workspace()
    page.goto(f"{visit.server}/partners")
    visit.settled()
    page.get_by_role("combobox", name=re.compile("Partners of")).click()
    page.keyboard.type("Greater Manchester")
    page.get_by_role("option", name="Greater Manchester", exact=True).click()
    first = list(partners(ws, GM).index)
    cards_are(page, first)
    before = arcs(page, 10)

    slider = page.get_by_role("slider", name="Adds what is lacking")
    slider.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    changed = list(partners(ws, GM, weights=(1, 1, 3, 0)).index)
    assert changed != first
    cards_are(page, changed)
    page.wait_for_function(
        f"was => JSON.stringify({ARCS}.map(p => p.getAttribute('d') + p.getAttribute('stroke-width'))) !== was",
        arg=str(before).replace("'", '"').replace(", ", ","),
    )

    page.get_by_role("combobox", name=re.compile("At most")).click()
    page.get_by_role("option", name="50 km", exact=True).click()
    near = partners(ws, GM, weights=(1, 1, 3, 0), within_km=50)
    assert 0 < len(near) < 10
    cards_are(page, list(near.index))
    assert near["distance_km"].max() <= 50
    after = arcs(page, len(near))
    for code, row in near.iterrows():
        card = page.locator(f'ol.cards > li[data-code="{code}"]')
        expect(card).to_contain_text(f"Score {number(row['score'], 0)}")
        expect(card).to_contain_text(f"{number(row['distance_km'], 0)} km")

    expect(page).to_have_url(re.compile(r"w_adds=3.*within=50|within=50.*w_adds=3"))
    page.reload()
    visit.settled()
    cards_are(page, list(near.index))
    assert sorted(arcs(page, len(near))) == sorted(after)


def test_a_card_tells_both_values_and_they_are_those_of_the_profiles(visit: Visit) -> None:
    page, ws = visit.page, open_workspace()
    page.goto(f"{visit.server}/partners?region={GM}")
    visit.settled()
    found = partners(ws, GM)
    code = str(found.index[found["meets"] != ""][0])
    row = found.loc[code]
    card = page.locator(f'ol.cards > li[data-code="{code}"]')
    lq = strengths(ws).lq
    expect(card).to_contain_text(row["reason"])
    expect(card).to_contain_text(f"{number(lq.at[code, row['activity']], 2)} times England’s share there")
    expect(card).to_contain_text(f"{number(lq.at[GM, row['activity']], 2)} in Greater Manchester")
    card.locator("summary").click()
    beside = card.locator(f'[data-indicator="{row["meets_indicator"]}"]')
    expect(beside).to_be_visible()
    for place in (code, GM):
        of = region_profile(ws, place).cells.set_index("indicator").loc[row["meets_indicator"]]
        expect(beside).to_contain_text(quantity(of["value"], of["unit"], of["decimals"]))
    expect(card).to_contain_text("Not in the score:")
    trust = page.locator('[data-panel="trust"]')
    expect(trust).to_contain_text("than size and distance alone")
    expect(trust).not_to_contain_text("not tested")
    # the table to take away has the figures of the screen
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Table as CSV").click()
    text = waiting.value.path().read_text("utf-8-sig")
    assert text.count("\n") == 38
    assert f"{row['score']:.6f}"[:8] in text
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Map as PNG").click()
    assert waiting.value.path().read_bytes().startswith(b"\x89PNG")


def test_a_click_on_the_map_asks_for_that_area_and_zero_weights_are_told(visit: Visit) -> None:
    page, ws = visit.page, open_workspace()
    page.goto(f"{visit.server}/partners?region={GM}&w_near=0&w_alike=0&w_adds=0")
    visit.settled()
    expect(page.get_by_text("All four weights are 0")).to_be_visible()
    page.get_by_role("button", name="Deepen what exists").click()
    cards_are(page, list(partners(ws, GM, weights=(1, 1, 1, 1)).index))
    visit.settled()
    visit.regions().and_(page.locator(f'[data-code="{LONDON}"]')).click()
    cards_are(page, list(partners(ws, LONDON, weights=(1, 1, 1, 1)).index))
    expect(page).to_have_url(re.compile(f"region={LONDON}"))


def test_bad_parts_of_the_address_are_told(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.server}/partners?region={GM}&w_near=99&within=7&org=nobody")
    visit.settled()
    notice = page.get_by_text("Part of the address was not understood")
    expect(notice).to_contain_text("w_near=99")
    expect(notice).to_contain_text("within=7")
    expect(notice).to_contain_text("org=nobody")
    cards_are(page, list(partners(open_workspace(), GM).index))


def test_an_organisation_its_network_and_those_around_it(visit: Visit) -> None:
    page, ws = visit.page, open_workspace()
    page.goto(f"{visit.server}/partners?who=organisations&region={GM}&org={MANCHESTER}")
    visit.settled()
    profile = organisation_profile(ws, MANCHESTER)
    head = page.locator('[data-panel="organisation"]')
    expect(head).to_contain_text("University of Manchester")
    expect(head).to_contain_text("Greater Manchester")
    expect(head).to_contain_text(str(profile.projects))
    network = page.locator("svg.ego")
    expect(network.locator("circle.node")).to_have_count(12)
    expect(network).to_have_attribute("aria-label", re.compile(re.escape(str(profile.partners["name"].iloc[0]))))
    likely = organisation_partners(ws, MANCHESTER, n=10, new=True)
    cards = page.locator("ol.cards > li")
    for n, id_ in enumerate(likely.index):
        expect(cards.nth(n)).to_have_attribute("data-id", id_)
    expect(page.get_by_text("Tested on new Horizon 2020 partners of 2018")).to_be_visible()
    rows = page.locator("table.sortable tbody tr")
    kinds = ["university", "catapult", "research_organisation"]
    around = organisations_around(ws, GM, within_km=25, kind=kinds)
    expect(rows).to_have_count(len(around))
    expect(rows.first).to_contain_text(str(around["name"].iloc[0]))
    page.get_by_role("textbox", name="or a postcode").fill("EX4 4QJ")
    page.keyboard.press("Enter")
    there = organisations_around(ws, "EX4 4QJ", within_km=25, kind=kinds)
    expect(rows).to_have_count(len(there))
    expect(rows.first).to_contain_text("University of Exeter")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="List as CSV").click()
    assert waiting.value.path().read_text("utf-8-sig").count("\n") == len(there) + 1


def test_partners_fit_a_phone(open_visit: Callable[..., Visit]) -> None:
    visit = open_visit(360, 740, has_touch=True)
    for query in (f"?region={GM}", f"?who=organisations&region={GM}&org={MANCHESTER}"):
        visit.page.goto(f"{visit.server}/partners{query}")
        visit.settled()
        expect(visit.page.locator("ol.cards > li").first).to_be_visible()
        parts = "[document.documentElement, document.querySelector('.stMain')]"
        assert visit.page.evaluate(f"() => {parts}.every(e => e.scrollWidth <= e.clientWidth)")
