"""Whether the ranking of organisations finds the partners they later had: a hold-out by time, against baselines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from s3geo.errors import DataError, FileProblem, TableError, listed
from s3geo.model.evidence import PARTICIPATION_COLUMNS
from s3geo.model.evidence_schemas import check_participations
from s3geo.statistics import links
from s3geo.statistics.validation import metrics_at
from s3geo.views.organisation_partners import organisation_links
from s3geo.views.validation_regions import region_deviance
from s3geo.workspace import Workspace

__all__ = [
    "BASELINES",
    "Split",
    "Validation",
    "as_record",
    "baselines",
    "fit_weights",
    "matched",
    "measure",
    "read_participations",
    "scored",
    "split",
    "validate",
]

BASELINES = ("popularity", "nearest", "common partners", "Adamic-Adar")
METRICS = ("auc", "average_precision", "precision_at_5", "precision_at_10", "ndcg_at_5", "ndcg_at_10")
NEGATIVES = 50


@dataclass(frozen=True)
class Split:
    """Organisations that had a new partner in a year, and all they could have had."""

    year: int
    origins: pd.Index
    organisations: pd.Index
    """Those named and seen before: the columns of all arrays."""
    parts: dict[str, np.ndarray]
    """What methods are made of, from projects of earlier years alone; shape (origins, organisations)."""
    candidates: np.ndarray
    """Named, seen before, not yet linked."""
    chosen: np.ndarray
    """Linked in the year."""
    ceiling: dict[str, float]
    """Pairs of the year, new ones, those between organisations seen before, and their share."""


@dataclass(frozen=True)
class Validation:
    """Results of one run."""

    year: int
    metrics: pd.DataFrame
    """run, method, n (organisations) and the mean of each metric."""
    differences: pd.DataFrame
    """run, baseline, metric, difference (default less baseline), lower, upper (95 %, resampling organisations)."""
    ceiling: dict[str, float]
    exposure: pd.DataFrame
    """kind, share of places in the first ten, share of candidates."""
    regions: pd.DataFrame
    """What counts between regions in the year are predicted by; see `region_deviance`."""

    @property
    def beats_all(self) -> bool:
        """Whether the default has an interval above 0 against each baseline in AUC and average precision."""
        main = self.differences[
            (self.differences["run"] == "all") & self.differences["metric"].isin(["auc", "average_precision"])
        ]
        return bool((main["lower"] > 0).all())


def split(ws: Workspace, participations: pd.DataFrame, year: int, *, repeated: bool = False) -> Split:
    """Return what is known before a year, and who came together in it.

    Parameters
    ----------
    ws : Workspace
    participations : DataFrame
        project, organisation, start_year.
    year : int
    repeated : bool
        Candidates are those already linked instead of those not yet linked.

    Raises
    ------
    DataError
        Nobody seen before had a partner of this sort in the year.
    """
    made = organisation_links(ws, year - 1, participations)
    graph = made.graph
    later = participations[participations["start_year"] == year][["project", "organisation"]]
    pairs = later.merge(later, on="project", suffixes=("", "_b"))
    pairs = pairs[pairs["organisation"] != pairs["organisation_b"]]
    pairs = pairs[["organisation", "organisation_b"]].drop_duplicates()
    a, b = graph.rows(list(pairs["organisation"])), graph.rows(list(pairs["organisation_b"]))
    seen = graph.projects > 0
    named = graph.organisations.isin(ws.organisations.index)
    linked = np.asarray(graph.linked[a, b]).ravel() > 0
    within, usable = seen[a] & seen[b], seen & named
    ceiling = {
        "pairs": len(a) / 2,
        "new_pairs": float((~linked).sum() / 2),
        "new_pairs_within_reach": float((within & ~linked).sum() / 2),
        "ceiling": float((within & ~linked).sum() / max((~linked).sum(), 1)),
    }
    fits = (linked == repeated) & usable[a] & usable[b]
    if not fits.any():
        raise DataError(f"No {'repeated' if repeated else 'new'} pair in {year} between organisations seen before.")
    origins = np.unique(a[fits])
    columns = np.flatnonzero(usable)
    place = np.full(len(usable), -1)
    place[columns] = np.arange(len(columns))
    chosen = np.zeros((len(origins), len(columns)), dtype=bool)
    chosen[np.searchsorted(origins, a[fits]), place[b[fits]]] = True
    candidates = (graph.linked[origins][:, columns].toarray() > 0) == repeated
    candidates &= origins[:, None] != columns
    every = links.parts(graph, origins, made.points, made.kinds)
    km = links.distances(made.points, origins)
    every |= {
        "degree": np.broadcast_to(graph.partners, km.shape),
        "km": km,
        "common": links.common_partners(graph, origins),
        "aa": links.adamic_adar(graph, origins),
        "l3": links.paths_of_three(graph, origins),
    }
    found = {name: np.ascontiguousarray(values[:, columns]) for name, values in every.items()}
    roots = np.sqrt(np.maximum(np.outer(graph.partners[origins], graph.partners[columns]), 1))
    found |= {
        "popularity": np.log1p(found["degree"]),
        "partners": np.log1p(found["degree"]),
        "projects": np.broadcast_to(np.log1p(graph.recent[columns]), chosen.shape),
        "adamic_adar": np.log1p(found["aa"]),
        "paths": np.log1p(found["l3"] / roots),
        "located": (~np.isnan(found["km"])).astype(float),
        "kind_of": np.broadcast_to(made.kinds[columns], chosen.shape),
    }
    return Split(year, graph.organisations[origins], graph.organisations[columns], found, candidates, chosen, ceiling)


def fit_weights(known: Split, names: tuple[str, ...], fixed: Mapping[str, float] | None = None) -> dict[str, float]:
    """Fit the weights of these parts to the new pairs of a split, beside those that are given."""
    found = {name: known.parts[name] for name in names}
    return links.fit_choice(found, known.chosen, known.candidates, fixed=fixed)


def baselines(of: Split) -> dict[str, np.ndarray]:
    """Return the scores of the baselines; an unknown distance ranks last."""
    return {
        "popularity": of.parts["degree"],
        "nearest": -np.nan_to_num(of.parts["km"], nan=1e6),
        "common partners": of.parts["common"],
        "Adamic-Adar": of.parts["aa"],
    }


def scored(of: Split, weights: dict[str, float]) -> np.ndarray:
    """Return the score by these weights."""
    return np.asarray(sum(weight * of.parts[name] for name, weight in weights.items()))


def measure(of: Split, scores: np.ndarray, chosen: np.ndarray, candidates: np.ndarray) -> pd.DataFrame:
    """Return the metrics of each organisation that has someone to find, NaN for the others."""
    rows = []
    for i in range(len(of.origins)):
        among = candidates[i]
        if not (chosen[i] & among).any() or (chosen[i] | ~among).all():
            rows.append(dict.fromkeys(METRICS, np.nan))
            continue
        rows.append(metrics_at(scores[i, among].round(9), chosen[i, among].astype(float), (5, 10)))
    return pd.DataFrame(rows, index=of.origins)[list(METRICS)]


def matched(of: Split, seed: int) -> np.ndarray:
    """Return candidates as far away as those found: for each, up to 50 others of its decile of distance."""
    rng = np.random.default_rng(seed)
    out = of.chosen.copy()
    for i in range(len(of.origins)):
        km = of.parts["km"][i]
        open_ = of.candidates[i]
        known = km[open_ & ~np.isnan(km)]
        edges = np.quantile(known, np.arange(1, 10) / 10) if len(known) else np.empty(0)
        decile = np.where(np.isnan(km), -1, np.searchsorted(edges, np.nan_to_num(km)))
        for d, many in zip(*np.unique(decile[of.chosen[i]], return_counts=True), strict=True):
            others = np.flatnonzero(open_ & ~of.chosen[i] & (decile == d))
            out[i, rng.permutation(others)[: NEGATIVES * many]] = True
    return out


def validate(
    ws: Workspace,
    participations: pd.DataFrame | None = None,
    year: int | None = None,
    *,
    draws: int = 2000,
    seed: int = 0,
) -> Validation:
    """Rank with the shipped weights what was known before a year, and compare with what happened in it.

    Parameters
    ----------
    ws : Workspace
        Its organisations give names, kinds and places.
    participations : DataFrame, optional
        As `ws.participations`, which is the default.
    year : int, optional
        The last of the participations by default.
    draws : int
        Of the bootstrap, resampling organisations.
    seed : int

    Returns
    -------
    Validation
        Runs: all (new pairs), distance-matched, located (both ends have a district), repeated (pairs linked before).

    Raises
    ------
    DataError
        Too few years, or nobody had a new partner.
    """
    table = ws.participations if participations is None else participations
    when = int(table["start_year"].max()) if year is None else year
    new = split(ws, table, when)
    runs = {
        "all": (new, new.chosen, new.candidates),
        "distance-matched": (new, new.chosen, matched(new, seed)),
        "located": (new, new.chosen & ~np.isnan(new.parts["km"]), new.candidates & ~np.isnan(new.parts["km"])),
    }
    try:
        again = split(ws, table, when, repeated=True)
        runs["repeated"] = (again, again.chosen, again.candidates)
    except DataError:
        pass  # no pair came together twice
    rows, differences = [], []
    for run, (of, chosen, candidates) in runs.items():
        methods = {"default": scored(of, links.WEIGHTS), **baselines(of)}
        results = {name: measure(of, scores, chosen, candidates) for name, scores in methods.items()}
        usable = results["default"].notna().all(axis=1).to_numpy()
        if not usable.any():
            continue
        for name, result in results.items():
            rows.append({"run": run, "method": name, "n": int(usable.sum()), **result[usable].mean().to_dict()})
        for name in BASELINES:
            gap = (results["default"] - results[name])[usable]
            differences += [{"run": run, "baseline": name, **row} for row in _bootstrap(gap, draws, seed)]
    return Validation(
        when,
        pd.DataFrame(rows),
        pd.DataFrame(differences),
        new.ceiling,
        _exposure(new),
        region_deviance(ws, table, when, draws=draws, seed=seed),
    )


def _bootstrap(gap: pd.DataFrame, draws: int, seed: int) -> list[dict[str, Any]]:
    n = len(gap)
    weights = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=draws) / n
    lower, upper = np.quantile(weights @ gap.to_numpy(), [0.025, 0.975], axis=0)
    return [
        {"metric": metric, "difference": float(gap[metric].mean()), "lower": float(lo), "upper": float(hi)}
        for metric, lo, hi in zip(gap.columns, lower, upper, strict=True)
    ]


def _exposure(of: Split) -> pd.DataFrame:
    scores = np.where(of.candidates, scored(of, links.WEIGHTS), -np.inf)
    first = np.argsort(-scores, axis=1, kind="stable")[:, :10]
    top = pd.Series(np.take_along_axis(of.parts["kind_of"], first, axis=1).ravel())
    every = pd.Series(of.parts["kind_of"][of.candidates])
    table = pd.DataFrame(
        {"first_ten": top.value_counts(normalize=True), "candidates": every.value_counts(normalize=True)}
    )
    table = table.fillna(0).rename_axis("kind").reset_index()
    most = pd.Series(first.ravel()).value_counts()
    different = pd.DataFrame(
        [{"kind": "different organisations", "first_ten": len(most), "candidates": of.chosen.shape[1]}]
    )
    return pd.concat([table, different], ignore_index=True)


def as_record(found: Validation) -> dict[str, Any]:
    """Return the result as plain values, figures to six digits."""
    return {
        "year": found.year,
        "beats_all_baselines": found.beats_all,
        "ceiling": {name: round(value, 6) for name, value in found.ceiling.items()},
        "metrics": found.metrics.round(6).to_dict("records"),
        "differences": found.differences.round(6).to_dict("records"),
        "exposure": found.exposure.round(6).to_dict("records"),
        "regions": found.regions.round(6).to_dict("records"),
    }


def read_participations(path: Path) -> pd.DataFrame:
    """Read a table of participations (csv or parquet) and check it.

    Raises
    ------
    FileProblem
        It cannot be read.
    TableError
        A column is missing.
    ValidationError
        A value does not fit.
    """
    try:
        table = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, dtype=str)
    except (OSError, ValueError) as error:
        raise FileProblem(f"{path.name} cannot be read: {error}. Give a csv or parquet of participations.") from error
    missing = [name for name in PARTICIPATION_COLUMNS if name not in table.columns]
    if missing:
        raise TableError(
            f"{path.name} has no column {listed(missing)}; it needs {', '.join(PARTICIPATION_COLUMNS)} "
            "(docs/data.md, participations.parquet)."
        )
    table = table[list(PARTICIPATION_COLUMNS)]
    table["start_year"] = pd.to_numeric(table["start_year"], errors="coerce")
    return check_participations(table)
