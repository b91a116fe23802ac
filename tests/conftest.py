"""Fixtures and report lines that every test module shares."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("S3GEO_SHARED", ROOT.parent / "shared"))
HAS_SHARED = (SHARED / "data" / "boundaries").is_dir()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what needs official files that are not here, and count it for the report header."""
    away = [item for item in items if item.get_closest_marker("official") and not HAS_SHARED]
    live = [item for item in items if item.get_closest_marker("live") and "live" not in (config.option.markexpr or "")]
    config.stash[OFFICIAL_NOT_RUN] = len(away)
    gone = {*away, *live}
    if gone:
        config.hook.pytest_deselected(items=sorted(gone, key=lambda item: item.nodeid))
        items[:] = [item for item in items if item not in gone]


OFFICIAL_NOT_RUN: pytest.StashKey[int] = pytest.StashKey()


def pytest_report_collectionfinish(config: pytest.Config) -> str:
    """Say which part of the evidence this run rests on."""
    if HAS_SHARED:
        return f"official data: {SHARED} (tests against official files run)"
    missing = config.stash.get(OFFICIAL_NOT_RUN, 0)
    return f"official data: not present; {missing} tests against official files NOT RUN (set S3GEO_SHARED to run them)"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with the official source files (only for tests marked ``official``)."""
    return SHARED / "data"


@pytest.fixture(scope="session")
def root() -> Path:
    """Top of the checkout."""
    return ROOT
