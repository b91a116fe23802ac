"""Which district belongs to which area, and what districts were called before and after: from official lookups.

Everything is expressed in the districts of April 2023. Without the official files, what is committed in
``boundaries/`` says the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from s3geo.errors import FileProblem, TableError, listed
from s3geo.geography.postcodes import APRIL_2023

__all__ = ["LAYERS", "Lookups", "read_committed", "read_lookups"]

LAYERS = {
    "lep": "2021-05",
    "lad": "2023-04",
    "county": "2023-04",
    "region": "2023-04",
    "combined_authority": "2025-05",
}
"""Geographies and the vintage of their codes, year and month."""

_CODE_CHANGES = (
    "lad_code_changes_2016_2024_geographr.csv",
    "ons_area_changes_2014_2025.csv",
    "lad25_lad23_changes.csv",
)


@dataclass(frozen=True)
class Lookups:
    """Memberships, names and codes.

    Attributes
    ----------
    membership : DataFrame
        Columns district, geography, vintage, region, share (0-1), source; sorted.
    names : DataFrame
        Columns geography, code, name.
    district_codes : DataFrame
        Columns code, name, district, year_from, note.
    """

    membership: pd.DataFrame
    names: pd.DataFrame
    district_codes: pd.DataFrame


def read_lookups(folder: Path) -> Lookups:
    """Read the official lookups of a folder; counties come from the package ``qlacref_authorities``.

    Parameters
    ----------
    folder : Path
        Folder with lad23_lep21.csv, lad23_region23_ons.csv, lad25_combined_authority25_ons.csv,
        lad_code_changes_2016_2024_geographr.csv, ons_area_changes_2014_2025.csv and lad25_lad23_changes.csv.

    Raises
    ------
    FileProblem
        If a file is missing.
    TableError
        If a file lacks a column or names a district that is not of April 2023.
    """
    regions = _pairs(folder / "lad23_region23_ons.csv", "LAD23", "RGN23")
    districts = regions[["district", "district_name"]].rename(columns={"district": "code", "district_name": "name"})
    parts = {
        "lep": (_pairs(folder / "lad23_lep21.csv", "LAD23", "LEP21"), "ons-lep-2021"),
        "region": (regions, "ons-region-2023"),
        "county": (_counties(districts), "ons-upper-tier-2021"),
        "combined_authority": (
            _pairs(folder / "lad25_combined_authority25_ons.csv", "LAD25", "CAUTH25"),
            "ons-combined-authority-2025",
        ),
    }
    known = set(districts["code"])
    members, names = [], [districts.assign(geography="lad")]
    for geography, (pairs, source) in parts.items():
        unknown = sorted(set(pairs["district"]) - known)
        if unknown:
            raise TableError(
                f"The lookup of {geography} names districts that are not of April 2023: {listed(unknown)}."
            )
        members.append(
            pairs.assign(geography=geography, vintage=LAYERS[geography], share=1.0, source=source)[
                ["district", "geography", "vintage", "region", "share", "source"]
            ]
        )
        named = pairs[["region", "region_name"]].rename(columns={"region": "code", "region_name": "name"})
        names.append(named.drop_duplicates().assign(geography=geography))
    order = {geography: at for at, geography in enumerate(parts)}
    membership = pd.concat(members).sort_values(
        ["geography", "district", "region"],
        key=lambda column: column.map(order) if column.name == "geography" else column,
    )
    return Lookups(
        membership=membership.reset_index(drop=True),
        names=pd.concat(names)[["geography", "code", "name"]].reset_index(drop=True),
        district_codes=_district_codes(folder, districts),
    )


def read_committed(folder: Path) -> Lookups:
    """Read the same from a folder that an earlier build wrote.

    Raises
    ------
    FileProblem
        If a file is missing.
    """
    files = {geography: folder / f"{geography}_{vintage}.parquet" for geography, vintage in LAYERS.items()}
    for file in (*files.values(), folder / "membership.csv", folder / "district_codes.csv"):
        _there(file)
    names = [
        pd.read_parquet(file, columns=["code", "name"]).assign(geography=geography) for geography, file in files.items()
    ]
    return Lookups(
        membership=pd.read_csv(folder / "membership.csv", dtype={"share": float}),
        names=pd.concat(names)[["geography", "code", "name"]].reset_index(drop=True),
        district_codes=pd.read_csv(folder / "district_codes.csv"),
    )


def _pairs(file: Path, district: str, region: str) -> pd.DataFrame:
    table = _read(file, [f"{district}CD", f"{district}NM", f"{region}CD", f"{region}NM"])
    table.columns = ["district", "district_name", "region", "region_name"]
    return table.assign(district=table["district"].replace(APRIL_2023))


def _counties(districts: pd.DataFrame) -> pd.DataFrame:
    """Put districts of two-tier counties into their county; every other district is an area of its own.

    The upper tiers are those of April 2021. Since then Cumbria, North Yorkshire and Somerset became unitary, and
    their new districts carry codes that the list of 2021 does not know.
    """
    import qlacref_authorities

    tiers = pd.DataFrame(qlacref_authorities.records)
    above = tiers[tiers["UTLA21CD"].str.startswith("E10")].set_index("LTLA21CD")
    region = districts["code"].map(above["UTLA21CD"]).fillna(districts["code"])
    name = districts["code"].map(above["UTLA21NM"]).fillna(districts["name"])
    return pd.DataFrame({"district": districts["code"], "region": region, "region_name": name})


def _district_codes(folder: Path, districts: pd.DataFrame) -> pd.DataFrame:
    """Follow every other code of 2016 to 2025 to its district, where all of it went into one."""
    chains_file, changes_file, latest_file = (folder / name for name in _CODE_CHANGES)
    chains = _read(chains_file, [f"ltla{year}_{what}" for year in range(16, 25) for what in ("code", "name")])
    long = pd.concat(
        chains[[f"ltla{year}_code", f"ltla{year}_name", "ltla23_code"]].set_axis(["code", "name", "district"], axis=1)
        for year in range(16, 25)
    ).drop_duplicates()
    changes = _read(changes_file, ["oldcd", "newcd", "type", "start"])
    changes = changes[changes["type"].isin(["merger", "new_code"])]
    older = long[long["district"].isin(set(districts["code"])) & (long["code"] != long["district"])]
    older = older[older.groupby("code")["district"].transform("nunique") == 1].drop_duplicates("code")
    ended = changes.drop_duplicates("oldcd").set_index("oldcd")["start"].astype(int)
    older = older.assign(
        year_from=older["code"].map(ended).astype("Int64"), note="older code, merged into the district"
    )
    newer = _read(latest_file, ["lad25cd", "lad25nm", "lad23cd", "from_year"]).dropna()
    newer = pd.DataFrame(
        {
            "code": newer["lad25cd"],
            "name": newer["lad25nm"],
            "district": newer["lad23cd"],
            "year_from": newer["from_year"].astype(float).astype("Int64"),
            "note": "newer code; the border between Barnsley and Sheffield moved slightly",
        }
    )
    return pd.concat([older, newer]).sort_values("code").reset_index(drop=True)


def _read(file: Path, columns: list[str]) -> pd.DataFrame:
    _there(file)
    table = pd.read_csv(file, dtype=str, encoding="utf-8-sig")
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise TableError(f"{file.name} lacks the columns {listed(missing)}. Use the file as ONS publishes it.")
    return table[columns]


def _there(file: Path) -> None:
    if not file.is_file():
        problem = f"{file.name} is not in {file.parent}. Give the folder that holds it."
        raise FileProblem(problem, [{"file": file.name, "problem": "is missing", "next_step": "Give its folder."}])
