"""The requirements of the map (product R1 to R10, R17, R23 to R25), one test each; nothing beyond this machine."""

from __future__ import annotations

import csv
import io
import json
import math
import random
import re
import sys
import urllib.request
from collections.abc import Callable, Iterator
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlparse

import mapclassify
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from driving import FILLS, GM, HOTSW, LONDON, ROOTS, Visit, free_port, start, stop
from playwright.sync_api import Browser, Page, expect

from s3geo import open_workspace, region_profile
from s3geo.views.class_table import class_table

CANVAS = f"{ROOTS}.map(r => r.querySelector('.s3map-canvas')).find(Boolean)"
ZOOM = f"() => Number({CANVAS}.dataset.zoom)"
LEGEND = f"""() => {ROOTS}.flatMap(r => [...r.querySelectorAll('.s3geo-legend tr[data-fill]')])
  .map(row => [row.dataset.fill, row.cells[1].textContent, Number(row.cells[2].textContent)])"""
DARK, LIGHT = "rgb(18, 24, 30)", "rgb(255, 255, 255)"
CHANGED = """() => Promise.allSettled(
  document.getAnimations().filter(a => a instanceof CSSTransition).map(a => a.finished))"""
PAGES = [
    "",
    f"?mode=sectors&sector=C&region={GM}",
    f"?mode=pattern&indicator=gva_per_head&region={GM}",
    "?mode=pattern&indicator=gva_per_head",
    f"?region={GM}&layers=university,districts,projects",
    f"compare?compare={GM},{HOTSW}&region={GM}",
    f"index?region={GM}&recipe=business-2",
    f"partners?region={GM}",
    f"partners?who=organisations&region={GM}&org=ukprn:10007798",
    "your-data",
    "data",
    "methods",
    "about",
]


def choose(visit: Visit, label: str, option: str, popover: str | None = None) -> None:
    """Pick an option of a list by its words, once nothing runs that would draw the list again."""
    page = visit.page
    visit.settled()
    if popover:
        visit.open_popover(popover)
    page.get_by_role("combobox", name=re.compile(rf"{label}\s*$|\. {label}$")).click()
    page.keyboard.type(option)
    page.get_by_role("option", name=option, exact=True).click()
    if popover:
        page.keyboard.press("Escape")
    visit.settled()


def test_r1_full_function_with_no_internet(visit: Visit) -> None:
    visit.go()  # within how long is measured by `make bench`: other tests run beside this one
    visit.settled()
    assert visit.away == []
    assert visit.errors == []
    # nor could anything have come from elsewhere: the browser finds no other machine, though this one would answer
    # under another address, and the visit has heard it ask
    with HTTPServer(("127.0.0.2", 0), SimpleHTTPRequestHandler) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        others = [f"http://127.0.0.2:{other.server_port}/", "https://www.example.org/"]
        with urllib.request.urlopen(others[0], timeout=10) as answer:
            assert answer.status == 200
        ask = "others => Promise.allSettled(others.map(url => fetch(url, {mode: 'no-cors'})))"
        status = visit.page.evaluate(f"async others => (await ({ask})(others)).map(a => a.status)", others)
        other.shutdown()
    assert status == ["rejected"] * 2
    assert visit.away == others


def test_r2_the_map_is_never_remounted(visit: Visit) -> None:
    page = visit.go()
    visit.settled()
    page.evaluate(f"() => {{ {CANVAS}.s3mark = 'kept'; }}")
    while (at := page.evaluate(ZOOM)) < 8:
        page.get_by_role("button", name="Zoom in").click()
        page.wait_for_function(f"before => ({ZOOM})() > before", arg=at)
    seen = visit.fills()
    for label, option, popover in (
        ("Indicator", "Gross value added per resident", None),
        ("Classes by", "Equal intervals", "Classes"),
        ("Classes", "7", "Classes"),
        ("Colours", "Around England", "Classes"),
        ("Second indicator", "Active enterprises per 1,000 residents", "Classes"),
    ):
        choose(visit, label, option, popover)
        page.wait_for_function(
            f"seen => JSON.stringify(({FILLS})()) !== seen", arg=json.dumps(seen, separators=(",", ":"))
        )
        seen = visit.fills()
        assert page.evaluate(f"() => {CANVAS}.s3mark") == "kept", f"{label} remounted the map"
        assert page.evaluate(ZOOM) == at, f"{label} changed the zoom"
    choose(visit, "Region", "Cornwall and Isles of Scilly")
    assert page.evaluate(f"() => {CANVAS}.s3mark") == "kept"
    assert page.evaluate(ZOOM) == at


