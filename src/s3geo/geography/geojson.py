"""GeoJSON, read feature by feature, so that a fault has a line or a feature number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from s3geo.errors import LayerError
from s3geo.files import clean_text, file_problem
from s3geo.geography.crs import stated_crs
from s3geo.settings import WGS84

if TYPE_CHECKING:
    import geopandas as gpd
    from pyproj import CRS

__all__ = ["read_geojson"]

AGAIN = "Download or export it again."


def read_geojson(here: Path, shown: str) -> gpd.GeoDataFrame:
    """Read the features of a GeoJSON file.

    Parameters
    ----------
    here : Path
        The file.
    shown : str
        What to call it in messages.

    Returns
    -------
    GeoDataFrame
        One column for each property; in the reference system that the old ``crs`` member names, else WGS84,
        which is what GeoJSON means.

    Raises
    ------
    FileProblem
        If it is no GeoJSON, cut short or damaged.
    LayerError
        If the geometry of a feature cannot be read.
    """
    import geopandas as gpd
    import pandas as pd
    from shapely.geometry import shape

    features, crs = _features(here, shown)
    geometries: list[Any] = []
    problems: list[dict[str, object]] = []
    for number, feature in enumerate(features, start=1):
        try:
            geometries.append(shape(feature["geometry"]) if feature["geometry"] else None)
        except Exception as error:  # shapely raises whatever the malformed coordinates lead to
            step = "Repair or remove this feature."
            fault = f"geometry cannot be read ({str(error)[:200]})"
            problems.append({"file": shown, "row": number, "problem": fault, "next_step": step})
    if problems:
        first = problems[0]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        message = f"{shown}, feature {first['row']}: {first['problem']}{more}. {first['next_step']}"
        raise LayerError(message, problems)
    rows = [_cleaned(feature.get("properties") or {}) for feature in features]
    table = pd.DataFrame(rows, index=range(len(rows))).drop(columns="geometry", errors="ignore")
    return gpd.GeoDataFrame(table, geometry=geometries, crs=crs)


def _cleaned(properties: dict[str, Any]) -> dict[str, Any]:
    plain = ((key, clean_text(value) if isinstance(value, str) else value) for key, value in properties.items())
    return {clean_text(key): value for key, value in plain}


def _features(here: Path, shown: str) -> tuple[list[dict[str, Any]], CRS | str]:
    try:
        document = json.loads(here.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise file_problem(shown, f"is not UTF-8 text (byte {error.start})", AGAIN) from error
    except RecursionError as error:
        raise file_problem(shown, "is nested too deeply to be GeoJSON", AGAIN) from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        cut = error.pos >= len(error.doc.rstrip()) - 1 or error.msg.startswith("Unterminated")
        problem = f"is cut short at {where}" if cut else f"is damaged at {where} ({error.msg})"
        raise file_problem(shown, problem, AGAIN, row=error.lineno) from error
    except ValueError as error:  # an integer of more digits than Python reads
        raise file_problem(shown, "holds a number of thousands of digits", AGAIN) from error
    step = "Export the layer as a GeoJSON FeatureCollection."
    if not isinstance(document, dict) or document.get("type") not in ("FeatureCollection", "Feature"):
        held = document.get("type") if isinstance(document, dict) else None
        problem = f"is JSON of the type {held!r}, not a GeoJSON FeatureCollection"
        raise file_problem(shown, problem, step)
    features = [document] if document["type"] == "Feature" else document.get("features")
    if not isinstance(features, list) or not all(isinstance(one, dict) and "geometry" in one for one in features):
        raise file_problem(shown, "has no proper list of features", step)
    if not all(isinstance(one.get("properties") or {}, dict) for one in features):
        raise file_problem(shown, "has features whose properties are no JSON object", step)
    named = document.get("crs")
    properties = named.get("properties") if isinstance(named, dict) else None
    crs = properties.get("name") if isinstance(properties, dict) else None
    return features, stated_crs(crs, shown) if isinstance(crs, str) else WGS84
