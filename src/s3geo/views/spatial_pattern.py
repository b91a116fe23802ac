"""Where like values adjoin: local Moran as a class table, and Moran's I of the whole map in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from s3geo.errors import DataError
from s3geo.statistics.autocorrelation import Moran, local_moran, moran
from s3geo.statistics.classify import Breaks
from s3geo.views.class_table import NO_DATA_FILL, ClassTable, LegendRow, class_table
from s3geo.views.wording import counted, number, quantity
from s3geo.workspace import GEOGRAPHIES, Workspace

__all__ = ["CLUSTERS", "LEVEL", "PatternTable", "pattern_table"]

LEVEL = 0.05
"""False discovery rate of the clusters, and size of the test of the whole map."""

CLUSTERS: dict[str, tuple[str, str]] = {
    "high-high": ("#0b4f58", "High among high"),
    "low-low": ("#6e3a0c", "Low among low"),
    "high-low": ("#62b3ad", "High among low"),
    "low-high": ("#dda55e", "Low among high"),
    "not significant": ("#eceae4", "Not significant"),
    "no neighbours": ("#b9c0c7", "No neighbours"),
}
"""What an area can be, with its fill and its words in the legend."""

_FEW = 100  # areas below which the tests have little power


@dataclass(frozen=True, eq=False, kw_only=True)
class PatternTable(ClassTable):
    """A class table of local clusters.

    Attributes
    ----------
    found : DataFrame
        Index code: value, I, p (two-sided), q, quadrant, significant as `s3geo.statistics.local_moran` returns them;
        cluster (key of `CLUSTERS`, or "no data").
    whole : Moran
        Of the whole map.
    neighbours : dict of str to list of str
        Who counts as a neighbour of whom.
    """

    found: pd.DataFrame
    whole: Moran
    neighbours: dict[str, list[str]]

    @property
    def legend(self) -> list[LegendRow]:
        """The four kinds of cluster and "not significant", always; what else there is."""
        counts = self.found["cluster"].value_counts()
        lines = [
            LegendRow(fill, words, int(counts.get(cluster, 0)))
            for cluster, (fill, words) in CLUSTERS.items()
            if cluster != "no neighbours" or cluster in counts.index
        ]
        missing = int(counts.get("no data", 0))
        return [*lines, *([LegendRow(NO_DATA_FILL, "No data", missing)] if missing else [])]

    @property
    def method(self) -> str:
        """How the clusters were found, in words."""
        return (
            "Local Moran, 9,999 shuffles, two-sided, Benjamini–Hochberg at 5 %; "
            "an area's value and its neighbours' mean, beside the mean of all"
        )

    @property
    def clusters(self) -> pd.DataFrame:
        """The areas that stand out: name, cluster in words, value in words, q; the surest first."""
        held = self.found[self.found["significant"]].sort_values(["q", "p"], kind="stable")
        return pd.DataFrame(
            {
                "name": self.rows["name"].reindex(held.index),
                "cluster": [CLUSTERS[str(cluster)][1] for cluster in held["cluster"]],
                "value": [self.words(str(code)) for code in held.index],
                "q": held["q"],
            }
        )

    @property
    def sentence(self) -> str:
        """What the whole map says, in plain words."""
        found = self.whole
        numbers = (
            f"Moran's I {number(found.I, 2)}; {number(found.expected, 3)} is expected without any pattern; "
            f"two-sided {_p_words('p', found.p)}; {counted(found.n, 'area')}."
        )
        if not found.p <= LEVEL:
            return f"No pattern over the whole map can be told from chance. {numbers}"
        if found.expected < found.I:
            return f"Neighbours are more alike than chance would make them. {numbers}"
        return f"Neighbours differ more than chance would make them. {numbers}"

    @property
    def warning(self) -> str:
        """What must be known before anything is concluded."""
        survivors = int(self.found["significant"].sum())
        verb = "stands" if survivors == 1 else "stand"
        words = [
            f"{survivors} of {counted(self.whole.n, 'area')} {verb} out after correction for {self.whole.n} tests."
        ]
        if self.whole.n < _FEW:
            words.append(
                f"With {self.whole.n} areas the tests have little power: expect few survivors or none. "
                "“Not significant” does not mean that there is no pattern, and a p near 0.05 decides nothing."
            )
        words.append("Exploratory: other borders, or another rule of who is a neighbour, can give another picture.")
        if self.geography == "lep":
            words.append("LEPs that share a district share its figures too, which makes them more alike.")
        return " ".join(words)

    def standing(self, code: str) -> str:
        """Return what the local statistic says of one area, in words."""
        row: dict[Any, Any] = self.found.loc[code].to_dict()
        if row["cluster"] == "no data":
            return "No data."
        if row["cluster"] == "no neighbours":
            return "No neighbour has data: nothing is said of this area."
        around = self._around(code)
        numbers = (
            f"local I {number(row['I'], 2)}, {_p_words('p', row['p'])}, {_p_words('q', row['q'])} after correction"
        )
        beside = f"mean of its {around} {quantity(self.lag(code), self.unit, self.decimals)}"
        if row["significant"]:
            return f"{CLUSTERS[str(row['cluster'])][1]}: {beside}; {numbers}."
        return f"Not significant: {beside}; {numbers}."

    @property
    def mean(self) -> float:
        """Mean of the areas with data and neighbours, from which high and low are measured; not England's value."""
        return float(self.rows["value"].drop(list(self.whole.without_neighbours)).mean())

    def lag(self, code: str) -> float:
        """Return the mean of the neighbours that have data."""
        return float(self.rows["value"].reindex(self.neighbours[code]).mean())

    def _around(self, code: str) -> str:
        return counted(int(self.rows["value"].reindex(self.neighbours[code]).notna().sum()), "neighbour")


