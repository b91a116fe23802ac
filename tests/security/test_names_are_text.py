"""Labels, units, sources and file names of a stranger: text wherever they end, never markup, never a formula."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import pytest
import shapely

from s3geo.app import compare_panels, panels
from s3geo.cli import profiles
from s3geo.exports import Asked, about, briefing, briefing_file, bundle, map_file
from s3geo.tables.own import match_own
from s3geo.tables.read import read_table
from s3geo.views.class_table import ClassTable, class_table
from s3geo.views.comparison import comparison
from s3geo.views.nearby import nearest_regions
from s3geo.views.profile import region_profile
from s3geo.workspace import Workspace, bundled_workspace
from s3geo.workspace.own import Described, describe_own
from s3geo.writing import write_whole

NASTY = "=1+1</title></style></script><script>alert(1)</script><img src=x onerror=alert(2)>\"'`${x}]]>&lt; {{7*7}}"
FILE = "../../<svg onload=alert(3)>.csv"
LONDON = "E37000051"


@pytest.fixture(scope="module")
def ws() -> Workspace:
    bundle_ = bundled_workspace()
    rows = "".join(f"{code},{n}\n" for n, code in enumerate(bundle_.layer().index, 1))
    matched = match_own(read_table(f"code,2023\n{rows}".encode(), name="a.csv"), bundle_.layer(), file=FILE)
    own = describe_own(matched, Described(label=NASTY[:100], unit=NASTY[:60], source=NASTY))
    return bundle_.with_own(own)


@pytest.fixture(scope="module")
def table(ws: Workspace) -> ClassTable:
    return class_table(ws, ws.catalogue.index[-1])


class Elements(HTMLParser):
    """Scripts that a page runs, and attributes that would."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.handlers: list[str] = []
        self.within = False
        self.feed(text)

    def handle_starttag(self, tag, attrs) -> None:
        self.within = tag == "script"
        if self.within:
            self.scripts.append("")
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_endtag(self, tag) -> None:
        self.within = self.within and tag != "script"

    def handle_data(self, data) -> None:
        if self.within:
            self.scripts[-1] += data


def harmless(text: str) -> None:
    page = Elements(text)
    assert page.handlers == []
    assert not [script for script in page.scripts if script.strip().startswith("alert(")]
    assert "<img src=x" not in re.sub(r"<script\b.*?</script>", "", text, flags=re.DOTALL)


def test_the_saved_page_and_the_briefing(ws: Workspace, table: ClassTable) -> None:
    said = about(ws, table)
    harmless(map_file(ws, table, "html", said).decode())
    harmless(briefing_file(briefing(ws, LONDON, indicator=table.indicator), "html").decode())


def test_panels(ws: Workspace, table: ClassTable) -> None:
    profile = region_profile(ws, LONDON)
    for made in (
        panels.england(table, "neutral"),
        panels.profile_head(profile, table, "neutral"),
        panels.profile_grid(profile),
        panels.source(table, NASTY, NASTY),
    ):
        harmless(made)
        assert "<script" not in made


def test_codes_and_names_of_a_layer() -> None:
    codes = [f'{n}"><script>alert(1)</script>' for n in range(4)]
    boxes = [shapely.box(300_000 + 50_000 * n, 200_000, 350_000 + 50_000 * n, 250_000) for n in range(4)]
    layer = gpd.GeoDataFrame(
        {"name": [f"{code}{NASTY}" for code in codes]}, geometry=boxes, crs="EPSG:27700", index=codes
    )
    own = bundled_workspace().with_layer("lep", layer.rename_axis("code"), file=FILE)
    text = "code,2023\n" + "".join(f'"{code.replace(chr(34), chr(34) * 2)}",{n}\n' for n, code in enumerate(codes))
    matched = match_own(read_table(text.encode(), name="a.csv"), own.layer())
    own = own.with_own(describe_own(matched, Described(label="Patents", unit="patents")))
    table = class_table(own, own.catalogue.index[-1], k=3)
    said = about(own, table)
    harmless(map_file(own, table, "html", said).decode())
    ET.fromstring(map_file(own, table, "svg", said))
    for made in (
        panels.england(table, "neutral"),
        panels.profile_grid(region_profile(own, codes[0])),
        panels.nearest(nearest_regions(own, codes[0], n=2), "lep"),
        compare_panels.side_by_side(comparison(own, codes[:2])),
    ):
        harmless(made)
        assert "<script" not in made


def test_a_drawing_has_texts_and_nothing_that_runs(ws: Workspace, table: ClassTable) -> None:
    root = ET.fromstring(map_file(ws, table, "svg", about(ws, table)))
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert not names & {"script", "foreignObject", "iframe", "image"}
    attributes = {name.rpartition("}")[2] for element in root.iter() for name in element.attrib}
    assert not {name for name in attributes if name.startswith("on")}


def test_no_cell_of_a_csv_is_a_formula(ws: Workspace, table: ClassTable) -> None:
    text = map_file(ws, table, "csv", about(ws, table)).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert any("alert(1)" in cell for row in rows for cell in row)
    assert not [cell for row in rows for cell in row if cell[:1] in "=+@\t\r" and cell]
    assert not [cell for row in rows for cell in row if re.match(r"-\D", cell)]


def test_no_cell_of_a_workbook_is_a_formula(ws: Workspace, table: ClassTable) -> None:
    with zipfile.ZipFile(io.BytesIO(map_file(ws, table, "xlsx", about(ws, table)))) as book:
        for name in book.namelist():
            assert b"<f>" not in book.read(name), name
            assert not name.startswith(("/", "..")), name
            if name.startswith("xl/worksheets"):
                assert b"<hyperlink" not in book.read(name) or b"alert" not in book.read(name)


def test_an_archive_has_names_that_stay_inside_it(ws: Workspace, table: ClassTable) -> None:
    with zipfile.ZipFile(io.BytesIO(bundle(ws, [table], about(ws, table), Asked()))) as archive:
        names = archive.namelist()
    assert len(names) > 3
    for name in names:
        assert re.fullmatch(r"[\w.-]+(/[\w.-]+)*", name), name
        assert ".." not in name


@pytest.mark.parametrize("code", ["E37000051", "../../etc/x", "/etc/x", "a\x00b", "C:\\x", "..", "x" * 400])
def test_the_name_of_a_briefing_stays_in_its_folder(code: str, tmp_path: Path) -> None:
    """`s3geo profile --all` names each file by the code of its area, which a layer of a stranger's chooses."""
    path = tmp_path / "out" / profiles._named(code, "lep", "2021-05", "pdf")
    assert path.resolve().parent == tmp_path / "out"
    write_whole(path, b"x")
    assert [found.name for found in tmp_path.rglob("*") if found.is_file()] == [path.name]
    assert code in path.name or code != "E37000051"


def test_ids_of_ones_own_are_plain(ws: Workspace) -> None:
    assert re.fullmatch(r"own_[a-z0-9_]{1,60}", str(ws.catalogue.index[-1]))
