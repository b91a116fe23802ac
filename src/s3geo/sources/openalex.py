"""OpenAlex: research institutions of the United Kingdom (JSON, cursor paging)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from s3geo.sources.client import Client, Download, Tell, read_json, refuse
from s3geo.sources.records import field, read_records
from s3geo.sources.tabular import Raw

__all__ = ["FIELDS", "fetch_institutions", "read_institutions"]

FIELDS = ("id", "ror", "display_name", "country_code", "type", "geo", "works_count", "cited_by_count")
"""Fields that are asked for."""

SIZE = 100
_MOST_PAGES = 500
_NAME = "OpenAlex"


def fetch_institutions(client: Client, address: str, tell: Tell) -> tuple[Download, ...]:
    """Fetch all pages of institutions.

    Parameters
    ----------
    client : Client
        Asks for them.
    address : str
        The collection with its filter, e.g. "https://api.openalex.org/institutions?filter=country_code:gb".
    tell : callable
        Told the number of pages.

    Raises
    ------
    SourceError
        If a page is not a list of institutions, or fewer came than were announced.

    Notes
    -----
    OpenAlex grants a small allowance a day to those without a key, which some eighty pages do not exhaust.
    """
    downloads: list[Download] = []
    cursor: str | None = "*"
    got, total = 0, 0
    seen: set[str] = set()
    while cursor:
        if cursor in seen or len(downloads) == _MOST_PAGES:
            raise refuse(_NAME, "goes round in circles: it sends the same cursor again")
        seen.add(cursor)
        parameters = {"per_page": str(SIZE), "cursor": cursor, "select": ",".join(FIELDS)}
        page = client.get(address, parameters=parameters, kind="json", name=_NAME)
        body = read_json(page, _NAME)
        if not isinstance(body, dict) or not isinstance(body.get("results"), list):
            raise refuse(_NAME, "sent JSON without a list of results")
        meta = body.get("meta") or {}
        total = int(meta.get("count") or 0)
        if not body["results"]:
            break
        downloads.append(page)
        got += len(body["results"])
        tell(len(downloads), -(-total // SIZE))
        cursor = meta.get("next_cursor")
    if got < max(total, 1):
        raise refuse(_NAME, f"sent {got:,} of {total:,} institutions")
    return tuple(downloads)


def read_institutions(raws: Sequence[Raw]) -> pd.DataFrame:
    """Read institutions.

    Parameters
    ----------
    raws : sequence of Path or bytes
        Pages of the API.

    Returns
    -------
    DataFrame
        Columns openalex, ror ("" where unknown), name, type ("education", "company", ...), city, latitude, longitude
        (degrees; NaN where unknown), works, cited_by (counts over all years).
    """
    rows = []
    for record in read_records(raws, "results", _NAME):
        geo = record.get("geo") or {}
        rows.append(
            {
                "openalex": str(field(record, "id", _NAME)).rsplit("/", 1)[-1],
                "ror": str(record.get("ror") or "").rsplit("/", 1)[-1],
                "name": str(field(record, "display_name", _NAME)).strip(),
                "type": str(record.get("type") or ""),
                "city": str(geo.get("city") or ""),
                "latitude": geo.get("latitude"),
                "longitude": geo.get("longitude"),
                "works": record.get("works_count"),
                "cited_by": record.get("cited_by_count"),
            }
        )
    table = pd.DataFrame(rows).drop_duplicates("openalex", ignore_index=True)
    figures = ["latitude", "longitude", "works", "cited_by"]
    return table.astype(dict.fromkeys(figures, float))