def pattern_table(
    ws: Workspace, indicator: str, period: str | None = None, *, geography: str = "lep", seed: int = 0
) -> PatternTable:
    """Find the local clusters of an indicator.

    Parameters
    ----------
    ws : Workspace
    indicator : str
        Id in the catalogue.
    period : str, optional
        By default the catalogue's.
    geography : str
        Key of `s3geo.workspace.GEOGRAPHIES`.
    seed : int
        Of the 9,999 shuffles.

    Returns
    -------
    PatternTable
        With one row for each region of the layer, in its order; classes are the places in `CLUSTERS`.

    Raises
    ------
    DataError
        Fewer than four areas with data and a neighbour, or all values equal.

    Notes
    -----
    `s3geo.statistics.local_moran` and `moran` with the neighbours of the workspace; what is not significant after
    Benjamini and Hochberg at 5 % is "not significant" whatever its quadrant.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> table = pattern_table(open_workspace(), "gva_per_head")
    >>> table.whole.n, sum(row.count for row in table.legend)
    (38, 38)
    """
    base = class_table(ws, indicator, period, geography=geography)
    values, near = base.rows["value"].astype(float), ws.neighbours(geography)
    try:
        found, whole = local_moran(values, near, seed=seed), moran(values, near)
    except DataError as error:
        places = GEOGRAPHIES[geography].plural
        raise DataError(f"No spatial pattern of {base.title}, {base.period}, for {places}. {error}") from error
    aside = found["quadrant"].isin(["no neighbours", "no data"])
    cluster = found["quadrant"].where(found["significant"] | aside, "not significant")
    order = list(CLUSTERS)
    classes = pd.Series([order.index(c) if c in CLUSTERS else pd.NA for c in cluster], values.index, dtype="Int64")
    labels = [
        label if kind == "no data" else f"{name}: {base.words(str(code))}, {CLUSTERS[kind][1].lower()}{_q(q)}"
        for code, name, label, kind, q in zip(
            values.index, base.rows["name"], base.rows["label"], cluster, found["q"], strict=True
        )
    ]
    rows = base.rows.assign(
        **{"class": classes},
        fill=[CLUSTERS[c][0] if c in CLUSTERS else NO_DATA_FILL for c in cluster],
        label=labels,
    )
    return PatternTable(
        indicator=base.indicator,
        geography=base.geography,
        vintage=base.vintage,
        period=base.period,
        title=f"{base.title}: spatial pattern",
        unit=base.unit,
        decimals=base.decimals,
        breaks=Breaks("manual", (), float("nan"), (), float("nan")),
        colours=(),
        rows=rows,
        england=base.england,
        attribution=base.attribution,
        boundaries=base.boundaries,
        found=found.assign(value=values, cluster=cluster),
        whole=whole,
        neighbours=near,
    )


def _p_words(letter: str, p: float) -> str:
    return f"{letter} < 0.001" if p < 0.001 else f"{letter} = {number(p, 3)}"


def _q(q: float) -> str:
    return "" if pd.isna(q) else f" ({_p_words('q', q)})"
