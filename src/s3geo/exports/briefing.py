"""What the briefing of a region says, as plain values: every format is written from this, and so says the same."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from s3geo.errors import DataError, UsageError
from s3geo.exports.about import About, about_figures
from s3geo.model.evidence import LINK_SOURCES, SECTOR_TABLES
from s3geo.model.provenance import LICENCES, attribution
from s3geo.views.class_table import ClassTable, class_table
from s3geo.views.locator import locator
from s3geo.views.palette import NO_DATA
from s3geo.views.partner_words import record
from s3geo.views.partners import TABLES as STRENGTHS
from s3geo.views.partners import partners
from s3geo.views.peers import peers
from s3geo.views.profile import ACTOR_LABELS, DIMENSION_LABELS, PEERS, Profile, region_profile
from s3geo.views.sectors import FLOOR, LEAST, region_sectors, tables_of, worded
from s3geo.views.successors import succession
from s3geo.views.trust import trust_line_of_areas
from s3geo.views.wording import counted, number, quantity, rank_label
from s3geo.workspace import GEOGRAPHIES, Workspace
from s3geo.workspace.geographies import period_label

__all__ = ["Briefing", "Cell", "Picture", "Section", "Table", "briefing"]

PARTNERS = 5
"""Partners named."""
_SECTORS = 8  # sectors listed; more would not fit beside the map


@dataclass(frozen=True)
class Picture:
    """The map: SVG, words for who cannot see it, title, line of facts, legend (fill, words) and credit."""

    svg: str
    alt: str
    title: str
    facts: str
    legend: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Cell:
    """A cell of the grid: score, England's and the rank; the indicator, its value, its place, what can be said."""

    score: str
    beside: str
    what: str
    value: str
    place: str


