"""The script Streamlit runs: page frame and navigation, nothing else."""

from __future__ import annotations

import streamlit as st

from s3geo.app.embedding import embedded
from s3geo.app.frame import frame
from s3geo.app.screens import about, compare, data, explore, index, methods, own, partners
from s3geo.app.state import hold
from s3geo.app.static import ASSETS

start = st.session_state["_explore"] = st.Page(explore.page, title="Explore", url_path="explore", default=True)
side = st.session_state["_compare"] = st.Page(compare.page, title="Compare", url_path="compare")
built = st.session_state["_index"] = st.Page(index.page, title="Index", url_path="index")
together = st.session_state["_partners"] = st.Page(partners.page, title="Partners", url_path="partners")
sources = st.session_state["_data"] = st.Page(data.page, title="Data", url_path="data")
how = st.session_state["_methods"] = st.Page(methods.page, title="Methods", url_path="methods")
trust = st.session_state["_about"] = st.Page(about.page, title="About", url_path="about")
page = st.navigation(
    [
        start,
        side,
        built,
        together,
        st.Page(own.page, title="Your data", url_path="your-data"),
        sources,
        how,
        trust,
    ],
    position="hidden" if embedded() else "top",
)
title = getattr(page, "title", "")  # a page has none where the script runs outside a server
name = "where England innovates" if page is start else title
st.set_page_config(page_title=f"s3geo – {name}", page_icon=str(ASSETS / "icon.svg"), layout="wide")
if not embedded():
    st.logo(str(ASSETS / "logo.svg"), size="large")
with frame(title, getattr(page, "url_path", "") or "explore"):
    page.run()
hold()
