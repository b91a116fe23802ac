"""One report for the whole run, printed at its end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from driving import Browser, chromium, expect
from harness import OFFLINE, Report, load

collect_ignore = ["peers"]  # scripts for Streamlit, not tests
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def report() -> Iterator[Report]:
    made = Report()
    busy = load()
    yield made
    print(f"\n\n{made}\n{busy}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium(OFFLINE) as launched:
        yield launched