@dataclass(frozen=True)
class Table:
    """A table: heads, rows of texts (the first names the row), which columns hold figures, relative widths."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: tuple[int, ...]
    widths: tuple[float, ...]


@dataclass(frozen=True)
class Section:
    """A heading with a table, or what is said in its stead, and notes."""

    title: str
    table: Table | None
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Briefing:
    """All that is said of a region.

    Attributes
    ----------
    code, name : str
    title, edition : str
        Title of the document; date, boundaries and versions.
    lead : tuple of str
        What is said first.
    picture : Picture
    columns, grid : tuple
        Heads of the grid, and its rows: actor and its cells.
    grid_notes : tuple of str
    strengths, peers, partners : Section
    caveats, sources : tuple of str
    permalink : str
    made : date
    """

    code: str
    name: str
    title: str
    edition: str
    lead: tuple[str, ...]
    picture: Picture
    columns: tuple[str, ...]
    grid: tuple[tuple[str, tuple[Cell, ...]], ...]
    grid_notes: tuple[str, ...]
    strengths: Section
    peers: Section
    partners: Section
    caveats: tuple[str, ...]
    sources: tuple[str, ...]
    permalink: str
    made: date


def briefing(
    ws: Workspace,
    code: str,
    geography: str = "lep",
    *,
    indicator: str | None = None,
    permalink: str | None = None,
    made: date | None = None,
) -> Briefing:
    """Gather the briefing of a region.

    Parameters
    ----------
    ws : Workspace
    code : str
        GSS code.
    geography : str
    indicator : str, optional
        What the map shows, in the catalogue's period; by default GVA per head, or the first indicator there is.
    permalink : str, optional
        Address of the view; by default made from ``S3GEO_ADDRESS``, else the data version.
    made : date, optional
        By default today.

    Returns
    -------
    Briefing
        Texts, written by the same functions as those on screen. Partners by the default weights; peers most alike.

    Raises
    ------
    NotFound
        No such region.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> found = briefing(open_workspace(), "E37000015")
    >>> found.title, len(found.grid), len(found.partners.table.rows)
    ('Greater Manchester: briefing', 3, 5)
    """
    profile = region_profile(ws, code, geography)
    every = [str(i) for i in profile.cells["indicator"]]
    shown = indicator if indicator in every else ("gva_per_head" if "gva_per_head" in every else every[0])
    said = about_figures(ws, f"{profile.name}: briefing", every, geography, permalink=permalink, made=made)
    table = class_table(ws, shown, geography=geography)
    history = (succession(ws, code),) if geography == "lep" else ()
    return Briefing(
        code=code,
        name=profile.name,
        title=said.title,
        edition=_edition(said),
        lead=(_highest_and_lowest(profile), *history),
        picture=_picture(ws, table, profile),
        columns=tuple(DIMENSION_LABELS.values()),
        grid=tuple((label, tuple(_cell(profile, a, d) for d in DIMENSION_LABELS)) for a, label in ACTOR_LABELS.items()),
        grid_notes=(_GRID_NOTE,),
        strengths=_strengths(ws, code, geography),
        peers=_peers(ws, code, geography),
        partners=_partners(ws, code, geography),
        caveats=_caveats(ws, profile, geography),
        sources=_sources(ws, every, geography),
        permalink=said.permalink,
        made=said.made,
    )


def _edition(said: About) -> str:
    return (
        f"Boundaries: {said.boundaries}. Made on {said.made.day} "
        f"{period_label(f'{said.made:%Y-%m}')} with s3geo {said.method_version}, data version {said.data_version}."
    )


def _highest_and_lowest(profile: Profile) -> str:
    """Say in which cells a region ranks highest and lowest."""
    known = profile.scores[profile.scores["score"].notna()]
    if known.empty:
        return "No cell has enough indicators for a score."

    ordered = known.sort_values("rank", kind="stable").reset_index().to_dict("records")
    first, last = (
        f"{ACTOR_LABELS[row['actor']].lower()}, {DIMENSION_LABELS[row['dimension']].lower()} "
        f"({rank_label(row['rank'], int(row['n']))})"
        for row in (ordered[0], ordered[-1])
    )
    return f"Of the cells with a score it ranks highest in {first} and lowest in {last}."


def _picture(ws: Workspace, table: ClassTable, profile: Profile) -> Picture:
    row: dict[Any, Any] = profile.cells.set_index("indicator").loc[table.indicator].to_dict()
    facts = f"{profile.name}: {row['text']}."
    return Picture(
        svg=locator(ws, table, profile.code),
        alt=(
            f"Map of England by {GEOGRAPHIES[table.geography].singular}: {table.title}, {table.subtitle}. "
            f"{profile.name} is outlined. {facts}"
        ),
        title=f"{table.title}, {table.subtitle}",
        facts=facts,
        legend=tuple((r.fill if r.fill.startswith("#") else NO_DATA, f"{r.label} ({r.count})") for r in table.legend),
    )


_GRID_NOTE = (
    "Score: 0 to 100, the mean of a cell's indicators between the lowest and the highest area; only given where two "
    "thirds of them are there. A score has no interval, so no verdict: small differences say nothing. Below it the "
    "first indicator of the cell. “Higher”, “similar” and “lower” than England are only said where a 95 % interval "
    "allows it."
)


def _cell(profile: Profile, actor: str, dimension: str) -> Cell:
    cells = profile.cells
    mine = cells[(cells["actor"] == actor) & (cells["dimension"] == dimension)]
    if mine.empty:
        return Cell("–", "No indicator for these areas", "", "", "")
    row: dict[Any, Any] = mine.iloc[0].to_dict()
    what = f"{row['short_label']}, {row['period']}{' (old)' if row['old'] else ''}"
    if math.isnan(row["value"]):
        value, place = str(row["text"]), f"England {quantity(row['england'], row['unit'], row['decimals'])}"
    else:
        value = quantity(row["value"], row["unit"], row["decimals"])
        england = number(row["england"], row["decimals"])
        place = f"{rank_label(row['rank'], row['n'])} · England {england} · {row['finding']}"
    return Cell(*_score(profile, actor, dimension), what, value, place)


def _score(profile: Profile, actor: str, dimension: str) -> tuple[str, str]:
    """Return the score of a cell, and England's with the rank and how many indicators there are."""
    if (actor, dimension) not in profile.scores.index:
        return "–", "No indicator with a direction"
    score: dict[Any, Any] = profile.scores.T[(actor, dimension)].to_dict()
    present = f"{int(score['n_present'])} of {int(score['n_indicators'])} indicators"
    if math.isnan(score["score"]):
        return "–", f"{present}, too few for a score"
    place = rank_label(score["rank"], int(score["n"]))
    return number(score["score"], 0), f"England {number(score['england'], 0)} · {place} · {present}"


def _strengths(ws: Workspace, code: str, geography: str) -> Section:
    table, title = tables_of(geography)[0], "Specialised in"
    if not worded(table):
        return Section(title, None, ("No interval is known for these areas, so no sector is called specialised.",))
    found = region_sectors(ws, code, table=table, geography=geography)
    flagged = found[found["specialised"]]
    rows = tuple(
        (str(r["label"]), number(r["lq"], 2), f"{number(r['lower'], 2)} to {number(r['upper'], 2)}")
        for r in flagged.head(_SECTORS).to_dict("records")
    )
    more = len(flagged) - len(rows)
    rule = (
        f"Share of jobs at least {LEAST} times England's, 95 % interval above 1, at least {FLOOR} jobs. "
        f"{SECTOR_TABLES[table].label}, {ws.sector_periods(table, geography)[-1]}."
    )
    if not rows:
        return Section(title, None, ("No sector is so by the full rule.", rule))
    notes = (f"{rule} {counted(more, 'sector')} more.",) if more else (rule,)
    return Section(title, Table(("Sector", "Times England", "95 % interval"), rows, (1, 2), (3, 1, 1.3)), notes)


