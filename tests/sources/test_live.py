"""The publishers themselves, on request only: ``pytest -m live tests/sources/test_live.py``."""

from __future__ import annotations

import pytest
from publishers import silent

from s3geo.refresh.tidy import check_tidy
from s3geo.sources.client import Client
from s3geo.sources.registry import SOURCES

SMALL = ["ons_lep", "ons_lad_region", "ref2021", "nomis_ubc", "ons_business_demography"]


@pytest.mark.live
@pytest.mark.parametrize("name", SMALL)
def test_a_small_source_answers_in_the_known_layout(name: str) -> None:
    source = SOURCES[name]
    with Client() as client:
        downloads = source.fetch(client, source.address, silent)
    check_tidy(source.parse([download.content for download in downloads]), source)
