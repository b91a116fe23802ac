"""Organisations: universities, research organisations and Catapults, NHS trusts, companies, and partners of them.

Sources overlap. Records are joined by identifier first, then by name: universities wherever the other source puts them
(it is sometimes wrong), all others within a district. Every identifier is kept. Outside England there are only those
that a link leads to.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from s3geo.model.schemas import ORGANISATION_COLUMNS, check_organisations
from s3geo.refresh.corrections import LAPSED, MOVED, NEW_NAMES, NOT_RESEARCH
from s3geo.refresh.inputs import Inputs
from s3geo.refresh.institutions import institutions
from s3geo.refresh.participants import elsewhere, lists, taking_part, unplace
from s3geo.refresh.placing import place_points, place_postcodes

__all__ = ["compile_organisations", "name_key"]

FILLERS = {"the", "of", "and", "at", "for", "in", "limited", "ltd", "plc", "llp", "nhs", "foundation", "trust"}
"""Words that two sources use differently for one organisation."""

INSTITUTIONS = ["university", "research_organisation", "catapult", "nhs_trust"]
"""Kinds of which there is one of a name in the country."""

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
    kept = set(words) - FILLERS
    if "nhs" in words and "university" in kept and not kept & {"hospital", "hospitals"}:
        kept.add("nhs")  # Manchester University NHS Foundation Trust is not the university
    return " ".join(sorted(kept) or words)


def _universities(inputs: Inputs) -> pd.DataFrame:
    """Universities, with their identifiers in other sources."""
    table = institutions(inputs)
    pairs = zip(table["ukprn"].tolist(), table["gtr"].tolist(), strict=True)
    ids = [[f"ukprn:{ukprn}", *([f"gtr:{gtr}"] if gtr else [])] for ukprn, gtr in pairs]
    sources = [
        (["learning_providers", "postcodes"] if placed else []) + (["ref2021"] if submitted else [])
        for placed, submitted in zip(table["precision"] == "postcode", table["fte"] > 0, strict=True)
    ]
    result = table[["name", "district", "easting", "northing", "precision"]].assign(kind="university")
    result = result.assign(ref_fte=table["fte"], ref_4star_share=table["fte_4star"] / table["fte"] * 100)
    return result.assign(ids=lists(ids, table.index), sources=lists(sources, table.index))


def _waifinder(inputs: Inputs) -> pd.DataFrame:
    """Research organisations and Catapults, placed by postcode; those outside England have no district."""
    table = inputs.table("waifinder")
    name = table["name"].replace(NEW_NAMES)
    places = place_postcodes(name.map(MOVED).fillna(table["postcode"]))
    kind = pd.Series("research_organisation", index=table.index)
    kind = kind.mask(name.str.contains("Catapult"), "catapult")
    kind = name.map(NOT_RESEARCH).fillna(kind)
    slug = table["name"].str.casefold().str.replace(r"[^a-z0-9]+", "-", regex=True).str.strip("-")
    frame = places.assign(
        name=name,
        kind=kind,
        precision="postcode",
        ids=lists([[f"waifinder:{one}"] for one in slug], table.index),
        sources=lists([["waifinder", "postcodes"]] * len(table), table.index),
    )
    return frame[frame["district"] != ""]


def _nhs(inputs: Inputs) -> pd.DataFrame:
    """NHS trusts that are open, at the point of their headquarters."""
    table = inputs.table("nhs")
    table = table[table["status"] == "open"]
    places = place_points(table["longitude"], table["latitude"])
    name = table["name"].str.replace(r"\bAnd\b", "and", regex=True).str.replace(r"\bOf\b", "of", regex=True)
    frame = places.drop(columns="distance").assign(
        name=name,
        kind="nhs_trust",
        precision="point",
        ids=lists([[f"ods:{code}"] for code in table["ods"]], table.index),
        sources=lists([["nhs_ods", "postcodes"]] * len(table), table.index),
    )
    return frame[frame["district"] != ""]


def _gtr(inputs: Inputs) -> pd.DataFrame:
    """Organisations of Gateway to Research with a district in England."""
    table = inputs.table("gtr")
    frame = pd.DataFrame(
        {
            "name": table["name"].replace(NEW_NAMES),
            "kind": table["type"],
            "district": table["district"].map(inputs.codes),
            "easting": np.nan,
            "northing": np.nan,
            "precision": "district",
            "ids": lists([[f"gtr:{gtr}"] for gtr in table["gtr"]], table.index),
            "sources": lists([["gtr"]] * len(table), table.index),
        }
    )
    return frame[frame["district"].notna()]


def _absorb(
    known: pd.DataFrame, found: pd.DataFrame, *, within_district: bool, names: bool = True
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give records of `known` the identifiers of the same organisation in `found`; return the rest of `found`.

    An identifier that another record of `known` has already stays with that one.
    """
    by_id = {one: position for position, ids in enumerate(known["ids"].tolist()) for one in ids}
    keyed = list(enumerate(_keys(known, within_district))) if names else []
    by_name = {key: position for position, key in reversed(keyed)}
    ids = [list(one) for one in known["ids"].tolist()]
    sources = [list(one) for one in known["sources"].tolist()]
    rest = []
    for new_ids, new_sources, key in zip(
        found["ids"].tolist(), found["sources"].tolist(), _keys(found, within_district), strict=True
    ):
        match = next((by_id[one] for one in new_ids if one in by_id), by_name.get(key))
        rest.append(match is None)
        if match is not None:
            own = [one for one in new_ids if by_id.setdefault(one, match) == match]
            ids[match] = list(dict.fromkeys([*ids[match], *own]))
            sources[match] = list(dict.fromkeys([*sources[match], *new_sources]))
    return known.assign(ids=lists(ids, known.index), sources=lists(sources, known.index)), found[rest]


