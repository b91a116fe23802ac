"""The briefing of the chosen area to take away: the same on every page that offers it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from s3geo.app import loaders
from s3geo.app.fields import View
from s3geo.app.frame import away
from s3geo.app.state import permalink
from s3geo.exports import BRIEFINGS, today
from s3geo.workspace import Workspace

__all__ = ["briefing_away"]


def briefing_away(ws: Workspace, view: View) -> None:
    """Offer the briefing of the chosen area, if one is chosen; its link leads to the area on Explore."""
    if view.region is None:
        return
    name = f"s3geo_briefing_{view.region}_{view.geography}_{ws.vintage(view.geography)}"
    with st.container(key="briefing", horizontal=True, gap="small"):
        for suffix in BRIEFINGS:
            made = partial(_briefed, ws, view.region, view.geography, view.indicator, suffix, permalink(view))
            away(f"Briefing as {suffix.upper()}", made, f"{name}.{suffix}")


def _briefed(ws: Workspace, code: str, geography: str, indicator: str, suffix: str, link: str | None) -> bytes:
    """Make a briefing on the day it is asked for."""
    return loaders.briefing_taken(ws, code, geography, indicator, suffix, link, today())
