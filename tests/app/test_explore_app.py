"""The pages without a browser: what they offer, what an address restores, what the map is sent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Element
from streamlit.util import calc_hash

from s3geo import open_workspace, region_profile
from s3geo.app.markdown import plain
from s3geo.app.server import SCRIPT
from s3geo.statistics.classify import SCHEMES
from s3geo.workspace import GEOGRAPHIES

GM, LONDON, SWINDON = "E37000015", "E37000051", "E37000033"
CLASSES = ["Second indicator", "Classes by", "Classes", "Colours"]
PATIENCE = 60  # the first run imports everything


class App:
    """One visit. What AppTest keeps private is used here and nowhere else."""

    def __init__(self, page: str = "", **query: str) -> None:
        self.test = AppTest.from_file(str(SCRIPT), default_timeout=PATIENCE)
        for name, value in query.items():
            self.test.query_params[name] = value
        if page:
            self.test._page_hash = calc_hash(page)
        self.run()

    def run(self) -> App:
        self.test.run()
        assert [e.message for e in self.test.exception] == []
        assert [e.value for e in self.test.error] == []
        return self

    def _elements(self) -> Iterator[Element]:
        def walk(block: Block) -> Iterator[Element]:
            for child in block.children.values():
                if isinstance(child, Block):
                    yield from walk(child)
                else:
                    yield child

        yield from walk(self.test._tree)

    def choose(self, label: str, value: object) -> App:
        self.control(label).set_value(value)
        return self.run()

    def control(self, label: str) -> Any:
        if label in CLASSES and label not in [box.label for box in self.test.selectbox]:
            self.put("classes", True)  # a list is drawn when it is opened
        (found,) = [box for box in self.test.selectbox if box.label == label]
        return found

    def put(self, name: str, value: object) -> App:
        self.test.session_state[name] = value
        return self.run()

    @property
    def map(self) -> dict[str, Any]:
        """What the map component is sent."""
        (found,) = [part for part in self.parts if "layers" in part]
        return found

    @property
    def chosen(self) -> str | None:
        """The region the browser is told to show as chosen."""
        (found,) = [part for part in self.parts if "answered" in part]
        return found["selected"]

    @property
    def parts(self) -> list[dict[str, Any]]:
        return [json.loads(e.proto.json) for e in self._elements() if e.type == "bidi_component"]

    @property
    def html(self) -> str:
        return "\n".join(e.proto.body for e in self._elements() if e.type == "html")

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", self.html)))

    @property
    def heading(self) -> str:
        return unescape(re.search(r"<h2>(.*?)</h2>", self.html)[1])

    @property
    def address(self) -> dict[str, str]:
        return {name: value[0] if isinstance(value, list) else value for name, value in self.test.query_params.items()}


def strings(value: object) -> Iterator[str]:
    """Every text in a JSON document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def test_the_first_visit_shows_england_and_every_control() -> None:
    app = App()
    assert app.heading == "England"
    labels = [box.label for box in app.test.selectbox]
    above = ["Show", "Area", "Actor", "Dimension", "Indicator", "Period"]
    assert labels == [*above, "Region"]
    app.put("classes", True)
    assert [box.label for box in app.test.selectbox] == [*above, *CLASSES, "Region"]
    assert [box.label for box in app.test.text_input] == ["Find by name or postcode"]
    assert app.control("Area").value == "lep"
    assert app.control("Region").value is None
    assert app.chosen is None
    assert app.test.info == app.test.warning == []


def test_the_indicators_of_the_catalogue_are_offered() -> None:
    ws = open_workspace()
    assert app_options("Indicator") == list(ws.catalogue["label"])


def app_options(label: str, **query: str) -> list[str]:
    return list(App(**query).control(label).options)


@pytest.mark.parametrize("geography", GEOGRAPHIES)
def test_changing_the_geography_keeps_a_valid_state(geography: str) -> None:
    ws = open_workspace()
    app = App(indicator="stem_professionals_share", region=LONDON)  # exists for LEPs only
    app.choose("Area", geography)
    indicator = app.control("Indicator").value
    assert geography in ws.geographies_of(indicator)
    assert app.control("Period").value in ws.periods(indicator, geography)
    assert set(app.map["layers"][1]["of"]) == set(ws.layer(geography).index)
    if geography == "lep":
        assert app.heading == "London"
    else:
        assert app.control("Region").value is None
        assert app.heading == "England"
        assert app.address["geography"] == geography


def test_the_filters_leave_the_indicators_of_one_cell() -> None:
    ws = open_workspace()
    app = App().choose("Actor", "business").choose("Dimension", "talent")
    cell = ws.catalogue.query("actor == 'business' and dimension == 'talent'")
    assert list(app.control("Indicator").options) == list(cell["label"])
    assert app.control("Indicator").value == cell.index[0]


