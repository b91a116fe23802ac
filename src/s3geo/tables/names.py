"""What a name in a table or a search box means: codes, names, spellings and short names of regions.

A name is accepted when it is the same as the code, the official name or a known short name, up to case, punctuation,
"&" and "the". Everything less certain is a suggestion, which a reader may accept and this package never does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from s3geo.model.aliases import LEP_ALIASES

__all__ = ["LONGEST", "Names", "Suggestion", "forget_names", "normalise", "search"]

LONGEST = 200
"""Letters of the longest name that is looked at."""
CLOSE = 80.0
"""Similarity (0-100) from which a name is suggested or found by a search with a slip of the pen."""

_WHOLES = {"england", "great britain", "britain", "united kingdom", "uk", "gb", "total", "wales", "scotland"}

_FIGURES = "0123456789.,+- "
_OTHER = re.compile(r"[^a-z0-9]+")
# quotation marks are left out, "&" is a word, every other mark parts words
_MARKS = {letter: " " for letter in range(128) if not chr(letter).isalnum()} | dict.fromkeys(map(ord, "'’`"), "")
_MARKS[ord("&")] = " and "
_SUFFIX = re.compile(r"\b(local enterprise partnership|enterprise partnership|lep)$")


LONGEST = 100
"""Letters of a name that are looked at; no area has as many."""


class Suggestion(NamedTuple):
    """A region that a name may have meant: code, name, and similarity from 0 to 100."""

    code: str
    name: str
    score: float


def normalise(name: str) -> str:
    """Return the part of a name that matters for telling regions apart.

    Examples
    --------
    >>> normalise("The York & North-Yorkshire LEP")
    'york and north yorkshire'
    >>> normalise("King's Lynn") == normalise("Kings  Lynn")
    True
    """
    return _normalised(str(name)[:LONGEST])


@lru_cache(maxsize=250_000)  # more than a table has rows: a join asks for each name several times
def _normalised(name: str) -> str:
    text = name.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", name).casefold()
        text = "".join(letter for letter in text if not unicodedata.combining(letter))
    words = text.translate(_MARKS).split() if text.isascii() else _OTHER.sub(" ", text.translate(_MARKS)).split()
    bare = " ".join([word for word in words if word != "the"] if "the" in words else words)
    if bare.endswith(("lep", "partnership")):
        return _SUFFIX.sub("", bare).strip() or bare
    return bare


def forget_names() -> None:
    """Forget the names of tables that were matched."""
    _normalised.cache_clear()


class Names:
    """The names by which the regions of one layer are known.

    Parameters
    ----------
    layer_names : Series
        Index = code, values = official names: ``layer["name"]``.
    aliases : mapping of str to tuple of str, optional
        Further names for a code; default the short names of Local Enterprise Partnerships of May 2021. Codes that
        the layer lacks are ignored.

    Examples
    --------
    >>> names = Names(pd.Series({"E37000045": "Derby, Derbyshire, Nottingham and Nottinghamshire"}))
    >>> names.code_of("D2N2"), names.code_of("e37000045"), names.code_of("Darby")
    ('E37000045', 'E37000045', None)
    """

    def __init__(self, layer_names: pd.Series, aliases: Mapping[str, tuple[str, ...]] = LEP_ALIASES) -> None:
        self.names = {str(code): str(name) for code, name in layer_names.items()}
        self._codes = {code.casefold(): code for code in self.names}
        meanings: dict[str, set[str]] = {}
        for code, name in self.names.items():
            for spelling in (name, *aliases.get(code, ())):
                meanings.setdefault(normalise(spelling), set()).add(code)
        official: dict[str, set[str]] = {}
        for code, name in self.names.items():
            official.setdefault(normalise(name), set()).add(code)
        meanings |= official  # an official name goes before someone else's short name
        self._by_name = {spelling: next(iter(codes)) for spelling, codes in meanings.items() if len(codes) == 1}
        self.worded = not any(spelling.isdigit() for spelling in (*self._codes, *meanings))
        self.spellings = [(spelling, code) for spelling, codes in meanings.items() for code in sorted(codes)]

    def by_code(self, given: object) -> str | None:
        """Return the code that `given` is, whatever its case; None if it is no code of the layer."""
        return self._codes.get(str(given).strip().casefold())

    def by_name(self, given: object) -> str | None:
        """Return the code whose name or short name `given` is; None if there is none, or more than one."""
        text = str(given)
        if len(text) > LONGEST or (text[:1] in _FIGURES and not text.strip(_FIGURES)):  # a text, or a number
            return None
        return self._by_name.get(normalise(text))

    def resolve(self, given: Collection[str]) -> tuple[dict[str, str], dict[str, str]]:
        """Return the codes of those of many texts that are a code, and of those that are a name (see `by_code`)."""
        codes, named = self._codes, self._by_name
        by_code = {one: codes[low] for one in given if (low := one.strip().casefold()) in codes}
        likely = [one for one in given if len(one) <= LONGEST and not (one[:1] in _FIGURES and not one.strip(_FIGURES))]
        return by_code, {one: named[bare] for one in likely if (bare := normalise(one)) in named}

    def code_of(self, given: object) -> str | None:
        """Return the code that `given` means, as a code or as a name."""
        return self.by_code(given) or self.by_name(given)

    def suggest(self, given: object, n: int = 1) -> list[Suggestion]:
        """Return at most `n` regions that `given` may have meant, the likeliest first.

        Examples
        --------
        >>> Names(pd.Series({"a": "Cumbria", "b": "Dorset"})).suggest("Cumbira")
        [Suggestion(code='a', name='Cumbria', score=85.7)]
        """
        from rapidfuzz import fuzz, process

        wanted = normalise(str(given)[:LONGEST])
        if len(wanted) < 3 or wanted in _WHOLES:
            return []
        hits = process.extract(
            wanted, [spelling for spelling, _ in self.spellings], scorer=fuzz.WRatio, limit=None, score_cutoff=CLOSE
        )
        best: dict[str, float] = {}
        for _, score, at in hits:
            code = self.spellings[at][1]
            best[code] = max(score, best.get(code, 0.0))
        ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))[:n]
        return [Suggestion(code, self.names[code], round(score, 1)) for code, score in ranked]


def search(text: str, layer_names: pd.Series, limit: int = 10) -> list[str]:
    """Return the codes of the regions that a search box should offer for `text`, best first.

    Names that begin with the text come first, then names with a word that does, then names that contain it, then
    names that are close to it. Codes and short names count as names.

    Parameters
    ----------
    text : str
        What was typed so far.
    layer_names : Series
        Index = code, values = names.
    limit : int
        Most answers.

    Examples
    --------
    >>> names = pd.Series({"E37000025": "North East", "E37000058": "York and North Yorkshire", "E37000007": "Cumbria"})
    >>> search("nor", names)
    ['E37000025', 'E37000058']
    >>> search("cumbira", names)
    ['E37000007']
    """
    known = _known(tuple(layer_names.index.astype(str)), tuple(layer_names.astype(str)))
    wanted = normalise(text)
    if not wanted:
        return []
    found: dict[str, tuple[int, str]] = {}
    codes = [(code.casefold(), code) for code in known.names] if any(map(str.isdigit, wanted)) else []
    for spelling, code in [*known.spellings, *codes]:
        rank = _rank(wanted, spelling)
        if rank is not None:
            found[code] = min(found.get(code, (9, "")), (rank, known.names[code]))
    for suggestion in known.suggest(text, limit) if len(found) < limit else []:
        found.setdefault(suggestion.code, (4, f"{100 - suggestion.score:06.2f}"))
    return sorted(found, key=lambda code: (*found[code], code))[:limit]


def _rank(wanted: str, spelling: str) -> int | None:
    if spelling == wanted:
        return 0
    if spelling.startswith(wanted):
        return 1
    if f" {wanted}" in spelling:
        return 2
    return 3 if wanted in spelling and len(wanted) > 1 else None


@lru_cache(maxsize=16)
def _known(codes: tuple[str, ...], names: tuple[str, ...]) -> Names:
    return Names(pd.Series(names, index=codes, dtype=object))
