"""A table joined to a layer, and a report of every row and region that did not find its match.

The layer stays whole: no region is dropped, no value filled in, and no row joined because its name is merely close.
A region for which a table has two rows gets neither.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from s3geo.errors import TableError, listed
from s3geo.model.aliases import LEP_CODES
from s3geo.tables.names import Names
from s3geo.tables.numbers import numbers, spreadsheet_rows
from s3geo.tables.read import read_table
from s3geo.tables.report import JoinReport

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["JoinReport", "RegionLayer", "join", "key_column"]

_GSS = re.compile(r"[EWSNK]\d{8}", re.IGNORECASE)
_MOST_SUGGESTED = 500
"""How many different names get suggestions, which are for a reader."""


@dataclass(frozen=True, slots=True)
class RegionLayer:
    """A layer with the columns of a table beside its geometry.

    Parameters
    ----------
    frame : GeoDataFrame
        Every region of the layer in the layer's order: name, geometry, then the joined columns; NaN = no data.
    report : JoinReport
        What matched and what did not.
    """

    frame: gpd.GeoDataFrame
    report: JoinReport


def join(
    layer: gpd.GeoDataFrame,
    table: pd.DataFrame | pd.Series | str | Path,
    on: str | None = None,
    value: str | Sequence[str] | None = None,
    *,
    file: str | None = None,
    strict: bool = False,
    known_codes: Mapping[str, str] | None = None,
) -> RegionLayer:
    """Join a table to a layer by code or by name.

    Parameters
    ----------
    layer : GeoDataFrame
        Index = code, columns name and geometry (`s3geo.geography.layers.read_layer`).
    table : DataFrame, Series, str or Path
        A table with a column of codes or names, one indexed by code, or a file with one.
    on : str, optional
        The column with the codes or names; default the one (or the index) that matches most regions.
    value : str or sequence of str, optional
        The columns to join, read as numbers; default every other column, as it is.
    file : str, optional
        What to call the table in messages.
    strict : bool
        Raise when the report is not ok.
    known_codes : mapping of str to str, optional
        Codes of other vintages and what they are, for example ``{"E37000023": "London in 2014 and 2017"}``; default
        every code that Local Enterprise Partnerships have had.

    Raises
    ------
    TableError
        If a column is missing, no column matches, a value column holds text, or `strict` and the report is not ok.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> layer = gpd.GeoDataFrame(
    ...     {"name": ["Cumbria", "London"]},
    ...     index=pd.Index(["E37000007", "E37000051"], name="code"),
    ...     geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)],
    ...     crs="EPSG:27700",
    ... )
    >>> table = pd.DataFrame({"LEP": ["London", "Cumbira"], "patents": ["1,200", "31"]})
    >>> joined = join(layer, table, value="patents", file="patents.csv")
    >>> joined.frame["patents"].tolist()
    [nan, 1200.0]
    >>> print(joined.report)
    patents.csv: 1 region matched, 1 region without data, 1 row without a region.
      row 3: 'Cumbira' is no region of the layer. Did you mean Cumbria (E37000007)? Write that, or remove the row.
    """
    if isinstance(table, str | Path):
        table = read_table(table)
    frame = table.to_frame(table.name or "value") if isinstance(table, pd.Series) else table
    shown = file or str(frame.attrs.get("file", "table"))
    rows = spreadsheet_rows(frame)
    names = Names(layer["name"])
    key, given = _key(frame, on, names, shown)
    columns = _values(frame, key, value, shown)
    by, codes = _resolve(given, names)
    report_rows = pd.DataFrame({"row": rows, "given": given, "code": codes}, dtype=object)
    single = (report_rows["code"].notna() & ~report_rows["code"].duplicated(keep=False)).to_numpy()
    matched = columns[single].set_axis(pd.Index(report_rows["code"][single], name=layer.index.name), axis=0)
    beside = matched.reindex(layer.index)
    beside = beside.rename(columns={name: f"{name}_table" for name in beside.columns if name in layer.columns})
    joined = layer.join(beside)
    joined.attrs = dict(layer.attrs)
    known = _lep_vintages() if known_codes is None else known_codes
    report = _report(report_rows, beside, names, known, file=shown, key=key, by=by)
    if strict and not report.ok:
        problems = report.problems
        raise TableError(f"{report.summary()} {_first(problems)}", problems.to_dict("records"))  # type: ignore[arg-type]
    return RegionLayer(joined, report)


def key_column(layer: gpd.GeoDataFrame, table: pd.DataFrame, *, file: str) -> tuple[str, str]:
    """Return which column of a table `join` would join by, and whether it holds a "code" or a "name".

    Raises
    ------
    TableError
        If no column matches.
    """
    names = Names(layer["name"])
    key, given = _key(table, None, names, file)
    return key, _resolve(given, names)[0]


def _key(frame: pd.DataFrame, on: str | None, names: Names, shown: str) -> tuple[str, list[str]]:
    """Return the key column (or the index) and what it holds."""
    index = str(frame.index.name or "index")
    if on is not None:
        if on in frame.columns:
            return on, _texts(frame[on])
        if on == index and index != "row":
            return index, _texts(frame.index)
        step = "Name one of these columns as `on`."
        raise _error(shown, f"has no column {on!r}; it has {listed(frame.columns, 20)}", step)
    candidates = {
        str(column): _texts(frame[column]) for column in frame.columns if frame[column].dtype.kind not in "fiub"
    }
    if index != "row":
        candidates[index] = _texts(frame.index)
    merit = {name: _merit(given, names) for name, given in candidates.items()}
    best = max(merit, key=lambda name: merit[name], default="")
    if not best or merit[best] == (0, 0):
        step = "Name the column with the codes or names as `on`, and check that it is of the layer's geography."
        raise _error(shown, f"has no column with codes or names of the layer; it has {listed(frame.columns, 20)}", step)
    return best, candidates[best]


def _merit(given: list[str], names: Names) -> tuple[int, int]:
    """How many values are regions of the layer; failing that, how many have the form of a code."""
    distinct = [one for one in set(given) if not one.isdigit()] if names.worded else set(given)
    by_code, by_name = map(len, names.resolve(distinct))
    return max(by_code, by_name), 2 * by_code + sum(_GSS.fullmatch(one) is not None for one in distinct)


def _values(frame: pd.DataFrame, key: str, value: str | Sequence[str] | None, shown: str) -> pd.DataFrame:
    if value is None:
        return frame.drop(columns=key, errors="ignore")
    wanted = [value] if isinstance(value, str) else list(value)
    return pd.DataFrame({column: numbers(frame, column, file=shown) for column in wanted}, index=frame.index)


def _resolve(given: list[str], names: Names) -> tuple[str, list[str | None]]:
    """Decide whether a key holds codes or names, and find the region of each row."""
    distinct = set(given)  # a long table names each region often
    code_of, named_as = names.resolve(distinct)
    codes, named = [code_of.get(one) for one in given], [named_as.get(one) for one in given]
    formed = sum(_GSS.fullmatch(one) is not None for one in given)
    if sum(map(bool, codes)) + formed >= sum(map(bool, named)):
        return "code", codes
    return "name", named


def _report(
    rows: pd.DataFrame, beside: pd.DataFrame, names: Names, known: Mapping[str, str], *, file: str, key: str, by: str
) -> JoinReport:
    found = rows["code"].notna()
    repeated = found & rows["code"].duplicated(keep=False)
    blank = beside.isna() | (beside.astype(object) == "")
    empty = set(blank.index[blank.all(axis=1)]) if len(beside.columns) else set()
    known_as = rows["given"].str.upper().map(dict(known)).where(~found)
    clashes = rows.assign(known_as=known_as)[known_as.notna()]
    unknown = rows[~found & known_as.isna()][["row", "given"]].reset_index(drop=True)
    strange = [given for given in unknown["given"].unique() if not _GSS.fullmatch(given)][:_MOST_SUGGESTED]
    meant = {given: names.suggest(given, 3) for given in strange}
    suggestions = [
        (row, given, *suggestion)
        for row, given in unknown.itertuples(index=False)
        for suggestion in meant.get(given, [])
    ]
    once = list(rows["code"][found & ~repeated])
    order = {str(code): at for at, code in enumerate(beside.index)}
    return JoinReport(
        file=file,
        key=key,
        by=by,
        matched=sorted(once, key=lambda code: order[code]),
        regions_without_data=[code for code in order if code not in set(once) or code in empty],
        rows_without_region=unknown,
        duplicates=rows[repeated].reset_index(drop=True),
        vintage_clashes=clashes[["row", "given", "known_as"]].reset_index(drop=True),
        suggestions=pd.DataFrame(suggestions, columns=["row", "given", "code", "name", "score"]),
    )


def _lep_vintages() -> dict[str, str]:
    spoken = {}
    for code, lep in LEP_CODES.items():
        years = [str(year) for year in lep.vintages]
        when = " and ".join([", ".join(years[:-1]), years[-1]] if len(years) > 1 else years)
        same = f" (the same area is {lep.same_area} in 2021)" if lep.same_area else ""
        spoken[code] = f"the code of {lep.name} in {when}{same}"
    return spoken


def _texts(values: pd.Series | pd.Index) -> list[str]:
    pairs = zip(values.tolist(), pd.isna(values).tolist(), strict=True)
    return ["" if missing else str(value).strip() for value, missing in pairs]


def _first(problems: pd.DataFrame) -> str:
    first = problems.iloc[0]
    return f"Row {first['row']}: {first['problem']}. {first['next_step']}"


def _error(shown: str, problem: str, next_step: str) -> TableError:
    return TableError(f"{shown} {problem}. {next_step}", [{"file": shown, "problem": problem, "next_step": next_step}])
