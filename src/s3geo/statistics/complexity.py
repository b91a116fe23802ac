"""Economic complexity: a summary of who does the same things as whom, and when it cannot be had."""

from __future__ import annotations

import numpy as np
import pandas as pd

from s3geo.errors import DataError, listed
from s3geo.statistics.relatedness import incidence

__all__ = ["economic_complexity", "reflections"]

CONNECTED = 1 - 1e-9
"""A second eigenvalue from here is 1: the network falls apart."""
GAP = 0.01
"""Least distance between the second and the third eigenvalue."""
ORIENTED = 0.2
"""Least correlation with diversity, in absolute value, that settles the sign."""


def economic_complexity(M: pd.DataFrame) -> pd.Series:
    """Return the economic complexity index of places, or refuse with the reason.

    Parameters
    ----------
    M : DataFrame of 0 and 1, shape (places, activities)
        From `presence`. Places with a gap are left out.

    Returns
    -------
    Series of float
        Index of M, mean 0 and standard deviation 1 (with n); NaN for places with a gap. Read it as a summary of
        similar mixes, not as sophistication.

    Raises
    ------
    DataError
        A place or an activity has nothing; the network falls into parts; second and third eigenvalue are too close;
        the correlation with diversity is too weak to settle the sign.

    Notes
    -----
    z-scores of the eigenvector to the second largest eigenvalue of ``D^-1 M U^-1 M'``, D = diversity, U = ubiquity;
    signed so that it correlates positively with diversity (Hidalgo & Hausmann 2009).

    Examples
    --------
    >>> M = pd.DataFrame([[0, 0, 1, 0], [1, 0, 1, 1], [1, 1, 0, 1], [1, 1, 0, 0]], index=["R2", "R3", "R4", "R5"])
    >>> economic_complexity(M).round(3).to_dict()
    {'R2': -1.559, 'R3': -0.18, 'R4': 0.76, 'R5': 0.979}
    """
    full = ~M.isna().any(axis=1)
    held, diversity, ubiquity = _network(M[full])
    if len(held) < 3:
        raise DataError("Economic complexity needs three places or more without gaps.")
    # the symmetric matrix with the same eigenvalues
    root = np.sqrt(diversity)
    values, vectors = np.linalg.eigh((held / ubiquity) @ held.T / np.outer(root, root))
    if values[-2] >= CONNECTED:
        raise DataError(
            "Economic complexity is undefined: places and activities fall into groups that have nothing in common "
            "(the second eigenvalue is 1). Leave the smaller groups out."
        )
    if values[-2] - values[-3] <= GAP:
        raise DataError(
            f"Economic complexity is not identified: the second and third eigenvalue, {values[-2]:.4f} and "
            f"{values[-3]:.4f}, are too close."
        )
    vector = vectors[:, -2] / root
    z = (vector - vector.mean()) / vector.std()
    spread = diversity.std()
    correlation = float(((diversity - diversity.mean()) * z).mean() / spread) if spread > 0 else 0.0
    if abs(correlation) < ORIENTED:
        raise DataError(
            f"Economic complexity has no sign here: orientation not identified, for its correlation with diversity is "
            f"only {abs(correlation):.4f}."
        )
    return pd.Series(z * np.sign(correlation), index=M.index[full]).reindex(M.index)


def reflections(M: pd.DataFrame, n: int) -> tuple[pd.Series, pd.Series]:
    """Take, n times, the mean of what lies on the other side (method of reflections).

    Parameters
    ----------
    M : DataFrame of 0 and 1, shape (places, activities)
        Without gaps.
    n : int
        0 gives diversity and ubiquity.

    Returns
    -------
    places, activities : Series of float

    Raises
    ------
    DataError
        A place or an activity has nothing.

    Notes
    -----
    ``k_c,n = mean over c's activities of k_p,n-1``, and the other way round (Hidalgo & Hausmann 2009).

    Examples
    --------
    >>> M = pd.DataFrame([[1, 1, 1, 1], [0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]])
    >>> reflections(M, 1)[0].tolist()
    [2.0, 2.0, 2.5, 3.0]
    """
    held, diversity, ubiquity = _network(M)
    places, activities = diversity, ubiquity
    for _ in range(n):
        places, activities = held @ activities / diversity, held.T @ places / ubiquity
    return pd.Series(places, index=M.index), pd.Series(activities, index=M.columns)


def _network(M: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    held = incidence(M)
    diversity, ubiquity = held.sum(axis=1), held.sum(axis=0)
    idle = [*M.index[~(diversity > 0)], *M.columns[~(ubiquity > 0)]]
    if idle:
        raise DataError(f"No complexity: these rows or columns of M have nothing: {listed(idle)}. Leave them out.")
    return held, diversity, ubiquity
