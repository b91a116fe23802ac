"""The one table behind every picture: each region in its class, its colour and its words; no data is no class."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from made import figures, made_workspace

from s3geo import open_workspace
from s3geo.errors import NotFound, UsageError
from s3geo.statistics.classify import SCHEMES
from s3geo.views.class_table import NO_DATA_FILL, ClassTable, class_table
from s3geo.views.legend import legend_html
from s3geo.views.palette import sequential
from s3geo.workspace import GEOGRAPHIES

NO_UNIVERSITY = "E37000033"
MISSING = {"E37000009": "suppressed", "E37000016": "suppressed", "E37000051": "suppressed"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ClassTable:
    """Synthetic: one true 0, three without data, 34 other values."""
    ws = made_workspace(tmp_path_factory.mktemp("made"), figures(MISSING))
    return class_table(ws, "made_up")


@pytest.mark.parametrize("geography", GEOGRAPHIES)
def test_one_row_for_each_region_in_the_order_of_the_layer(geography: str) -> None:
    ws = open_workspace()
    rows = class_table(ws, "gva_per_head", geography=geography).rows
    layer = ws.layer(geography)
    assert rows.index.equals(layer.index)
    assert rows["name"].tolist() == layer["name"].tolist()


@pytest.mark.parametrize("scheme", [s for s in SCHEMES if s != "manual"])
@pytest.mark.parametrize("indicator", ["gva_per_head", "he_ip_income_per_1m_research"])
def test_values_classes_and_colours_agree(indicator: str, scheme: str) -> None:
    ws = open_workspace()
    table = class_table(ws, indicator, scheme=scheme)
    pd.testing.assert_series_equal(table.rows["value"], ws.values(indicator), check_names=False)
    assert table.colours == sequential(table.breaks.k)
    for row in table.rows.itertuples():
        if pd.isna(row.value):
            assert row.fill == NO_DATA_FILL
            assert pd.isna(table.rows.at[row.Index, "class"])
        else:
            c = table.rows.at[row.Index, "class"]
            assert row.fill == table.colours[c]
            assert row.value <= table.breaks.upper[c]
            assert c == 0 or row.value > table.breaks.upper[c - 1]


def test_38_leps_and_their_words() -> None:
    table = class_table(open_workspace(), "gva_per_head")
    assert len(table.rows) == 38
    london = table.rows.loc["E37000051"]
    assert london["label"] == f"London: £{london['value']:,.0f} per resident, class 5 of 5"
    assert table.subtitle == "£ per resident, 2023"
    assert table.boundaries == "Local Enterprise Partnerships, May 2021"
    assert table.method == "Quantiles, 5 classes"
    assert "Royal Mail" in table.attribution


def test_a_region_without_a_university_is_dotted_with_its_reason() -> None:
    table = class_table(open_workspace(), "he_research_income_per_head")
    row = table.rows.loc[NO_UNIVERSITY]
    assert row["name"] == "Swindon and Wiltshire"
    assert row["fill"] == NO_DATA_FILL
    assert row["label"] == "Swindon and Wiltshire: no data, no university registered here"
    assert table.legend[-1].label == "No data: no university registered here"
    assert table.legend[-1].count == 1


def test_each_reason_has_its_own_legend_row_and_all_rows_add_up() -> None:
    table = class_table(open_workspace(), "he_ip_income_per_1m_research")
    reasons = {row.label: row.count for row in table.legend if row.fill == NO_DATA_FILL}
    assert reasons == {"No data: withheld, too few cases": 9, "No data: no university registered here": 1}
    assert sum(row.count for row in table.legend) == 38


def test_three_without_data_and_a_true_zero(made: ClassTable) -> None:
    *classes, missing = made.legend
    assert (missing.fill, missing.label, missing.count) == (NO_DATA_FILL, "No data: withheld, too few cases", 3)
    assert all(row.fill != NO_DATA_FILL for row in classes)
    assert sum(row.count for row in classes) == sum(made.breaks.counts) == 35
    first = made.rows.iloc[0]
    assert (first["value"], first["class"], first["fill"]) == (0.0, 0, made.colours[0])
    assert first["label"].endswith("0.0 %, class 1 of 5")
    assert classes[0].label.startswith("0.0 – ")
    for code in MISSING:
        assert made.rows.at[code, "fill"] == NO_DATA_FILL
        assert made.rows.at[code, "label"].endswith(": no data, withheld, too few cases")


def test_missing_values_change_no_class_bound(made: ClassTable, tmp_path: Path) -> None:
    without = figures(MISSING).dropna(subset="value")
    other = class_table(made_workspace(tmp_path, without), "made_up")
    assert other.breaks == made.breaks
    assert other.legend[-1].label == "No data: not collected"  # no row at all in the table


class Rows(HTMLParser):
    """Rows of a legend: fill, and the words in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[list[str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        if tag == "tr":
            self.found.append([dict(attrs)["data-fill"]])

    def handle_data(self, data: str) -> None:
        if self.found:
            self.found[-1].append(data)


def test_the_legend_in_html_says_the_same(made: ClassTable) -> None:
    rows = Rows(legend_html(made)).found
    assert [row[0] for row in rows] == [row.fill for row in made.legend]
    assert [row[1:3] for row in rows] == [[row.label, str(row.count)] for row in made.legend]
    assert rows[-1][-1] == made.method


def test_breaks_of_ones_own() -> None:
    table = class_table(open_workspace(), "ref2021_4star_share", scheme="manual", upper=[30, 40, 50])
    assert table.breaks.upper[:3] == (30, 40, 50)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"period": "1066"}, NotFound, "2023"),
        ({"geography": "parish"}, NotFound, "combined_authority"),
        ({"scheme": "jenks"}, UsageError, "fisher_jenks"),
        ({"k": 12}, UsageError, "2 to 9"),
    ],
)
def test_what_does_not_exist_is_refused_with_advice(options: dict, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        class_table(open_workspace(), "gva_per_head", **options)
