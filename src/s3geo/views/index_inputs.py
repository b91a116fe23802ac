"""What an index is made of before any weight: figures, what they are put on, and draws; made once and shared."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from s3geo.errors import UsageError
from s3geo.model.catalogue import ACTORS, DIMENSIONS
from s3geo.settings import ENGLAND
from s3geo.statistics.draws import DEFAULT_CHOICES, Choices
from s3geo.statistics.outliers import Treated
from s3geo.statistics.rank_study import RankStudy
from s3geo.statistics.steps import IndexFigures
from s3geo.views.recipe import Recipe
from s3geo.workspace import GEOGRAPHIES, Workspace
from s3geo.workspace.kept import kept

__all__ = ["FEWEST_CELLS", "TOP", "IndexInputs", "hierarchy", "index_inputs", "rank_study", "weighable"]

FEWEST_CELLS = 3
"""An index needs this many of the nine cells."""

TOP = "index"
"""The node above the cells."""

_KEPT = 2_500_000  # most scores under draws that one study keeps: 20 MB; 38 areas under the default draws are 17
_Z = 1.959964


@dataclass(frozen=True, eq=False)
class IndexInputs:
    """What does not depend on the weights.

    Attributes
    ----------
    data, errors : DataFrame of float, shape (regions, indicators)
        Figures and their standard errors, NaN where not known.
    england : DataFrame of float, shape (1, indicators)
    figures : IndexFigures
        Figures and England's, treated and normalised.
    steps : DataFrame
        The columns of ``IndexTable.steps`` up to normalised.
    version : str
        The first twelve digits of the SHA-256 of all figures that went in, written to twelve digits.
    """

    data: pd.DataFrame
    errors: pd.DataFrame
    england: pd.DataFrame
    figures: IndexFigures
    steps: pd.DataFrame
    version: str


def weighable(ws: Workspace, geography: str | None = None) -> list[str]:
    """Return the indicators that can take part, in the order of the grid: those with a direction.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> len(weighable(open_workspace(), "lep"))
    37
    """
    return list(_framework(ws, geography))


@kept(32)
def _framework(ws: Workspace, geography: str | None) -> dict[str, tuple[str, float]]:
    """Return the cell and the direction of each indicator that can take part, in the order of the grid."""
    of = ws.catalogue[ws.catalogue["direction"] != "neutral"]
    cell = of["actor"].map(ACTORS.index) * len(DIMENSIONS) + of["dimension"].map(DIMENSIONS.index)
    rows = of.loc[cell.sort_values(kind="stable").index, ["actor", "dimension", "direction"]]
    return {
        str(i): (f"{actor}-{dimension}", 1.0 if direction == "higher_is_better" else -1.0)
        for i, actor, dimension, direction in rows.itertuples(name=None)
        if geography is None or geography in ws.geographies_of(str(i))
    }


def hierarchy(ws: Workspace, recipe: Recipe) -> pd.DataFrame:
    """Return the indicators and cells of an index with their weights, as `s3geo.statistics.composite` takes them.

    Raises
    ------
    UsageError
        Too few of the nine cells hold an indicator of this geography with a weight above 0.
    """
    weight = dict(recipe.weights)
    cells = {f"{a}-{d}": weight.get(a, 1.0) * weight.get(d, 1.0) for a in ACTORS for d in DIMENSIONS}
    within = {
        i: (cell, direction, weight.get(i, 1.0))
        for i, (cell, direction) in _framework(ws, recipe.geography).items()
        if weight.get(i, 1.0) > 0 and cells[cell] > 0
    }
    used = list(dict.fromkeys(cell for cell, _, _ in within.values()))
    if len(used) < FEWEST_CELLS:
        raise UsageError(
            f"An index needs indicators in at least {FEWEST_CELLS} of the nine cells; with these weights "
            f"{GEOGRAPHIES[recipe.geography].plural} have {len(used)}. Raise a weight above 0, or take other areas."
        )
    rows = [*within.values(), *((TOP, np.nan, cells[c]) for c in used)]
    return pd.DataFrame(rows, index=[*within, *used], columns=["parent", "direction", "weight"])


def index_inputs(ws: Workspace, recipe: Recipe, meta: pd.DataFrame) -> IndexInputs:
    """Return what a recipe rests on; meta is its `hierarchy`."""
    return _inputs(ws, recipe.geography, _indicators(meta), recipe.normalise, recipe.aggregate)


def rank_study(
    ws: Workspace, recipe: Recipe, meta: pd.DataFrame, draws: int, *, sensitivity: bool = False
) -> RankStudy:
    """Return the figures of a recipe under draws, ready to be ranked; meta is its `hierarchy`."""
    of = (recipe.geography, _indicators(meta), recipe.normalise, recipe.aggregate)
    return _study(ws, *of, draws, recipe.seed, sensitivity)


def _indicators(meta: pd.DataFrame) -> tuple[str, ...]:
    return tuple(meta.index[meta["parent"] != TOP])


@kept(16)
def _inputs(ws: Workspace, geography: str, ids: tuple[str, ...], normalise: str, aggregate: str) -> IndexInputs:
    data, errors, status, england = (table[list(ids)] for table in _observed(ws, geography))
    figures = IndexFigures.of(data, _equal(ws, geography, ids), england, normalise, aggregate)
    steps = _steps(ws, geography, status, pd.concat([data, england]), figures)
    return IndexInputs(data, errors, england, figures, steps, _version(data, errors, england))


@kept(8)
def _study(
    ws: Workspace,
    geography: str,
    ids: tuple[str, ...],
    normalise: str,
    aggregate: str,
    draws: int,
    seed: int,
    sensitivity: bool,
) -> RankStudy:
    data, errors, _, _ = (table[list(ids)] for table in _observed(ws, geography))
    choices = Choices(
        normalise=_first(normalise, DEFAULT_CHOICES.normalise), aggregate=_first(aggregate, DEFAULT_CHOICES.aggregate)
    )
    study = RankStudy.of(data, _equal(ws, geography, ids), draws, seed, errors=errors, choices=choices)
    return study.keeping_scores(_KEPT, sensitivity)


@kept(16)
def _observed(ws: Workspace, geography: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return values, standard errors, statuses and England's values of all indicators that can take part."""
    observed = {i: ws.observations(i, None, geography).set_index("code") for i in weighable(ws, geography)}
    return (
        pd.DataFrame({i: o["value"] for i, o in observed.items()}),
        pd.DataFrame({i: (o["upper"] - o["lower"]) / (2 * _Z) for i, o in observed.items()}),
        pd.DataFrame({i: o["status"].astype(object) for i, o in observed.items()}),
        pd.DataFrame({i: ws.england(i) for i in observed}, index=[ENGLAND]),
    )


