"""The text of the methods, ``docs/methods.md``, in its sections: what the page Methods shows."""

from __future__ import annotations

from s3geo.views.documents import Section, document

__all__ = ["methods_text"]


def methods_text() -> tuple[str, list[Section]]:
    """Return the opening paragraph and the sections of the methods.

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
    >>> _, sections = methods_text()
    >>> [s.anchor for s in sections if s.title == "Spatial pattern"]
    ['spatial-pattern']
    """
    opening, sections = document("docs", "methods.md")
    return " ".join(opening.split()).replace("`", ""), sections
