"""Which region is in which class, in which colour, with which words: the one table behind every picture.

The map on screen, the stand-alone HTML, the legend and the PNG, SVG and PDF are all drawn from a `ClassTable`,
so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from s3geo.statistics.classify import SCHEMES, Breaks, classify
from s3geo.views.palette import sequential
from s3geo.views.wording import NO_DATA_REASONS, quantity, range_label
from s3geo.workspace import Workspace

__all__ = ["NO_DATA_FILL", "ClassTable", "LegendRow", "class_table"]

NO_DATA_FILL = "url(#s3geo-no-data)"
"""Fill of a region without a value: grey dots, never a colour of the scale."""


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
        One for each class, light to dark.
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

    @property
    def legend(self) -> list[LegendRow]:
        """Lines of the legend, lowest class first, "no data" last where there is any."""
        lows = (self.breaks.lower, *self.breaks.upper)[: self.breaks.k]
        lines = [
            LegendRow(colour, range_label(low, high, self.decimals), count)
            for colour, low, high, count in zip(self.colours, lows, self.breaks.upper, self.breaks.counts, strict=True)
        ]
        missing = self.rows.loc[self.rows["class"].isna(), "status"].value_counts()
        lines += [
            LegendRow(NO_DATA_FILL, f"No data: {_reason(status)}", int(count)) for status, count in missing.items()
        ]
        return lines

    @property
    def subtitle(self) -> str:
        """Unit and period."""
        return f"{self.unit[:1].upper()}{self.unit[1:]}, {self.period}"

    @property
    def method(self) -> str:
        """How the classes were made, in words."""
        note = f"; {self.breaks.note}" if self.breaks.note else ""
        return f"{SCHEMES[self.breaks.scheme]}, {self.breaks.k} classes{note}"


def class_table(
    ws: Workspace,
    indicator: str,
    period: str | None = None,
    *,
    geography: str = "lep",
    scheme: str = "quantiles",
    k: int = 5,
    upper: Sequence[float] | None = None,
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

    Returns
    -------
    ClassTable
        With one row for each region of the layer, in its order.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> table = class_table(open_workspace(), "gva_per_head")
    >>> len(table.rows), table.breaks.k
    (38, 5)
    """
    observed = ws.observations(indicator, period, geography).set_index("code")
    entry: dict[Any, Any] = ws.catalogue.loc[indicator].to_dict()
    breaks = classify(observed["value"], scheme, k, upper=upper)
    colours = sequential(breaks.k) if breaks.k else ()
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
    shown = str(observed["period"].iloc[0])
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
        england=ws.england(indicator, shown),
        attribution=ws.attribution(indicator, geography=geography),
        boundaries=ws.boundaries_label(geography),
    )


def _reason(status: object) -> str:
    return NO_DATA_REASONS.get(str(status), str(status))
