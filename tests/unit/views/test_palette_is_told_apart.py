"""Adjacent classes differ for everyone: CIEDE2000, in full colour, with each kind of colour blindness, and in grey."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from s3geo.views.palette import bivariate, diverging, sequential

# Machado, Oliveira & Fernandes (2009), severity 1.0, on linear RGB
BLINDNESS = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    "grey": [[0.2126, 0.7152, 0.0722]] * 3,
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])


def linear(colour: str) -> np.ndarray:
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    t = TO_XYZ @ rgb.clip(0, 1) / WHITE
    f = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def ciede2000(one: np.ndarray, two: np.ndarray) -> float:
    """Distance of two CIELAB colours (Sharma, Wu & Dalal 2005)."""
    (l1, a1, b1), (l2, a2, b2) = one, two
    mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(mean**7 / (mean**7 + 25.0**7)))
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    dh = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    big_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(dh) / 2)
    h = h1 + h2 if c1 * c2 == 0 else (h1 + dh / 2) % 360
    c, light = (c1 + c2) / 2, (l1 + l2) / 2
    t = (
        1
        - 0.17 * np.cos(np.radians(h - 30))
        + 0.24 * np.cos(np.radians(2 * h))
        + 0.32 * np.cos(np.radians(3 * h + 6))
        - 0.20 * np.cos(np.radians(4 * h - 63))
    )
    sl = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    sc, sh = 1 + 0.045 * c, 1 + 0.015 * c * t
    rt = -2 * np.sqrt(c**7 / (c**7 + 25.0**7)) * np.sin(np.radians(60 * np.exp(-(((h - 275) / 25) ** 2))))
    terms = ((l2 - l1) / sl, (c2 - c1) / sc, big_h / sh)
    return float(np.sqrt(sum(term**2 for term in terms) + rt * terms[1] * terms[2]))


def distances(pairs: list[tuple[str, str]], seen: str) -> list[float]:
    through = np.eye(3) if seen == "full" else np.array(BLINDNESS[seen])
    return [ciede2000(lab(through @ linear(a)), lab(through @ linear(b))) for a, b in pairs]


PALETTES = {
    **{f"sequential {k}": sequential(k) for k in range(3, 8)},
    **{f"diverging {2 * arm + 1}": diverging(arm, arm) for arm in (1, 2, 3)},
}
PAIRS = {name: list(pairwise(colours)) for name, colours in PALETTES.items()}
NINE = bivariate()
PAIRS["bivariate"] = [(NINE[3 * y + x], NINE[3 * y + x + 1]) for y in range(3) for x in range(2)] + [
    (NINE[3 * y + x], NINE[3 * y + x + 3]) for y in range(2) for x in range(3)
]


def test_the_distance_is_that_of_its_authors() -> None:
    pairs = [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ]
    for one, two, distance in pairs:
        assert ciede2000(np.array(one), np.array(two)) == pytest.approx(distance, abs=5e-5)


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("seen", ["full", *BLINDNESS])
def test_adjacent_classes_are_told_apart(name: str, seen: str) -> None:
    assert min(distances(PAIRS[name], seen)) >= (8 if seen == "full" else 5)


@pytest.mark.parametrize("seen", ["full", "protan", "deutan", "tritan"])
def test_the_arms_of_a_diverging_palette_are_told_apart(seen: str) -> None:
    low, high = diverging(3, 3)[:3], diverging(3, 3)[:3:-1]
    assert min(distances(list(zip(low, high, strict=True)), seen)) >= 8


def test_an_uneven_palette_is_part_of_the_even_one() -> None:
    assert diverging(1, 3) == diverging(3, 3)[2:]
