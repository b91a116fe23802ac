"""Every cache of the app, in one place; all shared between sessions."""

from __future__ import annotations

from functools import lru_cache

from s3geo.exports import figures_csv, static_map
from s3geo.views.choropleth import RegionMap, choropleth
from s3geo.views.class_table import ClassTable
from s3geo.workspace import Workspace, open_workspace

__all__ = ["csv", "picture", "the_map", "workspace"]


def workspace() -> Workspace:
    """Return the workspace of this server."""
    return open_workspace()


@lru_cache(maxsize=256)
def the_map(ws: Workspace, indicator: str, period: str, geography: str, scheme: str, k: int) -> RegionMap:
    """Return a composed map; nothing is selected on it, the selection travels beside it."""
    return choropleth(ws, indicator, period, geography=geography, scheme=scheme, k=k)


@lru_cache(maxsize=64)
def picture(ws: Workspace, shown: ClassTable, format: str, region: str | None) -> bytes:
    """Return the map as a picture."""
    return static_map(ws, shown, format, selected=[region] if region else [])


@lru_cache(maxsize=64)
def csv(ws: Workspace, shown: ClassTable) -> bytes:
    """Return the figures as CSV with a byte-order mark, which spreadsheets need."""
    return figures_csv(ws, shown).encode("utf-8-sig")
