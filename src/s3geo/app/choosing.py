"""Which of the regions that share a place is meant."""

from __future__ import annotations

from typing import Any

import streamlit as st

from s3geo.app.markdown import plain
from s3geo.app.state import choose_region, touched

__all__ = ["listed", "which"]


def which(names: dict[str, str], overlap: dict[str, Any]) -> None:
    """Ask which of the regions of an overlap is meant.

    Parameters
    ----------
    names : dict of str to str
        Code and name of the regions of the page.
    overlap : dict
        "where" (in words) and "codes", as `s3geo.app.listening` keeps it.
    """
    codes = [str(code) for code in overlap["codes"] if str(code) in names]
    if not codes:
        return
    with st.container(border=True, key="chooser"):
        st.markdown(f"**{plain(overlap['where'])}** lies in {len(codes)} areas. Which one?")
        for column, code in zip(st.columns(len(codes)), codes, strict=True):
            column.button(names[code], key=f"overlap_{code}", on_click=choose_region, args=(code,), width="stretch")


def listed() -> None:
    """Note that a region was taken from a list (its callback): nothing is asked any more."""
    touched()
    st.session_state["overlap"] = None
