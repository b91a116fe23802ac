"""Who covers an area of a Local Enterprise Partnership today."""

from __future__ import annotations

import pandas as pd

from s3geo.errors import NotFound
from s3geo.workspace import Workspace

__all__ = ["succession", "successors"]

_LONDON = "E12000007"
_SHOWN = 3


def successors(ws: Workspace, code: str) -> pd.DataFrame:
    """Return the bodies that cover the area of a LEP now.

    Parameters
    ----------
    ws : Workspace
    code : str
        GSS code of a LEP of May 2021.

    Returns
    -------
    DataFrame
        Index code; geography, name, districts (how many of the LEP's it covers), whole (bool: all of its own districts
        lie in the LEP). Combined authorities of May 2025 first; for districts outside one, the county or unitary
        authority of April 2023; for London's boroughs the region, whose body is the Greater London Authority.

    Raises
    ------
    NotFound
        No such LEP.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> successors(open_workspace(), "E37000015")["name"].tolist()
    ['Greater Manchester']
    """
    if code not in ws.layer("lep").index:
        raise NotFound(f"No LEP {code!r}; see `s3geo describe`.")
    mine = ws.districts(code, "lep")
    m = ws.membership[ws.membership["district"].isin(mine)]
    in_authority = m[m["geography"] == "combined_authority"]
    left = m[~m["district"].isin(in_authority["district"])]
    london = left[(left["geography"] == "region") & (left["region"] == _LONDON)]
    counties = left[(left["geography"] == "county") & ~left["district"].isin(london["district"])]
    parts = []
    for geography, rows in (("combined_authority", in_authority), ("region", london), ("county", counties)):
        count = rows["region"].value_counts()
        names = ws.names(geography).reindex(count.index)
        whole = [set(ws.districts(str(body), geography)) <= set(mine) for body in count.index]
        parts.append(
            pd.DataFrame(
                {"geography": geography, "name": names, "districts": count, "whole": whole}, index=count.index
            ).sort_values(["districts", "name"], ascending=[False, True])
        )
    return pd.concat(parts).rename_axis("code")


def succession(ws: Workspace, code: str) -> str:
    """Say in one sentence who covers the area of a LEP now.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> succession(open_workspace(), "E37000015").rpartition(". ")[2]
    'The area of Greater Manchester is now covered by: Greater Manchester (combined authority).'
    """
    found = successors(ws, code)
    called = [_called(str(row["name"]), str(row["geography"])) for _, row in found.iterrows()]
    return (
        "Government core funding of LEPs ended on 31 March 2024; their functions moved to upper-tier local and "
        f"combined authorities. The area of {ws.names('lep')[code]} is now covered by: {_listed(called)}."
    )


def _called(name: str, geography: str) -> str:
    if geography == "region":
        return "Greater London Authority"
    return f"{name} (combined authority)" if geography == "combined_authority" else name


def _listed(names: list[str]) -> str:
    """List names, which themselves hold commas and "and"."""
    shown = names if len(names) <= _SHOWN + 1 else [*names[:_SHOWN], f"{len(names) - _SHOWN} more"]
    return "; ".join(shown)
