"""What is downloaded in the browser opens, and holds what the screen shows."""

from __future__ import annotations

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import expect
from pypdf import PdfReader

from conftest import GM, Visit
from s3geo import open_workspace

INDICATOR = "gva_per_head"
SVG = "{http://www.w3.org/2000/svg}"


def download(visit: Visit, button: str, folder: Path) -> Path:
    with visit.page.expect_download() as info:
        visit.page.get_by_role("button", name=button).click()
    path = folder / info.value.suggested_filename
    info.value.save_as(path)
    return path


@pytest.fixture
def shown(visit: Visit) -> Visit:
    visit.go(f"?indicator={INDICATOR}&region={GM}")
    expect(visit.heading()).to_have_text("Greater Manchester")
    visit.settled()
    return visit


def svg_fills(text: bytes) -> dict[str, str]:
    """Fill of each region's path in an SVG of the static renderer."""
    found = {}
    for group in ElementTree.fromstring(text).iter(f"{SVG}g"):
        if re.fullmatch(r"E\d{8}", group.get("id", "")):
            path = group.find(f"{SVG}path")
            fill = re.search(r"fill: ([^;]+)", path.get("style", "")) if path is not None else None
            found[group.get("id")] = fill.group(1) if fill else None
    return found


def test_svg_has_the_fills_of_the_screen(shown: Visit, tmp_path: Path) -> None:
    path = download(shown, "Map as SVG", tmp_path)
    assert path.name == f"s3geo_{INDICATOR}_lep_2021-05_2023.svg"
    assert svg_fills(path.read_bytes()) == shown.fills()
    words = path.read_text("utf-8")
    for text in ("Open Government Licence", "Greater Manchester", "Crown copyright", "Royal Mail", "May 2021"):
        assert text in words


def test_png_opens_at_its_size(shown: Visit, tmp_path: Path) -> None:
    image = Image.open(download(shown, "Map as PNG", tmp_path))
    image.load()
    assert image.size == (1200, 1500)
    assert len(image.convert("RGB").getcolors(1 << 24)) > 50


def test_pdf_is_one_page_with_selectable_attribution(shown: Visit, tmp_path: Path) -> None:
    reader = PdfReader(download(shown, "Map as PDF", tmp_path))
    assert len(reader.pages) == 1
    text = re.sub(r"\s+", " ", reader.pages[0].extract_text())
    for words in (
        "Open Government Licence v",
        "Contains OS data © Crown copyright and database right",
        "Greater Manchester",
    ):
        assert words in text


def test_csv_holds_the_figures_of_the_screen(shown: Visit, tmp_path: Path) -> None:
    path = download(shown, "Figures as CSV", tmp_path)
    table = pd.read_csv(io.BytesIO(path.read_bytes()), encoding="utf-8-sig").set_index("code")
    ws = open_workspace()
    expected = ws.values(INDICATOR)
    pd.testing.assert_series_equal(table.loc[expected.index, "value"], expected, check_names=False)
    assert table.at["E92000001", "value"] == ws.england(INDICATOR)
    assert table.loc[expected.index, "rank"].min() == 1
    assert set(table["licence"]) == {ws.catalogue.at[INDICATOR, "licence"]}


def test_downloads_do_not_rerun_the_page_and_work_twice(shown: Visit, tmp_path: Path) -> None:
    shown.page.evaluate(
        """() => {
            const app = document.querySelector('.stApp');
            window.runs = 0;
            new MutationObserver(() => { if (app.dataset.testScriptState === 'running') window.runs += 1; })
                .observe(app, {attributes: true});
        }"""
    )
    first, second = (download(shown, "Figures as CSV", tmp_path).read_text("utf-8") for _ in range(2))
    assert first == second
    assert shown.page.evaluate("() => window.runs") == 0
