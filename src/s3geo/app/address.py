"""What an address asks for: every part read and checked, whatever is not understood said once and left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from s3geo.app.fields import FIELDS, Asked, Partly
from s3geo.errors import S3geoError
from s3geo.workspace import Workspace

__all__ = ["LONGEST", "MOST_TOLD", "read_address"]

LONGEST = 4_000
"""Most characters of one part; the longest that s3geo writes, a recipe that names every indicator, has half of it."""

MOST_TOLD = 8
"""Most parts that are named as not understood."""


def read_address(ws: Workspace, asked: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Read the query of an address.

    Parameters
    ----------
    ws : Workspace
    asked : mapping of str to str
        Text by name; other names than those of `FIELDS` belong to others and are not looked at.

    Returns
    -------
    values : dict
        A value for every field, the default where the address says nothing or nothing that is valid.
    ignored : list of str
        What was not understood, at most 40 characters of each, quoted so that no Markdown in it is followed.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> values, ignored = read_address(open_workspace(), {"k": "999999", "geography": "lad"})
    >>> values["k"], values["geography"], ignored
    (5, 'lad', ['`k=999999`'])
    """
    asked = {name: asked[name] for name in FIELDS if name in asked}
    values: dict[str, Any] = {}
    ignored: list[str] = []
    for name, field in FIELDS.items():
        value = field.default
        if name in asked:
            try:
                if len(asked[name]) > LONGEST:
                    raise ValueError(name)
                value = field.read(asked[name], Asked(ws, dict(asked)))
            except Partly as some:
                value = some.value
                ignored += [_quoted(f"{name}={part[:40]}") for part in some.left_out]
            except (ValueError, S3geoError):
                ignored.append(_quoted(f"{name}={asked[name][:40]}"))
        values[name] = list(value) if isinstance(value, list) else value
    rest = len(ignored) - MOST_TOLD
    return values, ignored if rest <= 0 else [*ignored[:MOST_TOLD], f"and {rest} more"]


def _quoted(text: str) -> str:
    """Quote a part of the address so that it is shown as it is, whatever Markdown it holds.

    It is in one line, for a blank one would end the quotation, and without characters that are not seen.
    """
    seen = (one if one.isprintable() and one != "`" else " " for one in text)
    return f"`{' '.join(''.join(seen).split())}`"
