"""The briefing of a region: every format says what the library says, and can be read by everyone."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from s3geo import export, open_workspace, partners, region_profile
from s3geo.cli.main import main
from s3geo.errors import NotFound, UsageError
from s3geo.exports.briefing import Briefing, Cell, Section, briefing
from s3geo.exports.briefing_files import BRIEFINGS, briefing_file
from s3geo.views.choropleth import choropleth
from s3geo.views.locator import locator
from s3geo.views.peers import peers
from s3geo.views.sectors import region_sectors
from s3geo.views.trust import trust_line_of_areas
from s3geo.views.wording import number, quantity

GM, CORNWALL, LONDON = "E37000015", "E37000005", "E37000051"
DAY = date(2026, 3, 4)
NUMBER = re.compile(r"\d[\d,.]*")


def squeezed(text: str) -> str:
    """Text without white space, of which every format has its own."""
    return re.sub(r"\s+", "", text)


def texts(said: Briefing) -> Iterator[str]:
    """Every text of a briefing that is to be seen."""
    yield from (said.title, said.edition, *said.lead, said.picture.title, said.picture.facts)
    yield from (words for _, words in said.picture.legend)
    yield from (*said.columns, *said.grid_notes, *said.caveats, *said.sources, said.permalink)
    for actor, cells in said.grid:
        yield actor
        for cell in cells:
            yield from (cell.score, cell.beside, cell.what, cell.value, cell.place)
    for section in (said.strengths, said.peers, said.partners):
        yield from (section.title, *section.notes)
        if section.table is not None:
            yield from section.table.head
            for row in section.table.rows:
                yield from row


class Page(HTMLParser):
    """Text, tags and addresses of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.tags, self.open = "", [], []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "img", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


