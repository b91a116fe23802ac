"""Which region is in which class, in which colour, with which words: the one table behind every picture.

The map on screen, the stand-alone HTML, the legend and the PNG, SVG and PDF are all drawn from a `ClassTable`,
so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from s3geo.errors import UsageError
from s3geo.statistics.classify import SCHEMES, Breaks, classify, classify_around
from s3geo.views.palette import diverging, sequential
from s3geo.views.wording import NO_DATA_REASONS, STATUS_WORDS, counted, number, quantity, range_label
from s3geo.workspace import Workspace

__all__ = ["NO_DATA_FILL", "PALETTES", "ClassTable", "LegendRow", "class_table"]

NO_DATA_FILL = "url(#s3geo-no-data)"
"""Fill of a region without a value: grey dots, never a colour of the scale."""

PALETTES: dict[str, str] = {"sequential": "From low to high", "diverging": "Around England"}
"""Palette id and the words for it."""


@dataclass(frozen=True)
class LegendRow:
    """One line of a legend: fill (colour or pattern), words, and how many regions it stands for."""

    fill: str
    label: str
    count: int


@dataclass(frozen=True, eq=False)
class ClassTable:
    """Classes, colours and words of one indicator on one layer.

    Attributes
    ----------
    indicator, geography, vintage, period, unit, decimals, title
        What is shown; unit and decimals as in the catalogue.
    breaks : Breaks
        Class bounds and counts.
    colours : tuple of str
        One for each class, light to dark, or away from the middle class on both sides.
    middle : int, optional
        The class that holds England's value, where the colours diverge around it.
    rows : DataFrame
        Index code: name, value, status, class (Int64, from 0), fill, label (name, value and class in words).
    england : float
        England's own value.
    attribution, boundaries : str
        Whose the figures and boundaries are; name and vintage of the boundaries.
    """

    indicator: str
    geography: str
    vintage: str
    period: str
    title: str
    unit: str
    decimals: int
    breaks: Breaks
    colours: tuple[str, ...]
    rows: pd.DataFrame
    england: float
    attribution: str
    boundaries: str
    middle: int | None = None

    @property
    def outlined(self) -> frozenset[str]:
        """Regions with a dark outline; none but in tables that say so."""
        return frozenset()

    @property
    def legend(self) -> list[LegendRow]:
        """Lines of the legend, lowest class first, "no data" last where there is any."""
        lows = (self.breaks.lower, *self.breaks.upper)[: self.breaks.k]
        lines = [
            LegendRow(colour, range_label(low, high, self.decimals) + (", England" if i == self.middle else ""), count)
            for i, (colour, low, high, count) in enumerate(
                zip(self.colours, lows, self.breaks.upper, self.breaks.counts, strict=True)
            )
        ]
        missing = self.rows.loc[self.rows["class"].isna(), "status"].value_counts()
        lines += [
            LegendRow(NO_DATA_FILL, f"No data: {_reason(status)}", int(count)) for status, count in missing.items()
        ]
        return lines

    @property
    def statuses(self) -> dict[str, int]:
        """How many of the values shown are not as counted, by status."""
        present = self.rows.loc[self.rows["class"].notna(), "status"].value_counts()
        return {status: int(present[status]) for status in STATUS_WORDS if status in present.index}

    @property
    def status_note(self) -> str:
        """The same in words, empty where all values are as counted."""
        return "; ".join(f"{counted(n, 'value')} {STATUS_WORDS[status]}" for status, n in self.statuses.items())

    @property
    def subtitle(self) -> str:
        """Unit and period."""
        return f"{self.unit[:1].upper()}{self.unit[1:]}, {self.period}"

    @property
    def facts(self) -> str:
        """Line under the title: unit, period, England."""
        return f"{self.subtitle}. England {quantity(self.england, self.unit, self.decimals)}"

    def _repr_html_(self) -> str:
        from s3geo.views.standalone import notebook_html

        return notebook_html(self)

    def words(self, code: str) -> str:
        """Return the value of a region in words."""
        return quantity(self.rows["value"][code], self.unit, self.decimals)

    def cell(self, code: str) -> str:
        """Return the value of a region without its unit, as a table shows it."""
        return number(self.rows["value"][code], self.decimals)

    @property
    def method(self) -> str:
        """How the classes were made, in words."""
        note = f"; {self.breaks.note}" if self.breaks.note else ""
        around = "" if self.middle is None else " around England"
        return f"{SCHEMES[self.breaks.scheme]}, {self.breaks.k} classes{around}{note}"


def class_table(
    ws: Workspace,
    indicator: str,
    period: str | None = None,
    *,
    geography: str = "lep",
    scheme: str = "quantiles",
    k: int = 5,
    upper: Sequence[float] | None = None,
    palette: str = "sequential",
    fixed: bool = False,
) -> ClassTable:
    """Classify an indicator on a layer.

    Parameters
    ----------
    ws : Workspace
    indicator : str
        Id in the catalogue.
    period : str, optional
        By default the catalogue's.
    geography : str
        Key of `s3geo.workspace.GEOGRAPHIES`.
    scheme, k, upper
        See `s3geo.statistics.classify`.
    palette : {"sequential", "diverging"}
        Diverging: classes mirror each other around England's value, see `s3geo.statistics.classify_around`.
    fixed : bool
        Take the classes from the values of all periods together, so that maps of different periods compare.

    Returns
    -------
    ClassTable
        With one row for each region of the layer, in its order.

    Raises
    ------
    UsageError
        A palette there is not, or a diverging one where England has no value.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> table = class_table(open_workspace(), "gva_per_head")
    >>> len(table.rows), table.breaks.k
    (38, 5)
    """
    observed = ws.observations(indicator, period, geography).set_index("code")
    entry: dict[Any, Any] = ws.catalogue.loc[indicator].to_dict()
    shown = str(observed["period"].iloc[0])
    england = ws.england(indicator, shown)
    if palette not in PALETTES:
        raise UsageError(f"Unknown palette {palette!r}; choose one of {', '.join(PALETTES)}.")
    periods = ws.periods(indicator, geography)
    fixed = fixed and len(periods) > 1
    if palette == "diverging":
        # held over time are the distances from England's value, which itself moves
        pooled = _distances(ws, indicator, periods, geography) + england if fixed else observed["value"]
        breaks = classify_around(pooled, england, scheme, k, upper=upper)
    else:
        pooled = _pooled(ws, indicator, periods, geography) if fixed else observed["value"]
        breaks = classify(pooled, scheme, k, upper=upper)
    if fixed:
        what = "distances" if palette == "diverging" else "classes"
        held = f"the same {what} in all periods, {periods[0]} to {periods[-1]}"
        breaks = replace(breaks.counted(observed["value"]), note="; ".join(n for n in (breaks.note, held) if n))
    middle = _middle(breaks, england) if palette == "diverging" else None
    colours = _colours(breaks.k, middle)
    classes = breaks.assign(observed["value"])
    unit, decimals = str(entry["unit"]), int(entry["decimals"])
    fills = [NO_DATA_FILL if pd.isna(c) else colours[int(c)] for c in classes]
    labels = [
        f"{name}: {quantity(value, unit, decimals)}, class {int(c) + 1} of {breaks.k}"
        if not pd.isna(c)
        else f"{name}: no data, {_reason(status)}"
        for name, value, status, c in zip(
            ws.names(geography), observed["value"], observed["status"], classes, strict=True
        )
    ]
    rows = pd.DataFrame(
        {
            "name": ws.names(geography),
            "value": observed["value"],
            "status": observed["status"],
            "class": classes,
            "fill": fills,
            "label": labels,
        }
    )
    return ClassTable(
        indicator=indicator,
        geography=geography,
        vintage=ws.vintage(geography),
        period=shown,
        title=str(entry["label"]),
        unit=unit,
        decimals=decimals,
        breaks=breaks,
        colours=colours,
        rows=rows,
        england=england,
        attribution=ws.attribution(indicator, geography=geography),
        boundaries=ws.boundaries_label(geography),
        middle=middle,
    )


def _colours(k: int, middle: int | None) -> tuple[str, ...]:
    if not k:
        return ()
    return sequential(k) if middle is None else diverging(middle, k - 1 - middle)


def _pooled(ws: Workspace, indicator: str, periods: Sequence[str], geography: str) -> pd.Series:
    return pd.concat([ws.values(indicator, period, geography) for period in periods], ignore_index=True)


def _distances(ws: Workspace, indicator: str, periods: Sequence[str], geography: str) -> pd.Series:
    return pd.concat(
        [ws.values(indicator, period, geography) - ws.england(indicator, period) for period in periods],
        ignore_index=True,
    )


def _middle(breaks: Breaks, england: float) -> int | None:
    """Return the class that holds England's value."""
    return int(breaks.assign(pd.Series([england])).iloc[0]) if breaks.k else None


def _reason(status: object) -> str:
    return NO_DATA_REASONS.get(str(status), str(status))
