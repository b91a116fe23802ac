"""Which areas a postcode counts in: postcode to district, district to its areas and to England, many to many."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from s3geo.counts.files import open_source
from s3geo.errors import TableError, listed
from s3geo.geography import postcodes
from s3geo.settings import ENGLAND
from s3geo.workspace import Workspace
from s3geo.workspace.geographies import geography_named

__all__ = ["BESIDE", "ELSEWHERE", "NO_POSTCODE", "UNKNOWN", "members", "write_postcodes"]

UNKNOWN, NO_POSTCODE, ELSEWHERE, NO_AREA = "unknown_postcode", "no_postcode", "outside_england", "no_area"

BESIDE: dict[str, str] = {
    ENGLAND: "England, each organisation once",
    NO_AREA: "England, in none of these areas",
    ELSEWHERE: "Outside England",
    UNKNOWN: "Postcode not known, or without a place",
    NO_POSTCODE: "No postcode",
}
"""Rows beside the areas; England, outside, not known and without are together everything there is."""

_ROLES = {
    "postcode": ("postcode", "pcds", "pcd", "pcd7", "pcd8", "pcd2"),
    "district": ("district", "laua", "oslaua", "lad23cd", "lad24cd", "lad25cd", "ladcd"),
}
_ELSEWHERE = re.compile(r"[WSNLM]\d{8}", re.ASCII)


def write_postcodes(ws: Workspace, folder: Path, file: Path | None = None) -> Path:
    """Write postcode and district as Parquet; takes some seconds.

    Parameters
    ----------
    ws : Workspace
    folder : Path
        Where to write.
    file : Path, optional
        A National Statistics Postcode Lookup, an ONS Postcode Directory or any table of postcode and district (csv,
        parquet); by default the ONS Postcode Directory that s3geo installs.

    Returns
    -------
    Path
        Parquet: postcode (capitals, no space) and district (GSS code of April 2023 in England, else one of `BESIDE`).

    Raises
    ------
    TableError
        If a postcode stands twice with different districts, or a district is not known.
    """
    table = postcodes.directory()[["postcode", "district"]] if file is None else _own(ws, file, folder)
    known = ws.names("lad").index
    place = table["district"].astype("category")
    names = {code: _place_of(str(code), known) for code in place.cat.categories}
    strange = sorted(code for code, name in names.items() if not name)
    if strange:
        step = "Use a lookup of codes of districts of 2016 to 2025."
        problems = [{"code": code, "problem": "unknown district", "next_step": step} for code in strange]
        raise TableError(f"The postcodes lie in districts that are not known: {listed(strange)}. {step}", problems)
    target = folder / "postcodes.parquet"
    table.assign(district=place.map(names).astype(str)).to_parquet(target, index=False)
    return target


def members(ws: Workspace, geography: str | None) -> pd.DataFrame:
    """Return where a district counts: in each of its areas, and once in England.

    Parameters
    ----------
    ws : Workspace
    geography : str, optional
        "lep", "lad", "county", "region" or "combined_authority"; without one, England only.

    Returns
    -------
    DataFrame
        Columns district and code (both GSS codes, or one of `BESIDE`).

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> table = members(open_workspace(), "lep")
    >>> table.loc[table["district"] == "E07000234", "code"].tolist()
    ['E37000012', 'E37000038', 'E92000001']
    """
    districts = pd.Index(ws.names("lad").index, name="district")
    parts = [pd.DataFrame({"district": districts, "code": ENGLAND})]
    if geography == "lad":
        parts.insert(0, pd.DataFrame({"district": districts, "code": districts}))
    elif geography is not None:
        geography_named(geography)
        rows = ws.membership.loc[ws.membership["geography"] == geography]
        if not np.allclose(rows["share"], 1):
            raise TableError("Organisations cannot be counted in areas that hold parts of districts.")
        parts.insert(0, rows[["district", "region"]].set_axis(["district", "code"], axis=1))
        parts.append(pd.DataFrame({"district": districts.difference(rows["district"]), "code": NO_AREA}))
    beside = [ELSEWHERE, UNKNOWN, NO_POSTCODE]
    parts.append(pd.DataFrame({"district": beside, "code": beside}))
    return pd.concat(parts, ignore_index=True).astype(str)


def _place_of(code: str, known: pd.Index) -> str:
    if code in known:
        return code
    if _ELSEWHERE.fullmatch(code):
        return ELSEWHERE
    return UNKNOWN if code == "" else ""


def _own(ws: Workspace, file: Path, folder: Path) -> pd.DataFrame:
    source = open_source(file, folder, roles=_ROLES, needed=tuple(_ROLES))
    columns = [source.columns["postcode"], source.columns["district"]]
    table = pq.read_table(source.path, columns=columns).to_pandas().set_axis(["postcode", "district"], axis=1)
    table = table[table["postcode"].notna()].fillna("").astype(str)
    squeezed = table["postcode"].str.replace(r"\s+", "", regex=True).str.upper()
    codes = pd.read_csv(ws.file("boundaries", "district_codes.csv")).set_index("code")["district"]
    district = table["district"].str.strip()
    today = codes.reindex(district).to_numpy(dtype=object)
    table = pd.DataFrame({"postcode": squeezed, "district": np.where(pd.isna(today), district, today)})
    table = table.drop_duplicates()
    twice = table.loc[table["postcode"].duplicated(), "postcode"]
    if len(twice):
        step = "Keep one row for each postcode."
        raise TableError(f"{source.name} puts {len(twice)} postcodes into two districts: {listed(twice)}. {step}")
    return table
