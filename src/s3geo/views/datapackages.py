"""What ``boundaries/`` and ``data/`` hold and whose it is, as their ``datapackage.json`` says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from s3geo.errors import DataError
from s3geo.model.provenance import LICENCES, NATURAL_EARTH_LINE, ONS_BOUNDARY_LINES, POSTCODE_LINES
from s3geo.settings import bundled
from s3geo.workspace import Workspace

__all__ = ["FOLDERS", "DescribedFile", "described_files", "sources_in_use"]

FOLDERS = ("data", "boundaries")
"""Folders that travel with s3geo, each with a ``datapackage.json``."""


@dataclass(frozen=True)
class DescribedFile:
    """One file: its path in the package, what it is, what must be known before it is used, and its columns.

    Parameters
    ----------
    path : str
        ``data/links.parquet``.
    title, note : str
        The note is empty where nothing must be known first.
    columns : tuple of tuple of str
        Name, type, unit (may be empty) and what it holds.
    size : int
        Bytes.
    """

    path: str
    title: str
    note: str
    columns: tuple[tuple[str, str, str, str], ...]
    size: int


def _package(folder: str) -> dict[str, Any]:
    path = bundled(folder, "datapackage.json")
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{folder}/{path.name} cannot be read; install s3geo again.") from error
    return found


@lru_cache(maxsize=1)
def described_files() -> tuple[DescribedFile, ...]:
    """Return every file of the bundle with its columns.

    Returns
    -------
    tuple of DescribedFile
        Those of ``data/`` first, each folder in the order of its package.

    Raises
    ------
    DataError
        A package cannot be read.

    Examples
    --------
    >>> [file.path for file in described_files()][:2]
    ['data/catalogue.toml', 'data/observations.parquet']
    """
    return tuple(
        DescribedFile(
            path=f"{folder}/{resource['path']}",
            title=resource["title"],
            note=resource.get("description", ""),
            columns=tuple(
                (field["name"], field["type"], field.get("unit", ""), field["description"])
                for field in resource.get("schema", {}).get("fields", [])
            ),
            size=resource["bytes"],
        )
        for folder in FOLDERS
        for resource in _package(folder)["resources"]
    )


def sources_in_use(ws: Workspace) -> pd.DataFrame:
    """Return every source of figures and boundaries with its terms.

    Parameters
    ----------
    ws : Workspace

    Returns
    -------
    DataFrame
        One row a source: ``of`` ("figures" or "boundaries"), ``title``, ``publisher``, ``edition``, ``licence``,
        ``licence_url``, ``attribution`` and ``url``; the last three may be empty.

    Raises
    ------
    DataError
        The description of the boundaries cannot be read.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> sources_in_use(open_workspace()).groupby("of").size().to_dict()
    {'boundaries': 7, 'figures': 23}
    """
    columns = ["of", "title", "publisher", "edition", "licence", "licence_url", "attribution", "url"]
    figures = [
        ("figures", s.title, s.publisher, s.edition, s.licence_title, s.licence_url, s.attribution, s.url)
        for s in sorted(ws.entries.source.values(), key=lambda source: (source.publisher, source.title))
    ]
    package = _package("boundaries")
    layers = [
        ("boundaries", s["title"], s["publisher"], s["version"], *_terms(s["licence"]), _credit(s), s["path"])
        for s in package["sources"]
    ]
    return pd.DataFrame([*figures, *layers], columns=columns)


def _terms(licence: str) -> tuple[str, str]:
    return LICENCES[licence].title, LICENCES[licence].url


def _credit(source: dict[str, str]) -> str:
    """Return the line that credits a source of boundaries."""
    if source["name"] == "natural-earth":
        return NATURAL_EARTH_LINE
    lines = POSTCODE_LINES if source["name"] == "ons-postcode-directory" else ONS_BOUNDARY_LINES
    return "; ".join(lines)
