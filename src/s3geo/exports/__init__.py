"""Take it away: maps and charts as pictures, a page that needs no internet, figures as tables and layers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from s3geo.errors import UsageError
from s3geo.exports.about import About, about, about_figures, data_version, today
from s3geo.exports.briefing import Briefing, briefing
from s3geo.exports.briefing_files import BRIEFINGS, briefing_file
from s3geo.exports.bundle import bundle
from s3geo.exports.csvw import csvw
from s3geo.exports.files import Asked, chart_file, map_file, maps_file, table_file, tabled
from s3geo.exports.index import index_csv, index_figures
from s3geo.exports.layers import figures_layer, geojson, geopackage, parquet
from s3geo.exports.partners import about_partners, partners_credit, partners_table
from s3geo.exports.tables import comparison_table, figures_csv, figures_table
from s3geo.views.bivariate import BivariateTable
from s3geo.views.choropleth import RegionMap
from s3geo.views.class_table import ClassTable
from s3geo.views.profile import Profile, region_profile
from s3geo.views.static_map import static_map
from s3geo.workspace import Workspace, open_workspace
from s3geo.writing import write_whole

__all__ = [
    "BRIEFINGS",
    "About",
    "Asked",
    "Briefing",
    "about",
    "about_figures",
    "about_partners",
    "briefing",
    "briefing_file",
    "bundle",
    "chart_file",
    "comparison_table",
    "csvw",
    "data_version",
    "export",
    "figures_csv",
    "figures_layer",
    "figures_table",
    "index_csv",
    "index_figures",
    "map_file",
    "maps_file",
    "partners_credit",
    "partners_table",
    "static_map",
    "table_file",
    "tabled",
    "today",
]


def export(
    what: RegionMap | ClassTable | BivariateTable | Sequence[RegionMap] | Profile | pd.DataFrame | pd.Series,
    path: str | Path,
    *,
    ws: Workspace | None = None,
    picture: str = "map",
    page: str = "portrait",
    dpi: int = 150,
    selected: Sequence[str] | None = None,
    permalink: str | None = None,
) -> Path:
    """Write a map, small maps, a profile or a table, by the suffix of the path.

    Parameters
    ----------
    what : RegionMap, ClassTable, BivariateTable, sequence of RegionMap, Profile, DataFrame or Series
        One map: png, svg, pdf, html, csv, xlsx, geojson, gpkg, parquet, zip. Small maps of `s3geo.views.multiples`:
        png, svg, pdf, csv, xlsx, parquet, zip. A profile of `s3geo.region_profile`: pdf, html, docx, the briefing
        of the region. A table: csv, xlsx, parquet, and with geometry geojson and gpkg.
        A CSV of a map gets its W3C metadata beside it, ``NAME.csv-metadata.json``.
    path : str or Path
        Where to.
    ws : Workspace, optional
        Where boundaries and figures come from; by default that of the map, else the one `open_workspace` opens.
    picture : {"map", "chart"}
        What a png, svg or pdf shows: the map, or the areas ranked.
    page : {"portrait", "a4", "slide"}
        Sheet of the picture of one map.
    dpi : int
        Dots per inch of a PNG.
    selected : sequence of str, optional
        Codes outlined and named; by default those of the map.
    permalink : str, optional
        Address of the view; by default made from ``S3GEO_ADDRESS``, else the version of the data.

    Returns
    -------
    Path
        What was written.

    Raises
    ------
    UsageError
        A suffix that does not fit, an unknown page or picture.

    Examples
    --------
    >>> import s3geo, tempfile
    >>> m = s3geo.choropleth(s3geo.open_workspace(), "gva_per_head")
    >>> s3geo.export(m, Path(tempfile.mkdtemp()) / "gva.svg").suffix
    '.svg'
    """
    path = Path(path)
    suffix = path.suffix.lower().lstrip(".")
    if isinstance(what, pd.DataFrame | pd.Series):
        write_whole(path, _table(what, suffix))
        return path
    if isinstance(what, Profile):
        write_whole(path, _briefing(ws or open_workspace(), what, suffix, permalink))
        return path
    if picture not in {"map", "chart"}:
        raise UsageError(f"A picture shows the map or the chart, not {picture!r}.")
    maps = [what] if isinstance(what, RegionMap | ClassTable | BivariateTable) else list(what)
    if not maps or not all(isinstance(m, RegionMap | ClassTable | BivariateTable) for m in maps):
        raise UsageError("Only maps and tables can be written; see `s3geo.choropleth`.")
    tables = [m.table if isinstance(m, RegionMap) else m for m in maps]
    first = maps[0]
    ws = ws or (first.workspace if isinstance(first, RegionMap) else open_workspace())
    outlined = first.selected if selected is None and isinstance(first, RegionMap) else selected or ()
    said, asked = about(ws, tables, permalink=permalink), Asked(tuple(outlined), page, dpi)
    one = not isinstance(what, Sequence)
    if suffix == "zip":
        body = bundle(ws, tables, said, asked)
    elif picture == "chart":
        body = chart_file(ws, tables[0], suffix, said, asked)
    elif one:
        body = map_file(ws, tables[0], suffix, said, asked)
    else:
        body = maps_file(ws, tables, suffix, said, asked)
    write_whole(path, body)
    if suffix == "csv":
        beside = path.with_name(f"{path.name}-metadata.json")
        write_whole(beside, csvw(tabled(ws, tables, said), path.name, said).encode())
    return path


def _briefing(ws: Workspace, what: Profile, suffix: str, permalink: str | None) -> bytes:
    """Return the briefing of the region of a profile, which must be of this workspace."""
    if not region_profile(ws, what.code, what.geography).cells.equals(what.cells):
        raise UsageError(f"The profile of {what.name} has other figures than this workspace; give its own as ws.")
    return briefing_file(briefing(ws, what.code, what.geography, permalink=permalink), suffix)


def _table(what: pd.DataFrame | pd.Series, suffix: str) -> bytes:
    """Return a table of any kind as a file."""
    frame: Any = what.to_frame() if isinstance(what, pd.Series) else what
    if any(name is not None for name in frame.index.names) or not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index()
    if isinstance(frame, gpd.GeoDataFrame):
        written = {"geojson": geojson, "gpkg": lambda layer: geopackage(layer, "areas"), "parquet": parquet}
        if suffix in written:
            return written[suffix](frame)
        frame = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    return table_file(frame, suffix)
