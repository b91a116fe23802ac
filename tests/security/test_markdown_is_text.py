"""A stranger's text in a message of Streamlit's: Markdown shows it as it is written."""

from __future__ import annotations

import re
from html import unescape
from types import SimpleNamespace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from s3geo.app.markdown import plain
from s3geo.app.screens import own
from s3geo.tables.own import match_own
from s3geo.tables.read import read_table
from s3geo.workspace import bundled_workspace

SOME = [
    *("[Log in](//e.io)", "![](https://e.io/a.png)", "[a]: //e.io", "[a][a]", "<b>b</b>", "&lt;b&gt;"),
    *("<https://e.io>", "mailto:ann@e.io", "xmpp:a@e.io"),
    *("https://e.io/a", "http://e.io", "HTTPS://E.IO", "www.e.io", "WWW.e.io", "ann@e.io"),
    *("`code`", "*em*", "**strong**", "_em_", "__strong__", "a_b_c", "~~gone~~", "$x^2$", "$$x$$", "\\", "\\[a](/b)"),
    *("# Title", "- item", "+ item", "1. item", "2) item", "> quoted", "a\n\n# b", "a\n===", "---", "```", "    code"),
    *(":red[a]", ":smile:", ":material/home:", ":+1:", "|a|b|\n|-|-|\n|1|2|", "names.csv", "lep_2021-05_bgc.geojson"),
]  # fmt: skip
JOIN = "\u2060"
COMMON = MarkdownIt("commonmark").enable(["strikethrough", "table"])
LOOKED_FOR = [  # in text that has no backslash any more: remark-gfm's addresses, emoji, what Streamlit adds
    re.compile(r"(https?:\/\/|www(?=\.))([-.\w]+)([^ \t\r\n]*)", re.IGNORECASE),
    re.compile(r"([-.\w+]+)@([-\w]+(?:\.[-\w]+)+)"),
    re.compile(r":\+1:|:-1:|:[\w-]+:|:material/"),
]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.one_of(st.sampled_from(SOME), st.text(max_size=20)), max_size=4).map(" ".join))
@example("".join(SOME))
def test_any_text_is_one_paragraph_of_itself(text: str) -> None:
    shown = COMMON.render(plain(text))
    seen = " ".join(text.replace("\0", "\ufffd").split())
    if not seen:
        assert shown == ""
        return
    found = re.fullmatch(r"<p>(.*)</p>\n", shown)
    assert found, shown
    assert "<" not in found[1]
    assert unescape(found[1]).replace(JOIN, "") == seen.replace(JOIN, "")
    assert not any(pattern.search(unescape(found[1])) for pattern in LOOKED_FOR)
    dollars = re.sub(r"\\.", "", plain(text))
    assert "$" not in dollars


def test_what_is_said_of_a_table_of_a_strangers_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    ws, said = bundled_workspace(), []
    row = SimpleNamespace(html=lambda _: None, button=lambda *_, **__: None)
    told = dict.fromkeys(("success", "warning", "caption"), said.append)
    deaf = SimpleNamespace(
        **told, dataframe=lambda *_, **__: None, button=row.button, columns=lambda *_, **__: (row, row)
    )
    monkeypatch.setattr(own, "st", deaf)
    name = "[Cornwall](https://e.io)"
    accepted = {name: "E37000005"}
    rows = f"{name},1\nLondon,2\nDorset,3\n"
    table = read_table(f"name,2023\n{rows}".encode(), name="a.csv")
    matched = match_own(table, ws.layer(), file="![www.e.io](x).csv", accepted=accepted)
    own._report(ws, "lep", matched, matched.report.problems, accepted)
    assert len(said) == 2
    for text in said:
        assert "<a" not in COMMON.render(text)
        assert "<img" not in COMMON.render(text)
        assert not any(pattern.search(text) for pattern in LOOKED_FOR)


def test_what_is_said_of_a_layer_of_a_strangers_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    ws, said = bundled_workspace(), []
    file = SimpleNamespace(name="[a](https://e.io).geojson", file_id="1", getvalue=lambda: b"")
    where = SimpleNamespace(selectbox=lambda *_, **__: "lep", file_uploader=lambda *_, **__: file)
    told = dict.fromkeys(("success", "caption"), said.append)
    monkeypatch.setattr(
        own, "st", SimpleNamespace(**told, columns=lambda *_, **__: (where, where), button=lambda *_, **__: False)
    )
    layer = ws.layer().copy()
    layer.attrs |= {"file": file.name, "notes": ["[b](//e.io) has www.e.io"]}
    monkeypatch.setattr(own, "_once", lambda *_: layer)
    own._layer(ws)
    assert len(said) == 2
    for text in said:
        assert "<a" not in COMMON.render(text)
        assert not any(pattern.search(text) for pattern in LOOKED_FOR)
