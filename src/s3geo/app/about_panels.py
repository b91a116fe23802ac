"""What the pages About and Data say of licences, contact and files, as HTML; every text is escaped."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd

from s3geo.model.catalogue import STATUSES
from s3geo.model.provenance import LICENCES
from s3geo.views.datapackages import DescribedFile
from s3geo.views.wording import number

__all__ = ["code_licences", "contact_words", "files", "licence_table", "statuses"]

NOBODY = (
    "Whoever runs this copy of s3geo has named no contact for it. Ask those who gave you its address; they name one "
    "with the setting S3GEO_CONTACT."
)


def contact_words(contact: str) -> str:
    """Return whom to tell of an error: a link where the setting is an address, its words, or that none is named.

    Parameters
    ----------
    contact : str
        An e-mail address, an address on the web, or words.

    Returns
    -------
    str
        HTML of one paragraph.

    Examples
    --------
    >>> contact_words("observatory@example.org")
    '<p>Tell <a href="mailto:observatory@example.org">observatory@example.org</a>.</p>'
    """
    contact = contact.strip()
    if not contact:
        return f"<p>{escape(NOBODY)}</p>"
    shown = escape(contact)
    if contact.startswith(("https://", "http://")):
        return f'<p>Tell <a href="{escape(contact, quote=True)}">{shown}</a>.</p>'
    if contact.count("@") == 1 and not any(c.isspace() for c in contact):
        return f'<p>Tell <a href="mailto:{escape(contact, quote=True)}">{shown}</a>.</p>'
    return f"<p>{shown}</p>"


def licence_table(sources: pd.DataFrame) -> str:
    """Return the sources of `s3geo.views.datapackages.sources_in_use` as one table, figures first."""
    groups = "".join(
        f'<tbody><tr><th scope="rowgroup" colspan="3"><b>{escape(str(of).capitalize())}</b></th></tr>'
        + "".join(_source(row) for row in group.to_dict("records"))
        + "</tbody>"
        for of, group in sources.groupby("of", sort=False)
    )
    return (
        '<div class="s3"><div class="wide" tabindex="0" role="region" aria-label="Sources and their licences">'
        '<table class="terms"><thead><tr><th scope="col">Source and edition</th><th scope="col">Licence</th>'
        f'<th scope="col">Credit</th></tr></thead>{groups}</table></div></div>'
    )


def _source(row: dict[Any, Any]) -> str:
    return (
        f'<tr><th scope="row">{_link(row["title"], row["url"])}<br><small>{escape(row["publisher"])}; '
        f"{escape(row['edition'])}</small></th><td>{_link(row['licence'], row['licence_url'])}</td>"
        f"<td>{escape(row['attribution'])}</td></tr>"
    )


def _link(text: str, url: str) -> str:
    """Return a link to another place on the web; words alone where there is none."""
    if not url.startswith(("https://", "http://")):
        return escape(text)
    return f'<a href="{escape(url, quote=True)}">{escape(text)}</a>'


def files(described: tuple[DescribedFile, ...]) -> str:
    """Return every file with its columns, each to be opened."""
    return f'<div class="s3 files">{"".join(_file(file) for file in described)}</div>'


def _file(file: DescribedFile) -> str:
    rows = "".join(
        f'<tr><th scope="row"><code>{escape(name)}</code></th><td>{escape(kind)}{f", {escape(unit)}" if unit else ""}'
        f"</td><td>{escape(text)}</td></tr>"
        for name, kind, unit, text in file.columns
    )
    table = (
        '<table><thead><tr><th scope="col">Column</th><th scope="col">Type and unit</th><th scope="col">What it holds'
        f"</th></tr></thead><tbody>{rows}</tbody></table>"
    )
    note = f"<p>{escape(file.note)}</p>" if file.note else ""
    return (
        f"<details><summary><code>{escape(file.path)}</code>: {escape(file.title)} "
        f"({number(file.size / 1000, 0)} kB)</summary>{note}{table if rows else ''}</details>"
    )


def statuses() -> str:
    """Return what the status of a figure means."""
    rows = "".join(
        f'<tr><th scope="row"><code>{escape(name)}</code></th><td>{escape(text)}</td></tr>'
        for name, text in STATUSES.items()
    )
    return (
        '<div class="s3"><table class="terms"><thead><tr><th scope="col">Status</th><th scope="col">Meaning</th></tr>'
        f"</thead><tbody>{rows}</tbody></table></div>"
    )


def code_licences() -> str:
    """Return under which licences the code and what is made of it stand."""
    ogl, cc_by = LICENCES["OGL-UK-3.0"], LICENCES["CC-BY-4.0"]
    return (
        '<div class="s3"><p><b>Code:</b> MIT License, in full below. Leaflet, which draws the map, is BSD-2-Clause; '
        "supercluster, which gathers points, is ISC.</p>"
        "<p><b>Figures, boundaries, maps and tables</b> keep the licences of their publishers, named in the table: "
        f"mostly the {_link(ogl.title, ogl.url)}, some {_link(cc_by.title, cc_by.url)}. You may use, change and "
        "pass them on, for money too, if you credit the source as written there and say what you changed. Every file "
        "you take away carries the lines it owes.</p></div>"
    )
