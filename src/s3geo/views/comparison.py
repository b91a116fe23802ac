"""Regions side by side: every indicator of the grid, one column a region."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from s3geo.errors import UsageError
from s3geo.views.profile import standings
from s3geo.workspace import Workspace

__all__ = ["MOST_COMPARED", "comparison"]

MOST_COMPARED = 10
"""Regions that can be compared at once."""


def comparison(ws: Workspace, codes: Sequence[str], geography: str = "lep", *, headline: bool = False) -> pd.DataFrame:
    """Return how regions stand on every indicator.

    Parameters
    ----------
    ws : Workspace
    codes : sequence of str
        GSS codes, 1 to `MOST_COMPARED`.
    geography : str
    headline : bool
        Only the first indicator of each cell.

    Returns
    -------
    DataFrame
        One row for each indicator and region, in the order of the grid and of `codes`: code, name, and the columns
        of `s3geo.views.profile.Profile.cells` (value, rank, n, percentile, england, verdict, text, ...).

    Raises
    ------
    UsageError
        None or too many regions, or one that is not of this geography.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> table = comparison(open_workspace(), ["E37000015", "E37000051"])
    >>> table["name"].unique().tolist()
    ['Greater Manchester', 'London']
    """
    if not 1 <= len(codes) <= MOST_COMPARED:
        raise UsageError(f"{len(codes)} areas asked for; from 1 to {MOST_COMPARED} can be compared.")
    known, names = standings(ws, geography), ws.names(geography)
    if unknown := [code for code in codes if code not in known]:
        raise UsageError(f"{', '.join(unknown)}: no areas of this geography; see `s3geo describe`.")
    rows = known[codes[0]]  # those of every region are of the same indicators in the same order
    kept = ~rows.duplicated(["actor", "dimension"]) if headline else slice(None)
    tables = [known[code][kept].assign(code=code, name=str(names[code])) for code in codes]
    together = pd.concat(tables, keys=range(len(codes)), names=["region", "row"])
    return together.sort_index(level=["row", "region"]).reset_index(drop=True)
