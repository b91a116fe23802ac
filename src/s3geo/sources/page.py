"""``docs/sources.md``, made from the registry, so that the two cannot differ."""

from __future__ import annotations

from s3geo.model.provenance import LICENCES
from s3geo.sources.live_source import UNVERIFIED, LiveSource
from s3geo.sources.registry import SOURCES

__all__ = ["sources_page"]

_HEAD = f"""\
# Sources that refresh

This page is made from `s3geo.sources.registry` by `s3geo.sources.page`; do not edit it by hand.

`s3geo refresh [SOURCE...]` fetches a source from its publisher, stores the answer as it came under its SHA-256 in
`snapshots/`, parses it, checks it, shows what is different from the last time and only then adopts it. A failure at
any step leaves everything as it was: exit code 3 if a source was unavailable or answered wrongly, 1 if its table does
not validate. `--dry-run` writes nothing at all. Without a name all sources are fetched, at one request a second to a
host: Gateway to Research alone comes in hundreds of pages.

**What is not verified: every address is {UNVERIFIED}.** This part was written without access to the publishers.
"In public use" means that public code reads the same address; the others follow the publisher's pattern. Layouts of
answers are those of the official files where these were at hand, otherwise those that public code and the
publishers' documentation show; the column "Known layout" says which.

**What ends up in `data/`.** A source that has the layout of a table of the raw folder ("compiled" below) takes the
place of that table in `s3geo refresh SOURCE... --from FOLDER`: the indicators are computed from the folder with the
fresh table in it. Everything else is kept as a snapshot and a tidy table (`sources/ID.parquet`), to be looked at and
compared; `data/` is compiled from the folder alone.
"""

_LAYOUTS = {
    "ons_population": "official workbook",
    "ons_business_demography": "official workbook",
    "ref2021": "official workbook",
    "nomis_bres": "labels of the official workbook; CSV of the API from its documentation",
    "nomis_ubc": "labels of the official workbook; CSV of the API from its documentation",
    "nomis_aps_qualifications": "labels of the official table; CSV of the API from its documentation",
    "nomis_aps_occupations": "labels of the official table; CSV of the API from its documentation",
    "ons_lep": "official GeoJSON",
    "ons_lad": "official GeoJSON",
    "ons_combined_authority": "official GeoJSON",
}


def _how(source: LiveSource) -> str:
    return "snapshot, tidy table; **compiled**" if source.raw else "snapshot, tidy table"


def sources_page() -> str:
    """Write the page.

    Returns
    -------
    str
        Markdown: what a refresh does, one table of all sources, one entry for each.
    """
    lines = [
        _HEAD,
        "## All sources",
        "",
        "| Source | Publisher | Licence | Renewed | How refreshed | Known layout |",
        "|---|---|---|---|---|---|",
    ]
    for source in SOURCES.values():
        licence = LICENCES[source.licence]
        cells = (
            f"[`{source.id}`](#{source.id})",
            source.publisher,
            f"[{licence.title}]({licence.url})",
            source.cadence,
            _how(source),
            _LAYOUTS.get(source.id, "public code and documentation"),
        )
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "## Addresses", ""]
    for source in SOURCES.values():
        lines += [
            f'<a id="{source.id}"></a>',
            "",
            f"### {source.title}",
            "",
            f"- **Name for `s3geo refresh`:** `{source.id}`",
            f"- **Format:** {source.format}",
            f"- **A row is named by:** {', '.join(source.key)}; at least {source.least:,} rows",
            f"- **Address:** <{source.address}>",
            f"- **Mind:** {source.note}",
            "",
        ]
    return "\n".join(lines).rstrip() + "\n"
