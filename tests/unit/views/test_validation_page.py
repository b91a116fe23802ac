"""What docs/validation.md and the pages of partners say of the tests is what the tests find."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from s3geo import open_workspace
from s3geo.views import validation, validation_methods, validation_regions
from s3geo.views.trust import trust_line, trust_line_of_areas
from s3geo.views.validation_pairs import pairs_of_areas

PAGE = (Path(__file__).parents[3] / "docs" / "validation.md").read_text("utf-8").replace("\N{MINUS SIGN}", "-")
Comparisons = list[validation_methods.MethodComparison]


@pytest.fixture(scope="module")
def ws():
    return open_workspace()


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(validation.__file__).with_name("validation.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def three(ws) -> Comparisons:
    return validation_methods.on_three_years(ws, ws.participations, 2018)


def rows_after(heading: str) -> dict[str, list[str]]:
    """Rows of the first table after a heading, by their first cell."""
    lines = PAGE.partition(heading)[2].splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("|"))
    table = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        table.append([cell.strip().strip("*") for cell in line.strip("|").split("|")])
    return {row[0]: row[1:] for row in table[2:]}


def spelled(row: Any) -> str:
    return f"{row['difference']:+.3f} ({row['lower']:.3f} to {row['upper']:.3f})"


def test_the_kept_result_is_that_of_the_bundled_data(ws, kept) -> None:
    found = validation.as_record(validation.validate(ws, draws=100))
    pd.testing.assert_frame_equal(pd.DataFrame(found["metrics"]), pd.DataFrame(kept["metrics"]), atol=1e-5)
    assert found["year"] == kept["year"]
    assert found["ceiling"] == pytest.approx(kept["ceiling"])
    drawn = ["lower", "upper"]
    regions, held = (pd.DataFrame(rows).drop(columns=drawn) for rows in (found["regions"], kept["regions"]))
    pd.testing.assert_frame_equal(regions, held, atol=1e-5)


def test_the_page_says_what_every_method_found(three: Comparisons) -> None:
    metrics = [one.metrics.set_index("method") for one in three]
    found = {
        name: [f"{m.at[name, column]:.3f}" for m in metrics for column in ("auc", "average_precision")]
        for name in metrics[0].index
    }
    assert rows_after("## Every method") == found


def test_the_page_says_what_every_method_gains_over_popularity(three: Comparisons) -> None:
    against = [
        one.differences[one.differences["baseline"] == "popularity"].set_index(["method", "metric"]) for one in three
    ]
    cells = ((0, "average_precision"), (1, "average_precision"), (2, "auc"), (2, "average_precision"))
    names = against[0].index.get_level_values(0).unique()
    found = {name: [spelled(against[k].loc[(name, metric)]) for k, metric in cells] for name in names}
    assert rows_after("Less popularity, with 95 % interval") == found
    default = against[2].loc[(validation_methods.DEFAULT, "auc")]
    assert f"({default['lower_projects']:.3f} to {default['upper_projects']:.3f})" in PAGE
    assert f"({default['lower_ends']:.3f} to {default['upper_ends']:.3f})" in PAGE


def test_the_page_says_how_the_challenger_did(three: Comparisons) -> None:
    text = re.sub(r"\s+", " ", PAGE.partition("**The challenger.**")[2].partition("Before these tables")[0])
    for one in three:
        row = one.differences.set_index(["method", "baseline", "metric"]).loc[
            (validation_methods.CHALLENGER, validation_methods.DEFAULT, "average_precision")
        ]
        assert f"({row['lower']:.4f} to {row['upper']:.4f})" in text
        assert f"{abs(row['difference']):.4f}" in text


def test_what_is_kept_of_all_methods_is_what_they_found(three: Comparisons, kept) -> None:
    assert validation_methods.tried_record(three[-1]) == kept["tried"]
    default = three[-1].differences.query("method == @validation_methods.DEFAULT and metric == 'auc'")
    held = [row for row in kept["differences"] if row["run"] == "all" and row["metric"] == "auc"]
    for row in held:  # two ways to the same interval, with weights to three decimals and in full
        other = default[default["baseline"] == row["baseline"]].iloc[0]
        assert [row["lower"], row["upper"]] == pytest.approx([other["lower"], other["upper"]], abs=1e-4)


def test_the_page_says_what_the_kept_result_says(kept) -> None:
    test = PAGE.partition("## The default on the test year (2018)")[2]
    for row in kept["metrics"]:
        if row["run"] == "all":
            assert f"{row['auc']:.3f} | {row['average_precision']:.3f} | {row['precision_at_5']:.3f}" in test
    for row in kept["differences"]:
        if row["run"] == "all" and row["metric"] in {"auc", "average_precision"}:
            assert f"({row['lower']:.3f} to {row['upper']:.3f})" in test
    assert f"({100 * kept['ceiling']['ceiling']:.0f} %)" in test


def test_the_page_says_what_every_model_of_areas_found(ws, kept) -> None:
    years = [validation_regions.region_deviance(ws, ws.participations, 2017), pd.DataFrame(kept["regions"])]
    found: dict[str, list[str]] = {name: [] for name in validation_regions.MODELS}
    for rows in years:
        for row in rows.to_dict("records"):
            gain = f"{100 * row['improvement']:+.1f} ({100 * row['lower']:.1f} to {100 * row['upper']:.1f})"
            baseline = row["model"] == validation_regions.GRAVITY
            found[row["model"]] += [f"{row['deviance']:.1f}", "" if baseline else gain]
    assert rows_after("## Areas") == found
    gravity = pd.DataFrame(kept["regions"]).set_index("model").loc[validation_regions.GRAVITY]
    assert f"{gravity['noise']:.0f} on average; it has {gravity['deviance']:.0f}" in re.sub(r"\s+", " ", PAGE)


def test_the_pages_of_partners_say_how_sure_it_is(ws, kept) -> None:
    organisations, areas = trust_line(ws), trust_line_of_areas(ws)
    assert f"nor was any of {kept['tried']['methods']} methods" in organisations
    row = next(row for row in kept["regions"] if row["model"] == validation_regions.DEFAULT)
    assert f"{abs(100 * row['lower']):.1f} % higher to {100 * row['upper']:.1f} % lower" in areas
    models = [r for r in kept["regions"] if not r["links"]]
    assert f"Nor did any of {len(models) - 2} other models" in areas


def test_nothing_of_a_year_is_known_before_it(ws) -> None:
    early = ws.participations[ws.participations["start_year"] <= 2017]
    moved = early.assign(start_year=early["start_year"].where(early["start_year"] < 2017, 2018))
    one, other = (pairs_of_areas(ws, table, 2017) for table in (early, moved))
    assert one["count"].sum() > 0 == other["count"].sum()
    pd.testing.assert_frame_equal(one.drop(columns="count"), other.drop(columns="count"))
    whole, cut = (validation.split(ws, table, 2017) for table in (ws.participations, early))
    kept = whole.organisations.get_indexer(cut.organisations)
    for name in ("activity", "projects", "partners", "shared", "paths", "kind"):
        np.testing.assert_allclose(whole.parts[name][:, kept], cut.parts[name])


def test_each_found_pair_has_its_projects(ws) -> None:
    of = validation.split(ws, ws.participations, 2018)
    shares = validation_methods.project_shares(of, ws.participations)
    assert shares.shape[0] == of.chosen.sum()
    np.testing.assert_allclose(shares.sum(axis=1), 1)


def test_noise_is_the_deviance_of_poisson_counts_from_their_expectation() -> None:
    expected = np.array([0.1, 0.7, 3.0, 12.0])
    drawn = np.random.default_rng(0).poisson(expected, (40_000, 4))
    found = validation_regions.poisson_deviance(drawn, np.broadcast_to(expected, drawn.shape)).sum(axis=1)
    assert validation_regions.poisson_noise(expected) == pytest.approx(found.mean(), rel=0.02)
