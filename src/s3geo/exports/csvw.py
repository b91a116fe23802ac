"""What the columns of a CSV mean, for machines: metadata as the W3C's *CSV on the Web* has them."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from s3geo.exports.about import About

__all__ = ["COLUMNS", "csvw"]

COLUMNS: dict[str, tuple[str, str]] = {
    "code": ("Code of the area", "GSS code of the Office for National Statistics"),
    "name": ("Area", ""),
    "geography": ("Geography", "lep, lad, county, region, combined_authority; country for England's own row"),
    "vintage": ("Boundary vintage", "Year and month of the boundaries"),
    "indicator": ("Indicator", "Id in the catalogue of s3geo"),
    "table": ("Table of sectors", "Id in s3geo"),
    "sector": ("Sector", "Code in the classification of the table"),
    "label": ("What is shown", ""),
    "period": ("Period", "As the source states it"),
    "value": ("Value", "In the unit of the same row; empty where there is none, never 0"),
    "unit": ("Unit", ""),
    "lower": ("Lower limit", "Of the 95 % interval, in the unit of the value; empty where no interval is known"),
    "upper": ("Upper limit", "Of the 95 % interval, in the unit of the value; empty where no interval is known"),
    "status": (
        "Status of the value",
        (
            "value, rounded or estimated; where there is none: suppressed, not_collected, not_comparable, "
            "no_institution; of sectors none_in_england, not_known"
        ),
    ),
    "class": ("Class on the map", "1 is the lowest"),
    "rank": ("Rank", "1 is best; of a neutral indicator, the highest"),
    "count": ("Count", "In the unit of the same row"),
    "count_unit": ("Unit of the count", ""),
    "share": ("Share of the sector", "% of the count of the area"),
    "lq": ("Location quotient", "Share in the area divided by the share in England"),
    "local_i": ("Local Moran's I", "Above 0: like its neighbours; below 0: unlike them"),
    "p": ("p", "Two-sided, from 9,999 shuffles"),
    "q": ("q", "p adjusted by Benjamini and Hochberg over the areas with neighbours"),
    "quadrant": ("Quadrant", "Value and neighbours' mean beside the mean of all, significant or not"),
    "cluster": ("Cluster", "The quadrant where q is at most 0.05, else not significant; no neighbours, no data"),
    "specialised": ("Specialised", "By the full rule of s3geo"),
    "actor": ("Actor", "research, business or environment"),
    "dimension": ("Dimension", "funding, talent or outputs"),
    "n": ("Areas with a value", ""),
    "percentile": ("Percentile", "Share of the others that the area does at least as well as, 0 to 100"),
    "england": ("England's value", "In the unit of the same row"),
    "verdict": ("Beside England", "higher, similar or lower, only where an interval allows it"),
    "text": ("In words", ""),
    "source": ("Source", "Words of credit that must go with the figures"),
    "licence": ("Licence", ""),
    "data_version": ("Data version", ""),
    "method_version": ("Method version", ""),
    "permalink": ("Where to find it again", ""),
}
"""Title and meaning of each column that s3geo writes."""

_LISTED = 5  # different units that a note names


def csvw(table: pd.DataFrame, name: str, said: About) -> str:
    """Return the metadata of a CSV file.

    Parameters
    ----------
    table : DataFrame
        What the file holds; the index is not written.
    name : str
        Of the file, "figures.csv": the metadata belong beside it as ``figures.csv-metadata.json``.
    said : About

    Returns
    -------
    str
        JSON after https://www.w3.org/TR/tabular-metadata/: url, dialect, columns with titles and datatypes, source,
        licence; units, boundaries and caveats as notes.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> from s3geo.exports import about, figures_table
    >>> from s3geo.views.class_table import class_table
    >>> ws = open_workspace(); shown = class_table(ws, "gva_per_head"); said = about(ws, shown)
    >>> json.loads(csvw(figures_table(ws, shown, said), "gva.csv", said))["url"]
    'gva.csv'
    """
    units = list(dict.fromkeys(table["unit"])) if "unit" in table else []
    notes = [f"Unit: {'; '.join(map(str, units))}"] if 0 < len(units) <= _LISTED else []
    notes += [
        f"Boundaries: {said.boundaries}",
        f"Classes: {said.method}",
        *(f"Caveat: {text}" for text in said.caveats),
    ]
    notes.append(f"Method: s3geo {said.method_version}; data {said.data_version}; {said.permalink}")
    keys = [key for key in ("code", "indicator", "table", "sector", "period") if key in table]
    unique = bool(keys) and not table.duplicated(keys).any()
    metadata: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": name,
        "dc:title": said.title,
        "dc:description": said.facts,
        "dc:source": said.source,
        "dc:license": [{"@id": licence.url} for licence in said.licences if licence.url],
        "dc:created": {"@value": said.made.isoformat(), "@type": "xsd:date"},
        "dialect": {"encoding": "utf-8", "delimiter": ",", "quoteChar": '"', "doubleQuote": True, "header": True},
        "tableSchema": {
            "columns": [_column(str(column), table[column]) for column in table.columns],
            **({"primaryKey": keys} if unique else {}),
        },
        "notes": notes,
    }
    return json.dumps(metadata, indent=1, ensure_ascii=False) + "\n"


def _column(name: str, values: pd.Series) -> dict[str, Any]:
    title, meaning = COLUMNS.get(name, (name, ""))
    column: dict[str, Any] = {"name": name, "titles": [name, title] if title != name else [name]}
    if meaning:
        column["dc:description"] = meaning
    column["datatype"] = _datatype(values)
    column["required"] = bool(values.notna().all())
    return column


def _datatype(values: pd.Series) -> Any:
    if pd.api.types.is_bool_dtype(values):
        return {"base": "boolean", "format": "True|False"}
    if pd.api.types.is_integer_dtype(values):
        return "integer"
    return "number" if pd.api.types.is_float_dtype(values) else "string"
