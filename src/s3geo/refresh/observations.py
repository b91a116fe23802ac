"""All observations: each indicator of the catalogue through its recipe."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from s3geo.errors import ValidationError, listed
from s3geo.model.catalogue import Catalogue
from s3geo.model.schemas import GEOGRAPHIES, check_observations
from s3geo.refresh import recipes_business, recipes_environment, recipes_research
from s3geo.refresh.figures import finish
from s3geo.refresh.inputs import Inputs

__all__ = ["ABSENT", "RECIPES", "compile_observations"]

Recipe = Callable[[Inputs], pd.DataFrame]
Progress = Callable[[str], None]

RECIPES: dict[str, Recipe] = {**recipes_research.RECIPES, **recipes_business.RECIPES, **recipes_environment.RECIPES}
"""Recipe of every indicator."""

ABSENT: dict[str, str] = {**recipes_research.ABSENT, **recipes_business.ABSENT, **recipes_environment.ABSENT}
"""Status of areas that a recipe does not mention, where it is not "not_collected"."""


def _check_recipes(catalogue: Catalogue) -> None:
    """Every entry has a recipe, and every recipe an entry."""
    odd = sorted(set(catalogue.ids) ^ set(RECIPES))
    if odd:
        message = f"Catalogue and recipes differ: {listed(odd)}."
        raise ValidationError(message, [{"code": name, "problem": "entry or recipe missing"} for name in odd])


def _check_periods(table: pd.DataFrame, catalogue: Catalogue) -> None:
    """Check that the periods of the catalogue are those of the LEP figures."""
    found = (
        table[table["geography"] == "lep"]
        .groupby("indicator", sort=False)["period"]
        .agg(lambda p: list(dict.fromkeys(p)))
    )
    problems = [
        {
            "file": "catalogue.toml",
            "code": name,
            "problem": f"periods are {list(indicator.periods)}, the figures have {found[name]}",
            "next_step": "Write the periods of the figures into the catalogue, oldest first.",
        }
        for name, indicator in catalogue.indicator.items()
        if list(indicator.periods) != found[name]
    ]
    if problems:
        raise ValidationError(f"Periods of {listed(p['code'] for p in problems)} differ from the figures.", problems)


def compile_observations(inputs: Inputs, catalogue: Catalogue, progress: Progress) -> pd.DataFrame:
    """Compute every indicator for every geography and period.

    Parameters
    ----------
    inputs : Inputs
        Raw tables.
    catalogue : Catalogue
        Which indicators, in which order.
    progress : callable
        Told the identifier of each indicator as its turn comes.

    Returns
    -------
    DataFrame
        Columns of `s3geo.model.schemas.OBSERVATION_COLUMNS`, sorted by catalogue, geography, period and code.
    """
    _check_recipes(catalogue)
    parts = []
    for name, indicator in catalogue.indicator.items():
        progress(name)
        part = finish(RECIPES[name](inputs), indicator, inputs, absent=ABSENT.get(name, "not_collected"))
        periods = {period: position for position, period in enumerate(indicator.periods)}
        order = part.assign(
            _geography=part["geography"].map({geography: n for n, geography in enumerate(GEOGRAPHIES)}),
            _period=part["period"].map(periods).fillna(-1),
        ).sort_values(["_geography", "_period", "code"], kind="stable")
        parts.append(part.loc[order.index])
    table = pd.concat(parts, ignore_index=True)
    _check_periods(table, catalogue)
    return check_observations(_steady(table))


def _steady(table: pd.DataFrame) -> pd.DataFrame:
    """Round to twelve digits: processors differ in the last two of a power or a root, the file must not."""
    figures = ["value", "lower", "upper", "numerator", "denominator"]
    return table.assign(**{name: table[name].map(lambda x: float(f"{x:.12g}")) for name in figures})
