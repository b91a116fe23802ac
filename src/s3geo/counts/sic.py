"""Sections and divisions of the UK Standard Industrial Classification of 2007."""

from __future__ import annotations

import pandas as pd

__all__ = ["CODE", "divisions"]

CODE = r"^(\d{2})(?:\d{3})?(?:\D.*)?$"
"""A code of five digits, or a division of two, and what follows it: "62012", "62012 - Software development", "62".

Codes of three or four digits are not taken: a program may have dropped a zero from their front.
"""

_SECTIONS = (
    *(("A", 1, 3), ("B", 5, 9), ("C", 10, 33), ("D", 35, 35), ("E", 36, 39), ("F", 41, 43), ("G", 45, 47)),
    *(("H", 49, 53), ("I", 55, 56), ("J", 58, 63), ("K", 64, 66), ("L", 68, 68), ("M", 69, 75), ("N", 77, 82)),
    *(("O", 84, 84), ("P", 85, 85), ("Q", 86, 88), ("R", 90, 93), ("S", 94, 96), ("T", 97, 98), ("U", 99, 99)),
)


def divisions() -> pd.DataFrame:
    """Return the 88 divisions and their sections.

    Returns
    -------
    DataFrame
        Columns division (two digits, text) and section (a letter).

    Notes
    -----
    Source: Office for National Statistics, UK SIC 2007.

    Examples
    --------
    >>> table = divisions().set_index("division")["section"]
    >>> len(table), table["01"], table["62"], table["72"]
    (88, 'A', 'J', 'M')
    """
    rows = [(f"{n:02}", letter) for letter, first, last in _SECTIONS for n in range(first, last + 1)]
    return pd.DataFrame(rows, columns=["division", "section"])
