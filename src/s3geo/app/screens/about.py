"""About: who answers for s3geo, licences, accessibility, corrections, changes, and how to show it elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from html import escape

import streamlit as st

from s3geo import __version__
from s3geo.app import about_panels
from s3geo.app.frame import workspace
from s3geo.app.state import elsewhere
from s3geo.settings import settings
from s3geo.views.datapackages import sources_in_use
from s3geo.views.documents import document, plain_text


def page() -> None:
    elsewhere("about")
    lines = "".join(f'<li><a href="#{anchor}">{title}</a></li>' for anchor, (title, _) in _SECTIONS.items())
    st.html(
        f'<div class="s3"><h2>About</h2><p>s3geo {escape(__version__)} maps where England innovates, in what, and who '
        "should work with whom. It is free software. Its figures are compiled from published tables; they are not "
        "official statistics.</p>"
        f'<nav aria-label="On this page"><ul class="toc">{lines}</ul></nav></div>'
    )
    with st.container(key="about"):
        for anchor, (title, draw) in _SECTIONS.items():
            st.subheader(title, anchor=anchor)
            draw()


def _contact() -> None:
    st.html(
        f'<div class="s3">{about_panels.contact_words(settings().contact)}<p>For an error say which figure, for which '
        "area and period, and how you know. For a barrier say which page, what you did, and what you use.</p></div>"
    )


def _licences() -> None:
    st.html(about_panels.code_licences())
    st.html(about_panels.licence_table(sources_in_use(workspace())))
    with st.expander("MIT License, in full"):
        st.text(plain_text("LICENSE"))


def _document(*parts: str) -> None:
    """Show a text whose headings stand below one of this page; its links to other texts lead to what the app has."""
    opening, sections = document(*parts)
    st.markdown(_linked(opening))
    for section in sections:
        st.markdown(f"#### {section.title.strip('[]')}")
        st.markdown(_linked(re.sub(r"^### ", "##### ", section.text, flags=re.MULTILINE)))


def _linked(text: str) -> str:
    """Let links to other texts of the repository lead to a section of this page, or be words."""
    text = text.replace("(../CHANGELOG.md)", "(#changes)")
    return re.sub(r"\[([^\]]+)\]\((?!https://|#)[^)]*\)", r"\1", text)


_SECTIONS: dict[str, tuple[str, Callable[[], None]]] = {
    "contact": ("Contact", _contact),
    "accessibility": ("Accessibility statement", partial(_document, "docs", "accessibility.md")),
    "corrections": ("Corrections", partial(_document, "docs", "corrections.md")),
    "changes": ("Changes", partial(_document, "CHANGELOG.md")),
    "licences": ("Licences and attribution", _licences),
    "embed": ("Showing it on another page", partial(_document, "docs", "embedding.md")),
}
"""Anchor, title, and what draws the section."""
