"""``boundaries/datapackage.json``: what each file of a build is, where it comes from and on what terms."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from s3geo.model.provenance import LICENCES, NATURAL_EARTH_LINE, POSTCODE_LINES
from s3geo.settings import BNG

__all__ = ["ATTRIBUTION", "write_datapackage"]

ATTRIBUTION = (
    "Source: Office for National Statistics licensed under the Open Government Licence v.3.0. "
    "Contains OS data © Crown copyright and database right 2025. "
    "Contains Royal Mail data © Royal Mail copyright and database right 2025. "
    f"{NATURAL_EARTH_LINE}."
)
"""The line that every map and table built on these layers shows."""

_Field = dict[str, Any]

_AREA_FIELDS: list[_Field] = [
    {"name": "code", "type": "string", "description": "GSS code of the area"},
    {"name": "name", "type": "string", "description": "Official name"},
    {"name": "easting", "type": "integer", "unit": "m",
     "description": "Easting of the postcode-weighted centre: the unweighted mean of all postcodes of the area"},
    {"name": "northing", "type": "integer", "unit": "m", "description": "Northing of the same centre"},
    {"name": "postcodes", "type": "integer", "unit": "count",
     "description": "Postcodes of the area with a grid reference, live and terminated"},
    {"name": "geometry", "type": "geometry", "unit": "m",
     "description": "Polygon or MultiPolygon, well-known binary (GeoParquet)"},
]  # fmt: skip

_TITLES = {
    "lep_2021-05.parquet": ("Local Enterprise Partnerships of May 2021; they overlap", "2021-05"),
    "lad_2023-04.parquet": ("Local authority districts of April 2023; a coverage", "2023-04"),
    "county_2023-04.parquet": ("Counties and unitary authorities of April 2023", "2023-04"),
    "region_2023-04.parquet": ("Regions of England, April 2023", "2023-04"),
    "combined_authority_2025-05.parquet": ("Combined authorities of May 2025; they do not cover England", "2025-05"),
    "land.parquet": ("Neighbouring land, as a backdrop without data", "2018"),
    "membership.csv": ("Which district lies in which area; a district can lie in two LEPs", "2023-04"),
    "district_codes.csv": (
        "Codes of districts from 2016 to 2025 that lie wholly in one district of April 2023",
        "2025",
    ),
}

_FIELDS: dict[str, list[_Field]] = {
    "land.parquet": [
        {"name": "name", "type": "string", "description": "Country"},
        {"name": "geometry", "type": "geometry", "unit": "m", "description": "Polygon or MultiPolygon (GeoParquet)"},
    ],
    "membership.csv": [
        {"name": "district", "type": "string", "description": "GSS code of the district, April 2023"},
        {"name": "geography", "type": "string", "description": "lep, region, county or combined_authority"},
        {"name": "vintage", "type": "string", "description": "Year and month of the area's codes"},
        {"name": "region", "type": "string", "description": "GSS code of the area the district belongs to"},
        {"name": "share", "type": "number", "unit": "1", "description": "Part of the district that belongs to it, 0-1"},
        {"name": "source", "type": "string", "description": "Name of the source below"},
    ],
    "district_codes.csv": [
        {"name": "code", "type": "string", "description": "Older or newer GSS code of a district or part of it"},
        {"name": "name", "type": "string", "description": "Name under that code"},
        {"name": "district", "type": "string", "description": "GSS code of the district, April 2023"},
        {"name": "year_from", "type": "year", "description": "Year from which the newer of the two codes is in force"},
        {"name": "note", "type": "string", "description": "What happened"},
    ],
}  # fmt: skip

_GEOPORTAL = "https://geoportal.statistics.gov.uk/"


def _ons(name: str, title: str, version: str) -> dict[str, str]:
    return {
        "name": name,
        "title": title,
        "publisher": "Office for National Statistics",
        "version": version,
        "licence": "OGL-UK-3.0",
        "path": _GEOPORTAL,
    }


_SOURCES = [
    _ons("ons-postcode-directory", "ONS Postcode Directory (postcode, grid reference, district)", "November 2025"),
    _ons("ons-lep-2021", "Local authority districts to Local Enterprise Partnerships, by overlay of the ONS "
         "boundaries of May 2021 and carried to the districts of April 2023", "May 2021"),
    _ons("ons-region-2023", "Local authority districts to regions in England", "April 2023"),
    _ons("ons-upper-tier-2021", "Lower tier to upper tier local authorities; counties that became unitary since "
         "are areas of their own", "April 2021, carried to April 2023"),
    _ons("ons-combined-authority-2025", "Local authority districts to combined authorities in England", "May 2025"),
    _ons("ons-code-changes", "Changes of area codes", "2014-2025"),
    {
        "name": "natural-earth",
        "title": "Natural Earth, Admin 0 countries, 1:10 million",
        "publisher": "Natural Earth",
        "version": "4.1.0",
        "licence": "public-domain",
        "path": "https://www.naturalearthdata.com/",
    },
]  # fmt: skip

_METHOD = (
    "Districts are the joined Voronoi cells of the postcodes of Great Britain, clipped to the coast of Natural Earth "
    "with the ground around postcodes beyond it; the cells of Wales and Scotland end England. Small enclosed pieces "
    "join their neighbour. The coverage is noded on whole metres and simplified as one, so districts have neither "
    "gaps nor overlaps; every other area is the union of its districts. Postcodes of November 2025 are used with the "
    "districts of April 2023 (Barnsley and Sheffield, which exchanged a piece of border in 2025, excepted). Borders "
    "are approximations, good for maps and statistics of areas, not for addresses or legal questions."
)


def write_datapackage(folder: Path) -> Path:
    """Describe the files of a build beside them.

    Parameters
    ----------
    folder : Path
        Folder that holds the layers and tables.

    Returns
    -------
    Path
        The file written; the same files give the same bytes.
    """
    package = {
        "profile": "data-package",
        "name": "s3geo-boundaries",
        "title": "Boundaries of England built from open postcodes",
        "version": "2025.11",
        "description": _METHOD,
        "attribution": ATTRIBUTION,
        "attributions": [*POSTCODE_LINES, NATURAL_EARTH_LINE],
        "licenses": [_licence("OGL-UK-3.0"), _licence("public-domain")],
        "sources": _SOURCES,
        "resources": [_resource(folder / name) for name in _TITLES],
    }
    file = folder / "datapackage.json"
    file.write_text(json.dumps(package, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    return file


def _resource(file: Path) -> dict[str, Any]:
    title, vintage = _TITLES[file.name]
    content = file.read_bytes()
    layer = file.suffix == ".parquet"
    resource: dict[str, Any] = {
        "name": file.stem.replace("_", "-"),
        "path": file.name,
        "title": title,
        "vintage": vintage,
        "format": file.suffix[1:],
        "mediatype": "application/vnd.apache.parquet" if layer else "text/csv",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "sha256": hashlib.sha256(content).hexdigest(),
        "schema": {"fields": _FIELDS.get(file.name, _AREA_FIELDS)},
    }
    return resource | ({"crs": BNG} if layer else {"encoding": "utf-8"})


def _licence(identifier: str) -> dict[str, str]:
    licence = LICENCES[identifier]
    return {"name": licence.id, "title": licence.title, "path": licence.url}
