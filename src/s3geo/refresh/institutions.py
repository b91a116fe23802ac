"""Universities of England with their place and their results in REF 2021."""

from __future__ import annotations

import numpy as np
import pandas as pd

from s3geo.refresh.corrections import CLOSED, RENAMED
from s3geo.refresh.inputs import Inputs
from s3geo.refresh.placing import place_postcodes

__all__ = ["institutions"]


def _plain(name: str) -> str:
    """Drop the article that registers put before or after a name.

    Examples
    --------
    >>> _plain("University of Salford, The"), _plain("Royal College of Art(The)"), _plain("The University of Hull")
    ('University of Salford', 'Royal College of Art', 'University of Hull')
    """
    return name.removesuffix("(The)").removesuffix(", The").removeprefix("The ").strip()


def institutions(inputs: Inputs) -> pd.DataFrame:
    """Place the universities of England and give them their results in REF 2021.

    Parameters
    ----------
    inputs : Inputs
        Raw tables.

    Returns
    -------
    DataFrame
        One row a university: ukprn, name, district (GSS, April 2023), easting, northing (metres; NaN where only the
        district is known), precision ("postcode", "point" or "district"), gtr ("" where unknown), fte, fte_4star (NaN
        where the university did not submit).
    """
    listed = inputs.table("providers")
    places = place_postcodes(listed["postcode"])
    by_postcode = places["district"] != ""
    table = listed[["ukprn", "name", "gtr"]].assign(
        district=places["district"],
        easting=places["easting"],
        northing=places["northing"],
        precision="postcode",
    )
    unplaced = inputs.table("unplaced")
    added = unplaced.assign(easting=np.nan, northing=np.nan, precision="district", gtr="")
    gtr = listed.set_index("ukprn")["gtr"]
    added["gtr"] = added["ukprn"].map(gtr).fillna("")
    table = pd.concat([table[by_postcode & ~table["ukprn"].isin(CLOSED | set(unplaced["ukprn"]))], added])
    results = inputs.table("ref2021").set_index("ukprn")
    table = table.assign(
        name=table["ukprn"].map(RENAMED).fillna(table["ukprn"].map(results["name"])).fillna(table["name"]).map(_plain),
        fte=table["ukprn"].map(results["fte"]),
        fte_4star=table["ukprn"].map(results["fte_4star"]),
    )
    return table.sort_values("ukprn", ignore_index=True)
