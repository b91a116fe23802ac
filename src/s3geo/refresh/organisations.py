"""Organisations of England: universities, research organisations and Catapults, NHS trusts, companies.

Sources overlap. Records are joined by identifier first, then by name: universities wherever the other source puts them
(it is sometimes wrong), all others within a district. Every identifier is kept.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from s3geo.model.schemas import ORGANISATION_COLUMNS, check_organisations
from s3geo.refresh.corrections import MOVED, NEW_NAMES, NOT_RESEARCH
from s3geo.refresh.inputs import Inputs
from s3geo.refresh.institutions import institutions
from s3geo.refresh.placing import place_points, place_postcodes

__all__ = ["compile_organisations", "name_key"]

FILLERS = {"the", "of", "and", "at", "for", "in", "limited", "ltd", "plc", "llp", "nhs", "foundation", "trust"}
"""Words that two sources use differently for one organisation."""

GTR_KINDS = {"company": "company", "research_org": "research_organisation", "public": "public", "other": "other"}
"""Kinds that Gateway to Research gives by name; universities and NHS trusts come from their own lists."""


def name_key(name: str) -> str:
    """Reduce a name to what two sources share: its words without fillers, in order of the alphabet.

    Examples
    --------
    >>> name_key("The University of Lancaster") == name_key("Lancaster University")
    True
    """
    words = re.sub(r"[^a-z0-9 ]", "", re.sub(r"[-/,.&]", " ", name.casefold())).split()
    kept = sorted(set(words) - FILLERS)
    return " ".join(kept or words)


def _universities(inputs: Inputs) -> pd.DataFrame:
    """Universities, with their identifiers in other sources."""
    table = institutions(inputs)
    h2020 = inputs.table("h2020_organisations")
    pics = h2020[h2020["ukprn"] != ""].groupby("ukprn")["pic"].agg(lambda pic: [f"pic:{one}" for one in pic])
    ids = [
        [f"ukprn:{row.ukprn}", *([f"gtr:{row.gtr}"] if row.gtr else []), *pics.get(row.ukprn, [])]
        for row in table.itertuples()
    ]
    return pd.DataFrame(
        {
            "name": table["name"],
            "kind": "university",
            "district": table["district"],
            "easting": table["easting"],
            "northing": table["northing"],
            "precision": table["precision"],
            "ref_fte": table["fte"],
            "ref_4star_share": table["fte_4star"] / table["fte"] * 100,
            "ids": ids,
            "sources": [
                ["learning_providers", "postcodes"] + (["ref2021"] if fte > 0 else [])
                if precision == "postcode"
                else ["ref2021"]
                for fte, precision in zip(table["fte"].fillna(0), table["precision"], strict=True)
            ],
        }
    )


def _waifinder(inputs: Inputs) -> pd.DataFrame:
    """Research organisations and Catapults, placed by postcode; those outside England have no district."""
    table = inputs.table("waifinder")
    name = table["name"].replace(NEW_NAMES)
    places = place_postcodes(name.map(MOVED).fillna(table["postcode"]))
    kind = pd.Series("research_organisation", index=table.index)
    kind = kind.mask(name.str.contains("Catapult"), "catapult")
    kind = name.map(NOT_RESEARCH).fillna(kind)
    slug = table["name"].str.casefold().str.replace(r"[^a-z0-9]+", "-", regex=True).str.strip("-")
    frame = places.assign(name=name, kind=kind, precision="postcode", ids=[[f"waifinder:{one}"] for one in slug])
    frame["sources"] = [["waifinder", "postcodes"]] * len(frame)
    return frame[frame["district"] != ""]


def _nhs(inputs: Inputs) -> pd.DataFrame:
    """NHS trusts that are open, at the point of their headquarters."""
    table = inputs.table("nhs")
    table = table[table["status"] == "open"]
    places = place_points(table["longitude"], table["latitude"])
    name = table["name"].str.replace(r"\bAnd\b", "and", regex=True).str.replace(r"\bOf\b", "of", regex=True)
    frame = places.drop(columns="distance").assign(name=name, kind="nhs_trust", precision="point")
    frame["ids"] = [[f"ods:{code}"] for code in table["ods"]]
    frame["sources"] = [["nhs_ods"]] * len(frame)
    return frame[frame["district"] != ""]


def _gtr(inputs: Inputs) -> pd.DataFrame:
    """Organisations of Gateway to Research with a district in England."""
    table = inputs.table("gtr")
    district = table["district"].map(inputs.codes)
    h2020 = inputs.table("h2020_organisations")
    pics = h2020[h2020["gtr"] != ""].groupby("gtr")["pic"].agg(lambda pic: [f"pic:{one}" for one in pic])
    frame = pd.DataFrame(
        {
            "name": table["name"].replace(NEW_NAMES),
            "kind": table["type"],
            "district": district,
            "easting": np.nan,
            "northing": np.nan,
            "precision": "district",
            "ids": [[f"gtr:{gtr}", *pics.get(gtr, [])] for gtr in table["gtr"]],
            "sources": [["gtr"]] * len(table),
        }
    )
    return frame[frame["district"].notna()]


def _absorb(known: pd.DataFrame, found: pd.DataFrame, *, within_district: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give records of `known` the identifiers of the same organisation in `found`; return the rest of `found`."""

    def keys(frame: pd.DataFrame) -> list[tuple[str, str]]:
        names = frame["name"].map(name_key)
        return list(zip(names, frame["district"] if within_district else [""] * len(frame), strict=True))

    by_id = {one: position for position, ids in enumerate(known["ids"]) for one in ids}
    by_name = {key: position for position, key in reversed(list(enumerate(keys(known))))}
    ids, sources = [list(one) for one in known["ids"]], [list(one) for one in known["sources"]]
    rest = []
    for row, key in zip(found.itertuples(index=False), keys(found), strict=True):
        match = next((by_id[one] for one in row.ids if one in by_id), by_name.get(key))
        if match is None:
            rest.append(True)
            continue
        rest.append(False)
        ids[match] += [one for one in row.ids if one not in ids[match]]
        sources[match] += [one for one in row.sources if one not in sources[match]]
    return known.assign(ids=ids, sources=sources), found[np.array(rest, dtype=bool)]


