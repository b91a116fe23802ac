"""The map: one fill for a region wherever it is drawn, names as text, and nothing fetched from elsewhere."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from made import figures, made_workspace

from s3geo import choropleth, open_workspace
from s3geo.app.component import map_data
from s3geo.views.choropleth import RegionMap
from s3geo.views.class_table import NO_DATA_FILL
from s3geo.views.palette import NO_DATA
from s3geo.views.static_map import static_map

SVG = "{http://www.w3.org/2000/svg}"
LONDON, GBSLEP = "E37000051", "E37000012"
CASES = [
    ("gva_per_head", "lep", "quantiles"),
    ("he_ip_income_per_1m_research", "lep", "fisher_jenks"),  # ten without data
    ("gva_per_head", "region", "equal_interval"),
    ("gva_per_head", "combined_authority", "head_tail"),
    ("high_growth_share", "county", "std_mean"),
]
NASTY = 'O\'Brien "&" `tick` ${x} </script><script>alert(1)</script> <b>& Sons</b>'


def render(m: RegionMap) -> str:
    return m.get_root().render()


class Page(HTMLParser):
    """What a browser would find in a page: elements, scripts, text, addresses."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.text: list[str] = []
        self.fetched: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append(tag)
        given = {name: value or "" for name, value in attrs}
        addresses = ("src", "srcset", "poster", "data") if tag != "link" else ("href",)
        self.fetched += [given[name] for name in addresses if name in given]
        self.styles.append(given.get("style", ""))

    def handle_data(self, data: str) -> None:
        last = self.tags[-1] if self.tags else ""
        (self.scripts if last == "script" else self.styles if last == "style" else self.text).append(data)


def drawn(html: str) -> list[dict[str, str]]:
    """Fill of each feature in each layer of a stand-alone page, read from folium's style switches and data."""
    layers = []
    parts = re.split(r"function geo_json_\w+_styler\(feature\) \{", "".join(Page(html).scripts))[1:]
    for part in parts:
        cases, _, default = part.partition("default:")
        other = json.loads(re.search(r"return (\{.*?\});", default)[1])["fillColor"]
        fills = {
            code: json.loads(style)["fillColor"]
            for codes, style in re.findall(r"((?:case \"[^\"]+\":\s*)+)return (\{.*?\});", cases)
            for code in re.findall(r"case \"([^\"]+)\":", codes)
        }
        data = json.loads(re.search(r"geo_json_\w+_add\((\{.*\})\);", part)[1])
        layers.append({feature["id"]: fills.get(feature["id"], other) for feature in data["features"]})
    return layers


def on_screen(m: RegionMap, role: str) -> dict[str, str]:
    """Fill of each feature in the data the app sends to the browser."""
    data = map_data(m, title="Map")
    layer = next(layer for layer in data["layers"] if layer["role"] == role)
    return {code: layer["styles"][i]["fillColor"] for code, i in layer["of"].items()}


def in_svg(svg: bytes) -> dict[str, str]:
    """Fill of each region in an SVG of the static renderer; a pattern stands for no data."""
    found = {}
    for group in ElementTree.fromstring(svg).iter(f"{SVG}g"):
        if re.fullmatch(r"E\d{8}", group.get("id", "")):
            fill = re.search(r"fill: ([^;]+)", group.find(f"{SVG}path").get("style"))[1]
            found[group.get("id")] = NO_DATA_FILL if fill.startswith("url") else fill
    return found


def pattern_fills(defs: str, fill: str) -> set[str]:
    """Colours of the pattern that a fill refers to."""
    (name,) = re.fullmatch(r"url\(#(.+)\)", fill).groups()
    svg = ElementTree.fromstring(f"<defs>{defs}</defs>")
    (pattern,) = [p for p in svg if p.get("id") == name]
    return {rect.get("fill") for rect in pattern.iter("rect")}


@pytest.mark.parametrize(("indicator", "geography", "scheme"), CASES)
def test_one_fill_for_a_region_wherever_it_is_drawn(indicator: str, geography: str, scheme: str) -> None:
    ws = open_workspace()
    m = choropleth(ws, indicator, geography=geography, scheme=scheme)
    fills = m.table.rows["fill"].to_dict()
    assert len(fills) == len(ws.layer(geography))
    assert on_screen(m, "regions") == fills
    assert drawn(render(m))[1] == fills
    assert in_svg(static_map(ws, m.table, "svg")) == fills
    counted = m.table.rows["fill"].value_counts().to_dict()
    legend: dict[str, int] = {}
    for row in m.table.legend:
        legend[row.fill] = legend.get(row.fill, 0) + row.count
    assert {fill: n for fill, n in legend.items() if n} == counted


