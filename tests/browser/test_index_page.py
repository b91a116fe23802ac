"""The Index page: weights change ranks and intervals, an address and a file bring them back, the numbers add up."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from driving import GM, Visit
from playwright.sync_api import Locator, Page, expect

from s3geo import innovation_index, open_workspace
from s3geo.settings import ENGLAND
from s3geo.views.index import weighable
from s3geo.views.recipe import read_recipe

RANKING = """() => Object.fromEntries([...document.querySelectorAll('table.index tr[data-score]')]
  .map(r => [r.dataset.code, ['rank', 'q05', 'q95', 'score'].map(n => Number(r.dataset[n]))]))"""
SHOWN = """() => Object.fromEntries([...document.querySelectorAll('table.index tr[data-rank]')]
  .map(r => [r.dataset.code, [r.cells[0].textContent, r.cells[2].textContent]]))"""
STEPS = """() => [...document.querySelectorAll('details.steps tr[data-indicator]')].map(r => [r.dataset.indicator,
  r.cells[4].textContent, ...[1, 3, 6].map(j => Number(r.cells[j].dataset.v))])"""
CELLS = """() => Object.fromEntries([...document.querySelectorAll('table.cells tbody tr')]
  .map(r => [r.cells[0].textContent, Number(r.cells[4].textContent)]))"""
CELL = {"research": "Research and higher education", "business": "Business", "environment": "Wider environment"}


def opened(visit: Visit, query: str = "") -> Page:
    visit.page.goto(f"{visit.server}/index{query}")
    computed(visit)
    return visit.page


def computed(visit: Visit) -> None:
    """Wait until the last part of the page stands and the script is through."""
    expect(visit.page.locator("[data-panel=index-moves]")).to_be_visible()
    visit.settled()


def slider(visit: Visit, label: str) -> Locator:
    return visit.page.locator(f'input[type=range][aria-label="{label}"]')


def weigh(visit: Visit, label: str, keys: list[str], recipe: str) -> None:
    """Move a slider by keys and wait for its answer in the address."""
    slider(visit, label).focus()
    for key in keys:
        visit.page.keyboard.press(key)
    expect(visit.page).to_have_url(re.compile(rf"recipe={re.escape(recipe)}($|&)"))
    computed(visit)


def ranking(page: Page) -> dict[str, list[float | None]]:
    """Return rank, limits and score of each area as the page holds them (JSON has no NaN: England has no rank)."""
    return {code: [None if x != x else x for x in row] for code, row in page.evaluate(RANKING).items()}


def test_changed_weights_change_ranks_and_intervals_and_an_address_brings_them_back(
    visit: Visit, open_visit: Callable[..., Visit]
) -> None:
    page = opened(visit, f"?region={GM}")
    before = ranking(page)
    assert len(before) == 38  # Swindon and Wiltshire has none, England is there
    weigh(visit, "Business", ["ArrowRight", "ArrowRight"], "business-2")
    weigh(visit, "Funding", ["Home"], "business-2%2Cfunding-0")
    after = ranking(page)
    for j, what in enumerate(("rank", "lower", "upper", "score")):
        assert any(before[code][j] != after[code][j] for code in before), what
    page.reload()
    computed(visit)
    assert ranking(page) == after
    other = open_visit()
    other.page.goto(page.url)
    computed(other)
    assert ranking(other.page) == after
    assert other.page.evaluate(SHOWN) == page.evaluate(SHOWN)
    page.get_by_role("button", name="All weights 1").click()
    expect(page).not_to_have_url(re.compile("recipe="))
    computed(visit)
    assert ranking(page) == before


def test_the_numbers_on_screen_are_those_computed_from_the_table_and_the_weights(visit: Visit) -> None:
    page = opened(visit, f"?region={GM}&recipe=business-2,talent-0.5,epo_patents_per_100k-0,gva_per_head-3")
    page.locator("details.steps summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("details.steps tr[data-indicator]").first).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="All steps of all areas as CSV").click()
    table = pd.read_csv(io.BytesIO(waiting.value.path().read_bytes()))
    on_screen = ranking(page)

    steps = page.evaluate(STEPS)
    weights = {indicator: float(weight) for indicator, weight, *_ in steps}
    assert len(weights) == 36
    assert weights["gva_per_head"] == 3
    cells = page.evaluate(CELLS)
    treated = table.pivot_table(index="code", columns="indicator", values="treated", dropna=False)
    places = table.drop_duplicates("indicator").set_index("indicator")
    x = treated.to_numpy()
    low, high = np.nanmin(x[treated.index != ENGLAND], axis=0), np.nanmax(x[treated.index != ENGLAND], axis=0)
    score = 100 * np.clip((x - low) / (high - low), 0, 1)
    worse = (places["direction"].reindex(treated.columns) == "lower_is_better").to_numpy()
    score = np.where(worse, 100 - score, score)
    total, weight, n = np.zeros(len(x)), np.zeros(len(x)), np.zeros(len(x))
    for name, cell_weight in cells.items():
        actor, dimension = name.split(": ")
        here = places[(places["actor"].map(CELL) == actor) & (places["dimension"] == dimension)].index
        columns = [j for j, i in enumerate(treated.columns) if i in here]
        w = np.array([weights[i] for i in treated.columns[columns]])
        present = ~np.isnan(score[:, columns])
        shown = 3 * present.sum(axis=1) >= 2 * len(columns)
        mean = np.nansum(score[:, columns] * w, axis=1) / np.where(shown, (present * w).sum(axis=1), 1)
        total += np.where(shown, cell_weight * mean, 0)
        weight += np.where(shown, cell_weight, 0)
        n += shown
    ranked = 3 * n >= 2 * len(cells)
    expected = dict(zip(treated.index[ranked], (total / weight)[ranked], strict=True))
    assert set(expected) == set(on_screen)
    for code, value in expected.items():
        assert abs(value - float(on_screen[code][3] or 0)) < 1e-6
        if code != ENGLAND:
            above = sum(other > value + 1e-9 for c, other in expected.items() if c != ENGLAND)
            assert on_screen[code][0] == above + 1

    raw = table[table["code"] == GM].set_index("indicator")
    for indicator, _, figure, normalised, points in steps:
        for shown_, column in ((figure, "raw"), (normalised, "normalised"), (points, "contribution")):
            assert abs(shown_ - raw.at[indicator, column]) < 1e-6
    assert abs(sum(row[4] for row in steps) - expected[GM]) < 1e-6


def test_a_saved_recipe_opens_again_and_the_library_replays_it(visit: Visit, open_visit: Callable[..., Visit]) -> None:
    page = opened(visit, "?recipe=talent-3,gigabit_coverage-0,normalise-percent_rank")
    visit.open_popover("Recipe")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save the recipe").click()
    text = waiting.value.path().read_bytes()
    other = open_visit()
    there = opened(other)
    other.open_popover("Recipe")
    there.locator("input[type=file]").set_input_files(
        {"name": "index.toml", "mimeType": "application/toml", "buffer": text}
    )
    expect(there).to_have_url(re.compile("normalise-percent_rank"))
    computed(other)
    assert ranking(there) == ranking(page)
    ws = open_workspace()
    table = innovation_index(ws, read_recipe(text, weighable(ws)))
    for code, row in ranking(page).items():
        if code != ENGLAND:
            assert row == table.regions.loc[code, ["rank", "q05", "q95", "score"]].to_list()
    expect(there.get_by_text("saved with other figures")).to_have_count(0)
    old = re.sub(rb'data = "\w+"', b'data = "000000000000"', text)
    there.locator("input[type=file]").set_input_files(
        {"name": "old.toml", "mimeType": "application/toml", "buffer": old}
    )
    expect(there.get_by_text("This recipe was saved with other figures (000000000000")).to_be_visible()
    there.locator("input[type=file]").set_input_files(
        {"name": "bad.toml", "mimeType": "application/toml", "buffer": b"[actors]\nfirms = 2\n"}
    )
    expect(there.get_by_text("The recipe cannot be used: actors.firms is not known")).to_be_visible()


def test_what_a_recipe_cannot_mean_is_told_and_the_rest_is_kept(visit: Visit) -> None:
    page = opened(visit, "?recipe=business-2,moon-1,talent-9")
    notice = page.get_by_text("Part of the address was not understood and left out")
    expect(notice).to_contain_text("recipe=moon-1, recipe=talent-9")
    expect(slider(visit, "Business")).to_have_value("2")
    page.goto(f"{visit.server}/index?recipe=research-0,business-0,talent-0")
    expect(page.get_by_text("An index needs indicators in at least 3 of the nine cells")).to_be_visible()


def test_every_rank_stands_beside_its_interval_and_says_who_is_like_it(visit: Visit) -> None:
    page = opened(visit)
    table = innovation_index(open_workspace())
    rows: dict[str, Any] = page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('table.index tr[data-rank]')]"
        ".map(r => [r.dataset.code, [...r.cells].map(c => c.textContent)]))"
    )
    ranked = table.regions[table.regions["rank"].notna()]
    assert list(rows) == list(ranked.index)
    for code, cells in rows.items():
        row = ranked.loc[code]
        assert cells[0] == f"{row['rank']:.0f}"
        assert cells[2] == f"{row['q05']:.0f} to {row['q95']:.0f}"
        alike = table.alike(code)
        assert cells[-1].startswith(", ".join(alike[:3]) if alike else "any other is told apart")
    expect(page.locator("[data-panel=index-moves] p").first).to_contain_text("moves ranks most")
    expect(page.locator(f'table.index tr[data-code="{ENGLAND}"]')).to_contain_text("no verdict")


def test_the_index_fits_a_phone(open_visit: Callable[..., Visit]) -> None:
    visit = open_visit(360, 740, has_touch=True)
    page = opened(visit, f"?region={GM}")
    over = page.evaluate(
        "() => [document.documentElement, document.querySelector('.stMain')].map(e => e.scrollWidth - e.clientWidth)"
    )
    assert max(over) <= 0
