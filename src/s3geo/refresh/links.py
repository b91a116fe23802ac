"""Who works with whom: pairs of organisations in the same project, and the participations behind them.

An organisation may stand under several identifiers, so pairs are formed after identifiers have been brought together:
a project counts once for a pair, and nobody is linked to itself.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from s3geo.errors import TableError, listed
from s3geo.model.evidence import LINK_COLUMNS, LINK_SOURCES
from s3geo.model.evidence_schemas import check_links, check_participations
from s3geo.refresh.inputs import Inputs
from s3geo.refresh.participants import in_networks

__all__ = ["compile_links", "compile_participations", "pairs_of_networks", "pairs_of_projects"]


def _holders(organisations: pd.DataFrame) -> pd.Series:
    """Index = any identifier, value = the organisation that has it."""
    ids = organisations.set_index("id")["source_ids"].str.split(";").explode()
    return pd.Series(ids.index.to_numpy(), index=pd.Index(ids.to_numpy()))


def compile_participations(inputs: Inputs, organisations: pd.DataFrame) -> pd.DataFrame:
    """List who takes part in which project of Horizon 2020.

    Parameters
    ----------
    inputs : Inputs
        Raw tables.
    organisations : DataFrame
        As compiled.

    Returns
    -------
    DataFrame
        Columns of `s3geo.model.evidence.PARTICIPATION_COLUMNS`, sorted by year, project and organisation. Where two
        identifiers of one organisation take part in a project it stands once, as coordinator if either is.

    Notes
    -----
    A participation whose money is not stated is one like any other.
    """
    table = inputs.table("h2020_participations")
    pic = "pic:" + table["pic"]
    frame = pd.DataFrame(
        {
            "project": table["project"],
            "organisation": pic.map(_holders(organisations)).fillna(pic),
            "role": table["role"],
            "start_year": table["start_year"],
        }
    )
    frame = frame.sort_values(["start_year", "project", "organisation", "role"], ignore_index=True)
    return check_participations(frame.drop_duplicates(["project", "organisation"], ignore_index=True))


def pairs_of_projects(participations: pd.DataFrame) -> pd.DataFrame:
    """Pair the organisations of each project.

    Parameters
    ----------
    participations : DataFrame
        Columns project, organisation, start_year; an organisation stands once in a project.

    Returns
    -------
    DataFrame
        Columns a, b (a < b), n_projects, first_year, last_year; one row a pair.

    Examples
    --------
    >>> table = pd.DataFrame({"project": ["1", "1", "2", "2"], "organisation": list("xyyx")})
    >>> pairs_of_projects(table.assign(start_year=[2015, 2015, 2017, 2017])).values.tolist()
    [['x', 'y', 2, 2015, 2017]]
    """
    columns = ["project", "organisation", "start_year"]
    both = participations[columns].merge(participations[columns[:2]], on="project", suffixes=("", "_b"))
    both = both[both["organisation"] < both["organisation_b"]]
    grouped = both.groupby(["organisation", "organisation_b"])
    pairs = grouped.agg(
        n_projects=("project", "nunique"), first_year=("start_year", "min"), last_year=("start_year", "max")
    )
    return pairs.rename_axis(["a", "b"]).reset_index()


def pairs_of_networks(edges: pd.DataFrame) -> pd.DataFrame:
    """Bring the pairs of several networks together.

    Parameters
    ----------
    edges : DataFrame
        Columns seed, topic, a, b (in any order), n_projects.

    Returns
    -------
    DataFrame
        Columns a, b (a < b), n_projects, topic (all topics of the pair, joined with ;); without self-pairs.

    Notes
    -----
    The networks grown from Wales and from Scotland both list a project that has partners in both: of two networks on
    one topic the larger count holds. Counts of several topics are added. Two records of an organisation that are linked
    to the same partner in one network are taken as separate projects.

    Examples
    --------
    >>> edges = pd.DataFrame({"seed": ["scot", "welsh", "welsh"], "topic": ["Physics", "Physics", "Arts"],
    ...                       "a": list("xyx"), "b": list("yxy"), "n_projects": [2, 1, 1]})
    >>> pairs_of_networks(edges).values.tolist()
    [['x', 'y', 3, 'Arts;Physics']]
    """
    swapped = edges["a"] > edges["b"]
    first, second = edges["a"].mask(swapped, edges["b"]), edges["b"].mask(swapped, edges["a"])
    table = edges.assign(a=first, b=second)[first != second]
    within = table.groupby(["seed", "topic", "a", "b"], as_index=False)["n_projects"].sum()
    topics = within.groupby(["a", "b", "topic"], as_index=False)["n_projects"].max()
    pairs: pd.DataFrame = topics.groupby(["a", "b"], as_index=False).agg(
        n_projects=("n_projects", "sum"), topic=("topic", ";".join)
    )
    return pairs


def _of_gtr(inputs: Inputs, organisations: pd.DataFrame) -> pd.DataFrame:
    """Links of Gateway to Research, names replaced by organisations."""
    edges = inputs.table("gtr_edges")
    holder = in_networks(inputs).map(_holders(organisations))
    ends = edges[["a", "b"]].apply(lambda names: names.map(holder))
    lost = sorted({name for end in ("a", "b") for name in edges.loc[ends[end].isna(), end]})
    if lost:
        raise TableError(
            f"Gateway to Research: no organisation is called {listed(lost)}.",
            [{"code": name, "problem": "no organisation of this name"} for name in lost],
        )
    return pairs_of_networks(edges.assign(a=ends["a"], b=ends["b"]))


def compile_links(inputs: Inputs, organisations: pd.DataFrame, participations: pd.DataFrame) -> pd.DataFrame:
    """Pair organisations that share a project.

    Parameters
    ----------
    inputs : Inputs
        Raw tables.
    organisations, participations : DataFrame
        As compiled.

    Returns
    -------
    DataFrame
        Columns of `s3geo.model.evidence.LINK_COLUMNS`, sorted by source, a and b. Both ends are organisations with a
        name; the rest of the participations stay in their own table.
    """
    named = participations[participations["organisation"].isin(organisations["id"])]
    h2020 = pairs_of_projects(named).assign(source="h2020", topic="")
    gtr = _of_gtr(inputs, organisations).assign(source="gtr", first_year=np.nan, last_year=np.nan)
    table = pd.concat([h2020, gtr], ignore_index=True)
    order = table.assign(_source=table["source"].map({name: n for n, name in enumerate(LINK_SOURCES)}))
    order = order.sort_values(["_source", "a", "b"], kind="stable")
    return check_links(table.loc[order.index, list(LINK_COLUMNS)].reset_index(drop=True))
