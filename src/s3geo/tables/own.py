"""A user's own table as indicators: wide or long, keyed by code or name, of any LEP vintage, with its join report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from s3geo.errors import TableError, listed
from s3geo.model.aliases import LEP_CODES
from s3geo.settings import ENGLAND
from s3geo.tables.join import JoinReport, join, key_column
from s3geo.tables.names import Names
from s3geo.tables.numbers import numbers, spreadsheet_rows

__all__ = ["NOT_STATED", "OwnTable", "match_own", "offered_codes", "template"]

NOT_STATED = "period not stated"
"""Period of figures that do not say."""

MOST_SERIES = 100
MOST_PERIODS = 300

_PERIOD = re.compile(r"(?:19|20)\d{2}(?:[/-]\d{2,4})?(?:\s*(?:to|–)\s*(?:19|20)\d{2})?")
_PERIOD_NAMES = {"period", "year", "date", "time"}
_VALUE_NAMES = {"value", "values", "figure", "amount", "obs_value"}
_SERIES_NAMES = {"indicator", "measure", "variable", "series"}
_NAME_NAMES = {"name", "area", "region", "lep", "label"}


@dataclass(frozen=True)
class OwnTable:
    """A table of the user's own, matched with a layer.

    Attributes
    ----------
    figures : DataFrame
        series, period, code, value: what was matched; a value that is missing stays missing.
    england : DataFrame
        series, period, value: rows for England itself, if there are any.
    report : JoinReport
        What became of every row.
    """

    figures: pd.DataFrame
    england: pd.DataFrame
    report: JoinReport

    @property
    def series(self) -> list[str]:
        """Names of the indicators in the table, in its order."""
        return list(dict.fromkeys(self.figures["series"]))

    def periods(self, series: str) -> list[str]:
        """Return the periods of an indicator, oldest first."""
        return sorted(self.figures.loc[self.figures["series"] == series, "period"].unique())


def template(layer: gpd.GeoDataFrame, period: str = "2024") -> pd.DataFrame:
    """Return an empty table to fill in: code, name and one column a period.

    Parameters
    ----------
    layer : GeoDataFrame
        Index code, column name.
    period : str
        Name of the value column.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> list(template(open_workspace().layer()).columns)
    ['code', 'name', '2024']
    """
    rows = pd.DataFrame({"code": layer.index, "name": layer["name"].to_numpy(), period: ""})
    england = pd.DataFrame({"code": [ENGLAND], "name": ["England"], period: [""]})
    return pd.concat([rows, england], ignore_index=True)


def offered_codes(report: JoinReport) -> dict[str, str]:
    """Return the codes of other LEP vintages in a table that stand for an area unchanged to 2021.

    Returns
    -------
    dict
        Code in the table to code of May 2021. A code whose area was redrawn is not among them: its figures cannot be
        taken over.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> frame = pd.DataFrame({"code": ["E37000023", "E37000001"], "2017": [1, 2]})  # London in 2014 and 2017
    >>> offered_codes(match_own(frame, open_workspace().layer(), file="x.csv").report)
    {'E37000023': 'E37000051'}
    """
    found = {}
    for given in report.vintage_clashes["given"]:
        code = str(given).strip().upper()
        if code in LEP_CODES and LEP_CODES[code].same_area:
            found[str(given)] = LEP_CODES[code].same_area
    return found


def match_own(
    table: pd.DataFrame,
    layer: gpd.GeoDataFrame,
    *,
    file: str | None = None,
    accepted: Mapping[str, str] | None = None,
    period: str = NOT_STATED,
    series: str = "Your figures",
) -> OwnTable:
    """Match a table with a layer.

    Parameters
    ----------
    table : DataFrame
        Of `s3geo.tables.read.read_table` (all text), or any frame. Wide: a column of codes or names, then one column
        a period ("2019", "2019/20") or one a measure. Long: columns of codes or names, period and value, and
        perhaps indicator.
    layer : GeoDataFrame
        Index code, columns name and geometry.
    file : str, optional
        What to call the table in messages.
    accepted : mapping, optional
        What a key means (a code of the layer): suggestions the user accepted, codes of another vintage converted.
    period, series : str
        Stand in where the table does not say.

    Returns
    -------
    OwnTable

    Raises
    ------
    TableError
        No column of codes or names, no column of numbers, text among numbers, or the same key twice for one period.
    """
    shown = file or str(table.attrs.get("file", "table"))
    key, by = key_column(layer, table, file=shown)
    long = _long(table, key, shown, period, series)
    _refuse_many(long, shown)
    meant = dict(accepted or {})
    if by == "name":
        meant = {given: str(layer["name"].get(code, code)) for given, code in meant.items()}
    long["key"] = long["key"].replace(meant)
    is_england = long["key"].str.upper().eq(ENGLAND) | long["key"].str.casefold().eq("england")
    england = long.loc[is_england, ["series", "period", "value"]].reset_index(drop=True)
    rows = long[~is_england]
    # one row a key tells the report about matches; repeats within a period are told apart below
    figure = "figure" if key == "value" else "value"
    keys = pd.DataFrame({key: rows["key"], figure: "1"})
    repeated = rows.duplicated(["key", "series", "period"], keep=False)
    once = ~rows["key"].duplicated() | repeated
    first_series = rows.groupby("key")[["series", "period"]].transform("first")
    first = (rows["series"] == first_series["series"]) & (rows["period"] == first_series["period"])
    unique = keys[once & first].set_axis(pd.Index(rows.loc[once & first, "row"], name="row"))
    unique.attrs = {"file": shown}
    report = join(layer, unique, on=key, file=shown).report
    codes = _codes(layer, unique[key], report.by)
    values = rows[~repeated].assign(code=rows["key"].map(codes))
    values = values[values["code"].notna() & values["code"].isin(report.matched)]
    return OwnTable(values[["series", "period", "code", "value"]].reset_index(drop=True), england, report)


def _refuse_many(long: pd.DataFrame, shown: str) -> None:
    """Refuse a table of more series or periods than anybody could choose from."""
    for what, column, most in (("series", "series", MOST_SERIES), ("periods", "period", MOST_PERIODS)):
        if (n := long[column].nunique()) > most:
            step = "Keep those that are needed."
            raise TableError(
                f"{shown} has {n:,} {what} (at most {most}). {step}",
                [{"file": shown, "problem": f"{n:,} {what}", "next_step": step}],
            )


def _codes(layer: gpd.GeoDataFrame, keys: pd.Series, by: str) -> dict[str, str]:
    """Return the region of each key that has one."""
    names = Names(layer["name"])
    find = names.by_code if by == "code" else names.by_name
    return {key: code for key in keys.unique() if (code := find(key))}


def _long(table: pd.DataFrame, key: str, shown: str, period: str, series: str) -> pd.DataFrame:
    """Return row, key, series, period, value, whatever the shape of the table."""
    lower = {str(column).strip().casefold(): str(column) for column in table.columns if column != key}
    period_column = next((lower[name] for name in _PERIOD_NAMES if name in lower), None)
    value_column = next((lower[name] for name in _VALUE_NAMES if name in lower), None)
    series_column = next((lower[name] for name in _SERIES_NAMES if name in lower), None)
    rows = spreadsheet_rows(table)
    keys = table[key].astype(str).str.strip()
    if value_column and (period_column or series_column):
        return pd.DataFrame(
            {
                "row": rows,
                "key": keys.to_numpy(),
                "series": table[series_column].astype(str).to_numpy() if series_column else series,
                "period": table[period_column].astype(str).to_numpy() if period_column else period,
                "value": numbers(table, value_column, file=shown).to_numpy(),
            }
        )
    columns = [str(c) for c in table.columns if c != key and str(c).strip().casefold() not in _NAME_NAMES]
    dated = [column for column in columns if _PERIOD.fullmatch(column.strip())]
    chosen = dated or _numeric(table, columns, shown)
    _refuse_many(pd.DataFrame({"period" if dated else "series": chosen}, columns=["series", "period"]), shown)
    parts = [
        pd.DataFrame(
            {
                "row": rows,
                "key": keys.to_numpy(),
                "series": series if dated or (len(chosen) == 1 and column in _VALUE_NAMES) else column,
                "period": column.strip() if dated else period,
                "value": numbers(table, column, file=shown).to_numpy(),
            }
        )
        for column in chosen
    ]
    return pd.concat(parts, ignore_index=True)


def _numeric(table: pd.DataFrame, columns: list[str], shown: str) -> list[str]:
    """Return the columns with numbers: those in which most cells that are filled in are numbers."""
    found = []
    for column in columns:
        text = table[column].astype(str).str.strip()
        filled = text[text.ne("") & text.ne("nan")]
        digits = filled.str.contains(r"\d", regex=True)
        if len(filled) and digits.mean() > 0.5 and not filled.str.fullmatch(r"[EWSNK]\d{8}").any():
            found.append(column)
    if not found:
        raise TableError(
            f"{shown} has no column of numbers; it has {listed(table.columns, 20)}. "
            "Give each area a value in a column of its own, or use the template.",
            [{"file": shown, "problem": "no column of numbers", "next_step": "Use the template."}],
        )
    return found
