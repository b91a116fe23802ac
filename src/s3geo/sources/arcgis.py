"""Official boundary layers from the ArcGIS REST service of the ONS Open Geography Portal.

A layer comes in pages. Each is kept as it came, with its hash, next to the assembled GeoJSON; nothing appears in
the folder until all of it is there. The names of the services **could not be checked against the live service**:
those of districts, counties and regions are in wide public use, those of LEPs and combined authorities follow the
portal's pattern. Every one can be replaced by ``url``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2

from s3geo.errors import SourceError, UsageError, listed
from s3geo.sources.client import Client, Download, read_json, refuse
from s3geo.writing import together

__all__ = ["HOST", "PAGE", "SERVICES", "Page", "fetch_layer", "pages", "service_url"]

HOST = "https://services1.arcgis.com/ESMARspQHYMw9BZ9/arcgis/rest/services"
"""Where ONS serves its layers."""

PAGE = 500
"""Features asked for at once; the service may send fewer and says so."""

SERVICES: dict[tuple[str, str], str] = {
    ("lep", "2021-05"): "Local_Enterprise_Partnerships_May_2021_EN_BUC_2022",
    ("lad", "2023-04"): "Local_Authority_Districts_May_2023_UK_BUC_V2",
    ("county", "2023-04"): "Counties_and_Unitary_Authorities_December_2023_Boundaries_UK_BUC",
    ("region", "2023-04"): "Regions_December_2023_Boundaries_EN_BUC",
    ("combined_authority", "2025-05"): "Combined_Authorities_May_2025_Boundaries_EN_BUC",
}
"""Name of the service for each geography and vintage (ultra generalised, clipped to the coast); not verified."""

_LICENCE = "OGL-UK-3.0"
_CREDIT = (
    "Source: Office for National Statistics licensed under the Open Government Licence v.3.0. "
    "Contains OS data © Crown copyright and database right {year}"
)
_CODE_FIELD = re.compile(r"^(LEP|LAD|CTYUA|RGN|CAUTH)\d{2}CD$", re.IGNORECASE)
_MOST_PAGES = 200
_STEP = "Try again later, or download the layer by hand and give its path."


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of the service.

    Parameters
    ----------
    download : Download
        The answer as it came.
    features : list of dict
        Features of a layer ("properties" and "geometry") or rows of a lookup ("attributes").
    more : bool
        Whether the service holds more than it sent.
    """

    download: Download
    features: list[dict[str, Any]]
    more: bool


def service_url(geography: str, vintage: str) -> str:
    """Return the address of the query endpoint of a layer.

    Raises
    ------
    UsageError
        If no service is known for the pair.

    Examples
    --------
    >>> service_url("lep", "2021-05").rsplit("/", 3)[1:]
    ['FeatureServer', '0', 'query']
    """
    name = SERVICES.get((geography, vintage))
    if name is None:
        known = listed([f"{g} {v}" for g, v in SERVICES], most=len(SERVICES))
        raise UsageError(f"No official layer is known for {geography!r} of {vintage!r}. Known: {known}. Or give a url.")
    return f"{HOST}/{name}/FeatureServer/0/query"


def fetch_layer(
    geography: str,
    vintage: str,
    folder: Path,
    *,
    client: httpx2.Client | None = None,
    url: str | None = None,
) -> Path:
    """Fetch a layer as GeoJSON in longitude and latitude.

    Parameters
    ----------
    geography, vintage : str
        For example "lep" and "2021-05"; they name the files.
    folder : Path
        Where to write ``<geography>_<vintage>.geojson``, its ``.provenance.json`` and the folder ``<...>.pages``.
    client : httpx2.Client, optional
        For tests and proxies; default a client of its own with timeouts.
    url : str, optional
        Query endpoint of a layer; default from `SERVICES`, which could not be checked against the live service.

    Returns
    -------
    Path
        The assembled layer.

    Raises
    ------
    SourceError
        If the service is unavailable after retries, or answers with anything but the features of a layer.
    UsageError
        If no service is known and no `url` is given.
    """
    address = url or service_url(geography, vintage)
    with Client(client, pause=0.0) as polite:
        found = list(pages(polite, address))
    features = [feature for page in found for feature in page.features]
    _check(features, address)
    return _write(folder, f"{geography}_{vintage}", address, found, features)


