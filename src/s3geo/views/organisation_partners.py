"""Which organisations an organisation could work with: the score of `s3geo.statistics.links` on the data at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from s3geo.errors import NotFound, UsageError
from s3geo.statistics import links
from s3geo.workspace import Workspace

__all__ = ["OrganisationLinks", "organisation_links", "organisation_partners", "organisation_points", "resolved"]


@dataclass(frozen=True)
class OrganisationLinks:
    """What partners of organisations are ranked with."""

    graph: links.JointProjects
    points: np.ndarray
    kinds: np.ndarray
    tops: dict[str, float]


_MADE: WeakKeyDictionary[Workspace, OrganisationLinks] = WeakKeyDictionary()


def organisation_points(ws: Workspace, organisations: pd.Index) -> np.ndarray:
    """Return the point of each organisation, or the centre of its district (metres; NaN where neither is known)."""
    table = ws.organisations.reindex(organisations)
    centres = ws.centres("lad").reindex(table["district"])[["easting", "northing"]].to_numpy()
    own = table[["easting", "northing"]].to_numpy(dtype=float)
    return np.where(np.isnan(own), centres, own)


def organisation_links(ws: Workspace, until: int | None = None, data: pd.DataFrame | None = None) -> OrganisationLinks:
    """Return the graph of Horizon 2020 with points and kinds, of projects started up to a year (all by default)."""
    whole = until is None and data is None
    if whole and ws in _MADE:
        return _MADE[ws]
    table = ws.participations if data is None else data
    graph = links.joint_projects(
        table, int(table["start_year"].max()) if until is None else until, ws.organisations.index
    )
    kinds = ws.organisations["kind"].reindex(graph.organisations).fillna("").to_numpy(dtype=str)
    points = organisation_points(ws, graph.organisations)
    _, first = np.unique(kinds, return_index=True)
    tops = {
        "activity": float(np.log1p(graph.activity.max())),
        "shared": 1.0,
        "proximity": 1.0,
        "kind": float(links.kind_affinity(graph, kinds, first).max()),
    }
    made = OrganisationLinks(graph, points, kinds, tops)
    if whole:
        _MADE[ws] = made
    return made


def organisation_partners(
    ws: Workspace,
    id: str,  # noqa: A002 - the name of the public API
    n: int | None = 50,
    *,
    new: bool = False,
    weights: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Rank organisations as partners of one.

    Parameters
    ----------
    ws : Workspace
    id : str
        Index of `ws.organisations`, or any of an organisation's source ids.
    n : int, optional
        At most so many; None ranks all, with and without a point.
    new : bool
        Leave out those with whom it has a joint project.
    weights : mapping, optional
        Factor on the weight of a part (`s3geo.statistics.links.PARTS`), 1 by default: ``{"activity": 0}`` ranks without
        regard to how active a candidate is. Only the default weights have been tested.

    Returns
    -------
    DataFrame
        Index id; name, kind, district, distance_km (straight line between points, or centres of their districts; NaN
        where one has no district in England), links (Horizon 2020 projects together), shared_partners, recent_projects
        (joint projects of the candidate with anyone, each halved with every two years), contrib_* (points of the
        score from each part), score (0-100, the sum of contrib_*), rank, reason (a sentence). Best first.

    Raises
    ------
    NotFound
        No such organisation.
    UsageError
        n below 1, an unknown part, a factor below 0.

    Notes
    -----
    ``score = 100 sum w_k x_k / sum w_k max_k`` with the weights `s3geo.statistics.links.WEIGHTS`, fitted once on new
    pairs of 2017 and tested on those of 2018 (docs/validation.md). Ties: shared partners, distance, name. It says who
    is likely to be a partner in a funded project, not who would be the best one.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> found = organisation_partners(open_workspace(), "ukprn:10007801", n=3)
    >>> found["score"].is_monotonic_decreasing, "ukprn:10007801" in found.index
    (True, False)
    """
    if n is not None and n < 1:
        raise UsageError(f"n must be 1 or more, or None for all, got {n}.")
    factors = dict(weights or {})
    if not set(factors) <= set(links.PARTS) or any(not 0 <= factor < float("inf") for factor in factors.values()):
        raise UsageError(f"weights are factors of 0 or more on {', '.join(links.PARTS)}; got {factors}.")
    made = organisation_links(ws)
    graph = made.graph
    rows = graph.rows([resolved(ws, id)])
    found = links.parts(graph, rows, made.points, made.kinds)
    chosen = {name: weight * factors.get(name, 1) for name, weight in links.WEIGHTS.items()}
    points = links.contributions(found, chosen, made.tops)
    shown = pd.DataFrame(
        {
            "distance_km": links.distances(made.points, rows)[0],
            "links": graph.joint[rows].toarray()[0].astype(int),
            "shared_partners": links.common_partners(graph, rows)[0].astype(int),
            "recent_projects": graph.activity,
            **{f"contrib_{name}": values[0] for name, values in points.items()},
            "score": np.sum([values[0] for values in points.values()], axis=0),
        },
        index=graph.organisations,
    )
    table = ws.organisations[["name", "kind", "district"]].join(shown)
    table = table.drop(index=graph.organisations[rows])
    if new:
        table = table[table["links"] == 0]
    order = np.lexsort(
        (table["name"], table["distance_km"].fillna(np.inf), -table["shared_partners"], -table["score"].round(9))
    )
    table = table.iloc[order if n is None else order[:n]].copy()
    table["rank"] = np.arange(1, len(table) + 1)
    known = ws.organisations["easting"].notna()
    placed = known.reindex(table.index, fill_value=False) & bool(known.get(graph.organisations[rows[0]], False))
    table["reason"] = [_reason(row) for row in table.assign(placed=placed).itertuples()]
    return table.rename_axis("id")


def resolved(ws: Workspace, given: str) -> str:
    """Return the id in the table of organisations that one of its sources' ids stands for."""
    if given in ws.organisations.index:
        return given
    sources = ws.organisations["source_ids"]
    held = sources[sources.str.contains(given, regex=False)]
    for index, ids in held.items():
        if given in str(ids).split(";"):
            return str(index)
    raise NotFound(f"No organisation {given!r}; ids look like ukprn:10007801, pic:999854661 or gtr:...")


def _reason(row: object) -> str:
    """Say what the score of a candidate contains."""
    value = vars(row) if hasattr(row, "__dict__") else row._asdict()  # type: ignore[attr-defined]
    said = []
    if value["recent_projects"] >= 1:
        said.append("recently active in joint projects")
    if value["links"]:
        said.append(f"already {value['links']} {'project' if value['links'] == 1 else 'projects'} together")
    if value["shared_partners"]:
        said.append(f"{value['shared_partners']} shared {'partner' if value['shared_partners'] == 1 else 'partners'}")
    km = value["distance_km"]
    if km != km:  # noqa: PLR0124 -- NaN
        said.append("distance not known")
    elif value["placed"]:
        said.append(f"{km:.0f} km away" if km >= 1 else "less than 1 km away")
    else:
        said.append(f"about {km:.0f} km away, by district" if km >= 1 else "in the same district or next to it")
    text = ", ".join(said)
    return f"{text[0].upper()}{text[1:]}."
