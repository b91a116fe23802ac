"""The tree of an index: indicators in cells, cells in the index, and means up the tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from s3geo.errors import UsageError, listed

__all__ = ["AGGREGATIONS", "Hierarchy", "roll_up", "shown", "weighted_mean"]

AGGREGATIONS: dict[str, str] = {"arithmetic": "Arithmetic", "geometric": "Geometric", "harmonic": "Harmonic"}
"""Kind of mean and the words for it."""


@dataclass(frozen=True)
class Hierarchy:
    """Who is whose parent.

    Attributes
    ----------
    nodes : tuple of str
        In the order of meta; a top that has no row of its own comes last.
    leaves : tuple of str
        The indicators, in the same order.
    children : mapping of str to tuple of str
        For every node that is not an indicator; children come before their parents.
    weight : mapping of str to float
        Within the parent; 1 for a top.
    direction : array of float, shape (leaves,)
        +1 where higher is better, -1 where lower is.
    tops : tuple of str
        Nodes without a parent.
    """

    nodes: tuple[str, ...]
    leaves: tuple[str, ...]
    children: Mapping[str, tuple[str, ...]]
    weight: Mapping[str, float]
    direction: np.ndarray
    tops: tuple[str, ...]

    @classmethod
    def of(cls, meta: pd.DataFrame, columns: pd.Index) -> Hierarchy:
        """Read the tree from a table.

        Parameters
        ----------
        meta : DataFrame
            Index = node; columns parent (empty for a top), direction (+1 or -1, of indicators) and optionally weight
            (0 or more, 1 by default). The one top may do without a row.
        columns : Index
            Of the data: a node without children must be one of them.

        Raises
        ------
        UsageError
            Nodes twice, parents that are missing or go round in a circle, indicators without data, other weights
            or directions than said.
        """
        if absent := {"parent", "direction"} - set(meta.columns):
            raise UsageError(f"meta needs the columns parent and direction; missing: {listed(sorted(absent))}.")
        for what, names in (("meta", meta.index), ("The data", columns)):
            if names.has_duplicates:
                raise UsageError(f"{what} names these twice: {listed(names[names.duplicated()])}.")
        parent = {str(n): "" if pd.isna(p) else str(p) for n, p in meta["parent"].items()}
        unlisted = {p for p in parent.values() if p and p not in parent}
        if unlisted and (len(unlisted) > 1 or "" in parent.values()):
            raise UsageError(f"Parents without a row in meta: {listed(sorted(unlisted))}; add a row for each.")
        parent |= dict.fromkeys(unlisted, "")
        members = {n: tuple(c for c in parent if parent[c] == n) for n in parent}
        leaves = tuple(n for n in parent if not members[n])
        if gone := [n for n in leaves if n not in columns]:
            raise UsageError(f"In meta but neither in the data nor a parent: {listed(gone)}.")
        tops = tuple(n for n in parent if not parent[n])
        upward = _downward(members, tops)[::-1]
        if len(upward) < len(parent):
            raise UsageError(f"These nodes are each other's parents: {listed(set(parent) - set(upward))}.")
        weight = dict.fromkeys(parent, 1.0)
        if "weight" in meta:
            weight |= {str(n): float(w) for n, w in meta["weight"].items() if parent[str(n)]}
        if bad := [n for n, w in weight.items() if not 0 <= w < np.inf]:
            raise UsageError(f"Weights must be 0 or more: {listed(bad)}.")
        direction = pd.to_numeric(meta["direction"].reindex(list(leaves)), errors="coerce").to_numpy(dtype=float)
        if bad := [n for n, d in zip(leaves, direction, strict=True) if d not in {1, -1}]:
            raise UsageError(f"direction must be +1 or -1 for every indicator: {listed(bad)}.")
        children = {n: members[n] for n in upward if members[n]}
        return cls(tuple(parent), leaves, children, weight, direction, tops)

    def top(self, node: str | None = None) -> str:
        """Return the node asked for, by default the only top."""
        if node is not None:
            if node not in self.children:
                raise UsageError(f"No node {node!r} with indicators below it; there are {listed(self.children)}.")
            return node
        if len(self.tops) > 1 or self.tops[0] not in self.children:
            raise UsageError(f"The hierarchy has no single top ({listed(self.tops)}); say which node.")
        return self.tops[0]

    def below(self, node: str) -> tuple[str, ...]:
        """Return the node and all that hangs below it, from the top down."""
        return tuple(_downward(self.children, (node,)))


def shown(tree: Hierarchy, present: np.ndarray) -> dict[str, np.ndarray]:
    """Say for which units a node may be shown: two thirds of its children (of weight above 0) must be.

    Parameters
    ----------
    tree : Hierarchy
    present : array of bool, shape (units, leaves)

    Returns
    -------
    dict of str to array of bool, shape (units,)
    """
    known = dict(zip(tree.leaves, present.T, strict=True))
    for node, children in tree.children.items():
        counted = [c for c in children if tree.weight[c] > 0]
        n = sum((known[c].astype(int) for c in counted), np.zeros(len(present), dtype=int))
        known[node] = (3 * n >= 2 * len(counted)) & (n > 0)
    return known


def roll_up(
    tree: Hierarchy, leaf: np.ndarray, weights: Mapping[str, np.ndarray], how: str, visible: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Take means up the tree, for many draws at once.

    Parameters
    ----------
    tree : Hierarchy
    leaf : array of float, shape (draws or 1, units, leaves)
        Normalised scores; NaN is left out of the means.
    weights : mapping of str to array, shape (draws,)
        Of every node.
    how : {"arithmetic", "geometric", "harmonic"}
    visible : mapping of str to array of bool, shape (units,)
        From `shown`; NaN elsewhere.

    Returns
    -------
    dict of str to array of float, shape (draws or 1, units)
    """
    scores = {n: leaf[..., j] for j, n in enumerate(tree.leaves)}
    for node, children in tree.children.items():
        below = np.stack(np.broadcast_arrays(*(scores[c] for c in children)), axis=-1)
        mean = weighted_mean(below, np.stack([weights[c] for c in children], axis=-1), how)
        scores[node] = np.where(visible[node], mean, np.nan)
    return scores


