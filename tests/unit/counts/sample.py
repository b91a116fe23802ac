"""Synthetic organisations, few enough to be counted by hand: in plain Python, row by row."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from synthetic import synthetic_organisations

from s3geo import open_workspace
from s3geo.counts.sic import divisions
from s3geo.settings import ENGLAND

Cell = tuple[str, ...]


def sample_postcodes(folder: Path) -> Path:
    """Write made-up postcodes, a few in each district of England and some beyond."""
    codes = [*open_workspace().names("lad").index, "W06000015", "S12000033", ""]
    rows = [(f"X{at // 10} {at % 10}{part}A", code) for at, code in enumerate(codes) for part in "ABC"]
    table = pd.DataFrame(rows, columns=["pcds", "laua"])
    table.to_csv(folder / "postcodes.csv", index=False)
    return folder / "postcodes.csv"


def sample(folder: Path, postcodes: Path, n: int = 20_000, seed: int = 1) -> Path:
    """Write organisations at them; a tenth of the rows stands there twice, one of them without an id."""
    known = pd.read_csv(postcodes).rename(columns={"pcds": "postcode"})
    known["postcode"] = known["postcode"].str.replace(" ", "")
    file = synthetic_organisations(folder / "organisations.parquet", n, known, seed)
    table = pd.read_parquet(file)
    table.loc[[5, 10], "id"] = None
    pd.concat([table, table[::10]]).to_parquet(file, index=False)
    return file


def by_hand(
    file: Path, postcodes: Path, geography: str, keys: Sequence[str]
) -> dict[Cell, tuple[int, int, float, int]]:
    """Count row by row: cell to organisations, rows, sum of employees, rows with employees."""
    ws = open_workspace()
    district_of = {
        code.replace(" ", ""): district
        for code, district in pd.read_csv(postcodes).fillna("").itertuples(index=False, name=None)
    }
    areas: dict[str, list[str]] = defaultdict(list)
    for row in ws.membership[ws.membership["geography"] == geography].itertuples():
        areas[str(row.district)].append(str(row.region))
    section_of = divisions().set_index("division")["section"].to_dict()
    ids, rows, sums, numbers = defaultdict(set), defaultdict(int), defaultdict(float), defaultdict(int)
    seen = set()
    for row in pd.read_parquet(file).astype(object).itertuples(index=False):
        staff = None if row.employees is None or math.isnan(row.employees) else row.employees
        postcode = "".join((row.postcode or "").split()).upper() if isinstance(row.postcode, str) else ""
        one = row.id if isinstance(row.id, str) else ""
        whole = (one, postcode, row.sic, row.kind, row.year, staff)
        if one and whole in seen:
            continue
        seen.add(whole)
        section = section_of.get(row.sic[:2], "")
        values = {"sector": row.sic, "division": row.sic[:2] if section else "", "section": section}
        values |= {"kind": row.kind, "year": str(row.year)}
        district = district_of.get(postcode, "")
        if district.startswith("E"):
            places = [ENGLAND, *(areas[district] or ["no_area"])]
        else:
            places = ["outside_england" if district else "unknown_postcode" if postcode else "no_postcode"]
        for place in places:
            cell = (place, *(values[key] for key in keys))
            ids[cell] |= {one} - {""}
            rows[cell] += 1
            sums[cell] += staff or 0
            numbers[cell] += staff is not None
    return {cell: (len(ids[cell]), rows[cell], sums[cell], numbers[cell]) for cell in rows}
