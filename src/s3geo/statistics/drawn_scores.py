"""Scores of indicators under drawn choices, before any weight: made once, averaged under any weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from s3geo.errors import UsageError, listed
from s3geo.statistics.composite import Limits, limit_arrays
from s3geo.statistics.draws import Choices, Drawn
from s3geo.statistics.hierarchy import Hierarchy
from s3geo.statistics.normalise import normalised
from s3geo.statistics.outliers import Treated, three_sd_bounds, treat_outliers

__all__ = ["CELLS_AT_ONCE", "TERMS", "Figures", "Scores"]

CELLS_AT_ONCE = 2_000_000  # of draws x units x indicators: bounds the memory

TERMS: dict[str, tuple[Callable[[np.ndarray], np.ndarray], Callable[[np.ndarray], np.ndarray]]] = {
    "arithmetic": (np.asarray, np.asarray),
    "geometric": (np.log, np.exp),
    "harmonic": (np.reciprocal, np.reciprocal),
}
"""Of what each kind of mean is the arithmetic one, and the way back."""


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores of the indicators under some draws, as what an arithmetic mean is taken of (`TERMS`).

    Attributes
    ----------
    rows : slice
        Which draws these are.
    terms : array of float, shape (leaves, draws, units)
        The score, its logarithm or its inverse; 0 where there is none.
    present : array of float, shape (leaves, draws or 1, units)
        1 or 0; one row where it is the same in all draws.
    means : array of str, shape (draws,)
        The kind of mean.
    """

    rows: slice
    terms: np.ndarray
    present: np.ndarray
    means: np.ndarray


@dataclass(frozen=True, eq=False)
class Figures:
    """Data sorted by name, so that the order of rows and columns meets the same random numbers.

    Attributes
    ----------
    units, leaves : tuple of str
    direction : array of float, shape (leaves,)
    x, errors : array of float, shape (units, leaves)
        Values and their standard errors (0 where not known), in the units of the data.
    choices : Choices
    limits : pair of arrays or None
        After direction.
    """

    units: tuple[str, ...]
    leaves: tuple[str, ...]
    direction: np.ndarray
    x: np.ndarray
    errors: np.ndarray
    choices: Choices
    limits: tuple[np.ndarray, np.ndarray] | None

    @classmethod
    def of(
        cls, data: pd.DataFrame, tree: Hierarchy, errors: pd.DataFrame | None, choices: Choices, limits: Limits
    ) -> Figures:
        """Check and sort; parameters as of `s3geo.statistics.rank_uncertainty`, the leaves of the tree in order."""
        if data.index.has_duplicates:
            raise UsageError(f"The data name these twice: {listed(data.index[data.index.duplicated()])}.")
        ordered = data.sort_index()[list(tree.leaves)]
        se = (ordered * np.nan if errors is None else errors.reindex_like(ordered)).fillna(0)
        if errors is not None and (
            strange := [*errors.index.difference(data.index), *errors.columns.difference(data.columns)]
        ):
            raise UsageError(f"Standard errors of what is not in the data: {listed(strange)}.")
        if (se < 0).any(axis=None):
            raise UsageError(f"Standard errors must be 0 or more: {listed(se.columns[(se < 0).any()])}.")
        return cls(
            tuple(ordered.index),
            tree.leaves,
            tree.direction,
            ordered.to_numpy(dtype=float, na_value=np.nan),
            se.to_numpy(dtype=float),
            choices,
            limit_arrays(limits, tree),
        )

    def nominal(self) -> Scores:
        """Return the scores under the first of all choices, of the values as they are."""
        return self._scores(Drawn.nominal(0), slice(0, 1), self.x[None])

    def scores(self, drawn: Drawn) -> Iterator[Scores]:
        """Yield the scores under each draw; as many draws at once as memory is meant for."""
        draws = len(drawn.normalise)
        noise, noisy = np.random.default_rng(drawn.values), bool(self.errors.any())
        at_once = max(1, CELLS_AT_ONCE // self.x.size)
        for start in range(0, draws, at_once):
            rows = slice(start, min(start + at_once, draws))
            x = self.x[None]
            if noisy:
                x = x + self.errors * noise.standard_normal((rows.stop - start, *self.x.shape))
            yield self._scores(drawn, rows, x)

    def _scores(self, drawn: Drawn, rows: slice, x: np.ndarray) -> Scores:
        picked = np.stack([drawn.normalise[rows], drawn.aggregate[rows], drawn.outliers[rows]], axis=1)
        means = np.array(self.choices.aggregate)[picked[:, 1]]
        terms = np.empty((len(self.leaves), len(picked), len(self.units)))
        for combination in np.unique(picked, axis=0):
            mine = (picked == combination).all(axis=1)
            terms[:, mine] = np.moveaxis(self._terms(x[mine] if len(x) > 1 else x, *combination), -1, 0)
        present = ~np.isnan(terms)
        terms[~present] = 0
        same = bool((present == present[:, :1]).all())
        return Scores(rows, terms, (present[:, :1] if same else present).astype(float), means)

    def _terms(self, x: np.ndarray, normalise: int, aggregate: int, outliers: int) -> np.ndarray:
        """Score under one combination of choices, shape (draws or 1, units, leaves)."""
        how, mean = self.choices.normalise[normalise], self.choices.aggregate[aggregate]
        scale = (0, 100)
        if mean != "arithmetic":
            how, scale = "minmax" if how == "zscore" else how, (1, 100)
        limits = self.limits if outliers == 0 and how == "minmax" else None
        score = normalised(self._treated(x, self.choices.outliers[outliers]) * self.direction, how, scale, limits)
        return TERMS[mean][0](score)

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
