"""Who has worked with whom: the graph of joint projects, its link predictors, and the score of an organisation.

Every function gives an array of shape (origins, organisations). Nothing here knows of years: give it the projects that
had started, and it knows no later ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from s3geo.errors import DataError, NotFound, UsageError, listed

__all__ = [
    "PARTS",
    "WEIGHTS",
    "JointProjects",
    "adamic_adar",
    "common_partners",
    "contributions",
    "distances",
    "fit_choice",
    "joint_projects",
    "kind_affinity",
    "parts",
    "paths_of_three",
    "shared_partners_cosine",
]

PARTS = ("activity", "shared", "proximity", "kind")
"""Parts of the score of an organisation as a partner."""

WEIGHTS = {"activity": 1.243, "shared": 3.214, "proximity": 1.212, "kind": 1.442}
"""Weight of each, per unit of the part: fitted by `fit_choice` to the new Horizon 2020 pairs of 2017 from projects to
2016, frozen on 27 November 2026 before the pairs of 2018 were looked at (docs/validation.md)."""
HALF_LIFE_YEARS = 2.0
"""A project counts half as much after so many years."""
HALF_LIFE_KM = 100.0


@dataclass(frozen=True)
class JointProjects:
    """Joint projects of organisations."""

    organisations: pd.Index
    joint: sparse.csr_array
    """Number of joint projects, symmetric, diagonal 0."""
    linked: sparse.csr_array
    """1 where there is one."""
    partners: np.ndarray
    """Different partners of each organisation (degree)."""
    projects: np.ndarray
    """Projects of each organisation, alone or with others."""
    activity: np.ndarray
    """Projects with others, each counted ``0.5^(age / 2 years)``."""
    recent: np.ndarray
    """Projects, alone or with others, counted in the same way."""

    def rows(self, origins: Sequence[str]) -> np.ndarray:
        """Return where these organisations are."""
        at = self.organisations.get_indexer(pd.Index(origins))
        if (at < 0).any():
            raise NotFound(f"No organisation {listed([o for o, i in zip(origins, at, strict=True) if i < 0])}.")
        return np.asarray(at)


def joint_projects(participations: pd.DataFrame, until: int, organisations: pd.Index) -> JointProjects:
    """Return the graph of the projects that started up to a year.

    Parameters
    ----------
    participations : DataFrame
        project, organisation, start_year; one row an organisation in a project.
    until : int
        Last year that is known; later projects change nothing.
    organisations : Index
        Those to be in the graph, besides those of the participations.

    Returns
    -------
    JointProjects

    Raises
    ------
    DataError
        No project has started by then.

    Examples
    --------
    >>> table = pd.DataFrame({"project": [1, 1, 2, 2], "organisation": list("abbc")})
    >>> table["start_year"] = [2015, 2015, 2016, 2016]
    >>> joint_projects(table, 2015, pd.Index(list("abc"))).partners.tolist()
    [1.0, 1.0, 0.0]
    """
    every = organisations.union(pd.Index(participations["organisation"].unique()), sort=False)
    known = participations[participations["start_year"] <= until].drop_duplicates(["project", "organisation"])
    if known.empty:
        raise DataError(f"No project started up to {until}: give participations of earlier years.")
    project, _ = pd.factorize(known["project"])
    who = every.get_indexer(pd.Index(known["organisation"]))
    n = len(every)
    takes_part = sparse.csr_array((np.ones(len(known)), (project, who)), shape=(project.max() + 1, n))
    joint = sparse.csr_array(takes_part.T @ takes_part)
    joint.setdiag(0)
    joint.eliminate_zeros()
    linked = joint.copy()
    linked.data[:] = 1
    several = np.bincount(project)[project] > 1
    fresh = 0.5 ** ((until - known["start_year"].to_numpy(dtype=float)) / HALF_LIFE_YEARS)
    return JointProjects(
        every,
        joint,
        linked,
        np.asarray(linked.sum(axis=1)).ravel(),
        np.bincount(who, minlength=n).astype(float),
        np.bincount(who, weights=fresh * several, minlength=n),
        np.bincount(who, weights=fresh, minlength=n),
    )


def common_partners(graph: JointProjects, rows: np.ndarray) -> np.ndarray:
    """Count the partners that origins share with every organisation."""
    return np.asarray((graph.linked[rows] @ graph.linked).toarray())


def adamic_adar(graph: JointProjects, rows: np.ndarray) -> np.ndarray:
    """Add 1/ln(partners) over shared partners (Adamic & Adar 2003)."""
    rare = np.zeros(len(graph.partners))
    several = graph.partners > 1
    rare[several] = 1 / np.log(graph.partners[several])
    return np.asarray((graph.linked[rows].multiply(rare) @ graph.linked).toarray())


def paths_of_three(graph: JointProjects, rows: np.ndarray) -> np.ndarray:
    """Add up paths over two organisations, each step divided by the root of their partners (Kovács et al. 2019)."""
    root = 1 / np.sqrt(np.maximum(graph.partners, 1))
    steps = graph.linked[rows].multiply(root) @ graph.linked
    return np.asarray((sparse.csr_array(steps).multiply(root) @ graph.linked).toarray())


def shared_partners_cosine(graph: JointProjects, rows: np.ndarray) -> np.ndarray:
    """Shared partners over the geometric mean of both numbers of partners, 0-1 (Salton)."""
    size = np.sqrt(np.outer(graph.partners[rows], graph.partners))
    return common_partners(graph, rows) / np.maximum(size, 1)


def kind_affinity(graph: JointProjects, kinds: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return ln of links between two kinds over those expected of their sizes; the least of all is 0.

    Parameters
    ----------
    kinds : array of str, shape (organisations,)
        "" where it is not known: it has the mean affinity of all kinds, and enters no count.
    """
    names = np.array(sorted(set(kinds) - {""}))
    member = (kinds[:, None] == names).astype(float)
    between = member.T @ (graph.linked @ member)
    size = between.sum(axis=1)
    expected = np.outer(size, size) / max(size.sum(), 1)
    affinity = np.log((between + 1) / (expected + 1))
    affinity -= affinity.min()
    wide = np.full((len(names) + 1,) * 2, affinity.mean())
    wide[:-1, :-1] = affinity
    at = np.where(member.any(axis=1), member.argmax(axis=1), len(names))
    return np.asarray(wide[np.ix_(at[rows], at)])


