"""Schemas of the compiled tables of sectors and links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from s3geo.model.catalogue import STATUSES
from s3geo.model.evidence import LINK_SOURCES, SECTOR_TABLES
from s3geo.model.schemas import GEOGRAPHIES, WITH_VALUE, checked

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["check_links", "check_participations", "check_sector_names", "check_sectors"]

ROLES = ("coordinator", "participant", "partner")


def _column(kind: type, *checks: Any, nullable: bool = False) -> Any:
    """Return a column of a schema; whole numbers are read as numbers."""
    import pandera.pandas as pa

    return pa.Column(kind, list(checks), nullable=nullable, coerce=kind is float)


def check_sectors(frame: pd.DataFrame) -> pd.DataFrame:
    """Check ``sectors.parquet``.

    Parameters
    ----------
    frame : DataFrame
        Columns as in `SECTOR_COLUMNS`.

    Returns
    -------
    DataFrame
        The same frame.

    Raises
    ------
    ValidationError
        A sector of another classification than that of its table, a key twice, a value without its status.
    """
    import pandera.pandas as pa

    schema = pa.DataFrameSchema(
        {
            "table": _column(str, pa.Check.isin(list(SECTOR_TABLES))),
            "geography": _column(str, pa.Check.isin(GEOGRAPHIES)),
            "code": _column(str, pa.Check.str_matches(r"^E\d{8}$")),
            "sector": _column(str),
            "period": _column(str, pa.Check.str_matches(r"^\d{4}$")),
            "value": _column(float, nullable=True),
            "status": _column(str, pa.Check.isin(list(STATUSES))),
        },
        checks=[
            pa.Check(lambda df: ~(df["value"] < 0) | (df["table"] == "gva"), error="no count is negative"),
            pa.Check(_of_its_classification, error="sector belongs to the classification of its table"),
            pa.Check(
                lambda df: df["status"].isin(WITH_VALUE) == df["value"].notna(),
                error="value and status agree",
            ),
        ],
        unique=["table", "geography", "code", "sector", "period"],
        strict=True,
        ordered=True,
    )
    return checked(frame, schema, "sectors.parquet")


def _of_its_classification(frame: pd.DataFrame) -> pd.Series:
    """Tell which rows hold a sector that their table knows."""
    known = frame["table"].isna()
    for name, table in SECTOR_TABLES.items():
        known |= (frame["table"] == name) & frame["sector"].str.fullmatch(table.sector)
    return known


def check_sector_names(frame: pd.DataFrame) -> pd.DataFrame:
    """Check ``sector_names.csv``.

    Parameters
    ----------
    frame : DataFrame
        Columns as in `SECTOR_NAME_COLUMNS`.

    Returns
    -------
    DataFrame
        The same frame.
    """
    import pandera.pandas as pa

    schema = pa.DataFrameSchema(
        {
            "table": _column(str, pa.Check.isin(list(SECTOR_TABLES))),
            "sector": _column(str),
            "label": _column(str, pa.Check.str_length(min_value=4)),
            "sections": _column(str, pa.Check.str_matches(r"^[A-U](;[A-U])*$")),
            "extent": _column(str, pa.Check.isin(["whole", "part"])),
        },
        checks=[pa.Check(_of_its_classification, error="sector belongs to the classification of its table")],
        unique=["table", "sector"],
        strict=True,
        ordered=True,
    )
    return checked(frame, schema, "sector_names.csv")


def check_links(frame: pd.DataFrame) -> pd.DataFrame:
    """Check ``links.parquet``.

    Parameters
    ----------
    frame : DataFrame
        Columns as in `LINK_COLUMNS`.

    Returns
    -------
    DataFrame
        The same frame.

    Raises
    ------
    ValidationError
        An organisation linked to itself, a pair twice or the wrong way round, years of a source that has none.
    """
    import pandera.pandas as pa

    year = pa.Check.in_range(2000, 2030)
    schema = pa.DataFrameSchema(
        {
            "source": _column(str, pa.Check.isin(list(LINK_SOURCES))),
            "a": _column(str),
            "b": _column(str),
            "n_projects": _column(float, pa.Check.ge(1)),
            "first_year": _column(float, year, nullable=True),
            "last_year": _column(float, year, nullable=True),
            "topic": _column(str),
        },
        checks=[
            pa.Check(lambda df: df["a"] < df["b"], error="a comes before b"),
            pa.Check(lambda df: df["first_year"].notna() == (df["source"] == "h2020"), error="years of h2020 only"),
            pa.Check(lambda df: df["first_year"].isna() == df["last_year"].isna(), error="both years or none"),
            pa.Check(
                lambda df: df["first_year"].isna() | (df["first_year"] <= df["last_year"]), error="first before last"
            ),
        ],
        unique=["source", "a", "b"],
        strict=True,
        ordered=True,
    )
    return checked(frame, schema, "links.parquet")


def check_participations(frame: pd.DataFrame) -> pd.DataFrame:
    """Check ``participations.parquet``.

    Parameters
    ----------
    frame : DataFrame
        Columns as in `PARTICIPATION_COLUMNS`.

    Returns
    -------
    DataFrame
        The same frame.
    """
    import pandera.pandas as pa

    schema = pa.DataFrameSchema(
        {
            "project": _column(str, pa.Check.str_matches(r"^\d+$")),
            "organisation": _column(str, pa.Check.str_matches(r"^(ukprn|gtr|ods|waifinder|pic):\S+$")),
            "role": _column(str, pa.Check.isin(ROLES)),
            "start_year": _column(float, pa.Check.in_range(2014, 2022)),
        },
        unique=["project", "organisation"],
        strict=True,
        ordered=True,
    )
    return checked(frame, schema, "participations.parquet")
