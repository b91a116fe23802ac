"""How far the rankings of partners can be trusted, in a sentence each, from the kept result of `s3geo validate`."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

from s3geo.settings import bundled
from s3geo.views.validation_regions import DEFAULT, GRAVITY
from s3geo.workspace import Workspace

__all__ = ["trust_line", "trust_line_of_areas"]

_MAIN = ("all", "popularity")


@functools.cache
def _result() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(__file__).with_name("validation.json").read_text("utf-8"))
    return found


def _kept(ws: Workspace) -> dict[str, Any] | None:
    """Return the kept result where it is of the links of this workspace."""
    return _result() if ws.file("data", "participations.parquet") == bundled("data", "participations.parquet") else None


def trust_line(ws: Workspace) -> str:
    """Say in a sentence how well the ranking of organisations did.

    Parameters
    ----------
    ws : Workspace

    Returns
    -------
    str
        "" where its Horizon 2020 links are not the bundled ones, which is what was tested.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> "2018" in trust_line(open_workspace())
    True
    """
    if (kept := _kept(ws)) is None:
        return ""
    auc = {row["method"]: row["auc"] for row in kept["metrics"] if row["run"] == "all"}
    found = {row["method"]: row["average_precision"] for row in kept["metrics"] if row["run"] == "all"}
    gap = next(
        row
        for row in kept["differences"]
        if (row["run"], row["baseline"]) == _MAIN and row["metric"] == "average_precision"
    )
    top = (
        ""
        if gap["lower"] > 0
        else f" At the top of the list it is no clear gain over that (95 % interval of the difference "
        f"{_signed(gap['lower'])} to {_signed(gap['upper'])}){_of_methods(kept.get('tried'))}."
    )
    return (
        f"Tested on new Horizon 2020 partners of {kept['year']}: a later partner ranked above another organisation in "
        f"{100 * auc['default']:.0f} of 100 comparisons, against {100 * auc['popularity']:.0f} when ranked by number "
        f"of partners alone (average precision {found['default']:.2f} and {found['popularity']:.2f}).{top}"
    )


def trust_line_of_areas(ws: Workspace) -> str:
    """Say in a sentence how well the ranking of areas did.

    Parameters
    ----------
    ws : Workspace

    Returns
    -------
    str
        "" where its Horizon 2020 links are not the bundled ones, which is what was tested.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> "size and distance" in trust_line_of_areas(open_workspace())
    True
    """
    if (kept := _kept(ws)) is None:
        return ""
    row = next(row for row in kept["regions"] if row["model"] == DEFAULT)
    others = [other for other in kept["regions"] if other["model"] not in {GRAVITY, DEFAULT}]
    unlinked = [other for other in others if not other["links"]]
    better = [other for other in unlinked if other["lower"] > 0]
    words = f"{100 * row['improvement']:.0f} % better" if row["lower"] > 0 else "no better"
    rest = (
        f"Nor did any of {len(unlinked)} other models without existing links do clearly better."
        if not better
        else f"{len(better)} of {len(unlinked)} other models without existing links did clearly better."
    )
    return (
        f"A help to explore, not advice: on the joint Horizon 2020 projects of {kept['year']} between areas, a model "
        f"with this score did {words} than size and distance alone (deviance {_lower(row['improvement'])}; 95 % "
        f"interval {_lower(row['lower'])} to {_lower(row['upper'])}). {rest}"
    )


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "\N{MINUS SIGN}")


def _lower(improvement: float) -> str:
    return f"{100 * abs(improvement):.1f} % {'lower' if improvement > 0 else 'higher'}"


def _of_methods(tried: dict[str, Any] | None) -> str:
    """Say what the other methods did, where the result was kept with them."""
    if tried is None:
        return ""
    if tried["clearly_better"]:
        return f", though {tried['clearly_better']} of {tried['methods']} methods tried were"
    return f", nor was any of {tried['methods']} methods tried"
