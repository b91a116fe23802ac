"""Colours: ramps made so that their steps can be told apart by everyone, in grey too."""

from __future__ import annotations

import numpy as np

__all__ = ["ACCENT", "INK", "LAND", "NO_DATA", "OUTLINE", "SEA", "bivariate", "diverging", "sequential"]

SEA = "#e9eff3"
"""Background of the map."""
LAND = "#f7f7f5"
"""Neighbouring land that carries no data."""
NO_DATA = "#d9d9d9"
"""Ground of the dotted fill of a region without a value."""
OUTLINE = "#ffffff"
"""Line between regions."""
INK = "#16202a"
"""Text, and the outline of the selected region."""
ACCENT = "#0b5c8a"
"""The one accent colour."""

# Our own anchors, light to dark; lightness falls evenly, so order survives greyscale and colour blindness.
_ANCHORS = ("#f0f3c9", "#a5d6b5", "#45a5b4", "#2b6a9b", "#222f66")

# Brown below, teal above, a light middle: the two arms stay apart in red-green blindness.
_BELOW = ("#efece6", "#e0b57c", "#b06f2a", "#6e3a0c")
_ABOVE = ("#efece6", "#93c9c2", "#3a8f90", "#0b4f58")

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def sequential(k: int) -> tuple[str, ...]:
    """Return `k` colours from light to dark.

    Parameters
    ----------
    k : int
        Number of classes, 1 to 9.

    Returns
    -------
    tuple of str
        ``#rrggbb``; class 0 is the lightest.

    Notes
    -----
    Interpolated in OKLab (Björn Ottosson, 2020) between fixed anchors, at equal steps.

    Examples
    --------
    >>> sequential(5)
    ('#f0f3c9', '#a5d6b5', '#45a5b4', '#2b6a9b', '#222f66')
    """
    if k == 1:
        return (_ANCHORS[2],)
    return tuple(_ramp(_ANCHORS, k))


def diverging(below: int, above: int) -> tuple[str, ...]:
    """Return colours for classes on both sides of a middle class.

    Parameters
    ----------
    below, above : int
        Classes below and above the middle one, 0 to 8 each.

    Returns
    -------
    tuple of str
        ``below + 1 + above`` colours, from the lowest class to the highest; equal distance from the middle is equal
        strength on both sides.

    Examples
    --------
    >>> diverging(1, 1)
    ('#6e3a0c', '#efece6', '#0b4f58')
    """
    steps = max(below, above, 1)
    low, high = _ramp(_BELOW, steps + 1), _ramp(_ABOVE, steps + 1)
    return (*reversed(low[1 : below + 1]), low[0], *high[1 : above + 1])


def bivariate() -> tuple[str, ...]:
    """Return nine colours for classes low, middle, high of two indicators.

    Returns
    -------
    tuple of str
        At ``3 * class_y + class_x``: x turns blue, y turns red, both together dark; lightness falls along each axis.

    Examples
    --------
    >>> len(bivariate())
    9
    """
    return tuple(
        _hex(np.array([0.95 - 0.155 * (x + y), 0.062 * y - 0.03 * x, 0.012 - 0.055 * x + 0.02 * y]))
        for y in range(3)
        for x in range(3)
    )


def _ramp(anchors: tuple[str, ...], k: int) -> list[str]:
    """Interpolate `k` colours in OKLab at equal steps between anchors."""
    lab = np.array([_oklab(colour) for colour in anchors])
    at = np.linspace(0, len(anchors) - 1, k)
    steps = np.arange(len(anchors))
    return [_hex(row) for row in np.column_stack([np.interp(at, steps, lab[:, channel]) for channel in range(3)])]


def _oklab(colour: str) -> np.ndarray:
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return np.asarray(_TO_LAB @ np.cbrt(_TO_LMS @ linear))


def _hex(lab: np.ndarray) -> str:
    linear = np.linalg.solve(_TO_LMS, np.linalg.solve(_TO_LAB, lab) ** 3).clip(0, 1)
    srgb = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in srgb)
