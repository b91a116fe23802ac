"""A region at a glance: actor x dimension x indicator, beside England and the other regions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from s3geo.errors import NotFound
from s3geo.model.catalogue import ACTORS, DIMENSIONS
from s3geo.statistics.intervals import verdict
from s3geo.views.peers import range_of_peers
from s3geo.views.ranking import ranks
from s3geo.views.scores import cell_scores
from s3geo.views.trends import trends
from s3geo.views.wording import NO_DATA_REASONS, finding, number, quantity, rank_label
from s3geo.workspace import GEOGRAPHIES, Workspace
from s3geo.workspace.kept import kept

__all__ = [
    "ACTOR_LABELS",
    "AGED",
    "DIMENSION_LABELS",
    "PEERS",
    "Profile",
    "cell_sentence",
    "ranks",
    "region_profile",
    "standings",
]

ACTOR_LABELS = dict(zip(ACTORS, ("Research and higher education", "Business", "Wider environment"), strict=True))
"""Actors in words, in the order of the framework."""

DIMENSION_LABELS = dict(zip(DIMENSIONS, ("Funding", "Talent", "Outputs"), strict=True))
"""Dimensions in words, in the order of the framework."""


AGED = 8
"""An indicator that ends this many years before the newest one is marked as old."""


PEERS = 5
"""Areas most alike whose range stands beside a value."""


@dataclass(frozen=True)
class Profile:
    """The profile of a region.

    Attributes
    ----------
    code, name, geography : str
    cells : DataFrame
        One row an indicator in the order of the grid: actor, dimension, indicator, label, value, unit, decimals,
        period, rank, n, percentile, england, verdict, finding (in words), status, text, old (ends `AGED` years
        before the newest one); peers_low, peers_high, n_peers (of the `PEERS` areas most alike with a value), trend (in
        words: the region's first and last value up to the period).
    scores : DataFrame
        Index (actor, dimension); score, england, n_present, n_england, n_indicators, n_neutral, rank, n as
        `s3geo.views.scores.cell_scores`, and sentence: the cell in plain words. A cell without an indicator for this
        geography has no row.
    """

    code: str
    name: str
    geography: str
    cells: pd.DataFrame
    scores: pd.DataFrame

    def headline(self) -> pd.DataFrame:
        """Return the first indicator of each cell (index actor, dimension; the grid's nine cells)."""
        first = self.cells.groupby(["actor", "dimension"], sort=False, observed=True).head(1)
        return first.set_index(["actor", "dimension"])

    def _repr_html_(self) -> str:
        shown = self.cells[["actor", "dimension", "label", "text"]]
        return f"<h3>{escape(self.name)}</h3>{shown.to_html(index=False, escape=True)}"


@kept(1024)
def region_profile(ws: Workspace, code: str, geography: str = "lep") -> Profile:
    """Return every indicator of a region with its place among the others.

    Parameters
    ----------
    ws : Workspace
    code : str
        GSS code, e.g. "E37000051".
    geography : str

    Returns
    -------
    Profile
        ``.cells``: value in the catalogue's unit; rank 1 is best; n regions with a value; percentile = share of the
        others that this region does at least as well as, 0-100; verdict "higher", "similar" or "lower" than England
        only where a sampling or binomial interval exists.

    Raises
    ------
    NotFound
        No such region.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> profile = region_profile(open_workspace(), "E37000051")
    >>> profile.name, len(profile.headline())
    ('London', 9)
    """
    names = ws.names(geography)
    if code not in names.index:
        raise NotFound(f"No region {code!r} among {GEOGRAPHIES[geography].plural}; see `s3geo describe`.")
    cells = standings(ws, geography)[code]
    every = cell_scores(ws, geography)
    scores = every.xs(code, level="code") if len(every) else every.droplevel("code")
    of = dict(list(cells.groupby(["actor", "dimension"], sort=False, observed=True)))
    sentences = [cell_sentence(row, of[(row.actor, row.dimension)]) for row in scores.reset_index().itertuples()]
    return Profile(code, str(names[code]), geography, cells, scores.assign(sentence=sentences))


def cell_sentence(score: Any, cell: pd.DataFrame) -> str:
    """Say what a cell comes to: its score and rank, and what intervals allow one to say of its indicators.

    Parameters
    ----------
    score : named tuple
        A row of `s3geo.views.scores.cell_scores`.
    cell : DataFrame
        Its indicators, as in `Profile.cells`.

    Notes
    -----
    A score has no interval and is given no word beside England's. "Higher", "similar" and "lower" name indicators, as
    these may count in either direction.
    """
    present = f"{int(score.n_present)} of {int(score.n_indicators)} indicators"
    if math.isnan(score.score):
        parts = [f"{present}, too few for a score."]
    else:
        of_england = f"England {number(score.england, 0)}"
        if score.n_england < score.n_indicators:
            of_england += f" from {int(score.n_england)}"
        place = rank_label(score.rank, int(score.n))
        parts = [f"{place} with a score of {number(score.score, 0)}, {of_england}; {present}."]
    if score.n_neutral:
        parts.append(f"{int(score.n_neutral)} more without a better direction, not in the score.")
    for word, start in (("higher", "Higher than"), ("similar", "Similar to"), ("lower", "Lower than")):
        named = cell.loc[cell["verdict"] == word, "short_label"]
        if len(named):
            parts.append(f"{start} England: {', '.join(named)}.")
    if not cell["verdict"].any():
        parts.append("No interval that would allow a verdict.")
    return " ".join(parts)


@kept(16)
def standings(ws: Workspace, geography: str = "lep") -> dict[str, pd.DataFrame]:
    """Return the cells of every region at once (code to ``Profile.cells``), made on first use and shared."""
    tables = [_standing(ws, geography, str(i)) for i in ws.catalogue.index if geography in ws.geographies_of(str(i))]
    table = pd.concat(tables, ignore_index=True)
    cell = table["actor"].map(ACTORS.index) * len(DIMENSIONS) + table["dimension"].map(DIMENSIONS.index)
    table = table.iloc[cell.argsort(kind="stable")]
    return {
        str(code): rows.drop(columns="code").reset_index(drop=True)
        for code, rows in table.groupby("code", sort=False, observed=True)
    }


def _standing(ws: Workspace, geography: str, indicator: str) -> pd.DataFrame:
    """How every region stands on one indicator."""
    entry: dict[Any, Any] = ws.catalogue.loc[indicator].to_dict()
    observed = ws.observations(indicator, None, geography)
    unit, decimals = str(entry["unit"]), int(entry["decimals"])
    england = ws.england(indicator)
    rank = ranks(observed["value"], str(entry["direction"]))
    n = int(observed["value"].notna().sum())
    worded = entry["uncertainty"] in {"survey", "binomial"}
    verdicts = [
        verdict(lower, upper, england) if worded else ""
        for lower, upper in zip(observed["lower"], observed["upper"], strict=True)
    ]
    findings = [
        finding(word, lower, upper, decimals)
        for word, lower, upper in zip(verdicts, observed["lower"], observed["upper"], strict=True)
    ]
    of_england = f"England {quantity(england, unit, decimals)}"
    texts = [
        f"{quantity(value, unit, decimals)}; {rank_label(place, n)}; {of_england}; {words}"
        if value == value  # noqa: PLR0124 -- not NaN
        else f"No data: {NO_DATA_REASONS.get(status, status)}"
        for value, place, words, status in zip(observed["value"], rank, findings, observed["status"], strict=True)
    ]
    low, high, n_peers = range_of_peers(ws, geography, observed.set_index("code")["value"], PEERS)
    return observed[["code", "value", "lower", "upper", "period", "status"]].assign(
        peers_low=low.to_numpy(),
        peers_high=high.to_numpy(),
        n_peers=n_peers.to_numpy(),
        trend=trends(ws, indicator, geography).reindex(observed["code"]).to_numpy(),
        actor=entry["actor"],
        dimension=entry["dimension"],
        indicator=indicator,
        label=entry["label"],
        short_label=entry["short_label"],
        unit=unit,
        decimals=decimals,
        rank=rank,
        n=n,
        percentile=100 * (n - rank) / (n - 1) if n > 1 else float("nan"),
        england=england,
        verdict=verdicts,
        finding=findings,
        text=texts,
        old=bool(ws.catalogue["latest_year"].max() - (entry["latest_year"] or float("nan")) >= AGED),
    )
