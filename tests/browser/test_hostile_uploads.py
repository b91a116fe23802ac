"""The worst files of the corpus, uploaded one after another: each is refused in words, and the app goes on serving."""

from __future__ import annotations

import sys
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect

from conftest import Visit

TABLES = ["xlsx_bomb_that_lies_about_its_size", "xlsx_billion_laughs", "parquet_of_one_long_text_many_times"]
LAYERS = ["geopackage_with_an_endless_view", "geojson_with_a_tangle", "layer_that_climbs_out"]


@pytest.fixture
def corpus(root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(root / "tests" / "hostile")
    import corpus

    yield corpus
    sys.modules.pop("corpus")


def test_the_worst_files_are_refused_and_the_app_goes_on(visit: Visit, corpus, server: str, tmp_path: Path) -> None:
    page = visit.page
    page.goto(f"{server}/your-data")
    expect(page.get_by_role("heading", name="Your data")).to_be_visible()
    for tab, at, makers, names in (
        ("A table of figures", 0, corpus.TABLES, TABLES),
        ("Boundaries", 1, corpus.LAYERS, LAYERS),
    ):
        page.get_by_role("tab", name=tab).click()
        for name in names:
            (tmp_path / name).mkdir()
            path = makers[name].make(tmp_path / name)
            if path.stat().st_size > 4_000_000:
                pytest.fail(f"{name} is too large to upload again and again")
            page.locator('input[type="file"]').nth(at).set_input_files(path)
            alert = page.get_by_test_id("stAlert").filter(visible=True)
            expect(alert).to_have_count(1)
            expect(alert).to_contain_text(path.name)
            expect(page.get_by_test_id("stException")).to_have_count(0)
    with urllib.request.urlopen(f"{server}/s3geo/health", timeout=10) as answer:
        assert answer.status == 200
    visit.go()
    assert visit.away == []
    assert visit.errors == []
