"""Cut values into classes for a map."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from s3geo.errors import UsageError

__all__ = ["SCHEMES", "Breaks", "classify", "classify_around"]

SCHEMES: dict[str, str] = {
    "quantiles": "Quantiles",
    "fisher_jenks": "Natural breaks (Fisher–Jenks)",
    "equal_interval": "Equal intervals",
    "head_tail": "Head/tail breaks",
    "std_mean": "Standard deviations",
    "manual": "Own breaks",
}
"""Scheme id and the words for it."""


@dataclass(frozen=True)
class Breaks:
    """Upper-inclusive class bounds and what lies in them.

    Attributes
    ----------
    scheme : str
        Key of `SCHEMES`.
    upper : tuple of float
        Upper bound of each class, ascending; a value belongs to the first class whose bound it does not exceed.
    lower : float
        Smallest value classified (NaN where there is none).
    counts : tuple of int
        Values in each class.
    gvf : float
        Goodness of variance fit, 1 - SSW/SST (NaN for a constant column).
    note : str
        Why there are fewer classes than asked, else empty.
    """

    scheme: str
    upper: tuple[float, ...]
    lower: float
    counts: tuple[int, ...]
    gvf: float
    note: str = ""
    _edges: np.ndarray = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_edges", np.asarray(self.upper, dtype=float))

    @property
    def k(self) -> int:
        """Number of classes."""
        return len(self.upper)

    def assign(self, values: pd.Series) -> pd.Series:
        """Return the class of each value, 0 to k-1, and <NA> for a missing one (Int64, index kept).

        A value above the last bound (breaks held fixed across years) belongs to the last class.
        """
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        classes = np.minimum(np.searchsorted(self._edges, numbers, side="left"), max(self.k - 1, 0))
        out = pd.Series(classes, index=values.index, dtype="Int64")
        out[np.isnan(numbers) if self.k else np.ones(len(numbers), dtype=bool)] = pd.NA
        return out

    def counted(self, values: pd.Series) -> Breaks:
        """Return the same bounds with the counts and the fit of other values, and the note that they are held."""
        classes = self.assign(values)
        present = values.to_numpy(dtype=float, na_value=np.nan)
        held = classes.notna().to_numpy()
        inside = classes[held].to_numpy(dtype=int)
        return replace(
            self,
            counts=tuple(int(n) for n in np.bincount(inside, minlength=self.k)),
            gvf=_gvf(present[held], inside) if held.any() else float("nan"),
        )


def classify(
    values: pd.Series, scheme: str = "quantiles", k: int = 5, *, upper: Sequence[float] | None = None
) -> Breaks:
    """Cut the values that are present into at most `k` classes.

    Parameters
    ----------
    values : Series of float
        Any unit; NaN is left out (mapclassify would carry it into the breaks).
    scheme : {"quantiles", "fisher_jenks", "equal_interval", "head_tail", "std_mean", "manual"}
        Fisher–Jenks is exact and deterministic; head/tail and standard deviations choose k themselves.
    k : int
        Classes wanted, 2 to 9.
    upper : sequence of float, optional
        Upper bounds for ``manual``; the largest value is added where the last bound lies below it.

    Returns
    -------
    Breaks
        With ``note`` saying why where ties leave fewer classes than asked.

    Raises
    ------
    UsageError
        Unknown scheme, k out of range, or ``manual`` without bounds.

    Notes
    -----
    Bounds are those of mapclassify, with equal neighbours merged. GVF = 1 - sum of squared deviations from the
    class means / sum of squared deviations from the mean (Jenks & Caspall 1971).

    Examples
    --------
    >>> breaks = classify(pd.Series([1, 2, 4, 5, 7, 9, 10, 20, 22, 24, 50, 55.0]), "fisher_jenks", 3)
    >>> breaks.upper, breaks.counts
    ((10.0, 24.0, 55.0), (7, 3, 2))
    >>> classify(pd.Series([1.0, 1, 1, 1, 1, 2]), k=5).note
    '2 classes (5 asked: ties)'
    """
    if scheme not in SCHEMES:
        raise UsageError(f"Unknown scheme {scheme!r}; choose one of {', '.join(SCHEMES)}.")
    if not 2 <= k <= 9:
        raise UsageError(f"k must be from 2 to 9, got {k}.")
    present = values.to_numpy(dtype=float, na_value=np.nan)
    present = present[np.isfinite(present)]
    if present.size == 0:
        return Breaks(scheme, (), float("nan"), (), float("nan"), "no values to classify")
    present = _merged(present)
    bounds = _bounds(present, scheme, k, upper)
    # Bounds that hold no value are kept (equal intervals have empty classes); equal bounds are one.
    top = bounds[bounds > present.max()] if scheme == "manual" else []
    bounds = np.unique([*bounds[bounds < present.max()], *(top if len(top) else [present.max()])])
    if scheme not in {"equal_interval", "manual", "std_mean"}:
        bounds = bounds[np.isin(np.arange(bounds.size), np.searchsorted(bounds, present, side="left"))]
    classes = np.searchsorted(bounds, present, side="left")
    counts = np.bincount(classes, minlength=bounds.size)
    asked = {"head_tail": bounds.size, "std_mean": bounds.size, "manual": bounds.size}.get(scheme, k)
    note = f"{bounds.size} {'class' if bounds.size == 1 else 'classes'} ({asked} asked: ties)"
    return Breaks(
        scheme,
        tuple(float(b) for b in bounds),
        float(present.min()),
        tuple(int(c) for c in counts),
        _gvf(present, classes),
        "" if bounds.size == asked else note,
    )


def classify_around(
    values: pd.Series, centre: float, scheme: str = "quantiles", k: int = 5, *, upper: Sequence[float] | None = None
) -> Breaks:
    """Cut values into classes on both sides of a reference value, which lies in the middle class.

    Parameters
    ----------
    values : Series of float
        Any unit; NaN is left out.
    centre : float
        The reference, in the same unit (England's value).
    scheme : str
        Key of `SCHEMES`; it cuts the distances from the centre, so that classes mirror each other.
    k : int
        Classes wanted; an even number gives one fewer. At most nine come of head/tail and standard deviations.
    upper : sequence of float, optional
        For ``manual``: bounds as they are, not mirrored.

    Returns
    -------
    Breaks
        From ``centre`` minus to plus the largest distance; a class on the side where nothing lies has count 0.

    Raises
    ------
    UsageError
        The centre is not a number; else as `classify`.

    Examples
    --------
    >>> breaks = classify_around(pd.Series([1.0, 4, 5, 6, 9, 10]), 5, "equal_interval", 3)
    >>> breaks.upper, breaks.counts
    ((2.5, 7.5, 10.0), (1, 3, 2))
    """
    if not np.isfinite(centre):
        raise UsageError(
            "Classes around England need England's value, and there is none for this indicator and period."
        )
    if scheme == "manual":
        return classify(values, scheme, k, upper=upper)
    arms = (k - 1) // 2
    distance = classify((values - centre).abs(), scheme, max(arms + 1, 2))
    if not distance.k:
        return distance
    steps = np.asarray(distance.upper[:-1])[:4]
    farthest = distance.upper[-1]
    bounds = np.concatenate([centre - steps[::-1], centre + steps, [centre + farthest]])
    notes = [distance.note and f"{bounds.size} classes ({k} asked: ties)"]
    if not distance.note and bounds.size != k and scheme not in {"head_tail", "std_mean"}:
        notes = [f"{bounds.size} classes, so that England has the middle one"]
    made = Breaks(scheme, tuple(float(b) for b in bounds), float(centre - farthest), (), float("nan"), notes[0])
    return made.counted(values)


def _bounds(present: np.ndarray, scheme: str, k: int, upper: Sequence[float] | None) -> np.ndarray:
    if scheme == "manual":
        if not upper:
            raise UsageError("Own breaks need at least one upper bound, for example upper=[10, 20, 30].")
        return np.unique(np.asarray(upper, dtype=float))
    distinct = np.unique(present).size
    if distinct == 1:
        return present[:1]
    import mapclassify

    if scheme == "fisher_jenks":
        with warnings.catch_warnings():
            # numba would cost seconds at its first call and gains nothing at this size
            warnings.filterwarnings("ignore", message="Numba not installed")
            return np.asarray(mapclassify.FisherJenks(present, k=min(k, distinct)).bins, dtype=float)
    if scheme == "head_tail":
        return np.asarray(mapclassify.HeadTailBreaks(present).bins, dtype=float)
    if scheme == "std_mean":
        bins = np.asarray(mapclassify.StdMean(present).bins, dtype=float)
        return np.asarray(bins[bins >= present.min()])
    if scheme == "equal_interval":
        return np.asarray(mapclassify.EqualInterval(present, k=k).bins, dtype=float)
    # mapclassify.Quantiles warns on ties; the bounds are these percentiles.
    return np.asarray(np.quantile(present, np.linspace(1 / k, 1, k)))


def _merged(values: np.ndarray) -> np.ndarray:
    """Make values one that differ only by an error of arithmetic (from the 13th significant digit)."""
    rounded = np.array([float(f"{value:.12g}") for value in values])
    return rounded if np.unique(rounded).size < np.unique(values).size else values


def _gvf(present: np.ndarray, classes: np.ndarray) -> float:
    total = float(((present - present.mean()) ** 2).sum())
    if total == 0:
        return float("nan")
    within = sum(float(((part - part.mean()) ** 2).sum()) for part in _groups(present, classes))
    return 1 - within / total


def _groups(present: np.ndarray, classes: np.ndarray) -> list[np.ndarray]:
    return [present[classes == c] for c in np.unique(classes)]