def test_the_seven_shared_districts_are_striped_in_both_fills() -> None:
    ws = open_workspace()
    m = choropleth(ws, "gva_per_head")
    fills = m.table.rows["fill"]
    both = {str(code): {fills[region] for region in regions} for code, regions in ws.overlaps()["regions"].items()}
    assert len(both) == 7
    assert any(len(pair) == 2 for pair in both.values())
    for stripes in (on_screen(m, "overlaps"), drawn(render(m))[2]):
        assert {code: pattern_fills(m.defs, fill) for code, fill in stripes.items()} == both
    assert m.defs in render(m)


def test_stripes_of_a_region_without_data_are_plain_grey(tmp_path: Path) -> None:
    ws = made_workspace(tmp_path, figures({GBSLEP: "suppressed"}))  # synthetic
    m = choropleth(ws, "made_up")
    fills = m.table.rows["fill"]
    for code, fill in on_screen(m, "overlaps").items():
        (other,) = set(ws.overlaps().at[code, "regions"]) - {GBSLEP}
        assert pattern_fills(m.defs, fill) == {NO_DATA, fills[other]}


def test_layers_without_overlaps_have_no_stripes() -> None:
    m = choropleth(open_workspace(), "gva_per_head", geography="region")
    assert [layer["role"] for layer in map_data(m, title="")["layers"]] == ["land", "regions"]
    assert "stripes" not in m.defs


def test_the_selected_region_is_outlined_and_keeps_its_fill() -> None:
    ws = open_workspace()
    plain, chosen = (choropleth(ws, "gva_per_head", selected=codes) for codes in ([], [LONDON]))
    assert drawn(render(plain)) == drawn(render(chosen))
    data = map_data(chosen, title="")
    regions = data["layers"][1]
    heavy = {code for code, i in regions["of"].items() if regions["styles"][i]["weight"] > 1}
    assert heavy == {LONDON}


def test_names_are_shown_as_text_never_run(tmp_path: Path) -> None:
    plain = choropleth(open_workspace(), "gva_per_head")
    ws = made_workspace(tmp_path, figures(), names={LONDON: NASTY, GBSLEP: "Tom & Jerry's"})  # synthetic
    assert ws.names()[LONDON] == NASTY
    m = choropleth(ws, "made_up", selected=[LONDON])
    page = Page(render(m))
    assert page.tags.count("script") == Page(render(plain)).tags.count("script")
    assert "b" not in page.tags
    labels = json.loads(re.search(r"const label = (\{.*?\})\[feature\.id\];", "".join(page.scripts))[1])
    assert labels == m.table.rows["label"].to_dict()
    assert labels[LONDON].startswith(NASTY)
    regions = map_data(m, title="")["layers"][1]
    assert regions["labels"] == labels
    words = "".join(ElementTree.fromstring(static_map(ws, m.table, "svg", selected=[LONDON])).itertext())
    assert re.sub(r"\s+", "", NASTY) in re.sub(r"\s+", "", words)


@pytest.mark.parametrize(("indicator", "geography"), [("gva_per_head", "lep"), ("h2020_he_grant_per_head", "lad")])
def test_the_page_fetches_nothing_from_elsewhere(indicator: str, geography: str) -> None:
    page = Page(render(choropleth(open_workspace(), indicator, geography=geography)))
    assert [address for address in page.fetched if not address.startswith("data:")] == []
    styles = "".join(page.styles)
    assert "@import" not in styles
    assert not re.search(r"url\(\s*['\"]?(?:https?:)?//", styles)
    assert "L.tileLayer(" not in "".join(page.scripts[1:])  # the first is Leaflet itself
    assert page.tags.count("script") >= 2


def test_the_page_says_what_it_shows_and_whose_data_it_is() -> None:
    m = choropleth(open_workspace(), "gva_per_head")
    text = " ".join(Page(render(m)).text)
    for words in (m.table.title, m.table.boundaries, m.table.attribution, m.table.method):
        assert words in text
    for row in m.table.legend:
        assert row.label in text


def test_the_app_sends_addresses_of_its_own_and_no_geometry() -> None:
    data = map_data(choropleth(open_workspace(), "gva_per_head"), title="Map")
    assert len(json.dumps(data)) < 20_000
    for address in (data["module"], data["leaflet"], data["css"], *(layer["url"] for layer in data["layers"])):
        assert re.fullmatch(r"/s3geo/(?:assets|geometry)/[\w.]+", address)
