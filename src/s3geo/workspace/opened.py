"""Open a workspace, and find a region in it by name or postcode."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import lru_cache
from html import escape
from pathlib import Path

import pandas as pd

from s3geo.errors import FileProblem, NotFound, listed
from s3geo.geography.postcodes import find, looks_like_postcode
from s3geo.settings import settings
from s3geo.tables.names import search
from s3geo.workspace.evidence import Evidence
from s3geo.workspace.geographies import GEOGRAPHIES, geography_named
from s3geo.workspace.store import said_by_name

__all__ = ["Workspace", "bundled_workspace", "locate", "open_workspace"]


class Workspace(Evidence):
    """Boundaries, memberships, indicators, sectors, organisations and links: the one object the doors hold.

    Parameters
    ----------
    path : Path, optional
        Folder of the user's own; what it lacks comes from the bundle.

    Notes
    -----
    A workspace is shared between sessions; frames handed out must not be changed.
    """

    def region(self, text: str, geography: str = "lep") -> str:
        """Return the code of a region given by code or name.

        Raises
        ------
        NotFound
            With suggestions, when nothing or more than one thing fits.
        """
        names = self.names(geography)
        if text in names.index:
            return text
        exact = names[names.str.casefold() == text.strip().casefold()]
        if len(exact) == 1:
            return str(exact.index[0])
        found = search(text, names)
        if len(found) == 1:
            return found[0]
        hint = f"Did you mean {listed(names[found], 3)}?" if found else "See `s3geo describe` for the names."
        raise NotFound(f"No {geography_named(geography).singular} is called {text!r}. {hint}")

    def find(self, text: str, geography: str = "lep") -> list[str]:
        """Return the regions a name or a postcode leads to, best first.

        Parameters
        ----------
        text : str
            Part of a name, a short name ("HotSW"), a code, or a full postcode.

        Raises
        ------
        NotFound
            A postcode that is unknown or lies outside England.
        """
        if self.is_postcode(text):
            rows = self.locate(text)
            return list(rows.loc[rows["geography"] == geography, "code"])
        return search(text, self.names(geography))

    @staticmethod
    def is_postcode(text: str) -> bool:
        """Tell whether a text has the form of a postcode, or of its first half."""
        return looks_like_postcode(text)

    def locate(self, postcode: str) -> pd.DataFrame:
        """Return the regions a postcode lies in; see `s3geo.locate`."""
        district = find(postcode).district
        m = self.membership[self.membership["district"] == district]
        rows = [("lad", district), *m[["geography", "region"]].itertuples(index=False, name=None)]
        order = list(GEOGRAPHIES)
        rows.sort(key=lambda row: (order.index(row[0]), row[1]))
        return pd.DataFrame(
            [
                {"geography": g, "vintage": self.vintage(g), "code": code, "name": self.names(g)[code]}
                for g, code in rows
                if code in self.names(g).index
            ]
        )

    def _repr_html_(self) -> str:
        where = "The bundled workspace" if self.path is None else escape(str(self.path))
        layers = self.geographies.rename(columns={"n": "areas"}).to_html(index=False, escape=True, border=0)
        return f"<p>{where}: {len(self.catalogue)} indicators.</p>{layers}"

    def __repr__(self) -> str:
        where = "bundled" if self.path is None else str(self.path)
        return f"<s3geo workspace: {where}; {len(self.catalogue)} indicators>"


@lru_cache(maxsize=8)
def _open(path: Path | None) -> Workspace:
    return Workspace(path)


def _entered(folder: Path) -> bool:
    """Tell whether there is such a folder; one that is closed to us is no folder that is missing."""
    with said_by_name(folder), suppress(FileNotFoundError, NotADirectoryError):
        os.stat(f"{folder}/.")  # a Path would drop the dot, which asks for the right to enter
        return True
    return False


def open_workspace(path: str | Path | None = None) -> Workspace:
    """Open the bundled boundaries and data, or a folder of the user's own with the same layout.

    Parameters
    ----------
    path : str or Path, optional
        By default the folder named by the environment variable ``S3GEO_WORKSPACE``, else the bundle.

    Returns
    -------
    Workspace
        One and the same object for the same folder.

    Raises
    ------
    FileProblem
        The folder does not exist, may not be entered, or has neither ``boundaries/`` nor ``data/``.

    Examples
    --------
    >>> ws = open_workspace()
    >>> ws.names("lep")["E37000051"]
    'London'
    """
    chosen = Path(path) if path is not None else settings().workspace
    if chosen is None:
        return _open(None)
    if not [name for name in ("boundaries", "data") if _entered(chosen / name)]:
        raise FileProblem(
            f"{chosen} is no workspace: it has neither boundaries/ nor data/. "
            "Name a folder that has one of them, or leave it out to use the bundle."
        )
    return _open(chosen.resolve())


def bundled_workspace() -> Workspace:
    """Return the workspace of the bundle alone, whatever the environment names."""
    return _open(None)


def locate(postcode: str) -> pd.DataFrame:
    """Return the regions a postcode lies in.

    Parameters
    ----------
    postcode : str
        A full postcode of England, in any spacing and case.

    Returns
    -------
    DataFrame
        geography, vintage, code, name: one row for each region the postcode lies in.

    Raises
    ------
    NotFound
        Not a postcode, unknown, or outside England.

    Notes
    -----
    By the ONS Postcode Directory, November 2025; districts by their codes of April 2023.

    Examples
    --------
    >>> list(locate("EX4 4QJ").query("geography in ('lep', 'lad')")["name"])
    ['Heart of the South West', 'Exeter']
    """
    return open_workspace().locate(postcode)
