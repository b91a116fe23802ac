"""Licences and the words that credit a source.

Every map, table and page shows where its figures come from. The texts are written here once, so that they read
the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

__all__ = [
    "LICENCES",
    "NATURAL_EARTH_LINE",
    "ONS_BOUNDARY_LINES",
    "POSTCODE_LINES",
    "Credited",
    "Licence",
    "attribution",
]


@dataclass(frozen=True, slots=True)
class Licence:
    """An open licence.

    Parameters
    ----------
    id : str
        Short identifier used in ``catalogue.toml`` (SPDX where there is one).
    title : str
        Name as the licensor writes it.
    url : str
        Text of the licence.
    """

    id: str
    title: str
    url: str


LICENCES: dict[str, Licence] = {
    licence.id: licence
    for licence in (
        Licence(
            "OGL-UK-3.0",
            "Open Government Licence v3.0",
            "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
        ),
        Licence("CC-BY-4.0", "Creative Commons Attribution 4.0", "https://creativecommons.org/licenses/by/4.0/"),
        Licence("CC0-1.0", "CC0 1.0 Universal", "https://creativecommons.org/publicdomain/zero/1.0/"),
        Licence("MIT", "MIT License", "https://opensource.org/license/mit"),
        Licence(
            "Eurostat-reuse",
            "Reuse with acknowledgement (Eurostat)",
            "https://ec.europa.eu/eurostat/web/main/help/copyright-notice",
        ),
        Licence("own", "The user's own; not published by s3geo", ""),
        Licence("public-domain", "Public domain", "https://creativecommons.org/publicdomain/mark/1.0/"),
    )
}
"""Licences of the data in use, by identifier."""

ONS_BOUNDARY_LINES = (
    "Source: Office for National Statistics licensed under the Open Government Licence v.3.0",
    "Contains OS data © Crown copyright and database right",
)
"""What every map and table built on official boundaries shows."""

POSTCODE_LINES = (
    *ONS_BOUNDARY_LINES,
    "Contains Royal Mail data © Royal Mail copyright and database right",
    "Contains National Statistics data © Crown copyright and database right",
)
"""What everything that rests on the ONS Postcode Directory shows."""

NATURAL_EARTH_LINE = "Made with Natural Earth"
"""What a map with a coastline or neighbours of Natural Earth shows (public domain: a courtesy, not a duty)."""


class Credited(Protocol):
    """Anything with an attribution line of its own."""

    @property
    def attribution(self) -> str:
        """Words of credit, one sentence."""
        ...


def attribution(sources: Iterable[Credited]) -> str:
    """Credit several sources in one line, each once, in the order given.

    Parameters
    ----------
    sources : iterable
        Objects with an ``attribution`` text, for example `s3geo.model.catalogue.Source`.

    Returns
    -------
    str
        Sentences joined by "; ", without repeats.

    Examples
    --------
    >>> from types import SimpleNamespace as S
    >>> attribution([S(attribution="Source: ONS."), S(attribution="Source: HESA"), S(attribution="Source: ONS")])
    'Source: ONS; Source: HESA.'
    """
    lines = dict.fromkeys(source.attribution.strip().rstrip(".") for source in sources)
    return "; ".join(line for line in lines if line) + ("." if lines else "")
