"""Could another ranking of organisations do better: every method tried, fitted alike, against every baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.stats import rankdata

from s3geo.statistics import links
from s3geo.statistics.validation import found_terms
from s3geo.views.validation import BASELINES, Split, baselines, fit_weights, measure, scored, split
from s3geo.workspace import Workspace

__all__ = [
    "METHODS",
    "MethodComparison",
    "compare_methods",
    "methods_record",
    "methods_text",
    "on_three_years",
    "project_shares",
]

PREVIOUS = "activity, shared, proximity, kind"
"""The default before the one that is shipped; what each method gains over it is shown too."""
METHODS: dict[str, tuple[str, ...]] = {
    "no size: shared, proximity, kind, located": ("shared", "proximity", "kind", "located"),
    "gravity: popularity, proximity, located": ("popularity", "proximity", "located"),
    "popularity, Adamic-Adar, proximity, kind": ("popularity", "adamic_adar", "proximity", "kind"),
    "activity alone": ("activity",),
    "activity, Adamic-Adar, proximity, kind, located": ("activity", "adamic_adar", "proximity", "kind", "located"),
    "activity, paths of three, proximity, kind, located": ("activity", "paths", "proximity", "kind", "located"),
    "activity, shared, proximity, kind, located": ("activity", "shared", "proximity", "kind", "located"),
    PREVIOUS: ("activity", "shared", "proximity", "kind"),
    "activity, projects, shared, proximity, kind": ("activity", "projects", "shared", "proximity", "kind"),
    "activity, projects, paths of three, proximity, kind": ("activity", "projects", "paths", "proximity", "kind"),
    "partners, activity, shared, proximity, kind": ("partners", "activity", "shared", "proximity", "kind"),
    "partners, projects, paths of three, proximity, kind": ("partners", "projects", "paths", "proximity", "kind"),
    "default: partners, projects, shared, proximity, kind": links.PARTS,
}
"""Sets of parts; weights are fitted to the new pairs of another year, but for that of partners (`links.FIXED`)."""
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


def compare_methods(
    ws: Workspace,
    participations: pd.DataFrame,
    year: int,
    *,
    fitted_to: int | None = None,
    methods: Mapping[str, tuple[str, ...]] = METHODS,
    draws: int = 2000,
    seed: int = 0,
) -> MethodComparison:
    """Rank new partners of a year by every method.

    Parameters
    ----------
    ws : Workspace
    participations : DataFrame
        project, organisation, start_year.
    year : int
        Choosing splits are 2016 and 2017; 2018 is the test split, by which nothing may be chosen.
    fitted_to : int, optional
        Year to whose new pairs the weights are fitted, each from projects of the years before it; the year before by
        default. A later one serves to choose among methods, never to test.
    methods : mapping of str to tuple of str
        Parts of each, names of `Split.parts`; `PREVIOUS` must be among them.
    draws : int
        Of each bootstrap.
    seed : int

    Returns
    -------
    MethodComparison

    Raises
    ------
    DataError
        Too few years, or nobody had a new partner in the year or in the one before.

    Notes
    -----
    Three bootstraps of the same mean difference: of organisations (as in `validate`); of the projects of the year, so
    that all pairs of a project come and go together; of organisations at both ends of a pair, which weighs each pair by
    the product of the draws of its ends (Snijders & Borgatti 1999). The fitted weights are held fixed.
    """
    when = year - 1 if fitted_to is None else fitted_to
    before, now = split(ws, participations, when), split(ws, participations, year)
    scores = baselines(now)
    scores |= {name: scored(now, fit_weights(before, parts)) for name, parts in methods.items()}
    scores[EQUAL] = np.mean([rankdata(now.parts[part], axis=1) for part in methods[PREVIOUS]], axis=0)
    scores[RANKS] = -sum(np.log(_ranks(now, scores[name])) for name in ("popularity", PREVIOUS))
    rows = {name: measure(now, values, now.chosen, now.candidates) for name, values in scores.items()}
    resampled = _Resampled(now, participations, draws, seed)
    terms = {name: resampled.terms(values) for name, values in scores.items()}
    differences = [
        {"method": name, "baseline": baseline, **row}
        for name in scores
        if name not in BASELINES
        for baseline in (*BASELINES, PREVIOUS)
        if baseline != name
        for row in resampled.intervals(terms[name] - terms[baseline])
    ]
    metrics = pd.DataFrame([{"method": name, **row.mean().to_dict()} for name, row in rows.items()])
    return MethodComparison(year, when, metrics, pd.DataFrame(differences))


def on_three_years(
    ws: Workspace, participations: pd.DataFrame, last: int, *, draws: int = 2000
) -> list[MethodComparison]:
    """Return every method on two choosing years, each fitted to the other, and on the last year.

    Raises
    ------
    DataError
        Fewer than four years of projects.
    """
    first, second = last - 2, last - 1
    return [
        compare_methods(ws, participations, first, fitted_to=second, draws=draws),
        compare_methods(ws, participations, second, fitted_to=first, draws=draws),
        compare_methods(ws, participations, last, draws=draws),
    ]


def methods_record(found: MethodComparison) -> dict[str, Any]:
    """Return the result as plain values, figures to six digits."""
    return {
        "year": found.year,
        "fitted_to": found.fitted_to,
        "metrics": found.metrics.round(6).to_dict("records"),
        "differences": found.differences.round(6).to_dict("records"),
    }


def methods_text(found: MethodComparison) -> str:
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
        self.by_organisation = rng.multinomial(n, np.full(n, 1 / n), size=draws)[:, self.origin]
        projects = project_shares(of, participations)
        there = projects.shape[1]
        self.by_project = rng.multinomial(there, np.full(there, 1 / there), size=draws) @ projects.T
        many = len(of.organisations)
        drawn = rng.multinomial(many, np.full(many, 1 / many), size=draws)
        self.by_ends = drawn[:, ends] * drawn[:, found]

    def terms(self, scores: np.ndarray) -> np.ndarray:
        """Return AUC and average precision of each found pair, shape (pairs, 2)."""
        found = []
        for i in range(len(self.of.origins)):
            among = self.of.candidates[i]
            precision, below = found_terms(scores[i, among].round(9), self.of.chosen[i, among])
            found.append(np.column_stack([below, precision]))
        return np.concatenate(found)

    def intervals(self, gap: np.ndarray) -> list[dict[str, Any]]:
        """Return the mean difference and its three intervals, of AUC and of average precision."""
        weighted = gap * self.share[:, None]
        out: list[dict[str, Any]] = [
            {"metric": metric, "difference": float(weighted[:, k].sum())}
            for k, metric in enumerate(("auc", "average_precision"))
        ]
        for drawn, name in ((self.by_organisation, ""), (self.by_project, "_projects"), (self.by_ends, "_ends")):
            means = (drawn @ weighted) / (drawn @ self.share)[:, None]
            lower, upper = np.quantile(means, [0.025, 0.975], axis=0)
            for k, row in enumerate(out):
                row |= {f"lower{name}": float(lower[k]), f"upper{name}": float(upper[k])}
        return out
