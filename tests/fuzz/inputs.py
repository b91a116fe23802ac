"""Inputs made from good ones by accidents: bits, cuts, repeats, pieces of others, and words that parsers trip over.

Each input follows from a seed, the name of its target and its number alone, so that any of them can be made again.
Archives are taken apart and put together again around the damage: a reader would else see little but broken archives.
"""

from __future__ import annotations

import io
import json
import random
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

__all__ = ["GOOD", "made"]

CODES = ["E37000051", "E37000007", "E37000010"]
WORDS = [
    *(b"0", b"-1", b"1e999", b"nan", b"-inf", b"9" * 400, b"4294967296", b"2147483647", b"65535", b"0x7f", b"1_000"),
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\n\n", b"\t", b'"', b'""', b"'", b",", b";", b"|", b"%", b"%s"),
    *(b"[", b"]" * 50, b"{" * 200, b"}", b"<", b">", b"</script>", b"&lol;", b"<!ENTITY a SYSTEM 'file:///etc/passwd'>"),
    *(b"=cmd|' /C calc'!A0", b"@SUM(1)", b"../../etc/passwd", b"/vsicurl/http://127.0.0.1:9/a", b"C:\\a", b"E37000051"),
    *("\u202e".encode(), "\ud7ff".encode(), "🦆".encode(), "ﷺ".encode() * 20, b"\xc3\x28", b"\xed\xa0\x80", b"London"),
    *(b"null", b"true", b"[]", b'"coordinates"', b'"type"', b'"Polygon"', b"E92000001", b"2023/24", b"[c]", b":"),
]  # fmt: skip


