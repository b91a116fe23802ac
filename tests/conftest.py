"""Fixtures and report lines that every test module shares."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("S3GEO_SHARED", ROOT.parent / "shared"))
HAS_SHARED = (SHARED / "data" / "boundaries").is_dir()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what needs official files that are not here (the report header counts it), and what needs a network."""
    away = [item for item in items if item.get_closest_marker("official") and not HAS_SHARED]
    live = [item for item in items if item.get_closest_marker("live") and "live" not in (config.option.markexpr or "")]
    gone = {*away, *live}
    if gone:
        config.hook.pytest_deselected(items=sorted(gone, key=lambda item: item.nodeid))
        items[:] = [item for item in items if item not in gone]


def pytest_report_header() -> str:
    """Say which part of the evidence this run rests on."""
    if HAS_SHARED:
        return f"official data: {SHARED}; {official_tests()} tests compare with it"
    return (
        f"official data: not present; {official_tests()} tests against official files are NOT RUN "
        "(set S3GEO_SHARED to their folder)"
    )


def official_tests() -> int:
    """Count the test functions marked ``official``, by reading the files: workers collect, the header comes first."""
    count = 0
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        whole = any(isinstance(node, ast.Assign) and _is_official(node.value, node.targets) for node in tree.body)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                count += whole or any("mark.official" in ast.unparse(mark) for mark in node.decorator_list)
    return count


def _is_official(value: ast.expr, targets: list[ast.expr]) -> bool:
    return ast.unparse(targets[0]) == "pytestmark" and "mark.official" in ast.unparse(value)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with the official source files (only for tests marked ``official``)."""
    return SHARED / "data"


@pytest.fixture(scope="session")
def root() -> Path:
    """Top of the checkout."""
    return ROOT
