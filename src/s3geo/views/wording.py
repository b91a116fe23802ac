"""Numbers and findings in plain words, the same everywhere."""

from __future__ import annotations

import math

__all__ = [
    "NO_DATA_REASONS",
    "NO_VALUE",
    "STATUS_WORDS",
    "amount",
    "counted",
    "finding",
    "number",
    "ordinal",
    "quantity",
    "range_label",
    "rank_label",
]

NO_VALUE = "no data"

NO_DATA_REASONS: dict[str, str] = {
    "suppressed": "withheld, too few cases",
    "not_collected": "not collected",
    "not_comparable": "other borders",
    "no_institution": "no university registered here",
    "none_in_england": "none counted in England",
    "not_known": "withheld or not known",
}
"""Why there is no value, in a few words: statuses of `s3geo.model.catalogue.STATUSES`, and two of sectors."""

STATUS_WORDS: dict[str, str] = {"rounded": "rounded by the source", "estimated": "estimated"}
"""What is said of a value that is not as counted."""


def number(value: float, decimals: int = 1) -> str:
    """Write a number with thousands separators and a fixed number of decimals.

    Examples
    --------
    >>> number(45230.4, 0), number(12.345, 1), number(float("nan"))
    ('45,230', '12.3', 'no data')
    """
    if value is None or math.isnan(value):
        return NO_VALUE
    text = f"{value:,.{decimals}f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.,") else text.replace("-", "−")


def quantity(value: float, unit: str, decimals: int = 1) -> str:
    """Write a value with its unit.

    Examples
    --------
    >>> quantity(45.71, "%", 1), quantity(31204, "£ per resident", 0), quantity(3.2, "firms per 10,000 residents")
    ('45.7 %', '£31,204 per resident', '3.2 firms per 10,000 residents')
    >>> quantity(12.1, "€ per resident", 2), quantity(float("nan"), "%")
    ('€12.10 per resident', 'no data')
    """
    return " ".join(part for part in amount(value, unit, decimals) if part)


def amount(value: float, unit: str, decimals: int = 1) -> tuple[str, str]:
    """Write a value as its figure, with the sign of its unit, and the other words of the unit.

    Examples
    --------
    >>> amount(31204, "£ per resident", 0), amount(5.61, "% of people in employment"), amount(3.2, "firms")
    (('£31,204', 'per resident'), ('5.6 %', 'of people in employment'), ('3.2', 'firms'))
    """
    text = number(value, decimals)
    if text == NO_VALUE:
        return text, ""
    if unit[:1] in {"£", "€"}:
        return unit[0] + text, unit[1:].strip()
    return (f"{text} %", unit[1:].strip()) if unit.startswith("%") else (text, unit)


def counted(n: int, noun: str) -> str:
    """Write a count with its noun.

    Examples
    --------
    >>> counted(1, "code"), counted(3, "code")
    ('1 code', '3 codes')
    """
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def ordinal(n: int) -> str:
    """Write a rank.

    Examples
    --------
    >>> [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 22)]
    ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '22nd']
    """
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def rank_label(rank: float, n: int) -> str:
    """Write a rank among those with a value.

    Examples
    --------
    >>> rank_label(6, 37), rank_label(float("nan"), 37)
    ('6th of 37', 'not ranked')
    """
    return "not ranked" if rank is None or math.isnan(rank) else f"{ordinal(int(rank))} of {n}"


def range_label(lower: float, upper: float, decimals: int = 1) -> str:
    """Write a class of a legend.

    Examples
    --------
    >>> range_label(1.25, 30, 1)
    '1.2 – 30.0'
    """
    return f"{number(lower, decimals)} – {number(upper, decimals)}"


def finding(verdict: str, lower: float, upper: float, decimals: int = 1) -> str:
    """Write what an interval allows one to say about England.

    Parameters
    ----------
    verdict : {"higher", "similar", "lower", ""}
        Of `s3geo.statistics.verdict`; empty where the interval is none of sampling.
    lower, upper : float
        95 % limits; NaN where there are none.
    decimals : int

    Examples
    --------
    >>> finding("higher", 2, 4), finding("", 49.26, 53.51), finding("", float("nan"), float("nan"))
    ('higher than England', 'varies by chance between 49.3 and 53.5', 'no interval published')
    """
    words = {"higher": "higher than England", "lower": "lower than England", "similar": "similar to England"}
    if verdict in words:
        return words[verdict]
    if math.isnan(lower) or math.isnan(upper):
        return "no interval published"
    return f"varies by chance between {number(lower, decimals)} and {number(upper, decimals)}"
