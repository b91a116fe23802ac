"""Classes against mapclassify and against the printed reference case G6 of the methods."""

from __future__ import annotations

import warnings

import mapclassify
import numpy as np
import pandas as pd
import pytest

from s3geo import open_workspace
from s3geo.statistics.classify import classify

G6 = pd.Series([1, 2, 4, 5, 7, 9, 10, 20, 22, 24, 50, 55.0])


@pytest.mark.parametrize(
    ("k", "upper", "counts", "gvf"),
    [(3, (10, 24, 55), (7, 3, 2), 0.97508524), (4, (5, 10, 24, 55), (4, 3, 3, 2), 0.99028791)],
)
def test_g6_fisher_jenks(k: int, upper: tuple, counts: tuple, gvf: float) -> None:
    breaks = classify(G6, "fisher_jenks", k)
    assert (breaks.upper, breaks.counts) == (upper, counts)
    assert breaks.gvf == pytest.approx(gvf, abs=5e-9)


def test_g6_quartiles() -> None:
    assert classify(G6, "quantiles", 4).upper == (4.75, 9.5, 22.5, 55)


def test_g6_fisher_jenks_of_the_mapclassify_example() -> None:
    breaks = classify(mapclassify.load_example(), "fisher_jenks", 5)
    assert breaks.upper == pytest.approx((75.29, 192.05, 370.5, 722.85, 4111.45), abs=5e-3)
    assert breaks.counts == (49, 3, 4, 1, 1)


def test_g6_quintiles_of_the_mapclassify_example() -> None:
    upper = classify(mapclassify.load_example(), "quantiles", 5).upper
    assert upper == pytest.approx((1.464, 5.798, 13.278, 54.616, 4111.45), abs=5e-4)


def columns() -> dict[str, pd.Series]:
    """Seeded columns with the troubles of real ones, and two real ones."""
    rng = np.random.default_rng(20210501)
    skewed = pd.Series(rng.lognormal(3, 1, 38))
    with_gaps = skewed.where(rng.random(38) > 0.2)
    ws = open_workspace()
    return {
        "normal": pd.Series(rng.normal(50, 12, 38)),
        "skewed": skewed,
        "with gaps": with_gaps,
        "with ties": pd.Series(rng.integers(0, 6, 38).astype(float)),
        "ties and gaps": pd.Series(rng.integers(0, 9, 60).astype(float)).where(rng.random(60) > 0.3),
        "negative": pd.Series(rng.normal(0, 1, 153)),
        "districts": ws.values("gva_per_head", geography="lad"),
        "suppressed": ws.values("he_ip_income_per_1m_research"),
    }


COLUMNS = columns()


def theirs(values: pd.Series, scheme: str, k: int) -> mapclassify.classifiers.MapClassifier:
    """Let mapclassify cut the values that are present."""
    present = values.dropna().to_numpy()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Numba not installed")
        warnings.filterwarnings("ignore", message="Not enough unique values")
        match scheme:
            case "quantiles":
                return mapclassify.Quantiles(present, k=k)
            case "fisher_jenks":
                return mapclassify.FisherJenks(present, k=min(k, np.unique(present).size))  # it refuses more
            case "equal_interval":
                return mapclassify.EqualInterval(present, k=k)
            case "head_tail":
                return mapclassify.HeadTailBreaks(present)
    return mapclassify.StdMean(present)


def occupied(classes: np.ndarray) -> list[int]:
    """Number the classes that hold a value from 0."""
    return np.unique(classes, return_inverse=True)[1].tolist()


@pytest.mark.parametrize("k", [3, 5, 7])
@pytest.mark.parametrize("scheme", ["quantiles", "fisher_jenks", "equal_interval", "head_tail", "std_mean"])
@pytest.mark.parametrize("name", COLUMNS)
def test_regions_fall_into_the_classes_of_mapclassify(name: str, scheme: str, k: int) -> None:
    values = COLUMNS[name]
    breaks = classify(values, scheme, k)
    classes = breaks.assign(values)
    assert classes.isna().tolist() == values.isna().tolist()
    assert occupied(classes.dropna().to_numpy(dtype=int)) == occupied(theirs(values, scheme, k).yb)


@pytest.mark.parametrize("scheme", ["quantiles", "fisher_jenks", "equal_interval"])
@pytest.mark.parametrize("name", ["normal", "skewed", "with gaps", "districts"])
def test_bounds_counts_and_fit_are_those_of_mapclassify(name: str, scheme: str) -> None:
    values = COLUMNS[name]
    breaks, other = classify(values, scheme, 5), theirs(values, scheme, 5)
    assert breaks.upper == pytest.approx(other.bins, rel=1e-12)
    assert list(breaks.counts) == list(other.counts)
    present = values.dropna().to_numpy()
    assert breaks.gvf == pytest.approx(1 - other.get_tss() / ((present - present.mean()) ** 2).sum(), abs=1e-12)


@pytest.mark.parametrize("scheme", ["quantiles", "fisher_jenks", "equal_interval", "head_tail", "std_mean"])
def test_a_constant_column_is_one_class_where_mapclassify_fails_or_repeats_bounds(scheme: str) -> None:
    assert classify(pd.Series([3.0] * 38), scheme).upper == (3.0,)


def test_own_breaks_are_those_of_mapclassify() -> None:
    values = COLUMNS["normal"]
    other = mapclassify.UserDefined(values.to_numpy(), [40, 50, 60])
    breaks = classify(values, "manual", upper=[40, 50, 60])
    assert breaks.upper == pytest.approx(other.bins)
    assert list(breaks.counts) == list(other.counts)
