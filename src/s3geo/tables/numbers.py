"""Text to numbers, without guessing: what is neither a number nor a mark for "no data" is an error with its row."""

from __future__ import annotations

import math
import re

import pandas as pd

from s3geo.errors import TableError, listed

__all__ = ["NO_DATA", "numbers", "spreadsheet_rows"]

NO_DATA = frozenset(
    {
        *("", ".", "..", "...", "-", "--", "–", "—", "−", ":", "*", "**", "~", "!", "#", "/"),
        *("[c]", "[u]", "[x]", "[z]", "[w]", "[n/a]"),
        *("n/a", "na", "#n/a", "nan", "null", "none", "n.a.", "no data", "not available", "suppressed", "missing"),
    }
)
"""Marks that publishers set in place of a number; all of them mean no data, never zero."""

_NUMBER = re.compile(r"[+-]?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)


def numbers(frame: pd.DataFrame, column: str, *, file: str | None = None) -> pd.Series[float]:
    """Return a column as numbers.

    Thousands separators, a pound sign before and a per cent sign after are taken off ("45%" is 45); marks for no data
    become NaN.

    Parameters
    ----------
    frame : DataFrame
        A table, for example of `read_table`.
    column : str
        Which column.
    file : str, optional
        What to call the table in messages; default the name that `read_table` left in ``frame.attrs``.

    Raises
    ------
    TableError
        If there is no such column, or a cell of it is neither a number nor a mark for no data; ``.problems`` has one
        row for each such cell.

    Examples
    --------
    >>> table = pd.DataFrame({"value": ["1,234", "45%", "£2.50", "[c]"]})
    >>> numbers(table, "value").tolist()
    [1234.0, 45.0, 2.5, nan]
    """
    shown = file or str(frame.attrs.get("file", "table"))
    if column not in frame.columns:
        problem = f"has no column {column!r}; it has {listed(frame.columns, 20)}"
        step = "Name one of these columns."
        raise TableError(f"{shown} {problem}. {step}", [{"file": shown, "problem": problem, "next_step": step}])
    values = frame[column]
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return values.astype(float).rename(column)
    parsed = [_parse(value) for value in values]
    wrong = [at for at, number in enumerate(parsed) if number is None]
    if wrong:
        raise _text_in_numbers(frame, column, wrong, shown)
    return pd.Series([float("nan") if number is None else number for number in parsed], index=frame.index, name=column)


def spreadsheet_rows(frame: pd.DataFrame) -> list[int]:
    """Return the row that a spreadsheet shows for each record, counting the header as row 1.

    Examples
    --------
    >>> spreadsheet_rows(pd.DataFrame({"a": [1, 2]}))
    [2, 3]
    """
    if frame.index.name == "row":
        return [int(row) for row in frame.index]
    return list(range(2, len(frame) + 2))


def _parse(value: object) -> float | None:
    """Return a number, NaN for no data, or None for anything else."""
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return math.nan
    text = str(value).strip()
    if text.isascii() and text.isdigit() and len(text) < 300:  # most cells are no more than that
        return float(text)
    if text.casefold() in NO_DATA:
        return math.nan
    text = re.sub(r"^([+-]?)\s*£\s*", r"\1", text.replace("−", "-")).removesuffix("%").rstrip()
    text = re.sub(r"(?<=\d)\s(?=\d{3}(?!\d))", ",", text)
    number = float(text.replace(",", "")) if _NUMBER.fullmatch(text) else math.inf
    return number if math.isfinite(number) else None


def _text_in_numbers(frame: pd.DataFrame, column: str, wrong: list[int], shown: str) -> TableError:
    rows = spreadsheet_rows(frame)
    step = "Write a number, or leave the cell empty where there is none."
    given = [str(frame[column].iloc[at]) for at in wrong]
    problems = [
        {
            "file": shown,
            "row": rows[at],
            "problem": f"column {column!r} holds text in place of a number: {text[:60]!r}{_hint(text)}",
            "next_step": step,
        }
        for at, text in zip(wrong, given, strict=True)
    ]
    more = f" and {len(wrong) - 1} more rows" if len(wrong) > 1 else ""
    return TableError(f"{shown}, row {rows[wrong[0]]}{more}: {problems[0]['problem']}. {step}", problems)


def _hint(text: str) -> str:
    return " (a decimal comma: write a point)" if re.fullmatch(r"\s*[+-]?\d+,\d+\s*", text) else ""
