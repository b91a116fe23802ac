"""A made-up indicator on the real LEP layer, in a folder of its own. Its figures are nobody's; for tests only."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from s3geo import open_workspace
from s3geo.model.schemas import OBSERVATION_COLUMNS
from s3geo.settings import ENGLAND
from s3geo.workspace import Workspace

CATALOGUE = """
[source.made]
title = "Made for a test"
publisher = "Nobody"
dataset = "None"
edition = "none"
licence = "OGL-UK-3.0"
attribution = "Source: made for a test"
url = "https://example.org/"

[indicator.made_up]
label = "Made-up share"
short_label = "Made up"
actor = "research"
dimension = "outputs"
unit = "%"
decimals = 1
kind = "rate"
direction = "DIRECTION"
numerator = "Nothing"
denominator = "Nothing"
multiplier = 100
period = "2020"
periods = ["2020"]
formula = "None"
sources = ["made"]
caveat = "Synthetic."
uncertainty = "UNCERTAINTY"
overlap = "None."
"""


def figures(missing: dict[str, str] | None = None) -> pd.DataFrame:
    """Values 0, 1, 2, ... in the order of the LEP layer (a true 0 first); `missing` maps code to status."""
    codes = list(open_workspace().layer("lep").index)
    table = pd.DataFrame({"code": codes, "value": np.arange(len(codes), dtype=float), "status": "value"})
    table["lower"] = table["upper"] = np.nan
    for code, status in (missing or {}).items():
        table.loc[table["code"] == code, ["value", "status"]] = [np.nan, status]
    return table


def made_workspace(
    folder: Path,
    table: pd.DataFrame,
    *,
    england: float = 10.0,
    names: dict[str, str] | None = None,
    direction: str = "higher_is_better",
    uncertainty: str = "none",
    label: str = "Made-up share",
) -> Workspace:
    """Write the indicator "made_up" into `folder` and open it; `names` renames regions of the layer."""
    data = folder / "data"
    data.mkdir(parents=True)
    words = CATALOGUE.replace("DIRECTION", direction).replace("UNCERTAINTY", uncertainty)
    (data / "catalogue.toml").write_text(words.replace("Made-up share", label), encoding="utf-8")
    own = {"code": ENGLAND, "value": england, "status": "value", "lower": np.nan, "upper": np.nan}
    out = pd.concat([table.assign(geography="lep"), pd.DataFrame([own]).assign(geography="country")])
    out = out.assign(indicator="made_up", period="2020", numerator=np.nan, denominator=np.nan)
    out[list(OBSERVATION_COLUMNS)].reset_index(drop=True).to_parquet(data / "observations.parquet")
    if names:
        layer: gpd.GeoDataFrame = open_workspace().layer("lep").copy()
        layer["name"] = [names.get(str(code), name) for code, name in layer["name"].items()]
        (folder / "boundaries").mkdir()
        layer.reset_index().to_file(folder / "boundaries" / "lep_2021-05.gpkg", engine="pyogrio")
    return open_workspace(folder)
