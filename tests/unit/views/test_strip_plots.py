"""Strips of dots: each dot where its value is, names that do not cover each other, the same in words."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from made import figures, made_workspace

from s3geo import open_workspace
from s3geo.views.strips import WIDTH, strip, strips
from s3geo.views.wording import amount, ordinal

MANCHESTER, LONDON, SWINDON = "E37000015", "E37000051", "E37000033"


@pytest.mark.parametrize("indicator", ["gva_per_head", "no_qualifications_share", "he_research_income_per_head"])
def test_each_region_is_a_dot_at_its_value(indicator: str) -> None:
    ws = open_workspace()
    values, england = ws.values(indicator).dropna(), ws.england(indicator)
    picture = ET.fromstring(strip(ws, indicator, [MANCHESTER], [LONDON]).svg)
    dots = {dot.get("data-code"): (float(dot.get("cx", "")), dot.get("class")) for dot in picture.iter("circle")}
    assert set(dots) == set(values.index)
    low, high = min(values.min(), england), max(values.max(), england)
    for code, value in values.items():
        at, style = dots[code]
        assert at == pytest.approx(8 + (WIDTH - 16) * (value - low) / (high - low), abs=0.06)
        assert style == {MANCHESTER: "compared", LONDON: "peer"}.get(str(code), "dot")
    (line,) = [line for line in picture.iter("line") if line.get("class") == "england"]
    assert float(line.get("x1", "")) == pytest.approx(8 + (WIDTH - 16) * (england - low) / (high - low), abs=0.06)


def test_ten_names_do_not_cover_each_other_and_stay_inside() -> None:
    ws = open_workspace()
    for found in strips(ws, list(ws.layer().index[:10])):
        names = [t for t in ET.fromstring(found.svg).iter("text") if t.get("class") == "name"]
        boxes = []
        for name in names:
            half = 5.6 * len(name.text or "") / 2
            at, y = float(name.get("x", "")), float(name.get("y", ""))
            assert at - half >= -0.1
            assert at + half <= WIDTH + 0.1
            assert y > 0
            boxes.append((y, at - half, at + half))
        for n, (y, left, right) in enumerate(boxes):
            assert not any(y == other and left < r and l < right for other, l, r in boxes[n + 1 :])  # noqa: E741


def test_the_words_are_those_of_the_figures() -> None:
    ws = open_workspace()
    found = strip(ws, "gva_per_head", [LONDON, MANCHESTER])
    values = ws.values("gva_per_head")
    unit, decimals = ws.catalogue.at["gva_per_head", "unit"], ws.catalogue.at["gva_per_head", "decimals"]
    for code in (LONDON, MANCHESTER):
        place = ordinal(int((values > values[code]).sum()) + 1)
        assert f"{ws.names()[code]} {amount(values[code], unit, decimals)[0]}, {place} of 38" in found.description
    assert f"England {amount(ws.england('gva_per_head'), unit, decimals)[0]}" in found.description
    assert found.period in found.description
    assert unit in found.description


def test_a_region_without_a_value_is_said_to_have_none() -> None:
    found = strip(open_workspace(), "he_research_income_per_head", [SWINDON])
    assert "Swindon and Wiltshire no data" in found.description
    assert SWINDON not in found.svg


def test_who_was_compared_before_leaves_nothing_behind() -> None:
    ws = open_workspace()
    alone = strip(ws, "gva_per_head", [LONDON])
    strip(ws, "gva_per_head", [MANCHESTER, LONDON], [SWINDON])
    assert strip(ws, "gva_per_head", [LONDON]) == alone
    assert alone.svg.count('class="compared"') == 1
    assert 'class="peer"' not in alone.svg


def test_names_are_escaped(tmp_path: Path) -> None:
    ws = made_workspace(tmp_path, figures(), names={LONDON: "<b>&\"London'"})
    svg = strip(ws, "made_up", [LONDON]).svg
    assert not re.search("<b>", svg)
    assert 'aria-label="' in svg
    assert "<b>&\"London'" in "".join(ET.fromstring(svg).itertext())