def accidents(data: bytes, rng: random.Random, most: int = 4) -> bytes:
    """Do a few things to bytes."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, rng.choice((1, 1, 2, most)))):
        at, end = sorted(rng.randint(0, len(changed)) for _ in range(2))
        match rng.randrange(9):
            case 0 if changed:
                changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
            case 1 if changed:
                changed[rng.randrange(len(changed))] = rng.randrange(256)
            case 2:
                changed[at:at] = rng.choice(WORDS)
            case 3:
                changed[at : min(end, at + 40)] = rng.choice(WORDS)
            case 4:
                del changed[at : min(end, at + 200)]
            case 5:
                changed[at:at] = changed[at : min(end, at + 400)] * rng.randint(1, 5)
            case 6:
                del changed[rng.randint(len(changed) // 2, len(changed)) :]
            case 7 if changed:
                byte = rng.randrange(256)
                size = min(rng.choice((1, 4, 8)), len(changed) - at)
                changed[at : at + size] = bytes([byte]) * size
            case 8:
                changed[at:at] = rng.randbytes(rng.randint(1, 8))
    return bytes(changed)


def text_accidents(text: str, rng: random.Random) -> str:
    return accidents(text.encode(), rng).decode("utf-8", "replace")


def in_archive(data: bytes, rng: random.Random) -> bytes:
    """Damage one member of an archive, or, one time in five, the archive."""
    if rng.randrange(5) == 0:
        return accidents(data, rng)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    hit = rng.choice(sorted(members))
    match rng.randrange(8):
        case 0:
            del members[hit]
        case 1:
            members[rng.choice(["a.shp", "../a", "xl/workbook.bin", "b/c.gpkg", "\x01", "A" * 300])] = members.pop(hit)
        case _:
            members[hit] = accidents(members[hit], rng, most=6)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


# --- good ones


def table() -> pd.DataFrame:
    return pd.DataFrame(
        {"code": CODES, "name": ["London", "Cumbria", "Dorset"], "2022": [1.5, 2.0, float("nan")], "2023": [3, 4, 5]}
    )


@cache
def workbook(engine: str) -> bytes:
    """Return a workbook (of an OpenDocument one what our readers look at)."""
    out = io.BytesIO()
    if engine == "xlsx":
        with pd.ExcelWriter(out, engine="xlsxwriter") as writer:
            table().to_excel(writer, index=False)
            table().to_excel(writer, index=False, sheet_name="notes")
        return out.getvalue()
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    number = '<table:table-cell office:value-type="float" office:value="{0}"><text:p>{0}</text:p></table:table-cell>'
    row = '<table:table-row table:number-rows-repeated="1">{}</table:table-row>'
    rows = row.format(cell.format("code") + cell.format("2023"))
    rows += "".join(row.format(cell.format(code) + number.format(n)) for n, code in enumerate(CODES))
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        body = f'<office:body><office:spreadsheet><table:table table:name="a">{rows}</table:table>'
        end = "</office:spreadsheet></office:body></office:document-content>"
        archive.writestr("content.xml", f"<office:document-content {spaces}>{body}{end}")
    return out.getvalue()


@cache
def parquet() -> bytes:
    out = io.BytesIO()
    table().to_parquet(out)
    return out.getvalue()


@cache
def layer(suffix: str) -> bytes:
    """Return three squares as a file."""
    boxes = [shapely.box(x, 200_000, x + 50_000, 250_000) for x in (300_000, 350_000, 400_000)]
    frame = gpd.GeoDataFrame({"LEP21CD": CODES, "LEP21NM": table()["name"]}, geometry=boxes, crs="EPSG:27700")
    if suffix == "geojson":
        return json.dumps(json.loads(frame.to_crs("EPSG:4326").to_json())).encode()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if suffix == "zip":
            frame.to_file(folder / "LEP.shp", engine="pyogrio")
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w") as archive:
                for path in sorted(folder.iterdir()):
                    archive.write(path, path.name)
            return out.getvalue()
        path = folder / f"layer.{suffix}"
        frame.to_parquet(path) if suffix == "parquet" else frame.to_file(path, engine="pyogrio")
        if suffix == "gpkg":
            with sqlite3.connect(path) as database:
                database.execute("DROP TABLE IF EXISTS gpkg_extensions")
            database.close()
        return path.read_bytes()


CSV = [
    b"code,name,2022,2023\nE37000051,London,1.5,3\nE37000007,Cumbria,[c],4\nE37000010,Dorset,,5\n",
    b'name;period;value\n"London";2023;"1.5"\nHotSW;2022/23;7\nEngland;2023;9\n',
    "code\tmeasure\tyear\tvalue\nE37000051\tjobs\t2021\t£1,204\nE37000007\tjobs\t2021\t12%\n".encode("utf-16"),
    "name,£\nGreater Manchester,1\nTees Valley,2\nCornwall & Isles of Scilly,3\n".encode("cp1252"),
]
RECIPE = """\
name = "Mine"
geography = "lep"
draws = 1000
seed = 1
[method]
normalise = "percent_rank"
[actors]
business = 2
[indicators]
gva_per_head = 1.5
"""
ADDRESSES = [
    "geography=lep&indicator=gva_per_head&period=2018&scheme=manual&k=5&breaks=10;20;30&region=E37000051",
    "mode=sectors&table=bres_jobs&sector=C&year=2020&layers=university,districts&compare=E37000051,E37000007&second=x",
    "geography=lad&region=E07000041&who=organisations&kinds=university,catapult&around=25&order=near&place=EX4 4QJ",
    "recipe=business-2,gva_per_head-0.5,seed-3,draws-999999,normalise-percent_rank&near=6&peers=statistical&w_near=1.5&within=50",
    "maps=time&every=1&top=0&target=J&counted=bres_jobs&side_actor=research&w_links=nan&k=999999&org=x&fixed=1",
]
TEXTS = ["Greater Manchester", "E37000051", "Cornwall and Isles of Scilly", "Leeds City Region", "London"]

GOOD: dict[str, Callable[[], list[bytes]]] = {
    "address": lambda: [text.encode() for text in ADDRESSES],
    "search": lambda: [text.encode() for text in TEXTS],
    "recipe": lambda: [RECIPE.encode()],
    "csv": lambda: CSV,
    "xlsx": lambda: [workbook("xlsx")],
    "ods": lambda: [workbook("ods")],
    "parquet": lambda: [parquet()],
    "geojson": lambda: [layer("geojson")],
    "shapefile": lambda: [layer("zip")],
    "geopackage": lambda: [layer("gpkg")],
    "flatgeobuf": lambda: [layer("fgb")],
    "geoparquet": lambda: [layer("parquet")],
}
"""What each target reads without a word."""
FAULTS = [b"read", b"refuse", b"raise", b"fall", b"hang", b"read"]
"""For the target that tries whether the harness notices."""
ARCHIVES = {"xlsx", "ods", "shapefile"}


def made(target: str, seed: int, number: int) -> bytes:
    """Return one input of a target."""
    rng = random.Random(f"{seed} {target} {number}")
    if target == "faulty":
        return FAULTS[number]
    good = rng.choice(GOOD[target]())
    return in_archive(good, rng) if target in ARCHIVES else accidents(good, rng, most=6)
