"""An innovation index by a recipe: scores and ranks with their intervals, and every step down to the raw figures."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from s3geo.errors import UsageError
from s3geo.model.catalogue import ACTORS, DIMENSIONS
from s3geo.settings import ENGLAND
from s3geo.statistics.composite import relative_index
from s3geo.statistics.outliers import Treated
from s3geo.statistics.rank_model import DEFAULT_CHOICES, Choices
from s3geo.statistics.steps import Steps, index_steps
from s3geo.statistics.uncertainty import RankDraws, rank_sensitivity, simulate_ranks
from s3geo.views.recipe import Recipe
from s3geo.workspace import GEOGRAPHIES, Workspace

__all__ = ["FEWEST_CELLS", "MOVERS", "IndexTable", "innovation_index", "movers", "moving", "weighable"]

FEWEST_CELLS = 3
"""An index needs this many of the nine cells."""

MOVERS = {
    "weights": "The weights, each up to a quarter more or less",
    "normalise": "How figures are put on one scale",
    "aggregate": "The kind of mean",
    "outliers": "What is done about outliers",
    "dropped": "Leaving out one indicator",
    "values": "The chance in the figures (sampling, natural variation of counts)",
}
"""Assumptions that are drawn (columns of `moving`), in words."""

_TOP = "index"
_Z = 1.959964
_MOVING_DRAWS = 300


@dataclass(frozen=True, eq=False)
class IndexTable:
    """An index.

    Attributes
    ----------
    recipe : Recipe
        With the version of the figures it was made with.
    regions : DataFrame
        Index = code, by rank, those without an index last: name, score, rank, n (ranked), q05, q95 (5th and 95th
        percentile of the rank over the draws), median, index (100 = England), band, cells (present), of (cells).
    england : Series
        name, score, rank (its place among the regions, without an interval), index, cells, of.
    cells : DataFrame
        One row for each region (and England) and cell: code, actor, dimension, weight, present and of (indicators),
        score, share (of the index, 0-1), contribution (points; they add up to the score).
    steps : DataFrame
        One row for each region (and England) and indicator: code, name, actor, dimension, indicator, label, unit,
        decimals, period, direction, status, raw, treated (in the unit of raw, or its logarithm), treatment (of the
        indicator: "", "capped" or "logarithm"), normalised, weight (within the cell), share, contribution.
    similar : mapping of str to tuple of str
        Code to the codes it cannot be told apart from (P < 0.95 both ways), by rank.
    """

    recipe: Recipe
    regions: pd.DataFrame
    england: pd.Series
    cells: pd.DataFrame
    steps: pd.DataFrame
    similar: Mapping[str, tuple[str, ...]]

    @property
    def relative(self) -> bool:
        """Whether there is an index to England: only where scores start at 0."""
        return bool(self.regions["index"].notna().any())

    def bands(self) -> pd.Series:
        """Return how many regions each band holds, empty ones too."""
        return self.regions["band"].value_counts(sort=False)

    def alike(self, code: str) -> list[str]:
        """Return the names of the regions that one cannot be told apart from, by rank."""
        return [str(self.regions.at[other, "name"]) for other in self.similar[code]]

    def _repr_html_(self) -> str:
        shown = self.regions[["name", "rank", "q05", "q95", "score", "index", "band"]]
        return shown.to_html(index=False, escape=True)


@dataclass(frozen=True)
class _Inputs:
    """What the statistics need: figures, standard errors, England's figures, the hierarchy, why figures are missing."""

    data: pd.DataFrame
    errors: pd.DataFrame
    england: pd.DataFrame
    meta: pd.DataFrame
    status: pd.DataFrame
    choices: Choices


def weighable(ws: Workspace, geography: str | None = None) -> list[str]:
    """Return the indicators that can take part, in the order of the grid: those with a direction.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> len(weighable(open_workspace(), "lep"))
    37
    """
    of = ws.catalogue[ws.catalogue["direction"] != "neutral"]
    cell = of["actor"].map(ACTORS.index) * len(DIMENSIONS) + of["dimension"].map(DIMENSIONS.index)
    ids = [str(i) for i in cell.sort_values(kind="stable").index]
    return ids if geography is None else [i for i in ids if geography in ws.geographies_of(i)]


