"""Results of the Research Excellence Framework 2021 (official workbook, one sheet)."""

from __future__ import annotations

import pandas as pd

from s3geo.errors import TableError
from s3geo.sources.client import Client, Download, Tell
from s3geo.sources.tabular import Raw, file_name, numbers, read_sheet, require_columns

__all__ = ["fetch_ref2021", "read_ref2021"]

SHEET = "Sheet1"
KEY = "Institution code (UKPRN)"
COLUMNS = (KEY, "Institution name", "Profile", "FTE of submitted staff", "4*")


def fetch_ref2021(client: Client, address: str, tell: Tell) -> tuple[Download, ...]:
    """Fetch the workbook.

    Parameters
    ----------
    client : Client
        Asks for it.
    address : str
        Export of all profiles.
    tell : callable
        Told when it is there.
    """
    download = client.get(address, kind="xlsx", name="REF 2021 results")
    tell(1, 1)
    return (download,)


def read_ref2021(raw: Raw) -> pd.DataFrame:
    """Read submitted staff and research rated 4* by institution.

    Parameters
    ----------
    raw : Path or bytes
        The workbook; four rows a submission, of which only profile "Overall" counts.

    Returns
    -------
    DataFrame
        Columns ukprn, name, fte (staff submitted, full-time equivalents), fte_4star (sum over submissions of FTE x
        share rated 4*). Joint submissions are already split between their institutions.
    """
    file = file_name(raw)
    rows = read_sheet(raw, SHEET)
    header = next((line for line, row in enumerate(rows) if str(row[0]).strip() == KEY), None)
    if header is None:
        raise TableError(f"{file}: no row that starts with {KEY!r}.", [{"file": file, "problem": "no header row"}])
    names = pd.Index([str(cell).strip() for cell in rows[header]])
    index = pd.RangeIndex(header + 2, len(rows) + 1, name="row")
    table = pd.DataFrame(rows[header + 1 :], columns=names, index=index)
    require_columns(table, COLUMNS, file)
    table = table[table["Profile"] == "Overall"]
    fte, _ = numbers(table["FTE of submitted staff"], file=file)
    share, _ = numbers(table["4*"].astype(str).str.strip().replace("-", "0"), file=file)
    ukprn = table[KEY].astype(str).str.removesuffix(".0")
    result = pd.DataFrame(
        {"ukprn": ukprn, "name": table["Institution name"].str.strip(), "fte": fte, "fte_4star": fte * share / 100}
    )
    return result.groupby("ukprn", as_index=False).agg({"name": "first", "fte": "sum", "fte_4star": "sum"})
