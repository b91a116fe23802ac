"""Schemas of the compiled tables in ``data/``.

pandera takes a quarter of a second to import, so it is loaded only when a table is checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from s3geo.errors import ValidationError, listed
from s3geo.model.catalogue import STATUSES

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "GEOGRAPHIES",
    "OBSERVATION_COLUMNS",
    "ORGANISATION_COLUMNS",
    "ORGANISATION_KINDS",
    "check_observations",
    "check_organisations",
    "checked",
]

GEOGRAPHIES = ("lep", "lad", "county", "region", "combined_authority", "country")
"""Geographies of the observations; "country" holds England only."""

OBSERVATION_COLUMNS = {
    "indicator": "Identifier in the catalogue",
    "geography": "lep, lad, county, region, combined_authority or country",
    "code": "GSS code of the area (vintage of the geography's default layer)",
    "period": "Period as shown, for example 2023, 2017/18 or 2018 to 2020",
    "value": "Figure in the unit of the catalogue, exactly as shown; empty where there is none",
    "lower": "Lower 95 % limit in the same unit; empty where no interval is known",
    "upper": "Upper 95 % limit in the same unit; empty where no interval is known",
    "status": "; ".join(f"{name}: {meaning}" for name, meaning in STATUSES.items()),
    "numerator": "Numerator in its own unit; empty where there is none",
    "denominator": "Denominator, or weight of an average; empty where there is none",
}
"""Columns of ``observations.parquet`` and what they hold."""

ORGANISATION_KINDS = ("university", "research_organisation", "catapult", "nhs_trust", "company", "public", "other")
"""Kinds of organisation."""

ORGANISATION_COLUMNS = {
    "id": "ukprn:, gtr:, ods:, waifinder: or pic: and the identifier there",
    "name": "Name",
    "kind": ", ".join(ORGANISATION_KINDS),
    "district": "GSS code of the district (April 2023); empty where none is known, and outside England",
    "easting": "Easting in metres (EPSG:27700); empty where only the district is known",
    "northing": "Northing in metres (EPSG:27700); empty where only the district is known",
    "precision": "postcode: point of the postcode; point: published point; district: no point; "
    "none: no district known; outside: not in England",
    "ref_fte": "Staff submitted to REF 2021 (FTE)",
    "ref_4star_share": "Share of that research rated 4* (%)",
    "source_ids": "All identifiers of the organisation, joined with ;",
    "source": "Sources in the catalogue, joined with ;",
}
"""Columns of ``organisations.parquet`` and what they hold."""

WITH_VALUE = ("value", "rounded", "estimated")
WITH_POINT = ("postcode", "point")
NOWHERE = ("none", "outside")


def _shape(frame: pd.DataFrame, schema: Any, name: str) -> None:
    """Check columns and their kinds first: with these wrong, no other finding means anything."""
    missing = [column for column in schema.columns if column not in frame.columns]
    surplus = [column for column in frame.columns if column not in schema.columns]
    text = [
        column
        for column, wanted in schema.columns.items()
        if column in frame.columns and str(wanted.dtype) == "float64" and frame[column].dtype.kind not in "fiu"
    ]
    findings = [
        *((column, "the column is missing", "Add it.") for column in missing),
        *((column, "no column of this table", "Remove it.") for column in surplus),
        *(
            (column, "holds text where numbers belong", "Write numbers, and nothing where there is none.")
            for column in text
        ),
    ]
    if findings:
        column, problem, step = findings[0]
        more = f" There are {len(findings) - 1} more problems." if len(findings) > 1 else ""
        rows = [{"file": name, "code": c, "problem": p, "next_step": s} for c, p, s in findings]
        raise ValidationError(f"{name}, {column}: {problem}. {step}{more}", rows)


def checked(frame: pd.DataFrame, schema: Any, name: str) -> pd.DataFrame:
    """Check a table against a pandera schema.

    Parameters
    ----------
    frame : DataFrame
        The table.
    schema : pandera.DataFrameSchema
        What it must satisfy.
    name : str
        Name of the file, for messages.

    Returns
    -------
    DataFrame
        The same frame, numbered anew.

    Raises
    ------
    ValidationError
        What is wrong, as a table of problems in plain words.
    """
    from pandera.errors import SchemaErrors

    _shape(frame, schema, name)
    frame = frame.reset_index(drop=True)
    try:
        result: pd.DataFrame = schema.validate(frame, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
        problems = [
            {
                "file": name,
                "row": "" if case.index is None else case.index,
                "code": case.column,
                "problem": f"{case.check}: {case.failure_case!r}",
                "next_step": "Correct the table or the recipe that makes it.",
            }
            for case in cases.itertuples(index=False)
        ]
        found = listed(dict.fromkeys(f"{problem['code']} {problem['problem']}" for problem in problems))
        step = "Correct the table, or remove it from the workspace to use the bundled one."
        raise ValidationError(f"{name} does not satisfy its schema: {found}. {step}", problems) from error
    return result


def check_observations(frame: pd.DataFrame) -> pd.DataFrame:
    """Check ``observations.parquet``.

    Parameters
    ----------
    frame : DataFrame
        Columns as in `OBSERVATION_COLUMNS`.

    Returns
    -------
    DataFrame
        The same frame.

    Raises
    ------
    ValidationError
        Unknown status or geography, a key twice, a value without its status or outside its own interval.
    """
    import pandera.pandas as pa

    text = pa.Column(str, nullable=False)
    number = pa.Column(float, nullable=True)
    schema = pa.DataFrameSchema(
        {
            "indicator": text,
            "geography": pa.Column(str, pa.Check.isin(GEOGRAPHIES)),
            "code": pa.Column(str, pa.Check.str_matches(r"^[EKNSW]\d{8}$")),
            "period": text,
            "value": number,
            "lower": number,
            "upper": number,
            "status": pa.Column(str, pa.Check.isin(list(STATUSES))),
            "numerator": number,
            "denominator": number,
        },
        checks=[
            pa.Check(lambda df: df["status"].isin(WITH_VALUE) == df["value"].notna(), error="value and status agree"),
            pa.Check(lambda df: df["lower"].isna() == df["upper"].isna(), error="both limits or none"),
            pa.Check(
                lambda df: df["lower"].isna() | df["value"].between(df["lower"] - 1e-9, df["upper"] + 1e-9),
                error="value lies in its interval",
            ),
        ],
        unique=["indicator", "geography", "code", "period"],
        strict=True,
        ordered=True,
    )
    return checked(frame, schema, "observations.parquet")


def check_organisations(frame: pd.DataFrame) -> pd.DataFrame:
    """Check ``organisations.parquet``.

    Parameters
    ----------
    frame : DataFrame
        Columns as in `ORGANISATION_COLUMNS`.

    Returns
    -------
    DataFrame
        The same frame.
    """
    import pandera.pandas as pa

    schema = pa.DataFrameSchema(
        {
            "id": pa.Column(str, pa.Check.str_matches(r"^(ukprn|gtr|ods|waifinder|pic):\S+$"), unique=True),
            "name": pa.Column(str, pa.Check.str_length(min_value=2)),
            "kind": pa.Column(str, pa.Check.isin(ORGANISATION_KINDS)),
            "district": pa.Column(str, pa.Check.str_matches(r"^(E0[6-9]\d{6})?$")),
            "easting": pa.Column(float, pa.Check.in_range(0, 700_000), nullable=True),
            "northing": pa.Column(float, pa.Check.in_range(0, 700_000), nullable=True),
            "precision": pa.Column(str, pa.Check.isin([*WITH_POINT, "district", *NOWHERE])),
            "ref_fte": pa.Column(float, pa.Check.gt(0), nullable=True),
            "ref_4star_share": pa.Column(float, pa.Check.in_range(0, 100), nullable=True),
            "source_ids": pa.Column(str),
            "source": pa.Column(str),
        },
        checks=[
            pa.Check(
                lambda df: df["precision"].isin(WITH_POINT) == df["easting"].notna(), error="precision and point agree"
            ),
            pa.Check(
                lambda df: df["precision"].isin(NOWHERE) == (df["district"] == ""),
                error="precision and district agree",
            ),
        ],
        strict=True,
        ordered=True,
    )
    return checked(frame, schema, "organisations.parquet")