def test_r3_every_click_answers_and_panning_asks_nothing(visit: Visit) -> None:
    """How soon is measured by `make bench`; here, that each is answered, and that moving the map costs nothing."""
    sent: list[int] = []
    visit.page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(1)))
    page = visit.go()
    visit.settled()
    names = open_workspace().names()
    for code in random.Random(3).sample(list(names.index), 20):
        visit.click(code)
        expect(visit.heading()).to_have_text(names[code])
    visit.settled()
    before = len(sent)
    box = page.evaluate(
        f"() => {{ const b = {CANVAS}.getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; }}"
    )
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    for step in range(10):
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + (30 if step % 2 else -30), y + 20, steps=4)
        page.mouse.up()
    page.get_by_role("button", name="Zoom in").click()
    expect(visit.regions()).to_have_count(38)
    assert len(sent) == before


def test_r4_clicking_again_and_clearing(visit: Visit) -> None:
    page = visit.go()
    visit.click(GM)
    expect(visit.heading()).to_have_text("Greater Manchester")
    choose(visit, "Region", "Cornwall and Isles of Scilly")
    expect(visit.heading()).to_have_text("Cornwall and Isles of Scilly")
    visit.click(GM)
    expect(visit.heading()).to_have_text("Greater Manchester")
    visit.region(GM).focus()
    page.keyboard.press("Escape")
    expect(visit.heading()).to_have_text("England")
    visit.click(GM)
    expect(visit.heading()).to_have_text("Greater Manchester")
    box = page.evaluate(
        f"() => {{ const b = {CANVAS}.getBoundingClientRect(); return [b.right - 20, b.bottom - 60]; }}"
    )
    page.mouse.click(*box)  # the sea
    expect(visit.heading()).to_have_text("England")


FIVE = f"""() => {{
  const all = {ROOTS}, find = (s) => all.flatMap(r => [...r.querySelectorAll(s)]);
  return {{
    map: find('path[data-code][aria-pressed=true]').map(p => p.dataset.code),
    row: find('.s3rows tr.chosen').map(r => r.dataset.code),
    bar: find('rect.chosen').map(r => r.dataset.bar),
    list: document.querySelector('.st-key-region input')?.getAttribute('aria-label') ?? '',
    shown: document.querySelector('.st-key-region')?.innerText ?? '',
    address: new URLSearchParams(location.search).get('region'),
    head: document.querySelector('.s3 h2').textContent,
  }};
}}"""


def test_r5_one_selection_everywhere(visit: Visit) -> None:
    page = visit.go()
    visit.settled()
    values = open_workspace().values("he_research_income_per_head").dropna()  # a bar stands for a value
    names = open_workspace().names()[values.index]
    dice = random.Random(5)
    for turn in range(15):
        code = dice.choice([c for c in names.index if c != page.evaluate(FIVE)["address"]])
        source = ("map", "list", "row", "bar", "search")[turn % 5]
        if source == "map":
            visit.page.evaluate("() => document.querySelector('.stMain').scrollTo(0, 0)")
            visit.click(code)
        elif source == "list":
            choose(visit, "Region", names[code])
        elif source == "row":
            page.locator(f'tr[data-code="{code}"] .pick').click()
        elif source == "bar":
            page.locator(f'rect[data-code="{code}"]').click()
        else:
            box = page.get_by_label("Find by name or postcode")
            box.fill(names[code])
            box.press("Enter")
        expect(visit.heading()).to_have_text(names[code])
        visit.settled()
        page.wait_for_function(
            f"code => {{ const s = ({FIVE})(); return s.address === code && [s.map, s.row, s.bar].every(x => "
            "x.length === 1 && x[0] === code); }",
            arg=code,
        )
        seen = page.evaluate(FIVE)
        assert (
            names[code] in seen["list"] + seen["shown"]
            or names[code] in page.locator(".st-key-region input").input_value()
        ), source
    # pointing at one is seen on the others
    page.locator(f'tr[data-code="{LONDON}"]').hover()
    expect(visit.region(LONDON)).to_have_class(re.compile("hover"))
    expect(page.locator(f'rect[data-bar="{LONDON}"]')).to_have_class(re.compile("hover"))


