"""What each area does: jobs by section, enterprises by industry group, GVA by industry.

Three classifications, three tables, never one. A section holds jobs that a group holds again; an industry of the
regional accounts is often a part of a section.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from s3geo.errors import TableError, listed
from s3geo.model.evidence import SECTOR_COLUMNS, SECTOR_NAME_COLUMNS, SECTOR_TABLES
from s3geo.model.evidence_schemas import check_sector_names, check_sectors
from s3geo.model.schemas import GEOGRAPHIES
from s3geo.refresh.figures import SEVERITY
from s3geo.refresh.inputs import Inputs
from s3geo.settings import ENGLAND
from s3geo.sources import tabular

__all__ = ["compile_sector_names", "compile_sectors", "finest", "sections_of"]

KEY = ["table", "geography", "code", "sector", "period"]
GVA_YEARS = (2021, 2022, 2023)
BANDS = re.compile(r"(\d+)(?:-(\d+))?(?:IMP)?\)?$")

SECTIONS = {
    "A": (1, 3), "B": (5, 9), "C": (10, 33), "D": (35, 35), "E": (36, 39), "F": (41, 43), "G": (45, 47),
    "H": (49, 53), "I": (55, 56), "J": (58, 63), "K": (64, 66), "L": (68, 68), "M": (69, 75), "N": (77, 82),
    "O": (84, 84), "P": (85, 85), "Q": (86, 88), "R": (90, 93), "S": (94, 96), "T": (97, 98), "U": (99, 99),
}  # fmt: skip
"""Sections of SIC 2007 and the divisions they run from and to."""


def _divisions(industry: str) -> tuple[int, int]:
    """First and last division of an industry of the regional accounts.

    Examples
    --------
    >>> _divisions("CA-CB (10-15)"), _divisions("68IMP"), _divisions("72-75")
    ((10, 15), (68, 68), (72, 75))
    """
    found = BANDS.search(industry)
    if found is None:
        raise TableError(f"No divisions in industry {industry!r}.", [{"code": industry, "problem": "no divisions"}])
    return int(found[1]), int(found[2] or found[1])


def finest(industries: Iterable[str]) -> list[str]:
    """Keep industries that hold no other one.

    Parameters
    ----------
    industries : iterable of str
        Rows of the regional accounts as ONS writes them, without totals and sectors.

    Returns
    -------
    list of str
        In the same order; together they are the whole economy, each part once.

    Examples
    --------
    >>> finest(["C (10-33)", "CA-CB (10-15)", "CC (16-18)", "L (68)", "68IMP", "68", "O (84)"])
    ['CA-CB (10-15)', 'CC (16-18)', '68IMP', '68', 'O (84)']
    """
    rows = [(name, *_divisions(name), bool(re.match("[A-Z]", name))) for name in industries]

    def holds(one: tuple[str, int, int, bool], other: tuple[str, int, int, bool]) -> bool:
        inside = one[1] <= other[1] and other[2] <= one[2]
        return inside and ((one[1:3] != other[1:3]) or (one[3] and not other[3]))

    return [row[0] for row in rows if not any(holds(row, other) for other in rows)]


def sections_of(first: int, last: int) -> tuple[str, str]:
    """Name the sections of SIC 2007 that a run of divisions belongs to, and whether it is the whole of them.

    Examples
    --------
    >>> sections_of(1, 9), sections_of(10, 15)
    (('A;B', 'whole'), ('C', 'part'))
    """
    touched = {name: span for name, span in SECTIONS.items() if span[0] <= last and first <= span[1]}
    whole = min(span[0] for span in touched.values()) >= first and max(span[1] for span in touched.values()) <= last
    return ";".join(touched), "whole" if whole else "part"


def _code(industry: str) -> str:
    """Code of an industry of the regional accounts: its divisions.

    Examples
    --------
    >>> _code("CA-CB (10-15)"), _code("68IMP"), _code("O (84)")
    ('10-15', '68IMP', '84')
    """
    found = re.search(r"\d[\dIMP-]*", industry)
    return found[0] if found else industry


def _label(text: str) -> tuple[str, str]:
    """Split a label of Nomis into code and name; a trailing bracket repeats the sections.

    Examples
    --------
    >>> _label("5 : Motor trades (Part G)"), _label("C : Manufacturing")
    (('5', 'Motor trades'), ('C', 'Manufacturing'))
    """
    code, _, name = text.partition(" : ")
    return code.strip(), re.sub(r"\s*\((?:Part )?[A-U][A-U,\s]*(?:and [A-U])?\)$", "", name).strip()


def _group_sections(text: str) -> tuple[str, str]:
    """Sections of a broad industry group, from its label.

    Examples
    --------
    >>> _group_sections("2 : Mining, quarrying & utilities (B,D and E)"), _group_sections("5 : Motor trades (Part G)")
    (('B;D;E', 'whole'), ('G', 'part'))
    """
    inside = re.search(r"\(([^()]*)\)$", text)
    if inside is None:
        raise TableError(f"No sections in {text!r}.", [{"code": text, "problem": "no sections"}])
    letters = re.findall(r"\b[A-U]\b", inside[1])
    return ";".join(letters), "part" if inside[1].startswith("Part") else "whole"


def _jobs(inputs: Inputs) -> pd.DataFrame:
    """Sections of BRES for LEPs and England as published; the numbered groups repeat them and are not read."""
    table = inputs.table("jobs")
    return table[(table["classification"] == "section") & table["level"].isin(SECTOR_TABLES["bres_jobs"].geographies)]


def _industries(inputs: Inputs) -> pd.DataFrame:
    """Finest industries of the regional accounts in the years in use."""
    table = inputs.table("gva")
    table = table[table["year"].isin(GVA_YEARS) & ~table["level"].isin(["total", "sector"])]
    return table[table["industry"].isin(finest(table["industry"].unique()))]


def compile_sector_names(inputs: Inputs) -> pd.DataFrame:
    """Name every sector and say which sections it belongs to.

    Parameters
    ----------
    inputs : Inputs
        Raw tables.

    Returns
    -------
    DataFrame
        Columns of `s3geo.model.evidence.SECTOR_NAME_COLUMNS`, in the order of each classification.
    """
    rows: list[tuple[str, ...]] = []
    for text in sorted(_jobs(inputs)["industry"].unique()):
        code, name = _label(text)
        rows.append(("bres_jobs", code, name, code, "whole"))
    labels = inputs.table("industries")["industry"].unique()
    groups = sorted(labels, key=lambda label: int(label.partition(" : ")[0]))
    rows += [("ubc_enterprises", *_label(text), *_group_sections(text)) for text in groups]
    accounts = _industries(inputs).drop_duplicates("industry").set_index("industry")["description"]
    for industry, name in sorted(accounts.items(), key=lambda item: (_divisions(str(item[0])), len(str(item[0])))):
        sections, extent = sections_of(*_divisions(str(industry)))
        imputed = sections == "L"  # the section is real estate and imputed rent
        rows.append(("gva", _code(str(industry)), str(name), sections, "part" if imputed else extent))
    return check_sector_names(pd.DataFrame(rows, columns=list(SECTOR_NAME_COLUMNS)))


def _rounded(table: pd.DataFrame, name: str, value: str) -> pd.DataFrame:
    """Rows of a rounded count in the common shape."""
    status = table["status"].replace("value", "rounded")
    frame = table.assign(
        table=name,
        geography=table["level"],
        sector=[_label(text)[0] for text in table["industry"].tolist()],
        period=table["year"].astype(str),
        value=table[value],
        status=status,
    )
    return frame[list(SECTOR_COLUMNS)]


def _today(districts: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    """Add districts that have merged since; one that is missing would leave its successor short, so none may be."""
    problems = []
    for (period, sector), group in districts.groupby(["period", "sector"])["code"]:
        have = set(group)
        odd = sorted(have ^ _expected(have, inputs))
        problems += [{"code": code, "problem": f"missing or unexpected, sector {sector}, {period}"} for code in odd]
    if problems:
        message = f"Districts by industry: {listed(p['code'] for p in problems)} missing, or there twice by merger."
        raise TableError(message, problems)
    return _added(districts.assign(code=districts["code"].map(inputs.codes)))


def _expected(have: set[str], inputs: Inputs) -> set[str]:
    """Districts that must be there: each of today, or all of those that it last replaced."""
    older = tabular.read_csv(inputs.boundaries / "district_codes.csv", ["code", "district", "year_from"])
    older = older[older["year_from"] == older.groupby("district")["year_from"].transform("max")]
    replaced = older.groupby("district")["code"].agg(set)
    missing = set(inputs.regions("lad")) - have
    return (set(inputs.regions("lad")) & have).union(*(replaced.get(code, {code}) for code in missing))


def _added(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum rows with the same key; a part that is missing makes the sum missing, with the worst status of its parts."""
    order = {name: rank for rank, name in enumerate(SEVERITY)}
    grouped = rows.assign(_rank=rows["status"].map(order)).groupby(KEY, sort=False)
    sums = grouped.agg(value=("value", "sum"), n=("value", "count"), size=("value", "size"), _rank=("_rank", "max"))
    value = sums["value"].mask(sums["n"] < sums["size"])
    status = sums["_rank"].map(dict(enumerate(SEVERITY)))
    return sums.assign(value=value, status=status).reset_index()[list(SECTOR_COLUMNS)]


