"""A picture of the map: our own renderer beside a warm headless browser, and folium's own way where it can run."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from driving import Browser, expect
from harness import Report, timed

from s3geo import choropleth, export, open_workspace
from s3geo.views.class_table import class_table
from s3geo.views.static_map import static_map

INDICATOR = "he_ip_income_per_1m_research"
TIMES = 20


def test_own_renderer(report: Report) -> None:
    ws = open_workspace()
    table = class_table(ws, INDICATOR)
    static_map(ws, table)
    times = [timed(lambda: static_map(ws, table, selected=["E37000015"])) for _ in range(TIMES)]
    report.add("snapshot: static_map() PNG, 150 dpi (1,200 x 1,500)", times, budget=200)


def test_a_warm_browser(report: Report, browser: Browser, tmp_path: Path) -> None:
    """The same map saved as a page, opened and photographed: what a server with a browser would do each time."""
    ws = open_workspace()
    m = choropleth(ws, INDICATOR, selected=["E37000015"])
    page = browser.new_page(viewport={"width": 800, "height": 1000}, device_scale_factor=1.5)

    def photograph() -> None:
        page.goto(export(m, tmp_path / "map.html").as_uri())
        expect(page.locator("path[data-code]")).to_have_count(38)
        page.screenshot()

    photograph()
    report.add(
        "snapshot: page written, warm Chromium, screenshot (1,200 x 1,500)", [timed(photograph) for _ in range(TIMES)]
    )
    page.close()


def test_folium(report: Report) -> None:
    """`folium.Map._to_png` drives a browser through selenium, which is not among what s3geo installs."""
    if importlib.util.find_spec("selenium") is None:
        report.notes.append("snapshot: folium's _to_png was not measured: selenium is not installed")
        return
    m = choropleth(open_workspace(), INDICATOR)
    report.add("snapshot: folium's _to_png", [timed(lambda: m._to_png(delay=1)) for _ in range(3)])
