"""Start a server, drive a Chromium: what the browser tests, the packaging tests and the benchmarks share."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlparse

import pytest
from find_chromium import ADVICE, find
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

LOCAL = {"127.0.0.1", "localhost"}
# Chromium heeds the last list of features alone: Playwright's own, and windows of its menus, a process for each page.
UNUSED = [
    *("AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose"),
    *("HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay", "MediaRouter", "OptimizationHints"),
    *("PaintHolding", "PreconnectToSearch", "ThirdPartyStoragePartitioning"),
    *("WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "WebUIOmniboxPopup"),
]
FLAGS = [
    f"--disable-features={','.join(UNUSED)}",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-gpu",
]
GM, HOTSW, LONDON = "E37000015", "E37000016", "E37000051"


def start(
    args: list[str], log: Path, cwd: Path, health: str, env: dict[str, str] | None = None, *, inherit: bool = True
) -> subprocess.Popen[bytes]:
    """Start a server and wait until it answers; without `inherit`, `env` is all of its environment."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            args,
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd=cwd,
            env={**(os.environ if inherit else {}), **(env or {})},
        )
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(health, timeout=2) as answer:
                if answer.status == 200:
                    return process
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.05)
    process.kill()
    raise RuntimeError(f"the server did not answer at {health}:\n{log.read_text()}")


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(timeout=20)


@contextmanager
def _driver() -> Iterator[Playwright]:
    """Start Playwright, which a process can have once; whoever started it stops it."""
    if _running:
        yield _running[0]
        return
    with sync_playwright() as playwright:
        _running.append(playwright)
        try:
            yield playwright
        finally:
            _running.clear()


_running: list[Playwright] = []


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """Launch the Chromium at hand."""
    executable = find()
    if executable is None:
        pytest.fail(ADVICE, pytrace=False)
    with _driver() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=[*FLAGS, *flags])
        try:
            yield launched
        finally:
            launched.close()


class Visit:
    """A page whose requests to other machines are recorded; Chromium finds none of them (`FLAGS`)."""

    def __init__(self, page: Page, server: str) -> None:
        self.page, self.server = page, server
        self.away: list[str] = []
        self.errors: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._asked)

    def _heard(self, message) -> None:
        # On a page below the root, Streamlit's front end first asks there for its server, then at the root.
        if message.type == "error" and "/_stcore/" not in message.location.get("url", ""):
            self.errors.append(message.text)

    def _asked(self, request) -> None:
        if urlparse(request.url).hostname not in LOCAL and not request.url.startswith(("data:", "blob:")):
            self.away.append(request.url)

    def go(self, query: str = "", n: int = 38) -> Page:
        """Open Explore and wait until all regions are painted."""
        self.page.goto(f"{self.server}/{query}")
        expect(self.regions()).to_have_count(n)
        return self.page

    def regions(self):
        return self.page.locator("path.leaflet-interactive[data-code]")

    def region(self, code: str):
        return self.page.locator(f'path[data-code="{code}"]')

    def heading(self):
        return self.page.locator(".s3 h2").first

    def click(self, code: str) -> None:
        """Click a region at a point that surely lies in it, once the map rests."""
        self.page.evaluate(AT_REST, code)
        x, y = self.page.evaluate(POINT_INSIDE, code)
        self.page.mouse.click(x, y)

    def open_popover(self, label: str) -> None:
        """Open the popover of a button ("Classes", "Layers") unless it is open; one that is closing is opened again."""
        button = self.page.get_by_role("button", name=re.compile(rf"^{label}"))
        for patience in (5_000, 5_000, 15_000):
            if button.get_attribute("aria-expanded") != "true":
                button.click()
            try:
                expect(button).to_have_attribute("aria-expanded", "true", timeout=patience)
            except AssertionError:
                if patience == 15_000:
                    raise
            else:
                return

    def fills(self) -> dict[str, str]:
        return self.page.evaluate(FILLS)

    def settled(self) -> None:
        """Wait until the script has run and nothing is pending."""
        self.page.wait_for_function("() => document.querySelector('.stApp')?.dataset.testScriptState === 'notRunning'")


ROOTS = "[...document.querySelectorAll('*')].map(e => e.shadowRoot).filter(Boolean)"
FILLS = f"""() => Object.fromEntries({ROOTS}
  .flatMap(r => [...r.querySelectorAll('path.leaflet-interactive[data-code]')])
  .map(p => [p.dataset.code, p.getAttribute('fill')]))"""
# until a region has stood still for ten frames: the map fits itself again when its legend or the page grows
AT_REST = f"""async code => {{
  let [last, still] = ['', 0];
  for (let frame = 0; frame < 900 && still < 10; frame++) {{
    await new Promise(requestAnimationFrame);
    const path = [document, ...{ROOTS}].map(r => r.querySelector(`path[data-code="${{code}}"]`)).find(Boolean);
    const {{ x, y, width }} = path?.getBoundingClientRect() ?? {{}};
    const now = `${{x}} ${{y}} ${{width}}`;
    still = path && now === last ? still + 1 : 0;
    last = now;
  }}
}}"""
# a point of a grid that lies in the region and in no overlap
POINT_INSIDE = f"""code => {{
  const root = {ROOTS}.find(r => r.querySelector(`path[data-code="${{code}}"]`));
  const path = root.querySelector(`path[data-code="${{code}}"]`);
  const covers = [...root.querySelectorAll('.leaflet-overlaps-pane path')];
  const box = path.getBoundingClientRect();
  const hit = (p, x, y) => {{
    const at = p.ownerSVGElement.createSVGPoint();
    at.x = x; at.y = y;
    return p.isPointInFill(at.matrixTransform(p.getScreenCTM().inverse()));
  }};
  const found = [];
  for (let i = 1; i < 24; i++) for (let j = 1; j < 24; j++) {{
    const x = box.left + box.width * i / 24, y = box.top + box.height * j / 24;
    const near = [[0, 0], [3, 0], [-3, 0], [0, 3], [0, -3]];
    if (near.every(([a, b]) => hit(path, x + a, y + b)) && !covers.some(c => hit(c, x, y))) found.push([x, y]);
  }}
  const cx = box.left + box.width / 2, cy = box.top + box.height / 2;
  found.sort((a, b) => Math.hypot(a[0] - cx, a[1] - cy) - Math.hypot(b[0] - cx, b[1] - cy));
  return found.find(([x, y]) => root.elementFromPoint(x, y) === path);
}}"""
