"""Indicators of the user's own: described like the bundled ones, for a session or kept in a workspace folder."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from s3geo.errors import UsageError, ValidationError, of_the_system, unreadable
from s3geo.files import clean_text
from s3geo.model.catalogue import Catalogue, Indicator, Source
from s3geo.model.schemas import OBSERVATION_COLUMNS
from s3geo.settings import ENGLAND
from s3geo.tables.own import OwnTable
from s3geo.workspace.geographies import geography_named
from s3geo.writing import current, steadily, together

__all__ = [
    "OWN_CATALOGUE",
    "OWN_OBSERVATIONS",
    "Described",
    "OwnIndicators",
    "describe_own",
    "load_own",
    "merged",
    "save_own",
]

OWN_CATALOGUE = "own.json"
OWN_OBSERVATIONS = "own_observations.parquet"


@dataclass(frozen=True)
class Described:
    """What a table does not say about itself.

    Attributes
    ----------
    label : str
        What the figures count.
    unit : str
        Unit as shown, for example "£ per resident" or "%".
    actor, dimension : str
        Cell of the grid the indicator is to stand in.
    geography : str
    direction : {"higher_is_better", "lower_is_better", "neutral"}
    decimals : int
    source : str
        Whose figures they are.
    """

    label: str
    unit: str
    actor: str = "environment"
    dimension: str = "outputs"
    geography: str = "lep"
    direction: str = "neutral"
    decimals: int = 1
    source: str = "Own figures"


@dataclass(frozen=True)
class OwnIndicators:
    """A catalogue of the user's own and its observations (columns as in ``observations.parquet``)."""

    catalogue: Catalogue
    observations: pd.DataFrame

    @property
    def ids(self) -> list[str]:
        """Indicator ids."""
        return list(self.catalogue.indicator)


def describe_own(matched: OwnTable, about: Described) -> OwnIndicators:
    """Turn a matched table into indicators.

    Parameters
    ----------
    matched : OwnTable
        At least one region matched.
    about : Described

    Returns
    -------
    OwnIndicators
        One indicator for each series of the table; England's value only where the table has a row for England.

    Raises
    ------
    UsageError
        Nothing matched, or label or unit is empty.
    """
    about = replace(about, label=clean_text(about.label), unit=clean_text(about.unit), source=clean_text(about.source))
    if matched.figures.empty:
        raise UsageError("No row of the table belongs to a region of the layer, so there is nothing to show.")
    if not about.label.strip() or not about.unit.strip():
        raise UsageError("Say what the figures count and in which unit.")
    file = clean_text(matched.report.file)
    source = Source(
        id="own_" + _slug(file),
        title=f"{about.source}: {file}",
        publisher=about.source,
        dataset=file,
        edition="as given by the user",
        licence="own",
        attribution=f"{about.source} ({file}); not published or checked by s3geo",
        url="",
    )
    indicators, frames = {}, []
    for name in matched.series:
        alone = len(matched.series) == 1
        label = about.label.strip() if alone else f"{about.label.strip()}: {name}"
        key = f"own_{_slug(label)}"
        periods = matched.periods(name)
        indicators[key] = Indicator(
            id=key,
            label=label[:110] if len(label) >= 5 else f"{label} (own)",
            short_label=(label if alone else name)[:30].ljust(3, "."),
            actor=about.actor,
            dimension=about.dimension,
            unit=about.unit.strip(),
            decimals=about.decimals,
            kind="intensive",
            direction=about.direction,
            numerator="as given by the user",
            multiplier=1,
            period=periods[-1],
            periods=tuple(periods),
            formula="as given by the user",
            sources=(source.id,),
            caveat="Figures of the user's own, shown as given.",
            uncertainty="none",
            overlap="as given by the user",
        )
        frames += [_rows(matched, name, key, about.geography)]
    catalogue = Catalogue(source={source.id: source}, indicator=indicators)
    return OwnIndicators(catalogue, pd.concat(frames, ignore_index=True))


def _rows(matched: OwnTable, series: str, key: str, geography: str) -> pd.DataFrame:
    regions = matched.figures[matched.figures["series"] == series].assign(geography=geography_named(geography).id)
    england = matched.england[matched.england["series"] == series].assign(geography="country", code=ENGLAND)
    rows = pd.concat([regions, england], ignore_index=True)
    nothing = float("nan")
    return pd.DataFrame(
        {
            "indicator": key,
            "geography": rows["geography"],
            "code": rows["code"],
            "period": rows["period"],
            "value": rows["value"].astype(float),
            "lower": nothing,
            "upper": nothing,
            "status": ["not_collected" if missing else "value" for missing in rows["value"].isna()],
            "numerator": nothing,
            "denominator": nothing,
        }
    )


def save_own(own: OwnIndicators, folder: Path) -> list[Path]:
    """Keep indicators in a workspace folder, beside those kept before; the same id is replaced.

    Parameters
    ----------
    own : OwnIndicators
    folder : Path
        The workspace; ``data/`` in it is made if need be.

    Returns
    -------
    list of Path
        What was written; the files take their places together.
    """
    data = folder / "data"
    with together(data) as aside:
        kept = load_own(data)
        if kept is not None:
            catalogue = merged(kept.catalogue, own.catalogue)
            before = kept.observations[~kept.observations["indicator"].isin(own.ids)]
            own = OwnIndicators(catalogue, pd.concat([before, own.observations], ignore_index=True))
        own.observations.to_parquet(aside / OWN_OBSERVATIONS)
        (aside / OWN_CATALOGUE).write_text(own.catalogue.model_dump_json(indent=1), encoding="utf-8")
    return [data / OWN_OBSERVATIONS, data / OWN_CATALOGUE]


def load_own(data: Path) -> OwnIndicators | None:
    """Return the indicators kept in a workspace's ``data/``, or None.

    Raises
    ------
    FileProblem
        They may not be read.
    ValidationError
        They are damaged.
    """
    return steadily(data / OWN_CATALOGUE, lambda: _load(data))


def _load(data: Path) -> OwnIndicators | None:
    path = data / OWN_CATALOGUE
    try:
        path = current(path)
        if not path.exists():
            return None
        catalogue = Catalogue.model_validate_json(path.read_text("utf-8"))
        observations = pd.read_parquet(current(data / OWN_OBSERVATIONS))
        if missing := sorted(set(OBSERVATION_COLUMNS) - set(observations.columns)):
            raise ValueError(f"{OWN_OBSERVATIONS} has no column {missing[0]!r}")
    except (OSError, ValueError) as error:
        if of_the_system(error):
            raise unreadable(Path(error.filename or path).name, error) from error
        raise ValidationError(
            f"{path.name} or {OWN_OBSERVATIONS} in the workspace is damaged. Remove both and import the table again.",
            [
                {
                    "file": path.name,
                    "problem": next(iter(str(error).splitlines()), ""),
                    "next_step": "Remove it and import again.",
                }
            ],
        ) from error
    return OwnIndicators(catalogue, observations)


def merged(first: Catalogue, second: Catalogue) -> Catalogue:
    """Return both catalogues in one; the second wins."""
    return Catalogue(source={**first.source, **second.source}, indicator={**first.indicator, **second.indicator})


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")[:60] or "figures"