def weighted_mean(x: np.ndarray, weights: np.ndarray, how: str = "arithmetic") -> np.ndarray:
    """Return the weighted mean of what is present.

    Parameters
    ----------
    x : array of float, shape (draws or 1, units, parts)
        Above 0 for geometric and harmonic means.
    weights : array of float, shape (draws, parts)
        0 or more; they need not add up to 1.
    how : {"arithmetic", "geometric", "harmonic"}
        ``sum w x / sum w``, ``exp(sum w ln x / sum w)``, ``sum w / sum(w / x)``.

    Returns
    -------
    array of float, shape (draws, units)
        NaN where nothing of weight is present.

    Examples
    --------
    >>> weighted_mean(np.array([[[1.0, 2, 3]]]), np.array([[1.0, 1, 2]]), "geometric").round(6).tolist()
    [[2.059767]]
    """
    if how != "arithmetic":
        x = np.log(x) if how == "geometric" else 1 / x
    present = ~np.isnan(x)
    if present.all():
        total = weights.sum(axis=-1)[:, None]
    else:
        total, x = _dot(present.astype(float), weights), np.where(present, x, 0.0)
    mean = _dot(x, weights) / np.where(total > 0, total, np.nan)
    if how != "arithmetic":
        mean = np.exp(mean) if how == "geometric" else 1 / mean
    return np.asarray(mean)


def _dot(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Sum over the parts: (draws or 1, units, parts) and (draws, parts) give (draws, units)."""
    return np.asarray(weights @ x[0].T if len(x) == 1 else (x @ weights[..., None])[..., 0])


def _downward(members: Mapping[str, tuple[str, ...]], tops: tuple[str, ...]) -> list[str]:
    found = list(tops)
    for node in found:
        found += members.get(node, ())  # the list grows while it is walked
    return found
