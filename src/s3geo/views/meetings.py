"""Where a strong indicator of a partner meets a weak one of ours: beside the score of partners, never in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from s3geo.model.catalogue import ACTORS, DIMENSIONS
from s3geo.views.profile import standings
from s3geo.views.wording import quantity, rank_label
from s3geo.workspace import Workspace
from s3geo.workspace.kept import kept

__all__ = ["STRONG", "WEAK", "meetings"]

STRONG, WEAK = 75.0, 25.0
"""Percentiles from which a place is among the best quarter, and to which among the last."""


def meetings(
    ws: Workspace,
    code: str,
    others: Sequence[str],
    geography: str = "lep",
    actor: str | None = None,
    dimension: str | None = None,
) -> pd.DataFrame:
    """Find, for each partner, the indicator in which it is among the best quarter and we are the farthest behind.

    Parameters
    ----------
    ws : Workspace
    code : str
        The region that looks for partners; only what it is in the last quarter of, with figures that are not old.
    others : sequence of str
    geography : str
    actor, dimension : str, optional
        Look only there.

    Returns
    -------
    DataFrame
        Index = others; meets (a sentence), meets_indicator, theirs, ours (values); "" and NaN where nothing meets.
        Neutral indicators, of which neither side is better, are left out.
    """
    ours = standings(ws, geography)[code]
    neutral = ws.catalogue.index[ws.catalogue["direction"] == "neutral"]
    weak = ours[(ours["percentile"] <= WEAK) & ~ours["old"] & ~ours["indicator"].isin(neutral)]
    for name_of, asked, known in (("actor", actor, ACTORS), ("dimension", dimension, DIMENSIONS)):
        if asked in known:
            weak = weak[weak[name_of] == asked]
    places, indicators = pd.Index(others), weak["indicator"]
    percentile, value, rank = (
        table.reindex(index=places, columns=indicators).to_numpy() for table in _side_by_side(ws, geography)
    )
    ahead = np.where(percentile >= STRONG, percentile - weak["percentile"].to_numpy(dtype=float), -np.inf)
    rows: list[dict[Any, Any]] = weak.to_dict("records")
    names = ws.names(geography).reindex(places)
    found: list[tuple[str, str, float, float]] = []
    for i, name in enumerate(names):
        best = int(ahead[i].argmax()) if rows else 0
        if not rows or ahead[i, best] == -np.inf:
            found.append(("", "", float("nan"), float("nan")))
            continue
        mine = rows[best]
        theirs = float(value[i, best])
        sentence = _sentence(mine, str(name), theirs, float(rank[i, best]))
        found.append((sentence, str(mine["indicator"]), theirs, float(mine["value"])))
    return pd.DataFrame(found, index=places, columns=["meets", "meets_indicator", "theirs", "ours"])


def _sentence(mine: dict[Any, Any], name: str, value: float, rank: float) -> str:
    unit, decimals, n = str(mine["unit"]), int(mine["decimals"]), int(mine["n"])
    return (
        f"{mine['label']}, {mine['period']}: {quantity(value, unit, decimals)} in {name} ({rank_label(rank, n)}), "
        f"{quantity(mine['value'], unit, decimals)} here ({rank_label(mine['rank'], n)})."
    )


@kept(16)
def _side_by_side(ws: Workspace, geography: str) -> tuple[pd.DataFrame, ...]:
    """Return percentiles, values and ranks of all regions (rows) on all indicators (columns)."""
    known = {code: cells.set_index("indicator") for code, cells in standings(ws, geography).items()}
    return tuple(
        pd.DataFrame({code: cells[column] for code, cells in known.items()}).T
        for column in ("percentile", "value", "rank")
    )
