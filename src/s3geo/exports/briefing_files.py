"""The briefing of a region as a file: PDF, a page for the browser, or a document to go on writing in."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from dataclasses import asdict
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from s3geo.errors import UsageError
from s3geo.exports.briefing import Briefing, Cell, Section, Table

__all__ = ["BRIEFINGS", "briefing_docx", "briefing_file", "briefing_html", "briefing_pdf"]

BRIEFINGS = ("pdf", "html", "docx")
"""What a briefing can be written as."""

_TEMPLATES = Path(__file__).with_name("templates")
_PICTURE = '#set page(width: auto, height: auto, margin: 0pt)\n#image("map.svg")'


def briefing_file(said: Briefing, suffix: str) -> bytes:
    """Return a briefing in one of the formats of `BRIEFINGS`.

    Raises
    ------
    UsageError
        Another format.
    """
    made: dict[str, Callable[[Briefing], bytes]] = {"pdf": briefing_pdf, "html": briefing_html, "docx": briefing_docx}
    if suffix not in made:
        raise UsageError(f"A briefing can be written as {', '.join(BRIEFINGS)}, not {suffix!r}.")
    return made[suffix](said)


def briefing_pdf(said: Briefing) -> bytes:
    """Return a briefing as PDF on A4, tagged (PDF/UA-1): title, language, headings, tables, words for the map.

    The same briefing gives the same bytes.
    """
    values = asdict(said) | {"made": said.made.isoformat(), "day": [said.made.year, said.made.month, said.made.day]}
    values["picture"].pop("svg")
    template = (_TEMPLATES / "briefing.typ").read_bytes()
    return _typeset(template, said.picture.svg, {"said": json.dumps(values)}, pdf_standards=["ua-1"])


def _typeset(template: bytes, svg: str, inputs: dict[str, str] | None = None, **how: Any) -> bytes:
    """Set a template with a picture; the fonts are those of matplotlib, so that it is the same on every machine."""
    import typst

    made: Any = typst.compile(
        {"main.typ": template, "map.svg": svg.encode()},
        sys_inputs=inputs or {},
        font_paths=_fonts(),
        timestamp=0,
        **how,
    )
    return bytes(made[0] if isinstance(made, list) else made)


@lru_cache(maxsize=1)
def _fonts() -> Any:
    """Read the fonts once."""
    import matplotlib as mpl
    import typst

    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    return typst.Fonts(include_system_fonts=False, font_paths=[folder])


def briefing_html(said: Briefing) -> bytes:
    """Return a briefing as one page that needs no internet and prints on A4."""
    picture = base64.b64encode(said.picture.svg.encode()).decode()
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in ("Actor", *said.columns))
    grid = "".join(
        f'<tr><th scope="row">{escape(actor)}</th>{"".join(map(_cell, cells))}</tr>' for actor, cells in said.grid
    )
    legend = "".join(
        f'<li><i style="background:{escape(fill, quote=True)}"></i>{escape(words)}</li>'
        for fill, words in said.picture.legend
    )
    link = escape(said.permalink, quote=True)
    again = f'<a href="{link}">{link}</a>' if said.permalink.startswith(("http://", "https://")) else link
    style = (_TEMPLATES / "briefing.css").read_text("utf-8")
    return f"""<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(said.title)}</title><style>{style}</style></head><body><main>
<h1>{escape(said.title)}</h1><p class="small">{escape(said.edition)}</p>
<div class="top"><figure><img alt="{escape(said.picture.alt, quote=True)}" src="data:image/svg+xml;base64,{picture}">
<figcaption><b>{escape(said.picture.title)}</b><ul class="legend">{legend}</ul>
<p class="small">Number of areas in brackets. {escape(said.picture.facts)}</p></figcaption></figure>
<div>{_paragraphs(said.lead)}{_section(said.strengths)}{_section(said.peers)}</div></div>
<section><h2>Actor by dimension</h2>{_wide("Actor by dimension", heads, grid, "grid")}
{_paragraphs(said.grid_notes, "small")}</section>
{_section(said.partners, first=True)}
<section><h2>What to keep in mind</h2><ul class="small">{"".join(f"<li>{escape(c)}</li>" for c in said.caveats)}</ul>
</section><section><h2>Sources and licences</h2>{_paragraphs(said.sources, "small")}
<p class="small">Where to find it again: {again}</p></section></main></body></html>
""".encode()


def _paragraphs(texts: tuple[str, ...], kind: str = "") -> str:
    return "".join(f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>" for text in texts)


def _cell(cell: Cell) -> str:
    lines = [f'<b class="score">{escape(cell.score)}</b> <span class="small">{escape(cell.beside)}</span>']
    if cell.what:
        lines += [
            f"{escape(cell.what)}: <b>{escape(cell.value)}</b>",
            f'<span class="small">{escape(cell.place)}</span>',
        ]
    return f"<td>{'<br>'.join(lines)}</td>"


def _section(section: Section, *, first: bool = False) -> str:
    """Return a section, its notes below the table or first."""
    table = "" if section.table is None else _table(section.table, section.title)
    said = _paragraphs(section.notes) + table if first else table + _paragraphs(section.notes, "small")
    return f"<section><h2>{escape(section.title)}</h2>{said}</section>"


def _table(table: Table, name: str) -> str:
    def kind(i: int) -> str:
        return ' class="num"' if i in table.figures else ""

    heads = "".join(f'<th scope="col"{kind(i)}>{escape(head)}</th>' for i, head in enumerate(table.head))
    rows = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td{kind(i)}>{escape(text)}</td>" for i, text in enumerate(row[1:], 1))
        + "</tr>"
        for row in table.rows
    )
    return _wide(name, heads, rows)


def _wide(name: str, heads: str, rows: str, kind: str = "list") -> str:
    """Return a table that is moved sideways, by keys too, where it is wider than the screen."""
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(name, quote=True)}"><table class="{kind}">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def briefing_docx(said: Briefing) -> bytes:
    """Return a briefing as DOCX on A4: headings, tables with header rows, the map with its words."""
    from s3geo.exports.briefing_docx import document

    picture = _typeset(_PICTURE.encode(), said.picture.svg, format="png", ppi=220.0)
    out = io.BytesIO()
    document(said, picture).save(out)
    return out.getvalue()