def _over(districts: pd.DataFrame, geography: str, inputs: Inputs) -> pd.DataFrame:
    """Add districts to larger areas; a district of two LEPs counts fully in both."""
    members = inputs.memberships[geography][["district", "region"]]
    joined = districts.merge(members, left_on="code", right_on="district").drop(columns=["code", "district"])
    return _added(joined.rename(columns={"region": "code"}).assign(geography=geography))


def _enterprises(inputs: Inputs) -> list[pd.DataFrame]:
    """Take groups of UK Business Counts: LEPs and England as published, the rest from districts."""
    published = _rounded(inputs.with_codes(inputs.table("industries")), "ubc_enterprises", "enterprises")
    districts = _today(published[published["geography"] == "lad"], inputs)
    larger = [_over(districts, geography, inputs) for geography in ("county", "region", "combined_authority")]
    return [published[published["geography"] != "lad"], districts, *larger]


def _gva(inputs: Inputs) -> list[pd.DataFrame]:
    """Finest industries of the regional accounts: districts, LEPs of which every district is published, England."""
    table = _industries(inputs)
    districts = table.assign(
        table="gva",
        geography="lad",
        sector=[_code(name) for name in table["industry"].tolist()],
        period=table["year"].astype(str),
        value=table["gva"],
    )[list(SECTOR_COLUMNS)]
    withheld = districts.loc[districts["value"].isna(), "code"].unique()
    whole = districts[~districts["code"].isin(withheld)].assign(code=ENGLAND, geography="country")
    england = _added(whole).assign(status="estimated")
    return [districts, _over(districts, "lep", inputs), england]


