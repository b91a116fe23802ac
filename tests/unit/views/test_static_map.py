"""The map as a picture: its size, its regions, its words, and the same bytes each time."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

import pytest
from PIL import Image
from pypdf import PdfReader

from s3geo import open_workspace
from s3geo.errors import UsageError
from s3geo.views.class_table import ClassTable, class_table
from s3geo.views.palette import INK
from s3geo.views.static_map import FORMATS, static_map

SVG = "{http://www.w3.org/2000/svg}"
GM, LONDON = "E37000015", "E37000051"


@pytest.fixture(scope="module")
def table() -> ClassTable:
    return class_table(open_workspace(), "he_ip_income_per_1m_research")


@pytest.fixture(scope="module")
def svg(table: ClassTable) -> ElementTree.Element:
    return ElementTree.fromstring(static_map(open_workspace(), table, "svg", selected=[GM]))


def words(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize(("dpi", "size"), [(150, (1200, 1500)), (72, (576, 720))])
def test_a_png_has_the_promised_size_and_is_not_blank(table: ClassTable, dpi: int, size: tuple[int, int]) -> None:
    image = Image.open(io.BytesIO(static_map(open_workspace(), table, "png", dpi=dpi)))
    image.load()
    assert (image.format, image.size) == ("PNG", size)
    seen = {"#{:02x}{:02x}{:02x}".format(*colour) for _, colour in image.convert("RGB").getcolors(1 << 24)}
    assert set(table.colours) <= seen


def test_every_region_is_one_group_with_its_code_and_fill(svg: ElementTree.Element, table: ClassTable) -> None:
    groups = [g for g in svg.iter(f"{SVG}g") if re.fullmatch(r"E\d{8}", g.get("id", ""))]
    assert sorted(g.get("id") for g in groups) == sorted(table.rows.index)
    for group in groups:
        (path,) = group.findall(f"{SVG}path")
        fill = re.search(r"fill: ([^;]+)", path.get("style"))[1]
        expected = table.rows.at[group.get("id"), "fill"]
        assert fill.startswith("url(#") if expected.startswith("url") else fill == expected


def test_stripes_of_shared_districts_have_the_colour_of_the_second_region() -> None:
    ws = open_workspace()
    shown = class_table(ws, "gva_per_head")
    svg = ElementTree.fromstring(static_map(ws, shown, "svg"))
    strokes = {
        stroke[1]
        for path in svg.iter(f"{SVG}path")
        if path.get("clip-path")
        and (stroke := re.search(r"stroke: (#\w{6}); stroke-width: 2.2", path.get("style", "")))
    }
    assert strokes == {shown.rows.at[regions[1], "fill"] for regions in ws.overlaps()["regions"]}


def test_the_selected_region_is_outlined_and_named(svg: ElementTree.Element) -> None:
    thick = [p for p in svg.iter(f"{SVG}path") if f"stroke: {INK}; stroke-width: 1.8" in p.get("style", "")]
    assert len(thick) == 1
    assert "Greater Manchester" in words(" ".join(svg.itertext()))
    plain = ElementTree.fromstring(static_map(open_workspace(), class_table(open_workspace(), "gva_per_head"), "svg"))
    assert "Greater Manchester" not in words(" ".join(plain.itertext()))


@pytest.mark.parametrize("suffix", ["svg", "pdf"])
def test_the_words_are_text(table: ClassTable, suffix: str) -> None:
    data = static_map(open_workspace(), table, suffix, selected=[LONDON])
    if suffix == "pdf":
        (page,) = PdfReader(io.BytesIO(data)).pages
        text = words(page.extract_text())
    else:
        text = words(" ".join(ElementTree.fromstring(data).itertext()))
    for phrase in (
        "London",
        "£ per £1 million, 2015/16 to 2017/18",
        "Local Enterprise Partnerships, May 2021",
        "Open Government Licence v",
        "Contains OS data © Crown copyright and database right",
        "Contains Royal Mail data © Royal Mail copyright and database right",
        "No data: withheld, too few cases (9)",
        "No data: no university registered here (1)",
        table.method,
        "100 km",
    ):
        assert phrase in text
    assert words(table.title) in text
    for row in table.legend:
        assert f"{row.label} ({row.count})" in text


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_same_figures_give_the_same_bytes(table: ClassTable, suffix: str) -> None:
    ws = open_workspace()
    first, second = (static_map(ws, table, suffix, selected=[GM]) for _ in range(2))
    assert first == second
    assert b"CreationDate" not in first
    assert b"<dc:date>" not in first


@pytest.mark.parametrize("geography", ["region", "combined_authority", "county"])
def test_other_layers_are_drawn_whole(geography: str) -> None:
    ws = open_workspace()
    svg = ElementTree.fromstring(static_map(ws, class_table(ws, "gva_per_head", geography=geography), "svg"))
    drawn = {g.get("id") for g in svg.iter(f"{SVG}g")} & set(ws.layer(geography).index)
    assert drawn == set(ws.layer(geography).index)


@pytest.mark.parametrize("suffix", ["bmp", "", "PNG", ".png"])
def test_another_format_is_refused_and_the_known_ones_are_named(table: ClassTable, suffix: str) -> None:
    with pytest.raises(UsageError, match="png, svg, pdf"):
        static_map(open_workspace(), table, suffix)
