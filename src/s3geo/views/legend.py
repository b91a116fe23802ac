"""The legend as HTML: the same on screen, beside a stand-alone map and in a notebook."""

from __future__ import annotations

from html import escape

from s3geo.views.bivariate import THIRDS, BivariateTable
from s3geo.views.class_table import ClassTable, LegendRow
from s3geo.views.patterns import NO_DATA_PATTERN

__all__ = ["LEGEND_CSS", "legend_html"]

_DARK = ' class="dark"'

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
.s3geo-legend .square td,.s3geo-legend .square td:first-child{width:34px;height:30px;padding:0;text-align:center;
border:1px solid #fff}
.s3geo-legend .square{width:auto}
.s3geo-legend .square tbody th{font-size:11.5px;color:#4a5763;padding-right:.4rem;text-align:right}
.s3geo-legend .square tfoot th{font-size:11.5px;color:#4a5763;text-align:center;padding:0}
.s3geo-legend .square .dark{color:#fff}
.s3geo-legend .how{margin:.3rem 0 0;font-size:11.5px}
"""
"""Style of the legend."""


def legend_html(table: ClassTable | BivariateTable) -> str:
    """Return the legend: title, unit and period, breaks, number of regions in each class, and "no data".

    Parameters
    ----------
    table : ClassTable or BivariateTable
        The second gets a square of nine classes with both axes named.

    Returns
    -------
    str
        HTML; every text is escaped.
    """
    body = _square(table) if isinstance(table, BivariateTable) else _rows(table.legend)
    title = (
        "" if isinstance(table, BivariateTable) else f"<h3>{escape(table.title)}</h3><p>{escape(table.subtitle)}</p>"
    )
    note = f"<br>{escape(table.status_note)}" if table.status_note else ""
    return (
        f'<section class="s3geo-legend" aria-label="Legend">{title}{body}'
        f'<p class="how">{escape(table.method)}{note}</p></section>'
    )


def _rows(entries: list[LegendRow]) -> str:
    rows = "".join(
        f'<tr data-fill="{escape(row.fill, quote=True)}"><td>{_swatch(row.fill)}</td>'
        f'<th scope="row">{escape(row.label)}</th><td class="n">{row.count}</td></tr>'
        for row in entries
    )
    return (
        f'<table><caption style="position:absolute;clip-path:inset(50%);height:1px;overflow:hidden">'
        f"Classes and number of regions</caption><tbody>{rows}</tbody></table>"
    )


def _square(table: BivariateTable) -> str:
    """Return the key of nine classes: x from left to right, y from below, counts inside."""
    nine, rest = table.legend[:9], table.legend[9:]
    lines = "".join(
        f'<tr><th scope="row">{THIRDS[y]}</th>'
        + "".join(
            f'<td style="background:{row.fill}" data-fill="{row.fill}"{_DARK if x + y > 1 else ""} '
            f'title="{escape(row.label)}">{row.count}</td>'
            for x, row in enumerate(nine[3 * y : 3 * y + 3])
        )
        + "</tr>"
        for y in (2, 1, 0)
    )
    heads = "".join(f'<th scope="col">{word}</th>' for word in THIRDS)
    return (
        f"<h3>↑ {escape(table.y.title)}</h3><p>{escape(table.y.subtitle)}</p>"
        '<table class="square"><caption style="position:absolute;clip-path:inset(50%);height:1px;overflow:hidden">'
        "Number of regions in each third of one indicator (columns) and of the other (rows)</caption>"
        f"<tbody>{lines}</tbody><tfoot><tr><td></td>{heads}</tr></tfoot></table>"
        f"<h3>→ {escape(table.x.title)}</h3><p>{escape(table.x.subtitle)}</p>{_rows(rest) if rest else ''}"
    )


def _swatch(fill: str) -> str:
    defs = f"<defs>{NO_DATA_PATTERN}</defs>" if fill.startswith("url") else ""
    return (
        f'<svg width="20" height="14" aria-hidden="true">{defs}'
        f'<rect x=".5" y=".5" width="19" height="13" fill="{escape(fill, quote=True)}" stroke="#8b959e"/></svg>'
    )
