"""Whether the score of regions says more about their later joint projects than size and distance do."""

from __future__ import annotations

import numpy as np
import pandas as pd

from s3geo.statistics import presence, relatedness, score_partners
from s3geo.workspace import Workspace

__all__ = ["region_deviance"]

MODELS: dict[str, tuple[str, ...]] = {
    "size": (),
    "gravity: size, distance": ("km",),
    "gravity + shared, complementarity": ("km", "shared", "complementarity"),
    "gravity + score (1, 1, 1, 0)": ("km", "score"),
    "gravity + links so far": ("km", "links"),
    "gravity + shared, complementarity, links so far": ("km", "shared", "complementarity", "links"),
}


def region_deviance(ws: Workspace, participations: pd.DataFrame, year: int) -> pd.DataFrame:
    """Predict joint projects of pairs of LEPs in a year by models fitted to the year before.

    Parameters
    ----------
    ws : Workspace
    participations : DataFrame
        project, organisation, start_year.
    year : int

    Returns
    -------
    DataFrame
        model; parameters; deviance (Poisson, of the counts of the year, out of sample); improvement (share of the
        gravity model's deviance that is gone); spearman (mean over origins of the rank correlation with projects over
        those expected of both sizes; of the score itself in the rows of gravity + score). Empty where there are no
        counts in either year.

    Notes
    -----
    ``E[y_rs] = exp(c + m ln(n_r n_s) + b' x_rs)``, y = different projects with partners in both regions, n =
    participations with others before the year, fitted by Poisson maximum likelihood. Shared strengths and
    complementarity are of enterprises by industry of the latest year not after the year before, or of the earliest
    there is; the mean of both directions.
    """
    import statsmodels.api as sm

    before, now = _pairs(ws, participations, year - 1), _pairs(ws, participations, year)
    if not (before["count"].sum() and now["count"].sum()):
        return pd.DataFrame(columns=["model", "parameters", "deviance", "improvement", "spearman"])
    rows = []
    strength = now["count"] / np.exp(now["size"])
    for name, columns in MODELS.items():
        used = ["size", *columns]
        centre, spread = before[used].mean(), before[used].std()
        fitted = sm.GLM(
            before["count"], sm.add_constant((before[used] - centre) / spread), family=sm.families.Poisson()
        ).fit()
        # the year's own total: models say how projects are spread over pairs, not how many start
        expected = fitted.predict(sm.add_constant((now[used] - centre) / spread, has_constant="add"))
        expected *= now["count"].sum() / expected.sum()
        deviance = float(sm.families.Poisson().deviance(now["count"], expected))
        told = expected / np.exp(now["size"]) if "score" not in columns else now["score"]
        rows.append((name, len(used) + 1, deviance, _within(now, told, strength)))
    out = pd.DataFrame(rows, columns=["model", "parameters", "deviance", "spearman"])
    gravity = float(out.loc[out["model"] == "gravity: size, distance", "deviance"].iloc[0])
    out.insert(3, "improvement", 1 - out["deviance"] / gravity)
    return out


def _pairs(ws: Workspace, participations: pd.DataFrame, year: int) -> pd.DataFrame:
    """One row a pair of LEPs: what was known before the year, and the projects of the year."""
    known, later = (participations[chosen] for chosen in _times(participations, year))
    places = ws.layer("lep").index
    joint, after = _counts(ws, known, places), _counts(ws, later, places)
    periods = ws.sector_periods("ubc_enterprises")
    period = max([p for p in periods if int(p) < year], default=min(periods))
    M = presence(ws.sectors("ubc_enterprises", period), benchmark=ws.england_sectors("ubc_enterprises", period))
    districts = ws.sectors("ubc_enterprises", period, "lad").dropna()
    phi = relatedness(presence(districts, benchmark=ws.england_sectors("ubc_enterprises", period)))
    links = pd.DataFrame(np.where(np.eye(len(places)) > 0, 0, joint), index=places, columns=places)
    found = {
        origin: score_partners(M, ws.distances("lep"), origin, phi=phi, links=links, min_activities=0)
        for origin in places
    }

    def table(column: str) -> np.ndarray:
        square = pd.DataFrame({origin: rows[column] for origin, rows in found.items()}).reindex(places, columns=places)
        values = square.to_numpy(dtype=float)
        return np.asarray((values + values.T) / 2)

    size = np.log(np.maximum(joint.sum(axis=1), 1))
    a, b = np.triu_indices(len(places), k=1)
    out = pd.DataFrame({"a": a, "b": b, "count": after[a, b], "size": size[a] + size[b]})
    for name, column in (("km", "distance_km"), *((c, c) for c in ("shared", "complementarity", "links", "score"))):
        out[name] = table(column)[a, b]
    return out.dropna()


def _times(participations: pd.DataFrame, year: int) -> tuple[pd.Series, pd.Series]:
    return participations["start_year"] < year, participations["start_year"] == year


def _counts(ws: Workspace, participations: pd.DataFrame, places: pd.Index) -> np.ndarray:
    """Different projects with partners in both of two regions, places x places."""
    held = ws.membership.query("geography == 'lep'")[["district", "region"]]
    district = ws.organisations["district"].rename("district").reset_index().rename(columns={"id": "organisation"})
    placed = participations[["project", "organisation"]].merge(district, on="organisation").merge(held, on="district")
    placed = placed[placed["region"].isin(places)].drop_duplicates(["project", "region"])
    if placed.empty:
        return np.zeros((len(places), len(places)))
    project, _ = pd.factorize(placed["project"])
    there = np.zeros((project.max() + 1, len(places)))
    there[project, places.get_indexer(pd.Index(placed["region"]))] = 1
    counts = there.T @ there
    np.fill_diagonal(counts, 0)
    return counts


def _within(pairs: pd.DataFrame, told: pd.Series, happened: pd.Series) -> float:
    """Mean over origins of the rank correlation among their pairs."""
    found = []
    for origin in np.unique(pairs[["a", "b"]]):
        of = ((pairs["a"] == origin) | (pairs["b"] == origin)).to_numpy()
        one, other = told[of].round(9), happened[of].round(9)
        if one.min() < one.max() and other.min() < other.max():
            found.append(one.corr(other, method="spearman"))
    return float(np.mean(found)) if found else float("nan")
