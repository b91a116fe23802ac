"""Where things are, and the few constants that every layer shares."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["BNG", "ENGLAND", "WGS84", "Settings", "bundled", "settings"]

BNG = "EPSG:27700"
"""British National Grid, metres: every length and area is measured in it."""

WGS84 = "EPSG:4326"
"""Longitude and latitude, degrees: what a web map draws."""

ENGLAND = "E92000001"
"""GSS code of England."""

_PACKAGE = Path(__file__).resolve().parent


class Settings(BaseSettings):
    """Settings read from the environment; every name starts with ``S3GEO_``."""

    model_config = SettingsConfigDict(env_prefix="S3GEO_")

    workspace: Path | None = Field(
        default=None,
        description="Folder with `boundaries/` and `data/` of the user's own; what it lacks comes from the bundle.",
    )
    address: str = Field(
        default="",
        description="Public address of the app, which pictures and tables name as the place to find them again.",
    )
    log: str = Field(
        default="",
        description="File for the app's log, a JSON object a line; `-` is standard error; by default what went wrong.",
    )
    contact: str = Field(
        default="",
        description="Whom to tell of an error or a barrier: an e-mail address, an address on the web, or words.",
    )
    tiles: str = Field(
        default="https://tile.openstreetmap.org/{z}/{x}/{y}.png",
        description="Address of the tiles of the base map, which is off until a user switches it on.",
    )
    tiles_credit: str = Field(default="© OpenStreetMap contributors", description="Whose the tiles are.")
    tiles_credit_url: str = Field(default="https://www.openstreetmap.org/copyright")


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process, read once."""
    return Settings()


def bundled(*parts: str) -> Path:
    """Return a path inside the bundled ``boundaries/`` or ``data/``.

    In an installed wheel they lie inside the package; in a checkout at its top.

    Examples
    --------
    >>> bundled("boundaries", "datapackage.json").name
    'datapackage.json'
    """
    inside = _PACKAGE / "_bundled"
    root = inside if inside.is_dir() else _PACKAGE.parents[1]
    return root.joinpath(*parts)
