"""The registry: whole, and the page made from it is fresh."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from s3geo.errors import UsageError
from s3geo.model.provenance import LICENCES
from s3geo.refresh.inputs import FILES
from s3geo.refresh.tidy import check_tidy
from s3geo.sources.live_source import UNVERIFIED
from s3geo.sources.page import sources_page
from s3geo.sources.registry import SOURCES, chosen_sources

WRITE = "from s3geo.sources.page import sources_page; open('docs/sources.md', 'w').write(sources_page())"


def test_docs_are_made_from_the_registry(root: Path) -> None:
    page = (root / "docs" / "sources.md").read_text(encoding="utf-8")
    assert page == sources_page(), f'docs/sources.md is stale; write it again: python -c "{WRITE}"'


@pytest.mark.parametrize("name", list(SOURCES))
def test_every_source_is_described(name: str) -> None:
    source = SOURCES[name]
    assert source.licence in LICENCES
    assert urlsplit(source.address).scheme == "https"
    assert UNVERIFIED in source.note
    assert source.title
    assert source.publisher
    assert source.cadence
    assert source.least >= 1
    assert source.raw == "" or source.raw in FILES
    assert f"`{name}`" in sources_page()


def test_every_provider_is_there() -> None:
    publishers = {source.publisher for source in SOURCES.values()}
    assert len(publishers) == 6
    assert {"nomis_bres", "nomis_ubc", "nomis_aps_qualifications"} <= set(SOURCES)


def test_names_are_taken_once_and_checked() -> None:
    assert [source.id for source in chosen_sources(["ref2021", "ref2021"])] == ["ref2021"]
    assert len(chosen_sources([])) == len(SOURCES)
    with pytest.raises(UsageError, match=r"No source 'nomis'\. Known: ons_population"):
        chosen_sources(["nomis"])


@pytest.mark.official
@pytest.mark.parametrize("name", [name for name, source in SOURCES.items() if source.raw])
def test_the_same_parser_reads_the_official_file_whole(shared: Path, name: str) -> None:
    source = SOURCES[name]
    check_tidy(source.parse([shared / FILES[source.raw]]), source)


@pytest.mark.official
@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("nomis_aps_qualifications", "indicators/aps_qualifications_16_64_lep_lad.csv"),
        ("nomis_aps_occupations", "indicators/aps_occupation_selected_lep_lad.csv"),
        ("ons_lep", "boundaries/lep_2021_may_en_buc.geojson"),
        ("ons_lad", "boundaries/lad_2023_dec_uk_buc.geojson"),
        ("ons_combined_authority", "boundaries/combined_authorities_2024_en_buc.geojson"),
    ],
)
def test_other_official_files_are_whole_too(shared: Path, name: str, file: str) -> None:
    source = SOURCES[name]
    check_tidy(source.parse([shared / file]), source)
