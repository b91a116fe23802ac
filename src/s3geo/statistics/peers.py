"""Which regions are alike, and in what they differ most."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from s3geo.errors import UsageError, listed

__all__ = ["DRIVERS", "nearest_peers", "peer_distance"]

DRIVERS = 3
"""Variables named for each pair."""


def peer_distance(data: pd.DataFrame, weights: pd.Series | Mapping[str, float] | None = None) -> pd.DataFrame:
    """Return how far apart units are in standardised variables; the farthest pair is 1.

    Parameters
    ----------
    data : DataFrame of float, shape (units, variables)
        Context variables in any units (none of the benchmarked indicators), outliers treated before.
    weights : Series or mapping of str to float, optional
        Of the squared differences; equal by default.

    Returns
    -------
    DataFrame of float, shape (units, units)
        Index and columns as given, 0-1. NaN for a unit without a value in one of the variables of weight above 0:
        nothing is imputed. A variable equal everywhere adds nothing.

    Raises
    ------
    UsageError
        A weight is missing or below 0, units are named twice.

    Notes
    -----
    ``d_ij = sqrt(sum_v w_v (z_iv - z_jv)^2)``, divided by the largest; z with n - 1. The form of CIPFA's nearest
    neighbours model.

    Examples
    --------
    >>> data = pd.DataFrame({"density": [1.0, 2, 3, 10], "graduates": [10.0, 20, 15, 40]}, list("ABCD"))
    >>> peer_distance(data).loc["B"].round(3).tolist()
    [0.252, 0.0, 0.143, 0.782]
    """
    squared = _squared(data, weights).sum(axis=2)
    distance = np.sqrt(squared)
    farthest = np.fmax.reduce(distance, axis=None, initial=0.0)
    return pd.DataFrame(distance / farthest if farthest > 0 else distance, index=data.index, columns=data.index)


def nearest_peers(
    data: pd.DataFrame, k: int = 5, weights: pd.Series | Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Return the k most similar units of each, and the variables in which the two differ most.

    Parameters
    ----------
    data, weights
        As for `peer_distance`.
    k : int
        Peers wanted; fewer where there are fewer.

    Returns
    -------
    DataFrame
        Index = (unit in the order given, place from 1); columns peer, distance (0-1, as `peer_distance`), driver_1,
        share_1 to driver_3, share_3: the variables with the largest shares of the squared distance (0-1). Units with a
        gap have no rows and are nobody's peers. Being a peer need not be mutual.

    Raises
    ------
    UsageError
        k below 1; else as `peer_distance`.

    Examples
    --------
    >>> data = pd.DataFrame({"density": [1.0, 2, 3, 10], "graduates": [10.0, 20, 15, 40]}, list("ABCD"))
    >>> nearest_peers(data, k=1)[["peer", "driver_1", "share_1"]].round(2)
               peer   driver_1  share_1
    unit place
    A    1        C    density     0.62
    B    1        C  graduates     0.71
    C    1        B  graduates     0.71
    D    1        B    density     0.62
    """
    if k < 1:
        raise UsageError(f"k must be 1 or more, got {k}.")
    distance = peer_distance(data, weights).to_numpy()
    squared = _squared(data, weights)
    rows = []
    for i, unit in enumerate(data.index):
        others = [int(j) for j in np.argsort(distance[i], kind="stable") if j != i and not np.isnan(distance[i, j])]
        for place, j in enumerate(others[:k], 1):
            row: dict[str, object] = {"unit": unit, "place": place, "peer": data.index[j], "distance": distance[i, j]}
            total = squared[i, j].sum()
            largest = np.argsort(-squared[i, j], kind="stable")[:DRIVERS]
            for d, v in enumerate((v for v in largest if squared[i, j, v] > 0), 1):
                row |= {f"driver_{d}": data.columns[v], f"share_{d}": squared[i, j, v] / total}
            rows.append(row)
    drivers = [f"{what}_{d}" for d in range(1, DRIVERS + 1) for what in ("driver", "share")]
    return pd.DataFrame(rows, columns=["unit", "place", "peer", "distance", *drivers]).set_index(["unit", "place"])


def _squared(data: pd.DataFrame, weights: pd.Series | Mapping[str, float] | None) -> np.ndarray:
    """Return the weighted squared differences, shape (units, units, variables)."""
    if data.index.has_duplicates:
        raise UsageError(f"The data name these twice: {listed(data.index[data.index.duplicated()])}.")
    w = pd.Series(1.0, index=data.columns) if weights is None else pd.Series(weights).reindex(data.columns)
    if not (w >= 0).all():
        raise UsageError(f"Weights must be 0 or more: {listed(w[~(w >= 0)].index)}.")
    x = data.to_numpy(dtype=float, na_value=np.nan)[:, w > 0]
    low, high = np.fmin.reduce(x, axis=0), np.fmax.reduce(x, axis=0)
    flat = ~(high - low > 1e-12 * np.fmax(np.abs(low), np.abs(high)))
    sd = data.loc[:, w > 0].std().to_numpy()
    z = np.where(flat, 0 * x, (x - low) / np.where(flat, 1, sd))
    found = np.zeros((len(x), len(x), len(w)))
    found[..., w > 0] = w[w > 0].to_numpy() * (z[:, None] - z) ** 2
    return found
