"""The partners of a region on a map: shaded by their score, the rest dimmed, an arc to each as wide as its score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from s3geo.statistics.classify import classify
from s3geo.views.class_table import NO_DATA_FILL, ClassTable, LegendRow
from s3geo.views.overlay import shown_at
from s3geo.views.palette import sequential
from s3geo.views.wording import number, rank_label
from s3geo.workspace import Workspace

__all__ = ["PartnerTable", "partner_arcs", "partner_table"]

DIMMED = "#e3e6e8"
"""Fill of the regions that are not among the partners shown."""
ORIGIN = "#a23b1d"
"""Fill of the region that looks for partners."""
_NARROWEST = 45.0
_BOUNDS = (50.0, 60.0, 70.0, 80.0, 100.0)


@dataclass(frozen=True, eq=False, kw_only=True)
class PartnerTable(ClassTable):
    """A class table of scores; those not among the partners shown are dimmed.

    Attributes
    ----------
    origin : str
        Code of the region that looks for partners.
    partners : tuple of str
        Codes of the partners shown, best first.
    """

    origin: str
    partners: tuple[str, ...]

    @property
    def outlined(self) -> frozenset[str]:
        """Regions with a dark outline: the partners shown."""
        return frozenset(self.partners)

    @property
    def legend(self) -> list[LegendRow]:
        """Classes of the score with the partners shown in each, then the others."""
        shown = self.rows.loc[list(self.partners), "class"]
        lows = (0.0, *_BOUNDS)
        lines = [
            LegendRow(colour, f"{low:.0f} – {high:.0f}", int((shown == i).sum()))
            for i, (colour, low, high) in enumerate(zip(self.colours, lows, _BOUNDS, strict=False))
        ]
        lines = [line for line in lines if line.count]
        unknown = int(self.rows["class"].isna().sum()) - 1
        lines.append(LegendRow(ORIGIN, str(self.rows.at[self.origin, "name"]), 1))
        rest = len(self.rows) - 1 - len(self.partners) - unknown
        if rest:
            lines.append(LegendRow(DIMMED, "Not among those shown", rest))
        if unknown:
            lines.append(LegendRow(NO_DATA_FILL, "Not enough data", unknown))
        return lines

    @property
    def facts(self) -> str:
        """Line under the title."""
        return self.subtitle

    @property
    def method(self) -> str:
        """How the score is made, in words."""
        return "Mean of percent ranks, 0 to 100; the wider an arc, the higher the score"


def partner_table(
    ws: Workspace, code: str, every: pd.DataFrame, shown: pd.DataFrame, *, geography: str, words: str, credit: str
) -> PartnerTable:
    """Return the class table behind the map of partners.

    Parameters
    ----------
    ws : Workspace
    code : str
        Region that looks for partners.
    every, shown : DataFrame
        `s3geo.partners` with ``n=None``, and those that are shown.
    geography : str
    words : str
        What strengths are counted in, with the years.
    credit : str
        Source and licence.
    """
    index, names = ws.layer(geography).index, ws.names(geography)
    values = every["score"].reindex(index)
    breaks = classify(values, "manual", upper=_BOUNDS)
    colours = sequential(len(_BOUNDS))
    classes = breaks.assign(values)
    n = int(values.notna().sum())

    def fill(place: str) -> str:
        if place == code:
            return ORIGIN
        if np.isnan(values[place]):
            return NO_DATA_FILL
        return colours[int(classes[place])] if place in shown.index else DIMMED

    def label(place: str) -> str:
        if place == code:
            return f"{names[place]}: looks for partners"
        if np.isnan(values[place]):
            return f"{names[place]}: not enough data"
        told = (
            f"{names[place]}: score {number(values[place], 0)}, {rank_label(every['rank'][place], n)}, "
            f"{number(every['distance_km'][place], 0)} km"
        )
        return told if place in shown.index else f"{told}, not among those shown"

    rows = pd.DataFrame(
        {
            "name": names,
            "value": values,
            "status": ["value" if pd.notna(v) else "not_collected" for v in values],
            "class": classes,
            "fill": [fill(str(place)) for place in index],
            "label": [label(str(place)) for place in index],
        },
        index=index,
    )
    return PartnerTable(
        indicator=f"partners_{code}",
        geography=geography,
        vintage=ws.vintage(geography),
        period=words,
        title=f"Partners of {names[code]}",
        unit="score, 0 to 100",
        decimals=0,
        breaks=breaks,
        colours=colours,
        rows=rows,
        england=float("nan"),
        attribution=credit,
        boundaries=ws.boundaries_label(geography),
        origin=code,
        partners=tuple(str(place) for place in shown.index),
    )


def partner_arcs(ws: Workspace, code: str, shown: pd.DataFrame, geography: str) -> dict[str, Any]:
    """Return the arcs from a region to the partners shown, as ``overlays.js`` draws them.

    Their widths tell the scores from `_NARROWEST` up, below which hardly any of the first partners lies.
    """
    codes = (code, *(str(place) for place in shown.index))
    centres = dict(zip(codes, shown_at(ws, geography, codes), strict=True))
    widths = (shown["score"] - _NARROWEST).clip(lower=2).round(1)
    return {"centres": centres, "links": {code: [[str(p), float(w)] for p, w in widths.items()]}}
