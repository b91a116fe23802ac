"""Horizon 2020 from the archive that CORDIS publishes: a zip of CSV files, of which two are read.

The archive is looked through before anything in it is unpacked, and only the lines of UK organisations are kept.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast
from zipfile import ZipFile, ZipInfo

import pandas as pd

from s3geo.errors import FileProblem, TableError, listed
from s3geo.files import MEGABYTE, check_archive, file_problem, open_archive
from s3geo.sources.client import Client, Download, Tell
from s3geo.sources.tabular import Raw, numbers

__all__ = ["fetch_h2020_archive", "read_h2020_archive"]

ORGANISATIONS = "organization.csv"
PROJECTS = "project.csv"
COUNTRY = "UK"
_NAME = "CORDIS H2020 archive"
_TOTAL = 1_500 * MEGABYTE
_AGAIN = "Download it again from the page of the source."
COLUMNS = (
    "projectID", "organisationID", "name", "activityType", "postCode", "city", "country", "nutsCode", "role",
    "ecContribution",
)  # fmt: skip


def fetch_h2020_archive(client: Client, address: str, tell: Tell) -> tuple[Download, ...]:
    """Fetch the archive.

    Parameters
    ----------
    client : Client
        Asks for it.
    address : str
        The zip file.
    tell : callable
        Told when it is there.
    """
    download = client.get(address, kind="zip", name=_NAME)
    tell(1, 1)
    return (download,)


def read_h2020_archive(raw: Raw) -> pd.DataFrame:
    """Read participations of UK organisations.

    Parameters
    ----------
    raw : Path or bytes
        The zip file.

    Returns
    -------
    DataFrame
        Columns project, pic, name, role, type ("HES", "REC", "PRC", "PUB", "OTH"), postcode, city, nuts, start_year,
        contribution (EUR to this participant; NaN = not stated). One row a project, organisation and role.

    Raises
    ------
    FileProblem
        If it is no archive, or holds anything unexpected or dangerous.
    TableError
        If a column is missing.
    """
    with open_archive(raw if isinstance(raw, bytes) else Path(raw), _NAME) as archive:
        members = {info.filename.rsplit("/", 1)[-1]: info for info in check_archive(archive, _NAME, total=_TOTAL)}
        strange = sorted(name for name in members if not name.casefold().endswith((".csv", ".txt", ".md")))
        if strange:
            raise file_problem(_NAME, f"holds files that are no tables: {listed(strange)}", _AGAIN)
        missing = [name for name in (ORGANISATIONS, PROJECTS) if name not in members]
        if missing:
            raise file_problem(_NAME, f"does not hold {listed(missing)} (it has {listed(sorted(members))})", _AGAIN)
        starts = {row["id"]: row["startDate"] for row in _rows(archive, members[PROJECTS], ("id", "startDate"))}
        rows = [row for row in _rows(archive, members[ORGANISATIONS], COLUMNS) if row["country"] == COUNTRY]
    if not rows:
        message = f"{_NAME}: no organisation has country {COUNTRY!r}."
        raise TableError(message, [{"file": ORGANISATIONS, "code": "country", "problem": "no UK organisation"}])
    return _tidy(pd.DataFrame(rows), starts)


def _tidy(table: pd.DataFrame, starts: dict[str, str]) -> pd.DataFrame:
    # CORDIS has written decimals with a comma in some releases.
    amounts = table["ecContribution"].str.strip().str.replace(",", ".", regex=False)
    contribution, _ = numbers(amounts, file=ORGANISATIONS, empty="not_collected")
    start = table["projectID"].map(starts).fillna("").str[:4]
    if not start.str.fullmatch(r"\d{4}").all():
        lost = table.loc[~start.str.fullmatch(r"\d{4}"), "projectID"].unique()
        message = f"{_NAME}: no start date in {PROJECTS} for project {listed(lost)}."
        raise TableError(message, [{"file": PROJECTS, "code": code, "problem": "no start date"} for code in lost])
    columns = {
        "project": "projectID",
        "pic": "organisationID",
        "name": "name",
        "role": "role",
        "type": "activityType",
        "postcode": "postCode",
        "city": "city",
        "nuts": "nutsCode",
    }
    tidy = pd.DataFrame({new: table[old].str.strip() for new, old in columns.items()})
    tidy = tidy.assign(start_year=start.astype(int), contribution=contribution)
    groups = tidy.groupby(["project", "pic", "role"], as_index=False, sort=True)
    rest = [name for name in tidy.columns if name not in {"project", "pic", "role", "contribution"}]
    first = groups[rest].first()
    money = groups["contribution"].sum(min_count=1)
    return first.merge(money, on=["project", "pic", "role"])


def _rows(archive: ZipFile, info: ZipInfo, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Yield some columns of a CSV member, line by line."""
    try:
        with archive.open(info) as member:
            lines = io.TextIOWrapper(cast("BinaryIO", member), encoding="utf-8-sig", newline="")
            reader = csv.DictReader(lines, delimiter=";")
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                has = listed(reader.fieldnames or (), most=12)
                message = f"{info.filename}: no column {listed(missing)}. It has {has}."
                problems = [{"file": info.filename, "code": name, "problem": "column missing"} for name in missing]
                raise TableError(message, problems)
            for row in reader:
                yield {name: row[name] or "" for name in columns}
    except (TableError, FileProblem):
        raise
    except Exception as error:  # zlib, struct, CRC, encoding, csv: all mean the same to the reader
        raise file_problem(_NAME, f"is damaged: {info.filename!r} cannot be read ({error})", _AGAIN) from error
