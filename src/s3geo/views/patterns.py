"""Patterns for what a single colour must not say: dots where there are no data, stripes where regions overlap."""

from __future__ import annotations

from collections.abc import Sequence

from s3geo.views.palette import NO_DATA

__all__ = ["NO_DATA_PATTERN", "stripes", "stripes_id"]

NO_DATA_PATTERN = (
    '<pattern id="s3geo-no-data" width="5" height="5" patternUnits="userSpaceOnUse">'
    f'<rect width="5" height="5" fill="{NO_DATA}"/><circle cx="2.5" cy="2.5" r="1" fill="#6f7680"/></pattern>'
)
"""SVG pattern of a region without a value."""


def stripes_id(colours: Sequence[str]) -> str:
    """Return the id of the stripes in these colours.

    Examples
    --------
    >>> stripes_id(["#f0f3c9", "#222f66"])
    's3geo-stripes-f0f3c9-222f66'
    """
    return "s3geo-stripes-" + "-".join(_slug(colour) for colour in colours)


def stripes(colours: Sequence[str]) -> str:
    """Return an SVG pattern of diagonal stripes in two fills (a fill without data is plain grey there).

    Parameters
    ----------
    colours : sequence of str
        ``#rrggbb`` or the fill of no data.

    Returns
    -------
    str
        A ``<pattern>`` element.
    """
    width = 5 * len(colours)
    bands = "".join(
        f'<rect x="{5 * i}" width="5" height="{width}" fill="{colour if colour.startswith("#") else NO_DATA}"/>'
        for i, colour in enumerate(colours)
    )
    return (
        f'<pattern id="{stripes_id(colours)}" width="{width}" height="{width}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)">{bands}</pattern>'
    )


def _slug(colour: str) -> str:
    return colour.removeprefix("#") if colour.startswith("#") else "none"
