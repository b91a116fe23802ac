"""Tables of Nomis: UK Business Counts, BRES jobs, Annual Population Survey; from its website or its API.

A Nomis workbook stacks one block a period: header lines, a row that starts with "Area", then one row an area with a
prefix ("country:", "lep:", "ladu:", "nuts316:"). Its sheet declares a wrong size, which calamine ignores. The CSV of
the API has one line a cell (`s3geo.sources.nomis_cells`); the functions here take either.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from s3geo.errors import TableError
from s3geo.sources.nomis_cells import is_cells, read_cells, read_survey_cells
from s3geo.sources.tabular import Raw, file_name, numbers, read_csv, read_sheet

__all__ = ["APS_MARKS", "read_aps", "read_context", "read_industry_counts", "read_jobs", "read_size_bands"]

SHEET = "Data"
LEVELS = {"country": "country", "lep": "lep", "ladu": "lad", "nuts316": "nuts3"}

APS_MARKS = {"!": "suppressed", "*": "suppressed", "~": "suppressed", "-": "not_collected"}
"""Marks of the Annual Population Survey: "!" disclosive or 0-2 people asked, "*" 3-9 people, "~" under 500."""

JOB_MARKS = {"!": "suppressed", "*": "suppressed"}

SIZE_BANDS = {
    "Total": "total",
    "Micro (0 to 9)": "micro_0_9",
    "Small (10 to 49)": "small_10_49",
    "Medium-sized (50 to 249)": "medium_50_249",
    "Large (250+)": "large_250p",
}


def _blocks(raw: Raw) -> Iterator[tuple[int, pd.DataFrame]]:
    """Yield year and table of each block; the index is the row in the sheet."""
    rows = read_sheet(raw, SHEET)
    year, header, start = 0, None, 0
    padded: list[list[object]] = [*rows, [""]]
    for position, row in enumerate(padded):
        first = str(row[0]).strip()
        if first.casefold() == "date":
            year = int(float(str(row[1])))
        elif first == "Area":
            header, start = [str(cell).strip() for cell in row], position + 1
        elif header is not None and not first and position > start + 1:
            body = [line for line in range(start, position) if str(rows[line][0]).strip()]
            table = pd.DataFrame([rows[line] for line in body], columns=range(len(header)))
            table.index = pd.Index([line + 1 for line in body], name="row")
            yield year, table.set_axis(pd.Index(header), axis=1)
            header = None


def _areas(labels: pd.Series) -> pd.DataFrame:
    """Split "lep:Black Country" into level and area."""
    parts = labels.astype(str).str.partition(":")
    return pd.DataFrame({"level": parts[0].map(LEVELS), "area": parts[2].str.strip()})


def _long(raw: Raw, name: str, value: str) -> pd.DataFrame:
    """Read all blocks into rows year, level, area, `name`, `value`."""
    file = file_name(raw)
    parts = []
    for year, table in _blocks(raw):
        columns = [position for position, title in enumerate(table.columns) if title not in {"Area", "Flags", ""}]
        areas = _areas(table["Area"])
        cells = table.iloc[:, columns].melt(var_name=name, value_name=str(year), ignore_index=False)
        figures, status = numbers(cells[str(year)], file=file, marks=JOB_MARKS, empty="not_collected")
        long = pd.DataFrame({name: cells[name], value: figures, "status": status, "year": year})
        parts.append(long.assign(level=areas["level"].reindex(long.index), area=areas["area"].reindex(long.index)))
    if not parts:
        message = f"{file}: no block with a row that starts with 'Area'."
        raise TableError(message, [{"file": file, "problem": "no table"}])
    table = pd.concat(parts)
    return table.dropna(subset=["level"]).reset_index(drop=True)


def _either(raw: Raw, dimension: str, name: str, value: str) -> pd.DataFrame:
    """Read a workbook, or CSV of the API that has the same dimension in a column."""
    return read_cells(raw, dimension, name, value) if is_cells(raw) else _long(raw, name, value)


def read_size_bands(raw: Raw) -> pd.DataFrame:
    """Read enterprises by size band (UK Business Counts).

    Parameters
    ----------
    raw : Path or bytes
        Nomis workbook, or CSV of the API.

    Returns
    -------
    DataFrame
        Columns level ("country", "lep", "lad"), area (name), year, band (total, micro_0_9, small_10_49, medium_50_249,
        large_250p), enterprises (rounded to 5), status. Areas defined by a user are left out: they repeat LEPs.
    """
    table = _either(raw, "EMPLOYMENT_SIZEBAND_NAME", "band", "enterprises")
    return table.assign(band=table["band"].replace(SIZE_BANDS))


def read_jobs(raw: Raw) -> pd.DataFrame:
    """Read jobs by section and by broad group (BRES, open access).

    Parameters
    ----------
    raw : Path or bytes
        Nomis workbook, or CSV of the API.

    Returns
    -------
    DataFrame
        Columns level ("country", "lep", "nuts3"), area (name), year, classification ("section" or "group": two
        groupings of the same jobs, never to be added together), industry (label), jobs (rounded), status.
    """
    table = _either(raw, "INDUSTRY_NAME", "industry", "jobs")
    lettered = table["industry"].str.match(r"[A-U] :")
    return table.assign(classification=lettered.map({True: "section", False: "group"}))


def read_industry_counts(raw: Raw) -> pd.DataFrame:
    """Read enterprises by broad industry group (UK Business Counts).

    Parameters
    ----------
    raw : Path or bytes
        CSV with columns year, level ("country", "lep", "ladu"), area, industry ("5 : Motor trades (Part G)"), total.

    Returns
    -------
    DataFrame
        Columns level ("country", "lep", "lad"), area (name), year, industry (label), enterprises (rounded to 5) and
        status. Districts are those of 2021, of the whole United Kingdom, by name only.
    """
    file = file_name(raw)
    table = read_csv(raw, ["year", "level", "area", "industry", "total"])
    counts, status = numbers(table["total"], file=file, marks=JOB_MARKS, empty="not_collected")
    years, _ = numbers(table["year"], file=file)
    return pd.DataFrame(
        {
            "level": table["level"].map(LEVELS),
            "area": table["area"].str.strip(),
            "year": years.astype(int),
            "industry": table["industry"].str.strip(),
            "enterprises": counts,
            "status": status,
        }
    ).reset_index(drop=True)


def read_aps(raw: Raw) -> pd.DataFrame:
    """Read one table of the Annual Population Survey.

    Parameters
    ----------
    raw : Path or bytes
        CSV with columns period ("Jan 2021-Dec 2021"), level, area, cell ("T19:6 (...)"), number, conf, lep21cd; or
        CSV of the API.

    Returns
    -------
    DataFrame
        Columns year, level ("country", "lep", "lad"), area (name), lep (code of May 2021 or ""), cell ("T19:6"),
        persons, status, half_width (95 %, persons; NaN where unreliable or withheld).
    """
    if is_cells(raw):
        return read_survey_cells(raw)
    file = file_name(raw)
    table = read_csv(raw, ["period", "level", "area", "cell", "number", "conf", "lep21cd"])
    persons, status = numbers(table["number"], file=file, marks=APS_MARKS)
    half_width, _ = numbers(table["conf"], file=file, marks=APS_MARKS)
    return pd.DataFrame(
        {
            "year": table["period"].str[-4:].astype(int),
            "level": table["level"].map(LEVELS),
            "area": table["area"],
            "lep": table["lep21cd"],
            "cell": table["cell"].str.extract(r"^(T\w+:\d+)", expand=False),
            "persons": persons,
            "status": status,
            "half_width": half_width,
        }
    ).reset_index(drop=True)


def read_context(raw: Raw) -> pd.DataFrame:
    """Read labour market totals by LEP.

    Parameters
    ----------
    raw : Path or bytes
        CSV with columns geography_code, indicator, year, value.

    Returns
    -------
    DataFrame
        Columns code (LEP of May 2021 or E92000001), measure, year, value (persons or enterprises).
    """
    file = file_name(raw)
    table = read_csv(raw, ["geography_code", "indicator", "year", "value"])
    values, _ = numbers(table["value"], file=file, empty="not_collected")
    return pd.DataFrame(
        {
            "code": table["geography_code"],
            "measure": table["indicator"],
            "year": table["year"].astype(int),
            "value": values,
        }
    ).reset_index(drop=True)
