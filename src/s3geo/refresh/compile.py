"""From a folder of raw tables to ``data/``: compute, check, compare, write."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from s3geo.errors import FileProblem, listed
from s3geo.model.catalogue import Catalogue, load_catalogue
from s3geo.model.evidence import LINK_SOURCES, SECTOR_TABLES
from s3geo.refresh.compare import RefreshReport, compare, compare_tables
from s3geo.refresh.inputs import FILES, Inputs
from s3geo.refresh.links import compile_links, compile_participations
from s3geo.refresh.observations import compile_observations
from s3geo.refresh.organisations import compile_organisations
from s3geo.refresh.package import describe, write_table
from s3geo.refresh.sectors import compile_sector_names, compile_sectors
from s3geo.settings import bundled
from s3geo.writing import current, together

__all__ = ["compile_data"]

TABLES = (
    "observations.parquet",
    "organisations.parquet",
    "sectors.parquet",
    "sector_names.csv",
    "links.parquet",
    "participations.parquet",
)
WRITTEN = (*TABLES, "datapackage.json")


def _check_files(raw: Path) -> None:
    """Name every raw file that is missing, before any work is done."""
    missing = [name for name in FILES.values() if not (raw / name).is_file()]
    if missing:
        problems = [
            {"file": name, "problem": "missing", "next_step": "Fetch it, or point to the folder that has it."}
            for name in missing
        ]
        message = f"{len(missing)} of {len(FILES)} raw files are missing from {raw.name}: {listed(missing)}."
        raise FileProblem(message, problems)


def compile_data(
    raw: Path,
    target: Path,
    *,
    boundaries: Path | None = None,
    progress: Callable[[str], None] | None = None,
    dry_run: bool = False,
) -> RefreshReport:
    """Compute ``data/`` from raw tables.

    Parameters
    ----------
    raw : Path
        Folder with the files of `s3geo.refresh.inputs.FILES`.
    target : Path
        Folder with ``catalogue.toml``; receives the tables and ``datapackage.json``. Without a catalogue of
        its own it gets the bundled one.
    boundaries : Path, optional
        Folder with ``membership.csv``; the bundled one by default.
    progress : callable, optional
        Told the name of each step.
    dry_run : bool, default False
        Compute and compare, but write nothing.

    Returns
    -------
    RefreshReport
        What is new, changed and gone.

    Raises
    ------
    FileProblem, TableError
        A raw file is missing or not as expected.
    ValidationError
        The result does not satisfy the schema; nothing is written.

    Notes
    -----
    The same raw tables and libraries give the same bytes. The files are written to a temporary folder beside `target`
    and put in place together, so that a run that fails or is killed leaves the old data as they were.
    """
    tell = progress if progress is not None else _silent
    _check_files(raw)
    catalogue_path = current(target / "catalogue.toml")
    if not catalogue_path.is_file():
        catalogue_path = bundled("data", "catalogue.toml")
    catalogue = load_catalogue(catalogue_path)
    inputs = Inputs(raw, boundaries if boundaries is not None else bundled("boundaries"))
    observations = compile_observations(inputs, catalogue, tell)
    tell("organisations")
    organisations = compile_organisations(inputs)
    tell("sectors")
    sectors, names = compile_sectors(inputs), compile_sector_names(inputs)
    tell("links")
    participations = compile_participations(inputs, organisations)
    links = compile_links(inputs, organisations, participations)
    made = dict(zip(TABLES, (observations, organisations, sectors, names, links, participations), strict=True))
    report = replace(
        compare(observations, target, organisations=len(organisations)), tables=compare_tables(made, target)
    )
    if dry_run:
        return report
    tell("writing")
    _write(target, catalogue_path, catalogue, made)
    return replace(report, written=WRITTEN)


def _silent(_: str) -> None:
    """Say nothing."""


def _sources(catalogue: Catalogue, organisations: pd.DataFrame) -> dict[str, set[str]]:
    """List the sources of each file."""
    used = {source for indicator in catalogue.indicator.values() for source in indicator.sources}
    places = set(organisations["source"].str.split(";").explode().unique())
    sectors = {table.source for table in SECTOR_TABLES.values()}
    links = {source for network in LINK_SOURCES.values() for source in network.sources}
    return {
        "catalogue.toml": used | places | sectors | links,
        "observations.parquet": used,
        "organisations.parquet": places,
        "sectors.parquet": sectors,
        "sector_names.csv": sectors,
        "links.parquet": links,
        "participations.parquet": set(LINK_SOURCES["h2020"].sources),
    }


def _write(target: Path, catalogue_path: Path, catalogue: Catalogue, made: dict[str, pd.DataFrame]) -> None:
    """Write all files aside, then put them in place together."""
    files = _sources(catalogue, made["organisations.parquet"])
    with together(target) as aside:
        shutil.copyfile(catalogue_path, aside / "catalogue.toml")
        for file, table in made.items():
            write_table(table, aside / file)
        (aside / "datapackage.json").write_text(describe(aside, catalogue, files), encoding="utf-8")
