"""The tutorial runs from top to bottom, and what a notebook would show of each cell is there."""

from __future__ import annotations

import ast
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from s3geo import bivariate_choropleth, choropleth, open_workspace

NOTEBOOK = json.loads((Path(__file__).resolve().parents[2] / "docs" / "tutorial.ipynb").read_text("utf-8"))


def shown(code: str, names: dict[str, Any]) -> Any:
    """Run a cell as a notebook does; return the value of its last line."""
    tree = ast.parse(code)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None


def test_every_cell_runs_and_shows_something(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    seen = 0
    cells = [cell for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]
    for cell in cells:
        assert cell["outputs"] == []
        value = shown("".join(cell["source"]), names)
        if hasattr(value, "_repr_html_"):
            seen += 1
            assert len(value._repr_html_()) > 200
    assert seen == len(cells) - 1  # the last lists the files it wrote
    assert {path.name for path in tmp_path.iterdir()} == {"gva.png", "gva.html", "gva.xlsx", "gva.gpkg"}


class Tags(HTMLParser):
    """The tags of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.found.append(tag)


def test_a_class_table_shows_legend_rows_and_credit_and_runs_nothing() -> None:
    ws = open_workspace()
    for m in (choropleth(ws, "gva_per_head"), bivariate_choropleth(ws, "gva_per_head", "he_research_income_per_head")):
        html = m.table._repr_html_()
        tags = Tags()
        tags.feed(html)
        assert "script" not in tags.found
        assert tags.found.count("tr") > 38
        assert "Contains OS data" in html
        for row in m.table.legend:
            assert str(row.count) in html
    assert "LEP" in ws._repr_html_() or "Local Enterprise" in ws._repr_html_()
