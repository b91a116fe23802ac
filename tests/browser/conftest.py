"""A real server and a real Chromium that cannot leave this machine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from driving import GM, HOTSW, LONDON, ROOTS, Visit, chromium, free_port, start, stop
from playwright.sync_api import Browser, BrowserContext, expect

__all__ = ["GM", "HOTSW", "LONDON", "ROOTS", "Visit"]

expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the app, served as ``s3geo app`` serves it."""
    folder = tmp_path_factory.mktemp("server")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    args = [sys.executable, "-m", "s3geo", "app", "--port", str(port), "--no-browser"]
    process = start(args, folder / "log.txt", folder, f"{address}/s3geo/health")
    yield address
    stop(process)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> dict[str, list[BrowserContext]]:
    """Browser contexts that wait to be lent again, by their options: they have loaded Streamlit's scripts already."""
    return {}


@pytest.fixture
def open_visit(
    browser: Browser, server: str, contexts: dict[str, list[BrowserContext]]
) -> Iterator[Callable[..., Visit]]:
    """Make visits, each alone in its context, which holds nothing of the one before but files that never change.

    Keyword arguments go to the browser context.
    """
    lent: list[tuple[str, BrowserContext]] = []

    def make(width: int = 1366, height: int = 768, **options) -> Visit:
        options["viewport"] = {"width": width, "height": height}
        kind = repr(sorted(options.items()))
        waiting = contexts.setdefault(kind, [])
        context = waiting.pop() if waiting else browser.new_context(**options)
        lent.append((kind, context))
        return Visit(context.new_page(), server)

    yield make
    for kind, context in lent:
        for page in context.pages:
            page.evaluate("() => { if (location.protocol === 'http:') { localStorage.clear(); } }")
            page.close()
        context.clear_cookies()
        context.clear_permissions()
        contexts[kind].append(context)


@pytest.fixture
def visit(open_visit: Callable[..., Visit]) -> Visit:
    """One visit at 1366 x 768."""
    return open_visit()
