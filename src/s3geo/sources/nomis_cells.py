"""The CSV that the Nomis API sends: one line a cell, with codes, names and the reason why a figure is missing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from s3geo.errors import TableError, listed
from s3geo.files import sniff
from s3geo.sources.tabular import Raw, file_name, numbers, read_csv

__all__ = ["CELL_COLUMNS", "is_cells", "join_pages", "read_cells", "read_survey_cells"]

CELL_COLUMNS = ("DATE_NAME", "GEOGRAPHY_NAME", "GEOGRAPHY_CODE", "GEOGRAPHY_TYPE", "OBS_VALUE", "OBS_STATUS_NAME")
"""Columns that every table is asked for."""

LEVELS = {
    "countries": "country",
    "local enterprise partnerships": "lep",
    "local authorities: district": "lad",
    "nuts 2016 level 3": "nuts3",
}
"""Beginnings of GEOGRAPHY_TYPE, and what they are called here."""

WITHHELD = r"disclos|suppress|reliab|less than 500|confidential"
"""Words in OBS_STATUS_NAME of a figure that exists and is not shown; any other missing figure was not collected."""

VALUE, HALF_WIDTH = "20100", "20701"
"""Codes of MEASURES."""


def _head(raw: Raw) -> bytes:
    if isinstance(raw, bytes):
        return raw[:4000]
    if not raw.is_file():
        return b""
    with Path(raw).open("rb") as file:
        return file.read(4000)


def is_cells(raw: Raw) -> bool:
    """Return whether a file is CSV of the API, by its content.

    Examples
    --------
    >>> is_cells(b"DATE_NAME,OBS_VALUE"), is_cells(b"period,level,area"), is_cells(b"PK..")
    (True, False, False)
    """
    head = _head(raw)
    return sniff(head) == "text" and b"OBS_VALUE" in head.partition(b"\n")[0]


def join_pages(raws: Sequence[Raw]) -> Raw:
    r"""Join CSV pages, each with its header, into one file.

    Examples
    --------
    >>> join_pages([b"a,b\n1,2\n", b"a,b\n3,4\n"])
    b'a,b\n1,2\n3,4\n'
    """
    if len(raws) == 1:
        return raws[0]
    parts = [raw if isinstance(raw, bytes) else raw.read_bytes() for raw in raws]
    header = parts[0].partition(b"\n")[0]
    for part in parts[1:]:
        if part.partition(b"\n")[0].strip() != header.strip():
            message = "The pages of a Nomis table have different columns."
            raise TableError(message, [{"file": file_name(raws[0]), "problem": "columns change between pages"}])
    bodies = [parts[0], *(part.partition(b"\n")[2] for part in parts[1:])]
    return b"".join(body if body.endswith(b"\n") else body + b"\n" for body in bodies)


def _cells(raw: Raw, columns: Sequence[str]) -> pd.DataFrame:
    """Read cells of known kinds of areas: the columns asked for, level, year, figure, status."""
    file = file_name(raw)
    table = read_csv(raw, [*CELL_COLUMNS, *columns])
    level = pd.Series("", index=table.index)
    for beginning, name in LEVELS.items():
        level = level.mask(table["GEOGRAPHY_TYPE"].str.startswith(beginning), name)
    if not (level != "").any():
        kinds = table["GEOGRAPHY_TYPE"].unique()
        message = f"{file}: no known kind of area in GEOGRAPHY_TYPE; it has {listed(kinds)}."
        raise TableError(message, [{"file": file, "code": "GEOGRAPHY_TYPE", "problem": "unknown kinds of areas"}])
    years = table["DATE_NAME"].str.extract(r"(\d{4})$", expand=False)
    if years.isna().any():
        odd = table.loc[years.isna(), "DATE_NAME"].unique()
        message = f"{file}: {listed(odd)} in DATE_NAME does not end with a year."
        raise TableError(message, [{"file": file, "code": "DATE_NAME", "problem": "no year"}])
    figure, status = numbers(table["OBS_VALUE"], file=file, empty="not_collected")
    withheld = table["OBS_STATUS_NAME"].str.contains(WITHHELD, case=False, regex=True)
    status = status.mask(figure.isna() & withheld, "suppressed")
    found = table.assign(level=level, year=years.astype(int), figure=figure, status=status)
    return found[found["level"] != ""]


def read_cells(raw: Raw, dimension: str, name: str, value: str) -> pd.DataFrame:
    """Read a table with one dimension beside area and year.

    Parameters
    ----------
    raw : Path or bytes
        CSV of the API.
    dimension : str
        Column of the dimension, e.g. "INDUSTRY_NAME".
    name, value : str
        What to call the dimension and the figure.

    Returns
    -------
    DataFrame
        Columns `name`, `value`, status, year, level ("country", "lep", "lad", "nuts3"), area (name).
    """
    cells = _cells(raw, [dimension])
    columns = {name: dimension, value: "figure", "status": "status", "year": "year", "level": "level"}
    table = pd.DataFrame({new: cells[old] for new, old in columns.items()})
    return table.assign(area=cells["GEOGRAPHY_NAME"].str.strip()).reset_index(drop=True)


def read_survey_cells(raw: Raw) -> pd.DataFrame:
    """Read a table of the Annual Population Survey: figure and half-width are cells of their own.

    Parameters
    ----------
    raw : Path or bytes
        CSV of the API with CELL_NAME and MEASURES.

    Returns
    -------
    DataFrame
        Columns of `s3geo.sources.nomis.read_aps`.
    """
    cells = _cells(raw, ["CELL_NAME", "MEASURES"])
    cells = cells.assign(cell=cells["CELL_NAME"].str.extract(r"^(T\w+:\d+)", expand=False))
    key = ["year", "level", "GEOGRAPHY_CODE", "cell"]
    estimates = cells[cells["MEASURES"] == VALUE]
    if estimates.empty:
        message = f"{file_name(raw)}: no cell with MEASURES {VALUE} (the figure itself)."
        raise TableError(message, [{"file": file_name(raw), "code": "MEASURES", "problem": "no figures"}])
    widths = cells.loc[cells["MEASURES"] == HALF_WIDTH, [*key, "figure"]].rename(columns={"figure": "half_width"})
    table = estimates.merge(widths, on=key, how="left", validate="one_to_one")
    return pd.DataFrame(
        {
            "year": table["year"],
            "level": table["level"],
            "area": table["GEOGRAPHY_NAME"].str.strip(),
            "lep": table["GEOGRAPHY_CODE"].where(table["level"] == "lep", ""),
            "cell": table["cell"],
            "persons": table["figure"],
            "status": table["status"],
            "half_width": table["half_width"],
        }
    )
