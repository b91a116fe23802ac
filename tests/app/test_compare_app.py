"""Compare without a browser: what it offers, and what an address restores."""

from __future__ import annotations

import pytest
from streamlit.util import calc_hash
from test_explore_app import GM, LONDON, App

from s3geo import open_workspace
from s3geo.views.peers import peers


def go(app: App, page: str) -> App:
    """Follow a link of the navigation: the address is bare."""
    app.test.query_params.clear()
    app.test._page_hash = calc_hash(page)
    return app.run()


def test_the_filters_of_explore_do_not_narrow_the_indicators_of_compare() -> None:
    app = App(actor="business", dimension="funding")
    narrowed = len(app.control("Indicator").options)
    go(app, "compare").put("maps", "time")
    ws = open_workspace()
    every = [i for i in ws.catalogue.index if "lep" in ws.geographies_of(i)]
    assert narrowed < len(app.control("Indicator").options) == len(every)
    app.choose("Indicator", "gva_per_head")
    assert app.control("Indicator").value == "gva_per_head"
    go(app, "explore")
    assert app.control("Indicator").value == "gva_per_head"  # Explore lets it through rather than change it


def test_the_filters_wait_where_compare_left_the_indicator_alone() -> None:
    app = App(actor="business", dimension="funding")
    chosen = app.control("Indicator").value
    go(app, "compare")
    go(app, "explore")
    assert app.control("Actor").value == "business"
    assert app.control("Indicator").value == chosen


def test_an_address_restores_peers_and_the_button_compares_them() -> None:
    app = App("compare", region=GM, compare=LONDON, peers="adjoining", near="3")
    found = peers(open_workspace(), GM, "adjoining", k=3)
    for name in found["name"]:
        assert name in app.words
    (button,) = [b for b in app.test.button if b.label.startswith("Compare Greater Manchester with these")]
    button.click()
    app.run()
    assert app.address["compare"].split(",") == [GM, *found.index]
    assert app.address["peers"] == "adjoining"
    assert app.address["near"] == "3"


@pytest.mark.parametrize(("name", "value"), [("peers", "friends"), ("near", "2"), ("near", "11"), ("near", "five")])
def test_an_invalid_choice_of_peers_is_left_out_with_a_notice(name: str, value: str) -> None:
    app = App("compare", region=GM, **{name: value})
    (notice,) = [i.value for i in app.test.info]
    assert notice == f"Part of the address was not understood and left out: `{name}={value}`."
    for peer in peers(open_workspace(), GM)["name"]:
        assert peer in app.words


def test_ten_peers_and_the_area_itself_are_one_too_many_and_it_is_said() -> None:
    app = App("compare", region=GM, near="10")
    (button,) = [b for b in app.test.button if "with these (the first 9)" in b.label]
    button.click()
    app.run()
    assert app.address["compare"].split(",") == [GM, *peers(open_workspace(), GM, k=10).index[:9]]
