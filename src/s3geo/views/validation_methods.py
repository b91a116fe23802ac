"""Could another ranking of organisations do better: every method tried, fitted alike, against every baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from s3geo.statistics import links
from s3geo.statistics.validation import found_terms
from s3geo.views.validation import BASELINES, Split, baselines, fit_weights, measure, scored, split
from s3geo.workspace import Workspace

__all__ = [
    "CHALLENGER",
    "DEFAULT",
    "METHODS",
    "MethodComparison",
    "methods_record",
    "methods_tables",
    "on_three_years",
    "project_shares",
    "tried_record",
]

DEFAULT = "default: activity, shared, proximity, kind"
CHALLENGER = "partners, projects, shared, proximity, kind"
"""Best of the choosing years, frozen before it was tested."""
FIXED = {"partners": 0.5}
"""Weight that is not fitted: partners and projects say nearly the same, and a fitted share of each changes by year."""
METHODS: dict[str, tuple[str, ...]] = {
    "no size: shared, proximity, kind, located": ("shared", "proximity", "kind", "located"),
    "gravity: popularity, proximity, located": ("popularity", "proximity", "located"),
    "popularity, Adamic-Adar, proximity, kind": ("popularity", "adamic_adar", "proximity", "kind"),
    "activity alone": ("activity",),
    "activity, Adamic-Adar, proximity, kind, located": ("activity", "adamic_adar", "proximity", "kind", "located"),
    "activity, paths of three, proximity, kind, located": ("activity", "paths", "proximity", "kind", "located"),
    "activity, shared, proximity, kind, located": (*links.PARTS, "located"),
    DEFAULT: links.PARTS,
    "activity, projects, shared, proximity, kind": ("activity", "projects", "shared", "proximity", "kind"),
    "activity, projects, paths of three, proximity, kind": ("activity", "projects", "paths", "proximity", "kind"),
    "partners, activity, shared, proximity, kind": ("partners", "activity", "shared", "proximity", "kind"),
    "partners, projects, paths of three, proximity, kind": ("partners", "projects", "paths", "proximity", "kind"),
    CHALLENGER: ("partners", "projects", "shared", "proximity", "kind"),
}
"""Sets of parts; weights are fitted to the new pairs of another year, but for `FIXED`."""
EQUAL = "equal weights: mean of ranks of activity, shared, proximity, kind"
RANKS = "mean of log ranks of popularity and of activity, shared, proximity, kind"
"""Methods without fitted weights, or made of two rankings."""


@dataclass(frozen=True)
class MethodComparison:
    """Every method and baseline on one year."""

    year: int
    fitted_to: int
    metrics: pd.DataFrame
    """method and the mean of each metric over the organisations."""
    differences: pd.DataFrame
    """method, baseline, metric (auc, average_precision), difference (method less baseline); 95 %: lower, upper
    (resampling organisations), lower_projects, upper_projects (projects), lower_ends, upper_ends (both ends)."""


def on_three_years(
    ws: Workspace, participations: pd.DataFrame, last: int, *, draws: int = 2000
) -> list[MethodComparison]:
    """Rank new partners by every method: on two choosing years, each fitted to the other, and on the last year.

    Parameters
    ----------
    ws : Workspace
    participations : DataFrame
        project, organisation, start_year.
    last : int
        The test year, by which nothing may be chosen; its weights are fitted to the year before.
    draws : int
        Of each bootstrap.

    Raises
    ------
    DataError
        Fewer than four years of projects, or nobody had a new partner in one of them.

    Notes
    -----
    Three bootstraps of the same mean difference: of organisations (as in `s3geo.views.validation.validate`); of the
    projects of the year, so that all pairs of a project come and go together; of organisations at both ends of a pair,
    which weighs each pair by the product of the draws of its ends (Snijders & Borgatti 1999). The fitted weights are
    held fixed.
    """
    splits = {year: split(ws, participations, year) for year in (last - 2, last - 1, last)}
    weights = {year: _fitted(splits[year]) for year in (last - 2, last - 1)}
    return [
        _compared(splits[year], participations, other, weights[other], draws, 0)
        for year, other in ((last - 2, last - 1), (last - 1, last - 2), (last, last - 1))
    ]


def _fitted(known: Split) -> dict[str, dict[str, float]]:
    return {name: fit_weights(known, parts, FIXED) for name, parts in METHODS.items()}


def _compared(
    now: Split,
    participations: pd.DataFrame,
    fitted_to: int,
    weights: Mapping[str, Mapping[str, float]],
    draws: int,
    seed: int,
) -> MethodComparison:
    """Judge every ranking of a year, and each method against each baseline and the default."""
    from scipy.stats import rankdata

    scores = baselines(now)
    scores |= {name: scored(now, dict(of)) for name, of in weights.items()}
    scores[EQUAL] = np.mean([rankdata(now.parts[part], axis=1) for part in METHODS[DEFAULT]], axis=0)
    scores[RANKS] = -sum(np.log(_ranks(now, scores[name])) for name in ("popularity", DEFAULT))
    means = {name: measure(now, values, now.chosen, now.candidates).mean() for name, values in scores.items()}
    resampled = _Resampled(now, participations, draws, seed)
    terms = {name: resampled.terms(values) for name, values in scores.items()}
    pairs = [
        (name, other) for name in scores if name not in BASELINES for other in (*BASELINES, DEFAULT) if other != name
    ]
    rows = resampled.intervals(np.stack([terms[name] - terms[other] for name, other in pairs], axis=1))
    differences = [
        {"method": name, "baseline": other, **row}
        for (name, other), both in zip(pairs, rows, strict=True)
        for row in both
    ]
    metrics = pd.DataFrame([{"method": name, **row.to_dict()} for name, row in means.items()])
    return MethodComparison(now.year, fitted_to, metrics, pd.DataFrame(differences))


def methods_record(found: MethodComparison) -> dict[str, Any]:
    """Return the result as plain values, figures to six digits."""
    return {
        "year": found.year,
        "fitted_to": found.fitted_to,
        "metrics": found.metrics.round(6).to_dict("records"),
        "differences": found.differences.round(6).to_dict("records"),
    }


def tried_record(found: MethodComparison) -> dict[str, Any]:
    """Return how many methods were tried, how many clearly beat popularity in average precision, and the best one."""
    against = found.differences.query("baseline == 'popularity' and metric == 'average_precision'")
    best = against.iloc[int(against["difference"].to_numpy().argmax())]
    return {
        "methods": len(against),
        "clearly_better": int((against["lower"] > 0).sum()),
        "best": {"method": best["method"], **{k: round(float(best[k]), 6) for k in ("difference", "lower", "upper")}},
    }


def methods_tables(found: MethodComparison) -> str:
    """Return the two tables to be printed: means, and differences from popularity with their intervals."""
    against = found.differences[found.differences["baseline"] == "popularity"].drop(columns="baseline")
    return (
        f"Every method on new partners of {found.year}, weights fitted to those of {found.fitted_to}\n"
        f"{found.metrics.round(3).to_string(index=False)}\n\n"
        "Less popularity; 95 % by organisations, by projects, by both ends of a pair\n"
        f"{against.round(4).to_string(index=False)}"
    )


def _ranks(of: Split, scores: np.ndarray) -> np.ndarray:
    """Rank the candidates of each organisation, 1 = best, ties at their mean; the others come after them."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(np.where(of.candidates, -scores.round(9), np.inf), axis=1))


