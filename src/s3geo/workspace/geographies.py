"""The kinds of region there are, and the vintage of each in the bundle."""

from __future__ import annotations

from dataclasses import dataclass

from s3geo.errors import NotFound

__all__ = ["GEOGRAPHIES", "Geography", "geography_named", "period_label"]


@dataclass(frozen=True)
class Geography:
    """A kind of region and the vintage the bundle holds.

    Attributes
    ----------
    id : str
        "lep", "lad", "county", "region" or "combined_authority".
    vintage : str
        Year and month of the boundaries, "2021-05".
    singular, plural : str
        What users call one, and several.
    """

    id: str
    vintage: str
    singular: str
    plural: str


GEOGRAPHIES: dict[str, Geography] = {
    g.id: g
    for g in (
        Geography("lep", "2021-05", "LEP", "Local Enterprise Partnerships"),
        Geography("region", "2023-04", "region", "Regions"),
        Geography("combined_authority", "2025-05", "combined authority", "Combined authorities"),
        Geography("county", "2023-04", "county or unitary authority", "Counties and unitary authorities"),
        Geography("lad", "2023-04", "district", "Local authority districts"),
    )
}


def geography_named(geography: str) -> Geography:
    """Return a geography by its id.

    Raises
    ------
    NotFound
        With the ids there are.
    """
    if geography not in GEOGRAPHIES:
        raise NotFound(f"No geography {geography!r}; choose one of {', '.join(GEOGRAPHIES)}.")
    return GEOGRAPHIES[geography]


def period_label(vintage: str) -> str:
    """Write a boundary vintage.

    Examples
    --------
    >>> period_label("2021-05"), period_label("2023")
    ('May 2021', '2023')
    """
    months = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
    year, _, month = vintage.partition("-")
    return f"{months[int(month) - 1]} {year}" if month else year
