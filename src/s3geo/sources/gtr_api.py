"""UKRI Gateway to Research by its API (GtR-2, JSON): organisations in funded projects, with their address.

The service says how many pages there are, and asks for a slow rate: some 70,000 organisations come in pages of 100.
`s3geo.sources.gtr` reads the older list that Nesta placed on districts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from s3geo.sources.client import Client, Download, Tell, read_json, refuse
from s3geo.sources.records import field, read_records
from s3geo.sources.tabular import Raw

__all__ = ["ACCEPT", "fetch_gtr_pages", "read_gtr_pages"]

ACCEPT = "application/vnd.rcuk.gtr.json-v7"
"""Media type that asks for JSON of version 7."""

SIZE = 100
_MOST_PAGES = 3000
_NAME = "Gateway to Research"


def fetch_gtr_pages(client: Client, address: str, tell: Tell) -> tuple[Download, ...]:
    """Fetch all pages of organisations.

    Parameters
    ----------
    client : Client
        Asks for them.
    address : str
        The collection, e.g. "https://gtr.ukri.org/gtr/api/organisations".
    tell : callable
        Told the number of pages.

    Raises
    ------
    SourceError
        If a page is missing or is not a list of organisations.
    """
    downloads: list[Download] = []
    total = 1
    while len(downloads) < total:
        number = len(downloads) + 1
        page = client.get(
            address, parameters={"p": str(number), "s": str(SIZE)}, accept=ACCEPT, kind="json", name=_NAME
        )
        total = _total(read_json(page, _NAME), number)
        if total > _MOST_PAGES:
            raise refuse(_NAME, f"announces {total:,} pages, more than {_MOST_PAGES:,}")
        downloads.append(page)
        tell(number, total)
    return tuple(downloads)


def _total(body: Any, number: int) -> int:
    if not isinstance(body, dict) or not isinstance(body.get("organisation"), list):
        raise refuse(_NAME, "sent JSON without a list of organisations")
    if body.get("page", number) != number:
        raise refuse(_NAME, f"sent page {body['page']} when asked for page {number}")
    if not body["organisation"]:
        raise refuse(_NAME, f"sent page {number} without an organisation")
    total = body.get("totalPages")
    if not isinstance(total, int) or total < number:
        raise refuse(_NAME, f"says that there are {total!r} pages, on page {number}")
    return total


def read_gtr_pages(raws: Sequence[Raw]) -> pd.DataFrame:
    """Read organisations.

    Parameters
    ----------
    raws : sequence of Path or bytes
        Pages of the API.

    Returns
    -------
    DataFrame
        Columns gtr, name, postcode, city, region (as UKRI writes it), country; "" where it is not given. The main
        address counts, or the first. An organisation that moved from one page to the next while the pages were
        fetched is kept once.
    """
    rows = []
    for record in read_records(raws, "organisation", _NAME):
        addresses = (record.get("addresses") or {}).get("address") or [{}]
        main = next((entry for entry in addresses if entry.get("type") == "MAIN_ADDRESS"), addresses[0])
        rows.append(
            {
                "gtr": field(record, "id", _NAME),
                "name": str(field(record, "name", _NAME)).strip(),
                "postcode": str(main.get("postCode") or "").strip(),
                "city": str(main.get("city") or "").strip(),
                "region": str(main.get("region") or ""),
                "country": str(main.get("country") or ""),
            }
        )
    return pd.DataFrame(rows).drop_duplicates("gtr", ignore_index=True)
