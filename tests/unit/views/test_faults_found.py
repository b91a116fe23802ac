"""Faults that were found once: each test failed before its mend. Figures and names here are made up."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from made import figures, made_workspace

from s3geo import choropleth, open_workspace, region_profile
from s3geo.app.component import map_data
from s3geo.cli.main import main
from s3geo.errors import NotFound
from s3geo.views.class_table import NO_DATA_FILL, class_table
from s3geo.views.static_map import static_map

LONDON = "E37000051"


def test_nobody_can_zoom_out_into_the_empty_world() -> None:
    m = choropleth(open_workspace(), "gva_per_head")
    assert map_data(m, title="")["options"]["minZoom"] == 5
    assert re.search(r'"?minZoom"?: 5', m.get_root().render().rpartition("L.map(")[2])


@pytest.mark.parametrize("name", ["{{ 7 * 7 }}", "{% raw %}", "{# note #}", "<!--<script>"])
def test_names_are_never_run_as_a_template(tmp_path: Path, name: str) -> None:
    m = choropleth(made_workspace(tmp_path, figures(), names={LONDON: name}), "made_up")  # synthetic
    html = m.get_root().render()
    (labels,) = (json.loads(x) for x in re.findall(r"const label = (\{.*?\})\[feature\.id\];", html))
    assert labels[LONDON].startswith(name + ": ")
    assert "<!--<script" not in html


def test_the_title_of_the_page_is_text(tmp_path: Path) -> None:
    ws = made_workspace(tmp_path, figures(), label="A</title><script>alert(1)</script>")  # synthetic
    html = choropleth(ws, "made_up").get_root().render()
    assert "<script>alert(1)" not in html


def test_nothing_but_missing_values_is_a_legend_without_classes(tmp_path: Path) -> None:
    ws = made_workspace(tmp_path, figures(dict.fromkeys(figures()["code"], "not_collected")))  # synthetic
    shown = class_table(ws, "made_up")
    assert [(row.fill, row.count) for row in shown.legend] == [(NO_DATA_FILL, 38)]
    choropleth(ws, "made_up")
    static_map(ws, shown, "svg")


def test_an_unknown_indicator_is_refused_with_advice() -> None:
    with pytest.raises(NotFound, match="describe"):
        choropleth(open_workspace(), "gva_per_hed")


def test_an_unknown_indicator_exits_1_with_one_message(monkeypatch, capsys, tmp_path) -> None:
    monkeypatch.setattr(sys, "argv", ["s3geo", "map", "gva_per_hed", "-o", str(tmp_path / "m.svg")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert "gva_per_hed" in capsys.readouterr().err


def test_the_notebook_view_shows_names_as_text(tmp_path: Path) -> None:
    ws = made_workspace(tmp_path, figures(), names={LONDON: "<img src=x onerror=alert(1)>"})  # synthetic
    assert "<img" not in region_profile(ws, LONDON)._repr_html_()


def test_where_an_interval_is_published_without_a_word_none_is_denied() -> None:
    row = region_profile(open_workspace(), LONDON).cells.set_index("indicator").loc["enterprise_births_per_10k"]
    assert row["lower"] < row["value"] < row["upper"]
    assert "no interval" not in row["text"]


def test_a_title_with_dollars_is_text_not_mathematics(tmp_path: Path) -> None:
    ws = made_workspace(tmp_path, figures(), label="From US$ to AU$", names={LONDON: "$x$"})  # synthetic
    svg = ElementTree.fromstring(static_map(ws, class_table(ws, "made_up"), "svg", selected=[LONDON]))
    words = " ".join(svg.itertext())
    assert "From US$ to AU$" in words
    assert "$x$" in words
