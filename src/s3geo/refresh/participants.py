"""Organisations that are here because a link leads to them: Horizon 2020, and partners outside England.

Many have no district. They are kept with an empty one, so that every end of a link has a name, and no list of a region
counts them.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from s3geo.refresh.corrections import ABROAD, CITIES_ELSEWHERE, NEW_NAMES, SAME
from s3geo.refresh.inputs import Inputs

__all__ = ["elsewhere", "in_networks", "lists", "presentable", "taking_part", "unplace"]

CORDIS_KINDS = {"REC": "research_organisation", "PRC": "company", "PUB": "public", "HES": "other", "OTH": "other"}
"""Kinds of CORDIS; universities of England come from their own list, what is left of HES here is colleges."""

GTR_KINDS = {"company": "company", "research_org": "research_organisation", "public": "public", "health": "public"}
"""Kinds that Gateway to Research gives by name."""

SMALL_WORDS = {"a", "and", "at", "by", "de", "for", "in", "of", "on", "the", "to", "upon", "with"}
SHORT_FORMS = {"BAE", "BBC", "BP", "EMEA", "EU", "IBM", "ICT", "IT", "JISC", "LLP", "NHS", "PLC", "QMC", "UK", "US"}
PLAIN_FORMS = {"co", "gas", "ltd", "st", "mrs", "mr", "dr"}
NO_VOWEL = re.compile(r"[^AEIOUY]+")
LEGAL_FORM = re.compile(r"\s+(?:LBG|HIGHER EDUCATION CORPORATION)$", re.IGNORECASE)
GLUED = re.compile(r"(?<=[A-Z])(?=NHS (?:FOUNDATION )?TRUST$)")
UNIVERSITY = r"^(?!.*(?:Hospital|Health|NHS|Universities)).*Universit"
COURT = re.compile(r"^THE UNIVERSITY COURT OF (?:THE )?", re.IGNORECASE)


def lists(values: list[list[str]], index: pd.Index) -> pd.Series:
    """Make a series whose cells are lists.

    Parameters
    ----------
    values : list of list of str
        One list a cell.
    index : Index
        Index of the series.
    """
    cells = np.empty(len(values), dtype=object)
    cells[:] = values
    return pd.Series(cells, index=index)


def presentable(name: str) -> str:
    """Write a name of CORDIS as its owner might: not in capitals, and without the legal form it appends.

    Examples
    --------
    >>> presentable("THE MANUFACTURING TECHNOLOGY CENTRE LIMITED LBG")
    'The Manufacturing Technology Centre Limited'
    >>> presentable("BIRD & BIRD LLP"), presentable("THE UNIVERSITY COURT OF THE UNIVERSITY OF ST ANDREWS")
    ('Bird & Bird LLP', 'University of St Andrews')
    >>> presentable("BAM Construct UK Limited")
    'BAM Construct UK Limited'
    """
    plain = GLUED.sub(" ", COURT.sub("", LEGAL_FORM.sub("", " ".join(name.partition("*")[0].split()))))
    if not plain.isupper():
        return plain

    def word(found: re.Match[str]) -> str:
        text = found[0]
        lower = text.casefold()
        if lower in SMALL_WORDS and found.start():
            return lower
        if text in SHORT_FORMS or (NO_VOWEL.fullmatch(text) and lower not in PLAIN_FORMS):
            return text
        return text.capitalize()

    return re.sub(r"[^\W_]+(?:'[^\W_]+)?", word, plain)


def taking_part(inputs: Inputs) -> pd.DataFrame:
    """List the organisations of Horizon 2020 with every identifier that the source gives.

    Parameters
    ----------
    inputs : Inputs
        Raw tables.

    Returns
    -------
    DataFrame
        Columns name, kind, district (GSS of April 2023; a code of another country; or "city:" and a city, so that
        names are compared within a place), easting, northing, precision ("district", "outside" or "none"), ids and
        sources.
    """
    table = inputs.table("h2020_organisations")
    code = table["district"].map(inputs.codes)
    city = "city:" + table["city"].str.casefold()
    outside = table["district"].str.match("[KNSW]") | table["city"].str.casefold().isin(CITIES_ELSEWHERE)
    name = table["name"].map(presentable).replace(NEW_NAMES)
    kind = table["type"].map(CORDIS_KINDS).mask((table["type"] == "HES") & name.str.contains(r"\bNHS\b"), "public")
    ids = [
        [*([f"ukprn:{ukprn}"] if ukprn else []), *([f"gtr:{gtr}"] if gtr else []), f"pic:{pic}"]
        for ukprn, gtr, pic in zip(table["ukprn"].tolist(), table["gtr"].tolist(), table["pic"].tolist(), strict=True)
    ]
    return pd.DataFrame(
        {
            "name": name,
            "kind": kind.mask(outside & (table["type"] == "HES") & name.str.contains(UNIVERSITY), "university"),
            "district": code.fillna(table["district"].where(table["district"] != "", city)),
            "easting": np.nan,
            "northing": np.nan,
            "precision": np.select([code.notna(), outside], ["district", "outside"], "none"),
            "ids": lists([[*SAME.get(one[-1], ()), *one] for one in ids], table.index),
            "sources": lists([["cordis_h2020"]] * len(table), table.index),
        }
    )


def in_networks(inputs: Inputs) -> pd.Series:
    """Find the record of Gateway to Research that each name in the networks stands for.

    Parameters
    ----------
    inputs : Inputs
        Raw tables.

    Returns
    -------
    Series
        Index = name in the networks, value = "gtr:" and the identifier. Of several records with one name it is the
        first in the district that the network gives, else the first outside England or in it as the network says.
    """
    nodes = inputs.table("gtr_nodes").drop_duplicates("name")
    records = inputs.table("gtr")[["gtr", "name", "district"]].rename(columns={"district": "code"})
    both = nodes.merge(records, on="name", how="inner")
    here = both["code"].str.startswith("E") == (both["country"] == "England")
    same = both["code"].map(inputs.codes) == both["district"].map(inputs.district_names).map(inputs.codes)
    best = both.assign(_fit=here.astype(int) + same.astype(int)).sort_values("_fit", ascending=False, kind="stable")
    chosen = best.drop_duplicates("name").set_index("name")["gtr"]
    return "gtr:" + chosen


def elsewhere(inputs: Inputs, known: set[str]) -> pd.DataFrame:
    """List organisations of the networks of Gateway to Research that the lists of England leave out.

    Parameters
    ----------
    inputs : Inputs
        Raw tables.
    known : set of str
        Identifiers that are listed already.

    Returns
    -------
    DataFrame
        Columns as of `taking_part`.
    """
    table = inputs.table("gtr")
    wanted = set(in_networks(inputs)) - known
    table = table[("gtr:" + table["gtr"]).isin(wanted)]
    code = table["district"].map(inputs.codes)
    outside = code.isna() | table["name"].isin(ABROAD)
    university = outside & (table["type"] == "higher_education") & table["name"].str.contains(UNIVERSITY)
    return pd.DataFrame(
        {
            "name": table["name"],
            "kind": table["type"].map(GTR_KINDS).fillna("other").mask(university, "university"),
            "district": code.fillna(table["district"]),
            "easting": np.nan,
            "northing": np.nan,
            "precision": np.where(outside, "outside", "district"),
            "ids": lists([[f"gtr:{gtr}"] for gtr in table["gtr"]], table.index),
            "sources": lists([["gtr"]] * len(table), table.index),
        }
    )


def unplace(table: pd.DataFrame) -> pd.DataFrame:
    """Empty the district of organisations that have none, and put their official identifier first.

    Parameters
    ----------
    table : DataFrame
        Columns name, kind, precision, district, ids and others.
    """
    nowhere = table["precision"].isin(["none", "outside"])
    official = [sorted(ids, key=lambda one: not one.startswith("ukprn:")) for ids in table["ids"].tolist()]
    ids = [best if away else held for best, held, away in zip(official, table["ids"].tolist(), nowhere, strict=True)]
    plain = table["name"].str.removeprefix("The ")  # as in the register of universities
    return table.assign(
        name=plain.where(nowhere & (table["kind"] == "university"), table["name"]),
        district=table["district"].mask(nowhere, ""),
        ids=lists(ids, table.index),
    )
