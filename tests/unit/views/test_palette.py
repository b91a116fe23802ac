"""Colours that everyone can tell apart: differences by CIEDE2000, colour blindness by Machado et al.

CIEDE2000 after Sharma, Wu & Dalal (2005), "The CIEDE2000 color-difference formula: implementation notes,
supplementary test data, and mathematical observations", Color Research & Application 30(1), checked below against
their pairs. Colour blindness (dichromats) after Machado, Oliveira & Fernandes (2009), "A physiologically-based model
for simulation of color vision deficiency", IEEE TVCG 15(6): matrices of severity 1.0, applied to linear RGB.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from s3geo.views.palette import LAND, NO_DATA, SEA, sequential

SEEN_BY = {
    "everyone": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
    "grey": np.tile([0.2126, 0.7152, 0.0722], (3, 1)),  # luminance of sRGB
}
LEAST = {"everyone": 8.0, "protan": 5.0, "deutan": 5.0, "tritan": 5.0, "grey": 5.0}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])  # D65


def linear(colour: str) -> np.ndarray:
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def lab(colour: str, seen_by: str = "everyone") -> tuple[float, float, float]:
    """CIE L*a*b* of a colour as someone sees it."""
    x, y, z = (
        t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29
        for t in TO_XYZ @ (SEEN_BY[seen_by] @ linear(colour)).clip(0, 1) / WHITE
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def ciede2000(one: tuple[float, float, float], two: tuple[float, float, float]) -> float:
    (l1, a1, b1), (l2, a2, b2) = one, two
    c7 = ((math.hypot(a1, b1) + math.hypot(a2, b2)) / 2) ** 7
    g = 1 + 0.5 * (1 - math.sqrt(c7 / (c7 + 25**7)))
    c1, c2 = math.hypot(g * a1, b1), math.hypot(g * a2, b2)
    h1, h2 = (math.degrees(math.atan2(b, g * a)) % 360 if a or b else 0.0 for a, b in ((a1, b1), (a2, b2)))
    dh, hm = h2 - h1, (h1 + h2) / 2
    if c1 * c2 == 0:
        dh, hm = 0.0, h1 + h2
    elif abs(dh) > 180:
        dh += 360 if dh < 0 else -360
        hm += 180 if h1 + h2 < 360 else -180
    lm, cm = (l1 + l2) / 2, (c1 + c2) / 2
    turn = [math.cos(math.radians(a)) for a in (hm - 30, 2 * hm, 3 * hm + 6, 4 * hm - 63)]
    t = 1 - 0.17 * turn[0] + 0.24 * turn[1] + 0.32 * turn[2] - 0.20 * turn[3]
    sl = 1 + 0.015 * (lm - 50) ** 2 / math.sqrt(20 + (lm - 50) ** 2)
    sc, sh = 1 + 0.045 * cm, 1 + 0.015 * cm * t
    rt = -2 * math.sqrt(cm**7 / (cm**7 + 25**7)) * math.sin(math.radians(60 * math.exp(-(((hm - 275) / 25) ** 2))))
    dl, dc, dhue = (l2 - l1) / sl, (c2 - c1) / sc, 2 * math.sqrt(c1 * c2) * math.sin(math.radians(dh / 2)) / sh
    return math.sqrt(dl**2 + dc**2 + dhue**2 + rt * dc * dhue)


@pytest.mark.parametrize(
    ("one", "two", "published"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 3.1571, -77.2803), (50, 0, -82.7485), 2.8615),
        ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0000),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((50, 2.4900, -0.0010), (50, -2.4900, 0.0009), 7.1792),
        ((50, 2.4900, -0.0010), (50, -2.4900, 0.0011), 7.2195),
        ((50, -0.0010, 2.4900), (50, 0.0009, -2.4900), 4.8045),
        ((50, -0.0010, 2.4900), (50, 0.0011, -2.4900), 4.7461),
        ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((50, 2.5, 0), (61, -5, 29), 22.8977),
        ((50, 2.5, 0), (56, -27, -3), 31.9030),
        ((50, 2.5, 0), (58, 24, 15), 19.4535),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((63.0109, -31.0961, -5.8663), (62.8187, -29.7946, -4.0864), 1.2630),
        ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
        ((90.9257, -0.5406, -0.9208), (88.6381, -0.8985, -0.7239), 1.5381),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_ciede2000_of_the_published_pairs(one: tuple, two: tuple, published: float) -> None:
    assert ciede2000(one, two) == pytest.approx(published, abs=5e-5)
    assert ciede2000(two, one) == pytest.approx(published, abs=5e-5)


@pytest.mark.parametrize("seen_by", SEEN_BY)
def test_white_and_black_stay_themselves_for_every_viewer(seen_by: str) -> None:
    assert lab("#ffffff", seen_by) == pytest.approx((100, 0, 0), abs=0.02)
    assert lab("#000000", seen_by) == pytest.approx((0, 0, 0), abs=0.02)


@pytest.mark.parametrize("seen_by", SEEN_BY)
@pytest.mark.parametrize("k", range(3, 8))
def test_neighbouring_classes_can_be_told_apart(k: int, seen_by: str) -> None:
    seen = [lab(colour, seen_by) for colour in sequential(k)]
    differences = [ciede2000(one, two) for one, two in pairwise(seen)]
    assert min(differences) >= LEAST[seen_by], [round(d, 1) for d in differences]


@pytest.mark.parametrize("seen_by", SEEN_BY)
@pytest.mark.parametrize("k", range(2, 10))
def test_a_higher_class_is_darker_for_every_viewer(k: int, seen_by: str) -> None:
    lightness = [lab(colour, seen_by)[0] for colour in sequential(k)]
    assert all(light - dark > 2 for light, dark in pairwise(lightness)), lightness


@pytest.mark.parametrize("k", range(1, 10))
def test_as_many_colours_as_classes_each_once(k: int) -> None:
    colours = sequential(k)
    assert len(set(colours)) == len(colours) == k
    assert all(len(colour) == 7 and colour.startswith("#") and int(colour[1:], 16) >= 0 for colour in colours)


@pytest.mark.parametrize("k", range(3, 8))
@pytest.mark.parametrize("other", [NO_DATA, SEA, LAND])
def test_no_class_looks_like_missing_data_sea_or_land_without_data(k: int, other: str) -> None:
    assert min(ciede2000(lab(colour), lab(other)) for colour in sequential(k)) >= 8
