"""HESA: tables of the Higher Education Business and Community Interaction survey (CSV), by provider and year.

A table starts with lines about itself; the table proper begins at the line whose first cell is "UKPRN". The columns
between provider and value differ by table, and together say what is counted.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import pandas as pd

from s3geo.errors import FileProblem, TableError, listed
from s3geo.sources.client import Client, Download, Tell
from s3geo.sources.tabular import Raw, file_name, numbers, require_columns

__all__ = ["TABLES", "fetch_hebci", "read_hebci"]

TABLES = ("1", "2a", "2b", "3", "4d", "4e")
"""Collaborative research, services, courses, regeneration, intellectual property income, spin-outs."""

KEY = "UKPRN"
YEAR = "Academic Year"
VALUES = ("Value", "Number/Value")
PLACE = {"HE Provider", "HE provider", "Country of HE provider", "Region of HE provider"}
_STEP = "Open the page of the table in a browser, download the CSV and refresh from a folder."


def fetch_hebci(client: Client, address: str, tell: Tell) -> tuple[Download, ...]:
    """Fetch the tables, in the order of `TABLES`.

    Parameters
    ----------
    client : Client
        Asks for them.
    address : str
        Where the tables lie; "table-4e.csv" and so on is added.
    tell : callable
        Told the number of tables.

    Raises
    ------
    SourceError
        If a table is unavailable or no CSV. HESA's website turns some programs away with HTTP 403.
    """
    downloads = []
    for done, table in enumerate(TABLES, start=1):
        name = f"HESA HE-BCI table {table}"
        downloads.append(client.get(f"{address}/table-{table}.csv", kind="csv", name=name, step=_STEP))
        tell(done, len(TABLES))
    return tuple(downloads)


def read_hebci(raws: Sequence[Raw], tables: Sequence[str] = TABLES) -> pd.DataFrame:
    """Read tables into one figure a line.

    Parameters
    ----------
    raws : sequence of Path or bytes
        The CSV files.
    tables : sequence of str
        Which table each file is.

    Returns
    -------
    DataFrame
        Columns table, ukprn, year (first year of the academic year: 2018 = 2018/19), measure (the dimensions of the
        table as text, e.g. "Metric: Number of active firms; Category Marker: Graduate start-ups"), value (as published:
        numbers, or GBP thousand where the measure says so), status. Totals, which have no UKPRN, are left out.
    """
    if len(raws) != len(tables):
        message = f"There are {len(raws)} HE-BCI files for {len(tables)} tables ({', '.join(tables)})."
        raise TableError(message, [{"file": file_name(raw), "problem": "no table to read it as"} for raw in raws[:1]])
    return pd.concat([_read(raw, table) for raw, table in zip(raws, tables, strict=True)], ignore_index=True)


def _lines(raw: Raw) -> list[list[str]]:
    try:
        text = (raw if isinstance(raw, bytes) else raw.read_bytes()).decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text)))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        message = f"{file_name(raw)} cannot be read as CSV: {error}"
        raise FileProblem(message, [{"file": file_name(raw), "problem": str(error)}]) from error


def _read(raw: Raw, name: str) -> pd.DataFrame:
    file = f"HE-BCI table {name}"
    lines = _lines(raw)
    start = next((number for number, line in enumerate(lines) if line and line[0].strip() == KEY), None)
    if start is None:
        raise TableError(f"{file}: no line that starts with {KEY!r}.", [{"file": file, "problem": "no header line"}])
    header = [cell.strip() for cell in lines[start]]
    body = [(number, line) for number, line in enumerate(lines[start + 1 :], start=start + 2) if any(line)]
    ragged = [number for number, line in body if len(line) != len(header)]
    if ragged:
        message = f"{file}: line {listed(ragged)} has another number of cells than its header ({len(header)})."
        raise TableError(message, [{"file": file, "row": row, "problem": "cells missing"} for row in ragged])
    index = pd.Index([number for number, _ in body], name="row")
    table = pd.DataFrame([line for _, line in body], columns=pd.Index(header), index=index)
    require_columns(table, [KEY, YEAR], file)
    value = next((column for column in VALUES if column in table.columns), "")
    if not value:
        message = f"{file}: no column {VALUES[0]!r} or {VALUES[1]!r}. It has {listed(header, most=12)}."
        raise TableError(message, [{"file": file, "code": VALUES[0], "problem": "column missing"}])
    table = table[table[KEY].str.fullmatch(r"\d{8}")]
    years = table[YEAR].str.extract(r"^(\d{4})/\d{2}$", expand=False)
    if years.isna().any():
        odd = table.loc[years.isna(), YEAR]
        message = f"{file}: {listed(odd.unique())} in line {listed(odd.index)} is not an academic year."
        raise TableError(message, [{"file": file, "row": odd.index[0], "code": YEAR, "problem": "no academic year"}])
    figures, status = numbers(table[value].str.replace(",", ""), file=file, empty="not_collected")
    dimensions = [column for column in header if column not in {KEY, YEAR, value, *PLACE}]
    measure = pd.Series("", index=table.index)
    for column in dimensions:
        measure = measure + "; " + column + ": " + table[column].str.strip()
    return pd.DataFrame(
        {
            "table": name,
            "ukprn": table[KEY],
            "year": years.astype(int),
            "measure": measure.str.removeprefix("; "),
            "value": figures,
            "status": status,
        }
    )
