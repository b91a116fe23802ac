"""Nomis by its API: addresses of tables, and fetching them in pages of 25,000 cells.

The API answers in CSV, one line a cell. `s3geo.sources.nomis` reads that, and the workbooks that the Nomis website
makes, with the same functions.
"""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import urlencode

from s3geo.errors import SourceError
from s3geo.sources.client import Client, Download, Tell, read_json, refuse

__all__ = ["HOST", "PAGE", "fetch_cells", "fetch_table", "table_address"]

HOST = "https://www.nomisweb.co.uk/api/v01/dataset"
"""Where Nomis serves its datasets."""

PAGE = 25_000
"""Cells that Nomis sends at once to those who are not registered."""

_MOST_PAGES = 80
_STEP = "Check the address in the registry, or download the table from Nomis by hand and refresh from a folder."
_FIELDS = ("RECORD_OFFSET", "RECORD_COUNT")


def table_address(dataset: str, select: tuple[str, ...], **parameters: str) -> str:
    """Build the address of a table.

    Parameters
    ----------
    dataset : str
        For example "NM_189_1".
    select : tuple of str
        Columns of the answer; those that paging needs are added.
    **parameters : str
        Codes by dimension, e.g. ``geography="2092957699,TYPE459"``.

    Examples
    --------
    >>> table_address("NM_189_1", ("OBS_VALUE",), geography="TYPE459", measures="20100")
    'https://www.nomisweb.co.uk/api/v01/dataset/NM_189_1.data.csv?geography=TYPE459&measures=20100&select=OBS_VALUE,RECORD_OFFSET,RECORD_COUNT'
    """
    query = urlencode(parameters | {"select": ",".join((*select, *_FIELDS))}, safe=",:.*")
    return f"{HOST}/{dataset}.data.csv?{query}"


def fetch_table(client: Client, address: str, tell: Tell) -> tuple[Download, ...]:
    """Fetch all cells of a table.

    Parameters
    ----------
    client : Client
        Asks for them.
    address : str
        From `table_address`.
    tell : callable
        Told the number of pages.

    Returns
    -------
    tuple of Download
        CSV, each page with its header.

    Raises
    ------
    SourceError
        If a page is missing, or Nomis answers with anything but CSV with the columns asked for.
    """
    name = f"Nomis {address.rsplit('/', 1)[-1].partition('.')[0]}"
    pages: list[Download] = []
    got, expected = 0, 1
    while got < expected:
        if len(pages) == _MOST_PAGES:
            raise refuse(name, f"sends more than {_MOST_PAGES * PAGE:,} cells", _STEP)
        paging = {"RecordOffset": str(got)} if got else {}
        page = client.get(address, parameters=paging, accept="text/csv", kind="csv", name=name, step=_STEP)
        rows, total = _counted(page, got, name)
        expected = total or expected
        if not rows:
            raise refuse(name, f"sent {got:,} of {expected:,} cells and then none" if got else "sent no cells", _STEP)
        pages.append(page)
        got += rows
        tell(len(pages), -(-expected // PAGE))
    return tuple(pages)


def _counted(page: Download, offset: int, name: str) -> tuple[int, int]:
    """Return how many cells a page holds and how many there are."""
    try:
        reader = csv.DictReader(io.StringIO(page.content.decode("utf-8-sig")))
        missing = [field for field in _FIELDS if field not in (reader.fieldnames or ())]
        if missing:
            raise refuse(name, f"sent CSV without the column {missing[0]}", _STEP)
        rows = list(reader)
        if not rows:
            return 0, 0
        if int(rows[0]["RECORD_OFFSET"]) != offset:
            raise refuse(name, f"sent cells from {rows[0]['RECORD_OFFSET']} when asked for those from {offset}", _STEP)
        return len(rows), int(rows[0]["RECORD_COUNT"])
    except SourceError:
        raise
    except (UnicodeDecodeError, csv.Error, ValueError, TypeError) as error:
        raise refuse(name, f"sent CSV that is damaged ({error})", _STEP) from error


def fetch_cells(client: Client, address: str, tell: Tell, *, search: str, keep: str) -> tuple[Download, ...]:
    """Fetch a table of the Annual Population Survey, whose cells have numbers that must be looked up first.

    Parameters
    ----------
    client : Client
        Asks for them.
    address : str
        From `table_address`, without ``cell``.
    tell : callable
        Told the number of pages.
    search : str
        What Nomis is asked to look for in its list of cells, e.g. "T19:*".
    keep : str
        Regular expression at the beginning of the labels to keep, e.g. ``T19:[1-7] ``.

    Returns
    -------
    tuple of Download
        CSV pages; the list of cells itself is not kept.
    """
    name = f"Nomis {address.rsplit('/', 1)[-1].partition('.')[0]}"
    listing = f"{address.partition('.data.csv')[0]}/cell.def.sdmx.json"
    found = client.get(listing, parameters={"search": search}, kind="json", name=name, step=_STEP)
    try:
        codelists = read_json(found, name, _STEP)["structure"]["codelists"]["codelist"]
        codes = [code for codelist in codelists for code in codelist["code"]]
        cells = [str(code["value"]) for code in codes if re.match(keep, str(code["description"]["value"]))]
    except (KeyError, TypeError) as error:
        raise refuse(name, f"sent a list of cells of another shape ({error})", _STEP) from error
    if not cells:
        raise refuse(name, f"knows no cell named like {search!r}", _STEP)
    joint = "&" if "?" in address else "?"
    return fetch_table(client, f"{address}{joint}cell={','.join(cells)}", tell)
