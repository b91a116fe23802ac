"""The legend as HTML: the same on screen, beside a stand-alone map and in a notebook."""

from __future__ import annotations

from html import escape

from s3geo.views.class_table import ClassTable
from s3geo.views.patterns import NO_DATA_PATTERN

__all__ = ["LEGEND_CSS", "legend_html"]

LEGEND_CSS = """
.s3geo-legend{font:13px/1.35 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
color:#16202a;background:rgba(255,255,255,.94);border-radius:6px;padding:.6rem .75rem;max-width:15.5rem}
.s3geo-legend h3{font-size:13px;line-height:1.3;margin:0 0 .1rem;font-weight:600;padding:0;color:#16202a}
.s3geo-legend p{margin:0 0 .35rem;color:#4a5763;font-size:12px}
.s3geo-legend table{border-collapse:collapse;border:0;margin:0;font-size:13px;width:100%}
.s3geo-legend td:first-child{width:1.6rem}
.s3geo-legend tr{border:0}
.s3geo-legend td,.s3geo-legend th{padding:.08rem .4rem .08rem 0;border:0;font-weight:400;text-align:left;color:#16202a;
vertical-align:middle}
.s3geo-legend td.n{text-align:right;color:#4a5763;padding-right:0}
.s3geo-legend svg{display:block}
.s3geo-legend .how{margin:.3rem 0 0;font-size:11.5px}
"""
"""Style of the legend."""


def legend_html(table: ClassTable) -> str:
    """Return the legend: title, unit and period, breaks, number of regions in each class, and "no data".

    Parameters
    ----------
    table : ClassTable

    Returns
    -------
    str
        HTML; every text is escaped.
    """
    rows = "".join(
        f'<tr data-fill="{escape(row.fill, quote=True)}"><td>{_swatch(row.fill)}</td>'
        f'<th scope="row">{escape(row.label)}</th><td class="n">{row.count}</td></tr>'
        for row in table.legend
    )
    return (
        f'<section class="s3geo-legend" aria-label="Legend"><h3>{escape(table.title)}</h3>'
        f"<p>{escape(table.subtitle)}</p>"
        f'<table><caption style="position:absolute;clip-path:inset(50%);height:1px;overflow:hidden">'
        f"Classes and number of regions</caption><tbody>{rows}</tbody></table>"
        f'<p class="how">{escape(table.method)}</p></section>'
    )


def _swatch(fill: str) -> str:
    defs = f"<defs>{NO_DATA_PATTERN}</defs>" if fill.startswith("url") else ""
    return (
        f'<svg width="20" height="14" aria-hidden="true">{defs}'
        f'<rect x=".5" y=".5" width="19" height="13" fill="{escape(fill, quote=True)}" stroke="#8b959e"/></svg>'
    )
