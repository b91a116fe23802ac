"""A figure painted and packed: the pixels of matplotlib, words where they stood, no transparency, threads apart."""

from __future__ import annotations

import io
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Polygon
from PIL import Image

from s3geo import open_workspace
from s3geo.views.bivariate import bivariate_table
from s3geo.views.class_table import ClassTable, class_table
from s3geo.views.drawing import STYLE, draw_regions
from s3geo.views.painting import drawing, packed, painted
from s3geo.views.static_map import static_map

GM = "E37000015"


@pytest.fixture(scope="module")
def table() -> ClassTable:
    return class_table(open_workspace(), "he_ip_income_per_1m_research")


def opened(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    image.load()
    return image


def both(*words: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return a figure as it is painted here and as matplotlib saves it, as grey."""
    pictures = []
    for ours in (True, False):
        with drawing(STYLE):
            figure: Any = Figure(figsize=(3, 2), facecolor="white")
            figure.add_artist(
                Polygon([(0.1, 0.1), (0.9, 0.2), (0.5, 0.9)], facecolor="#1d6996", hatch="....", alpha=0.6)
            )
            figure.add_artist(Circle((0.5, 0.5), 0.2, facecolor="none", edgecolor="#15202b", linewidth=1.7))
            for one in words:
                figure.text(**one)
            if ours:
                pixels = painted(figure, 150)[..., :3]
            else:
                out = io.BytesIO()
                figure.savefig(out, format="png", dpi=150)
                pixels = np.asarray(opened(out.getvalue()).convert("RGB"))
        pictures.append(pixels.mean(axis=2))
    return pictures[0], pictures[1]


@pytest.mark.parametrize("angle", [None, 30])
def test_all_but_level_words_is_what_matplotlib_paints(angle: int | None) -> None:
    words = [] if angle is None else [{"x": 0.4, "y": 0.5, "s": "turned", "rotation": angle}]
    ours, theirs = both(*words)
    assert ours.shape == (300, 450)
    assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("look", [{"va": "top"}, {"va": "bottom", "ha": "right"}, {"va": "center", "ha": "center"}])
@pytest.mark.parametrize("points", [5.6, 8, 14])
def test_words_stand_where_matplotlib_sets_them_and_are_as_dark(look: dict[str, str], points: float) -> None:
    said = {"x": 0.5, "y": 0.95, "s": "Office, £22,370\nper (j) – gypq", "fontsize": points, **look}
    said["y"] = 0.05 if look["va"] == "bottom" else 0.96 if look["va"] == "top" else 0.5
    blank, _ = both()
    ours, theirs = (blank - picture for picture in both(said))
    for across in (0, 1):  # the centre of the ink, within a pixel: whole lines stand on whole pixels
        places = np.arange(ours.shape[1 - across])
        here, there = (float((np.abs(ink).sum(axis=across) @ places) / np.abs(ink).sum()) for ink in (ours, theirs))
        assert here == pytest.approx(there, abs=1)
    assert np.abs(ours).sum() == pytest.approx(np.abs(theirs).sum(), rel=0.03)
    assert len(np.unique(ours)) > 40  # smooth edges


def test_lines_that_are_kept_are_told_apart() -> None:
    def ink(**look: Any) -> tuple[float, ...]:
        with drawing(STYLE):
            figure: Any = Figure(figsize=(2, 1), facecolor="white")
            figure.text(0.1, 0.4, "Same words", **look)
            return tuple((255.0 - painted(figure, 150)[..., :3]).sum(axis=(0, 1)))

    plain = ink(fontsize=8, color="black")
    assert ink(fontsize=8, color="black") == plain
    assert ink(fontsize=9, color="black")[0] > plain[0]
    assert ink(fontsize=8, color="black", fontweight="bold")[0] > 1.1 * plain[0]
    red = ink(fontsize=8, color="#ff0000")
    assert red[0] == 0
    assert red[1] == plain[1]
    faint = ink(fontsize=8, color="black", alpha=0.5)
    assert faint[0] == pytest.approx(plain[0] / 2, rel=0.03)


def test_pixels_come_back_as_they_were_and_words_too() -> None:
    rng = np.random.default_rng(7)
    for shape in ((1, 1), (5, 3), (40, 70)):
        pixels = rng.integers(0, 256, (*shape, 4), dtype=np.uint8)
        said = {"Title": "Pay – £ per hour → low", "Source": "x" * 3000}
        image = opened(packed(pixels, 300, said))
        assert np.array_equal(np.asarray(image), pixels[..., :3])
        assert image.text == said
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.01)


@pytest.mark.parametrize("page", ["portrait", "slide", "a4"])
def test_a_map_is_opaque_and_every_region_has_its_fill(table: ClassTable, page: str) -> None:
    ws = open_workspace()
    two = bivariate_table(ws, "gva_per_head", "he_research_income_per_head")
    for shown in (table, two):
        image = opened(static_map(ws, shown, page=page))
        assert image.mode == "RGB"
        assert set(image.text) == {"Title", "Software", "Source"}
        counts = {"#{:02x}{:02x}{:02x}".format(*colour): n for n, colour in image.getcolors(1 << 24)}
        for fill in {str(fill) for fill in shown.rows["fill"] if str(fill).startswith("#")}:
            assert counts[fill] > 200  # plain, not only at an edge


def test_settings_hold_for_one_thread_at_a_time() -> None:
    entered = Event()

    def other() -> None:
        with drawing({"hatch.linewidth": 9.0}):
            entered.set()

    with drawing(STYLE):
        thread = Thread(target=other)
        thread.start()
        assert not entered.wait(0.2)
        assert mpl.rcParams["hatch.linewidth"] == STYLE["hatch.linewidth"]
    thread.join(10)
    assert entered.is_set()


def test_threads_draw_what_each_draws_alone(table: ClassTable) -> None:
    ws, before = open_workspace(), dict(mpl.rcParams)
    tables = [table, class_table(ws, "gva_per_head")]
    asked = [(tables[0], "svg"), (tables[1], "svg"), (tables[0], "png")]
    alone = [static_map(ws, shown, suffix, selected=[GM]) for shown, suffix in asked]
    switch = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)
    try:
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda i: static_map(ws, *asked[i % 3], selected=[GM]), range(9)))
    finally:
        sys.setswitchinterval(switch)
    assert [found[i] == alone[i % 3] for i in range(9)] == [True] * 9
    assert dict(mpl.rcParams) == before


def test_every_region_is_painted_where_its_boundaries_lie(table: ClassTable) -> None:
    ws = open_workspace()
    with drawing(STYLE):
        figure: Any = Figure(figsize=(4, 5), facecolor="white")
        west, south, east, north = draw_regions(figure.add_axes((0, 0, 1, 1)), ws, table)
        pixels = painted(figure, 150)[..., :3]
    high, wide = pixels.shape[:2]
    striped = ws.layer("lad").loc[ws.overlaps().index].union_all()
    inner = ws.layer().geometry.difference(striped).buffer(-4_000)  # four pixels from any line
    seen = 0
    for code, at in inner[~inner.is_empty].representative_point().items():
        fill = str(table.rows.at[code, "fill"])
        x, y = int(wide * (at.x - west) / (east - west)), int(high * (north - at.y) / (north - south))
        if fill.startswith("#"):
            assert "#{:02x}{:02x}{:02x}".format(*pixels[y, x]) == fill, code
            seen += 1
    assert seen >= 20
