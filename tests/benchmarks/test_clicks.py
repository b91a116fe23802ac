"""What a visitor waits for, measured inside a real Chromium on the machine that also serves."""

from __future__ import annotations

import gzip
import importlib.util
import shutil
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
from driving import FILLS, POINT_INSIDE, Browser, Page, Visit, expect
from harness import STOPWATCH, VIEWPORT, Report, Row, Traffic, measure, resident_mb, serving, shuffled

from s3geo import open_workspace
from s3geo.app.static import ASSETS
from s3geo.views.geometry import regions

PEERS = Path(__file__).with_name("peers")
PAINTED = """
const look = () => {
  const roots = [...document.querySelectorAll('*')].map(e => e.shadowRoot).filter(Boolean);
  const n = roots.reduce((n, r) => n + r.querySelectorAll('path.leaflet-interactive[data-code]').length, 0);
  if (n === 38) window.painted = performance.now(); else requestAnimationFrame(look);
};
if (window === window.top) requestAnimationFrame(look);
"""
# the largest contentful paint so far: Chromium moves it on with each larger text or picture, not with paths of SVG
LARGEST = """
new PerformanceObserver(list => {
  window.largest = list.getEntries().at(-1).startTime;
}).observe({ type: 'largest-contentful-paint', buffered: true });
"""
# the new heading, the nine cells, and that they are not those of the region before
PROFILE = """(name, before) => {
  const cells = [...document.querySelectorAll('table.grid td[data-cell]')].map(e => e.textContent);
  if (before === undefined) return cells.join('|');
  return document.querySelector('.s3 h2')?.textContent === name && cells.length === 9 && cells.join('|') !== before;
}"""
RECOLOURED = f"""(_, before) => {{
  const fills = JSON.stringify(({FILLS})());
  return before === undefined ? fills : fills !== before && fills.length > 38;
}}"""
HEADING = """(selector, before) => {
  const text = document.querySelector(selector)?.textContent ?? '';
  return before === undefined ? text : text !== before && text !== '';
}"""
# in the frame of folium's map: for each path a point that surely lies in it
POINTS = """() => [...document.querySelectorAll('path.leaflet-interactive')].map(path => {
  const box = path.getBoundingClientRect(), at = path.ownerSVGElement.createSVGPoint(), found = [];
  for (let i = 1; i < 24; i++) for (let j = 1; j < 24; j++) {
    at.x = box.left + box.width * i / 24; at.y = box.top + box.height * j / 24;
    const local = at.matrixTransform(path.getScreenCTM().inverse());
    if (path.isPointInFill(local) && document.elementFromPoint(at.x, at.y) === path) found.push([at.x, at.y]);
  }
  return found[Math.floor(found.length / 2)];
}).filter(Boolean)"""


@contextmanager
def page_of(browser: Browser, *scripts: str) -> Iterator[Page]:
    context = browser.new_context(viewport=VIEWPORT)
    for script in scripts:
        context.add_init_script(script)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    folder = tmp_path_factory.mktemp("app")
    with serving(["s3geo", "app", "--no-browser", "--port={port}"], folder, "s3geo/health") as served:
        yield served


@contextmanager
def plain(browser: Browser, address: str, *scripts: str) -> Iterator[Visit]:
    """Make a visit without the request gate of the tests, which would slow it; Chromium resolves no other host."""
    with page_of(browser, *scripts) as page:
        visit = Visit(page, address)
        page.unroute_all()
        yield visit


def test_first_map(report: Report, browser: Browser, app: tuple[str, int]) -> None:
    address, _ = app
    with plain(browser, address, PAINTED) as visit:
        visit.page.goto(address)
        visit.page.wait_for_function("() => window.painted !== undefined")
        first = visit.page.evaluate("() => window.painted")
        visit.settled()
    report.add("first map painted, first visitor right after the start", [first])
    fresh, again, largest, sizes, layers = [], [], {"empty": [], "warm": []}, [], []
    for _ in range(10):
        with plain(browser, address, PAINTED, LARGEST) as visit:
            traffic = Traffic(visit.page)
            visit.page.on("response", lambda r: layers.append(r.url) if r.url.endswith(".geojson") else None)
            for times, cache in ((fresh, "empty"), (again, "warm")):
                visit.page.goto(address)
                visit.page.wait_for_function("() => window.painted !== undefined")
                times.append(visit.page.evaluate("() => window.painted"))
                visit.settled()
                visit.page.wait_for_function("() => window.largest !== undefined")
                largest[cache].append(visit.page.evaluate("() => window.largest"))
                sizes.append(traffic.take())
    report.add("first map painted, empty browser cache", fresh, budget=3000)
    report.add("first map painted, warm browser cache", again)
    for cache, times in largest.items():
        report.add(f"largest contentful paint, {cache} browser cache", times)
    cold = sizes[::2]
    report.add("first load: HTTP", [s[0] / 1000 for s in cold], "kB")
    report.add("first load: HTTP, of which s3geo's own", [s[1] / 1000 for s in cold], "kB")
    report.add("first load: WebSocket received", [s[2] / 1000 for s in cold], "kB")
    report.add("second load: HTTP", [s[0] / 1000 for s in sizes[1::2]], "kB")
    packed = sum(_packed(url) for url in set(layers))
    report.add("map layers (regions, overlaps, land), gzipped", [packed / 1000], "kB", budget=200)


