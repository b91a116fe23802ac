"""An innovation index by a recipe: scores and ranks with their intervals, and every step down to the raw figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from s3geo.settings import ENGLAND
from s3geo.statistics.composite import relative_index
from s3geo.statistics.rank_study import RankDraws
from s3geo.statistics.steps import Steps
from s3geo.views.index_inputs import (
    FEWEST_CELLS,
    TOP,
    IndexInputs,
    hierarchy,
    index_inputs,
    rank_study,
    weighable,
)
from s3geo.views.recipe import Recipe
from s3geo.workspace import Workspace

__all__ = ["FEWEST_CELLS", "MOVERS", "IndexTable", "innovation_index", "movers", "moving", "weighable"]

MOVERS = {
    "weights": "The weights, each up to a quarter more or less",
    "normalise": "How figures are put on one scale",
    "aggregate": "The kind of mean",
    "outliers": "What is done about outliers",
    "dropped": "Leaving out one indicator",
    "values": "The chance in the figures (sampling, natural variation of counts)",
}
"""Assumptions that are drawn (columns of `moving`), in words."""

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

    @cached_property
    def relative(self) -> bool:
        """Whether there is an index to England: only where scores start at 0."""
        return bool(self.regions["index"].notna().any())

    def bands(self) -> pd.Series:
        """Return how many regions each band holds, empty ones too."""
        return self.regions["band"].value_counts(sort=False)

    def alike(self, code: str) -> list[str]:
        """Return the names of the regions that one cannot be told apart from, by rank."""
        return [self._names[other] for other in self.similar[code]]

    @cached_property
    def _names(self) -> dict[str, str]:
        return {str(code): str(name) for code, name in self.regions["name"].items()}

    def _repr_html_(self) -> str:
        shown = self.regions[["name", "rank", "q05", "q95", "score", "index", "band"]]
        return shown.to_html(index=False, escape=True)


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
    meta = hierarchy(ws, recipe)
    inputs = index_inputs(ws, recipe, meta)
    steps = inputs.figures.steps(meta)
    draws = rank_study(ws, recipe, meta, recipe.draws).simulate(meta)
    cells = _cells(meta, steps)
    regions, england = _ranked(ws, recipe, steps, draws, cells)
    made = replace(recipe, data=inputs.version)
    return IndexTable(made, regions, england, cells, _steps(inputs, meta, steps), _similar(regions.index, draws))


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
    meta = hierarchy(ws, recipe)
    return rank_study(ws, recipe, meta, _MOVING_DRAWS, sensitivity=True).sensitivity(meta)


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


def _ranked(
    ws: Workspace, recipe: Recipe, steps: Steps, draws: RankDraws, cells: pd.DataFrame
) -> tuple[pd.DataFrame, pd.Series]:
    """Return the regions by rank, and England."""
    score = steps.scores[TOP]
    regional, own = score.drop(ENGLAND), float(score[ENGLAND])
    table = draws.summary().rename(columns={"nominal": "rank"})[["rank", "q05", "q95", "median"]]
    table.insert(0, "name", ws.names(recipe.geography).reindex(table.index).astype(str))
    table.insert(1, "score", regional)
    table["n"] = int(regional.notna().sum())
    table["index"], table["band"] = np.nan, pd.Categorical([None] * len(table), categories=["1", "2", "3", "4"])
    if recipe.normalise != "zscore" and recipe.aggregate == "arithmetic" and own > 0:
        table[["index", "band"]] = relative_index(regional, own)
    there = cells["score"].notna().to_numpy().reshape(len(score), -1)
    shown = pd.Series(there.sum(axis=1), index=score.index)
    table["cells"], table["of"] = shown, there.shape[1]
    england = pd.Series(
        {
            "name": "England",
            "score": own,
            "rank": 1.0 + int((regional.round(9) > round(own, 9)).sum()) if own == own else np.nan,  # noqa: PLR0124
            "index": 100.0 if table["index"].notna().any() else np.nan,
            "cells": shown[ENGLAND],
            "of": there.shape[1],
        }
    )
    return table.rename_axis("code").sort_values(["rank", "name"], na_position="last", kind="stable"), england


def _similar(codes: pd.Index, draws: RankDraws) -> dict[str, tuple[str, ...]]:
    alike = draws.not_distinguishable().reindex(index=codes, columns=codes).to_numpy()
    return {str(code): tuple(str(other) for other in codes[row]) for code, row in zip(codes, alike, strict=True)}


def _cells(meta: pd.DataFrame, steps: Steps) -> pd.DataFrame:
    cells = meta.loc[meta["parent"] == TOP, "weight"]
    n = len(steps.scores)
    ids = [list(meta.index[meta["parent"] == cell]) for cell in cells.index]
    actor, dimension = zip(*(str(cell).split("-") for cell in cells.index), strict=True)
    scores = steps.scores[list(cells.index)].to_numpy()
    there = ~np.isnan(scores) & steps.scores[[TOP]].notna().to_numpy()

    def summed(table: pd.DataFrame) -> np.ndarray:
        values = np.nan_to_num(table.to_numpy(dtype=float).T)
        return np.column_stack([values[table.columns.get_indexer(pd.Index(of))].sum(axis=0) for of in ids])

    return pd.DataFrame(
        {
            "code": np.repeat(steps.scores.index, len(cells)),
            "actor": np.tile(actor, n),
            "dimension": np.tile(dimension, n),
            "weight": np.tile(cells, n),
            "present": summed(steps.normalised.notna()).ravel().astype(int),
            "of": np.tile([len(of) for of in ids], n),
            "score": scores.ravel(),
            "share": np.where(there, summed(steps.shares), np.nan).ravel(),
            "contribution": np.where(there, summed(steps.contributions), np.nan).ravel(),
        }
    )


def _steps(inputs: IndexInputs, meta: pd.DataFrame, steps: Steps) -> pd.DataFrame:
    ids = list(inputs.data.columns)
    return inputs.steps.assign(
        weight=np.tile(meta.loc[ids, "weight"], len(steps.scores)),
        share=steps.shares[ids].to_numpy().ravel(),
        contribution=steps.contributions[ids].to_numpy().ravel(),
    )