def _once(frame: pd.DataFrame) -> pd.DataFrame:
    """Join records of one source with the same name in the same district."""
    key = frame["name"].map(name_key)
    columns = {column: "first" for column in frame.columns if column not in {"ids", "sources"}}
    both = {"ids": lambda parts: sum(parts, []), "sources": "first"}
    return frame.groupby([key, frame["district"]], sort=False, as_index=False).agg(columns | both)[list(frame.columns)]


def compile_organisations(inputs: Inputs) -> pd.DataFrame:
    """Bring all sources together.

    Parameters
    ----------
    inputs : Inputs
        Raw tables.

    Returns
    -------
    DataFrame
        Columns of `s3geo.model.schemas.ORGANISATION_COLUMNS`, sorted by kind, name and id.
    """
    universities = _universities(inputs)
    waifinder = _waifinder(inputs)
    universities, research = _absorb(universities, waifinder, within_district=False)
    gtr = _gtr(inputs)
    universities, gtr = _absorb(universities, gtr, within_district=False)
    trusts, gtr = _absorb(_nhs(inputs), gtr, within_district=False)
    research, gtr = _absorb(_once(research), gtr, within_district=False)
    # What is left of universities and health is colleges, departments and trusts that have merged since 2016.
    gtr = gtr[~gtr["kind"].isin(["higher_education"]) & ~gtr["name"].str.contains(r"\bNHS\b", case=False)]
    companies = _once(gtr.assign(kind=gtr["kind"].map(GTR_KINDS).fillna("other")))
    table = pd.concat([universities, research, trusts, companies], ignore_index=True)
    table = table.assign(
        id=table["ids"].str[0],
        source_ids=table["ids"].map(";".join),
        source=table["sources"].map(";".join),
        ref_fte=table["ref_fte"].astype(float),
        ref_4star_share=table["ref_4star_share"].astype(float).round(4),
    )
    table = table.sort_values(["kind", "name", "id"], ignore_index=True)
    return check_organisations(table[list(ORGANISATION_COLUMNS)])