def _equal(ws: Workspace, geography: str, ids: tuple[str, ...]) -> pd.DataFrame:
    """Return a hierarchy of these indicators, all weights equal."""
    left_out = {i: 0.0 for i in _framework(ws, geography) if i not in ids}
    return hierarchy(ws, Recipe(geography=geography, weights=tuple(left_out.items())))


def _first(chosen: str, choices: tuple[str, ...]) -> tuple[str, ...]:
    return (chosen, *(other for other in choices if other != chosen))


def _steps(
    ws: Workspace, geography: str, status: pd.DataFrame, raw: pd.DataFrame, figures: IndexFigures
) -> pd.DataFrame:
    names = {**ws.names(geography).to_dict(), ENGLAND: "England"}
    ids, codes = list(raw.columns), list(raw.index)
    entries = ws.catalogue.loc[ids]
    own = pd.DataFrame(np.where(raw.loc[[ENGLAND]].notna(), "value", "not_collected"), index=[ENGLAND], columns=ids)
    columns = ["actor", "dimension", "label", "unit", "decimals", "period", "direction"]
    return pd.DataFrame(
        {
            "code": np.repeat(codes, len(ids)),
            "name": np.repeat([names[code] for code in codes], len(ids)),
            "indicator": np.tile(ids, len(codes)),
            **{c: np.tile(entries[c].to_numpy(), len(codes)) for c in columns},
            "status": pd.concat([status, own]).to_numpy().ravel(),
            "raw": raw.to_numpy().ravel(),
            "treated": figures.treated[ids].to_numpy().ravel(),
            "treatment": np.tile([_treatment(figures.fits[i]) for i in ids], len(codes)),
            "normalised": figures.normalised[ids].to_numpy().ravel(),
        }
    )


def _treatment(fit: Treated) -> str:
    if fit.logged:
        return "logarithm"
    return "capped" if fit.n_winsorised else ""


def _version(*figures: pd.DataFrame) -> str:
    text = pd.concat(figures).to_csv(float_format="%.12g", lineterminator="\n")
    return hashlib.sha256(str(text).encode()).hexdigest()[:12]
