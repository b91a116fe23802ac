"""An index step by step, for regions and for a reference that passes through the chain fitted to the regions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from s3geo.errors import UsageError
from s3geo.statistics.composite import portions, treated_by
from s3geo.statistics.hierarchy import Hierarchy, roll_up, shown
from s3geo.statistics.normalise import NORMALISATIONS, normalised
from s3geo.statistics.outliers import Treated, treat_outliers

__all__ = ["IndexFigures", "Steps", "index_steps"]

SCALES: dict[str, tuple[float, float]] = {"arithmetic": (0, 100), "geometric": (1, 100)}
"""Ends of the scores before each kind of mean; a geometric one needs scores above 0."""


@dataclass(frozen=True)
class Steps:
    """Every step of an index; the rows are those of the data, then those of the reference.

    Attributes
    ----------
    fits : dict of str to Treated
        The outlier treatment of each indicator.
    treated, normalised : DataFrame of float, shape (units, indicators)
        In the unit of the data (its logarithm where the treatment says so); on the scale of the scores.
    scores : DataFrame of float, shape (units, nodes)
        Indicators, cells, index.
    shares, contributions : DataFrame of float, shape (units, indicators)
        Part of the score that an indicator carries (adds up to 1), and the points it adds (add up to the score).
    """

    fits: dict[str, Treated]
    treated: pd.DataFrame
    normalised: pd.DataFrame
    scores: pd.DataFrame
    shares: pd.DataFrame
    contributions: pd.DataFrame


def index_steps(
    data: pd.DataFrame,
    meta: pd.DataFrame,
    reference: pd.DataFrame,
    normalise: str = "minmax",
    aggregate: str = "arithmetic",
) -> Steps:
    """Compute an index and keep every step.

    Parameters
    ----------
    data : DataFrame of float, shape (regions, indicators)
        Each in its own unit; NaN = no data, never filled. Caps, logs, bounds and means are fitted to these rows.
    meta : DataFrame
        As for `s3geo.statistics.composite`; one top.
    reference : DataFrame of float, shape (references, indicators)
        Rows that pass through the chain without having a say in it, for example England. Beyond the best or the
        worst region they take its score.
    normalise : {"minmax", "zscore", "percent_rank"}
    aggregate : {"arithmetic", "geometric"}
        Scores run from 0 to 100, before geometric means from 1 to 100; z-scores have no scale.

    Returns
    -------
    Steps

    Raises
    ------
    UsageError
        Unknown choices, a geometric mean of z-scores, a broken hierarchy.

    Notes
    -----
    As `s3geo.statistics.composite`, with outliers treated. A reference's score is read off the regions' own, in a
    straight line between two of them: for min-max and z-scores that is their formula with the regions' bounds.
    Contributions to an arithmetic mean are share times score; those to a geometric mean split it as the shares split
    its logarithm, ``sum share ln score``.

    Examples
    --------
    >>> data = pd.DataFrame({"grants": [10.0, 12, 15, 20, 18], "vacancies": [3.0, 2.5, 4, 1, 2]}, list("ABCDE"))
    >>> meta = pd.DataFrame({"parent": "index", "direction": [1, -1]}, ["grants", "vacancies"])
    >>> steps = index_steps(data, meta, pd.DataFrame({"grants": [16.0], "vacancies": [2.2]}, ["England"]))
    >>> steps.scores["index"].round(2).to_dict()["England"], steps.contributions.loc["A"].round(2).tolist()
    (60.0, [0.0, 16.67])
    """
    if normalise not in NORMALISATIONS or aggregate not in SCALES:
        known = f"{', '.join(NORMALISATIONS)} and {', '.join(SCALES)}"
        raise UsageError(f"Unknown method {normalise!r} with {aggregate!r}; there are {known}.")
    if (normalise, aggregate) == ("zscore", "geometric"):
        raise UsageError("A geometric mean needs scores above 0: take min-max or percent ranks.")
    return IndexFigures.of(data, meta, reference, normalise, aggregate).steps(meta)


@dataclass(frozen=True, eq=False)
class IndexFigures:
    """Figures treated and normalised, to be averaged under any weights: only they differ between two calls.

    Attributes
    ----------
    fits, treated, normalised
        As of `Steps`.
    aggregate : {"arithmetic", "geometric"}
    """

    fits: dict[str, Treated]
    treated: pd.DataFrame
    normalised: pd.DataFrame
    aggregate: str

    @classmethod
    def of(
        cls, data: pd.DataFrame, meta: pd.DataFrame, reference: pd.DataFrame, normalise: str, aggregate: str
    ) -> IndexFigures:
        """Treat and normalise; parameters as of `index_steps`, the weights in meta have no say."""
        if normalise not in NORMALISATIONS or aggregate not in SCALES:
            known = f"{', '.join(NORMALISATIONS)} and {', '.join(SCALES)}"
            raise UsageError(f"Unknown method {normalise!r} with {aggregate!r}; there are {known}.")
        if (normalise, aggregate) == ("zscore", "geometric"):
            raise UsageError("A geometric mean needs scores above 0: take min-max or percent ranks.")
        tree = Hierarchy.of(meta, data.columns)
        names = list(tree.leaves)
        fits = {n: treat_outliers(data[n]) for n in names}
        both = pd.concat([data[names], reference[names]])
        treated = treated_by(fits, both, tree.leaves)
        x = treated * tree.direction
        sample, other = x[: len(data)], x[len(data) :]
        leaf = normalised(sample, normalise, SCALES[aggregate])
        leaf = np.vstack([leaf, _placed(other, sample, leaf)])
        return cls(
            fits,
            pd.DataFrame(treated, index=both.index, columns=names),
            pd.DataFrame(leaf, index=both.index, columns=names),
            aggregate,
        )

    def steps(self, meta: pd.DataFrame) -> Steps:
        """Average under the weights of a hierarchy of the same indicators."""
        tree = Hierarchy.of(meta, self.normalised.columns)
        names = list(tree.leaves)
        leaf = self.normalised[names].to_numpy()
        weights = {n: np.array([w]) for n, w in tree.weight.items()}
        rolled = roll_up(tree, leaf[None], weights, self.aggregate, shown(tree, ~np.isnan(leaf)))
        scores = pd.DataFrame({n: rolled[n][0] for n in tree.nodes}, index=self.normalised.index)
        share = portions(scores, meta)[names]
        points = share * scores[names]
        if self.aggregate == "geometric":
            logs = share * np.log(scores[names])
            whole = logs.sum(axis=1)
            points = logs.div(whole.where(whole > 0), axis=0).where(whole > 0, share).mul(scores[tree.top()], axis=0)
        return Steps(self.fits, self.treated[names], self.normalised[names], scores, share, points)


def _placed(x: np.ndarray, sample: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Read scores of other values off the scores of a sample: in a straight line between two of it, else its ends."""
    placed = np.full(x.shape, np.nan)
    for j in range(x.shape[1]):
        have = ~np.isnan(scores[:, j])
        if have.any():
            ends, first = np.unique(sample[have, j], return_index=True)
            placed[:, j] = np.where(np.isnan(x[:, j]), np.nan, np.interp(x[:, j], ends, scores[have, j][first]))
    return placed
