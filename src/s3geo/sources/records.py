"""Records in JSON pages: what the parsers of APIs share."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from s3geo.errors import FileProblem, TableError, listed
from s3geo.sources.tabular import Raw, file_name

__all__ = ["field", "read_records"]


def read_records(raws: Sequence[Raw], key: str, name: str) -> Iterator[dict[str, Any]]:
    """Yield the records of all pages.

    Parameters
    ----------
    raws : sequence of Path or bytes
        JSON objects, each with a list of records.
    key : str
        Where the list stands.
    name : str
        What to call the source in messages.

    Raises
    ------
    FileProblem
        If a page is not JSON.
    TableError
        If a page has no such list, or the list holds anything but records.
    """
    for number, raw in enumerate(raws, start=1):
        file = file_name(raw) if not isinstance(raw, bytes) else f"{name}, page {number}"
        try:
            body = json.loads(raw if isinstance(raw, bytes) else raw.read_bytes())
        except (ValueError, OSError) as error:
            message = f"{file} cannot be read as JSON: {error}"
            raise FileProblem(message, [{"file": file, "problem": str(error)}]) from error
        records = body.get(key) if isinstance(body, dict) else None
        if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
            raise TableError(
                f"{file}: no list {key!r} of records.", [{"file": file, "code": key, "problem": "missing"}]
            )
        yield from records


def field(record: dict[str, Any], key: str, name: str) -> Any:
    """Return a field that every record must have.

    Raises
    ------
    TableError
        If it is missing or empty.

    Examples
    --------
    >>> field({"id": "I1"}, "id", "OpenAlex")
    'I1'
    """
    value = record.get(key)
    if value is None or value == "":
        message = f"{name}: a record has no {key!r}. It has {listed(record, most=8)}."
        raise TableError(message, [{"file": name, "code": key, "problem": "field missing"}])
    return value
