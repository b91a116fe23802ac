"""Synthetic organisations at real postcodes: as many as wanted, the same for the same seed, written in parts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

PART = 500_000
KINDS = ["company", "charity", "university", "research_organisation", "public"]
UNKNOWN = ["ZZ1 1ZZ", "not given", "QQ9 9QQ"]


def synthetic_organisations(file: Path, n: int, directory: pd.DataFrame, seed: int = 0) -> Path:
    """Write `n` made-up organisations to a Parquet file.

    Parameters
    ----------
    file : Path
    n : int
    directory : DataFrame
        Of `s3geo.geography.postcodes.directory`: their postcodes are real, of all of the United Kingdom.
    seed : int

    Returns
    -------
    Path
        Columns id, postcode (one in 100 is unknown, one in 200 missing, one in ten in small letters), sic (five digits
        of SIC 2007, skewed), kind, year (2015-2024), employees (skewed; one in 20 missing). One row in 50 is
        another site of the organisation before it.
    """
    rng = np.random.default_rng(seed)
    known = directory["postcode"].to_numpy(dtype=object)
    divisions = rng.permutation(np.arange(1, 97))
    classes = np.array([f"{divisions[at % len(divisions)]:02}{at % 1000:03}" for at in range(700)], dtype=object)
    weight = 1 / np.arange(1, len(classes) + 1)
    writer: pq.ParquetWriter | None = None
    for start in range(0, n, PART):
        size = min(PART, n - start)
        number = np.arange(start, start + size)
        again = np.flatnonzero(rng.random(size) < 0.02)
        number[again] = number[np.maximum(again - 1, 0)]
        postcode = known[rng.integers(0, len(known), size)]
        postcode = np.array([f"{one[:-3]} {one[-3:]}" for one in postcode], dtype=object)
        small = rng.random(size) < 0.1
        postcode[small] = [one.lower() for one in postcode[small]]
        fate = rng.random(size)
        postcode[fate < 0.01] = rng.choice(UNKNOWN, (fate < 0.01).sum())
        postcode[fate > 0.995] = None
        staff = np.floor(rng.lognormal(1.2, 1.4, size))
        staff[rng.random(size) < 0.05] = np.nan
        table = pa.table(
            {
                "id": pa.array([f"synthetic:{one:09}" for one in number]),
                "postcode": pa.array(postcode, pa.string()),
                "sic": pa.array(classes[rng.choice(len(classes), size, p=weight / weight.sum())], pa.string()),
                "kind": pa.array(np.array(KINDS)[np.minimum(rng.geometric(0.6, size) - 1, 4)]),
                "year": pa.array(rng.integers(2015, 2025, size).astype("int16")),
                "employees": pa.array(staff, pa.float64(), from_pandas=True),
            }
        )
        writer = writer or pq.ParquetWriter(file, table.schema, compression="zstd")
        writer.write_table(table)
    assert writer is not None, "at least one organisation"
    writer.close()
    return file
