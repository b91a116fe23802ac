"""Methods: how each number is made, the text of ``docs/methods.md`` with a table of contents."""

from __future__ import annotations

from html import escape

import streamlit as st

from s3geo.app.state import elsewhere
from s3geo.views.methods import methods_text


def page() -> None:
    elsewhere("methods")
    opening, sections = methods_text()
    lines = "".join(f'<li><a href="#{s.anchor}">{escape(s.title)}</a></li>' for s in sections)
    st.html(
        f'<div class="s3"><h2>Methods</h2><p>{escape(opening)}</p>'
        f'<nav aria-label="Methods on this page"><ul class="toc">{lines}</ul></nav></div>'
    )
    with st.container(key="methods"):
        for section in sections:
            st.subheader(section.title, anchor=section.anchor)
            st.markdown(section.text)