def pages(client: Client, address: str, *, geometry: bool = True) -> Iterator[Page]:
    """Ask for all features of a layer, or all rows of a lookup.

    Parameters
    ----------
    client : Client
        Asks for them.
    address : str
        Query endpoint of the layer or lookup.
    geometry : bool, default True
        Whether to ask for geometry (GeoJSON, longitude and latitude) or for rows only.

    Raises
    ------
    SourceError
        If the service is unavailable after retries, or answers with anything but features.
    """
    offset = 0
    for _ in range(_MOST_PAGES):
        page = _page(client, address, offset, geometry)
        yield page
        offset += len(page.features)
        if not page.more or not page.features:
            return
    raise _wrong(address, f"sent more than {_MOST_PAGES} pages")


def _page(client: Client, address: str, offset: int, geometry: bool) -> Page:
    parameters = {
        "where": "1=1",
        "outFields": "*",
        **({"outSR": "4326", "f": "geojson"} if geometry else {"returnGeometry": "false", "f": "json"}),
        "resultOffset": str(offset),
        "resultRecordCount": str(PAGE),
    }
    return _parsed(client.get(address, parameters=parameters, name=_called(address), step=_STEP), address)


def _parsed(download: Download, address: str) -> Page:
    if download.content.lstrip()[:1] == b"<":
        raise _wrong(address, "answered with a web page instead of JSON")
    body = read_json(download, _called(address), _STEP)
    if isinstance(body, dict) and "error" in body:
        detail = body["error"] if isinstance(body["error"], dict) else {"message": body["error"]}
        words = " ".join(str(detail[key]) for key in ("code", "message") if detail.get(key))
        raise _wrong(address, f"reports an error: {words or 'no reason given'}")
    if not isinstance(body, dict) or not isinstance(body.get("features"), list):
        raise _wrong(address, "sent JSON without features")
    flags = (body, body.get("properties") or {})
    more = any(flag.get("exceededTransferLimit") is True for flag in flags)
    return Page(download=download, features=body["features"], more=more)


def _check(features: list[dict[str, Any]], address: str) -> None:
    if not features:
        raise _wrong(address, "sent no features")
    names = set(features[0].get("properties") or {})
    fields = sorted(name for name in names if _CODE_FIELD.match(name))
    if not fields:
        raise _wrong(
            address, f"sent features without a GSS code field such as LEP21CD (fields: {listed(sorted(names))})"
        )
    codes = [(feature.get("properties") or {}).get(fields[0]) for feature in features]
    without = sum(not code for code in codes)
    if without:
        raise _wrong(address, f"sent {without} of {len(codes)} features without a code in {fields[0]}")
    if len(set(codes)) < len(codes):
        raise _wrong(address, f"sent some features twice ({len(codes)} features, {len(set(codes))} codes)")


def _write(folder: Path, name: str, address: str, pages: list[Page], features: list[dict[str, Any]]) -> Path:
    layer = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":"))
    retrieved = datetime.now(UTC)
    provenance = {
        "url": address,
        "retrieved": retrieved.isoformat(timespec="seconds"),
        "publisher": "Office for National Statistics",
        "licence": _LICENCE,
        "attribution": _CREDIT.format(year=retrieved.year),
        "features": len(features),
        "sha256": hashlib.sha256(layer.encode()).hexdigest(),
        "pages": [
            {"url": answer.address, "bytes": len(answer.content), "sha256": hashlib.sha256(answer.content).hexdigest()}
            for answer in (page.download for page in pages)
        ],
    }
    with together(folder) as new:
        (new / f"{name}.pages").mkdir()
        for number, page in enumerate(pages, start=1):
            (new / f"{name}.pages" / f"{number:03}.json").write_bytes(page.download.content)
        (new / f"{name}.geojson").write_text(layer, encoding="utf-8")
        said = json.dumps(provenance, indent=2, ensure_ascii=False)
        (new / f"{name}.provenance.json").write_text(f"{said}\n", encoding="utf-8")
    return folder / f"{name}.geojson"


def _called(address: str) -> str:
    return f"The ONS layer {address.removesuffix('/query').split('/services/')[-1]}"


def _wrong(address: str, problem: str) -> SourceError:
    return refuse(_called(address), problem, _STEP)