def read_pdf(body: bytes) -> str:
    """Text of a PDF without its footers."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(body)).pages]
    return "\n".join(re.sub(r"[^\n]*: briefing\s*\d of \d\s*$", "", page) for page in pages)


def read_docx(body: bytes) -> str:
    document = Document(io.BytesIO(body))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


READ: dict[str, Any] = {"pdf": read_pdf, "html": lambda body: Page(body.decode()).text, "docx": read_docx}


@pytest.fixture(scope="module")
def said() -> Briefing:
    return briefing(open_workspace(), GM, made=DAY, permalink="https://example.org/?region=E37000015")


@pytest.mark.parametrize("code", [GM, CORNWALL, LONDON])
@pytest.mark.parametrize("suffix", BRIEFINGS)
def test_every_text_and_so_every_number_stands_in_every_format(code: str, suffix: str) -> None:
    found = briefing(open_workspace(), code, made=DAY)
    text = squeezed(READ[suffix](briefing_file(found, suffix)))
    missing = [part for part in texts(found) if squeezed(part) not in text]
    assert missing == []


def test_the_grid_has_the_figures_of_the_profile(said: Briefing) -> None:
    profile = region_profile(open_workspace(), GM)
    cells = [cell for _, row in said.grid for cell in row]
    for cell, (key, row) in zip(cells, profile.headline().iterrows(), strict=True):
        score = profile.scores.loc[key]
        assert cell.score == number(score["score"], 0)
        assert cell.beside.startswith(f"England {number(score['england'], 0)} · ")
        assert cell.beside.endswith(f"{int(score['n_present'])} of {int(score['n_indicators'])} indicators")
        assert cell.value == quantity(row["value"], row["unit"], row["decimals"])
        assert cell.place.endswith(row["finding"])
        assert cell.what.startswith(f"{row['short_label']}, {row['period']}")


def test_verdicts_are_only_said_where_there_is_an_interval() -> None:
    ws = open_workspace()
    for code in ws.layer().index:
        profile = region_profile(ws, code)
        cells = [cell for _, line in briefing(ws, code, made=DAY).grid for cell in line]
        for cell, row in zip(cells, profile.headline().to_dict("records"), strict=True):
            assert bool(re.search("(higher|lower) than|similar to", cell.place)) == bool(row["verdict"])


def test_sectors_peers_and_partners_are_those_of_the_library(said: Briefing) -> None:
    ws = open_workspace()
    sectors = region_sectors(ws, GM)
    flagged = sectors[sectors["specialised"]]
    assert [row[:2] for row in said.strengths.table.rows] == [
        (label, number(lq, 2)) for label, lq in zip(flagged["label"], flagged["lq"], strict=True)
    ]
    alike = peers(ws, GM)
    assert [row[1] for row in said.peers.table.rows] == [number(close, 0) for close in alike["close"]]
    assert all(row[0].startswith(name) for row, name in zip(said.peers.table.rows, alike["name"], strict=True))
    found = partners(ws, GM, n=5)
    for row, (_, partner) in zip(said.partners.table.rows, found.iterrows(), strict=True):
        assert row[0] == f"{int(partner['rank'])}. {partner['name']}"
        assert row[1:3] == (number(partner["score"], 0), f"{number(partner['distance_km'], 0)} km")
        assert row[3].startswith(partner["reason"])
        assert partner["counter"] in row[3]
    assert said.partners.notes[0] == trust_line_of_areas(ws)
    assert "no better than size and distance" in said.partners.notes[0]


def test_all_regions_have_a_briefing_of_their_own() -> None:
    ws = open_workspace()
    for code, name in ws.names().items():
        found = briefing(ws, code, made=DAY)
        assert found.title == f"{name}: briefing"
        assert len(found.partners.table.rows) == len(found.peers.table.rows) == 5
        assert name in found.picture.alt
        assert not any(re.search(r"\bnan\b|None|no data ·", text) for text in texts(found))
        assert "Open Government Licence" in found.sources[0]


@pytest.mark.parametrize(("code", "geography"), [("E12000009", "region"), ("E47000001", "combined_authority")])
def test_other_areas_say_what_is_not_known_of_them(code: str, geography: str) -> None:
    found = briefing(open_workspace(), code, geography, made=DAY)
    assert found.strengths.table is None
    assert "No interval is known" in found.strengths.notes[0]
    assert len(PdfReader(io.BytesIO(briefing_file(found, "pdf"))).pages) <= 2


def structure(node: DictionaryObject) -> Iterator[DictionaryObject]:
    """Every element below one of the structure of a PDF."""
    children = node["/K"].get_object() if "/K" in node else []
    for child in [one.get_object() for one in (children if isinstance(children, list) else [children])]:
        if isinstance(child, DictionaryObject) and "/S" in child:
            yield child
            yield from structure(child)


@pytest.mark.parametrize("code", [GM, CORNWALL])
def test_the_pdf_is_tagged_and_at_most_two_pages_of_a4(code: str) -> None:
    found = briefing(open_workspace(), code, made=DAY)
    reader = PdfReader(io.BytesIO(briefing_file(found, "pdf")))
    root = reader.trailer["/Root"]
    assert 1 <= len(reader.pages) <= 2
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    assert reader.metadata.title == found.title
    elements = list(structure(root["/StructTreeRoot"]))
    kinds = [element["/S"] for element in elements]
    assert found.picture.alt in [element.get("/Alt") for element in elements]
    assert kinds.count("/Table") == 4 - (found.strengths.table is None)
    assert kinds.count("/TH") >= 4 + 3 + 4
    assert kinds.count("/H1") >= 5
    for page in reader.pages:  # every font is in the file
        for font in page["/Resources"]["/Font"].values():
            described = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(described.get_object())


def test_the_page_stands_alone_and_is_marked_up(said: Briefing) -> None:
    page = Page(briefing_file(said, "html").decode())
    assert page.open == []
    assert ("html", {"lang": "en-GB"}) in page.tags
    (image,) = [attrs for tag, attrs in page.tags if tag == "img"]
    assert image["alt"] == said.picture.alt
    assert image["src"].startswith("data:image/svg+xml;base64,")
    assert not {tag for tag, _ in page.tags} & {"script", "link", "iframe"}
    assert [attrs["href"] for _, attrs in page.tags if "href" in attrs] == [said.permalink]
    assert "url(" not in briefing_file(said, "html").decode()
    headings = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h\d", tag)]
    assert headings[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(headings))
    assert all("scope" in attrs for tag, attrs in page.tags if tag == "th")


def test_the_document_has_headings_header_rows_and_words_for_the_map(said: Briefing) -> None:
    body = briefing_file(said, "docx")
    document = Document(io.BytesIO(body))
    assert document.core_properties.title == said.title
    assert document.core_properties.language == "en-GB"
    headings = [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert {said.strengths.title, said.peers.title, said.partners.title, "Actor by dimension"} <= set(headings)
    assert len(document.tables) == 4
    assert all("w:tblHeader" in table.rows[0]._tr.xml for table in document.tables)
    (picture,) = document.inline_shapes
    assert picture._inline.docPr.get("descr") == said.picture.alt
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        (image,) = [name for name in archive.namelist() if name.startswith("word/media/")]
        assert archive.read(image).startswith(b"\x89PNG")


HOSTILE = '#panic("x") *b* $ <script>alert(1)</script> & "q" \\ _i_ @ref [y] //c'


@pytest.mark.parametrize("suffix", BRIEFINGS)
def test_a_name_is_set_as_text_whatever_is_in_it(said: Briefing, suffix: str) -> None:
    hostile = replace(
        said,
        name=HOSTILE,
        title=HOSTILE,
        lead=(HOSTILE,),
        permalink=f"javascript:{HOSTILE}",
        picture=replace(said.picture, alt=HOSTILE, title=HOSTILE),
        grid=((HOSTILE, (Cell(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),) * 3),),
        strengths=Section(HOSTILE, None, (HOSTILE,)),
    )
    body = briefing_file(hostile, suffix)
    assert squeezed(READ[suffix](body)).count(squeezed(HOSTILE)) >= 18
    if suffix == "html":
        page = Page(body.decode())
        assert not [tag for tag, attrs in page.tags if tag == "script" or "href" in attrs]


def test_the_same_briefing_gives_the_same_pdf(said: Briefing) -> None:
    assert briefing_file(said, "pdf") == briefing_file(said, "pdf")


def test_the_map_outlines_the_region_in_its_fill() -> None:
    ws = open_workspace()
    table = choropleth(ws, "gva_per_head").table
    svg = locator(ws, table, GM)
    fills = dict(re.findall(r'data-code="(E\d+)" d="[^"]+" fill="([^"]+)"', svg))
    assert fills == table.rows["fill"].to_dict()
    (outline,) = re.findall(r'class="outlined" d="([^"]+)"', svg)
    assert f'data-code="{GM}" d="{outline}"' in svg
    with pytest.raises(NotFound, match="No region"):
        locator(ws, table, "E12000009")


def test_the_map_shows_the_indicator_asked_for() -> None:
    found = briefing(open_workspace(), GM, indicator="gva_per_hour", made=DAY)
    assert found.picture.title.startswith("Gross value added per hour worked")
    assert "gva_per_head" not in open_workspace().catalogue.query("label == @found.picture.title").index


def test_a_profile_is_exported_as_its_briefing(tmp_path: Path) -> None:
    profile = region_profile(open_workspace(), LONDON)
    for suffix in BRIEFINGS:
        path = export(profile, tmp_path / f"london.{suffix}")
        assert "London: briefing" in READ[suffix](path.read_bytes())
    with pytest.raises(UsageError, match="pdf, html, docx, not 'png'"):
        export(profile, tmp_path / "london.png")


def test_a_profile_of_other_figures_is_refused(tmp_path: Path) -> None:
    profile = region_profile(open_workspace(), LONDON)
    other = replace(profile, cells=profile.cells.assign(value=profile.cells["value"] + 1))
    with pytest.raises(UsageError, match="other figures"):
        export(other, tmp_path / "london.pdf")


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., tuple[int, str, str]]:
    """Run the command as the shell would, in this process and in a folder of its own."""

    def command(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["s3geo", "profile", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return (int(ended.value.code or 0), *capsys.readouterr())

    monkeypatch.chdir(tmp_path)
    return command


def test_the_command_writes_one_or_all(run: Callable[..., tuple[int, str, str]]) -> None:
    code, out, _ = run("Greater Manchester", "-o", "gm.pdf")
    assert (code, out) == (0, "gm.pdf\n")
    assert "Greater Manchester: briefing" in read_pdf(Path("gm.pdf").read_bytes())
    code, _, err = run("--all", "-g", "region", "-o", "all/")
    assert code == 0
    assert "#" in err
    assert len(list(Path("all").glob("*.pdf"))) == 9
    found = read_pdf(Path("all", "s3geo_briefing_E12000009_region_2023-04.pdf").read_bytes())
    assert "South West: briefing" in found


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--all",), "name a folder"),
        (("--all", "London", "-o", "x"), "no region"),
        ((), "Name a region"),
        (("London", "-o", "x.png"), "pdf, html, docx"),
        (("--all", "-o", "x", "--format", "odt"), "pdf, html, docx"),
    ],
)
def test_wrong_use_of_the_command_is_told(
    run: Callable[..., tuple[int, str, str]], arguments: tuple[str, ...], words: str
) -> None:
    code, _, err = run(*arguments)
    assert code == 2
    assert words in err
    assert list(Path().iterdir()) == []
