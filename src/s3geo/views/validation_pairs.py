"""What was known of each pair of LEPs before a year, and the joint projects they then had."""

from __future__ import annotations

import numpy as np
import pandas as pd

from s3geo.statistics import presence, relatedness, score_partners
from s3geo.workspace import Workspace
from s3geo.workspace.kept import kept

__all__ = ["RESEARCH_INDUSTRIES", "pairs_of_areas"]

RESEARCH_INDUSTRIES = ("19-23", "26-30", "61-63", "71", "72-75")
"""Of gross value added: chemicals and pharmaceuticals, electrical products and machinery, telecommunications and
information technology, engineering, other professional and scientific activities."""
SMOOTHING = 3.0
"""Joint projects by which a pair's record so far is drawn to what size and distance let expect."""


def pairs_of_areas(ws: Workspace, participations: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return one row a pair of LEPs.

    Parameters
    ----------
    ws : Workspace
    participations : DataFrame
        project, organisation, start_year.
    year : int

    Returns
    -------
    DataFrame
        a, b (positions in the layer), count (different projects of the year with partners in both), and what models are
        made of: ``validation_regions.MODELS`` names the columns. From projects of earlier years; sectors of the latest
        year before, or the earliest there is (enterprises 2018, value added 2021: later than the projects). NaN where
        figures of an area are withheld.

    Raises
    ------
    DataError
        An area of the layer has too few activities to be compared.
    """
    start = participations["start_year"]
    placed = _placed(ws, participations)
    places = ws.layer("lep").index
    joint = _counts(placed[start.reindex(placed.index) < year], places)
    after = _counts(placed[start.reindex(placed.index) == year], places)
    km = ws.distances("lep").loc[places, places].to_numpy()
    square = {"count": after, "km": km, "ln_km": np.log(np.maximum(km, 1)), "near": 2 ** (-km / 50)}
    square["adjoins"] = np.array([places.isin(ws.neighbours("lep")[place]) for place in places], dtype=float)
    total, log = joint.sum(axis=1), np.log(np.maximum(joint.sum(axis=1), 1))
    square |= {"size": np.add.outer(log, log), "ln_links": np.log1p(joint)}
    square |= _of_sectors(ws, joint, places, year)
    before = placed[start.reindex(placed.index) < year]
    universities = before[before["kind"] == "university"].groupby("region").size() / before.groupby("region").size()
    share = universities.reindex(places).fillna(0).to_numpy()
    square["universities"] = np.add.outer(share, share)
    research = np.log1p(_research(ws, places))
    square["research"] = np.add.outer(research, research)
    square["record"] = _record(joint, total, square["size"], km)
    a, b = np.triu_indices(len(places), k=1)
    return pd.DataFrame({"a": a, "b": b, **{name: values[a, b] for name, values in square.items()}})


def _placed(ws: Workspace, participations: pd.DataFrame) -> pd.DataFrame:
    """Participations with the LEPs of the organisation; the index is that of the participation."""
    held = ws.membership.query("geography == 'lep'")[["district", "region"]]
    about = ws.organisations[["district", "kind"]].rename_axis("organisation").reset_index()
    rows = participations[["project", "organisation"]].rename_axis("row").reset_index()
    placed = rows.merge(about, on="organisation").merge(held, on="district").set_index("row")
    return placed[placed["region"].isin(ws.layer("lep").index)]


def _counts(placed: pd.DataFrame, places: pd.Index) -> np.ndarray:
    """Different projects with partners in both of two regions, places x places."""
    placed = placed.drop_duplicates(["project", "region"])
    if placed.empty:
        return np.zeros((len(places), len(places)))
    project, _ = pd.factorize(placed["project"])
    there = np.zeros((project.max() + 1, len(places)))
    there[project, places.get_indexer(pd.Index(placed["region"]))] = 1
    counts = there.T @ there
    np.fill_diagonal(counts, 0)
    return counts


def _of_sectors(ws: Workspace, joint: np.ndarray, places: pd.Index, year: int) -> dict[str, np.ndarray]:
    """Shared strengths, what is added, and the score, counted in enterprises, value added or jobs."""
    links = pd.DataFrame(joint, index=places, columns=places)
    enterprises = _scored(ws, "ubc_enterprises", year, links=links)
    value = _scored(ws, "gva", year)
    research = _scored(ws, "gva", year, theme=RESEARCH_INDUSTRIES)
    jobs = _scored(ws, "bres_jobs", year)
    both = {name: _mean(enterprises[name]) for name in ("shared", "complementarity", "links", "score")}
    ranks = {f"pr_{name}": _mean(enterprises[f"pr_{name}"]) for name in ("proximity", "shared", "complementarity")}
    one, other = enterprises["complementarity"], enterprises["complementarity"].T
    return {
        **both,
        **ranks,
        "rank_of_links": _mean(enterprises["pr_links"]),
        "score_with_links": (3 * both["score"] + 100 * _mean(enterprises["pr_links"])) / 4,
        "complementarity_most": np.fmax(one, other),
        "complementarity_least": np.fmin(one, other),
        "value_shared": _mean(value["shared"]),
        "value_complementarity": _mean(value["complementarity"]),
        "research_shared": _mean(research["shared"]),
        "research_complementarity": _mean(research["complementarity"]),
        "jobs_shared": _mean(jobs["shared"]),
    }


def _scored(
    ws: Workspace,
    table: str,
    year: int,
    *,
    links: pd.DataFrame | None = None,
    theme: tuple[str, ...] | None = None,
) -> dict[str, np.ndarray]:
    """Return the columns of `score_partners`, each as origins x places, NaN where an area has a gap."""
    periods = ws.sector_periods(table)
    period = max([p for p in periods if int(p) < year], default=min(periods))
    if links is None:
        return _without_links(ws, table, period, theme)
    return _scored_of(ws, table, period, theme, links)


@kept(8)
def _without_links(ws: Workspace, table: str, period: str, theme: tuple[str, ...] | None) -> dict[str, np.ndarray]:
    """Keep what every year has in common."""
    return _scored_of(ws, table, period, theme)


def _scored_of(
    ws: Workspace, table: str, period: str, theme: tuple[str, ...] | None, links: pd.DataFrame | None = None
) -> dict[str, np.ndarray]:
    places = ws.layer("lep").index
    england = ws.england_sectors(table, period)
    activities = [sector for sector in england.index if england[sector] > 0 and not str(sector).endswith("IMP")]
    england = england[activities]
    M = presence(ws.sectors(table, period)[activities].clip(lower=0), benchmark=england)
    if table == "bres_jobs":  # there are no districts over which relatedness could be estimated
        phi = pd.DataFrame(1.0, index=activities, columns=activities)
    else:
        districts = ws.sectors(table, period, "lad")[activities].dropna().clip(lower=0)
        phi = relatedness(presence(districts, benchmark=england))
    whole = M.notna().all(axis=1)
    km = ws.distances("lep")
    found = {
        place: score_partners(M, km, place, phi=phi, links=links, theme=theme, min_activities=0)
        for place in places[whole.reindex(places)]
    }
    columns = next(iter(found.values())).columns
    return {
        name: pd.DataFrame({place: rows[name] for place, rows in found.items()})
        .reindex(index=places, columns=places)
        .to_numpy(dtype=float)
        .T
        for name in columns
    }


def _mean(square: np.ndarray) -> np.ndarray:
    """Mean of both directions."""
    return np.asarray((square + square.T) / 2)


def _research(ws: Workspace, places: pd.Index) -> np.ndarray:
    """Staff submitted to the Research Excellence Framework 2021 times their share of four-star work, by LEP."""
    held = ws.membership.query("geography == 'lep'")[["district", "region"]]
    table = ws.organisations[["district", "ref_fte", "ref_4star_share"]].merge(held, on="district")
    staff = table["ref_fte"] * table["ref_4star_share"] / 100
    return np.asarray(staff.groupby(table["region"]).sum().reindex(places).fillna(0))


def _record(joint: np.ndarray, total: np.ndarray, size: np.ndarray, km: np.ndarray) -> np.ndarray:
    """Log of joint projects so far over what size and distance fit to them, drawn to 1 by `SMOOTHING` projects."""
    import statsmodels.api as sm

    if not total.sum():
        return np.zeros_like(joint)
    a, b = np.triu_indices(len(joint), k=1)
    x = sm.add_constant(np.column_stack([size[a, b], km[a, b] / 100]))
    expected = np.zeros_like(joint)
    expected[a, b] = sm.GLM(joint[a, b], x, family=sm.families.Poisson()).fit().fittedvalues
    return np.asarray(np.log((joint + SMOOTHING) / (expected + expected.T + SMOOTHING)))
