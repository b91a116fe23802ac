"""Take it away: maps as pictures and pages, figures as tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from s3geo.errors import UsageError
from s3geo.exports.tables import figures_csv, neutralised
from s3geo.views.choropleth import RegionMap
from s3geo.views.static_map import FORMATS, static_map

__all__ = ["export", "figures_csv", "static_map"]


def export(what: RegionMap | pd.DataFrame | pd.Series, path: str | Path) -> Path:
    """Write a map or a table, by the suffix of the path.

    Parameters
    ----------
    what : RegionMap, DataFrame or Series
        A map of `s3geo.choropleth` (png, svg, pdf, html, csv) or a table (csv).
    path : str or Path
        Where to.

    Returns
    -------
    Path
        What was written.

    Raises
    ------
    UsageError
        A suffix that does not fit.

    Examples
    --------
    >>> import s3geo, tempfile
    >>> m = s3geo.choropleth(s3geo.open_workspace(), "gva_per_head")
    >>> s3geo.export(m, Path(tempfile.mkdtemp()) / "gva.svg").suffix
    '.svg'
    """
    path = Path(path)
    suffix = path.suffix.lower().lstrip(".")
    if isinstance(what, RegionMap):
        if suffix in FORMATS:
            path.write_bytes(static_map(what.workspace, what.table, suffix, selected=what.selected))
        elif suffix == "html":
            path.write_text(what.get_root().render(), encoding="utf-8")
        elif suffix == "csv":
            path.write_text(figures_csv(what.workspace, what.table), encoding="utf-8-sig")
        else:
            raise UsageError(f"A map can be written as {', '.join([*FORMATS, 'html', 'csv'])}, not {path.suffix!r}.")
    elif suffix == "csv":
        frame = what.to_frame() if isinstance(what, pd.Series) else what
        named = any(name is not None for name in frame.index.names)
        flat = neutralised(frame.reset_index() if named else frame)
        flat.to_csv(path, index=not named, encoding="utf-8-sig")
    else:
        raise UsageError(f"A table can be written as csv, not {path.suffix!r}.")
    return path
