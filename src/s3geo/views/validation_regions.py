"""Whether anything known of two areas says more about their later joint projects than size and distance do."""

from __future__ import annotations

import numpy as np
import pandas as pd

from s3geo.views.validation_pairs import pairs_of_areas
from s3geo.workspace import Workspace

__all__ = ["DEFAULT", "GRAVITY", "LINKED", "MODELS", "poisson_deviance", "poisson_noise", "region_deviance"]

GRAVITY = "gravity: size, distance"
DEFAULT = "gravity + score (1, 1, 1, 0)"
MODELS: dict[str, tuple[str, ...]] = {
    "size alone": ("size",),
    GRAVITY: ("size", "km"),
    "size, logarithm of distance": ("size", "ln_km"),
    "size, proximity halved every 50 km": ("size", "near"),
    "gravity + adjoining": ("size", "km", "adjoins"),
    "gravity + shared, complementarity": ("size", "km", "shared", "complementarity"),
    "gravity + complementarity of each to the other": ("size", "km", "complementarity_most", "complementarity_least"),
    "gravity + shared, complementarity in value added": ("size", "km", "value_shared", "value_complementarity"),
    "gravity + the same, research industries": ("size", "km", "research_shared", "research_complementarity"),
    "gravity + shared strengths in jobs": ("size", "km", "jobs_shared"),
    "gravity + research strength (REF)": ("size", "km", "research"),
    "gravity + share of universities": ("size", "km", "universities"),
    "size + three percent ranks, weights fitted": ("size", "pr_proximity", "pr_shared", "pr_complementarity"),
    DEFAULT: ("size", "km", "score"),
    "gravity + logarithm of links": ("size", "km", "ln_links"),
    "gravity + association strength": ("size", "km", "links"),
    "gravity + percent rank of association": ("size", "km", "rank_of_links"),
    "gravity + record over gravity, smoothed": ("size", "km", "record"),
    "gravity + shared, complementarity, association": ("size", "km", "shared", "complementarity", "links"),
    "gravity + score (1, 1, 1, 1)": ("size", "km", "score_with_links"),
}
"""Model and its columns of `pairs_of_areas`."""
LINKED = frozenset({"ln_links", "links", "rank_of_links", "record", "score_with_links"})
"""Columns that know who has worked together; size does not tell with whom."""


def region_deviance(
    ws: Workspace, participations: pd.DataFrame, year: int, *, draws: int = 2000, seed: int = 0
) -> pd.DataFrame:
    """Predict joint projects of pairs of LEPs in a year by models fitted to the year before.

    Parameters
    ----------
    ws : Workspace
    participations : DataFrame
        project, organisation, start_year.
    year : int
    draws : int
        Of the bootstrap.
    seed : int

    Returns
    -------
    DataFrame
        model; links (whether it knows who has worked together); parameters; pairs; deviance (Poisson, of the counts of
        the year, out of sample); noise (deviance expected if the model were right: no model can be far below its own);
        improvement (share of gravity's deviance on the same pairs that is gone), lower, upper (95 %); spearman (mean
        over areas of the rank correlation with projects over those expected of both sizes; of the score itself in the
        row of the default). Empty where there are no counts in either year.

    Notes
    -----
    ``E[y_rs] = exp(c + m ln(n_r n_s) + b' x_rs)``, y = different projects with partners in both regions, n = joint
    projects before the year, fitted by Poisson maximum likelihood and scaled to the year's total: models say how
    projects are spread over pairs, not how many start.

    The bootstrap resamples areas, and weighs each pair by the product of the draws of its ends (Snijders & Borgatti
    1999), for pairs of one area stand and fall together. The fitted weights are held fixed.
    """
    before, now = pairs_of_areas(ws, participations, year - 1), pairs_of_areas(ws, participations, year)
    columns = [
        "model",
        "links",
        "parameters",
        "pairs",
        "deviance",
        "noise",
        "improvement",
        "lower",
        "upper",
        "spearman",
    ]
    if not (before["count"].sum() and now["count"].sum()):
        return pd.DataFrame(columns=columns)
    n = int(now[["a", "b"]].max().max()) + 1
    drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=draws)
    weights = (drawn[:, now["a"]] * drawn[:, now["b"]]).astype(float)
    strength = now["count"] / np.exp(now["size"])
    rows = []
    for name, used in MODELS.items():
        known = now[list(used)].notna().all(axis=1) & before[list(used)].notna().all(axis=1)
        expected, gravity = (_expected(before[known], now[known], list(x)) for x in (used, MODELS[GRAVITY]))
        count = now.loc[known, "count"].to_numpy()
        deviance, base = poisson_deviance(count, expected), poisson_deviance(count, gravity)
        drawn_gain = 1 - (weights[:, known] @ deviance) / (weights[:, known] @ base)
        told = now.loc[known, "score"] if name == DEFAULT else expected / np.exp(now.loc[known, "size"])
        rows.append(
            (
                name,
                bool(LINKED & set(used)),
                len(used) + 1,
                int(known.sum()),
                float(deviance.sum()),
                poisson_noise(expected),
                float(1 - deviance.sum() / base.sum()),
                *(float(v) for v in np.quantile(drawn_gain, [0.025, 0.975])),
                _within(now[known], told, strength[known]),
            )
        )
    return pd.DataFrame(rows, columns=columns)


def poisson_deviance(count: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return ``2 (y ln(y / m) - (y - m))`` of each count.

    Examples
    --------
    >>> poisson_deviance(np.array([0, 2]), np.array([1.0, 2.0])).tolist()
    [2.0, 0.0]
    """
    y = np.asarray(count, dtype=float)
    return np.asarray(2 * (y * np.log(np.where(y > 0, y, expected) / expected) - (y - expected)))


def _expected(before: pd.DataFrame, now: pd.DataFrame, used: list[str]) -> np.ndarray:
    """Predict the counts of the year by the model fitted to the year before."""
    import statsmodels.api as sm

    centre, spread = before[used].mean(), before[used].std().replace(0, 1)
    x = sm.add_constant((before[used] - centre) / spread, has_constant="add")
    fitted = sm.GLM(before["count"], x, family=sm.families.Poisson()).fit()
    found = fitted.predict(sm.add_constant((now[used] - centre) / spread, has_constant="add")).to_numpy()
    return np.asarray(found * now["count"].sum() / found.sum())


def poisson_noise(expected: np.ndarray) -> float:
    """Deviance of Poisson counts from their own expectation."""
    from scipy.stats import poisson

    y = np.arange(int(expected.max() + 12 * np.sqrt(expected.max()) + 12))[:, None]
    return float(
        (poisson.pmf(y, expected) * poisson_deviance(np.broadcast_to(y, (len(y), len(expected))), expected)).sum()
    )


def _within(pairs: pd.DataFrame, told: pd.Series, happened: pd.Series) -> float:
    """Mean over origins of the rank correlation among their pairs."""
    from scipy.stats import rankdata

    one, other = told.to_numpy().round(9), happened.to_numpy().round(9)
    a, b = pairs["a"].to_numpy(), pairs["b"].to_numpy()
    found = []
    for origin in np.union1d(a, b):
        of = (a == origin) | (b == origin)
        if np.ptp(one[of]) > 0 and np.ptp(other[of]) > 0:
            found.append(np.corrcoef(rankdata(one[of]), rankdata(other[of]))[0, 1])
    return float(np.mean(found)) if found else float("nan")
