"""Which places a place should work with: near, alike in strengths, and able to add what is lacking."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from s3geo.errors import NotFound, UsageError
from s3geo.statistics.candidates import COMPONENTS, DECIMALS, Candidates, aims_of
from s3geo.statistics.relatedness import density_parts, incidence, relatedness

__all__ = ["largest_additions", "partner_weights", "rank_stability", "score_partners"]


def score_partners(
    M: pd.DataFrame,
    points_km: pd.DataFrame,
    origin: str,
    phi: pd.DataFrame | None = None,
    theme: Sequence[str] | None = None,
    targets: Sequence[str] | None = None,
    links: pd.DataFrame | None = None,
    half_life_km: float = 100,
    min_activities: int = 3,
    weights: Sequence[float] = (1, 1, 1, 0),
) -> pd.DataFrame:
    """Score every other place as a partner of one.

    Parameters
    ----------
    M : DataFrame of 0 and 1, shape (places, activities)
        From `presence`.
    points_km : DataFrame of float
        Index = places; either two columns of coordinates in km, or one column a place with distances in km.
    origin : str
        Row of M.
    phi : DataFrame of float, shape (activities, activities), optional
        From `relatedness`, best of many districts; from M itself by default.
    theme : sequence of activities, optional
        Shared strengths are counted in these; in all by default.
    targets : sequence of activities, optional
        What the origin wants more of. By default the theme, or, without a theme, the activities it lacks of which the
        relatedness density is at least the median of those it lacks.
    links : DataFrame of float, shape (places, places), optional
        Joint projects so far, symmetric; the diagonal is not used.
    half_life_km : float
        Proximity halves with each; it changes the value shown, never the order.
    min_activities : int
        Places with fewer in M are not ranked; 0 ranks all.
    weights : sequence of four float
        Of proximity, shared, complementarity, links, 0 or more.

    Returns
    -------
    DataFrame
        Index = the other places in the order of M. distance_km; proximity, shared, complementarity, links (0-1, links
        0.5 = as many joint projects as expected from both totals); pr_* = percent rank of each among the eligible
        (0-1); contrib_* = points of the score from each, which add up to it; score (0-100); rank (1 = best). Score and
        rank are NaN where a place has too few activities, or no value in a component that counts.

    Raises
    ------
    DataError
        The origin has too few activities or no data.
    NotFound
        M has no such origin.
    UsageError
        Weights below 0 or all 0; a weight for links without links; half-life not above 0; unknown activity or place.

    Notes
    -----
    - proximity ``2^(-d / half_life)``;
    - shared: Jaccard of the rows of M within the theme, 0 where neither has anything;
    - complementarity: mean over the targets of the relatedness density added (`added_density`);
    - links: ``a / (1 + a)``, ``a = 2 J_rs J / (k_r k_s)``, k = row sums, J = total over pairs.

    Percent ranks ``(rank - 1) / (n - 1)``, ties share the mean rank (a single candidate has 1); proximity is ranked on
    the distance. ``score = 100 sum w P / sum w``. Ties of the score: complementarity, distance, name. After Boschma
    (2005) and Balland & Boschma (2021).

    Examples
    --------
    >>> M = pd.DataFrame({"x": [1, 1, 0], "y": [0, 1, 1], "z": [1, 0, 1]}, index=["A", "B", "C"])
    >>> points = pd.DataFrame({"x": [0.0, 100, 50], "y": 0.0}, index=["A", "B", "C"])
    >>> score_partners(M, points, "A", min_activities=0)[["proximity", "shared", "score", "rank"]].round(3)
       proximity  shared   score  rank
    B      0.500   0.333  33.333   2.0
    C      0.707   0.333  66.667   1.0
    """
    w = partner_weights(weights)
    if w[-1] > 0 and links is None:
        raise UsageError("A weight for existing links needs the links.")
    found = Candidates.of(
        M,
        points_km,
        origin,
        tuple(w > 0),
        phi=phi,
        theme=theme,
        targets=targets,
        links=links,
        half_life_km=half_life_km,
        min_activities=min_activities,
    )
    return found.scored(w)


def partner_weights(weights: Sequence[float]) -> np.ndarray:
    """Return weights as an array.

    Raises
    ------
    UsageError
        They are not four numbers, 0 or more and not all 0.
    """
    w = np.asarray(weights, dtype=float)
    if w.shape != (len(COMPONENTS),) or not np.isfinite(w).all() or not (w >= 0).all() or not w.sum() > 0:
        raise UsageError(f"weights must be four numbers, 0 or more and not all 0, for {', '.join(COMPONENTS)}.")
    return w


def largest_additions(
    M: pd.DataFrame,
    origin: str,
    phi: pd.DataFrame | None = None,
    theme: Sequence[str] | None = None,
    targets: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Return, for every other place, the target around which it adds most to what the origin has.

    This is what the complementarity of `score_partners` is made of, so that it can be told in words.

    Parameters
    ----------
    M, origin, phi, theme, targets
        As for `score_partners`.

    Returns
    -------
    DataFrame
        Index = the other places in the order of M. activity (missing where nothing is added), own (relatedness density
        of the origin around it), together (that of both), added (together - own), 0-1; through (tuple of the two
        activities the place has and the origin lacks that count most).

    Raises
    ------
    NotFound, UsageError
        As `score_partners`.

    Notes
    -----
    ``RD_r,i + RDadd_i,r,s = RD_{r union s},i`` exactly. Of targets to which equally much is added, the first one in
    which the place itself is present, then the first in the order of M.

    Examples
    --------
    >>> M = pd.DataFrame({"x": [1, 1, 1, 0], "y": [1, 1, 0, 0], "z": [0, 0, 1, 1]}, index=list("abcd"))
    >>> largest_additions(M, "d").round(3).loc["a"].to_dict()
    {'activity': 'x', 'own': 0.333, 'together': 1.0, 'added': 0.667, 'through': ('y',)}
    """
    if origin not in M.index:
        raise NotFound(f"No place {origin!r} to find partners for.")
    held = incidence(M)
    at = int(M.index.get_indexer(pd.Index([origin]))[0])
    own, rest = held[at], np.delete(held, at, axis=0)
    links, around = density_parts(M, relatedness(M) if phi is None else phi)
    aims = aims_of(M, links, around, own, theme, targets)
    places = M.index.delete(at)
    if not len(aims):
        nothing = {"activity": None, "own": np.nan, "together": np.nan, "added": np.nan}
        return pd.DataFrame(nothing, index=places).assign(through=pd.Series([()] * len(places), places, dtype=object))
    density = (own @ links / around)[aims]
    added = (rest * (1 - own)) @ links[:, aims] / around[aims]
    gains = np.nan_to_num(added, nan=0.0).round(DECIMALS)
    best = np.argmax(gains + (gains > 0) * 10.0**-DECIMALS / 2 * np.nan_to_num(rest[:, aims]), axis=1)
    at_best = (np.arange(len(rest)), best)
    found = gains[at_best] > 0
    brought = np.nan_to_num(rest * (1 - own)) * links[:, aims[best]].T
    most = np.argsort(-brought, axis=1, kind="stable")[:, :2]
    return pd.DataFrame(
        {
            "activity": np.where(found, M.columns.to_numpy(dtype=object)[aims][best], None),
            "own": np.where(found, density[best], np.nan),
            "together": np.where(found, density[best] + added[at_best], np.nan),
            "added": np.where(found, added[at_best], np.nan),
            "through": [tuple(M.columns[j] for j in row if brought[i, j] > 0) for i, row in enumerate(most)],
        },
        index=places,
    )


