"""Whom to compare a region with: those alike in what they are, not in what they achieve."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import shapely

from s3geo.errors import NotFound, UsageError
from s3geo.statistics.outliers import treat_outliers
from s3geo.statistics.peers import nearest_peers
from s3geo.views.sectors import tables_of
from s3geo.workspace import GEOGRAPHIES, Workspace
from s3geo.workspace.kept import kept

__all__ = ["FEWEST", "HOW", "MOST", "context", "nearest", "peers", "range_of_peers", "regions_of"]

HOW: dict[str, str] = {
    "statistical": "Most alike",
    "adjoining": "Adjoining",
    "region": "Same region",
    "picked": "The areas compared",
}
"""Ways to choose peers and the words for them."""

FEWEST, MOST = 3, 10
"""Peers that can be asked for."""

_BENCHMARKED = {"bres_jobs": ("J", "M"), "ubc_enterprises": ("10", "13")}
_EMPTY = {"bres_jobs": ("T", "U"), "ubc_enterprises": ()}
_TOGETHER = {"mining, energy, water and waste": ("B", "D", "E")}  # hundreds of jobs each, much of them rounding
_POPULATION = "gva_per_head"  # its denominator is the number of residents


@kept(16)
def context(ws: Workspace, geography: str = "lep") -> pd.DataFrame:
    """Return what regions are: their size, density and mix of industries.

    Parameters
    ----------
    ws : Workspace
    geography : str

    Returns
    -------
    DataFrame of float
        Index code of every region of the layer; columns are named in words with unit and year: residents per km2,
        residents, jobs per resident and jobs per enterprise (Local Enterprise Partnerships), universities per million
        residents, and the share of each industry in jobs (BRES sections, B, D and E together;
        elsewhere in enterprises, UK Business Counts).
        Values before the treatment of outliers.

    Notes
    -----
    Left out because they are benchmarked: information and communication, and professional, scientific and technical
    services (together the indicator of knowledge service jobs). Left out because hardly any place has them: households
    as employers and extraterritorial bodies. Not bundled, and so missing: age, qualifications as context, a rural-urban
    class, and business size by bands.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> context(open_workspace()).shape
    (38, 20)
    """
    layer = ws.layer(geography)
    table = tables_of(geography)[0]
    year = ws.sector_periods(table, geography)[-1]
    counts = ws.sectors(table, year, geography)
    residents, period = _residents(ws, geography)
    area = layer.geometry.area / 1e6
    n = _universities(ws, geography).reindex(layer.index, fill_value=0)
    found = {f"residents per km², {period}": residents / area, f"residents, {period}": residents}
    if table == "bres_jobs":
        enterprises = ws.sectors("ubc_enterprises", year, geography).sum(axis=1, skipna=False)
        jobs = counts.sum(axis=1, skipna=False)
        found |= {f"jobs per resident, {year}": jobs / residents, f"jobs per enterprise, {year}": jobs / enterprises}
    found["universities per million residents"] = 1e6 * n / residents
    names, unit = ws.sector_names(table), "jobs" if table == "bres_jobs" else "enterprises"
    together = _TOGETHER if table == "bres_jobs" else {}
    apart = [s for s in counts.columns if s not in {*_BENCHMARKED[table], *_EMPTY[table], *sum(together.values(), ())}]
    groups = {names[s].partition(";")[0].lower(): (s,) for s in apart} | together
    for label, sectors in groups.items():
        share = counts[list(sectors)].sum(axis=1, skipna=False) / counts.sum(axis=1, skipna=False)
        found[f"{label}, % of {unit}, {year}"] = 100 * share
    table_of_all = pd.DataFrame(found, index=layer.index).rename_axis("code")
    return table_of_all.dropna(axis=1, how="all")


def _universities(ws: Workspace, geography: str) -> pd.Series:
    """Count the universities registered in each region; one in a district of two regions counts in both."""
    organisations = ws.organisations
    district = organisations.loc[organisations["kind"] == "university", "district"]
    if geography == "lad":
        return district.value_counts()
    m = ws.membership[ws.membership["geography"] == geography]
    return district.to_frame().merge(m, on="district")["region"].value_counts()


def _residents(ws: Workspace, geography: str) -> tuple[pd.Series, str]:
    """Return the residents of every region and their year; no numbers where a workspace of the user's has none."""
    if _POPULATION not in ws.catalogue.index or geography not in ws.geographies_of(_POPULATION):
        return pd.Series(float("nan"), index=ws.layer(geography).index), ""
    period = str(ws.catalogue.at[_POPULATION, "period"])
    return ws.observations(_POPULATION, period, geography).set_index("code")["denominator"], period