def project_shares(of: Split, participations: pd.DataFrame) -> sparse.csr_array:
    """Return to which projects of the year each found pair belongs, each row adding to 1; shape (pairs, projects).

    Pairs are those of ``np.nonzero(of.chosen)``, so that two organisations appear once from each end.
    """
    later = participations[participations["start_year"] == of.year].drop_duplicates(["project", "organisation"])
    project, _ = pd.factorize(later["project"])
    who = of.organisations.get_indexer(pd.Index(later["organisation"]))
    held = who >= 0
    shape = (len(of.organisations), project.max() + 1)
    takes_part = sparse.csr_array((np.ones(held.sum()), (who[held], project[held])), shape=shape)
    origin, found = np.nonzero(of.chosen)
    ends = of.organisations.get_indexer(of.origins)[origin]
    both = sparse.csr_array(takes_part[ends].multiply(takes_part[found]))
    return sparse.csr_array(both.multiply(1 / both.sum(axis=1)[:, None]))


class _Resampled:
    """Draws of organisations, projects and ends of pairs, the same for every difference."""

    def __init__(self, of: Split, participations: pd.DataFrame, draws: int, seed: int) -> None:
        self.of = of
        self.origin, found = np.nonzero(of.chosen)
        ends = of.organisations.get_indexer(of.origins)[self.origin]
        n = len(of.origins)
        self.share = 1 / (of.chosen.sum(axis=1)[self.origin] * n)
        rng = np.random.default_rng(seed)
        self.by_organisation = rng.multinomial(n, np.full(n, 1 / n), size=draws).astype(float)[:, self.origin]
        projects = project_shares(of, participations)
        there = projects.shape[1]
        self.by_project = rng.multinomial(there, np.full(there, 1 / there), size=draws) @ projects.T
        many = len(of.organisations)
        drawn = rng.multinomial(many, np.full(many, 1 / many), size=draws).astype(float)
        self.by_ends = drawn[:, ends] * drawn[:, found]

    def terms(self, scores: np.ndarray) -> np.ndarray:
        """Return AUC and average precision of each found pair, shape (pairs, 2)."""
        found = []
        for i in range(len(self.of.origins)):
            among = self.of.candidates[i]
            precision, below = found_terms(scores[i, among].round(9), self.of.chosen[i, among])
            found.append(np.column_stack([below, precision]))
        return np.concatenate(found)

    def intervals(self, gaps: np.ndarray) -> list[list[dict[str, Any]]]:
        """Return mean differences with their three intervals, of AUC and of average precision.

        ``gaps`` has the shape (pairs found, differences, 2).
        """
        flat = (gaps * self.share[:, None, None]).reshape(len(gaps), -1)
        found: dict[str, np.ndarray] = {"difference": flat.sum(axis=0)}
        for drawn, name in ((self.by_organisation, ""), (self.by_project, "_projects"), (self.by_ends, "_ends")):
            means = (drawn @ flat) / (drawn @ self.share)[:, None]
            found[f"lower{name}"], found[f"upper{name}"] = np.quantile(means, [0.025, 0.975], axis=0)
        return [
            [
                {"metric": metric, **{name: float(values[2 * i + k]) for name, values in found.items()}}
                for k, metric in enumerate(("auc", "average_precision"))
            ]
            for i in range(gaps.shape[1])
        ]