def rank_stability(scored: pd.DataFrame, top: int = 5, draws: int = 1000, seed: int = 0) -> pd.Series:
    """Return how often each place is among the first, whatever is thought to matter.

    Parameters
    ----------
    scored : DataFrame
        From `score_partners`.
    top : int
        Length of the list.
    draws : int
        Weights drawn for proximity, shared strengths and complementarity, each mix as likely as any other.
    seed : int

    Returns
    -------
    Series of float
        Index as `scored`; share of the draws with the place among the first `top`, 0-1. NaN where it is not ranked.

    Notes
    -----
    Weights from Dirichlet(1, 1, 1); ties at the edge of the list count as within.

    Examples
    --------
    >>> M = pd.DataFrame({"x": [1, 1, 0], "y": [0, 1, 1], "z": [1, 0, 1]}, index=["A", "B", "C"])
    >>> points = pd.DataFrame({"x": [0.0, 100, 50], "y": 0.0}, index=["A", "B", "C"])
    >>> rank_stability(score_partners(M, points, "A", min_activities=0), top=1).round(1).to_dict()
    {'B': 0.0, 'C': 1.0}
    """
    if top < 1 or draws < 1:
        raise UsageError(f"top and draws must be 1 or more, got {top} and {draws}.")
    parts = scored[[f"pr_{name}" for name in COMPONENTS[:3]]].to_numpy(dtype=float)
    ranked = ~np.isnan(parts).any(axis=1)
    out = np.full(len(scored), np.nan)
    if ranked.any():
        weights = np.random.default_rng(seed).dirichlet(np.ones(3), draws)
        scores = parts[ranked] @ weights.T
        edge = np.sort(scores, axis=0)[-min(top, len(scores))]
        out[ranked] = (scores >= edge - 10.0**-DECIMALS).mean(axis=1)
    return pd.Series(out, index=scored.index)
