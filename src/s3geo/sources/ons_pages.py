"""Workbooks of the ONS website: from the page of a dataset to its newest files.

Every page of the website also answers in JSON when ``/data`` is added to its address. A dataset's landing page lists
its editions, an edition lists its files. File names change with every release, so none is written down here.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from s3geo.errors import listed
from s3geo.sources.client import Client, Download, Tell, read_json, refuse

__all__ = ["HOST", "fetch_workbook", "fetch_workbooks"]

HOST = "https://www.ons.gov.uk"
"""The website."""

_STEP = "Open the page in a browser, download the workbook and refresh from a folder."
_FORMATS = (".xlsx", ".csv")


def _page(client: Client, address: str, name: str) -> dict[str, Any]:
    page = read_json(client.get(f"{address}/data", kind="json", name=name, step=_STEP), name, _STEP)
    if not isinstance(page, dict):
        raise refuse(name, "sent JSON that does not describe a page", _STEP)
    return page


def _links(page: dict[str, Any], key: str, field: str) -> list[str]:
    """Return one field of a list in a page; a page without the list has none."""
    entries = page.get(key) or []
    return [str(entry[field]) for entry in entries if isinstance(entry, dict) and entry.get(field)]


def _editions(client: Client, address: str, name: str) -> list[str]:
    """Return the editions of a dataset, newest first, as paths on the website."""
    editions = _links(_page(client, address, name), "datasets", "uri")
    if not editions:
        raise refuse(name, "lists no edition of the dataset", _STEP)
    for edition in editions:
        if not edition.startswith("/") or ".." in edition:
            raise refuse(name, f"names an edition outside the website: {edition!r}", _STEP)
    return editions


def _fetch(client: Client, edition: str, name: str) -> Download:
    """Fetch the first file of an edition that is a table."""
    files = _links(_page(client, f"{HOST}{edition}", name), "downloads", "file")
    file = next((file for file in files if file.casefold().endswith(_FORMATS)), None)
    if file is None:
        raise refuse(name, f"lists no workbook among its files ({listed(files) or 'none'})", _STEP)
    kind = "csv" if file.casefold().endswith(".csv") else "xlsx"
    return client.get(f"{HOST}/file?uri={quote(f'{edition}/{file}')}", kind=kind, name=name, step=_STEP)


def fetch_workbook(client: Client, address: str, tell: Tell) -> tuple[Download, ...]:
    """Fetch the first file of the newest edition of a dataset.

    Parameters
    ----------
    client : Client
        Asks for it.
    address : str
        Landing page of the dataset.
    tell : callable
        Told when the file is there.

    Raises
    ------
    SourceError
        If the page does not lead to a workbook, or the workbook is none.
    """
    name = f"The ONS page {address.rsplit('/', 1)[-1]}"
    download = _fetch(client, _editions(client, address, name)[0], name)
    tell(1, 1)
    return (download,)


def fetch_workbooks(client: Client, address: str, tell: Tell) -> tuple[Download, ...]:
    """Fetch the first file of every edition of a dataset whose editions are parts, such as regions.

    Parameters
    ----------
    client : Client
        Asks for them.
    address : str
        Landing page of the dataset.
    tell : callable
        Told the number of files.

    Raises
    ------
    SourceError
        If the page does not lead to workbooks, or one of them is none.
    """
    name = f"The ONS page {address.rsplit('/', 1)[-1]}"
    editions = _editions(client, address, name)
    downloads = []
    for done, edition in enumerate(editions, start=1):
        downloads.append(_fetch(client, edition, name))
        tell(done, len(editions))
    return tuple(downloads)