def test_an_address_restores_the_whole_view() -> None:
    view = {"indicator": "gva_per_head", "period": "2019", "scheme": "fisher_jenks", "k": "7", "actor": "environment"}
    app = App(geography="lep", region=GM, **view)
    labels = ("Indicator", "Period", "Classes by", "Classes", "Actor")
    assert [str(app.control(label).value) for label in labels] == list(view.values())
    assert app.control("Region").value == app.chosen == GM
    assert app.heading == "Greater Manchester"
    assert f"{SCHEMES['fisher_jenks']}, 7 classes" in unescape(app.map["legend"])
    assert "£ per resident, 2019" in app.words
    assert app.address == {**view, "region": GM}
    assert app.test.info == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("indicator", "gva_per_hed"),
        ("region", "E99999999"),
        ("region", "<script>alert(1)</script>"),
        ("geography", "parish"),
        ("k", "99"),
        ("k", "five"),
        ("period", "1066"),
        ("dimension", "x" * 500),
    ],
)
def test_a_mangled_part_of_an_address_is_left_out_with_a_notice(name: str, value: str) -> None:
    query = {"indicator": "gva_per_head", "scheme": "head_tail", name: value}
    app = App(**query)
    (notice,) = app.test.info
    assert notice.value == f"Part of the address was not understood and left out: `{name}={value[:40]}`."
    assert app.address.get(name) != value
    if name != "scheme":
        assert app.control("Classes by").value == "head_tail"  # the sound parts hold
    assert app.heading == "England"


def test_after_a_notice_the_page_works_as_ever() -> None:
    app = App(indicator="gva_per_head", region="E99999999")
    assert len(app.test.info) == 1
    app.choose("Region", GM)
    assert app.heading == "Greater Manchester"
    assert app.address["region"] == GM


@pytest.mark.parametrize("geography", ["lep", "lad"])
def test_the_map_is_sent_only_addresses_of_this_server(geography: str) -> None:
    data = App(geography=geography, indicator="gva_per_head").map
    assert not [text for text in strings(data) if re.search(r"https?:|//", text)]
    for address in (data["module"], data["leaflet"], data["css"], *(layer["url"] for layer in data["layers"])):
        assert address.startswith("/s3geo/")


@pytest.mark.parametrize("code", [GM, LONDON, SWINDON])
def test_a_selected_region_shows_its_heading_profile_and_surroundings(code: str) -> None:
    app = App(indicator="he_research_income_per_head").put("region", code)
    profile = region_profile(open_workspace(), code)
    assert app.heading == profile.name
    assert app.chosen == code
    assert app.html.count('data-cell="') == 9
    for row in profile.headline().itertuples():
        assert row.short_label in app.words
    assert 'data-panel="nearest"' in app.html
    assert 'data-panel="organisations"' in app.html
    if code == SWINDON:
        assert "No data, no university registered here" in app.words


def test_a_region_taken_back_shows_england_again() -> None:
    app = App(region=GM)
    assert app.heading == "Greater Manchester"
    app.choose("Region", None)
    assert app.heading == "England"
    assert "region" not in app.address


@pytest.mark.parametrize(
    ("text", "heading"), [("EX4 4QJ", "Heart of the South West"), ("D2N2", "Derby"), ("leeds", "Leeds")]
)
def test_the_search_leads_to_a_region(text: str, heading: str) -> None:
    app = App()
    app.test.text_input[0].set_value(text)
    app.run()
    assert app.heading.startswith(heading)
    assert app.control("Region").value == app.chosen
    assert app.test.text_input[0].value == ""


def test_a_postcode_in_two_leps_asks_which() -> None:
    app = App()
    app.test.text_input[0].set_value("WS13 6HX")
    app.run()
    assert app.heading == "England"
    first, second = (b for b in app.test.button if b.key and b.key.startswith("overlap_"))
    assert {first.label, second.label} == {"Greater Birmingham and Solihull", "Stoke-on-Trent and Staffordshire"}
    second.click()
    app.run()
    assert app.heading == second.label
    assert not [b for b in app.test.button if b.key and b.key.startswith("overlap_")]


@pytest.mark.parametrize("text", ["ZZ1 1ZZ", "<b>x</b>"])
def test_a_search_that_leads_nowhere_says_so_and_changes_nothing(text: str) -> None:
    app = App(region=GM)
    app.test.text_input[0].set_value(text)
    app.run()
    (message,) = app.test.warning
    assert plain(text) in message.value
    assert app.heading == "Greater Manchester"


