"""Ranks under drawn choices: the engine of `s3geo.statistics.uncertainty`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from s3geo.errors import UsageError
from s3geo.statistics.drawn_scores import TERMS, Figures, Scores
from s3geo.statistics.draws import Drawn
from s3geo.statistics.hierarchy import Hierarchy, shown
from s3geo.statistics.normalise import n_below, normalised

__all__ = ["RankModel", "ranked"]


@dataclass(frozen=True, eq=False)
class RankModel:
    """Figures under weights.

    Attributes
    ----------
    figures : Figures
    tree : Hierarchy
        Sorted by name.
    top : str
        The node that is ranked.
    droppable : list of str
        Indicators of weight above 0 below the top; none where there is only one.
    """

    figures: Figures
    tree: Hierarchy
    top: str
    droppable: list[str]

    @classmethod
    def of(cls, figures: Figures, meta: pd.DataFrame, node: str | None) -> RankModel:
        """Weigh figures.

        Raises
        ------
        UsageError
            A broken hierarchy, or one of other indicators or directions than the figures are of.
        """
        tree = Hierarchy.of(meta.sort_index(), pd.Index(figures.leaves))
        if tree.leaves != figures.leaves or not (tree.direction == figures.direction).all():
            raise UsageError("The hierarchy has other indicators or directions than the figures were prepared with.")
        top = tree.top(node)
        counted = [top]
        for n in counted:
            counted += [c for c in tree.children.get(n, ()) if tree.weight[c] > 0]
        droppable = [n for n in tree.leaves if n in counted] if figures.choices.drop_one else []
        return cls(figures, tree, top, droppable if len(droppable) > 1 else [])

    def drawn(self, draws: int, seed: int, second: bool = False) -> Drawn:
        """Draw what the ranks of this hierarchy need."""
        return Drawn.of(self.figures.choices, draws, seed, len(self.tree.nodes), len(self.droppable), second)

    def nominal(self) -> np.ndarray:
        """Return the ranks under the first of all choices, shape (units,)."""
        return np.asarray(self.ranks(Drawn.nominal(len(self.tree.nodes)), [self.figures.nominal()])[0])

    def ranks(self, drawn: Drawn, scores: Iterable[Scores] | None = None) -> np.ndarray:
        """Return the ranks under each draw, shape (draws, units); the scores are made where they are not given."""
        out = np.empty((len(drawn.dropped), len(self.figures.units)))
        visible = self._visible()
        for part in self.figures.scores(drawn) if scores is None else scores:
            out[part.rows] = ranked(self._means(part, self._weights(drawn, part.rows), visible))
        return out

    def _weights(self, drawn: Drawn, rows: slice) -> np.ndarray:
        """Return the drawn weight of each node, shape (nodes, draws)."""
        nominal = np.array([self.tree.weight[n] for n in self.tree.nodes])[:, None]
        weights = nominal * (1 + self.figures.choices.weight_noise * drawn.weights[rows].T)
        dropped = drawn.dropped[rows]
        for j, n in enumerate(self.droppable, 1):
            weights[self.tree.nodes.index(n), dropped == j] = 0
        return np.ascontiguousarray(weights)

    def _means(self, part: Scores, weights: np.ndarray, visible: Mapping[str, np.ndarray]) -> np.ndarray:
        """Take means up the tree to the top, shape (draws, units)."""
        place = {n: j for j, n in enumerate(self.tree.nodes)}
        terms = dict(zip(self.tree.leaves, part.terms, strict=True))
        present = dict(zip(self.tree.leaves, part.present, strict=True))
        for node, children in self.tree.children.items():
            mine = weights[[place[c] for c in children]]
            total = _summed(mine, [present[c] for c in children])
            there = (total > 0) & visible[node]
            terms[node] = _summed(mine, [terms[c] for c in children]) / np.where(total > 0, total, 1) * there
            present[node] = _once(there).astype(float)
        found = np.where(present[self.top] > 0, terms[self.top], np.nan)
        for mean in set(part.means):
            found[part.means == mean] = TERMS[mean][1](found[part.means == mean])
        return found

    def _visible(self) -> dict[str, np.ndarray]:
        # an indicator equal everywhere counts as absent, as in composite()
        varied = normalised(self.figures.x, "minmax")
        return shown(self.tree, ~np.isnan(varied))


def _summed(weights: np.ndarray, of: Sequence[np.ndarray]) -> np.ndarray:
    """Sum over the parts: weights (parts, draws) and parts of (draws or 1, units) give (draws, units)."""
    if all(len(part) == 1 for part in of):
        return np.asarray(weights.T @ np.concatenate(of))
    return np.asarray(np.einsum("pd,pdu->du", weights, np.stack(np.broadcast_arrays(*of))))


def _once(there: np.ndarray) -> np.ndarray:
    """Return one row where it is the same in all draws."""
    return there[:1] if (there == there[0]).all() else there


def ranked(scores: np.ndarray) -> np.ndarray:
    """Rank along the last axis: 1 is the highest, ties (to 9 decimals) share the better rank, NaN stays NaN.

    Examples
    --------
    >>> ranked(np.array([[5.0, np.nan, 7, 7, 1]])).tolist()
    [[3.0, nan, 1.0, 1.0, 4.0]]
    """
    better = n_below(-np.round(scores, 9)[..., None])[..., 0]
    return np.where(np.isnan(scores), np.nan, better + 1.0)
