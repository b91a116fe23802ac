"""The text of the methods, ``docs/methods.md``, in its sections: what the page Methods shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from s3geo.errors import DataError
from s3geo.settings import bundled

__all__ = ["MethodSection", "methods_text"]


@dataclass(frozen=True)
class MethodSection:
    """One method: title, the id other pages link to, and its text as Markdown."""

    title: str
    anchor: str
    text: str


@lru_cache(maxsize=1)
def methods_text() -> tuple[str, list[MethodSection]]:
    """Return the opening paragraph and the sections of the methods.

    Returns
    -------
    tuple of str and list of MethodSection
        Anchors as GitHub makes them of the headings, so that a link to a section holds in both places.

    Raises
    ------
    DataError
        The text is not where it was installed.

    Examples
    --------
    >>> _, sections = methods_text()
    >>> [s.anchor for s in sections if s.title == "Spatial pattern"]
    ['spatial-pattern']
    """
    path = bundled("docs", "methods.md")
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise DataError(f"The methods cannot be read from {path.name}; install s3geo again.") from error
    opening, *parts = re.split(r"^## ", text, flags=re.MULTILINE)
    sections = []
    for part in parts:
        title, _, body = part.partition("\n")
        anchor = re.sub(r"[^\w -]", "", title.strip().lower()).replace(" ", "-")
        sections.append(MethodSection(title.strip(), anchor, body.strip()))
    return " ".join(opening.partition("\n")[2].split()).replace("`", ""), sections
