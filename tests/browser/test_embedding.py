"""A page of another server frames s3geo: what is left there, what it says, and where it leads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from axe_playwright_python.sync_playwright import Axe
from driving import GM, LONDON, Visit
from playwright.sync_api import Page, expect

CONTROLS = (  # Streamlit keeps a header without height in a frame
    ".stAppHeader, .stSidebar, .stSelectbox, .stMultiSelect, .stTextInput, .stSlider, .stCheckbox, .stButton, "
    ".stDownloadButton, .stPopover, .stButtonGroup, .stFileUploader, .stPageLink, .s3link"
)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder that another server shows, and its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield tmp_path, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_code_frames_the_map_on_a_page_of_another_server(visit: Visit, elsewhere: tuple[Path, str]) -> None:
    folder, address = elsewhere
    page = visit.go(f"?indicator=gva_per_head&region={GM}")
    visit.settled()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Embed code").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    code = page.evaluate("() => navigator.clipboard.readText()")
    assert 'title="s3geo: Gross value added per resident' in code
    assert 'loading="lazy"' in code
    (folder / "index.html").write_text(
        f'<!DOCTYPE html><html lang="en"><title>Ours</title><link rel="icon" href="data:,"><h1>Ours</h1>{code}', "utf-8"
    )
    page.goto(address)
    frame = page.frame_locator("iframe")
    expect(frame.locator("path.leaflet-interactive[data-code]")).to_have_count(38)
    expect(frame.locator(".lead")).to_contain_text("Greater Manchester: £34,033 per resident")
    expect(frame.locator(".s3geo-legend")).to_contain_text("Gross value added per resident")
    expect(frame.locator(".s3.source").first).to_contain_text("Open Government Licence v.3.0")
    expect(frame.locator(CONTROLS).locator("visible=true")).to_have_count(0)

    frame.locator(f'path[data-code="{LONDON}"]').focus()
    page.keyboard.press("Enter")  # a choice is answered in the frame, whose address goes on being that of a frame
    expect(frame.locator(".lead")).to_contain_text("London: ")
    (inner,) = page.frames[1:]
    inner.wait_for_function(f"() => location.search.includes('region={LONDON}')")
    assert parse_qs(urlparse(inner.url).query)["embed"] == ["true"]
    link = frame.get_by_role("link", name="Open the full view in s3geo")
    whole = parse_qs(urlparse(link.get_attribute("href") or "").query)
    assert whole == {"indicator": ["gva_per_head"], "region": [LONDON]}
    with page.context.expect_page() as opened:
        link.click()
    expect(opened.value.locator(".stAppHeader")).to_be_visible()
    expect(opened.value.locator(".s3 h2").first).to_have_text("London")
    assert visit.errors == []


FRAMED = {
    f"compare?compare={GM},{LONDON}": ("tr[data-code], table tbody tr", "Areas of England side by side"),
    "compare": (".s3map.small", "Areas of England side by side"),
    f"index?region={GM}": ("table.index tbody tr", "ranked"),
    f"partners?region={GM}": ("ol.cards > li", "Partners"),
    f"partners?who=organisations&region={GM}": ("table.sortable tbody tr", "Partners"),
    "data": (".files details", "Data"),
    "your-data": ("h2", "Your data"),
}


@pytest.mark.parametrize("path", FRAMED)
def test_every_page_stands_in_a_frame_without_its_controls(visit: Visit, path: str) -> None:
    page, (picture, heading) = visit.page, FRAMED[path]
    answer = page.goto(f"{visit.server}/{path}{'&' if '?' in path else '?'}embed=true")
    assert answer
    assert not {"x-frame-options", "content-security-policy"} & set(answer.headers)  # as docs/embedding.md says
    expect(page.locator(".s3 h2").first).to_contain_text(heading)
    expect(page.locator(picture).first).to_be_visible()
    visit.settled()
    expect(page.locator(CONTROLS).locator("visible=true")).to_have_count(0)
    if path != "your-data":
        expect(page.locator(".s3.source").last).to_contain_text("Open Government Licence v.3.0")
    assert_full_view(page, path)
    if path in ("compare", f"partners?region={GM}"):
        assert Axe().run(page).response["violations"] == []


def assert_full_view(page: Page, path: str) -> None:
    """The link leads to the same page, whole."""
    whole = urlparse(page.get_by_role("link", name="Open the full view in s3geo").get_attribute("href") or "")
    assert whole.path == f"/{path.partition('?')[0]}"
    assert parse_qs(whole.query).items() >= parse_qs(urlparse(path).query).items()
    assert "embed" not in whole.query
