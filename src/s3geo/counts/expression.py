"""The counting itself, as one expression of Ibis that every engine runs unchanged.

Numbers are added as decimals with six places, so that the sum does not depend on the order in which parts are added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from s3geo.counts.places import NO_POSTCODE, UNKNOWN
from s3geo.counts.sic import CODE

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["KEYS", "counts", "organisations"]

KEYS = ("sector", "division", "section", "kind", "year")
"""What can be counted by beside areas."""

_TEXTS = ("id", "postcode", "sector", "kind", "year")
_YEAR = r"(?:^|\D)((?:19|20)\d\d)(?:\D|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$|$)"
"""A year by itself, in a date, or before month and day; 19052019 says day and month first, and is no year."""
_THOUSANDS = r"^[£+-]*\d{1,3}(,\d{3})+(\.\d+)?$"


def organisations(table: ir.Table, columns: Mapping[str, str]) -> ir.Table:
    """Return a file's organisations in the form the counting takes, with text where nothing is given as "".

    Parameters
    ----------
    table : ibis Table
        As the file has it.
    columns : mapping
        Role (id, postcode, sector, kind, year, number) to the name of its column.

    Returns
    -------
    ibis Table
        id, postcode (capitals, no space), sector, kind, year (four digits), number (decimal, missing where none), given
        (1 where something is given for the number, else 0).
    """
    import ibis

    def text(role: str) -> ir.StringValue:
        if role not in columns:
            return ibis.literal("")
        return table[columns[role]].cast("string").fill_null("").strip()

    made: dict[str, ir.Value] = {role: text(role) for role in _TEXTS}
    squeezed = made["postcode"].upper().replace(" ", "").replace("\u00a0", "").replace("\t", "")
    made["postcode"] = squeezed
    made["year"] = made["year"].re_extract(_YEAR, 1).fill_null("")
    number, given = ibis.null("decimal(28, 6)"), ibis.literal(0).cast("int64")
    if "number" in columns:
        raw = table[columns["number"]]
        if raw.type().is_string():
            raw = raw.strip().nullif("")
            given = raw.notnull().cast("int64")
            whole = ibis.cases((raw.re_search(_THOUSANDS), raw.replace(",", "")), else_=raw)
            raw = whole.replace("£", "")
        else:
            if raw.type().is_floating():
                raw = raw.nullif(ibis.literal(float("nan")))
            given = raw.notnull().cast("int64")
        number = raw.try_cast("decimal(28, 6)")
    return table.select(**made, number=number, given=given)


def counts(
    rows: ir.Table, postcodes: ir.Table, members: ir.Table, divisions: ir.Table, keys: Sequence[str]
) -> ir.Table:
    """Count organisations by area and `keys`.

    Parameters
    ----------
    rows : ibis Table
        Of `organisations`; rows with an id that are equal in id, postcode, sector, kind, year and number are taken
        once.
    postcodes : ibis Table
        postcode, district.
    members : ibis Table
        district, code: a district counts in every code it stands beside.
    divisions : ibis Table
        division, section of SIC 2007.
    keys : sequence of str
        Of `KEYS`.

    Returns
    -------
    ibis Table
        code, the keys, organisations (distinct ids), rows, without_id (rows), number (sum), numbers (rows with one),
        given (rows where something is given for it).
    """
    import ibis
    from ibis import _

    nameless = rows.id == ""
    once = rows.filter(~nameless).distinct().union(rows.filter(nameless))
    placed = once.left_join(postcodes, "postcode")
    known = _.district.fill_null(UNKNOWN)
    placed = placed.mutate(district=ibis.cases((_.postcode == "", NO_POSTCODE), else_=known)).drop("postcode_right")
    if "division" in keys or "section" in keys:
        placed = placed.mutate(division=_.sector.re_extract(CODE, 1).fill_null(""))
        placed = placed.left_join(divisions, "division")
        placed = placed.mutate(
            section=_.section.fill_null(""), division=ibis.cases((_.section.isnull(), ""), else_=_.division)
        )
    slim = placed.select("district", *keys, "id", "number", "given")
    return (
        slim.inner_join(members, "district")
        .group_by(["code", *keys])
        .aggregate(
            organisations=_.id.nullif("").nunique(),
            rows=_.count(),
            without_id=(_.id == "").cast("int64").sum(),
            number=_.number.sum(),
            numbers=_.number.count(),
            given=_.given.sum(),
        )
    )
