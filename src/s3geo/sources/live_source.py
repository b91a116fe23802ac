"""What is known about one source that can be refreshed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from s3geo.sources.client import Client, Download, Tell
from s3geo.sources.tabular import Raw

__all__ = ["PUBLIC_USE", "UNVERIFIED", "Fetch", "LiveSource", "Parse"]

UNVERIFIED = "not checked against the live service"
"""Said of every address."""

PUBLIC_USE = f"address in public use; {UNVERIFIED}"

Fetch = Callable[[Client, str, Tell], tuple[Download, ...]]
Parse = Callable[[Sequence[Raw]], pd.DataFrame]


@dataclass(frozen=True, slots=True)
class LiveSource:
    """A source that can be refreshed.

    Parameters
    ----------
    id : str
        What `s3geo refresh` calls it.
    title, publisher : str
        As a reader knows them.
    licence : str
        Identifier of `s3geo.model.provenance.LICENCES`.
    address : str
        Where fetching begins.
    format : str
        What comes.
    cadence : str
        How often the publisher renews it.
    fetch : callable
        Client, address and progress to the answers as they came.
    parse : callable
        Files or answers to one tidy table; the same for both.
    key : tuple of str
        Columns that name a row.
    figures : tuple of str
        Columns of numbers, whose largest moves are shown.
    least : int
        Fewest rows of a whole table.
    raw : str
        Key of the file in `s3geo.refresh.inputs.FILES` that the answer can stand for when ``data/`` is compiled; ""
        where its layout differs from that of the folder.
    note : str
        What is known about the address.
    """

    id: str
    title: str
    publisher: str
    licence: str
    address: str
    format: str
    cadence: str
    fetch: Fetch
    parse: Parse
    key: tuple[str, ...]
    figures: tuple[str, ...] = ()
    least: int = 1
    raw: str = ""
    note: str = UNVERIFIED
