"""The committed layers against the polygons that ONS publishes (ultra generalised, clipped to the coast)."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from s3geo.geography.lookups import LAYERS

pytestmark = pytest.mark.official


def official(file: Path, code: str) -> gpd.GeoSeries:
    layer = gpd.read_file(file).to_crs(27700).set_index(code)
    shapes = layer.geometry.make_valid()
    return shapes[shapes.index.str.startswith("E")].sort_index()


def ours(root: Path, geography: str) -> gpd.GeoDataFrame:
    return gpd.read_parquet(root / "boundaries" / f"{geography}_{LAYERS[geography]}.parquet").set_index("code")


def agreement(built: gpd.GeoSeries, known: gpd.GeoSeries) -> pd.Series:
    """Intersection over union of each area, 0-1."""
    assert list(built.index) == list(known.index)
    return built.intersection(known).area / built.union(known).area


@pytest.mark.parametrize(
    ("geography", "file", "code", "median", "lowest"),
    [
        ("lep", "lep_2021_may_en_buc_shp.zip", "LEP21CD", 0.96, 0.92),
        ("lad", "lad_2023_dec_uk_buc.geojson", "LAD23CD", 0.91, 0.50),
    ],
)
def test_agreement(
    shared: Path, root: Path, geography: str, file: str, code: str, median: float, lowest: float
) -> None:
    layer = ours(root, geography)
    iou = agreement(layer.geometry, official(shared / "boundaries" / file, code))
    worst = {layer.loc[at, "name"]: round(value, 4) for at, value in iou.nsmallest(5).items()}
    message = f"{geography}: median {iou.median():.4f}, minimum {iou.min():.4f}; lowest {worst}"
    assert iou.median() >= median, message
    assert iou.min() >= lowest, message


def test_names_are_the_official_ones(shared: Path, root: Path) -> None:
    for geography, file, code, name in (
        ("lep", "lep_2021_may_en_buc_shp.zip", "LEP21CD", "LEP21NM"),
        ("lad", "lad_2023_dec_uk_buc.geojson", "LAD23CD", "LAD23NM"),
    ):
        known = gpd.read_file(shared / "boundaries" / file).set_index(code)[name]
        built = ours(root, geography)["name"]
        different = built.index[built.str.casefold() != known.loc[built.index].str.casefold()]
        assert {at: (built[at], known[at]) for at in different} == {}


def test_combined_authorities_that_did_not_change(shared: Path, root: Path) -> None:
    known = official(shared / "boundaries" / "combined_authorities_2024_en_buc.geojson", "CAUTH24CD")
    built = ours(root, "combined_authority").geometry
    both = known.index.intersection(built.index)
    assert len(both) >= 10
    iou = agreement(built.loc[both], known.loc[both])
    message = f"combined authorities: median {iou.median():.4f}, minimum {iou.min():.4f} {iou.idxmin()}"
    assert iou.median() >= 0.95, message
    assert iou.min() >= 0.91, message  # two official layers of Liverpool City Region agree to 0.977


def test_area_of_england(shared: Path, root: Path) -> None:
    known = official(shared / "boundaries" / "lad_2023_dec_uk_buc.geojson", "LAD23CD").union_all().area / 1e6
    built = ours(root, "lad").area.sum() / 1e6
    assert built == pytest.approx(known, rel=0.005), f"{built:,.0f} km2 against {known:,.0f} km2"
