"""What may vary between draws of an index, and what each draw picks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from s3geo.errors import UsageError
from s3geo.statistics.hierarchy import AGGREGATIONS
from s3geo.statistics.normalise import NORMALISATIONS

__all__ = ["DEFAULT_CHOICES", "OUTLIER_RULES", "SOURCES", "Choices", "Drawn"]

OUTLIER_RULES: dict[str, str] = {
    "treated": "capped or logged",
    "three_sd": "bounds within three standard deviations",
    "none": "left alone",
}
"""Outlier rule and the words for it."""

SOURCES = ("weights", "normalise", "aggregate", "outliers", "dropped", "values")
"""What a draw picks: the columns of `rank_sensitivity`."""


@dataclass(frozen=True)
class Choices:
    """What may vary between draws; the first of each tuple is the nominal choice.

    Attributes
    ----------
    weight_noise : float
        Each weight is multiplied by 1 + U(-noise, noise); 0 to under 1.
    normalise, aggregate, outliers : tuple of str
        Keys of `NORMALISATIONS`, `AGGREGATIONS` and `OUTLIER_RULES`, each as likely as the others.
    drop_one : bool
        Whether one indicator, or none, is left out; each with equal probability.
    """

    weight_noise: float = 0.25
    normalise: tuple[str, ...] = ("minmax", "zscore", "percent_rank")
    aggregate: tuple[str, ...] = ("arithmetic", "geometric")
    outliers: tuple[str, ...] = ("treated", "three_sd", "none")
    drop_one: bool = True

    def __post_init__(self) -> None:
        known = {"normalise": NORMALISATIONS, "aggregate": AGGREGATIONS, "outliers": OUTLIER_RULES}
        for name, words in known.items():
            asked = getattr(self, name)
            if not asked or set(asked) - set(words):
                raise UsageError(f"{name} takes one or more of {', '.join(words)}, got {asked}.")
        if not 0 <= self.weight_noise < 1:
            raise UsageError(f"weight_noise must be from 0 to under 1, got {self.weight_noise}.")


DEFAULT_CHOICES = Choices()


@dataclass(frozen=True)
class Drawn:
    """What each draw picks: positions in the tuples of `Choices`, and a seed.

    Attributes
    ----------
    weights : array of float, shape (draws, nodes)
        -1 to 1.
    normalise, aggregate, outliers : array of int, shape (draws,)
    dropped : array of int, shape (draws,)
        0 = none, j = the j-th that may be dropped.
    values : SeedSequence
        Of the errors of the values.
    """

    weights: np.ndarray
    normalise: np.ndarray
    aggregate: np.ndarray
    outliers: np.ndarray
    dropped: np.ndarray
    values: np.random.SeedSequence

    @classmethod
    def of(cls, choices: Choices, draws: int, seed: int, nodes: int, droppable: int, second: bool = False) -> Drawn:
        """Draw; each source has its own stream, and there is a second, independent set for every seed.

        Parameters
        ----------
        choices : Choices
        draws, seed : int
        nodes : int
            That have a weight.
        droppable : int
            Indicators of which one may be left out.
        second : bool
        """
        if draws < 1:
            raise UsageError(f"At least one draw is needed, got {draws}.")
        seeds = np.random.SeedSequence([seed, int(second)]).spawn(len(SOURCES))
        streams = [np.random.default_rng(s) for s in seeds]
        options = [*(len(getattr(choices, name)) for name in SOURCES[1:4]), droppable + 1]
        normalise, aggregate, outliers, dropped = (
            stream.integers(k, size=draws) for stream, k in zip(streams[1:5], options, strict=True)
        )
        weights = streams[0].uniform(-1, 1, (draws, nodes))
        return cls(weights, normalise, aggregate, outliers, dropped, seeds[5])

    @classmethod
    def nominal(cls, nodes: int) -> Drawn:
        """Return one draw that picks the first of all choices and moves nothing."""
        first = np.zeros(1, dtype=int)
        return cls(np.zeros((1, nodes)), first, first, first, first, np.random.SeedSequence(0))
