"""The data dictionary: ``docs/data.md`` is made from the catalogue, so that the two cannot differ."""

from __future__ import annotations

from s3geo.model.catalogue import ACTORS, DIMENSIONS, STATUSES, Catalogue, Indicator
from s3geo.model.evidence import (
    LINK_COLUMNS,
    LINK_SOURCES,
    PARTICIPATION_COLUMNS,
    SECTOR_COLUMNS,
    SECTOR_NAME_COLUMNS,
    SECTOR_TABLES,
)
from s3geo.model.provenance import POSTCODE_LINES
from s3geo.model.schemas import OBSERVATION_COLUMNS, ORGANISATION_COLUMNS

__all__ = ["data_dictionary"]

INTERVALS = {
    "none": "none is known",
    "survey": "95 %, from the sampling error that the survey publishes",
    "binomial": "95 %, Wilson's interval from the two counts",
    "poisson": "95 %, natural variation of the count (exact below 10, Byar's approximation from 10); no verdict",
}
DECIMALS = ("whole numbers", "one decimal", "two decimals", "three decimals")
DIRECTIONS = {
    "higher_is_better": "higher is better",
    "lower_is_better": "lower is better",
    "neutral": "neither high nor low is better",
}


def _entry(indicator: Indicator, catalogue: Catalogue) -> list[str]:
    """Section of one indicator."""
    sources = catalogue.sources_of(indicator.id)
    periods = indicator.periods
    shown = ", ".join(periods) if len(periods) <= 3 else f"{periods[0]} to {periods[-1]} ({len(periods)} periods)"
    facts = [
        ("Counts", indicator.numerator),
        ("Over", indicator.denominator or "nothing"),
        ("Unit", f"{indicator.unit}, shown to {DECIMALS[indicator.decimals]}, {DIRECTIONS[indicator.direction]}"),
        ("Formula", indicator.formula),
        ("Period", f"{indicator.period}; available: {shown}"),
        ("Kind", indicator.kind),
        ("Interval", INTERVALS[indicator.uncertainty]),
        ("Overlaps and England", indicator.overlap),
        ("Mind", indicator.caveat),
        ("Sources", "; ".join(f"[{source.title}](#source-{source.id.replace('_', '-')})" for source in sources)),
    ]
    return [f"#### {indicator.label}", "", f"`{indicator.id}`", "", *(f"- **{k}:** {v}" for k, v in facts), ""]


def _table(columns: dict[str, str]) -> list[str]:
    """Table of columns."""
    return [
        "| Column | What it holds |",
        "|---|---|",
        *(f"| `{name}` | {text} |" for name, text in columns.items()),
        "",
    ]


def _evidence() -> list[str]:
    """Sections of the tables of sectors and links."""
    lines = ["### `data/sectors.parquet`", "", *_table(SECTOR_COLUMNS)]
    lines += ["Three classifications, which overlap and are never added together:", ""]
    lines += [
        f"- `{table.id}`: {table.label.casefold()} ({table.classification}), in {table.unit}; "
        f"{', '.join(table.geographies)}. {table.caveat}"
        for table in SECTOR_TABLES.values()
    ]
    lines += ["", "### `data/sector_names.csv`", "", *_table(SECTOR_NAME_COLUMNS)]
    lines += ["### `data/links.parquet`", "", *_table(LINK_COLUMNS)]
    lines += [f"- `{link.id}`: {link.label} ({link.period}). {link.caveat}" for link in LINK_SOURCES.values()]
    return [*lines, "", "### `data/participations.parquet`", "", *_table(PARTICIPATION_COLUMNS)]


def data_dictionary(catalogue: Catalogue) -> str:
    """Write the data dictionary.

    Parameters
    ----------
    catalogue : Catalogue
        All indicators and sources.

    Returns
    -------
    str
        Markdown: the grid, every indicator, every source, the columns of the tables.
    """
    lines = [
        "# Data",
        "",
        "This page is made from `data/catalogue.toml` by `s3geo.model.dictionary`; do not edit it by hand.",
        "",
        f"{len(catalogue.ids)} indicators in a grid of three actors and three dimensions. The selection, and the cell",
        "in which each indicator stands, are our own. Figures are compiled from the publishers' tables named below;",
        "they are not official statistics of Local Enterprise Partnerships. Seven districts lie in two of these",
        "partnerships and count fully in both; England's own figure comes from England's totals.",
        "",
        "| | " + " | ".join(DIMENSIONS) + " |",
        "|---|" + "---|" * len(DIMENSIONS),
    ]
    indicators = list(catalogue.indicator.values())
    for actor in ACTORS:
        cells = [
            ", ".join(i.short_label for i in indicators if (i.actor, i.dimension) == (actor, dimension))
            for dimension in DIMENSIONS
        ]
        lines.append(f"| **{actor}** | " + " | ".join(cells) + " |")
    lines += ["", "## Indicators", ""]
    for actor in ACTORS:
        for dimension in DIMENSIONS:
            lines += [f"### {actor.capitalize()}: {dimension}", ""]
            for indicator in indicators:
                if (indicator.actor, indicator.dimension) == (actor, dimension):
                    lines += _entry(indicator, catalogue)
    lines += ["## Tables", "", "### `data/observations.parquet`", "", *_table(OBSERVATION_COLUMNS)]
    lines += ["| Status | Meaning |", "|---|---|", *(f"| `{name}` | {text} |" for name, text in STATUSES.items()), ""]
    lines += ["### `data/organisations.parquet`", "", *_table(ORGANISATION_COLUMNS)]
    lines += _evidence()
    lines += ["## Sources", ""]
    for source in sorted(catalogue.source.values(), key=lambda source: source.id):
        lines += [
            f'<a id="source-{source.id.replace("_", "-")}"></a>',
            "",
            f"### {source.title}",
            "",
            f"- **Publisher:** {source.publisher}"
            + (f"; compiled by {source.compiled_by}" if source.compiled_by else ""),
            f"- **Dataset:** {source.dataset}; {source.edition}",
            f"- **Licence:** [{source.licence_title}]({source.licence_url})",
            f"- **Credit:** {source.attribution}",
            f"- **Publisher's page:** <{source.url}>",
            *([f"- **Mind:** {source.note}"] if source.note else []),
            "",
        ]
    lines += ["Everything that rests on postcodes also shows:", "", *(f"- {line}" for line in POSTCODE_LINES)]
    return "\n".join(lines) + "\n"