def _packed(url: str) -> int:
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        body = answer.read()
    assert gzip.decompress(body)
    return len(body)


def test_clicks(report: Report, browser: Browser, app: tuple[str, int]) -> None:
    address, process = app
    names = open_workspace().names("lep")
    with plain(browser, address, STOPWATCH) as visit:
        visit.go()
        visit.settled()
        page, traffic = visit.page, Traffic(visit.page)
        points = {code: page.evaluate(POINT_INSIDE, code) for code in shuffled(list(names.index))}
        times, received, sent, fetched = [], [], [], []
        for code, (x, y) in [*points.items(), *points.items()]:
            visit.settled()
            traffic.take()
            times.append(measure(page, lambda x=x, y=y: page.mouse.click(x, y), PROFILE, names[code]))
            visit.settled()
            for kept, n in zip((fetched, [], received, sent), traffic.take(), strict=True):
                kept.append(n / 1000)
        n = len(points)
        report.add("click on a region to its profile, first of each", times[1:n], budget=150, budget_p95=300)
        report.add("click on a region to its profile, again", times[n:], budget=150, budget_p95=300)
        report.add("a click: WebSocket received", received[1:], "kB")
        report.add("a click: WebSocket sent", sent[1:], "kB")
        report.add("a click: HTTP", fetched[1:], "kB")
        _change_indicators(report, visit, traffic)
    report.add("server: resident memory after all this", [resident_mb(process)], "MB")


def _change_indicators(report: Report, visit: Visit, traffic: Traffic) -> None:
    page = visit.page
    times, received = [], []
    for _ in range(32):
        box = page.get_by_role("combobox", name="Indicator")
        box.click()
        expect(page.get_by_role("option").first).to_be_visible()
        page.keyboard.press("ArrowDown")
        traffic.take()
        times.append(measure(page, lambda: page.keyboard.press("Enter"), RECOLOURED))
        visit.settled()
        received.append(traffic.take()[2] / 1000)
    report.add("change of indicator to new fills, first visit of each", times[1:], budget=250)
    report.add("a change of indicator: WebSocket received", received[1:], "kB")


def test_empty_rerun(report: Report, browser: Browser, tmp_path: Path) -> None:
    shutil.copy(PEERS / "empty.py", tmp_path)
    with serving(_run("empty.py"), tmp_path) as (address, _), page_of(browser, STOPWATCH) as page:
        page.goto(address)
        button = page.get_by_role("button", name="Again")
        times = []
        for n in range(32):
            expect(page.locator("h2.count")).to_have_text(str(n))
            times.append(measure(page, button.click, HEADING, "h2.count"))
    empty = report.add("peer: a button in an empty Streamlit script", times[1:])
    mine = next((row for row in report.rows if row.what.startswith("click on a region")), None)
    if mine:
        report.add("our click as a multiple of an empty rerun", [mine.median / empty.median], "times", budget=2)


FILLS_OF = {
    "iframe": """[...(document.querySelector('iframe')?.contentDocument?.querySelectorAll('path.leaflet-interactive')
      ?? [])].map(p => p.getAttribute('fill'))""",
    # two skewed indicators can have the same fills: the words of the legend tell them apart
    "svg": """[...[...document.querySelectorAll('.mark-shape path')].map(p => p.getAttribute('fill')),
      ...[...document.querySelectorAll('svg.marks .role-legend text')].map(t => t.textContent)]""",
}
MOST_DRAWN = 37  # altair leaves out the region without a figure
PEER_RECOLOURED = """(_, before) => {
  const fills = %s;
  return before === undefined ? fills.join() : fills.length >= 20 && fills.join() !== before;
}"""


def test_plain_st_folium_at_full_precision(report: Report, browser: Browser, tmp_path: Path) -> None:
    _st_folium(report, browser, tmp_path, "st_folium, full precision", _full_precision(), times=5)


def test_plain_st_folium_simplified(report: Report, browser: Browser, tmp_path: Path) -> None:
    _st_folium(report, browser, tmp_path, "st_folium, our geometry", regions(open_workspace()).body, times=3)


