"""The catalogue: what each indicator counts, in which unit, and where it comes from.

``data/catalogue.toml`` is written by hand; this module checks it and hands it out as objects or as a table.
"""

from __future__ import annotations

import re
import tomllib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic import ValidationError as PydanticError

from s3geo.errors import FileProblem, NotFound, ValidationError, listed, unreadable
from s3geo.model.provenance import LICENCES, attribution

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ACTORS", "DIMENSIONS", "STATUSES", "Catalogue", "Indicator", "Source", "load_catalogue"]

Actor = Literal["research", "business", "environment"]
Dimension = Literal["funding", "talent", "outputs"]
Kind = Literal["extensive", "rate", "intensive"]
Direction = Literal["higher_is_better", "lower_is_better", "neutral"]
Uncertainty = Literal["none", "survey", "binomial", "poisson"]

ACTORS: tuple[str, ...] = ("research", "business", "environment")
"""Rows of the grid."""

DIMENSIONS: tuple[str, ...] = ("funding", "talent", "outputs")
"""Columns of the grid."""

STATUSES: dict[str, str] = {
    "value": "computed from figures as published",
    "rounded": "computed from counts that the publisher rounded",
    "estimated": "survey estimate, or partly shared out between areas",
    "suppressed": "withheld by the publisher, or by us because it rests on too few cases",
    "not_collected": "the source has no figure for this area and period",
    "not_comparable": "the source uses other borders for this area",
    "no_institution": "no university is registered in this area",
}
"""Status of an observation and what it means; the last four come without a value."""


class Source(BaseModel):
    """One edition of one publisher's dataset.

    Notes
    -----
    `licence` is a key of `s3geo.model.provenance.LICENCES`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str = Field(min_length=3)
    publisher: str = Field(min_length=2)
    dataset: str
    edition: str
    licence: str
    attribution: str = Field(min_length=5)
    url: str = Field(pattern=r"^(https://.+)?$")
    compiled_by: str = ""
    note: str = ""

    @field_validator("licence")
    @classmethod
    def _known_licence(cls, value: str) -> str:
        if value not in LICENCES:
            raise ValueError(f"unknown licence {value!r}; use one of {', '.join(LICENCES)}")
        return value

    @property
    def licence_title(self) -> str:
        """Name of the licence."""
        return LICENCES[self.licence].title

    @property
    def licence_url(self) -> str:
        """Address of the licence text."""
        return LICENCES[self.licence].url


class Indicator(BaseModel):
    """One indicator: value = numerator / denominator x multiplier, in `unit` exactly as shown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_]+$")
    label: str = Field(min_length=5, max_length=120)
    short_label: str = Field(min_length=3, max_length=32)
    actor: Actor
    dimension: Dimension
    unit: str
    decimals: int = Field(ge=0, le=3)
    kind: Kind
    direction: Direction
    numerator: str
    denominator: str = ""
    multiplier: float = Field(gt=0)
    period: str
    periods: tuple[str, ...] = Field(min_length=1)
    formula: str
    sources: tuple[str, ...] = Field(min_length=1)
    caveat: str
    uncertainty: Uncertainty
    overlap: str

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.period not in self.periods:
            raise ValueError(f"period {self.period!r} is not among periods")
        if len(set(self.periods)) != len(self.periods):
            raise ValueError("periods holds a period twice")
        if self.kind == "rate" and not self.denominator:
            raise ValueError("a rate needs a denominator")
        return self

    @property
    def latest_year(self) -> int | None:
        """Calendar year in which the default period ends.

        "2017/18" ends in 2018, "2009 to 2011" in 2011; None where a user's own figures do not say.
        """
        found = re.findall(r"(\d{4})(?:/(\d{2}))?", self.period)
        if not found:
            return None
        year, short = found[-1]
        return int(year[:2] + short) if short else int(year)


class Catalogue(BaseModel):
    """All indicators and sources."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: dict[str, Source]
    indicator: dict[str, Indicator]

    @model_validator(mode="after")
    def _sources_exist(self) -> Self:
        for indicator in self.indicator.values():
            unknown = [source for source in indicator.sources if source not in self.source]
            if unknown:
                raise ValueError(f"indicator {indicator.id}: unknown source {listed(unknown)}")
        for name in ("label", "short_label"):
            texts = [getattr(indicator, name) for indicator in self.indicator.values()]
            twice = sorted({text for text in texts if texts.count(text) > 1})
            if twice:
                raise ValueError(f"{name} used twice: {listed(twice)}")
        return self

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Identifiers in the order of the file."""
        return tuple(self.indicator)

    def sources_of(self, indicator: str) -> tuple[Source, ...]:
        """Return the sources that an indicator rests on.

        Parameters
        ----------
        indicator : str
            Identifier, e.g. "gva_per_head".
        """
        if indicator not in self.indicator:
            raise NotFound(f"No indicator {indicator!r}. Known: {listed(self.ids)}.")
        return tuple(self.source[name] for name in self.indicator[indicator].sources)

    def to_frame(self) -> pd.DataFrame:
        """Return one row an indicator, in the order of the file.

        Returns
        -------
        DataFrame
            Index ``indicator``; the fields of `Indicator`, and ``publisher``, ``licence``, ``attribution`` and
            ``latest_year`` derived from its sources and period.
        """
        import pandas as pd

        rows = []
        for key, indicator in self.indicator.items():
            sources = self.sources_of(key)
            derived = {
                "publisher": "; ".join(dict.fromkeys(source.publisher for source in sources)),
                "licence": "; ".join(dict.fromkeys(source.licence_title for source in sources)),
                "attribution": attribution(sources),
                "latest_year": indicator.latest_year,
            }
            rows.append(indicator.model_dump() | derived)
        return pd.DataFrame(rows).set_index("id").rename_axis("indicator")


def _problems(error: PydanticError, path: Path) -> list[dict[str, object]]:
    """Turn pydantic's findings into rows of a table of problems."""
    return [
        {
            "file": path.name,
            "code": ".".join(str(part) for part in item["loc"]),
            "problem": item["msg"],
            "next_step": "Correct this entry of the catalogue.",
        }
        for item in error.errors()
    ]


def load_catalogue(path: Path) -> Catalogue:
    """Read and check a ``catalogue.toml``.

    Parameters
    ----------
    path : Path
        The TOML file, with tables ``[source.<id>]`` and ``[indicator.<id>]``.

    Raises
    ------
    FileProblem
        The file is missing, may not be read, or is not TOML.
    ValidationError
        Entries are incomplete or contradict each other; ``.problems`` lists them.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise FileProblem(f"No catalogue at {path.name}: data/ needs a catalogue.toml.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path.name} is not TOML: {error}."
        raise FileProblem(message, [{"file": path.name, "problem": str(error)}]) from error
    except OSError as error:
        raise unreadable(path.name, error) from error
    for group in ("source", "indicator"):
        entries = raw.get(group)
        if isinstance(entries, dict):
            raw[group] = {key: {"id": key, **entry} for key, entry in entries.items() if isinstance(entry, dict)}
    try:
        return Catalogue.model_validate(raw)
    except PydanticError as error:
        problems = _problems(error, path)
        message = f"{path.name}: {listed(p['code'] or p['problem'] for p in problems)} do not satisfy the schema."
        raise ValidationError(message, problems) from error
