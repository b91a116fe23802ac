"""A picture of the map: our own renderer beside a warm headless browser, and folium's own way where it can run."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import folium
import pytest
from branca.colormap import ColorMap
from driving import FLAGS, Browser, expect
from find_chromium import find
from harness import OFFLINE, Report, shuffled, timed
from PIL import Image

from s3geo import app, choropleth, export, open_workspace
from s3geo.views import geometry
from s3geo.views.class_table import class_table
from s3geo.views.static_map import static_map
from s3geo.workspace import Workspace

TIMES = 20
WIDE, HIGH, SCALE = 800, 1000, 1.5  # 1,200 x 1,500 pixels, as 8 x 10 inches at 150 dpi
DELAY = 1  # seconds that `_to_png` sleeps, whatever the map
LEAFLET = Path(app.__file__).parent / "assets" / "leaflet"


def asked(ws: Workspace) -> list[tuple[str, str]]:
    """Return an indicator and a region for each picture, none twice, and one more to begin with."""
    indicators = shuffled([str(i) for i in ws.catalogue.index if "lep" in ws.geographies_of(str(i))])
    return list(zip((indicators * 2)[: TIMES + 1], shuffled(list(ws.layer().index)), strict=False))


def test_own_renderer_and_a_warm_browser(report: Report, browser: Browser, tmp_path: Path) -> None:
    """The same maps drawn, and saved as a page, opened and photographed as a server with a browser would, by turns."""
    ws = open_workspace()
    page = browser.new_page(viewport={"width": WIDE, "height": HIGH}, device_scale_factor=SCALE)

    def photograph(m: folium.Map) -> None:
        page.goto(export(m, tmp_path / "map.html").as_uri())
        expect(page.locator("path[data-code]")).to_have_count(38)
        page.screenshot()

    ours, theirs = [], []
    for indicator, region in asked(ws):
        table, m = class_table(ws, indicator), choropleth(ws, indicator, selected=[region])
        ours.append(timed(lambda table=table, region=region: static_map(ws, table, selected=[region])))
        theirs.append(timed(lambda m=m: photograph(m)))
    page.close()
    drawn = report.add("snapshot: static_map() PNG, 150 dpi (1,200 x 1,500)", ours[1:], budget=200)
    shot = report.add("snapshot: page written, warm Chromium, screenshot (1,200 x 1,500)", theirs[1:])
    times = shot.median / drawn.median
    report.add("snapshot: a warm browser as a multiple of ours", [times], "times", budget=3, at_least=True)


def plain(ws: Workspace, indicator: str) -> folium.Map:
    """Return folium's choropleth of our regions, without tiles, and without the legend, for which it fetches d3."""
    m = folium.Map(location=[52.85, -1.7], zoom_start=6, tiles=None)
    m.default_js = [("leaflet", (LEAFLET / "leaflet.js").as_uri())]
    m.default_css = [("leaflet_css", (LEAFLET / "leaflet.css").as_uri())]
    drawn = folium.Choropleth(
        geo_data=geometry.regions(ws).features,
        data=class_table(ws, indicator).rows["value"].astype(float),
        key_on="feature.id",
        fill_color="YlGnBu",
    )
    for name in [name for name, child in drawn._children.items() if isinstance(child, ColorMap)]:
        del drawn._children[name]
    return drawn.add_to(m)._parent


def driver() -> Any:
    """Start a Chromium under selenium."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = find() or ""
    for flag in (*FLAGS, OFFLINE, "--headless=new", f"--force-device-scale-factor={SCALE}"):
        options.add_argument(flag)
    return webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))


def spent(m: folium.Map, start: Callable[[], Any]) -> float:
    """Return how long folium takes for its picture without its sleep, in milliseconds."""
    pictures: list[bytes] = []
    took = timed(lambda: pictures.append(m._to_png(delay=DELAY, driver=start(), size=(WIDE, HIGH))))
    image = Image.open(io.BytesIO(pictures[0])).convert("RGB")
    assert image.size == (WIDE * SCALE, pytest.approx(HIGH * SCALE, abs=5))
    assert len(image.getcolors(1 << 24) or []) > 50  # it shows a map
    return took - 1000 * DELAY


def test_folium(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    """`folium.Map._to_png` quits the browser it is given; a warm one is one whose `quit` does nothing."""
    if find_spec("selenium") is None or shutil.which("chromedriver") is None:
        report.notes.append(
            "folium's _to_png was not measured: it needs selenium and chromedriver (chromium-driver in Debian)"
        )
        return
    ws = open_workspace()
    pairs = asked(ws)
    cold = [spent(plain(ws, i), driver) for i, _ in pairs[:6]]
    kept = driver()
    with monkeypatch.context() as patch:
        patch.setattr(kept, "quit", lambda: None)
        warm = [spent(plain(ws, i), lambda: kept) for i, _ in pairs]
        same = [spent(choropleth(ws, i, selected=[r]), lambda: kept) for i, r in pairs[:11]]
    kept.quit()
    what = "peer folium Map._to_png, new Map each time, its fixed sleep subtracted"
    report.add(f"{what}: folium.Choropleth, a browser started each time", cold[1:])
    report.add(f"{what}: folium.Choropleth, warm browser", warm[1:])
    report.add(f"{what}: our map, warm browser", same[1:])