def _st_folium(report: Report, browser: Browser, folder: Path, peer: str, layer: bytes, *, times: int) -> None:
    if importlib.util.find_spec("streamlit_folium") is None:
        report.notes.append(f"peer {peer}: not installed (pip install 's3geo[bench]')")
        return
    _peer_files(folder, "plain_folium.py", layer)
    shutil.copytree(ASSETS / "leaflet", folder / "static")
    served = serving([*_run("plain_folium.py"), "--server.enableStaticServing=true"], folder)
    with served as (address, process), page_of(browser, STOPWATCH) as page:
        traffic = Traffic(page)
        page.goto(address)
        expect(page.frame_locator("iframe").first.locator("path.leaflet-interactive")).to_have_count(38)
        _idle(page)
        report.add(f"peer {peer}: first load, WebSocket received", [traffic.take()[2] / 1000], "kB")
        inside = page.query_selector("iframe").content_frame()  # type: ignore[union-attr]
        corner = page.locator("iframe").first.bounding_box()
        assert inside
        assert corner
        points = [(corner["x"] + x, corner["y"] + y) for x, y in inside.evaluate(POINTS)]
        _clicks_of(report, page, traffic, peer, points, times)
        _changes_of(report, page, peer, "iframe", times)
        report.add(f"peer {peer}: server's resident memory", [resident_mb(process)], "MB")


def test_plain_altair(report: Report, browser: Browser, tmp_path: Path) -> None:
    peer = "altair geoshape, our geometry"
    _peer_files(tmp_path, "plain_altair.py", regions(open_workspace()).body)
    with serving(_run("plain_altair.py"), tmp_path) as (address, _), page_of(browser, STOPWATCH) as page:
        traffic = Traffic(page)
        page.goto(address)
        page.wait_for_function(f"n => ({FILLS_OF['svg']}).length >= n", arg=MOST_DRAWN)
        _idle(page)
        points = page.evaluate(POINTS.replace("path.leaflet-interactive", ".mark-shape path"))
        _clicks_of(report, page, traffic, peer, points, 1)
        _changes_of(report, page, peer, "svg", 1)


def _peer_files(folder: Path, script: str, layer: bytes) -> None:
    """Lay out what a peer reads: its script, the layer, and the figures of all indicators of LEPs."""
    ws = open_workspace()
    shutil.copy(PEERS / script, folder)
    (folder / "regions.geojson").write_bytes(layer)
    values = pd.DataFrame({i: ws.values(str(i)) for i in ws.catalogue.index if "lep" in ws.geographies_of(str(i))})
    values.rename_axis("code").to_csv(folder / "values.csv")


def _full_precision() -> bytes:
    """Return our layer with every vertex and every decimal it has."""
    return str(open_workspace().layer("lep").to_crs("EPSG:4326")[["name", "geometry"]].to_json()).encode()


def _clicks_of(report: Report, page: Page, traffic: Traffic, peer: str, points: list, times: int) -> None:
    took, received = [], []
    for x, y in points:
        _idle(page)
        traffic.take()
        took.append(measure(page, lambda at=(x, y): page.mouse.click(*at), HEADING, ".s3 h2"))
        _idle(page)
        received.append(traffic.take()[2] / 1000)
    row = report.add(f"peer {peer}: click on a region to its heading", took[1:])
    report.add(f"peer {peer}: a click, WebSocket received", received[1:], "kB")
    _against(report, f"{peer}: click", row, "click on a region", times)


def _changes_of(report: Report, page: Page, peer: str, where: str, times: int) -> None:
    took = []
    for _ in range(32):
        _idle(page)
        page.get_by_role("combobox", name="Indicator").click()
        expect(page.get_by_role("option").first).to_be_visible()
        page.keyboard.press("ArrowDown")
        took.append(
            measure(page, lambda: page.keyboard.press("Enter"), PEER_RECOLOURED % FILLS_OF[where]),
        )
    row = report.add(f"peer {peer}: change of indicator to new fills", took[1:])
    _against(report, f"{peer}: change of indicator", row, "change of indicator", times)


def _against(report: Report, what: str, peer: Row, ours: str, times: int) -> None:
    mine = next((row for row in report.rows if row.what.startswith(ours)), None)
    if mine:
        ratio = [peer.median / mine.median]
        report.add(f"{what} as a multiple of ours", ratio, "times", budget=times, at_least=True)


def _run(script: str) -> list[str]:
    options = ("headless=true", "address=127.0.0.1", "port={port}", "fileWatcherType=none")
    return ["streamlit", "run", script, "--browser.gatherUsageStats=false", *(f"--server.{o}" for o in options)]


def _idle(page: Page) -> None:
    page.wait_for_function("() => document.querySelector('.stApp')?.dataset.testScriptState === 'notRunning'")
