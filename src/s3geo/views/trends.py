"""From the first to the last value of a series, with a word only where one is allowed."""

from __future__ import annotations

import pandas as pd

from s3geo.statistics.intervals import difference_interval
from s3geo.views.wording import amount
from s3geo.workspace import Workspace

__all__ = ["LEAST_POINTS", "trend", "trends"]

LEAST_POINTS = 5
"""Values a series must have before its change is put into a word."""


def trends(ws: Workspace, indicator: str, geography: str = "lep") -> pd.Series:
    """Say for every region how an indicator went, up to the catalogue's period.

    Returns
    -------
    Series of str
        Index code; empty where there are fewer than two values. All values are on the boundaries of one vintage.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> trends(open_workspace(), "he_research_income_per_head")["E37000051"]  # three years: no word
    '2015/16 £227, 2017/18 £227'
    """
    period, unit, decimals = (ws.catalogue.at[indicator, name] for name in ("period", "unit", "decimals"))
    shown = [each for each in ws.periods(indicator, geography) if each <= str(period)]
    parts = [ws.observations(indicator, each, geography) for each in shown]
    together = pd.concat(parts) if parts else pd.DataFrame(columns=["code", "value"])
    there = together[together["value"].notna()]
    found = {str(code): trend(rows, str(unit), int(str(decimals))) for code, rows in there.groupby("code", sort=False)}
    codes = ws.layer(geography).index
    return pd.Series([found.get(str(code), "") for code in codes], index=codes)


def trend(series: pd.DataFrame, unit: str, decimals: int) -> str:
    """Say how one series went.

    Parameters
    ----------
    series : DataFrame
        Oldest first, without gaps: period, value, lower, upper (95 %, NaN where no interval is known).
    unit : str
    decimals : int

    Returns
    -------
    str
        Two values for up to four points, and where an end has no interval. Else "rose", "fell" or (as shown)
        "unchanged" if the interval of the difference leaves out 0, or "no change beyond chance".

    Examples
    --------
    >>> years = pd.DataFrame({"period": list("ABCDE"), "value": [1.0, 2, 2, 3, 4]})
    >>> years = years.assign(lower=years["value"] - 0.5, upper=years["value"] + 0.5)
    >>> trend(years, "%", 1), trend(years.head(4), "%", 1), trend(years.assign(lower=None), "%", 1)
    ('A to E: rose from 1.0 % to 4.0 %', 'A 1.0 %, D 3.0 %', 'A 1.0 %, E 4.0 %')
    """
    if len(series) < 2:
        return ""
    first, last = series.iloc[0], series.iloc[-1]
    old, new = (amount(float(row["value"]), unit, decimals)[0] for row in (first, last))
    known = first[["lower", "upper"]].notna().all() and last[["lower", "upper"]].notna().all()
    if len(series) < LEAST_POINTS or not known:
        return f"{first['period']} {old}, {last['period']} {new}"
    change = float(last["value"]) - float(first["value"])
    between = f"{first['period']} to {last['period']}"
    (before, l_before, u_before), (after, l_after, u_after) = (_figures(row) for row in (first, last))
    low, high = difference_interval(before, (l_before, u_before), after, (l_after, u_after))
    if low <= 0 <= high:
        return f"{between}: {old} and {new}, no change beyond chance"
    if old == new:
        return f"{between}: unchanged at {new}"
    return f"{between}: {'rose' if change > 0 else 'fell'} from {old} to {new}"


def _figures(row: pd.Series) -> tuple[float, float, float]:
    return float(row["value"]), float(row["lower"]), float(row["upper"])
