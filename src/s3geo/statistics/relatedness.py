"""Which activities go together, and what a place has around each of them.

M is a matrix of 0 and 1 with places as rows and activities as columns (`s3geo.statistics.presence`). Relatedness is
estimated on many places (districts) and applied to few (LEPs).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from s3geo.errors import NotFound, UsageError

__all__ = ["added_density", "cooccurrence", "density_parts", "incidence", "relatedness", "relatedness_density"]

Measure = Literal["min_conditional", "cosine", "association"]


def cooccurrence(M: pd.DataFrame) -> pd.DataFrame:
    """Count the places that have both of two activities.

    Parameters
    ----------
    M : DataFrame of 0 and 1, shape (places, activities)
        Places with a gap are left out.

    Returns
    -------
    DataFrame of float, shape (activities, activities)
        Symmetric, diagonal 0.

    Raises
    ------
    UsageError
        M holds anything but 0, 1 and NaN.

    Notes
    -----
    ``C = M'M``.

    Examples
    --------
    >>> cooccurrence(pd.DataFrame({"x": [1, 1, 0], "y": [1, 0, 1]})).loc["x"].to_dict()
    {'x': 0.0, 'y': 1.0}
    """
    held = incidence(M)
    held = held[~np.isnan(held).any(axis=1)]
    together = held.T @ held
    np.fill_diagonal(together, 0)
    return pd.DataFrame(together, index=M.columns, columns=M.columns)


def relatedness(M: pd.DataFrame, method: Measure = "min_conditional") -> pd.DataFrame:
    """Say how often two activities are found in the same places, given how common each is.

    Parameters
    ----------
    M : DataFrame of 0 and 1, shape (places, activities)
        Places with a gap are left out. An activity held by few places (fewer than five) gives unsteady figures.
    method : {"min_conditional", "cosine", "association"}
        The first is the default; the others show how far a result depends on it.

    Returns
    -------
    DataFrame of float, shape (activities, activities)
        Symmetric, diagonal 0; 0 for an activity found nowhere. min_conditional and cosine lie in 0-1. Association is
        0 or more, 1 = as often as by chance; as phi of a density use ``(phi > 1).astype(float)``.

    Raises
    ------
    UsageError
        Unknown method; as `cooccurrence`.

    Notes
    -----
    C = co-occurrence, u = ubiquity (places that have the activity), S = row sums of C, T = sum of C.

    - min_conditional: ``C_ij / max(u_i, u_j)`` (Hidalgo et al. 2007, proximity).
    - cosine: ``C_ij / sqrt(S_i S_j)``, over row sums of C and not over ubiquity (as in EconGeo).
    - association: ``(C_ij / T) / ((S_i / T)(S_j / T))`` (van Eck & Waltman 2009).

    Examples
    --------
    >>> M = pd.DataFrame({"x": [1, 1, 1, 0], "y": [1, 1, 0, 0], "z": [0, 0, 1, 1]})
    >>> relatedness(M).round(3).loc["x"].to_dict()
    {'x': 0.0, 'y': 0.667, 'z': 0.333}
    """
    C = cooccurrence(M)
    c = C.to_numpy()
    sums, total = c.sum(axis=0), c.sum()
    if method == "min_conditional":
        ubiquity = M.dropna().sum().to_numpy(dtype=float)
        above, below = c, np.maximum.outer(ubiquity, ubiquity)
    elif method == "cosine":
        above, below = c, np.sqrt(np.outer(sums, sums))
    elif method == "association":
        above, below = c * total, np.outer(sums, sums)
    else:
        raise UsageError(f"No measure of relatedness {method!r}; choose min_conditional, cosine or association.")
    phi = np.divide(above, below, out=np.zeros_like(c), where=below > 0)
    return pd.DataFrame(phi, index=C.index, columns=C.columns)


def relatedness_density(M: pd.DataFrame, phi: pd.DataFrame) -> pd.DataFrame:
    """Return the share of what is related to an activity that a place has.

    Parameters
    ----------
    M : DataFrame of 0 and 1, shape (places, activities)
    phi : DataFrame of float, shape (activities, activities)
        From `relatedness`, of these or of other places; its diagonal is not used.

    Returns
    -------
    DataFrame of float, shape (places, activities)
        0-1. NaN in places with a gap, and for activities related to none.

    Raises
    ------
    UsageError
        phi is not about the activities of M; as `cooccurrence`.

    Notes
    -----
    ``RD_ri = sum_{j != i} phi_ij M_rj / sum_{j != i} phi_ij`` (Hidalgo et al. 2007; Balland et al. 2019).

    Examples
    --------
    >>> M = pd.DataFrame({"x": [1, 1, 1, 0], "y": [1, 1, 0, 0], "z": [0, 0, 1, 1]}, index=list("abcd"))
    >>> relatedness_density(M, relatedness(M)).round(3).loc["a"].to_dict()
    {'x': 0.667, 'y': 1.0, 'z': 1.0}
    """
    links, around = density_parts(M, phi)
    return pd.DataFrame(incidence(M) @ links / around, index=M.index, columns=M.columns)


def added_density(M: pd.DataFrame, phi: pd.DataFrame, region: str, partner: str) -> pd.Series:
    """Return what a partner adds to the relatedness density of a region.

    Parameters
    ----------
    M, phi
        As for `relatedness_density`.
    region, partner : str
        Rows of M.

    Returns
    -------
    Series of float
        Index = activities, 0-1: the density of both together less that of the region.

    Raises
    ------
    NotFound
        M has no such row.
    UsageError
        As `relatedness_density`.

    Notes
    -----
    ``sum_{j != i} phi_ij M_sj (1 - M_rj) / sum_{j != i} phi_ij``: relatedness density added, after Balland & Boschma
    (2021). RD of r plus it equals RD of the union of r and s.

    Examples
    --------
    >>> M = pd.DataFrame({"x": [1, 1, 1, 0], "y": [1, 1, 0, 0], "z": [0, 0, 1, 1]}, index=list("abcd"))
    >>> added_density(M, relatedness(M), region="d", partner="a").round(3).to_dict()
    {'x': 0.667, 'y': 1.0, 'z': 1.0}
    """
    for place in (region, partner):
        if place not in M.index:
            raise NotFound(f"M has no place {place!r}.")
    links, around = density_parts(M, phi)
    held = incidence(M.loc[[region, partner]])
    return pd.Series((held[1] * (1 - held[0])) @ links / around, index=M.columns)


def incidence(M: pd.DataFrame) -> np.ndarray:
    """Return M as an array after a look at its cells."""
    held = M.to_numpy(dtype=float, na_value=np.nan)
    if not (np.isnan(held) | (held == 0) | (held == 1)).all():
        raise UsageError("M must hold 0 and 1 (and NaN for no data): make it with presence().")
    return held


def density_parts(M: pd.DataFrame, phi: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return phi without its diagonal in the order of M's columns, and its column sums (NaN for 0)."""
    if set(phi.index) != set(M.columns) or set(phi.columns) != set(M.columns):
        raise UsageError("phi must have the activities of M, its columns, as index and columns.")
    ordered = phi.index.equals(M.columns) and phi.columns.equals(M.columns)
    links = (phi if ordered else phi.loc[M.columns, M.columns]).to_numpy(dtype=float).copy()
    np.fill_diagonal(links, 0)
    around = links.sum(axis=0)
    return links, np.where(around > 0, around, np.nan)
