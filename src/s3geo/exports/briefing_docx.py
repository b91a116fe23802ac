"""The briefing of a region as a document of a word processor."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

from s3geo.exports.briefing import Briefing, Cell, Section, Table

__all__ = ["document"]


def document(said: Briefing, picture: bytes) -> Any:
    """Build the document.

    Parameters
    ----------
    said : Briefing
    picture : bytes
        The map as PNG.

    Returns
    -------
    docx.document.Document
        A4; headings, tables whose first row is repeated and marked as header, the picture with its words; title,
        author, language and date of the briefing among its properties.
    """
    from docx import Document
    from docx.shared import Mm, Pt

    doc: Any = Document()
    page = doc.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(16)
    page.top_margin = page.bottom_margin = Mm(14)
    doc.styles["Normal"].font.size = Pt(9)
    doc.styles["Normal"].paragraph_format.space_after = Pt(3)
    when = datetime(said.made.year, said.made.month, said.made.day, tzinfo=UTC)
    about = doc.core_properties
    about.title, about.author, about.language, about.comments = said.title, "s3geo", "en-GB", said.edition
    about.created = about.modified = when
    about.last_modified_by = "s3geo"
    _language(doc)
    doc.add_heading(said.title, 0)
    _small(doc, said.edition)
    for text in said.lead:
        doc.add_paragraph(text)
    shown = doc.add_picture(io.BytesIO(picture), width=Mm(75))
    shown._inline.docPr.set("descr", said.picture.alt)
    doc.add_paragraph().add_run(said.picture.title).bold = True
    _legend(doc, said)
    _section(doc, said.strengths)
    _section(doc, said.peers)
    doc.add_heading("Actor by dimension", 1)
    _grid(doc, said)
    for note in said.grid_notes:
        _small(doc, note)
    _section(doc, said.partners)
    doc.add_heading("What to keep in mind", 1)
    for text in said.caveats:
        _small(doc, text, "List Bullet")
    doc.add_heading("Sources and licences", 1)
    for text in (*said.sources, f"Where to find it again: {said.permalink}"):
        _small(doc, text)
    return doc


def _language(doc: Any) -> None:
    from docx.oxml.ns import qn

    for language in doc.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")


def _small(doc: Any, text: str, style: str | None = None) -> None:
    from docx.shared import Pt

    doc.add_paragraph(style=style).add_run(text).font.size = Pt(8)


def _legend(doc: Any, said: Briefing) -> None:
    from docx.shared import Pt, RGBColor

    line = doc.add_paragraph()
    for fill, words in said.picture.legend:
        swatch = line.add_run("■ ")
        swatch.font.color.rgb = RGBColor.from_string(fill.removeprefix("#").upper())
        line.add_run(f"{words}   ").font.size = Pt(8)
    _small(doc, f"Number of areas in brackets. {said.picture.facts}")


def _section(doc: Any, section: Section) -> None:
    doc.add_heading(section.title, 1)
    if section.table is not None:
        _table(doc, section.table)
    for note in section.notes:
        _small(doc, note)


def _ruled(doc: Any, head: tuple[str, ...], n: int) -> Any:
    """Add a table whose first row is its header, on every page."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    table = doc.add_table(rows=n + 1, cols=len(head), style="Table Grid")
    for cell, text in zip(table.rows[0].cells, head, strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(mark)
    return table


def _widths(table: Any, widths: tuple[float, ...]) -> None:
    from docx.shared import Mm

    table.autofit = False
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(round(178 * width / sum(widths)))


def _table(doc: Any, table: Table) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    made = _ruled(doc, table.head, len(table.rows))
    for row, texts in zip(made.rows[1:], table.rows, strict=True):
        for i, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            run = cell.paragraphs[0].add_run(text)
            run.font.size, run.bold = Pt(8), i == 0
            if i in table.figures:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _widths(made, table.widths)


def _grid(doc: Any, said: Briefing) -> None:
    made = _ruled(doc, ("Actor", *said.columns), len(said.grid))
    for row, (actor, cells) in zip(made.rows[1:], said.grid, strict=True):
        row.cells[0].paragraphs[0].add_run(actor).bold = True
        for place, cell in zip(row.cells[1:], cells, strict=True):
            _cell(place, cell)
    _widths(made, (0.72, 1, 1, 1))


def _cell(place: Any, cell: Cell) -> None:
    from docx.shared import Pt

    first = place.paragraphs[0]
    score = first.add_run(f"{cell.score} ")
    score.bold, score.font.size = True, Pt(12)
    first.add_run(cell.beside).font.size = Pt(8)
    if cell.what:
        second = place.add_paragraph()
        second.add_run(f"{cell.what}: ").font.size = Pt(8)
        value = second.add_run(cell.value)
        value.bold, value.font.size = True, Pt(8)
        place.add_paragraph().add_run(cell.place).font.size = Pt(8)
