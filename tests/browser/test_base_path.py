"""Everything works under a base path, however the server is started."""

from __future__ import annotations

import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

import pytest
from driving import GM, Visit, free_port, start, stop
from playwright.sync_api import Browser, expect

BASE = "sub/x"
RUN = ["-m", "streamlit", "run", "{root}/streamlit_app.py", "--server.headless=true", "--server.address=127.0.0.1"]
WAYS = {
    "s3geo app": (["-m", "s3geo", "app", "--no-browser", "--port={port}"], {"STREAMLIT_SERVER_BASE_URL_PATH": BASE}),
    "streamlit run": ([*RUN, "--server.port={port}", f"--server.baseUrlPath={BASE}"], {}),
}


@pytest.fixture(scope="module", params=WAYS)
def below(request: pytest.FixtureRequest, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server that serves below a path."""
    args, env = WAYS[request.param]
    folder, port = tmp_path_factory.mktemp("below"), free_port()
    address = f"http://127.0.0.1:{port}/{BASE}"
    command = [sys.executable, *(arg.format(root=root, port=port) for arg in args)]
    process = start(command, folder / "log.txt", folder, f"{address}/_stcore/health", env)
    yield address
    stop(process)


def test_the_map_is_painted_and_answers_below_a_path(browser: Browser, below: str) -> None:
    with urllib.request.urlopen(f"{below}/s3geo/health", timeout=5) as answer:
        assert answer.read() == b'{"status":"ok"}'
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    visit = Visit(context.new_page(), below)
    asked: list[str] = []
    failed: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    visit.page.on("requestfailed", lambda request: failed.append(request.url))
    visit.page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)

    page = visit.go()
    visit.click(GM)
    expect(visit.heading()).to_have_text("Greater Manchester")
    expect(page.locator("table.grid td[data-cell]")).to_have_count(9)
    assert urlparse(page.url).path == f"/{BASE}/"
    page.get_by_role("link", name="Data", exact=True).click()
    expect(visit.heading()).to_have_text("Data")
    assert urlparse(page.url).path == f"/{BASE}/data"
    visit.settled()
    beside = [url for url in asked if not urlparse(url).path.startswith(f"/{BASE}/")]
    assert [url for url in beside if not url.startswith("blob:")] == []  # a script that the page itself has made
    assert (visit.away, failed, visit.errors) == ([], [], [])

    page.reload()
    expect(visit.heading()).to_have_text("Data")
    visit.settled()
    # on a page below the base, Streamlit first looks for its server there, then one level up
    assert [url for url in failed if not url.startswith(f"{below}/data/_stcore/")] == []
    assert visit.away == []
    context.close()
