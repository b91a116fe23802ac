"""Colours: one sequential ramp, made so that its steps can be told apart by everyone."""

from __future__ import annotations

import numpy as np

__all__ = ["ACCENT", "INK", "LAND", "NO_DATA", "OUTLINE", "SEA", "sequential"]

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
    anchors = np.array([_oklab(colour) for colour in _ANCHORS])
    at = np.linspace(0, len(anchors) - 1, k)
    steps = np.arange(len(anchors))
    lab = np.column_stack([np.interp(at, steps, anchors[:, channel]) for channel in range(3)])
    return tuple(_hex(row) for row in lab)


def _oklab(colour: str) -> np.ndarray:
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return np.asarray(_TO_LAB @ np.cbrt(_TO_LMS @ linear))


def _hex(lab: np.ndarray) -> str:
    linear = np.linalg.solve(_TO_LMS, np.linalg.solve(_TO_LAB, lab) ** 3).clip(0, 1)
    srgb = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in srgb)
