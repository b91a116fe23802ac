"""Who a region should talk to: every other region scored as a partner, with the reason, the doubt and the record."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from s3geo.errors import DataError, NotFound, UsageError
from s3geo.model.evidence import SECTOR_TABLES
from s3geo.statistics.candidates import COMPONENTS, Candidates
from s3geo.statistics.partners import largest_additions, partner_weights, rank_stability
from s3geo.statistics.relatedness import relatedness
from s3geo.statistics.specialisation import location_quotient, presence
from s3geo.views.meetings import meetings
from s3geo.views.partner_words import counter_reason, reason
from s3geo.workspace import GEOGRAPHIES, Workspace
from s3geo.workspace.kept import kept

__all__ = [
    "HALF_LIFE_KM",
    "LEADING",
    "PRESETS",
    "TABLES",
    "Preset",
    "Strengths",
    "candidates",
    "joint_projects",
    "partners",
    "strengths",
]

HALF_LIFE_KM = 100.0
"""Distance that halves the proximity shown; it never changes an order."""
LEADING = 5
"""Partners that count as the first ones: for stability, and for matches that both sides would pick."""
YEARS = 3
"""Latest years whose mean says what a region is strong in."""
TABLES = ("ubc_enterprises", "gva")
"""Tables of sectors that exist for districts, on which relatedness is estimated; the better one first."""

Weights = tuple[float, float, float, float]


@dataclass(frozen=True)
class Preset:
    """A question in words, and the weights and the distance that ask it."""

    label: str
    weights: Weights
    within_km: float | None = None


PRESETS: dict[str, Preset] = {
    "new": Preset("New links", (1, 1, 1, 0)),
    "deepen": Preset("Deepen what exists", (1, 1, 1, 1)),
    "next_door": Preset("Next door", (2, 1, 1, 0), 75),
}
"""Ready-made choices, by id."""


@dataclass(frozen=True, eq=False)
class Strengths:
    """What regions do more than England, and which activities go together.

    Attributes
    ----------
    M : DataFrame of 0 and 1
        Regions x activities: location quotient of 1 or more. NaN = withheld.
    lq : DataFrame
        The quotients.
    phi : DataFrame
        Relatedness of the activities over the districts of England.
    labels : Series
        Names of the activities.
    period : str
        The years of which the mean is taken.
    """

    M: pd.DataFrame
    lq: pd.DataFrame
    phi: pd.DataFrame
    labels: pd.Series
    period: str


@kept(16)
def strengths(ws: Workspace, table: str = TABLES[0], geography: str = "lep") -> Strengths:
    """Return the activities of regions and their relatedness.

    Parameters
    ----------
    ws : Workspace
    table : {"ubc_enterprises", "gva"}
    geography : str

    Returns
    -------
    Strengths
        Means of the latest three years. Imputed rent, no activity, is left out of GVA.

    Raises
    ------
    UsageError
        A table without districts, or one that does not exist for the geography.

    Notes
    -----
    Relatedness is the minimum conditional probability (Hidalgo et al. 2007) over the districts without a gap; 38
    regions are too few to estimate it.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> found = strengths(open_workspace())
    >>> found.M.shape, found.phi.shape
    ((38, 18), (18, 18))
    """
    if table not in TABLES or geography not in SECTOR_TABLES[table].geographies:
        held = [t for t in TABLES if geography in SECTOR_TABLES[t].geographies]
        raise UsageError(
            f"Partners of {GEOGRAPHIES[geography].plural} rest on one of {', '.join(held)}, not {table!r}."
        )
    years = ws.sector_periods(table, geography)[-YEARS:]
    activities = [sector for sector in ws.sector_names(table).index if not str(sector).endswith("IMP")]

    england = pd.Series(np.mean([ws.england_sectors(table, year)[activities] for year in years], axis=0), activities)

    def over(of: str) -> pd.DataFrame:
        index = ws.layer(of).index
        values = np.mean([ws.sectors(table, year, of)[activities].to_numpy(dtype=float) for year in years], axis=0)
        return pd.DataFrame(values, index=index, columns=activities).clip(lower=0)

    own, districts = over(geography), presence(over("lad"), benchmark=england)
    return Strengths(
        M=presence(own, benchmark=england),
        lq=location_quotient(own, england),
        phi=relatedness(districts[districts.notna().all(axis=1)]),
        labels=ws.sector_names(table)[activities],
        period=f"{years[0]} to {years[-1]}",
    )


@kept(16)
def joint_projects(ws: Workspace, geography: str = "lep") -> pd.DataFrame:
    """Return Horizon 2020 projects two regions share (square, symmetric; a project counts once a pair)."""
    index = ws.layer(geography).index
    table = ws.region_links(geography, "h2020")
    half = table.pivot_table(index="a", columns="b", values="n_distinct", aggfunc="sum")
    square = half.reindex(index=index, columns=index).fillna(0.0)
    return square + square.T


@kept(32)
def candidates(
    ws: Workspace,
    counted: tuple[bool, bool, bool, bool],
    geography: str = "lep",
    table: str = TABLES[0],
    target: str | None = None,
) -> dict[str, Candidates]:
    """Return, for every region that has enough data, the others as its candidates; the same target for all.

    Parameters
    ----------
    ws : Workspace
    counted : tuple of four bool
        Which parts of the score have a weight above 0; the weights themselves change nothing of this.
    geography, table, target
        As of `partners`.
    """
    found, distances, links = strengths(ws, table, geography), ws.distances(geography), joint_projects(ws, geography)
    if target is not None and target not in found.M.columns:
        known = ", ".join(f"{code} ({label})" for code, label in found.labels.items())
        raise UsageError(f"No sector {target!r} in {SECTOR_TABLES[table].label}; choose one of {known}.")
    targets, out = None if target is None else [target], {}
    for code in (str(code) for code in found.M.index):
        with suppress(DataError):  # a region with a gap has no partners, and says so when it is asked
            out[code] = Candidates.of(
                found.M,
                distances,
                code,
                counted,
                phi=found.phi,
                targets=targets,
                links=links,
                half_life_km=HALF_LIFE_KM,
            )
    return out


@kept(64)
def _places(ws: Workspace, weights: Weights, geography: str, table: str) -> dict[str, dict[str, float]]:
    """Return the rank of every region in the list of every other, each with targets of its own."""
    w = partner_weights(weights)
    every = candidates(ws, _counted(weights), geography, table)
    return {code: dict(zip(found.places, found.rank(w), strict=True)) for code, found in every.items()}


def _counted(weights: Weights) -> tuple[bool, bool, bool, bool]:
    near, shared, complementarity, links = (weight > 0 for weight in weights)
    return near, shared, complementarity, links


def partners(
    ws: Workspace,
    code: str,
    weights: Sequence[float] = (1, 1, 1, 0),
    within_km: float | None = None,
    n: int | None = 10,
    *,
    geography: str = "lep",
    target: str | None = None,
    actor: str | None = None,
    dimension: str | None = None,
    table: str = TABLES[0],
) -> pd.DataFrame:
    """Score the other regions as partners of one, each with its reason.

    Parameters
    ----------
    ws : Workspace
    code : str
        GSS code of the region that looks for partners.
    weights : sequence of four float
        Of proximity, shared strengths, complementarity, existing links; 0 or more, not all 0.
    within_km : float, optional
        Leaves out those farther away, centre to centre; it changes no score.
    n : int, optional
        At most so many, best first; None for all, those without enough data last.
    geography : str
    target : str, optional
        Sector of the table the region wants to grow in; by default those it lacks and is close to having.
    actor, dimension : str, optional
        Where to look for what the two could bring to each other beside the score.
    table : {"ubc_enterprises", "gva"}
        What strengths are counted in.

    Returns
    -------
    DataFrame
        Index code: name, distance_km, adjoins, overlaps (bool), the columns of `s3geo.statistics.score_partners`,
        rank_back (rank of the region in the partner's own list under the same weights, without a target), mutual (bool:
        both within the other's first `LEADING`), stability (share of other weights under which the partner is among the
        first `LEADING`, 0-1), activity, activity_label, lq_theirs, lq_ours, own, together, added, through (what the
        partner adds around that activity, by what; see `s3geo.statistics.largest_additions`), projects (shared Horizon
        2020 projects), first_year, last_year, reason (in the score), meets, theirs, ours, meets_indicator (beside the
        score), counter (what speaks against; "" if nothing).

    Raises
    ------
    NotFound
        No such region.
    DataError
        Not enough is known of the region.
    UsageError
        Weights, a sector or a table that do not exist; a distance that is not positive.

    Notes
    -----
    ``score = 100 sum w P / sum w`` with percent ranks P among all eligible regions of England (Boschma 2005; Balland &
    Boschma 2021); the limit of distance is laid on afterwards, so that a score means the same in every list.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> found = partners(open_workspace(), "E37000015", n=3)  # Greater Manchester
    >>> found[["contrib_proximity", "contrib_shared", "contrib_complementarity"]].sum(axis=1).equals(found["score"])
    True
    """
    w = tuple(float(weight) for weight in weights)
    if code not in ws.layer(geography).index:
        raise NotFound(f"No region {code!r} among {GEOGRAPHIES[geography].plural}; see `s3geo describe`.")
    if within_km is not None and not within_km > 0:
        raise UsageError(f"within_km must be positive, got {within_km}.")
    if len(w) != len(COMPONENTS):
        raise UsageError(f"weights must be four numbers, for {', '.join(COMPONENTS)}; got {len(w)}.")
    every = _told(ws, code, (w[0], w[1], w[2], w[3]), geography, target, table)
    found = every if within_km is None else every[every["distance_km"] <= within_km]
    found = found.sort_values("rank", na_position="last", kind="stable")
    found = found if n is None else found[found["rank"].notna()].head(n)
    beside = meetings(ws, code, list(found.index), geography, actor, dimension)
    return found.assign(**{name: beside[name] for name in ("meets", "meets_indicator", "theirs", "ours")})


@kept(128)
def _told(ws: Workspace, code: str, weights: Weights, geography: str, target: str | None, table: str) -> pd.DataFrame:
    """Return every other region with its score, its reason and what speaks against it."""
    known, names = strengths(ws, table, geography), ws.names(geography)
    w, counted = partner_weights(weights), _counted(weights)
    every = candidates(ws, counted, geography, table, target)
    if code not in every:
        raise DataError(
            f"Not enough is known of {names[code]} in {SECTOR_TABLES[table].label.lower()}: figures of too many of its "
            f"sectors are withheld. Count strengths in another way."
        )
    scored = every[code].scored(w)
    shared = {r for regions in ws.overlaps(geography)["regions"] if code in regions for r in regions}
    back = _places(ws, weights, geography, table)  # what others aim at is theirs to choose
    added = largest_additions(known.M, code, known.phi, targets=None if target is None else [target])
    labels = known.labels.to_dict()
    out = scored.assign(
        adjoins=scored.index.isin(ws.neighbours(geography)[code]),
        overlaps=scored.index.isin(shared),
        rank_back=[back.get(str(other), {}).get(code, np.nan) for other in scored.index],
        stability=rank_stability(scored, LEADING),
        **added,
    )
    theirs, ours = _quotients(known.lq, code, out["activity"])
    out = out.assign(
        mutual=(out["rank"] <= LEADING) & (out["rank_back"] <= LEADING),
        activity_label=out["activity"].map(known.labels),
        through=[" and ".join(labels[part] for part in parts) for parts in out["through"]],
        lq_theirs=theirs,
        lq_ours=ours,
        **_record(ws, code, geography, out.index),
    )
    out.insert(0, "name", names.reindex(out.index))
    rows: list[dict[Any, Any]] = out.to_dict("records")
    origin = str(names[code])
    return out.assign(
        reason=[reason(row, origin) for row in rows], counter=[counter_reason(row, out, origin) for row in rows]
    )


def _quotients(lq: pd.DataFrame, code: str, activity: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return the location quotients of each partner, and ours, in the activity it adds to most; NaN without one."""
    at = lq.columns.get_indexer(pd.Index(activity))
    theirs = lq.to_numpy(dtype=float)[lq.index.get_indexer(activity.index), at]
    ours = lq.loc[code].to_numpy(dtype=float)[at]
    return np.where(at >= 0, theirs, np.nan), np.where(at >= 0, ours, np.nan)


def _record(ws: Workspace, code: str, geography: str, index: pd.Index) -> dict[str, pd.Series]:
    """Shared projects so far and their years."""
    table = ws.region_links(geography, "h2020")
    mine = table[(table["a"] == code) | (table["b"] == code)]
    mine = mine.assign(other=mine["a"].where(mine["b"] == code, mine["b"])).set_index("other").reindex(index)
    return {
        "projects": mine["n_distinct"].fillna(0).astype(int),
        "first_year": mine["first_year"],
        "last_year": mine["last_year"],
    }
