"""Addresses that nobody would write: whatever they ask for, a page has one view, and what it ignored is short."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from s3geo.app.address import LONGEST, MOST_TOLD, read_address
from s3geo.app.fields import FIELDS, PAGES, valid
from s3geo.statistics.classify import SCHEMES
from s3geo.views.recipe import Recipe
from s3geo.workspace import GEOGRAPHIES, bundled_workspace

EXAMPLES = int(os.environ.get("S3GEO_FUZZ_EXAMPLES", "150"))
WS = bundled_workspace()
SOME = [
    *(*GEOGRAPHIES, *SCHEMES, *WS.catalogue.index[:6], "E37000051", "E07000041", "E37000051,E37000007", "2018", "2020"),
    *("sectors", "pattern", "C", "bres_jobs", "gva", "university", "EX4 4QJ", "1", "0", "5", "1.5", "10;20;30"),
    *("business-2,draws-999999", "normalise-zscore,aggregate-geometric", "nan", "inf", "-1", "9" * 400, "", " ", ",,,"),
    *("<script>alert(1)</script>", "[a](javascript:alert(1))", "`" * 9, "\x00", "../../etc/passwd", "٣", "1e3", "0x1"),
    "a\n\n[Log in](//e.io)",
]  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(SOME),
    st.lists(st.sampled_from(SOME), max_size=4).map(",".join),
    st.text(max_size=60),
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from(["x", "E37000051,", "business-2,", "1;", "9"]).map(lambda text: text * (LONGEST // len(text) + 1)),
)


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from([*FIELDS, "embed", "x"]), VALUES, max_size=10))
def test_any_address_leads_to_a_view(asked: dict[str, str]) -> None:
    state, ignored = read_address(WS, asked)
    assert set(state) == set(FIELDS)
    assert len(ignored) <= MOST_TOLD + 1
    assert all(len(said) <= 40 + 20 and "`" not in said[1:-1] and said.isprintable() for said in ignored)
    for page in PAGES:
        view = valid(WS, dict(state), page)
        assert view.indicator in view.indicators
        assert view.period in view.periods
        assert view.region is None or view.region in WS.layer(view.geography).index
        # an address written from it leads to the same view again
        written = {
            name: FIELDS[name].write(list(value) if isinstance(value, tuple) else value)
            for name in PAGES[page]
            if (value := getattr(view, name)) not in (None, (), FIELDS[name].default) and value != ""
        }
        again, left_out = read_address(WS, written)
        assert left_out == []
        assert valid(WS, again, page) == valid(WS, {**again}, page)
        assert all(getattr(valid(WS, dict(again), page), name) == getattr(view, name) for name in PAGES[page])


@pytest.mark.parametrize(
    "asked",
    [
        {"recipe": ",".join(f"x{number}-1" for number in range(100_000))},
        {"recipe": "draws-" + "9" * 1_000_000},
        {"compare": ",".join(["E37000051"] * 200_000)},
        {"breaks": ";".join(map(str, range(300_000)))},
        {"place": "1" * 1_000_000},
        {"k": "9" * 1_000_000},
    ],
)
def test_what_is_very_long_is_not_read(asked: dict[str, str]) -> None:
    values, ignored = read_address(WS, asked)
    (name,) = asked
    assert values[name] == FIELDS[name].default
    assert len(ignored) == 1
    assert len(ignored[0]) < 60


def test_what_is_not_understood_is_told_in_few_words() -> None:
    _, ignored = read_address(WS, {"recipe": ",".join(f"x{number}-1" for number in range(300))})
    assert len(ignored) == MOST_TOLD + 1
    assert ignored[-1] == f"and {300 - MOST_TOLD} more"


@pytest.mark.parametrize("between", ["\n\n", "\r\r", "\x0b\x00", "\u2028\u2029", " \u202e\n \n"])
def test_a_blank_line_does_not_end_the_quotation(between: str) -> None:
    _, ignored = read_address(WS, {"k": f"a{between}[Log in](//e.io)"})
    assert ignored == ["`k=a [Log in](//e.io)`"]


def test_the_longest_recipe_fits() -> None:
    names = [*WS.catalogue.index, "research", "business", "environment", "funding", "talent", "outputs"]
    everything = Recipe(weights=tuple((name, 0.5) for name in names), draws=9_999, seed=2**31 - 1)
    assert len(everything.url) * 1.5 < LONGEST
