"""Two indicators on one map: which third each region is in, of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from s3geo.errors import UsageError
from s3geo.views.class_table import NO_DATA_FILL, ClassTable, LegendRow, class_table
from s3geo.views.palette import bivariate
from s3geo.views.wording import quantity
from s3geo.workspace import Workspace

__all__ = ["THIRDS", "BivariateTable", "bivariate_table"]

THIRDS = ("low", "middle", "high")
"""Classes of one indicator, in words."""


@dataclass(frozen=True, eq=False)
class BivariateTable:
    """Thirds of two indicators on one layer, nine classes together.

    Attributes
    ----------
    x, y : ClassTable
        Each indicator by itself, in thirds of the regions with a value (quantiles).
    rows : DataFrame
        Index code: name, class (Int64, ``3 * class_y + class_x``, <NA> where either has no value), fill, label.
    attribution : str
        Of both, each source once.
    """

    x: ClassTable
    y: ClassTable
    rows: pd.DataFrame
    attribution: str

    @property
    def geography(self) -> str:
        """Geography of both."""
        return self.x.geography

    @property
    def indicator(self) -> str:
        """Ids of both, joined."""
        return f"{self.x.indicator}+{self.y.indicator}"

    @property
    def vintage(self) -> str:
        """Vintage of the boundaries."""
        return self.x.vintage

    @property
    def boundaries(self) -> str:
        """Name and vintage of the boundaries."""
        return self.x.boundaries

    @property
    def period(self) -> str:
        """Periods of both."""
        return self.x.period if self.x.period == self.y.period else f"{self.x.period}, {self.y.period}"

    @property
    def title(self) -> str:
        """Both indicators."""
        return f"{self.x.title}, and {self.y.title[:1].lower() + self.y.title[1:]}"

    @property
    def subtitle(self) -> str:
        """Units and periods of both."""
        return f"{self.x.subtitle}; {self.y.subtitle[:1].lower() + self.y.subtitle[1:]}"

    @property
    def facts(self) -> str:
        """Line under the title: units, periods, England."""
        return f"{self.x.facts}. {self.y.facts}"

    @property
    def method(self) -> str:
        """How the classes were made, in words."""
        return "Thirds of the areas with a value, for each indicator"

    @property
    def status_note(self) -> str:
        """How many values are not as counted, in words."""
        return "; ".join(f"{table.title}: {table.status_note}" for table in (self.x, self.y) if table.status_note)

    def _repr_html_(self) -> str:
        from s3geo.views.standalone import notebook_html

        return notebook_html(self)

    def words(self, code: str) -> str:
        """Return the values of a region in words."""
        return f"{self.x.words(code)}\n{self.y.words(code)}"

    @property
    def legend(self) -> list[LegendRow]:
        """The nine classes, both low first, then "no data" where there is any."""
        counts = self.rows["class"].value_counts()
        lines = [
            LegendRow(colour, f"{THIRDS[i % 3]} and {THIRDS[i // 3]}", int(counts.get(i, 0)))
            for i, colour in enumerate(bivariate())
        ]
        missing = int(self.rows["class"].isna().sum())
        return [*lines, *([LegendRow(NO_DATA_FILL, "No data in one or both", missing)] if missing else [])]


def bivariate_table(
    ws: Workspace,
    x: str,
    y: str,
    *,
    period_x: str | None = None,
    period_y: str | None = None,
    geography: str = "lep",
) -> BivariateTable:
    """Classify two indicators together.

    Parameters
    ----------
    ws : Workspace
    x, y : str
        Ids in the catalogue; x turns the colour blue, y red.
    period_x, period_y : str, optional
        By default the catalogue's.
    geography : str

    Returns
    -------
    BivariateTable
        With one row for each region of the layer, in its order.

    Raises
    ------
    UsageError
        The same indicator twice, or one that ties so much that there are no thirds.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> table = bivariate_table(open_workspace(), "gva_per_head", "he_research_income_per_head")
    >>> sum(row.count for row in table.legend)
    38
    """
    if x == y:
        raise UsageError("A map of two indicators needs two different ones.")
    tables = [
        class_table(ws, indicator, period, geography=geography, scheme="quantiles", k=3)
        for indicator, period in ((x, period_x), (y, period_y))
    ]
    for table in tables:
        if table.breaks.k != 3:
            raise UsageError(f"{table.title}, {table.period}: too many equal values to make thirds of the areas.")
    first, second = tables
    classes = second.rows["class"] * 3 + first.rows["class"]
    colours = bivariate()
    labels = [f"{name}: {_value(first, code)}; {_value(second, code)}" for code, name in first.rows["name"].items()]
    rows = pd.DataFrame(
        {
            "name": first.rows["name"],
            "class": classes,
            "fill": [NO_DATA_FILL if pd.isna(c) else colours[int(c)] for c in classes],
            "label": labels,
        }
    )
    attribution = ws.attribution(x, y, geography=geography)
    return BivariateTable(first, second, rows, attribution)


def _value(table: ClassTable, code: object) -> str:
    row: dict[Any, Any] = table.rows.loc[str(code)].to_dict()
    if pd.isna(row["class"]):
        return f"{table.title} no data"
    return f"{table.title} {quantity(row['value'], table.unit, table.decimals)} ({THIRDS[int(row['class'])]})"
