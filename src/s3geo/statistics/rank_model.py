"""Scores and ranks under drawn choices: the engine of `s3geo.statistics.uncertainty`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from s3geo.errors import UsageError, listed
from s3geo.statistics.composite import Limits, limit_arrays
from s3geo.statistics.hierarchy import AGGREGATIONS, Hierarchy, roll_up, shown
from s3geo.statistics.normalise import NORMALISATIONS, n_below, normalised
from s3geo.statistics.outliers import Treated, three_sd_bounds, treat_outliers

__all__ = ["DEFAULT_CHOICES", "OUTLIER_RULES", "SOURCES", "Choices", "Drawn", "RankModel", "ranked"]

OUTLIER_RULES: dict[str, str] = {
    "treated": "capped or logged",
    "three_sd": "bounds within three standard deviations",
    "none": "left alone",
}
"""Outlier rule and the words for it."""

SOURCES = ("weights", "normalise", "aggregate", "outliers", "dropped", "values")
"""What a draw picks: the columns of `rank_sensitivity`."""

CELLS_AT_ONCE = 2_000_000  # of draws x units x indicators: bounds the memory


@dataclass(frozen=True)
class Choices:
    """What may vary between draws; the first of each tuple is the nominal choice.

    Attributes
    ----------
    weight_noise : float
        Each weight is multiplied by 1 + U(-noise, noise); 0 to under 1.
    normalise, aggregate, outliers : tuple of str
        Keys of `NORMALISATIONS`, `AGGREGATIONS` and `OUTLIER_RULES`, each as likely as the others.
    drop_one : bool
        Whether one indicator, or none, is left out; each with equal probability.
    """

    weight_noise: float = 0.25
    normalise: tuple[str, ...] = ("minmax", "zscore", "percent_rank")
    aggregate: tuple[str, ...] = ("arithmetic", "geometric")
    outliers: tuple[str, ...] = ("treated", "three_sd", "none")
    drop_one: bool = True

    def __post_init__(self) -> None:
        known = {"normalise": NORMALISATIONS, "aggregate": AGGREGATIONS, "outliers": OUTLIER_RULES}
        for name, words in known.items():
            asked = getattr(self, name)
            if not asked or set(asked) - set(words):
                raise UsageError(f"{name} takes one or more of {', '.join(words)}, got {asked}.")
        if not 0 <= self.weight_noise < 1:
            raise UsageError(f"weight_noise must be from 0 to under 1, got {self.weight_noise}.")


DEFAULT_CHOICES = Choices()


@dataclass(frozen=True)
class Drawn:
    """What each draw picks: positions in the tuples of `Choices`, and a seed.

    Attributes
    ----------
    weights : array of float, shape (draws, nodes)
        -1 to 1.
    normalise, aggregate, outliers : array of int, shape (draws,)
    dropped : array of int, shape (draws,)
        0 = none, j = the j-th that may be dropped.
    values : SeedSequence
        Of the errors of the values.
    """

    weights: np.ndarray
    normalise: np.ndarray
    aggregate: np.ndarray
    outliers: np.ndarray
    dropped: np.ndarray
    values: np.random.SeedSequence

    @classmethod
    def of(cls, model: RankModel, draws: int, seed: int, second: bool = False) -> Drawn:
        """Draw; each source has its own stream, and there is a second, independent set for every seed."""
        if draws < 1:
            raise UsageError(f"At least one draw is needed, got {draws}.")
        seeds = np.random.SeedSequence([seed, int(second)]).spawn(len(SOURCES))
        streams = [np.random.default_rng(s) for s in seeds]
        options = [*(len(getattr(model.choices, name)) for name in SOURCES[1:4]), len(model.droppable) + 1]
        normalise, aggregate, outliers, dropped = (
            stream.integers(k, size=draws) for stream, k in zip(streams[1:5], options, strict=True)
        )
        weights = streams[0].uniform(-1, 1, (draws, len(model.tree.nodes)))
        return cls(weights, normalise, aggregate, outliers, dropped, seeds[5])


@dataclass(frozen=True)
class RankModel:
    """Data and hierarchy sorted by name, so that the order of rows and columns meets the same random numbers.

    Attributes
    ----------
    units : list of str
    tree : Hierarchy
    top : str
        The node that is ranked.
    x, errors : array of float, shape (units, leaves)
        Values and their standard errors (0 where not known), in the units of the data.
    choices : Choices
    limits : pair of arrays or None
        After direction.
    droppable : list of str
        Indicators of weight above 0 below the top; none where there is only one.
    """

    units: list[str]
    tree: Hierarchy
    top: str
    x: np.ndarray
    errors: np.ndarray
    choices: Choices
    limits: tuple[np.ndarray, np.ndarray] | None
    droppable: list[str]

    @classmethod
    def of(
        cls,
        data: pd.DataFrame,
        meta: pd.DataFrame,
        errors: pd.DataFrame | None,
        choices: Choices,
        limits: Limits,
        node: str | None,
    ) -> RankModel:
        """Check and sort; parameters as of `s3geo.statistics.rank_uncertainty`."""
        if data.index.has_duplicates:
            raise UsageError(f"The data name these twice: {listed(data.index[data.index.duplicated()])}.")
        tree = Hierarchy.of(meta.sort_index(), data.columns)
        top = tree.top(node)
        ordered = data.sort_index()[list(tree.leaves)]
        se = (ordered * np.nan if errors is None else errors.reindex_like(ordered)).fillna(0)
        if errors is not None and (
            strange := [*errors.index.difference(data.index), *errors.columns.difference(data.columns)]
        ):
            raise UsageError(f"Standard errors of what is not in the data: {listed(strange)}.")
        if (se < 0).any(axis=None):
            raise UsageError(f"Standard errors must be 0 or more: {listed(se.columns[(se < 0).any()])}.")
        counted = [top]
        for n in counted:
            counted += [c for c in tree.children.get(n, ()) if tree.weight[c] > 0]
        droppable = [n for n in tree.leaves if n in counted] if choices.drop_one else []
        return cls(
            list(ordered.index),
            tree,
            top,
            ordered.to_numpy(dtype=float, na_value=np.nan),
            se.to_numpy(dtype=float),
            choices,
            limit_arrays(limits, tree),
            droppable if len(droppable) > 1 else [],
        )

    def nominal(self) -> np.ndarray:
        """Return the ranks under the first of all choices, shape (units,)."""
        first = np.zeros(1, dtype=int)
        picked = Drawn(np.zeros((1, len(self.tree.nodes))), first, first, first, first, np.random.SeedSequence(0))
        return np.asarray(self._ranks(picked, slice(None), self.x[None])[0])

    def ranks(self, drawn: Drawn) -> np.ndarray:
        """Return the ranks under each draw, shape (draws, units); as many draws at once as memory is meant for."""
        draws = len(drawn.dropped)
        out = np.empty((draws, len(self.units)))
        noise, noisy = np.random.default_rng(drawn.values), bool(self.errors.any())
        at_once = max(1, CELLS_AT_ONCE // self.x.size)
        combinations = np.stack([drawn.normalise, drawn.aggregate, drawn.outliers], axis=1)
        for start in range(0, draws, at_once):
            part = np.arange(start, min(start + at_once, draws))
            x = self.x[None]
            if noisy:
                x = x + self.errors * noise.standard_normal((len(part), *self.x.shape))
            for combination in np.unique(combinations[part], axis=0):
                mine = (combinations[part] == combination).all(axis=1)
                out[part[mine]] = self._ranks(drawn, part[mine], x[mine] if noisy else x)
        return out

    def _ranks(self, drawn: Drawn, picks: np.ndarray | slice, x: np.ndarray) -> np.ndarray:
        """Rank under draws that share normalisation, aggregation and outlier rule."""
        how = self.choices.normalise[drawn.normalise[picks][0]]
        mean = self.choices.aggregate[drawn.aggregate[picks][0]]
        rule = int(drawn.outliers[picks][0])
        scale = (0, 100)
        if mean != "arithmetic":
            how, scale = "minmax" if how == "zscore" else how, (1, 100)
        limits = self.limits if rule == 0 and how == "minmax" else None
        leaf = normalised(self._treated(x, self.choices.outliers[rule]) * self.tree.direction, how, scale, limits)
        factors = 1 + self.choices.weight_noise * drawn.weights[picks]
        weights = {n: self.tree.weight[n] * factors[:, j] for j, n in enumerate(self.tree.nodes)}
        for j, n in enumerate(self.droppable, 1):
            weights[n] = np.where(drawn.dropped[picks] == j, 0, weights[n])
        return ranked(roll_up(self.tree, leaf, weights, mean, self._visible)[self.top])

    def _treated(self, x: np.ndarray, rule: str) -> np.ndarray:
        if rule == "none":
            return x
        if rule == "three_sd":
            return np.asarray(np.clip(x, *self._bounds.T))
        return np.stack([treated.transform(x[..., j]) for j, treated in enumerate(self._treatments)], axis=-1)

    @cached_property
    def _bounds(self) -> np.ndarray:
        return np.array([three_sd_bounds(pd.Series(column)) for column in self.x.T])

    @cached_property
    def _treatments(self) -> list[Treated]:
        return [treat_outliers(pd.Series(column)) for column in self.x.T]

    @cached_property
    def _visible(self) -> dict[str, np.ndarray]:
        varied = normalised(self.x, "minmax")  # an indicator equal everywhere counts as absent, as in composite()
        return shown(self.tree, ~np.isnan(varied))


def ranked(scores: np.ndarray) -> np.ndarray:
    """Rank along the last axis: 1 is the highest, ties (to 9 decimals) share the better rank, NaN stays NaN.

    Examples
    --------
    >>> ranked(np.array([[5.0, np.nan, 7, 7, 1]])).tolist()
    [[3.0, nan, 1.0, 1.0, 4.0]]
    """
    better = n_below(-np.round(scores, 9)[..., None])[..., 0]
    return np.where(np.isnan(scores), np.nan, better + 1.0)
