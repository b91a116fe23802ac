"""Start the server, the same way from ``s3geo app`` in any folder."""

from __future__ import annotations

import os
import tomllib
from typing import Any

import streamlit as st

from s3geo.app.log import start_log
from s3geo.app.server import SCRIPT, lifespan, routes
from s3geo.app.uploads import limits_of_uploads
from s3geo.settings import bundled

__all__ = ["serve"]


def serve(*, host: str, port: int, browser: bool) -> None:
    """Serve the app until it is stopped, under the path of ``STREAMLIT_SERVER_BASE_URL_PATH`` where that is set.

    Parameters
    ----------
    host : str
        Address to listen on.
    port : int
    browser : bool
        Whether to open a browser window.
    """
    start_log()  # what is wrong with it is said before anything is served
    app = st.App(SCRIPT, routes=routes(), lifespan=lifespan, middleware=limits_of_uploads())
    config = {**_shipped(), "server.address": host, "server.port": port, "server.headless": not browser}
    base = os.environ.get("STREAMLIT_SERVER_BASE_URL_PATH", "").strip("/")
    if base:  # `streamlit run` reads it from the environment, `st.App.run` does not
        config["server.baseUrlPath"] = base
    print(f"s3geo: http://{host}:{port}/{base}", flush=True)  # noqa: T201 -- the address is what the command is for
    app.run(config=config)


def _shipped() -> dict[str, Any]:
    """Return the options of ``.streamlit/config.toml``, which an installed package carries with it."""
    path = bundled("streamlit.toml")
    path = path if path.exists() else bundled(".streamlit", "config.toml")
    sections = tomllib.loads(path.read_text("utf-8"))
    return dict(_flat(sections))


def _flat(table: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in table.items():
        found += _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(f"{prefix}{key}", value)]
    return found