def test_r6_keyboard_parity(visit: Visit) -> None:
    page = visit.go()
    visit.settled()
    names = open_workspace().names().sort_values()
    stops = page.locator('path.leaflet-interactive[tabindex="0"]')
    expect(stops).to_have_count(1)
    page.get_by_role("button", name="Zoom out").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")  # zoom in, then the regions
    focused = f"() => {ROOTS}.map(r => r.activeElement).find(e => e?.dataset?.code)?.dataset.code"
    assert page.evaluate(focused) == names.index[0]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    third = page.evaluate(focused)
    assert third == names.index[2]
    ring = page.evaluate(
        f"""code => {{ const p = {ROOTS}.map(r => r.querySelector(`path[data-code="${{code}}"]`)).find(Boolean);
        const s = getComputedStyle(p); return [s.stroke, s.strokeWidth]; }}""",
        third,
    )
    assert ring == ["rgb(22, 32, 42)", "3px"]
    page.keyboard.press("Enter")
    expect(visit.heading()).to_have_text(names.iloc[2])
    expect(stops).to_have_count(1)
    for label in page.evaluate(
        f"() => {ROOTS}.flatMap(r => [...r.querySelectorAll('path[data-code]')]).map(p => p.getAttribute('aria-label'))"
    ):
        assert re.fullmatch(r".+: (.*\d.*, class \d of \d|no data, .+)", label)
    page.keyboard.press("Escape")
    expect(visit.heading()).to_have_text("England")
    page.keyboard.press("End")
    page.keyboard.press("Space")
    expect(visit.heading()).to_have_text(names.iloc[-1])


@pytest.mark.parametrize("path", PAGES)
def test_r7_axe_finds_nothing(open_visit: Callable[..., Visit], path: str) -> None:
    """In the dark, as a visitor's machine is in the evening, and in the light that it then changes to."""
    visit = open_visit(color_scheme="dark")
    page = visit.page
    page.goto(f"{visit.server}/{path}")
    if path.startswith(("?", "compare")) or not path:
        expect(visit.regions().first).to_be_visible()
    expect(page.locator(".s3 h2").first).to_be_visible()
    visit.settled()
    if not path:
        visit.open_popover("Classes")
        expect(page.get_by_text("Second indicator")).to_be_visible()
    for theme, ground in (("dark", DARK), ("light", LIGHT)):
        page.emulate_media(color_scheme=theme)
        expect(page.locator(".stApp")).to_have_css("background-color", ground)
        page.evaluate(CHANGED)
        visit.settled()
        found = Axe().run(page).response["violations"]
        assert [(theme, v["id"], v["impact"], [n["html"][:160] for n in v["nodes"]][:3]) for v in found] == []


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways_on_a_phone(open_visit: Callable[..., Visit], path: str) -> None:
    visit = open_visit(360, 740, has_touch=True)
    page = visit.page
    page.goto(f"{visit.server}/{path}")
    expect(page.locator(".s3 h2").first).to_be_visible()
    visit.settled()
    parts = "[document.documentElement, document.querySelector('.stMain')]"
    assert page.evaluate(f"() => {parts}.map(e => e.scrollWidth - e.clientWidth)") == [0, 0]


def test_r7_targets_are_large_enough(open_visit: Callable[..., Visit]) -> None:
    for width, touch, least in ((1366, False, 24), (360, True, 24)):
        visit = open_visit(width, 740, has_touch=touch)
        visit.go(f"?region={GM}")
        visit.settled()
        small = visit.page.evaluate(
            f"""least => [document, ...{ROOTS}].flatMap(r => [...r.querySelectorAll('button, summary, input, a')])
            .filter(e => e.checkVisibility({{checkVisibilityCSS: true}}) && !e.closest('p, li'))
            .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
            .filter(([, b]) => b.width > 2 && (b.height < least || b.width < least))
            .map(([h, b]) => [h, b.width, b.height])
            """,
            least,
        )
        assert small == []


