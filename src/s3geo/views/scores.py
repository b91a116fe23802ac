"""What the indicators of a cell say together: a score of 0 to 100 for each region, England's through the same chain."""

from __future__ import annotations

import pandas as pd

from s3geo.model.catalogue import ACTORS, DIMENSIONS
from s3geo.settings import ENGLAND
from s3geo.statistics.composite import composite, limits_of
from s3geo.statistics.outliers import treat_outliers
from s3geo.workspace import Workspace
from s3geo.workspace.kept import kept

__all__ = ["cell_scores"]

_COLUMNS = ("score", "england", "n_present", "n_england", "n_indicators", "rank", "n")
_DIRECTIONS = {"higher_is_better": 1, "lower_is_better": -1}


@kept(16)
def cell_scores(ws: Workspace, geography: str = "lep") -> pd.DataFrame:
    """Score every region in each cell of actor and dimension.

    Parameters
    ----------
    ws : Workspace
    geography : str

    Returns
    -------
    DataFrame
        Index (code, actor, dimension), regions in the order of the layer, cells in that of the grid; score and england
        (0-100; NaN where fewer than two thirds of the indicators are present), n_present and n_england (indicators with
        a value here and for England), n_indicators (those of the cell with a direction), n_neutral (those without,
        which enter no score), rank (1 = highest score) and n (regions with a score). A cell without an indicator for
        this geography has no rows.

    Notes
    -----
    In the catalogue's period of each indicator: direction, outliers by `s3geo.statistics.treat_outliers`, min-max
    between the lowest and highest region, mean with equal weights of those present. England's values pass through the
    same caps and bounds and are cut off at 0 and 100. Nothing is imputed.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> row = cell_scores(open_workspace()).loc[("E37000051", "environment", "outputs")]  # London
    >>> int(row["n_present"]), int(row["n_indicators"]), int(row["n_neutral"]), int(row["rank"])
    (3, 3, 1, 1)
    """
    here = ws.catalogue[[geography in ws.geographies_of(str(i)) for i in ws.catalogue.index]]
    scored = here[here["direction"].isin(_DIRECTIONS)]
    data = pd.DataFrame({str(i): ws.values(str(i), None, geography) for i in scored.index})
    england = pd.DataFrame({str(i): [ws.england(str(i))] for i in scored.index}, index=[ENGLAND])
    tables = []
    for actor in ACTORS:
        for dimension in DIMENSIONS:
            mine = scored[(scored["actor"] == actor) & (scored["dimension"] == dimension)]
            if len(mine):
                ids = [str(i) for i in mine.index]
                cell = _scored(data[ids], england[ids], mine["direction"].map(_DIRECTIONS).to_list())
                neutral = ((here["actor"] == actor) & (here["dimension"] == dimension)).sum() - len(mine)
                tables.append(cell.assign(actor=actor, dimension=dimension, n_neutral=neutral))
    if not tables:
        keys = pd.MultiIndex.from_arrays([[], [], []], names=["code", "actor", "dimension"])
        return pd.DataFrame(columns=[*_COLUMNS, "n_neutral"], index=keys)
    together = pd.concat(tables).rename_axis("code").set_index(["actor", "dimension"], append=True)
    place = {code: at for at, code in enumerate(data.index)}
    order = [place[code] for code in together.index.get_level_values("code")]
    return together.iloc[pd.Series(order).argsort(kind="stable")]


def _scored(data: pd.DataFrame, england: pd.DataFrame, directions: list[int]) -> pd.DataFrame:
    """Score the regions and England in one cell."""
    meta = pd.DataFrame({"parent": "cell", "direction": directions}, index=data.columns)
    treated = {str(name): treat_outliers(column) for name, column in data.items()}
    limits = limits_of(data, treated)
    scores = composite(data, meta, limits=limits, treat=treated)
    comparator = composite(england, meta, limits=limits, treat=treated)
    score = scores["cell"]
    return pd.DataFrame(
        {
            "score": score,
            "england": float(comparator["cell"].iloc[0]),
            "n_present": scores[data.columns].notna().sum(axis=1),
            "n_england": int(comparator[data.columns].notna().to_numpy().sum()),
            "n_indicators": len(data.columns),
            "rank": score.rank(method="min", ascending=False),
            "n": int(score.notna().sum()),
        }
    )