def parts(graph: JointProjects, rows: np.ndarray, points: np.ndarray, kinds: np.ndarray) -> dict[str, np.ndarray]:
    """Return what the score is made of.

    Parameters
    ----------
    graph : JointProjects
    rows : array of int
        The origins.
    points : array of float, shape (organisations, 2)
        Metres; NaN where no district is known.
    kinds : array of str, shape (organisations,)

    Returns
    -------
    dict of arrays, shape (origins, organisations)
        By `PARTS`, each 0 or more: activity ``ln(1 + recent joint projects)``; shared (cosine of shared partners, 0-1);
        proximity ``2^(-km / 100)``, 0 where unknown; kind (`kind_affinity`).
    """
    km = distances(points, rows)
    known = ~np.isnan(km)
    return {
        "activity": np.broadcast_to(np.log1p(graph.activity), km.shape),
        "shared": shared_partners_cosine(graph, rows),
        "proximity": np.where(known, 2 ** (-np.where(known, km, 0) / HALF_LIFE_KM), 0.0),
        "kind": kind_affinity(graph, kinds, rows),
    }


def distances(points: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return km between origins and all, NaN where one has no point."""
    return np.asarray(np.hypot(*(points[rows][:, None, :] - points[None, :, :]).transpose(2, 0, 1)) / 1000)


def contributions(
    found: Mapping[str, np.ndarray], weights: Mapping[str, float], tops: Mapping[str, float]
) -> dict[str, np.ndarray]:
    """Return points of 100 from each part; they add up to the score.

    Parameters
    ----------
    found : mapping to arrays
        From `parts`.
    weights : mapping to float, 0 or more
    tops : mapping to float
        The most each part can be: with the most of each, the score is 100.
    """
    total = sum(weight * tops[name] for name, weight in weights.items())
    if not total > 0 or min(weights.values()) < 0:
        raise UsageError("Weights must be 0 or more and not all 0.")
    return {name: 100 * weight * found[name] / total for name, weight in weights.items()}


def fit_choice(
    found: Mapping[str, np.ndarray],
    chosen: np.ndarray,
    candidates: np.ndarray,
    ridge: float = 1.0,
    fixed: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """Fit weights so that the partners an organisation later had stand out among its candidates.

    Parameters
    ----------
    found : mapping to arrays of float, shape (origins, organisations)
    chosen, candidates : arrays of bool, same shape
        Chosen ones are candidates.
    ridge : float
        Penalty on squared weights of standardised parts.
    fixed : mapping to float, optional
        Weights that are given; the others are fitted beside them.

    Returns
    -------
    dict
        Weight of each part, per unit of the part.

    Raises
    ------
    DataError
        Nobody chose anyone.

    Notes
    -----
    Conditional logit (McFadden 1974): ``P(j | i) = exp(sum_k w_k x_ijk) / sum over candidates``, each new pair once.

    Examples
    --------
    >>> x = np.array([[3.0, 1, 0, 2], [0, 2, 3, 1]])
    >>> found = fit_choice({"x": x}, x == 3, np.ones((2, 4), bool))
    >>> found["x"] > 0
    True
    """
    from scipy.optimize import minimize

    if not (chosen & candidates).any():
        raise DataError("Nobody has a new partner here: there is nothing to fit.")
    given = {name: weight for name, weight in (fixed or {}).items() if name in found}
    names = [name for name in found if name not in given]
    x = np.stack([np.asarray(found[name], dtype=float) for name in names], axis=-1)
    centre, spread = x[candidates].mean(axis=0), x[candidates].std(axis=0)
    spread[spread == 0] = 1
    x = (x - centre) / spread
    offset = np.asarray(sum((weight * found[name] for name, weight in given.items()), np.zeros(chosen.shape)))
    closed = np.where(candidates, offset, -np.inf)
    many = chosen.sum(axis=1)
    flat = x.reshape(-1, x.shape[-1])

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        utility = x @ w + closed
        top = utility.max(axis=1, keepdims=True)
        share = np.exp(utility - top)
        total = share.sum(axis=1, keepdims=True)
        likelihood = utility[chosen].sum() - (many * (np.log(total) + top)[:, 0]).sum()
        slope = flat.T @ (chosen - share / total * many[:, None]).ravel()
        return float(-likelihood + ridge / 2 * w @ w), -slope + ridge * w

    result = minimize(loss, np.zeros(x.shape[-1]), jac=True, method="L-BFGS-B")
    fitted = {name: float(w) for name, w in zip(names, result.x / spread, strict=True)}
    return {name: given[name] if name in given else fitted[name] for name in found}
