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
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import stamina

from s3geo.errors import SourceError, UsageError, listed

__all__ = ["HOST", "PAGE", "SERVICES", "fetch_layer", "service_url"]

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
_ATTEMPTS = 5
_TIMEOUT = httpx2.Timeout(60.0, connect=10.0)
_AGAIN = (429, 500, 502, 503, 504)
_STEP = "Try again later, or download the layer by hand and give its path."


class _Busy(Exception):
    """The service may answer if asked again."""


@dataclass(frozen=True, slots=True)
class _Page:
    url: str
    content: bytes
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
    own = client is None
    session = client or httpx2.Client(timeout=_TIMEOUT, follow_redirects=True, headers={"User-Agent": "s3geo"})
    try:
        pages = list(_pages(session, address))
    finally:
        if own:
            session.close()
    features = [feature for page in pages for feature in page.features]
    _check(features, address)
    return _write(folder, f"{geography}_{vintage}", address, pages, features)


def _pages(session: httpx2.Client, address: str) -> Iterator[_Page]:
    offset = 0
    for _ in range(_MOST_PAGES):
        page = _page(session, address, offset)
        yield page
        offset += len(page.features)
        if not page.more or not page.features:
            return
    raise _wrong(address, f"sent more than {_MOST_PAGES} pages")


def _page(session: httpx2.Client, address: str, offset: int) -> _Page:
    parameters = {
        "where": "1=1",
        "outFields": "*",
        "outSR": "4326",
        "f": "geojson",
        "resultOffset": str(offset),
        "resultRecordCount": str(PAGE),
    }
    try:
        for attempt in stamina.retry_context(
            on=(_Busy, httpx2.TransportError), attempts=_ATTEMPTS, timeout=180.0, wait_initial=1.0, wait_max=30.0
        ):
            with attempt:
                response = session.get(address, params=parameters)
                if response.status_code in _AGAIN:
                    raise _Busy(_status(response.status_code))
    except _Busy as error:
        raise _wrong(address, f"{error}, again and again") from error
    except httpx2.TimeoutException as error:
        raise _wrong(address, "did not answer in time, again and again") from error
    except httpx2.RequestError as error:
        raise _wrong(address, f"cannot be reached ({type(error).__name__})") from error
    if response.status_code != 200:
        raise _wrong(address, _status(response.status_code))
    return _parsed(response, address)


def _parsed(response: httpx2.Response, address: str) -> _Page:
    content = response.content
    if content.lstrip()[:1] == b"<":
        raise _wrong(address, "answered with a web page instead of JSON")
    try:
        body = json.loads(content)
    except ValueError as error:
        raise _wrong(address, f"sent JSON that is cut short or damaged ({len(content):,} bytes)") from error
    if isinstance(body, dict) and "error" in body:
        detail = body["error"] if isinstance(body["error"], dict) else {"message": body["error"]}
        words = " ".join(str(detail[key]) for key in ("code", "message") if detail.get(key))
        raise _wrong(address, f"reports an error: {words or 'no reason given'}")
    if not isinstance(body, dict) or not isinstance(body.get("features"), list):
        raise _wrong(address, "sent JSON without features")
    flags = (body, body.get("properties") or {})
    more = any(flag.get("exceededTransferLimit") is True for flag in flags)
    return _Page(url=str(response.url), content=content, features=body["features"], more=more)


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


def _write(folder: Path, name: str, address: str, pages: list[_Page], features: list[dict[str, Any]]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
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
            {"url": page.url, "bytes": len(page.content), "sha256": hashlib.sha256(page.content).hexdigest()}
            for page in pages
        ],
    }
    with tempfile.TemporaryDirectory(dir=folder, prefix=".fetching-") as scratch:
        new = Path(scratch)
        (new / "pages").mkdir()
        for number, page in enumerate(pages, start=1):
            (new / "pages" / f"{number:03}.json").write_bytes(page.content)
        (new / "layer").write_text(layer, encoding="utf-8")
        (new / "provenance").write_text(json.dumps(provenance, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        raw = folder / f"{name}.pages"
        if raw.exists():
            shutil.rmtree(raw)
        (new / "pages").rename(raw)
        (new / "provenance").replace(folder / f"{name}.provenance.json")
        (new / "layer").replace(folder / f"{name}.geojson")
    return folder / f"{name}.geojson"


def _status(code: int) -> str:
    return "asks for a pause (HTTP 429)" if code == 429 else f"answered with HTTP {code}"


def _wrong(address: str, problem: str) -> SourceError:
    name = address.removesuffix("/query").split("/services/")[-1]
    row = {"file": name, "problem": problem, "next_step": _STEP}
    return SourceError(f"The ONS layer {name} {problem}. {_STEP}", [row])
