"""What the map shows, as rows and as a chart: the data of the views that stand beside it and share its selection."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from s3geo.views.class_table import ClassTable
from s3geo.views.palette import NO_DATA
from s3geo.views.profile import ranks
from s3geo.views.wording import NO_VALUE, amount, number, quantity
from s3geo.workspace import GEOGRAPHIES

__all__ = ["chart", "listing"]

_BINS = 20


def listing(table: ClassTable, direction: str) -> list[dict[str, Any]]:
    """Return one row a region, in the order of rank, those without a value last.

    Parameters
    ----------
    table : ClassTable
    direction : str
        Of the indicator, as in the catalogue.

    Returns
    -------
    list of dict
        code, name, rank (int or None), value (float or None), text (the value without its unit), klass (class in
        words, or why there is no value), fill (colour of the class, or None). JSON-ready.
    """
    place = ranks(table.rows["value"], direction)
    rows = []
    for code, row in table.rows.iterrows():
        missing = pd.isna(row["class"])
        klass = str(row["label"]).rpartition(", ")[2]
        rows.append(
            {
                "code": str(code),
                "name": str(row["name"]),
                "rank": None if missing else int(place[str(code)]),
                "value": None if missing else float(row["value"]),
                "text": "–" if missing else table.cell(str(code)),
                "klass": klass[:1].upper() + klass[1:],
                "fill": None if missing else str(row["fill"]),
            }
        )
    return sorted(rows, key=lambda row: (row["rank"] is None, row["rank"], row["name"]))


def chart(table: ClassTable) -> dict[str, Any]:
    """Return a histogram of the values with the class breaks, and the values from high to low.

    Parameters
    ----------
    table : ClassTable

    Returns
    -------
    dict
        Positions and heights as shares, 0-1 from left and from below; colours; words. JSON-ready, empty lists where
        there is no value. ``bins`` are twenty equal intervals in the colour of the class their middle lies in;
        ``columns`` are the regions; ``marks`` holds England.
    """
    present = table.rows[table.rows["class"].notna()].sort_values("value", ascending=False, kind="stable")
    values = present["value"].to_numpy(dtype=float)
    england = table.england
    has_england = not math.isnan(england)
    title = f"{table.title}, {table.subtitle}"
    if not len(values):
        nothing: list[Any] = []
        empty = {"bins": nothing, "marks": nothing, "breaks": nothing, "columns": nothing}
        return {**empty, "zero": 0, "england": None, "title": title, "words": NO_VALUE, "ranking": NO_VALUE}
    ends = np.array([*values, *([england] if has_england else [])])
    left, right = _widened(float(ends.min()), float(ends.max()))
    across = _share(left, right)
    counts, edges = np.histogram(values, bins=_BINS, range=(left, right))
    classes = table.breaks.assign(pd.Series((edges[:-1] + edges[1:]) / 2))
    floor, top = _widened(min(0.0, float(ends.min())), max(0.0, float(ends.max())))
    up = _share(floor, top)
    return {
        "title": title,
        "bins": [
            {
                "left": across(low),
                "right": across(high),
                "height": count / counts.max(),
                "count": int(count),
                "fill": table.colours[int(c)] if table.colours else NO_DATA,
            }
            for low, high, count, c in zip(edges[:-1], edges[1:], counts.tolist(), classes, strict=True)
        ],
        "breaks": [
            {"x": across(bound), "label": number(bound, table.decimals)}
            for bound in _spaced(table.breaks.upper[:-1], right - left)
            if left <= bound <= right
        ],
        "marks": [{"x": across(england), "label": f"England {number(england, table.decimals)}"}] if has_england else [],
        "columns": [
            {"code": str(code), "y": up(row["value"]), "fill": str(row["fill"]), "label": str(row["label"])}
            for code, row in present.iterrows()
        ],
        "zero": up(0.0),
        "england": up(england) if has_england else None,
        "words": _spread(table, values),
        "ranking": f"Highest: {_named(table, present.index[0])}. Lowest: {_named(table, present.index[-1])}.",
    }


def _spread(table: ClassTable, values: np.ndarray) -> str:
    places = GEOGRAPHIES[table.geography].plural if len(values) != 1 else GEOGRAPHIES[table.geography].singular
    ticks = "; ticks are the bounds of the classes" if table.breaks.k else ""
    low, high = amount(values.min(), table.unit, table.decimals)[0], quantity(values.max(), table.unit, table.decimals)
    return (
        f"{len(values)} {places} from {low} to {high}, in twenty equal steps{ticks}. "
        f"England {quantity(table.england, table.unit, table.decimals)}."
    )


def _named(table: ClassTable, code: object) -> str:
    row: dict[Any, Any] = table.rows.loc[code].to_dict()  # type: ignore[call-overload]
    return f"{row['name']}, {quantity(row['value'], table.unit, table.decimals)}"


def _widened(low: float, high: float) -> tuple[float, float]:
    """Give a range of no width some, so that a share of it is defined."""
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _share(low: float, high: float) -> Any:
    return lambda value: round((float(value) - low) / (high - low), 4)


def _spaced(bounds: tuple[float, ...], span: float) -> list[float]:
    """Leave out bounds whose labels would cover the one before."""
    kept: list[float] = []
    for bound in bounds:
        if not kept or bound - kept[-1] >= 0.07 * span:
            kept.append(bound)
    return kept
