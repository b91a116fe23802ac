"""What a map has that stands alone in a file or a notebook: keyboard, one selection, and its rows as a table."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from html import escape
from pathlib import Path

import pandas as pd

from s3geo.views.bivariate import BivariateTable
from s3geo.views.class_table import ClassTable
from s3geo.views.legend import LEGEND_CSS, legend_html
from s3geo.views.palette import INK

__all__ = ["HINT", "PAGE_CSS", "behaviour", "notebook_html", "rows_html"]

_PARTS = Path(__file__).resolve().parents[1] / "app" / "assets" / "parts"

HINT = "Point at an area, or Tab into the map and use the arrow keys; Enter chooses, Escape clears."
"""What is said while nothing is chosen."""

PAGE_CSS = f"""
.s3geo-side{{position:absolute;right:12px;top:12px;z-index:800;width:min(21rem,calc(100% - 5rem));
font:13px/1.4 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;color:{INK}}}
.s3geo-said{{margin:0 0 6px;padding:8px 12px;background:rgba(255,255,255,.95);border-radius:6px}}
.s3geo-said button{{display:block;margin-top:6px;min-height:28px;padding:2px 10px;font:inherit}}
.s3geo-rows{{background:rgba(255,255,255,.97);border-radius:6px}}
.s3geo-rows summary{{padding:6px 12px;min-height:24px;cursor:pointer}}
.s3geo-rows div{{max-height:calc(100vh - 12rem);overflow:auto;padding:0 12px 8px}}
.s3geo-rows table{{border-collapse:collapse;width:100%}}
.s3geo-rows caption{{text-align:left;color:#4a5763;padding-bottom:4px}}
.s3geo-rows th{{text-align:left;font-weight:400}} .s3geo-rows thead th{{font-weight:600}}
.s3geo-rows th,.s3geo-rows td{{padding:3px 8px 3px 0;border-top:1px solid #dfe5e9;vertical-align:top}}
path.leaflet-interactive:focus{{outline:none}}
path.leaflet-interactive:focus-visible{{stroke:{INK};stroke-width:3px;stroke-dasharray:6 3}}
.leaflet-tooltip.s3map-tip{{font:13px/1.35 system-ui,sans-serif;white-space:normal;width:max-content;max-width:16rem}}
@media (max-width:640px){{html,body{{height:auto !important}} body{{display:flex;flex-direction:column}}
.folium-map{{order:1;height:62vh !important}} .s3geo-side{{order:2}} .s3geo-corner{{order:3}} .s3geo-source{{order:4}}
body .s3geo-side,body .s3geo-corner,body .s3geo-source{{position:static;width:auto;margin:0}}}}
"""
"""Style of what stands beside the map."""


@lru_cache(maxsize=1)
def _scripts() -> str:
    """Return the script of the regions and that of the page as one: their import and export fall away."""
    areas, page = ((_PARTS / name).read_text("utf-8") for name in ("areas.js", "standalone.js"))
    areas = re.sub(r"^import .*?;\n", "", areas, flags=re.MULTILINE)
    return re.sub(r"^export ", "", areas, flags=re.MULTILINE) + page


def behaviour(names: dict[str, str | None], selected: str | None) -> str:
    """Return the script of a saved map.

    Parameters
    ----------
    names : dict
        Names of folium's objects in the page: map, regions, overlaps (or None).
    selected : str, optional
        Code chosen when the page opens.
    """
    found = ", ".join(f"{key}: {name or 'null'}" for key, name in names.items())
    # a code of a user's own layer is text like any other
    code = json.dumps(selected).replace("<", "\\u003c")
    said = json.dumps(HINT)
    objects = f'const s3geo = {{ ink: "{INK}", hint: {said}, selected: {code}, objects: () => ({{ {found} }}) }};'
    return f"(() => {{\n{objects}\n{_scripts()}}})();"


def notebook_html(table: ClassTable | BivariateTable) -> str:
    """Return a class table as a notebook shows it: its legend, whose figures they are, and all rows to open."""
    credit = f'<p style="font-size:12px;max-width:60rem">{escape(table.boundaries)}. {escape(table.attribution)}</p>'
    return f"<style>{LEGEND_CSS}</style>{legend_html(table)}{rows_html(table)}{credit}"


def rows_html(table: ClassTable | BivariateTable) -> str:
    """Return every region with its value and class as a table that opens, highest first, no data last."""
    order = table.rows.sort_values("name").index
    if isinstance(table, ClassTable):
        order = table.rows.sort_values("value", ascending=False, kind="stable", na_position="last").index
    rows = "".join(
        f'<tr><th scope="row">{escape(str(table.rows["name"][code]))}</th>'
        f"<td>{escape(table.words(str(code))).replace(chr(10), '<br>')}</td><td>{_class(table, str(code))}</td></tr>"
        for code in order
    )
    return (
        f'<details class="s3geo-rows"><summary>All {len(table.rows)} areas as a table</summary><div tabindex="0">'
        f"<table><caption>{escape(table.title)}, {escape(table.subtitle)}</caption><thead><tr>"
        f'<th scope="col">Area</th><th scope="col">Value</th><th scope="col">Class</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div></details>"
    )


def _class(table: ClassTable | BivariateTable, code: str) -> str:
    found = table.rows["class"][code]
    if pd.isna(found):
        return "no data"
    if isinstance(table, BivariateTable):
        return escape(table.legend[int(found)].label)
    return f"{int(found) + 1} of {table.breaks.k}"
