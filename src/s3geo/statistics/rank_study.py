"""Figures and draws made ready once, to be ranked under as many weights as are asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from s3geo.statistics.composite import Limits
from s3geo.statistics.drawn_scores import Figures, Scores
from s3geo.statistics.draws import DEFAULT_CHOICES, SOURCES, Choices, Drawn
from s3geo.statistics.hierarchy import Hierarchy
from s3geo.statistics.rank_model import RankModel

__all__ = ["RankDraws", "RankStudy", "summed_up"]

_OF_WEIGHTS = ("weights", "dropped")  # sources that leave the scores of the indicators as they are


@dataclass(frozen=True)
class RankDraws:
    """Ranks under many draws of the choices.

    Attributes
    ----------
    nominal : Series of float
        Rank under the nominal choices, 1 is best, ties share the better rank; index as given, NaN where there is no
        score.
    ranks : DataFrame of float, shape (draws, units)
    choices : DataFrame, shape (draws, 4)
        normalise, aggregate, outliers, and dropped ("" for none), as drawn.
    """

    nominal: pd.Series
    ranks: pd.DataFrame
    choices: pd.DataFrame

    def summary(self) -> pd.DataFrame:
        """Return nominal, median, q05, q95, min and max of each unit's rank (linear quantiles)."""
        return summed_up(self.nominal, self.ranks.to_numpy())

    def above(self) -> pd.DataFrame:
        """Return P(row ranks above column), ties counting half: square, NaN on the diagonal and without a score."""
        ranks = self.ranks.to_numpy()
        share = [(np.sign(ranks - ranks[:, [i]]).mean(axis=0) + 1) / 2 for i in range(ranks.shape[1])]
        table = np.array(share).reshape(ranks.shape[1], ranks.shape[1])
        np.fill_diagonal(table, np.nan)
        return pd.DataFrame(table, index=self.nominal.index, columns=self.nominal.index)

    def not_distinguishable(self, level: float = 0.95) -> pd.DataFrame:
        """Return for which pairs neither ranks above the other in at least `level` of the draws: square, bool."""
        p = self.above()
        return (p < level) & (level > p.T)


@dataclass(frozen=True, eq=False)
class RankStudy:
    """Ranks of the same figures under the same draws: only weights differ between two calls.

    Attributes
    ----------
    index : Index
        Of the units, as given.
    figures : Figures
    draws, seed : int
    kept : mapping of str to tuple of Scores
        Scores of the indicators that are not made again at each call; none unless `keeping`.
    """

    index: pd.Index
    figures: Figures
    draws: int
    seed: int
    kept: Mapping[str, tuple[Scores, ...]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        data: pd.DataFrame,
        meta: pd.DataFrame,
        draws: int = 10_000,
        seed: int = 0,
        *,
        errors: pd.DataFrame | None = None,
        choices: Choices = DEFAULT_CHOICES,
        limits: Limits = None,
    ) -> RankStudy:
        """Make ready; parameters as of `s3geo.statistics.rank_uncertainty`, the weights in meta have no say.

        Examples
        --------
        >>> data = pd.DataFrame({"x": [1.0, 2, 3, 9], "y": [30.0, 9, 20, 90]}, list("ABCD"))
        >>> meta = pd.DataFrame({"parent": "index", "direction": 1}, ["x", "y"])
        >>> study = RankStudy.of(data, meta, draws=200).keeping_scores(200 * 4 * 2)
        >>> [study.simulate(meta.assign(weight=w)).nominal.tolist() for w in ([1, 1], [1, 0])]
        [[3.0, 4.0, 2.0, 1.0], [4.0, 3.0, 2.0, 1.0]]
        """
        tree = Hierarchy.of(meta.sort_index(), data.columns)
        return cls(data.index, Figures.of(data, tree, errors, choices, limits), draws, seed)

    def keeping_scores(self, cells: int, sensitivity: bool = False) -> RankStudy:
        """Return a study that keeps the scores it needs for `simulate`, or for `sensitivity`.

        Parameters
        ----------
        cells : int
            Where they are more numbers than this, nothing is kept.
        sensitivity : bool
        """
        sources = ["", *(s for s in SOURCES if s not in _OF_WEIGHTS)] if sensitivity else [""]
        if len(sources) * self.draws * self.figures.x.size > cells:
            return self
        one, other = (Drawn.of(self.figures.choices, self.draws, self.seed, 0, 0, second) for second in (False, True))
        return replace(self, kept={s: tuple(self.figures.scores(_with(one, other, s))) for s in sources})

    def simulate(self, meta: pd.DataFrame, node: str | None = None) -> RankDraws:
        """Rank under weights, as `s3geo.statistics.simulate_ranks`."""
        model = RankModel.of(self.figures, meta, node)
        drawn = model.drawn(self.draws, self.seed)
        options = {name: getattr(self.figures.choices, name) for name in SOURCES[1:4]} | {
            "dropped": ("", *model.droppable)
        }
        picked = {name: pd.Series(words).array.take(getattr(drawn, name)) for name, words in options.items()}
        ranks = pd.DataFrame(model.ranks(drawn, self.kept.get("")), columns=self.figures.units)
        nominal = pd.Series(model.nominal(), index=self.figures.units)
        return RankDraws(nominal[self.index], ranks[self.index], pd.DataFrame(picked))

    def sensitivity(self, meta: pd.DataFrame, node: str | None = None) -> pd.DataFrame:
        """Say which assumption moves which unit, as `s3geo.statistics.rank_sensitivity`."""
        model = RankModel.of(self.figures, meta, node)
        one, other = (model.drawn(self.draws, self.seed, second) for second in (False, True))
        base = model.ranks(one, self.kept.get(""))

        def moved(source: str) -> np.ndarray:
            scores: Iterable[Scores] | None = self.kept.get("" if source in _OF_WEIGHTS else source)
            return np.asarray(np.abs(model.ranks(_with(one, other, source), scores) - base).mean(axis=0))

        return pd.DataFrame({s: moved(s) for s in SOURCES}, index=self.figures.units).loc[self.index]


def _with(one: Drawn, other: Drawn, source: str) -> Drawn:
    """Return draws with one source of another set; "" for none."""
    return replace(one, **{source: getattr(other, source)}) if source else one


def summed_up(nominal: pd.Series, ranks: np.ndarray) -> pd.DataFrame:
    """Return nominal, median, q05, q95, min and max of the ranks of each unit, shape (draws, units)."""
    median, q05, q95 = np.quantile(ranks, [0.5, 0.05, 0.95], axis=0)
    columns = {"nominal": nominal, "median": median, "q05": q05, "q95": q95}
    return pd.DataFrame(columns | {"min": ranks.min(axis=0), "max": ranks.max(axis=0)}, index=nominal.index)
