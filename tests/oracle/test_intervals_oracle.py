"""Intervals against the reference cases U1 to U6 of the methods, and against scipy and statsmodels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from s3geo.statistics import dobson, mean_interval, rate_interval, verdict, wilson


def ends(table: pd.DataFrame) -> tuple[float, float]:
    return float(table["lower"].iloc[0]), float(table["upper"].iloc[0])


@pytest.mark.parametrize(
    ("x", "n", "level", "expected", "half"),
    [
        (65, 100, 0.95, (0.55254443, 0.73635752), 5e-9),
        (65, 100, 0.998, (0.49549466, 0.77835406), 5e-9),
        (1045, 5000, 0.95, (0.19795550, 0.22049130), 5e-9),
        (1, 100, 0.95, (0.001767, 0.054486), 5e-7),
        (20, 100, 0.95, (0.133367, 0.288829), 5e-7),
        (7, 10, 0.95, (0.396778, 0.892209), 5e-7),
    ],
)
def test_u1_wilson(x: int, n: int, level: float, expected: tuple, half: float) -> None:
    assert ends(wilson(x, n, level)) == pytest.approx(expected, abs=half)


@pytest.mark.parametrize(
    ("x", "level", "expected"),
    [
        (65, 0.95, (50.16318771, 82.84913855)),
        (1045, 0.95, (982.59320181, 1110.33121299)),
        (10, 0.998, (2.91631837, 24.19372493)),
    ],
)
def test_u2_byar(x: int, level: float, expected: tuple) -> None:
    assert ends(rate_interval(x, 1, 1, level)) == pytest.approx(expected, abs=5e-9)


@pytest.mark.parametrize(
    ("x", "expected", "half"),
    [
        (0, (0, 3.68887945), 5e-9),
        (1, (0.02531781, 5.57164339), 5e-9),
        (5, (1.623486, 11.668332), 5e-7),
        (9, (4.11537310, 17.08480345), 5e-9),
    ],
)
def test_u3_exact(x: int, expected: tuple, half: float) -> None:
    assert ends(rate_interval(x, 1, 1)) == pytest.approx(expected, abs=half)
    assert ends(rate_interval(x, 100, 100)) == pytest.approx(expected, abs=half)


@pytest.mark.parametrize(
    ("x", "n", "level", "expected"),
    [
        (222, 3215, 0.95, (6026.574878, 7875.729371)),
        (222, 3215, 0.998, (5560.737695, 8461.046682)),
        (250, 220, 0.95, (99984.947385, 128631.144875)),
    ],
)
def test_u4_rates_per_100_000(x: int, n: int, level: float, expected: tuple) -> None:
    assert ends(rate_interval(x, n, 100_000, level)) == pytest.approx(expected, abs=5e-7)


@pytest.mark.parametrize(("level", "expected"), [(0.95, (36.168325, 71.240365)), (0.998, (18.216705, 89.191985))])
def test_u5_mean(level: float, expected: tuple) -> None:
    x = pd.Series([33.09375, 48.38596, 64.83495, 67.98475, 22.93556, 71.23587, 38.78465, 82.37927])
    assert x.mean() == pytest.approx(53.704345, abs=5e-7)
    assert ends(mean_interval(x.mean(), x.std(), len(x), level)) == pytest.approx(expected, abs=5e-7)
    theirs = scipy.stats.t.interval(level, len(x) - 1, x.mean(), scipy.stats.sem(x))
    assert ends(mean_interval(x.mean(), x.std(), len(x), level)) == pytest.approx(theirs, rel=1e-10)


@pytest.mark.parametrize(
    ("x", "n", "england", "word"),
    [(65, 100, 0.5, "higher"), (65, 100, 0.6, "similar"), (65, 100, 0.8, "lower"), (7, 10, 0.5, "similar")],
)
def test_u6_verdicts(x: int, n: int, england: float, word: str) -> None:
    assert verdict(*ends(wilson(x, n)), england) == word


# --- scipy

COUNTS = [(0, 7), (1, 7), (7, 7), (3, 40), (20, 40), (999, 1000), (1234, 567_890)]


@pytest.mark.parametrize("level", [0.8, 0.95, 0.998])
@pytest.mark.parametrize(("x", "n"), COUNTS)
def test_wilson_is_that_of_scipy(x: int, n: int, level: float) -> None:
    theirs = scipy.stats.binomtest(x, n).proportion_ci(level, method="wilson")
    assert ends(wilson(x, n, level)) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


# what statsmodels 0.15.0 printed for proportion_confint(method="wilson") and confint_poisson(method="exact-c")
THEIR_WILSON = {
    (0, 7, 0.95): (0, 0.354330435067),
    (7, 7, 0.95): (0.645669564933, 1),
    (3, 40, 0.95): (0.025836025775, 0.198642335243),
    (1234, 567_890, 0.95): (0.002055170175, 0.002297476884),
    (0, 7, 0.998): (0, 0.577027408846),
    (7, 7, 0.998): (0.422972591154, 1),
    (3, 40, 0.998): (0.015206763705, 0.298611226403),
    (1234, 567_890, 0.998): (0.001990198766, 0.002372455752),
}
THEIR_POISSON = {
    (0, 0.95): (0, 3.6888794541),
    (1, 0.95): (0.0253178080, 5.5716433909),
    (4, 0.95): (1.0898653736, 10.2415886754),
    (9, 0.95): (4.1153730974, 17.0848034514),
    (0, 0.998): (0, 6.9077552790),
    (1, 0.998): (0.0010005003, 9.2334134765),
    (4, 0.998): (0.4285524136, 14.7941492225),
    (9, 0.998): (2.4524244044, 22.6573733091),
}


@pytest.mark.parametrize(("case", "expected"), THEIR_WILSON.items())
def test_wilson_is_that_of_statsmodels(case: tuple, expected: tuple) -> None:
    assert ends(wilson(*case)) == pytest.approx(expected, abs=5e-13)


@pytest.mark.parametrize(("case", "expected"), THEIR_POISSON.items())
def test_exact_poisson_is_that_of_statsmodels(case: tuple, expected: tuple) -> None:
    x, level = case
    assert ends(rate_interval(x, 1, 1, level)) == pytest.approx(expected, abs=5e-11)


@pytest.mark.parametrize("level", [0.8, 0.95, 0.998])
@pytest.mark.parametrize("x", range(10))
def test_exact_limits_leave_half_of_the_rest_on_each_side(x: int, level: float) -> None:
    """By definition: at the lower limit x or more, at the upper x or fewer happen with probability (1 - level) / 2."""
    lower, upper = ends(rate_interval(x, 1, 1, level))
    assert scipy.stats.poisson.cdf(x, upper) == pytest.approx((1 - level) / 2, rel=1e-9)
    if x:
        assert scipy.stats.poisson.sf(x - 1, lower) == pytest.approx((1 - level) / 2, rel=1e-9)
    else:
        assert lower == 0


@pytest.mark.parametrize("x", [10, 12, 30, 100, 2500])
def test_byar_is_within_one_percent_of_exact(x: int) -> None:
    exact = scipy.stats.chi2.ppf(0.025, 2 * x) / 2, scipy.stats.chi2.ppf(0.975, 2 * x + 2) / 2
    assert ends(rate_interval(x, 1, 1)) == pytest.approx(exact, rel=0.01)


@pytest.mark.parametrize("level", [0.95, 0.998])
def test_trap_12_dobson_rests_on_identities_not_on_the_sheet_of_mixed_scales(level: float) -> None:
    """With weights of 1 Dobson's limits are Byar's, and they scale with the weights, at every level."""
    counts = pd.Series([10.0, 65, 1045], index=["a", "b", "c"])
    byar = rate_interval(counts, 1, 1, level)
    pd.testing.assert_frame_equal(dobson(counts, counts, counts, level), byar)
    pd.testing.assert_frame_equal(dobson(3 * counts, 9 * counts, counts, level), 3 * byar)


def test_trap_13_no_lower_limit_below_zero() -> None:
    z = scipy.stats.norm.ppf(0.999)
    assert (1 - 1 / 9 - z / 3) ** 3 == pytest.approx(-0.0028, abs=5e-5)  # what Byar gives for one event
    few = pd.Series(np.arange(12.0))
    for level in (0.95, 0.998, 0.9999):
        assert (rate_interval(few, 1, 1, level)["lower"] >= 0).all()
    assert ends(rate_interval(1, 1, 1, 0.998))[0] == pytest.approx(scipy.stats.chi2.ppf(0.001, 2) / 2)
