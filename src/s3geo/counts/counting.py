"""From files to counts: find the columns, place the postcodes, run the expression, say what was not counted where."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from s3geo.counts.engines import Engine, engine
from s3geo.counts.expression import KEYS, counts, organisations
from s3geo.counts.files import ROLES, Source, open_source, sources_of
from s3geo.counts.places import BESIDE, ELSEWHERE, NO_POSTCODE, UNKNOWN, members, write_postcodes
from s3geo.counts.sic import divisions
from s3geo.errors import UsageError, listed
from s3geo.settings import ENGLAND
from s3geo.workspace import GEOGRAPHIES, Workspace, open_workspace

__all__ = ["Counted", "count_organisations"]

_OWN = ("code", "name", "organisations", "rows", *KEYS)
_FROM = {"division": "sector", "section": "sector"}


@dataclass(frozen=True)
class Counted:
    """Counts, and what has to be known to read them.

    Attributes
    ----------
    table : DataFrame
        One row for each area and combination that occurs: code, name, the keys, organisations (distinct ids), rows,
        and, where a number was added, its sum under its own name and `with_NAME`, the rows that have one.
    notes : tuple of str
        What was read, what lies where, and what could not be placed.
    """

    table: pd.DataFrame
    notes: tuple[str, ...]


def count_organisations(
    files: Sequence[str | Path],
    by: Sequence[str] = ("lep",),
    *,
    number: str | None = None,
    columns: Mapping[str, str] | None = None,
    postcodes: str | Path | None = None,
    ws: Workspace | None = None,
    engine_name: str = "duckdb",
    memory: str | None = None,
    master: str | None = None,
    folder: str | Path | None = None,
    running: Engine | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Counted:
    r"""Count the organisations of files by area, sector, kind and year.

    Parameters
    ----------
    files : sequence of path
        .csv and .parquet files, or folders of them, with an id and a postcode a row and, if wanted, sector (SIC 2007),
        kind, year and a number; names of columns are found in many spellings.
    by : sequence of str
        At most one of lep, lad, county, region and combined_authority, and any of sector (as written), division and
        section (of SIC 2007), kind and year.
    number : str, optional
        Name of a column to add up, such as employees.
    columns : mapping, optional
        Which column is meant where it goes by another name: ``{"postcode": "Address 4"}``.
    postcodes : path, optional
        Another directory of postcodes; see `s3geo.counts.places.write_postcodes`.
    ws : Workspace, optional
        Whose memberships count; by default the bundled.
    engine_name : {"duckdb", "spark"}
    memory, master : str, optional
        See `s3geo.counts.engines.engine`.
    folder : path, optional
        For files in between; with Spark on several machines a folder that all of them see. By default a folder that is
        deleted at the end.
    running : Engine, optional
        An engine that runs already, instead of `engine_name`.
    progress : callable, optional
        Told what is being done, and the share done.

    Returns
    -------
    Counted
        A district of two areas counts fully in both, and once in England: areas do not add up to England. England,
        outside England, postcodes not known and rows without a postcode are together all rows.

    Raises
    ------
    UsageError
        If `by` names something else, a number would be added over years, `number` is a column that the counts have
        themselves, or there is no `folder`.
    FileProblem, TableError
        If a file cannot be read, or lacks a column.

    Notes
    -----
    An id counts once in a cell, however many rows it has there. Rows with an id that are equal in id, postcode, sector,
    kind, year and number are one row: files may overlap.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as made:
    ...     file = Path(made, "firms.csv")
    ...     _ = file.write_text("id,postcode,sic\n1,EX4 4QJ,62012\n2,B97 4HB,62012\n3,ZZ1 1ZZ,72110\n")
    ...     known = Path(made, "postcodes.csv")
    ...     _ = known.write_text("pcds,laua\nEX4 4QJ,E07000041\nB97 4HB,E07000236\n")
    ...     table = count_organisations([file], ["lep", "section"], postcodes=known).table
    >>> table[["name", "section", "organisations"]].values.tolist()
    [['England, each organisation once', 'J', 2],
     ['Greater Birmingham and Solihull', 'J', 1],
     ['Heart of the South West', 'J', 1],
     ['Worcestershire', 'J', 1],
     ['Postcode not known, or without a place', 'M', 1]]
    """
    ws = ws or open_workspace()
    tell = progress or _silent
    geography, keys = _asked(by)
    if number in _OWN:
        raise UsageError(f"The counts have a column {number!r} themselves: rename it in the files to add it up.")
    if folder is not None and not Path(folder).is_dir():
        raise UsageError(f"There is no folder {folder} for the files in between. Make it, or name another (--temp).")
    with tempfile.TemporaryDirectory(prefix="s3geo-", dir=folder, ignore_cleanup_errors=True) as made:
        work = Path(made)
        (converted := work / "files").mkdir()
        paths = sources_of(files)
        sources = []
        for at, path in enumerate(paths):
            tell(path.name, 0.3 * at / len(paths))
            sources.append(open_source(path, converted, number=number, given=columns))
        _check_keys(sources, keys, number)
        tell("Postcodes", 0.3)
        placed = write_postcodes(ws, work, None if postcodes is None else Path(postcodes))
        small = {"members": members(ws, geography), "divisions": divisions()}
        for name, table in small.items():
            table.to_parquet(work / f"{name}.parquet", index=False)
        tell("Counting", 0.5)
        if running is not None:
            found = _run(running, sources, placed, work, keys)
        else:
            with engine(engine_name, work, memory=memory, master=master) as started:
                found = _run(started, sources, placed, work, keys)
    tell("Done", 1.0)
    names = ws.names(geography) if geography else pd.Series(dtype=object)
    return Counted(_tidy(found, keys, names, number), _notes(sources, found, number, geography))


def _silent(_label: str, _share: float) -> None:
    pass


def _asked(by: Sequence[str]) -> tuple[str | None, list[str]]:
    words = [word.strip() for word in by if word.strip()]
    unknown = [word for word in words if word not in GEOGRAPHIES and word not in KEYS]
    if unknown or not words:
        offered = f"one of {', '.join(GEOGRAPHIES)}, and any of {', '.join(KEYS)}"
        raise UsageError(f"Count by {offered}; not by {listed(unknown) if unknown else 'nothing'}.")
    areas = list(dict.fromkeys(word for word in words if word in GEOGRAPHIES))
    if len(areas) > 1:
        raise UsageError(f"Count by one kind of area at a time, not by {' and '.join(areas)}.")
    return (areas[0] if areas else None), list(dict.fromkeys(word for word in words if word in KEYS))


def _check_keys(sources: Sequence[Source], keys: Sequence[str], number: str | None) -> None:
    for key in keys:
        role = _FROM.get(key, key)
        lacking = [source.name for source in sources if role not in source.columns]
        if lacking:
            names = f"It is looked for as {', '.join(ROLES[role])}; or say which is meant: --column {role}=NAME."
            raise UsageError(f"{listed(lacking)} has no column for the {role}. {names}")
    if number and "year" not in keys and any("year" in source.columns for source in sources):
        raise UsageError(
            f"The files have years, and {number} of one organisation would be added over them: count by year too."
        )
    for source in sources if {"division", "section"} & set(keys) else ():
        field = pq.read_schema(source.path).field(source.columns["sector"])
        if str(field.type) not in ("string", "large_string", "string_view") and "dictionary" not in str(field.type):
            raise UsageError(
                f"{source.name}: {field.name!r} holds numbers, so that 01110 may have become 1110. Write it as text."
            )


def _run(running: Engine, sources: Sequence[Source], placed: Path, work: Path, keys: Sequence[str]) -> pd.DataFrame:
    """Build the expression and run it; files of one form are one table."""
    alike: dict[tuple[Any, ...], list[Source]] = {}
    for source in sources:
        schema = pq.read_schema(source.path)
        types = tuple((role, name, str(schema.field(name).type)) for role, name in source.columns.items())
        alike.setdefault(types, []).append(source)
    parts = [
        organisations(running.read([source.path for source in group]), group[0].columns) for group in alike.values()
    ]
    rows = reduce(lambda left, right: left.union(right), parts)
    postcodes, areas = running.read([placed]), running.read([work / "members.parquet"])
    expression = counts(rows, postcodes, areas, running.read([work / "divisions.parquet"]), keys)
    found: pd.DataFrame = running.run(expression).to_pandas()
    whole = dict.fromkeys(("organisations", "rows", "without_id", "numbers", "given"), "int64")
    return found.astype({**whole, "number": "float64"})


def _tidy(found: pd.DataFrame, keys: Sequence[str], names: pd.Series, number: str | None) -> pd.DataFrame:
    order = {code: at for at, code in enumerate([ENGLAND, *names.index, *[code for code in BESIDE if code != ENGLAND]])}
    called: dict[str, str] = dict(zip(names.index, names, strict=True)) | BESIDE
    table = found.assign(_order=found["code"].map(order), name=found["code"].map(called))
    table = table.sort_values(["_order", *keys]).reset_index(drop=True)
    columns = ["code", "name", *keys, "organisations", "rows"]
    if number is None:
        return table[columns]
    sums = table["number"].where(table["numbers"] > 0)
    summed = pd.DataFrame({number: sums, f"with_{number}": table["numbers"]})
    return pd.concat([table[columns], summed], axis=1)


def _notes(
    sources: Sequence[Source], found: pd.DataFrame, number: str | None, geography: str | None
) -> tuple[str, ...]:
    everything = found[found["code"].isin([ENGLAND, ELSEWHERE, UNKNOWN, NO_POSTCODE])]
    read, kept = sum(source.rows for source in sources), int(everything["rows"].sum())
    lines = [note for source in sources for note in source.notes]
    lines.append(f"{_rows(read)} read from {len(sources)} {'file' if len(sources) == 1 else 'files'}.")
    if read > kept:
        same = "equal in id, postcode, sector, kind, year and number"
        lines.append(f"Left out because another row is {same}: {_rows(read - kept)}.")
    rows = found.groupby("code")["rows"].sum()
    lines += [
        f"{label}: {_rows(int(rows.get(code, 0)))}."
        for code, label in BESIDE.items()
        if code in rows.index or code in (UNKNOWN, NO_POSTCODE)
    ]
    if geography == "lep":
        lines.append("A district of two LEPs counts in both, so LEPs add up to more than England.")
    if without := int(everything["without_id"].sum()):
        lines.append(f"Without an id, so in rows and sums but not among the organisations: {_rows(without)}.")
    wrong = int(everything["given"].sum() - everything["numbers"].sum())
    if number and wrong:
        lines.append(f"Something in {number} that is not a number, so not in the sum: {_rows(wrong)}.")
    return tuple(lines)


def _rows(n: int) -> str:
    return f"{n:,} {'row' if n == 1 else 'rows'}"