def peers(
    ws: Workspace,
    code: str,
    how: str = "statistical",
    k: int = 5,
    geography: str = "lep",
    *,
    picked: Sequence[str] = (),
) -> pd.DataFrame:
    """Return the peers of a region, most alike first.

    Parameters
    ----------
    ws : Workspace
    code : str
        GSS code.
    how : {"statistical", "adjoining", "region", "picked"}
        Among all others; among those that share a border or a district; among those whose largest part lies in the same
        region of England; or those named in `picked`.
    k : int
        At most so many, from 1; all of `picked` are taken.
    geography : str
    picked : sequence of str
        Codes, for ``how="picked"``.

    Returns
    -------
    DataFrame
        Index code; name, place (1 = most alike of all others), distance (0-1; the farthest pair of the geography is 1),
        close (100 (1 - distance)), mutual (bool: each is among the other's k most alike), driver_1, share_1 to
        driver_3, share_3: the variables of `context` in which the two differ most, with their shares (0-1) of the
        squared distance.

    Raises
    ------
    NotFound
        No such region, or no such way to choose.
    UsageError
        k below 1.

    Notes
    -----
    See `s3geo.statistics.peer_distance`; outliers of each variable are treated first, weights are equal.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> found = peers(open_workspace(), "E37000015", k=3)  # Greater Manchester
    >>> len(found), bool(found["distance"].is_monotonic_increasing)
    (3, True)
    """
    names = ws.names(geography)
    if code not in names.index:
        raise NotFound(f"No region {code!r} among {GEOGRAPHIES[geography].plural}; see `s3geo describe`.")
    if how not in HOW:
        raise NotFound(f"No way {how!r} to choose peers; choose one of {', '.join(HOW)}.")
    if k < 1:
        raise UsageError(f"k must be 1 or more, got {k}.")
    every = nearest(ws, geography, len(names))
    known = code in every.index.get_level_values("unit")
    mine = every.loc[code].reset_index().set_index("peer") if known else every.iloc[:0].reset_index().set_index("peer")
    if how == "adjoining":
        mine = mine[mine.index.isin(ws.neighbours(geography)[code])]
    elif how == "region":
        of = regions_of(ws, geography)
        mine = mine[mine.index.isin(of.index[of == of[code]])]
    elif how == "picked":
        mine = mine[mine.index.isin(picked)]
    mine = mine if how == "picked" else mine.head(k)
    place = every.reset_index().set_index(["unit", "peer"])["place"]
    back = [place[(other, code)] <= k for other in mine.index]
    out = mine.rename_axis("code").drop(columns="unit", errors="ignore")
    out.insert(0, "name", names.reindex(out.index))
    out.insert(3, "close", 100 * (1 - out["distance"]))
    # only "most alike" can be one-sided: adjoining, of one region and picked are the same seen from either side
    one_sided = how == "statistical"
    out.insert(4, "mutual", np.array(back, dtype=bool) & (out["place"] <= k).to_numpy(dtype=bool) | (not one_sided))
    return out


@kept(16)
def nearest(ws: Workspace, geography: str, k: int) -> pd.DataFrame:
    """Return the k regions most alike each region, as `s3geo.statistics.nearest_peers`."""
    return nearest_peers(context(ws, geography).apply(_treated), k=max(k, 1))


def _treated(column: pd.Series) -> pd.Series:
    return treat_outliers(column).apply(column)


def range_of_peers(ws: Workspace, geography: str, values: pd.Series, k: int) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Return the lowest and the highest value among the k regions most alike each region, and how many have one.

    Parameters
    ----------
    ws : Workspace
    geography : str
    values : Series of float
        Index code.
    k : int

    Returns
    -------
    tuple of Series
        Index as `values`; NaN, NaN, 0 where none has a value.
    """
    found = nearest(ws, geography, k)["peer"].reset_index()
    grouped = found.assign(value=found["peer"].map(values)).groupby("unit")["value"]
    spread = grouped.agg(["min", "max", "count"]).reindex(values.index)
    return spread["min"], spread["max"], spread["count"].fillna(0).astype(int)


@kept(16)
def regions_of(ws: Workspace, geography: str = "lep") -> pd.Series:
    """Return the region of England in which the largest part of each area lies, by square kilometres.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> ws = open_workspace()
    >>> str(ws.names("region")[regions_of(ws)["E37000015"]])  # Greater Manchester
    'North West'
    """
    layer, regions = ws.layer(geography), ws.layer("region")
    shared = {
        code: shapely.area(shapely.intersection(layer.geometry.to_numpy(), shape))
        for code, shape in regions.geometry.items()
    }
    return pd.DataFrame(shared, index=layer.index).idxmax(axis=1).rename("region")