@pytest.fixture(scope="module")
def made(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with a synthetic indicator: a true 0, three regions without data, or many equal values."""
    sys.path.insert(0, str(root / "tests" / "unit" / "views"))
    from made import figures, made_workspace

    sys.path.pop(0)
    folder = tmp_path_factory.mktemp("made")
    table = figures({GM: "suppressed", HOTSW: "suppressed", LONDON: "not_collected"})
    tied = table["value"].between(1, 20)
    table.loc[tied, "value"] = 1.0
    made_workspace(folder / "own", table)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    args = [sys.executable, "-m", "s3geo", "app", "--port", str(port), "--no-browser"]
    process = start(args, folder / "log", folder, f"{address}/s3geo/health", {"S3GEO_WORKSPACE": str(folder / "own")})
    yield address
    stop(process)


def test_r8_no_data_is_honest(browser: Browser, made: str) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    visit = Visit(context.new_page(), made)
    page = visit.go("?indicator=made_up")
    legend = {label: (fill, n) for fill, label, n in page.evaluate(LEGEND)}
    assert legend["No data: withheld, too few cases"][1] == 2
    assert legend["No data: not collected"][1] == 1
    fills = visit.fills()
    assert {code for code, fill in fills.items() if fill == "url(#s3geo-no-data)"} == {GM, HOTSW, LONDON}
    codes = list(open_workspace().layer("lep").index)
    assert fills[codes[0]] == page.evaluate(LEGEND)[0][0]  # the true 0 is in the first class
    rows = page.evaluate(
        f"() => {ROOTS}.flatMap(r => [...r.querySelectorAll('.s3rows tbody tr')])"
        ".map(r => [r.dataset.code, r.cells[0].textContent, r.cells[2].textContent])"
    )
    assert {code for code, rank, value in rows[-3:] if rank == value == "–"} == {GM, HOTSW, LONDON}
    page.get_by_role("button", name=re.compile("^Rank")).click()  # turned round, they are still last
    last = page.evaluate(
        f"() => {ROOTS}.flatMap(r => [...r.querySelectorAll('.s3rows tbody tr')]).slice(-3).map(r => r.dataset.code)"
    )
    assert set(last) == {GM, HOTSW, LONDON}
    context.close()


SCHEMES = {
    "Quantiles": lambda v: mapclassify.Quantiles(v, k=5),
    "Natural breaks (Fisher–Jenks)": lambda v: mapclassify.FisherJenks(v, k=5),
    "Equal intervals": lambda v: mapclassify.EqualInterval(v, k=5),
    "Head/tail breaks": mapclassify.HeadTailBreaks,
    "Standard deviations": mapclassify.StdMean,
}


@pytest.mark.filterwarnings("ignore:Numba not installed")
def test_r9_classes_are_those_of_mapclassify(visit: Visit, browser: Browser, made: str) -> None:
    page = visit.go("?indicator=gva_per_head")
    visit.settled()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Figures as CSV").click()
    text = Path(waiting.value.path()).read_text("utf-8-sig")
    values = [float(row["value"]) for row in csv.DictReader(io.StringIO(text)) if row["code"].startswith("E37")]
    for name, theirs in SCHEMES.items():
        if name != "Quantiles":
            choose(visit, "Classes by", name, "Classes")
        expected = [b for b in theirs(pd.Series(values)).bins if b >= min(values)]
        expected = [*(b for b in expected if b < max(values)), max(values)]
        expect(page.locator(".s3geo-legend .how").first).to_contain_text(name)
        tops = [float(label.rpartition(" – ")[2].replace(",", "")) for _, label, _ in page.evaluate(LEGEND)]
        assert tops == [float(f"{b:.0f}") for b in expected], name
        assert sum(n for *_, n in page.evaluate(LEGEND)) == 38
    choose(visit, "Classes by", "Own breaks", "Classes")
    visit.open_popover("Classes")
    box = page.get_by_label("Upper bounds, lowest first")
    box.fill("30000; 40000")
    box.press("Enter")
    page.wait_for_function(f"() => ({LEGEND})().length === 3")
    assert [label.rpartition(" – ")[2] for _, label, _ in page.evaluate(LEGEND)][:2] == ["30,000", "40,000"]
    page.goto(f"{visit.server}/?indicator=gva_per_head&fixed=1&period=2014")
    page.wait_for_function(f"() => ({LEGEND})().length === 5")
    assert class_table(open_workspace(), "gva_per_head", "2019", fixed=True).breaks.upper == (
        class_table(open_workspace(), "gva_per_head", "2014", fixed=True).breaks.upper
    )
    expect(page.locator(".s3geo-legend .how").first).to_contain_text("the same classes in all periods")
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    tied = Visit(context.new_page(), made)
    tied.go("?indicator=made_up")
    expect(tied.page.locator(".s3geo-legend .how").first).to_contain_text("4 classes (5 asked: ties)")
    context.close()


def test_r10_colours_are_safe(visit: Visit) -> None:
    """Distances of colours are measured in tests/unit/views/test_palette_is_told_apart.py; here, what is on screen."""
    ws = open_workspace()
    for palette in ("sequential", "diverging"):
        page = visit.go(f"?indicator=gva_per_head&palette={palette}")
        table = class_table(ws, "gva_per_head", palette=palette)
        page.wait_for_function(f"n => ({LEGEND})().length >= n", arg=table.breaks.k)
        assert [fill for fill, *_ in page.evaluate(LEGEND)] == list(table.colours)
        assert visit.fills() == table.rows["fill"].to_dict()
    england = ws.england("gva_per_head")
    (middle,) = [label for _, label, _ in page.evaluate(LEGEND) if "England" in label]
    low, high = (float(part.replace(",", "")) for part in middle.removesuffix(", England").split(" – "))
    assert low <= england <= high
    # the number of the class is in the words of the region and of its row
    assert re.search(r"class \d of 5", visit.region(GM).get_attribute("aria-label"))
    expect(page.locator(f'tr[data-code="{GM}"] .klass')).to_contain_text(re.compile(r"Class \d of 5"))
    visit.click(GM)
    outline = page.evaluate(
        f"() => {ROOTS}.flatMap(r => [...r.querySelectorAll('.leaflet-selection-pane path')])"
        ".map(p => p.getAttribute('stroke'))"
    )
    assert outline[:2] == ["#ffffff", "#16202a"]  # dark in a white casing: 3:1 on every fill


def address(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlparse(page.url).query).items()}


def test_r17_a_link_holds_everything(visit: Visit, open_visit: Callable[..., Visit]) -> None:
    page = visit.go()
    visit.settled()
    choose(visit, "Actor", "Business")
    choose(visit, "Dimension", "Outputs")
    choose(visit, "Indicator", "New enterprises per 10,000 residents")
    choose(visit, "Period", "2022")
    choose(visit, "Classes by", "Equal intervals", "Classes")
    choose(visit, "Classes", "7", "Classes")
    choose(visit, "Colours", "Around England", "Classes")
    visit.open_popover("Classes")
    page.get_by_text("Same classes in all periods").click()
    page.keyboard.press("Escape")
    visit.settled()
    visit.open_popover("Layers")
    page.get_by_role("button", name="Universities").click()
    visit.settled()
    page.get_by_role("button", name="Districts of the chosen area").click()
    page.keyboard.press("Escape")
    visit.settled()
    page.locator(f'tr[data-code="{LONDON}"] .add').click()
    visit.settled()
    page.locator(f'tr[data-code="{GM}"] .pick').click()
    expect(visit.heading()).to_have_text("Greater Manchester")
    expect(page).to_have_url(re.compile(f"region={GM}"))
    visit.settled()
    held = address(page)
    assert held == {
        "actor": "business",
        "dimension": "outputs",
        "indicator": "enterprise_births_per_10k",
        "period": "2022",
        "scheme": "equal_interval",
        "k": "7",
        "palette": "diverging",
        "fixed": "1",
        "layers": "university,districts",
        "compare": LONDON,
        "region": GM,
    }
    snapshot = f"""() => [document.querySelector('.s3 h2').textContent, ({LEGEND})(), ({FILLS})(),
      [...document.querySelectorAll('.s3')].map(e => e.textContent)]"""
    other = open_visit()
    other.page.goto(page.url)
    expect(other.regions()).to_have_count(38)
    expect(other.heading()).to_have_text("Greater Manchester")
    other.settled()
    assert other.page.evaluate(snapshot) == page.evaluate(snapshot)
    assert address(other.page) == held

    page.go_back()
    expect(visit.heading()).to_have_text("England")
    assert "region" not in address(page)
    page.go_forward()
    expect(visit.heading()).to_have_text("Greater Manchester")

    bad = {**held, "k": "99", "region": "E999", "layers": "moon", "palette": "<b>"}
    other.page.goto(f"{other.server}/?" + "&".join(f"{name}={value}" for name, value in bad.items()))
    expect(other.regions()).to_have_count(38)
    notice = other.page.get_by_test_id("stAlert")
    for part in ("k=99", "region=E999", "layers=moon", "palette=<b>"):
        expect(notice).to_contain_text(part)
    expect(other.heading()).to_have_text("England")

    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("() => navigator.clipboard.readText()") == page.url


def test_r23_time_steps_with_constant_classes(visit: Visit, open_visit: Callable[..., Visit]) -> None:
    ws = open_workspace()
    periods = ws.periods("gva_per_head")
    page = visit.go("?indicator=gva_per_head")
    visit.settled()
    seen = set()
    for period in reversed(periods[-4:-1]):
        page.get_by_role("button", name="Previous period").click()
        expect(page.locator(".s3geo-legend p").first).to_contain_text(period)
        table = class_table(ws, "gva_per_head", period, fixed=True)
        page.wait_for_function(
            f"fills => JSON.stringify(Object.entries(({FILLS})()).sort()) === fills",
            arg=json.dumps(sorted(table.rows["fill"].items()), separators=(",", ":")),
        )
        seen.add(tuple(label for _, label, _ in page.evaluate(LEGEND)))
    assert len(seen) == 1
    slider = page.get_by_role("slider", name="Period")
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator(".s3geo-legend p").first).to_contain_text(periods[0])
    page.get_by_role("button", name="Play the periods").click()
    for period in periods[1:4]:
        expect(page.locator(".s3geo-legend p").first).to_contain_text(period)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play the periods")).to_be_visible()

    still = open_visit(reduced_motion="reduce")
    still.go("?indicator=gva_per_head")
    expect(still.page.get_by_role("button", name="Next period")).to_be_visible()
    expect(still.page.get_by_role("button", name="Play the periods")).to_have_count(0)


def test_r24_the_truth_about_the_geography(visit: Visit, tmp_path: Path) -> None:
    page = visit.go(f"?region={HOTSW}")
    banner = page.locator(".st-key-today")
    expect(banner).to_contain_text("Government core funding of LEPs ended on 31 March 2024")
    expect(banner).to_contain_text("Devon and Torbay (combined authority); Plymouth; Somerset")
    expect(page.locator(".s3.source")).to_contain_text("Local Enterprise Partnerships, May 2021")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Figures as CSV").click()
    assert "_lep_2021-05_" in waiting.value.suggested_filename
    table = pd.read_csv(waiting.value.path())
    assert set(table["vintage"]) == {"2021-05"}
    banner.get_by_role("button", name="See Devon and Torbay").click()
    expect(visit.heading()).to_have_text("Devon and Torbay")
    expect(page).to_have_url(re.compile("geography=combined_authority"))
    expect(page.locator(".s3.source")).to_contain_text("May 2025")
    ws = open_workspace()
    shared = ws.overlaps("lep")
    assert len(shared) == 7
    short = {"D2N2": "Derby, ", "SEMLEP": "South East Midlands", "HotSW": "Heart of", "GBSLEP": "Greater Birmingham"}
    for text, name in short.items():
        assert ws.names()[ws.find(text)[0]].startswith(name)
    # a total is England's own, never the sum of regions that share districts
    row = ws.observations("active_enterprises_per_1k")
    assert row["numerator"].sum() > ws.observations("active_enterprises_per_1k", geography="lad")["numerator"].sum()


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1366, 768)])
def test_r25_light_and_on_a_phone(open_visit: Callable[..., Visit], width: int, height: int) -> None:
    visit = open_visit(width, height, has_touch=width < 400)
    sizes: dict[str, int] = {}

    def weigh(response) -> None:
        if "/s3geo/geometry/" in response.url:
            sizes[response.url] = int(response.headers.get("content-length", 0))

    visit.page.on("response", weigh)
    page = visit.go(f"?region={GM}")
    visit.settled()
    assert 0 < sum(sizes.values()) <= 200_000
    over = page.evaluate(
        "() => [document.documentElement, document.querySelector('.stMain')].map(e => e.scrollWidth - e.clientWidth)"
    )
    assert max(over) <= 0
    zoom = page.evaluate(ZOOM)
    x, y = page.evaluate(
        f"() => {{ const b = {CANVAS}.getBoundingClientRect(); return [b.x + b.width / 2, b.y + 60]; }}"
    )
    page.mouse.move(x, y)
    page.mouse.wheel(0, 300)
    page.wait_for_function("() => document.querySelector('.stMain').scrollTop > 50")
    assert page.evaluate(ZOOM) == zoom
    if width < 400:
        panel = page.locator("table.grid").bounding_box()
        box = page.evaluate(f"() => {CANVAS}.getBoundingClientRect().bottom")
        assert panel
        assert panel["y"] > box
        assert math.isclose(panel["width"], width, abs_tol=60)
        assert page.evaluate(f"() => getComputedStyle({CANVAS}).touchAction").endswith("pan-y")


def test_the_profile_in_the_panel_is_that_of_the_library(visit: Visit) -> None:
    page = visit.go(f"?region={GM}")
    for (actor, dimension), row in region_profile(open_workspace(), GM).headline().iterrows():
        expect(page.locator(f'td[data-cell="{actor}-{dimension}"]')).to_contain_text(row["short_label"])