def innovation_index(ws: Workspace, recipe: Recipe | None = None) -> IndexTable:
    """Compute an index of regions, their ranks with the interval of each, and all steps.

    Parameters
    ----------
    ws : Workspace
    recipe : Recipe, optional
        Equal weights, min-max and arithmetic means of LEPs by default.

    Returns
    -------
    IndexTable

    Raises
    ------
    UsageError
        Too few of the nine cells hold an indicator of this geography with a weight above 0.

    Notes
    -----
    Outliers treated, normalised over the regions, mean within each cell (weights of its indicators), mean over the
    cells (weight of the actor times that of the dimension). A cell is shown with at least two thirds of its
    indicators, an index with at least two thirds of the cells; nothing is imputed. England passes through the chain
    fitted to the regions. The interval is that of `s3geo.statistics.rank_uncertainty` around the method chosen;
    a figure with a 95 % interval has the standard error width / (2 x 1.96), one without has none.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> table = innovation_index(open_workspace(), Recipe(draws=100))
    >>> table.regions[["name", "rank", "q05", "q95"]].head(1).values.tolist()
    [['Oxfordshire', 1.0, 1.0, 2.0]]
    """
    recipe = recipe or Recipe()
    found = _inputs(ws, recipe)
    steps = index_steps(found.data, found.meta, found.england, recipe.normalise, recipe.aggregate)
    draws = simulate_ranks(
        found.data, found.meta, recipe.draws, recipe.seed, errors=found.errors, choices=found.choices
    )
    cells = _cells(found, steps)
    regions, england = _ranked(ws, recipe, steps, draws, cells)
    alike = draws.not_distinguishable()
    similar = {str(c): tuple(str(o) for o in regions.index if alike.at[c, o]) for c in regions.index}
    made = replace(recipe, data=_version(found))
    return IndexTable(made, regions, england, cells, _steps(ws, recipe, found, steps), similar)


def moving(ws: Workspace, recipe: Recipe) -> pd.DataFrame:
    """Say which assumption moves which region, in places: the mean change of its rank when only that one is redrawn.

    Parameters
    ----------
    ws : Workspace
    recipe : Recipe

    Returns
    -------
    DataFrame of float
        Index = code, columns the keys of `MOVERS`; NaN without a rank. From 300 pairs of draws.
    """
    found = _inputs(ws, recipe)
    return rank_sensitivity(
        found.data, found.meta, _MOVING_DRAWS, recipe.seed, errors=found.errors, choices=found.choices
    )


def movers(moved: pd.DataFrame) -> pd.DataFrame:
    """Sum up `moving`.

    Parameters
    ----------
    moved : DataFrame
        Of `moving`.

    Returns
    -------
    DataFrame
        Index = assumption, the strongest first; places (mean over the regions), most (places) and who (the code of the
        region moved most).

    Examples
    --------
    >>> movers(pd.DataFrame({"weights": [0.5, 1.5], "values": [3.0, 0]}, ["A", "B"])).to_dict("index")
    {'values': {'places': 1.5, 'most': 3.0, 'who': 'A'}, 'weights': {'places': 1.0, 'most': 1.5, 'who': 'B'}}
    """
    summed = pd.DataFrame({"places": moved.mean(), "most": moved.max(), "who": moved.idxmax()})
    return summed.sort_values("places", ascending=False, kind="stable")


def _inputs(ws: Workspace, recipe: Recipe) -> _Inputs:
    of = ws.catalogue
    cell_weight = {f"{a}-{d}": recipe.weight(a) * recipe.weight(d) for a in ACTORS for d in DIMENSIONS}
    name = of["actor"].astype(str) + "-" + of["dimension"].astype(str)
    cell = {i: str(name[i]) for i in weighable(ws, recipe.geography)}
    cell = {i: c for i, c in cell.items() if recipe.weight(i) > 0 and cell_weight[c] > 0}
    used = list(dict.fromkeys(cell.values()))
    if len(used) < FEWEST_CELLS:
        raise UsageError(
            f"An index needs indicators in at least {FEWEST_CELLS} of the nine cells; with these weights "
            f"{GEOGRAPHIES[recipe.geography].plural} have {len(used)}. Raise a weight above 0, or take other areas."
        )
    values, errors, status, england = _figures(ws, recipe.geography)
    ids = list(cell)
    sign = {i: 1.0 if of.at[i, "direction"] == "higher_is_better" else -1.0 for i in cell}
    rows = [(c, sign[i], recipe.weight(i)) for i, c in cell.items()] + [(_TOP, np.nan, cell_weight[c]) for c in used]
    meta = pd.DataFrame(rows, index=[*cell, *used], columns=["parent", "direction", "weight"])
    return _Inputs(
        values[ids],
        errors[ids],
        england[ids],
        meta,
        status[ids],
        Choices(
            normalise=_first(recipe.normalise, DEFAULT_CHOICES.normalise),
            aggregate=_first(recipe.aggregate, DEFAULT_CHOICES.aggregate),
        ),
    )