def test_source_licence_and_vintage_stand_under_every_map() -> None:
    ws = open_workspace()
    for indicator in ("gva_per_head", "ref2021_4star_share", "nvq4plus_share"):
        words = App(indicator=indicator).words
        assert ws.attribution(indicator) in words
        assert ws.catalogue.at[indicator, "caveat"] in words
        assert "Local Enterprise Partnerships, May 2021" in words
        assert "core funding of LEPs ended on 31 March 2024" in words


def test_no_folder_beside_the_script_is_taken_by_streamlit_for_pages() -> None:
    # a first visitor who came by a link to a page saw nothing while there was one
    assert not (SCRIPT.parent / "pages").exists()
    assert App("explore", region=GM).heading == "Greater Manchester"


def test_the_data_page_lists_every_indicator_with_its_sources() -> None:
    ws = open_workspace()
    app = App("data")
    assert app.heading == "Data"
    labels = [box.label for box in app.test.expander]
    assert len(labels) == len(ws.catalogue)
    for label, indicator in zip(labels, ws.catalogue.index, strict=True):
        assert label.startswith(ws.catalogue.at[indicator, "label"])
    for box, indicator in zip(app.test.expander, ws.catalogue.index, strict=True):
        (table,) = [e.proto.body for e in box.children.values() if e.type == "html"]
        text = unescape(table)
        for source in ws.entries.sources_of(indicator):
            for words in (source.url, source.title, source.publisher, source.licence_title, source.attribution):
                assert words in text
        for field in ("unit", "period", "formula", "caveat"):
            assert str(ws.catalogue.at[indicator, field]) in text
    assert ws.boundary_attribution in app.words


def test_the_view_survives_a_look_at_the_data_page() -> None:
    app = App(indicator="gva_per_head", region=GM, scheme="fisher_jenks")
    app.test._page_hash = calc_hash("data")
    app.run()
    assert app.heading == "Data"
    app.test.query_params.clear()
    app.test._page_hash = calc_hash("explore")
    app.run()
    assert app.heading == "Greater Manchester"
    assert app.control("Classes by").value == "fisher_jenks"
    assert app.address["region"] == GM


def test_a_choice_outlives_its_control_however_it_left_the_page() -> None:
    app = App(indicator="gva_per_head").choose("Classes", 7).choose("Second indicator", "gva_per_hour")
    assert app.address["k"] == "7"  # two indicators have no number of classes
    app = App(indicator="gva_per_head").choose("Classes", 7).put("classes", False).choose("Show", "pattern")
    app.put("classes", True).put("classes", False).choose("Show", "indicators")
    assert app.address["k"] == "7"
    app = App(mode="sectors")
    app.choose("Sector", "C").choose("Show", "indicators").choose("Show", "sectors")
    assert app.control("Sector").value == "C"
    app.test._page_hash = calc_hash("data")
    app.run()
    app.test._page_hash = calc_hash("explore")
    app.test.query_params.clear()
    app.run()
    assert app.control("Sector").value == "C"


def test_a_list_that_comes_begins_with_what_is_held() -> None:
    """A browser that misses the value sent with the list would take the first choice for the chosen one."""
    app = App(indicator="gva_per_head", scheme="equal_interval", k=7, palette="diverging").put("classes", True)
    began = {box.label: box.proto.options[box.proto.default] for box in app.test.selectbox if box.label in CLASSES}
    assert began.items() >= {"Classes by": "Equal intervals", "Classes": "7", "Colours": "Around England"}.items()
    assert [told.value for told in app.test.warning] == []


def test_classes_hold_when_their_list_is_closed() -> None:
    app = App(indicator="gva_per_head").choose("Classes by", "equal_interval").choose("Classes", 7)
    app.put("classes", False).choose("Region", GM).choose("Show", "pattern").choose("Show", "indicators")
    assert {"scheme": "equal_interval", "k": "7"}.items() <= app.address.items()
    assert app.control("Classes by").value == "equal_interval"


def test_the_notice_is_gone_once_something_else_is_chosen() -> None:
    app = App(indicator="gva_per_head", region="E99999999")
    assert len(app.test.info) == 1
    app.choose("Region", GM)
    app.choose("Classes", 7)
    assert app.test.info == []


@pytest.mark.parametrize(
    "query",
    [
        {"indicator": "stem_professionals_share", "geography": "lad"},
        {"indicator": "gva_per_head", "actor": "business"},
    ],
)
def test_an_indicator_that_cannot_be_shown_is_left_out_with_a_notice(query: dict[str, str]) -> None:
    app = App(**query)
    assert app.control("Indicator").value != query["indicator"]
    assert len(app.test.info) == 1
