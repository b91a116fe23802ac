"""What s3geo says of itself is true: its files and columns, sources, statement, corrections, contact."""

from __future__ import annotations

import io
import re
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from pypdf import PdfReader

from s3geo import open_workspace
from s3geo.app import about_panels
from s3geo.errors import DataError
from s3geo.exports import about, briefing, briefing_file, map_file
from s3geo.exports.files import Asked
from s3geo.model.catalogue import STATUSES
from s3geo.views.class_table import class_table
from s3geo.views.datapackages import FOLDERS, described_files, sources_in_use
from s3geo.views.documents import document, plain_text


def columns_of(path: Path) -> list[str]:
    if path.suffix == ".parquet":
        return [name for name in pq.read_schema(path).names if not name.startswith("__")]
    return list(pd.read_csv(path, nrows=0).columns) if path.suffix == ".csv" else []


def test_the_dictionary_has_every_file_and_every_column_of_it(root: Path) -> None:
    described = {file.path: file for file in described_files()}
    there = {f"{folder}/{path.name}" for folder in FOLDERS for path in (root / folder).iterdir()}
    assert set(described) == there - {f"{folder}/datapackage.json" for folder in FOLDERS}
    for path, file in described.items():
        assert [name for name, *_ in file.columns] == columns_of(root / path), path
        assert file.size == (root / path).stat().st_size, path
        assert all(len(text) > 3 for *_, text in file.columns), path
    shown = about_panels.files(described_files())
    assert shown.count("<details>") == len(described)
    assert shown.count('<th scope="row"><code>') == sum(len(file.columns) for file in described.values())
    assert all(text in about_panels.statuses() for text in STATUSES.values())


def test_every_source_is_credited_with_its_licence() -> None:
    ws = open_workspace()
    found = sources_in_use(ws)
    assert len(found) == len(ws.entries.source) + 7
    assert found["licence_url"].str.startswith("https://").all()
    assert (found["attribution"].str.len() > 10).all()
    shown = about_panels.licence_table(found)
    for needed in (
        "Open Government Licence",
        "https://creativecommons.org/licenses/by/4.0/",
        "Natural Earth",
        "Royal Mail",
    ):
        assert needed in shown
    assert shown.count('scope="rowgroup"') == 2


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        ("", "has named no contact"),
        ("  ", "S3GEO_CONTACT"),
        ("data@example.org", '<a href="mailto:data@example.org">'),
        ("https://example.org/report?a=1&b=2", '<a href="https://example.org/report?a=1&amp;b=2">'),
        ("Room 4, <b>Town Hall</b>", "<p>Room 4, &lt;b&gt;Town Hall&lt;/b&gt;</p>"),
        ('a@b"onclick="x', "&quot;onclick=&quot;"),
        ("javascript:alert(1)", "<p>javascript:alert(1)</p>"),
    ],
)
def test_the_contact_is_what_the_setting_says_and_never_more(contact: str, expected: str) -> None:
    found = about_panels.contact_words(contact)
    assert expected in found
    assert "<b>" not in found


def test_the_statement_is_filled_in_for_every_page_of_the_app(root: Path) -> None:
    opening, sections = document("docs", "accessibility.md")
    titles = re.findall(r'title="(\w[\w ]*)"', (root / "src" / "s3geo" / "app" / "main.py").read_text("utf-8"))
    assert len(titles) == 8
    assert all(title in opening for title in titles)
    told = {section.anchor: section.text for section in sections}
    assert set(told) >= {"compliance-status", "how-it-was-tested", "reporting-a-problem", "enforcement"}
    assert "Partially compliant" in told["compliance-status"]
    assert re.search(r"\d{1,2} \w+ 20\d\d", told["about-this-statement"])
    assert not re.search(r"\[(name|date|insert|your)|TODO|TBC|@", opening + "".join(told.values()), re.IGNORECASE)


def test_what_the_statement_says_of_pdfs_is_so() -> None:
    ws = open_workspace()
    table = class_table(ws, "gva_per_head")
    of_map = PdfReader(io.BytesIO(map_file(ws, table, "pdf", about(ws, table), Asked(page="a4"))))
    assert "/StructTreeRoot" not in of_map.root_object
    of_region = PdfReader(io.BytesIO(briefing_file(briefing(ws, "E37000015", "lep"), "pdf")))
    assert "/StructTreeRoot" in of_region.root_object


def test_each_correction_has_its_day_and_says_what_moved() -> None:
    opening, sections = document("docs", "corrections.md")
    rows = [line.strip("|").split("|") for line in opening.splitlines() if line.startswith("| ")][1:]
    days = [datetime.strptime(row[0].strip(), "%d %B %Y") for row in rows]
    assert days == sorted(days, reverse=True)
    assert len(days) >= 5
    for _, wrong, moved in rows:
        assert wrong.strip().endswith(".")
        assert "moved" in moved or "now" in moved or "gone" in moved or "shapes" in moved
    assert [section.anchor for section in sections] == ["reporting-an-error"]


def test_a_text_that_is_not_installed_is_told() -> None:
    with pytest.raises(DataError, match="install s3geo again"):
        plain_text("docs", "nowhere.md")
