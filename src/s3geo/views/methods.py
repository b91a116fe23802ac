"""The text of the methods, ``docs/methods.md``, in its sections: what the page Methods shows."""

from __future__ import annotations

from s3geo.views.documents import Section, document

__all__ = ["methods_text"]


def methods_text() -> tuple[str, list[Section]]:
    """Return what `document` does of the methods, the opening paragraph as plain text.

    Examples
    --------
    >>> _, sections = methods_text()
    >>> [s.anchor for s in sections if s.title == "Spatial pattern"]
    ['spatial-pattern']
    """
    opening, sections = document("docs", "methods.md")
    return " ".join(opening.split()).replace("`", ""), sections
