"""ONS Open Geography: layers and lookups as tables of codes and names (ArcGIS REST).

The boundaries of `s3geo boundaries fetch` come from the same service; here the rows behind them are watched, because
a code that appears or disappears breaks every join.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import pandas as pd

from s3geo.errors import FileProblem, TableError, listed
from s3geo.sources.arcgis import pages
from s3geo.sources.client import Client, Download, Tell
from s3geo.sources.tabular import Raw, file_name

__all__ = ["fetch_layer_rows", "fetch_lookup", "read_codes", "read_lookup"]


def fetch_layer_rows(client: Client, address: str, tell: Tell) -> tuple[Download, ...]:
    """Fetch the pages of a layer, geometry included.

    Parameters
    ----------
    client : Client
        Asks for them.
    address : str
        Query endpoint of the layer.
    tell : callable
        Told the number of pages.
    """
    return _fetched(client, address, tell, geometry=True)


def fetch_lookup(client: Client, address: str, tell: Tell) -> tuple[Download, ...]:
    """Fetch the pages of a lookup, which has rows but no geometry.

    Parameters
    ----------
    client : Client
        Asks for them.
    address : str
        Query endpoint of the lookup.
    tell : callable
        Told the number of pages.
    """
    return _fetched(client, address, tell, geometry=False)


def _fetched(client: Client, address: str, tell: Tell, *, geometry: bool) -> tuple[Download, ...]:
    downloads: list[Download] = []
    for page in pages(client, address, geometry=geometry):
        downloads.append(page.download)
        tell(len(downloads), len(downloads) + page.more)
    return tuple(downloads)


def _rows(raws: Sequence[Raw]) -> pd.DataFrame:
    """Read the attributes of all features of all pages; names of fields in capitals."""
    rows: list[dict[str, object]] = []
    for raw in raws:
        content = raw.read_bytes() if not isinstance(raw, bytes) else raw
        try:
            body = json.loads(content)
            rows += [feature.get("attributes", feature.get("properties")) for feature in body["features"]]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            message = f"{file_name(raw)} is not an answer of the ONS boundary service: {error}"
            raise FileProblem(message, [{"file": file_name(raw), "problem": str(error)}]) from error
    return pd.DataFrame(rows).rename(columns=str.upper)


def _columns(table: pd.DataFrame, areas: Sequence[str], file: str) -> list[tuple[str, str]]:
    """Find the code and the name of each kind of area, of any year."""
    found = []
    for area in areas:
        match = sorted(name for name in table.columns if name.startswith(area) and name[len(area) :][2:] == "CD")
        named = f"{match[0][:-2]}NM" if match else ""
        if len(match) != 1 or named not in table.columns:
            message = f"{file}: no columns {area}??CD and {area}??NM. It has {listed(table.columns, most=12)}."
            raise TableError(message, [{"file": file, "code": f"{area}??CD", "problem": "column missing"}])
        found.append((match[0], named))
    return found


def read_codes(raws: Sequence[Raw], area: str) -> pd.DataFrame:
    """Read codes and names of a layer.

    Parameters
    ----------
    raws : sequence of Path or bytes
        Pages of the service, or a GeoJSON file.
    area : str
        Beginning of the field names: "LEP", "LAD", "CTYUA", "RGN" or "CAUTH".

    Returns
    -------
    DataFrame
        Columns code (GSS) and name.
    """
    table = _rows(raws)
    code, name = _columns(table, [area], file_name(raws[0]))[0]
    return pd.DataFrame({"code": table[code], "name": table[name]}).reset_index(drop=True)


def read_lookup(raws: Sequence[Raw], area: str, within: str) -> pd.DataFrame:
    """Read which area lies in which.

    Parameters
    ----------
    raws : sequence of Path or bytes
        Pages of the service.
    area, within : str
        Beginnings of the field names, e.g. "LAD" and "RGN".

    Returns
    -------
    DataFrame
        Columns code, name, region (GSS), region_name.
    """
    table = _rows(raws)
    (code, name), (region, region_name) = _columns(table, [area, within], file_name(raws[0]))
    columns = {"code": code, "name": name, "region": region, "region_name": region_name}
    return pd.DataFrame({new: table[old] for new, old in columns.items()}).reset_index(drop=True)
