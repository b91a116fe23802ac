"""What a refresh changed: cells added, changed and gone, and the largest moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from s3geo.errors import DataError
from s3geo.writing import current

__all__ = ["RefreshReport", "compare", "compare_tables"]

KEY = ["indicator", "geography", "code", "period"]

KEYS = {
    "organisations.parquet": ["id"],
    "sectors.parquet": ["table", "geography", "code", "sector", "period"],
    "sector_names.csv": ["table", "sector"],
    "links.parquet": ["source", "a", "b"],
    "participations.parquet": ["project", "organisation"],
}
"""What a row of each other table is known by."""


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
    tables : DataFrame
        Index = file of another table; rows (now), added, changed, gone.
    """

    cells: int
    organisations: int
    added: int
    changed: int
    gone: int
    indicators: pd.DataFrame
    moves: pd.DataFrame
    written: tuple[str, ...] = field(default=())
    tables: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["rows", "added", "changed", "gone"]))

    @property
    def unchanged(self) -> bool:
        """Whether the observations are the same as before."""
        return not (self.added or self.changed or self.gone)

    def summary(self) -> str:
        """Say in one sentence what changed."""
        if self.unchanged:
            figures = f"{self.cells:,} figures, none of them changed."
        else:
            figures = f"{self.cells:,} figures: {self.added:,} added, {self.changed:,} changed, {self.gone:,} gone."
        moved = self.tables[(self.tables[["added", "changed", "gone"]] > 0).any(axis=1)]
        others = [
            f"{file}: {row['added']:,} added, {row['changed']:,} changed, {row['gone']:,} gone."
            for file, row in moved.iterrows()
        ]
        return " ".join([figures, *others])


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
    path = current(target / "observations.parquet")
    try:
        old = pd.read_parquet(path) if path.is_file() else new.iloc[:0]
    except (OSError, ValueError) as error:
        raise DataError(f"{path.name} in the target cannot be read: {error}. Remove it to start afresh.") from error
    columns = [*KEY, "value", "status"]
    if not set(columns) <= set(old.columns):
        raise DataError(f"{path.name} in the target has other columns than ours. Remove it to start afresh.")
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


def compare_tables(made: dict[str, pd.DataFrame], target: Path) -> pd.DataFrame:
    """Compare the other tables with those of a folder.

    Parameters
    ----------
    made : dict of str to DataFrame
        Tables just computed, by file; those without a key of their own are left out.
    target : Path
        Folder with the old ones; what is not there, or not in this shape, counts as new.

    Returns
    -------
    DataFrame
        Index = file; rows, added, changed, gone.
    """
    rows = {}
    for file, new in made.items():
        if file not in KEYS:
            continue
        old = _old(current(target / file), new)
        after, before = _cells(new, KEYS[file]), _cells(old, KEYS[file])
        both = after.index.intersection(before.index)
        same = (after.loc[both] == before.loc[both]).to_numpy()
        rows[file] = {
            "rows": len(new),
            "added": len(after) - len(both),
            "changed": int((~same).sum()),
            "gone": len(before) - len(both),
        }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["rows", "added", "changed", "gone"])


def _old(path: Path, like: pd.DataFrame) -> pd.DataFrame:
    """Read the table that was there; an empty one where there is none."""
    if not path.is_file():
        return like.iloc[:0]
    try:
        old = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, dtype=str)
    except (OSError, ValueError) as error:
        raise DataError(f"{path.name} in the target cannot be read: {error}. Remove it to start afresh.") from error
    return old if list(old.columns) == list(like.columns) else like.iloc[:0]


def _cells(table: pd.DataFrame, key: list[str]) -> pd.Series:
    """All cells of a row as one text, by the key of the row; numbers to nine digits."""
    values = [
        table[column].map(lambda x: f"{x:.9g}") if table[column].dtype.kind in "fiu" else table[column].astype(str)
        for column in table.columns
    ]
    names = pd.Series(list(zip(*(table[column].astype(str) for column in key), strict=True)), dtype=object)
    texts = pd.Series(list(zip(*values, strict=True)), dtype=object)
    return pd.Series(texts.map("|".join).to_numpy(), index=pd.Index(names.map("|".join)))
