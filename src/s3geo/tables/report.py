"""What a join found: every row and region without a match, as tables, as one sentence and as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from s3geo.errors import PROBLEM_COLUMNS

__all__ = ["JoinReport"]

_LONGEST = 100  # letters of a key that are said again


@dataclass(frozen=True, slots=True)
class JoinReport:
    """What became of every row of a table and every region of a layer.

    Parameters
    ----------
    file : str
        What the table is called in messages.
    key : str
        Column that was matched.
    by : str
        Whether the key holds codes or names.
    matched : list of str
        Codes of the regions that exactly one row belongs to.
    regions_without_data : list of str
        Codes of the regions that get no value: no row, two rows, or a row without any value.
    rows_without_region : DataFrame
        Columns row, given: rows whose key is no region of the layer (vintage clashes are listed apart).
    duplicates : DataFrame
        Columns row, given, code: rows that share their region with another row; none of them is joined.
    vintage_clashes : DataFrame
        Columns row, given, known_as: rows whose code belongs to another vintage.
    suggestions : DataFrame
        Columns row, given, code, name, score (0-100): what rows without a region may have meant; never joined on.
    """

    file: str
    key: str
    by: str
    matched: list[str]
    regions_without_data: list[str]
    rows_without_region: pd.DataFrame
    duplicates: pd.DataFrame
    vintage_clashes: pd.DataFrame
    suggestions: pd.DataFrame

    @property
    def ok(self) -> bool:
        """Whether every row found one region and no region two rows; regions without data do not count against it."""
        return bool(self.matched) and not (
            len(self.rows_without_region) + len(self.duplicates) + len(self.vintage_clashes)
        )

    @property
    def problems(self) -> pd.DataFrame:
        """One row a finding: file, row, code, problem, next_step."""
        found = [*self._unknown(), *self._clashing(), *self._repeated()]
        if not self.matched and not found:
            step = "Check that the table and the layer are of the same geography."
            found = [{"problem": "no row belongs to a region of the layer", "next_step": step}]
        frame = pd.DataFrame([{"file": self.file, **row} for row in found], columns=list(PROBLEM_COLUMNS))
        return frame.astype(object).fillna("").sort_values("row", kind="stable", ignore_index=True)

    def summary(self) -> str:
        """Say in one sentence how the join went."""
        parts = [_counted(len(self.matched), "region", "matched")]
        parts += [_counted(len(self.regions_without_data), "region", "without data")]
        parts += [
            _counted(len(found), "row", what)
            for found, what in (
                (self.rows_without_region, "without a region"),
                (self.vintage_clashes, "with a code of another vintage"),
                (self.duplicates, "that repeat a region"),
            )
            if len(found)
        ]
        return f"{self.file}: {', '.join(parts)}."

    def __str__(self) -> str:
        problems = self.problems
        lines = [f"  row {row.row}: {row.problem}. {row.next_step}" for row in problems.head(20).itertuples()]
        more = [f"  and {len(problems) - 20} more"] if len(problems) > 20 else []
        return "\n".join([self.summary(), *lines, *more])

    def _unknown(self) -> list[dict[str, Any]]:
        first = self.suggestions.drop_duplicates("row")
        meant = {row: f"{name} ({code})" for row, code, name in first[["row", "code", "name"]].itertuples(index=False)}
        found = []
        for row, given in self.rows_without_region.itertuples(index=False):
            step = f"Write a {self.by} of the layer, or remove the row."
            if row in meant:
                step = f"Did you mean {meant[row]}? Write that, or remove the row."
            said = given if len(given) <= _LONGEST else f"{given[:_LONGEST]}…"
            problem = f"{said!r} is no region of the layer" if given else f"the {self.by} is empty"
            found.append({"row": row, "code": said, "problem": problem, "next_step": step})
        return found

    def _clashing(self) -> list[dict[str, Any]]:
        step = "Use a table of the layer's vintage, or a layer of the table's."
        return [
            {"row": row, "code": given, "problem": f"{given!r} is {known_as}, not in this layer", "next_step": step}
            for row, given, known_as in self.vintage_clashes.itertuples(index=False)
        ]

    def _repeated(self) -> list[dict[str, Any]]:
        step = "Keep one row for it (one year, one category); until then it is shown without data."
        found = []
        for code, rows in self.duplicates.groupby("code"):
            more = f" and {len(rows) - 20:,} more" if len(rows) > 20 else ""
            where = ", ".join(str(row) for row in rows["row"].head(20)) + more
            problem = f"rows {where} are all for {code}"
            found.append({"row": rows["row"].iloc[0], "code": code, "problem": problem, "next_step": step})
        return found


def _counted(count: int, noun: str, rest: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'} {rest}"
