"""What a refresh changed: cells added, changed and gone, and the largest moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from s3geo.errors import DataError

__all__ = ["RefreshReport", "compare"]

KEY = ["indicator", "geography", "code", "period"]


@dataclass(frozen=True)
class RefreshReport:
    """Difference between the data that were there and the data that a refresh made.

    Parameters
    ----------
    cells, organisations : int
        Rows of the new tables.
    added, changed, gone : int
        Observations that are new, have another value or status, or are no longer there.
    indicators : DataFrame
        Index = indicator; added, changed, gone.
    moves : DataFrame
        The largest moves: indicator, geography, code, period, before, after, change (% of the value before).
    written : tuple of str
        Files written; empty for a dry run.
    """

    cells: int
    organisations: int
    added: int
    changed: int
    gone: int
    indicators: pd.DataFrame
    moves: pd.DataFrame
    written: tuple[str, ...] = field(default=())

    @property
    def unchanged(self) -> bool:
        """Whether the observations are the same as before."""
        return not (self.added or self.changed or self.gone)

    def summary(self) -> str:
        """Say in one sentence what changed."""
        if self.unchanged:
            return f"{self.cells:,} figures, none of them changed."
        return f"{self.cells:,} figures: {self.added:,} added, {self.changed:,} changed, {self.gone:,} gone."


def compare(new: pd.DataFrame, target: Path, *, organisations: int, most: int = 20) -> RefreshReport:
    """Compare new observations with those of a folder.

    Parameters
    ----------
    new : DataFrame
        Observations just computed.
    target : Path
        Folder with ``observations.parquet``; without one, everything is new.
    organisations : int
        Rows of the new table of organisations.
    most : int, default 20
        How many of the largest moves to list.
    """
    path = target / "observations.parquet"
    try:
        old = pd.read_parquet(path) if path.is_file() else new.iloc[:0]
    except (OSError, ValueError) as error:
        raise DataError(f"{path.name} in the target cannot be read: {error}. Remove it to start afresh.") from error
    columns = [*KEY, "value", "status"]
    both = old[columns].merge(new[columns], on=KEY, how="outer", suffixes=("_old", "_new"), indicator=True)
    # A float that moved by less than 1e-9 of itself is the same figure.
    near = (both["value_old"] - both["value_new"]).abs() <= both["value_old"].abs() * 1e-9
    same = near | (both["value_old"].isna() & both["value_new"].isna())
    state = both["_merge"].astype(str).map({"left_only": "gone", "right_only": "added", "both": "same"})
    state = state.mask((state == "same") & ~(same & (both["status_old"] == both["status_new"])), "changed")
    counts = state.value_counts()
    table = pd.crosstab(both["indicator"], state).reindex(columns=["added", "changed", "gone"], fill_value=0)
    moved = both[state == "changed"].assign(
        change=lambda df: (df["value_new"] / df["value_old"].mask(df["value_old"] == 0) - 1) * 100
    )
    moved = moved.loc[moved["change"].abs().sort_values(ascending=False, kind="stable").index].head(most)
    moves = moved.rename(columns={"value_old": "before", "value_new": "after"})
    return RefreshReport(
        cells=len(new),
        organisations=organisations,
        added=int(counts.get("added", 0)),
        changed=int(counts.get("changed", 0)),
        gone=int(counts.get("gone", 0)),
        indicators=table.loc[(table > 0).any(axis=1)],
        moves=moves[[*KEY, "before", "after", "change"]].reset_index(drop=True),
    )
