"""Texts of ``docs/`` and the change log in their sections: what the pages Methods and About show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from s3geo.errors import DataError
from s3geo.settings import bundled

__all__ = ["Section", "document", "plain_text"]


@dataclass(frozen=True)
class Section:
    """One section: title, the id other pages link to, and its text as Markdown."""

    title: str
    anchor: str
    text: str


@lru_cache(maxsize=8)
def document(*parts: str) -> tuple[str, list[Section]]:
    """Return the opening paragraph and the sections of a text.

    Parameters
    ----------
    *parts : str
        Its place: "docs", "methods.md".

    Returns
    -------
    tuple of str and list of Section
        Anchors as GitHub makes them of the headings, so that a link to a section holds in both places.

    Raises
    ------
    DataError
        The text is not where it was installed.

    Examples
    --------
    >>> opening, sections = document("docs", "corrections.md")
    >>> [section.anchor for section in sections]
    ['reporting-an-error']
    """
    title, *found = re.split(r"^## ", plain_text(*parts), flags=re.MULTILINE)
    sections = []
    for part in found:
        head, _, body = part.partition("\n")
        anchor = re.sub(r"[^\w -]", "", head.strip().lower()).replace(" ", "-")
        sections.append(Section(head.strip(), anchor, body.strip()))
    return title.partition("\n")[2].strip(), sections


def plain_text(*parts: str) -> str:
    """Return a text that travels with the package as it is.

    Parameters
    ----------
    *parts : str
        Its place: "LICENSE".

    Raises
    ------
    DataError
        The text is not where it was installed.

    Examples
    --------
    >>> plain_text("LICENSE").splitlines()[0]
    'MIT License'
    """
    try:
        return bundled(*parts).read_text("utf-8")
    except OSError as error:
        raise DataError(f"The text {parts[-1]} cannot be read; install s3geo again.") from error
