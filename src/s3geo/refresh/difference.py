"""What is different between two tidy tables of one source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

__all__ = ["Difference", "difference"]


@dataclass(frozen=True)
class Difference:
    """Cells of the new table against those of the old one.

    Parameters
    ----------
    cells : int
        Cells of the new table: rows times columns that are not part of the key.
    added, changed, gone : int
        Cells in rows that are new, that hold something else, and in rows that are no longer there.
    moves : DataFrame
        The largest moves of numbers: the key, column, before, after, change (% of the value before).
    """

    cells: int
    added: int
    changed: int
    gone: int
    moves: pd.DataFrame

    @property
    def unchanged(self) -> bool:
        """Whether the tables are the same."""
        return not (self.added or self.changed or self.gone)

    def summary(self) -> str:
        """Say in one sentence what is different.

        Examples
        --------
        >>> Difference(6, 2, 1, 0, pd.DataFrame()).summary()
        '6 cells: 2 added, 1 changed, 0 gone'
        """
        if self.unchanged:
            return f"{self.cells:,} cells, none of them changed"
        return f"{self.cells:,} cells: {self.added:,} added, {self.changed:,} changed, {self.gone:,} gone"


def difference(
    old: pd.DataFrame | None, new: pd.DataFrame, key: Sequence[str], figures: Sequence[str] = (), *, most: int = 10
) -> Difference:
    """Compare two tables.

    Parameters
    ----------
    old : DataFrame or None
        The table before; without one, or with another key, everything is new.
    new : DataFrame
        The table now; each key once.
    key : sequence of str
        Columns that name a row.
    figures : sequence of str
        Columns of numbers whose moves are listed.
    most : int, default 10
        How many of the largest moves to list.

    Examples
    --------
    >>> old = pd.DataFrame({"code": ["a", "b"], "value": [1.0, 2.0]})
    >>> new = pd.DataFrame({"code": ["b", "c"], "value": [3.0, 4.0]})
    >>> difference(old, new, ["code"], ["value"]).summary()
    '2 cells: 1 added, 1 changed, 1 gone'
    """
    names = [*key]
    columns = [name for name in new.columns if name not in names]
    before = old if old is not None and set(names) <= set(old.columns) else new.iloc[:0]
    both = before.merge(new, on=names, how="outer", suffixes=("_old", "_new"), indicator="side")
    kept = both[both["side"] == "both"]
    added = int((both["side"] == "right_only").sum()) * len(columns)
    gone = int((both["side"] == "left_only").sum()) * len([name for name in before.columns if name not in names])
    changed, moves = 0, []
    for column in columns:
        if column not in before.columns:
            added += len(kept)
            continue
        was, now = kept[f"{column}_old"], kept[f"{column}_new"]
        other = ~_same(was, now)
        changed += int(other.sum())
        if column in figures:
            moved = kept.loc[other, names].assign(column=column, before=was[other], after=now[other])
            moves.append(moved.assign(change=(now / was.mask(was == 0) - 1)[other] * 100))
    return Difference(len(new) * len(columns), added, changed, gone, _largest(moves, names, most))


def _same(was: pd.Series, now: pd.Series) -> pd.Series:
    """Return where two columns hold the same; a float that moved by less than 1e-9 of itself is the same."""
    both_missing = was.isna() & now.isna()
    if pd.api.types.is_numeric_dtype(was) and pd.api.types.is_numeric_dtype(now):
        return both_missing | ((was - now).abs() <= was.abs() * 1e-9)
    return both_missing | (was.astype(str) == now.astype(str))


def _largest(moves: list[pd.DataFrame], key: list[str], most: int) -> pd.DataFrame:
    columns = [*key, "column", "before", "after", "change"]
    if not any(len(move) for move in moves):
        return pd.DataFrame(columns=columns)
    table = pd.concat([move for move in moves if len(move)], ignore_index=True)
    order = table["change"].abs().sort_values(ascending=False, kind="stable", na_position="last").index
    return table.loc[order, columns].head(most).reset_index(drop=True)
