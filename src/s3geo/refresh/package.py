"""Writing ``data/``: the tables, and ``datapackage.json`` that says what they are."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd

from s3geo.model.catalogue import Catalogue, Source
from s3geo.model.evidence import (
    LINK_COLUMNS,
    LINK_SOURCES,
    PARTICIPATION_COLUMNS,
    SECTOR_COLUMNS,
    SECTOR_NAME_COLUMNS,
    SECTOR_TABLES,
)
from s3geo.model.provenance import LICENCES
from s3geo.model.schemas import OBSERVATION_COLUMNS, ORGANISATION_COLUMNS

__all__ = ["describe", "write_table"]

NUMBERS = {
    "value", "lower", "upper", "numerator", "denominator", "easting", "northing", "ref_fte", "ref_4star_share",
}  # fmt: skip
COUNTS = {"n_projects", "first_year", "last_year", "start_year"}
COLUMNS = {
    "observations.parquet": OBSERVATION_COLUMNS,
    "organisations.parquet": ORGANISATION_COLUMNS,
    "sectors.parquet": SECTOR_COLUMNS,
    "sector_names.csv": SECTOR_NAME_COLUMNS,
    "links.parquet": LINK_COLUMNS,
    "participations.parquet": PARTICIPATION_COLUMNS,
}
TITLES = {
    "catalogue.toml": "What each indicator counts, and its sources",
    "observations.parquet": "Figures by indicator, geography, area and period",
    "organisations.parquet": "Universities, research organisations, NHS trusts and companies with their place",
    "sectors.parquet": "Jobs, enterprises and gross value added by sector, in three classifications",
    "sector_names.csv": "Names of the sectors, and the sections of SIC 2007 they belong to",
    "links.parquet": "Pairs of organisations that share projects",
    "participations.parquet": "Participations of UK organisations in Horizon 2020 projects starting 2014 to 2018",
}
CAVEATS = {
    "sectors.parquet": " ".join(f"{table.id}: {table.caveat}" for table in SECTOR_TABLES.values()),
    "links.parquet": " ".join(f"{source.id}: {source.caveat}" for source in LINK_SOURCES.values()),
    "participations.parquet": "All UK participations; organisations that joined after July 2017 have no name.",
}
"""What must be known before a table is used."""


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a table so that the same table gives the same bytes.

    Parameters
    ----------
    frame : DataFrame
        Columns of text, numbers and whole numbers.
    path : Path
        The file: Parquet, or CSV by its name.
    """
    if path.suffix == ".csv":
        frame.to_csv(path, index=False, lineterminator="\n")
        return
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = dict.fromkeys(NUMBERS, pa.float64()) | dict.fromkeys(COUNTS, pa.int32())
    types = [(name, kinds.get(name, pa.string())) for name in frame.columns]
    table = pa.Table.from_pandas(frame, schema=pa.schema(types), preserve_index=False).replace_schema_metadata(None)
    pq.write_table(table, path, compression="zstd", compression_level=9, use_dictionary=True)


def _type(column: str) -> str:
    """Type of a column in the words of a data package."""
    return "number" if column in NUMBERS else "integer" if column in COUNTS else "string"


def _licence(identifier: str) -> dict[str, str]:
    licence = LICENCES[identifier]
    return {"name": licence.id, "title": licence.title, "path": licence.url}


def _source(source: Source) -> dict[str, str]:
    return {
        "name": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "version": source.edition,
        "licence": source.licence,
        "attribution": source.attribution,
        "path": source.url,
    }


def describe(folder: Path, catalogue: Catalogue, files: dict[str, set[str]]) -> str:
    """Write the data package of a folder.

    Parameters
    ----------
    folder : Path
        Where the files lie.
    catalogue : Catalogue
        For sources and licences.
    files : dict of str to set of str
        File names and the sources each rests on.

    Returns
    -------
    str
        JSON, the same for the same files.
    """
    resources: list[dict[str, Any]] = []
    for name, sources in files.items():
        content = (folder / name).read_bytes()
        resource: dict[str, Any] = {
            "name": Path(name).stem,
            "title": TITLES[name],
            "path": name,
            "format": Path(name).suffix[1:],
            "bytes": len(content),
            "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
            "sources": sorted(sources),
            "licenses": sorted({catalogue.source[source].licence for source in sources}),
        }
        if name in CAVEATS:
            resource["description"] = CAVEATS[name]
        if name in COLUMNS:
            fields = [
                {"name": column, "type": _type(column), "description": text} for column, text in COLUMNS[name].items()
            ]
            resource["schema"] = {"fields": fields}
        resources.append(resource)
    used = sorted(set().union(*files.values()))
    package = {
        "profile": "data-package",
        "name": "s3geo-data",
        "title": "Innovation indicators, sectors, organisations and links of England, compiled by s3geo",
        "description": "Compiled from the published tables named under sources; not official statistics.",
        "licenses": [_licence(name) for name in sorted({catalogue.source[source].licence for source in used})],
        "sources": [_source(catalogue.source[name]) for name in used],
        "resources": resources,
    }
    return json.dumps(package, indent=1, ensure_ascii=False) + "\n"