def _peers(ws: Workspace, code: str, geography: str) -> Section:
    found = peers(ws, code, k=PEERS, geography=geography)
    title = "Peers: the areas most alike"
    if found.empty:
        return Section(title, None, ("Not enough is known of this area to say which are alike.",))
    rows = tuple(
        (
            f"{row['name']}{'' if row['mutual'] else ' (not among its own)'}",
            number(row["close"], 0),
            "; ".join(
                f"{row[f'driver_{d}']} ({number(100 * row[f'share_{d}'], 0)} %)"
                for d in (1, 2, 3)
                if pd.notna(row[f"driver_{d}"])
            ),
        )
        for row in found.to_dict("records")
    )
    note = (
        "0 is the farthest pair of all areas, 100 the same in everything. Alike in size, density and mix of "
        "industries, not in what they achieve. “Not among its own”: this area is none of its peers."
    )
    head = ("Area", "How close", "Differs most in (share of the distance squared)")
    return Section(title, Table(head, rows, (1,), (2.6, 0.8, 5)), (note,))


def _partners(ws: Workspace, code: str, geography: str) -> Section:
    """Name the first partners by the default weights, why, what speaks against, and how far that can be trusted."""
    title = "Partners to talk to"
    try:
        found = partners(ws, code, n=PARTNERS, geography=geography)
    except (DataError, UsageError) as error:
        return Section(title, None, (str(error),))
    if found.empty:
        return Section(title, None, ("No other area has enough data.",))
    listed: list[dict[Any, Any]] = found.to_dict("records")
    rows = tuple(
        (
            f"{int(row['rank'])}. {row['name']}",
            number(row["score"], 0),
            f"{number(row['distance_km'], 0)} km",
            " ".join([row["reason"], f"{record(row)}."] + ([f"Against: {row['counter']}"] if row["counter"] else [])),
        )
        for row in listed
    )
    how = (
        "Score, 0 to 100: near, alike in strengths and adding what is lacking count the same. Distance: straight line "
        "between postcode-weighted centres."
    )
    caution = tuple(filter(None, [trust_line_of_areas(ws)]))
    head = ("Area", "Score", "Distance", "Why, and what is known")
    return Section(title, Table(head, rows, (1, 2), (2.3, 0.65, 0.85, 6)), (*caution, how))


def _caveats(ws: Workspace, profile: Profile, geography: str) -> tuple[str, ...]:
    """Return what must be known of the figures shown: indicators, sectors, projects."""
    first = profile.headline()
    told = [
        f"{label}: {text}"
        for i, label in zip(first["indicator"], first["short_label"], strict=True)
        if (text := str(ws.catalogue.at[i, "caveat"]))
    ]
    table = tables_of(geography)[0]
    told.append(f"{SECTOR_TABLES[table].label}: {SECTOR_TABLES[table].caveat}")
    if STRENGTHS[0] != table and geography in SECTOR_TABLES[STRENGTHS[0]].geographies:
        told.append(f"{SECTOR_TABLES[STRENGTHS[0]].label}: {SECTOR_TABLES[STRENGTHS[0]].caveat}")
    told.append(f"{LINK_SOURCES['h2020'].label}: {LINK_SOURCES['h2020'].caveat}")
    rest = len(profile.cells) - len(first)
    if rest:
        told.append(
            f"{counted(rest, 'further indicator')} with caveats of their own: see “Data and methods” in the app."
        )
    return tuple(told)


def _sources(ws: Workspace, indicators: list[str], geography: str) -> tuple[str, ...]:
    """Return whose all of it is, each credit once, and the licences."""
    sources = [source for indicator in indicators for source in ws.entries.sources_of(indicator)]
    tables = {tables_of(geography)[0], STRENGTHS[0]}
    ids = [*(SECTOR_TABLES[table].source for table in sorted(tables)), *LINK_SOURCES["h2020"].sources]
    sources += [ws.entries.source[id_] for id_ in ids]
    licences = dict.fromkeys(LICENCES[source.licence] for source in sources)
    named = "; ".join(f"{licence.title} {licence.url}".strip() for licence in licences)
    return (attribution(sources), ws.boundary_credit(geography), f"Licences: {named}")