@lru_cache(maxsize=16)
def _figures(ws: Workspace, geography: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return values, standard errors, statuses and England's values of all indicators that can take part."""
    observed = {i: ws.observations(i, None, geography).set_index("code") for i in weighable(ws, geography)}
    return (
        pd.DataFrame({i: o["value"] for i, o in observed.items()}),
        pd.DataFrame({i: (o["upper"] - o["lower"]) / (2 * _Z) for i, o in observed.items()}),
        pd.DataFrame({i: o["status"].astype(object) for i, o in observed.items()}),
        pd.DataFrame({i: ws.england(i) for i in observed}, index=[ENGLAND]),
    )


def _first(chosen: str, choices: tuple[str, ...]) -> tuple[str, ...]:
    return (chosen, *(other for other in choices if other != chosen))


def _ranked(
    ws: Workspace, recipe: Recipe, steps: Steps, draws: RankDraws, cells: pd.DataFrame
) -> tuple[pd.DataFrame, pd.Series]:
    """Return the regions by rank, and England."""
    score = steps.scores[_TOP]
    regional, own = score.drop(ENGLAND), float(score[ENGLAND])
    table = draws.summary().rename(columns={"nominal": "rank"})[["rank", "q05", "q95", "median"]]
    table.insert(0, "name", ws.names(recipe.geography).reindex(table.index).astype(str))
    table.insert(1, "score", regional)
    table["n"] = int(regional.notna().sum())
    table["index"], table["band"] = np.nan, pd.Categorical([None] * len(table), categories=["1", "2", "3", "4"])
    if recipe.normalise != "zscore" and recipe.aggregate == "arithmetic" and own > 0:
        table[["index", "band"]] = relative_index(regional, own)
    shown = cells.assign(there=cells["score"].notna()).groupby("code", sort=False)["there"].agg(["sum", "size"])
    table["cells"], table["of"] = shown["sum"], shown["size"]
    england = pd.Series(
        {
            "name": "England",
            "score": own,
            "rank": 1.0 + int((regional.round(9) > round(own, 9)).sum()) if own == own else np.nan,  # noqa: PLR0124
            "index": 100.0 if table["index"].notna().any() else np.nan,
            "cells": shown.at[ENGLAND, "sum"],
            "of": shown.at[ENGLAND, "size"],
        }
    )
    return table.rename_axis("code").sort_values(["rank", "name"], na_position="last", kind="stable"), england


def _cells(found: _Inputs, steps: Steps) -> pd.DataFrame:
    weights = found.meta[found.meta["parent"] == _TOP]["weight"]
    rows = []
    for cell, weight in weights.items():
        ids = list(found.meta.index[found.meta["parent"] == cell])
        actor, dimension = str(cell).split("-")
        there = steps.scores[str(cell)].notna() & steps.scores[_TOP].notna()
        rows.append(
            pd.DataFrame(
                {
                    "actor": actor,
                    "dimension": dimension,
                    "weight": weight,
                    "present": steps.normalised[ids].notna().sum(axis=1),
                    "of": len(ids),
                    "score": steps.scores[str(cell)],
                    "share": steps.shares[ids].sum(axis=1).where(there),
                    "contribution": steps.contributions[ids].sum(axis=1).where(there),
                }
            )
        )
    together = pd.concat(rows, keys=range(len(rows)), names=["cell", "code"]).reset_index("code")
    order = {code: j for j, code in enumerate(steps.scores.index)}
    return together.sort_values("code", key=lambda c: c.map(order), kind="stable").reset_index(drop=True)


def _steps(ws: Workspace, recipe: Recipe, found: _Inputs, steps: Steps) -> pd.DataFrame:
    names = {**ws.names(recipe.geography).to_dict(), ENGLAND: "England"}
    raw = pd.concat([found.data, found.england])
    ids, codes = list(raw.columns), list(raw.index)
    entries = ws.catalogue.loc[ids]
    own = pd.DataFrame(np.where(found.england.notna(), "value", "not_collected"), index=[ENGLAND], columns=ids)
    columns = ["actor", "dimension", "label", "unit", "decimals", "period", "direction"]
    return pd.DataFrame(
        {
            "code": np.repeat(codes, len(ids)),
            "name": np.repeat([names[code] for code in codes], len(ids)),
            "indicator": np.tile(ids, len(codes)),
            **{c: np.tile(entries[c].to_numpy(), len(codes)) for c in columns},
            "status": pd.concat([found.status, own]).to_numpy().ravel(),
            "raw": raw.to_numpy().ravel(),
            "treated": steps.treated[ids].to_numpy().ravel(),
            "treatment": np.tile([_treatment(steps.fits[i]) for i in ids], len(codes)),
            "normalised": steps.normalised[ids].to_numpy().ravel(),
            "weight": np.tile([recipe.weight(i) for i in ids], len(codes)),
            "share": steps.shares[ids].to_numpy().ravel(),
            "contribution": steps.contributions[ids].to_numpy().ravel(),
        }
    )


def _treatment(fit: Treated) -> str:
    if fit.logged:
        return "logarithm"
    return "capped" if fit.n_winsorised else ""


def _version(found: _Inputs) -> str:
    """Return the first twelve digits of the SHA-256 of all figures that went in, written to twelve digits."""
    both = pd.concat([found.data, found.errors, found.england])
    text = both.to_csv(float_format="%.12g", lineterminator="\n")
    return hashlib.sha256(str(text).encode()).hexdigest()[:12]
