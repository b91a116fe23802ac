"""Which generation of its files a folder holds, as a reader sees it; a mixture is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from s3geo.sources.nomis import read_size_bands
from s3geo.sources.snapshot import Snapshots
from s3geo.workspace.own import load_own
from s3geo.workspace.store import Store

UBC = "nomis_ubc"
NAMES = ("observations", "organisations", "sectors", "links", "participations")


def of_refresh(folder: Path) -> int:
    """Read the tidy table, and the answers that the index of snapshots names."""
    table = pd.read_parquet(folder / "sources" / f"{UBC}.parquet")
    assert len(table) == 15
    store = Snapshots(folder / "snapshots")
    for kept in store.latest(UBC):
        assert len(read_size_bands(store.content(kept))) == 15
    assert store.checked(UBC) is not None
    return int(table["enterprises"].iloc[0] - 100)


def of_compile(folder: Path) -> int:
    """Read every table as a workspace does, which compares it with the data package."""
    store = Store(folder)
    rows = {len(pd.read_parquet(store.sound("data", f"{name}.parquet"))) - 20 for name in NAMES}
    rows.add(len(pd.read_csv(store.sound("data", "sector_names.csv"))) - 20)
    (generation,) = rows
    return generation


def of_import(folder: Path) -> int:
    """Read what is kept of the user's own: the catalogue says which year, the table the figure."""
    kept = load_own(folder / "data")
    (entry,) = kept.catalogue.indicator.values()
    (row,) = kept.observations.dropna(subset="value").itertuples()
    assert entry.period == row.period == str(2020 + int(row.value))
    return int(row.value)


GENERATION: dict[str, Callable[[Path], int]] = {"refresh": of_refresh, "compile": of_compile, "import": of_import}


def scraps(folder: Path) -> list[str]:
    """Return what no reader is meant to see."""
    return [str(path.relative_to(folder)) for path in folder.rglob(".*")]


__all__ = ["GENERATION", "scraps"]