def compile_sectors(inputs: Inputs) -> pd.DataFrame:
    """Count what each area does, in three classifications that are kept apart.

    Parameters
    ----------
    inputs : Inputs
        Raw tables.

    Returns
    -------
    DataFrame
        Columns of `s3geo.model.evidence.SECTOR_COLUMNS`, sorted by table, geography, period, code and sector.
    """
    jobs = _rounded(inputs.with_codes(_jobs(inputs)), "bres_jobs", "jobs")
    frame = pd.concat([jobs, *_enterprises(inputs), *_gva(inputs)], ignore_index=True)
    names = compile_sector_names(inputs)
    places = {(row.table, row.sector): place for place, row in enumerate(names.itertuples(index=False))}
    order = frame.assign(
        _table=frame["table"].map({name: n for n, name in enumerate(SECTOR_TABLES)}),
        _geography=frame["geography"].map({name: n for n, name in enumerate(GEOGRAPHIES)}),
        _sector=[places.get(key, np.nan) for key in zip(frame["table"], frame["sector"], strict=True)],
    ).sort_values(["_table", "_geography", "period", "code", "_sector"], kind="stable")
    lost = frame.loc[order.index[order["_sector"].isna()], "sector"].unique()
    if len(lost):
        raise TableError(f"Sector {listed(lost)} has no name.", [{"code": name, "problem": "no name"} for name in lost])
    return check_sectors(frame.loc[order.index].reset_index(drop=True))
