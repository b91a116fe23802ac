"""Data: what every indicator is, and where it comes from."""

from __future__ import annotations

from html import escape

import streamlit as st

from s3geo.app import about_panels
from s3geo.app.frame import workspace
from s3geo.app.state import elsewhere
from s3geo.views.datapackages import described_files
from s3geo.views.profile import ACTOR_LABELS, DIMENSION_LABELS


def page() -> None:
    elsewhere("data")
    ws = workspace()
    st.html(
        '<div class="s3"><h2>Data</h2><p>Our own selection of indicators, filling the 3 × 3 grid of '
        "actor and dimension that England's Smart Specialisation Hub described. Every figure is computed from the "
        "sources named below.</p></div>"
    )
    shown = st.session_state.get("indicator")
    for indicator, row in ws.catalogue.sort_index(key=lambda ids: ids != shown, kind="stable").iterrows():
        where = f"{ACTOR_LABELS[row['actor']]}, {DIMENSION_LABELS[row['dimension']].lower()}"
        with st.expander(f"{row['label']} ({where})", expanded=indicator == shown):
            sources = "".join(
                f'<li><a href="{escape(s.url, quote=True)}">{escape(s.title)}</a>, {escape(s.publisher)}, '
                f"{escape(s.edition)}. {escape(s.licence_title)}. {escape(s.attribution)}</li>"
                for s in ws.entries.sources_of(str(indicator))
            )
            st.html(
                '<div class="s3"><table><tbody>'
                + "".join(
                    f'<tr><th scope="row">{label}</th><td>{escape(str(row[name]))}</td></tr>'
                    for label, name in (
                        ("Unit", "unit"),
                        ("Period", "period"),
                        ("Numerator", "numerator"),
                        ("Denominator", "denominator"),
                        ("Formula", "formula"),
                        ("Overlapping areas", "overlap"),
                        ("Caveat", "caveat"),
                    )
                    if row[name]
                )
                + f'<tr><th scope="row">Sources</th><td><ul>{sources}</ul></td></tr></tbody></table></div>'
            )
    _files()
    st.html(f'<div class="s3 source"><p>{escape(ws.boundary_attribution)}</p></div>')


def _files() -> None:
    """Say what every file that travels with s3geo holds, column by column."""
    st.subheader("Files and their columns", anchor="files")
    st.html(about_panels.files(described_files()))
    st.subheader("Status of a figure", anchor="status")
    st.html(about_panels.statuses())
