"""Pictures beside the upright map: other sheets, small maps, the ranked chart, and what a picture says of itself."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

import pytest
from PIL import Image

from s3geo import open_workspace
from s3geo.errors import UsageError
from s3geo.views.bivariate import bivariate_table
from s3geo.views.class_table import ClassTable, class_table
from s3geo.views.multiples import maps_over_time
from s3geo.views.sectors import sector_table
from s3geo.views.static_chart import static_chart
from s3geo.views.static_map import PAGES, static_map
from s3geo.views.static_maps import static_maps
from s3geo.views.wording import number

SVG = "{http://www.w3.org/2000/svg}"
GM, LONDON, WESTMINSTER = "E37000015", "E37000051", "E09000033"
FOOT = "Made on 27 November 2026 with s3geo. https://example.org/?indicator=a&region=b"


@pytest.fixture(scope="module")
def table() -> ClassTable:
    return class_table(open_workspace(), "he_ip_income_per_1m_research")


def words(svg: bytes) -> str:
    return re.sub(r"\s+", " ", " ".join(ElementTree.fromstring(svg).itertext()))


def texts(svg: bytes) -> list[str]:
    return ["".join(text.itertext()).strip() for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize(("page", "size"), [("portrait", (800, 1000)), ("a4", (827, 1169)), ("slide", (1000, 562))])
def test_every_sheet_has_its_size_and_all_that_must_be_said(
    table: ClassTable, page: str, size: tuple[int, int]
) -> None:
    ws = open_workspace()
    image = Image.open(io.BytesIO(static_map(ws, table, page=page, dpi=100)))
    assert image.size == size
    said = words(static_map(ws, table, "svg", page=page, selected=[GM], foot=FOOT))
    for phrase in (
        table.title,
        "100 km",
        "N",
        FOOT,
        "Contains OS data © Crown copyright",
        "Greater Manchester",
        "No data",
    ):
        assert phrase in said
    assert PAGES[page].label


def test_dots_per_inch_change_the_size_alone(table: ClassTable) -> None:
    image = Image.open(io.BytesIO(static_map(open_workspace(), table, dpi=300)))
    assert image.size == (2400, 3000)


def test_another_sheet_is_refused(table: ClassTable) -> None:
    with pytest.raises(UsageError, match="portrait, a4, slide"):
        static_map(open_workspace(), table, page="a3")


def test_london_is_drawn_larger_where_it_is_divided(table: ClassTable) -> None:
    ws = open_workspace()
    districts = static_map(ws, class_table(ws, "gva_per_head", geography="lad"), "svg", selected=[WESTMINSTER])
    assert "London, larger" in words(districts)
    assert "London, larger" not in words(static_map(ws, table, "svg"))
    groups = [
        g.get("id") for g in ElementTree.fromstring(districts).iter(f"{SVG}g") if g.get("id", "").startswith("E0")
    ]
    assert len(groups) == len(set(groups)) == len(ws.layer("lad"))


@pytest.mark.parametrize(
    "codes", [(GM, "E37000016", "E37000005"), (LONDON, "E37000044", "E37000055"), ("E37000034", "E37000061")]
)
def test_names_of_several_regions_do_not_cover_each_other(table: ClassTable, codes: tuple[str, ...]) -> None:
    svg = ElementTree.fromstring(static_map(open_workspace(), table, "svg", selected=codes))
    boxes = []
    for path in svg.iter(f"{SVG}path"):
        if "opacity: 0.92" in path.get("style", ""):
            xy = [(float(x), float(y)) for x, y in re.findall(r"([\d.]+) ([\d.]+)", path.get("d"))]
            boxes.append((min(x for x, _ in xy), min(y for _, y in xy), max(x for x, _ in xy), max(y for _, y in xy)))
    assert len(boxes) == len(codes)
    for i, one in enumerate(boxes):
        for other in boxes[:i]:
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_two_indicators_on_a_slide(table: ClassTable) -> None:
    ws = open_workspace()
    two = bivariate_table(ws, "gva_per_head", "he_research_income_per_head")
    said = words(static_map(ws, two, "svg", page="slide", foot=FOOT))
    assert re.sub(r"\s+", " ", f"→ {two.x.title}") in said
    assert FOOT in said


def test_small_maps_show_every_map_and_credit_each_source_once() -> None:
    ws = open_workspace()
    tables = [m.table for m in maps_over_time(ws, "gva_per_head")]
    svg = static_maps(ws, tables, "svg", selected=[GM], foot=FOOT)
    said = words(svg)
    for shown in tables:
        assert shown.subtitle in said
        for row in shown.legend:
            assert f"{row.label} ({row.count})" in said
    assert said.count("Contains OS data") == 1
    assert FOOT in said
    root = ElementTree.fromstring(svg)
    fills = [
        re.search(r"fill: ([^;]+)", group.find(f"{SVG}path").get("style"))[1]
        for group in root.iter(f"{SVG}g")
        if group.get("id") == GM
    ]
    assert fills == [shown.rows.at[GM, "fill"] for shown in tables]


def test_none_too_many_and_mixed_small_maps_are_refused(table: ClassTable) -> None:
    ws = open_workspace()
    for tables in ([], [table] * 11):
        with pytest.raises(UsageError, match="from 1 to 10"):
            static_maps(ws, tables)
    with pytest.raises(UsageError, match="of several"):
        static_maps(ws, [table, class_table(ws, "gva_per_head", geography="region")])
    with pytest.raises(UsageError, match="png, svg, pdf"):
        static_maps(ws, [table], "html")


def test_the_chart_has_one_bar_a_region_in_its_colour_and_order(table: ClassTable) -> None:
    svg = static_chart(open_workspace(), table, "svg", selected=[GM], foot=FOOT)
    bars = {}
    for group in ElementTree.fromstring(svg).iter(f"{SVG}g"):
        if re.fullmatch(r"E\d{8}", group.get("id", "")):
            path = group.find(f"{SVG}path")
            right = max(float(x) for x, _ in re.findall(r"([\d.]+) ([\d.]+)", path.get("d")))
            bars[group.get("id")] = (re.search(r"fill: (#\w{6})", path.get("style"))[1], right)
    shown = table.rows[table.rows["class"].notna()].sort_values("value", ascending=False, kind="stable")
    assert list(bars) == list(shown.index)
    assert [fill for fill, _ in bars.values()] == shown["fill"].tolist()
    ends = [right for _, right in bars.values()]
    assert ends == sorted(ends, reverse=True)
    said = texts(svg)
    for code in shown.index:
        assert number(shown.at[code, "value"], table.decimals) in said
    assert f"No data ({len(table.rows) - len(shown)})" in words(svg)
    assert "The dashed line is England" in words(svg)


def test_intervals_are_drawn_where_they_are_known() -> None:
    ws = open_workspace()
    for shown in (class_table(ws, "high_growth_share"), sector_table(ws, "J")):
        known = static_chart(ws, shown, "svg")
        lines = {
            group.get("id"): len(group.findall(f".//{SVG}path"))
            for group in ElementTree.fromstring(known).iter(f"{SVG}g")
            if group.get("id", "").startswith("LineCollection")
        }
        assert len(shown.rows) in lines.values()


def test_many_regions_are_drawn_close_and_the_ends_are_named() -> None:
    ws = open_workspace()
    shown = class_table(ws, "gva_per_head", geography="lad")
    said = words(static_chart(ws, shown, "svg"))
    best = shown.rows["value"].idxmax()
    assert f"Highest: {shown.rows.at[best, 'name']}, {shown.words(best)}" in said


@pytest.mark.parametrize(
    ("indicator", "geography", "said"),
    [
        ("gva_per_head", "lep", "No interval is known."),
        ("stem_technicians_share", "lep", "Dark lines are 95 % intervals, known for 36 of 38 bars."),
        ("high_growth_share", "lep", "Dark lines are 95 % intervals."),
        ("high_growth_share", "lad", "Intervals cannot be seen on so many bars, and are not drawn."),
        ("gva_per_head", "lad", "No interval is known."),
    ],
)
def test_a_chart_speaks_of_the_intervals_it_draws(indicator: str, geography: str, said: str) -> None:
    ws = open_workspace()
    found = words(static_chart(ws, class_table(ws, indicator, geography=geography), "svg"))
    assert f"Colours are the classes of the map. {said}" in found


def test_a_chart_of_nothing_says_so(table: ClassTable) -> None:
    import dataclasses

    import pandas as pd

    rows = table.rows.assign(**{"class": pd.array([pd.NA] * len(table.rows), dtype="Int64")})
    assert "No LEP has a value" in words(static_chart(open_workspace(), dataclasses.replace(table, rows=rows), "svg"))