def _keys(frame: pd.DataFrame, within_district: bool) -> list[tuple[str, str]]:
    """List what two records of one organisation share."""
    names = [name_key(name) for name in frame["name"].tolist()]
    return list(zip(names, frame["district"].tolist() if within_district else [""] * len(names), strict=True))


def _once(frame: pd.DataFrame) -> pd.DataFrame:
    """Join records of one source with the same name in the same district."""
    keys = _keys(frame, within_district=True)
    again = pd.Series(pd.MultiIndex.from_tuples(keys).duplicated(), index=frame.index)
    return _absorb(frame[~again], frame[again], within_district=True)[0]


def _with_participants(table: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    """Add what links lead to: partners outside England, and the organisations of Horizon 2020.

    Identifiers first, over the whole table; then names: those of institutions anywhere, of companies within a district.
    """
    known = {one for ids in table["ids"].tolist() for one in ids}
    partners = _once(elsewhere(inputs, known))
    table = pd.concat([table, partners], ignore_index=True)
    table, found = _absorb(table, taking_part(inputs), within_district=True, names=False)
    single = table["kind"].isin(INSTITUTIONS) | table["sources"].map(lambda held: "waifinder" in held)
    named, found = _absorb(table[single], found, within_district=False)
    others, found = _absorb(table[~single], found, within_district=True)
    return unplace(pd.concat([named, others, _once(found)], ignore_index=True))


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
    gtr = gtr[
        (gtr["kind"] != "higher_education")
        & ~gtr["name"].isin(LAPSED)
        & ~gtr["name"].str.contains(r"\bNHS\b", case=False)
    ]
    kind = gtr["kind"].map(GTR_KINDS).fillna("other").mask(gtr["name"].str.contains(r"\bCatapult\b"), "catapult")
    companies = _once(gtr.assign(kind=kind))
    table = pd.concat([universities, research, trusts, companies], ignore_index=True)
    table = _with_participants(table, inputs)
    table = table.assign(
        id=table["ids"].str[0],
        source_ids=table["ids"].map(";".join),
        source=table["sources"].map(";".join),
        ref_fte=table["ref_fte"].astype(float),
        ref_4star_share=table["ref_4star_share"].astype(float).round(4),
    )
    table = table.sort_values(["kind", "name", "id"], ignore_index=True)
    return check_organisations(table[list(ORGANISATION_COLUMNS)])
