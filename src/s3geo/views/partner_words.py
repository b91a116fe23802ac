"""Why a partner, and why not, in plain words made of the figures of its row."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from s3geo.views.wording import counted, number

__all__ = ["counter_reason", "reason", "record"]

FAR = 0.75
"""Share of the other areas that must be nearer, add more or be more alike, for it to be said."""


def reason(row: Mapping[str, Any], origin: str) -> str:
    """Say what the partner adds, from what its score contains.

    Parameters
    ----------
    row : mapping
        A row of `s3geo.partners`: name, activity_label, own, together, added, through, lq_theirs, lq_ours, score.
    origin : str
        Name of the region that looks for partners.

    Examples
    --------
    >>> row = {"name": "Leeds", "score": 70.0, "activity_label": "Finance", "own": 0.41, "together": 0.62,
    ...        "added": 0.21, "through": "Property", "lq_theirs": 1.4, "lq_ours": 0.8}
    >>> reason(row, "Hull")
    'Has Property, which Hull lacks; that adds most around Finance (1.40 times England’s share there, 0.80 in Hull): of
    what is related to it, the two together have 62 %, Hull alone 41 %.'
    """
    if math.isnan(row["score"]):
        return "Not enough data: figures are withheld, or too few strengths are known."
    if not isinstance(row["activity_label"], str) or math.isnan(row["added"]):
        return "Adds nothing around what is aimed at."
    return (
        f"Has {row['through']}, which {origin} lacks; that adds most around {row['activity_label']} "
        f"({number(row['lq_theirs'], 2)} times England’s share there, {number(row['lq_ours'], 2)} in {origin}): of "
        f"what is related to it, the two together have {number(100 * row['together'], 0)} %, {origin} alone "
        f"{number(100 * row['own'], 0)} %."
    )


def record(row: Mapping[str, Any]) -> str:
    """Say what two regions did together so far.

    Examples
    --------
    >>> record({"projects": 3, "first_year": 2014.0, "last_year": 2017.0})
    '3 shared Horizon 2020 projects, started 2014 to 2017'
    >>> record({"projects": 0, "first_year": float("nan"), "last_year": float("nan")})
    'No shared Horizon 2020 project known'
    """
    if not row["projects"]:
        return "No shared Horizon 2020 project known"
    words = f"{counted(int(row['projects']), 'shared Horizon 2020 project')}"
    if math.isnan(row["first_year"]):
        return words
    first, last = int(row["first_year"]), int(row["last_year"])
    return f"{words}, started {first}" + (f" to {last}" if last > first else "")


def counter_reason(row: Mapping[str, Any], every: pd.DataFrame, origin: str) -> str:
    """Say the one thing that speaks most against a partner; empty where nothing does.

    Parameters
    ----------
    row : mapping
        A row of `s3geo.partners`.
    every : DataFrame
        All rows.
    origin : str
    """
    if math.isnan(row["score"]):
        return ""
    if row["overlaps"]:
        return f"Shares districts with {origin}: part of what it has is the same."
    farther = float((every["distance_km"].to_numpy() < row["distance_km"]).mean())
    if farther >= FAR:
        return (
            f"Far: {number(100 * farther, 0)} % of the other areas are nearer than {number(row['distance_km'], 0)} km."
        )

    def behind(column: str) -> bool:
        values = every[column].to_numpy(dtype=float)
        return float((values[~np.isnan(values)] > row[column]).mean()) >= FAR

    if behind("complementarity"):
        return "Adds less around what is aimed at than three quarters of the other areas."
    if row["shared"] == 0:
        return f"Has no strength in common with {origin}."
    if behind("shared"):
        return f"Has fewer strengths in common with {origin} than three quarters of the other areas."
    return ""
