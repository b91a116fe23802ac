"""How well a ranking found what later happened."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from s3geo.errors import DataError, UsageError

__all__ = ["found_terms", "metrics_at", "ranking_metrics"]


def found_terms(scores: np.ndarray, relevant: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what each relevant candidate adds to average precision and to AUC: both are means of these.

    Parameters
    ----------
    scores : array of float, shape (candidates,)
        Higher = recommended more.
    relevant : array of bool, same shape

    Returns
    -------
    precision, below : arrays of float, shape (relevant candidates,), in their order
        Precision of the list that ends with the candidate, and the share of irrelevant ones it is ranked above; ties as
        in `ranking_metrics`. The share is NaN without anything irrelevant.

    Examples
    --------
    >>> precision, below = found_terms(np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, False, True, False]))
    >>> precision.round(3).tolist(), below.tolist()
    ([1.0, 0.667], [1.0, 0.5])
    """
    _, tie, size = np.unique(-scores, return_inverse=True, return_counts=True)
    good = np.bincount(tie, weights=relevant.astype(float), minlength=len(size))
    bad = size - good
    at, total = tie[relevant], bad.sum()
    below = 1 - (np.cumsum(bad) - bad / 2)[at] / total if total else np.full(len(at), np.nan)
    return _tied_precision(size, good)[at], below


def _tied_precision(size: np.ndarray, good: np.ndarray) -> np.ndarray:
    """Return the precision at a relevant candidate of each tie, mean over all orders of the tied; NaN without one."""
    first, before = np.cumsum(size) - size, np.cumsum(good) - good
    # of the tied candidates ahead of it, each is relevant with this chance
    chance = np.divide(good - 1, size - 1, out=np.zeros(len(size)), where=size > 1)
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, size.sum() + 1))])
    inverse_place = (harmonic[first + size] - harmonic[first]) / size
    return np.where(good > 0, chance + (before + 1 - chance * (first + 1)) * inverse_place, np.nan)


def ranking_metrics(scores: pd.Series, relevant: pd.Series, k: int) -> dict[str, float]:
    """Judge one ranking against what was relevant.

    Parameters
    ----------
    scores : Series of float
        Higher = recommended more; one query (the candidates of one origin). Average the results over queries, never
        pool the candidates.
    relevant : Series of bool or of 0 and 1
        Same index: whether it came true.
    k : int
        Length of the list a reader sees.

    Returns
    -------
    dict
        precision_at_k, recall_at_k, ndcg_at_k (with k in figures: ndcg_at_5), average_precision, reciprocal_rank, auc;
        all 0-1. NaN where undefined: all but precision without anything relevant, auc without anything irrelevant.

    Raises
    ------
    DataError
        A score or a relevance is NaN: say beforehand how an unknown one ranks.
    UsageError
        k below 1, different index, relevance other than 0 and 1.

    Notes
    -----
    Ties count by their mean over all orders of the tied, so that no order of the input flatters: each place within a
    tie has the tie's share of relevant ones (precision, recall, nDCG with ``1 / log2(place + 1)``), and average
    precision is its mean over the orders, not precision at the end of the tie (McSherry & Najork 2008). Reciprocal rank
    is 1 over the expected place of the first relevant; auc is the chance that a relevant one scores above an irrelevant
    one, ties half.

    Examples
    --------
    >>> scores = pd.Series([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    >>> found = ranking_metrics(scores, pd.Series([1, 0, 1, 0, 0, 1]), k=3)
    >>> {name: round(value, 3) for name, value in found.items()}
    {'precision_at_3': 0.667, 'recall_at_3': 0.667, 'ndcg_at_3': 0.704, 'average_precision': 0.722,
     'reciprocal_rank': 1.0, 'auc': 0.556}
    """
    if k < 1:
        raise UsageError(f"k must be 1 or more, got {k}.")
    if not scores.index.equals(relevant.index):
        raise UsageError("scores and relevant must have the same index in the same order.")
    if scores.isna().any() or relevant.isna().any():
        raise DataError("A score or a relevance is missing: decide beforehand how the unknown rank.")
    hits = relevant.to_numpy(dtype=float)
    if not ((hits == 0) | (hits == 1)).all():
        raise UsageError("relevant must be True or False, or 1 or 0.")
    return metrics_at(scores.to_numpy(dtype=float), hits, (k,))


def metrics_at(scores: np.ndarray, hits: np.ndarray, lengths: Sequence[int]) -> dict[str, float]:
    """Return what `ranking_metrics` does, for lists of several lengths; arrays are taken as they are.

    Examples
    --------
    >>> sorted(metrics_at(np.array([0.2, 0.1]), np.array([1.0, 0.0]), (1, 2)))[4:]
    ['precision_at_1', 'precision_at_2', 'recall_at_1', 'recall_at_2', 'reciprocal_rank']
    """
    n, total = len(hits), hits.sum()
    # ties, best first: how many each holds, how many of them are relevant
    _, tie, size = np.unique(-scores, return_inverse=True, return_counts=True)
    good = np.bincount(tie, weights=hits, minlength=len(size))
    gain = np.repeat(good / size, size)
    ends, found = np.cumsum(size), np.cumsum(good)
    out: dict[str, float] = {}
    for k in lengths:
        discount = 1 / np.log2(np.arange(min(k, n)) + 2)
        top = float(gain[:k].sum())
        out[f"precision_at_{k}"] = top / k
        known = total > 0
        out[f"recall_at_{k}"] = top / float(total) if known else float("nan")
        best = discount[: int(total)].sum()
        out[f"ndcg_at_{k}"] = float((gain[:k] * discount).sum() / best) if known else float("nan")
    out |= dict.fromkeys(("average_precision", "reciprocal_rank", "auc"), float("nan"))
    if total > 0:
        out["average_precision"] = float(np.nansum(good * _tied_precision(size, good)) / total)
        first = int(np.argmax(good > 0))
        out["reciprocal_rank"] = float(1 / (ends[first] - size[first] + (size[first] + 1) / (good[first] + 1)))
    if 0 < total < n:
        bad = size - good
        out["auc"] = float((bad * (found - good / 2)).sum() / (total * (n - total)))
    return out
