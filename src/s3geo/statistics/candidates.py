"""The places beside one, and what each would be worth as a partner, before anything is weighed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from s3geo.errors import DataError, NotFound, UsageError, listed
from s3geo.statistics.relatedness import density_parts, incidence, relatedness

__all__ = ["COMPONENTS", "DECIMALS", "Candidates", "aims_of"]

COMPONENTS = ("proximity", "shared", "complementarity", "links")
"""Parts of the score, in the order of the weights."""
DECIMALS = 9
"""Values that agree to so many decimals are ties."""


@dataclass(frozen=True, eq=False)
class Candidates:
    """Every other place beside one: the parts of its score, ranked among the eligible. Weights change none of this.

    Attributes
    ----------
    places : Index
        In the order of M, without the origin.
    distance : array of float, shape (places,)
        km.
    parts, ranks : mapping of str to array of float, shape (places,)
        Each of `COMPONENTS`, and its percent rank among the eligible (NaN for others), 0-1.
    counted : tuple of bool
        Which components count: a place without a value in one of them is not eligible.
    eligible : array of bool, shape (places,)
    before : array of int, shape (places,)
        The order of places of equal score: complementarity, distance, name.
    """

    places: pd.Index
    distance: np.ndarray
    parts: Mapping[str, np.ndarray]
    ranks: Mapping[str, np.ndarray]
    counted: tuple[bool, ...]
    eligible: np.ndarray
    before: np.ndarray

    @classmethod
    def of(
        cls,
        M: pd.DataFrame,
        points_km: pd.DataFrame,
        origin: str,
        counted: Sequence[bool],
        *,
        phi: pd.DataFrame | None = None,
        theme: Sequence[str] | None = None,
        targets: Sequence[str] | None = None,
        links: pd.DataFrame | None = None,
        half_life_km: float = 100,
        min_activities: int = 3,
    ) -> Candidates:
        """Look at every other place; parameters, errors and formulas as of `s3geo.statistics.score_partners`."""
        if half_life_km <= 0:
            raise UsageError(f"half_life_km must be above 0, got {half_life_km}.")
        for table, what in ((M, "M"), (points_km, "points_km")):
            if table.index.has_duplicates:
                raise UsageError(f"{what} names {listed(table.index[table.index.duplicated()])} twice.")
        if origin not in M.index:
            raise NotFound(f"No place {origin!r} to find partners for.")
        held = incidence(M)
        at = int(M.index.get_indexer(pd.Index([origin]))[0])
        enough = held.sum(axis=1) >= min_activities
        if not enough[at]:
            raise DataError(
                f"Not enough data on {origin!r}: partners need {min_activities} activities or more, and no gap."
            )
        own, rest = held[at], np.delete(held, at, axis=0)
        places = M.index.delete(at)

        distance = _distances(points_km, M.index, at)
        parts = {
            "proximity": 2 ** (-distance / half_life_km),
            "shared": _jaccard(own, rest, _positions(M, theme, "theme")),
            "complementarity": _added(M, relatedness(M) if phi is None else phi, own, rest, theme, targets),
            "links": np.full(len(places), np.nan) if links is None else _linked(links, M.index, at),
        }
        ordered = {**parts, "proximity": -distance}
        weighed = np.array([ordered[name] for name, counts in zip(COMPONENTS, counted, strict=True) if counts])
        eligible = np.delete(enough, at) & ~np.isnan(weighed).any(axis=0)
        ranks = {name: _percent_rank(np.where(eligible, ordered[name], np.nan)) for name in COMPONENTS}
        first = np.lexsort((places.astype(str), distance, -parts["complementarity"].round(DECIMALS)))
        return cls(places, distance, parts, ranks, tuple(counted), eligible, np.argsort(first))

    def points(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """Return the points that each component adds to the score, NaN where a place is not eligible.

        Raises
        ------
        UsageError
            Other components count under these weights.
        """
        if tuple(weights > 0) != self.counted:
            raise UsageError("Other components count under these weights than the places were looked at for.")
        return {
            name: 100 * weight * self.ranks[name] / weights.sum()
            if weight > 0
            else np.where(self.eligible, 0.0, np.nan)
            for name, weight in zip(COMPONENTS, weights, strict=True)
        }

    def order(self, score: np.ndarray) -> np.ndarray:
        """Return the rank of each place by its score, 1 = best; NaN where it is not eligible."""
        rank = np.empty(len(score))
        rank[np.lexsort((self.before, -score.round(DECIMALS)))] = np.arange(1, len(score) + 1)
        return np.where(self.eligible, rank, np.nan)

    def rank(self, weights: np.ndarray) -> np.ndarray:
        """Return the rank of each place under weights."""
        return self.order(np.sum(list(self.points(weights).values()), axis=0))

    def scored(self, weights: np.ndarray) -> pd.DataFrame:
        """Return the table of `s3geo.statistics.score_partners`."""
        points = self.points(weights)
        score = np.sum(list(points.values()), axis=0)
        columns = {"distance_km": self.distance, **self.parts}
        columns |= {f"pr_{name}": values for name, values in self.ranks.items()}
        columns |= {f"contrib_{name}": values for name, values in points.items()}
        return pd.DataFrame({**columns, "score": score, "rank": self.order(score)}, index=self.places)


def aims_of(
    M: pd.DataFrame,
    links: np.ndarray,
    around: np.ndarray,
    own: np.ndarray,
    theme: Sequence[str] | None,
    targets: Sequence[str] | None,
) -> np.ndarray:
    """Positions of the targets; those related to nothing are left out."""
    if targets is not None or theme is not None:
        aims = _positions(M, theme if targets is None else targets, "targets")
    else:
        density = own @ links / around
        lacked = np.flatnonzero((own == 0) & ~np.isnan(density))
        aims = lacked[density[lacked] >= np.median(density[lacked])] if len(lacked) else lacked
    return np.asarray(aims[~np.isnan(around[aims])])


def _positions(M: pd.DataFrame, activities: Sequence[str] | None, what: str) -> np.ndarray:
    if activities is None:
        return np.arange(M.shape[1])
    found = M.columns.get_indexer(pd.Index(activities))
    if not len(found) or (found < 0).any():
        raise UsageError(f"{what} must name activities of M, got {listed(activities) or 'none'}.")
    return np.asarray(found)


def _distances(points_km: pd.DataFrame, places: pd.Index, at: int) -> np.ndarray:
    """Distances from the place at this position to the others."""
    at_row = points_km.index.get_indexer(places)
    if (at_row < 0).any():
        raise UsageError(f"points_km lacks {listed(places[at_row < 0])}.")
    points = points_km.to_numpy(dtype=float, na_value=np.nan)[at_row]
    if points.shape[1] == 2 and not set(points_km.columns) <= set(points_km.index):
        return np.asarray(np.delete(np.hypot(*(points - points[at]).T), at))
    across = points_km.columns.get_indexer(places)
    if (across < 0).any():
        raise UsageError("points_km must have two columns of coordinates, or one column of distances for each place.")
    return np.asarray(np.delete(points[at, across], at))


def _jaccard(own: np.ndarray, rest: np.ndarray, theme: np.ndarray) -> np.ndarray:
    both = rest[:, theme] @ own[theme]
    either = rest[:, theme].sum(axis=1) + own[theme].sum() - both
    return np.asarray(np.divide(both, either, out=np.where(np.isnan(either), np.nan, 0.0), where=either > 0))


def _added(
    M: pd.DataFrame,
    phi: pd.DataFrame,
    own: np.ndarray,
    rest: np.ndarray,
    theme: Sequence[str] | None,
    targets: Sequence[str] | None,
) -> np.ndarray:
    """Mean over the targets of the relatedness density each place adds."""
    links, around = density_parts(M, phi)
    aims = aims_of(M, links, around, own, theme, targets)
    if not len(aims):
        return np.full(len(rest), np.nan)
    return np.asarray((rest * (1 - own)) @ (links[:, aims] / around[aims]).mean(axis=1))


def _linked(links: pd.DataFrame, places: pd.Index, at: int) -> np.ndarray:
    rows, columns = links.index.get_indexer(places), links.columns.get_indexer(places)
    if (rows < 0).any() or (columns < 0).any():
        raise UsageError(f"links lacks {listed(places[(rows < 0) | (columns < 0)])}.")
    joint = links.to_numpy(dtype=float, na_value=np.nan)[np.ix_(rows, columns)]
    np.fill_diagonal(joint, 0)
    same = joint == joint.T
    if not (same.all() or (same | (np.isnan(joint) & np.isnan(joint.T))).all()):
        raise UsageError("links must be symmetric.")
    totals = joint.sum(axis=1)
    expected = totals[at] * totals
    strength = np.divide(
        joint[at] * totals.sum(), expected, out=np.where(expected == 0, 0.0, np.nan), where=expected > 0
    )
    return np.delete(strength / (1 + strength), at)


def _percent_rank(values: np.ndarray) -> np.ndarray:
    """(mean rank - 1) / (n - 1) of the values there are."""
    out = np.full(len(values), np.nan)
    known = ~np.isnan(values)
    n = int(known.sum())
    _, group, size = np.unique(values[known].round(DECIMALS), return_inverse=True, return_counts=True)
    mean_rank = np.cumsum(size) - (size - 1) / 2
    out[known] = (mean_rank[group] - 1) / (n - 1) if n > 1 else 1.0
    return out
