"""Every source that can be refreshed, in one table: where it lies, how it is fetched, how it is parsed.

**No address here has been checked against the live service.** Those marked "in public use" stand in public code that
reads the same source; the others follow the publisher's pattern. An address that is wrong makes a clear error of that
one source and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd

from s3geo.errors import UsageError, listed
from s3geo.sources import (
    arcgis,
    cordis_archive,
    gtr_api,
    hesa,
    nomis,
    nomis_api,
    nomis_cells,
    ons_business_demography,
    ons_geography,
    ons_gva_workbooks,
    ons_pages,
    ons_population,
    openalex,
    ref2021,
)
from s3geo.sources.live_source import PUBLIC_USE, UNVERIFIED, LiveSource, Parse
from s3geo.sources.tabular import Raw

__all__ = ["SOURCES", "chosen_sources"]

_ONS = "Office for National Statistics"
_OGL = "OGL-UK-3.0"
_ENGLAND_LEPS = "2092957699,TYPE459"
_DISTRICTS, _NUTS3 = "TYPE424", "TYPE437"
_CELLS = nomis_cells.CELL_COLUMNS


def _alone(parse: Callable[[Raw], pd.DataFrame]) -> Parse:
    """Parse a source of one file."""
    return lambda raws: parse(raws[0])


def _joined(parse: Callable[[Raw], pd.DataFrame]) -> Parse:
    """Parse a source whose pages are parts of one CSV."""
    return lambda raws: parse(nomis_cells.join_pages(raws))


def _survey(id_: str, title: str, search: str, keep: str) -> LiveSource:
    """One table of the Annual Population Survey."""
    address = nomis_api.table_address(
        "NM_17_1",
        (*_CELLS, "CELL_NAME", "MEASURES"),
        geography=f"{_ENGLAND_LEPS},{_DISTRICTS}",
        date="2017-12,2018-12,2019-12,2020-12,2021-12",
        measures="20100,20701",
    )
    return LiveSource(
        id=id_,
        title=title,
        publisher=_ONS,
        licence=_OGL,
        address=address,
        format="CSV (API, pages of 25,000 cells)",
        cadence="ended with 2021, when its classification changed",
        fetch=partial(nomis_api.fetch_cells, search=search, keep=keep),
        parse=_joined(nomis.read_aps),
        key=("level", "area", "year", "cell"),
        figures=("persons", "half_width"),
        least=1_000,
        note=f"{PUBLIC_USE}; districts of 2023 only, while the folder has those of 2021",
    )


def _layer(geography: str, vintage: str, field: str, title: str, least: int) -> LiveSource:
    """Codes and names of a boundary layer."""
    return LiveSource(
        id=f"ons_{geography}",
        title=title,
        publisher=_ONS,
        licence=_OGL,
        address=arcgis.service_url(geography, vintage),
        format="GeoJSON (ArcGIS REST, paged)",
        cadence="a layer does not change; a new vintage is a new address",
        fetch=ons_geography.fetch_layer_rows,
        parse=partial(ons_geography.read_codes, area=field),
        key=("code",),
        least=least,
        note=f"name of the service follows the portal's pattern; {UNVERIFIED}",
    )


_ALL = (
    LiveSource(
        id="ons_population",
        title="Mid-year population estimates by local authority",
        publisher=_ONS,
        licence=_OGL,
        address=f"{ons_pages.HOST}/peoplepopulationandcommunity/populationandmigration/populationestimates/datasets/"
        "populationestimatesbylocalauthority",
        format="XLSX, found through the page of the dataset",
        cadence="yearly",
        fetch=ons_pages.fetch_workbook,
        parse=_alone(ons_population.read_population),
        key=("code", "year"),
        figures=("population",),
        least=5_000,
        raw="population",
        note=f"address built from the name of the workbook; {UNVERIFIED}",
    ),
    LiveSource(
        id="ons_business_demography",
        title="Business demography, UK",
        publisher=_ONS,
        licence=_OGL,
        address=f"{ons_pages.HOST}/businessindustryandtrade/business/activitysizeandlocation/datasets/"
        "businessdemographyreferencetable",
        format="XLSX, found through the page of the dataset",
        cadence="yearly (November)",
        fetch=ons_pages.fetch_workbook,
        parse=_alone(ons_business_demography.read_business_demography),
        key=("code", "year", "measure"),
        figures=("value",),
        least=5_000,
        raw="business_demography",
        note=PUBLIC_USE,
    ),
    LiveSource(
        id="ons_gva",
        title="Regional gross value added (balanced) by industry: local authorities by ITL1 region",
        publisher=_ONS,
        licence=_OGL,
        address=f"{ons_pages.HOST}/economy/grossdomesticproductgdp/datasets/"
        "regionalgrossvalueaddedbalancedbyindustrylocalauthoritiesbyitl1region",
        format="XLSX, one workbook a region, found through the page of the dataset",
        cadence="yearly (April)",
        fetch=ons_pages.fetch_workbooks,
        parse=ons_gva_workbooks.read_gva_workbooks,
        key=("code", "industry", "year"),
        figures=("gva",),
        least=50_000,
        note=f"{PUBLIC_USE}; layout of the workbooks from public code",
    ),
    LiveSource(
        id="nomis_bres",
        title="Business Register and Employment Survey: jobs by section and broad group",
        publisher=_ONS,
        licence=_OGL,
        address=nomis_api.table_address(
            "NM_189_1",
            (*_CELLS, "INDUSTRY_NAME"),
            geography=f"{_ENGLAND_LEPS},{_NUTS3}",
            date="latestMINUS9-latest",
            industry="150994945...150994965,163577857...163577874",
            employment_status="4",
            measure="1",
            measures="20100",
        ),
        format="CSV (API, pages of 25,000 cells)",
        cadence="yearly (October)",
        fetch=nomis_api.fetch_table,
        parse=_joined(nomis.read_jobs),
        key=("level", "area", "year", "industry"),
        figures=("jobs",),
        least=1_000,
        raw="jobs",
        note=PUBLIC_USE,
    ),
    LiveSource(
        id="nomis_ubc",
        title="UK Business Counts: enterprises by employment size band",
        publisher=_ONS,
        licence=_OGL,
        address=nomis_api.table_address(
            "NM_142_1",
            (*_CELLS, "EMPLOYMENT_SIZEBAND_NAME"),
            geography=f"{_ENGLAND_LEPS},{_DISTRICTS}",
            date="latestMINUS9-latest",
            industry="37748736",
            employment_sizeband="0,10,20,30,40",
            legal_status="0",
            measures="20100",
        ),
        format="CSV (API, pages of 25,000 cells)",
        cadence="yearly (October)",
        fetch=nomis_api.fetch_table,
        parse=_joined(nomis.read_size_bands),
        key=("level", "area", "year", "band"),
        figures=("enterprises",),
        least=1_000,
        raw="size_bands",
        note=PUBLIC_USE,
    ),
    _survey("nomis_aps_qualifications", "Annual Population Survey: qualifications (T19)", "T19:*", "T19:[1-7] "),
    _survey(
        "nomis_aps_occupations",
        "Annual Population Survey: five occupation groups (T09a)",
        "T09a:*",
        "T09a:(1|7|16|19|28) ",
    ),
    LiveSource(
        id="hesa_hebci",
        title="Higher Education Business and Community Interaction survey, by provider",
        publisher="Higher Education Statistics Agency",
        licence="CC-BY-4.0",
        address="https://www.hesa.ac.uk/data-and-analysis/providers/business-community",
        format="CSV, six tables",
        cadence="yearly (spring)",
        fetch=hesa.fetch_hebci,
        parse=hesa.read_hebci,
        key=("table", "ukprn", "year", "measure"),
        figures=("value",),
        least=1_000,
        note=f"{PUBLIC_USE}; the website may turn programs away",
    ),
    LiveSource(
        id="gtr_organisations",
        title="Gateway to Research: organisations in funded projects",
        publisher="UK Research and Innovation",
        licence=_OGL,
        address="https://gtr.ukri.org/gtr/api/organisations",
        format="JSON (API GtR-2, pages of 100)",
        cadence="continuous",
        fetch=gtr_api.fetch_gtr_pages,
        parse=gtr_api.read_gtr_pages,
        key=("gtr",),
        least=10_000,
        note=PUBLIC_USE,
    ),
    LiveSource(
        id="cordis_h2020",
        title="Horizon 2020: participations of UK organisations",
        publisher="European Commission (CORDIS)",
        licence="CC-BY-4.0",
        address="https://cordis.europa.eu/data/cordis-h2020projects-csv.zip",
        format="ZIP of CSV",
        cadence="monthly",
        fetch=cordis_archive.fetch_h2020_archive,
        parse=_alone(cordis_archive.read_h2020_archive),
        key=("project", "pic", "role"),
        figures=("contribution",),
        least=5_000,
        note=PUBLIC_USE,
    ),
    LiveSource(
        id="ref2021",
        title="Research Excellence Framework 2021: results of all submissions",
        publisher="REF 2021, the four UK higher education funding bodies",
        licence="CC-BY-4.0",
        address="https://results2021.ref.ac.uk/profiles/export-all",
        format="XLSX",
        cadence="once; the next exercise has an address of its own",
        fetch=ref2021.fetch_ref2021,
        parse=_alone(ref2021.read_ref2021),
        key=("ukprn",),
        figures=("fte", "fte_4star"),
        least=150,
        raw="ref2021",
        note=PUBLIC_USE,
    ),
    LiveSource(
        id="openalex_institutions",
        title="Research institutions of the United Kingdom",
        publisher="OpenAlex",
        licence="CC0-1.0",
        address="https://api.openalex.org/institutions?filter=country_code:gb",
        format="JSON (API, cursor paging)",
        cadence="continuous",
        fetch=openalex.fetch_institutions,
        parse=openalex.read_institutions,
        key=("openalex",),
        figures=("works", "cited_by"),
        least=1_000,
        note=f"{PUBLIC_USE}; without a key the daily allowance is small",
    ),
    _layer("lep", "2021-05", "LEP", "Local Enterprise Partnerships, May 2021", 38),
    _layer("lad", "2023-04", "LAD", "Local authority districts, May 2023", 300),
    _layer("county", "2023-04", "CTYUA", "Counties and unitary authorities, December 2023", 150),
    _layer("region", "2023-04", "RGN", "Regions of England, December 2023", 9),
    _layer("combined_authority", "2025-05", "CAUTH", "Combined authorities, May 2025", 10),
    LiveSource(
        id="ons_lad_region",
        title="Districts to regions, April 2023",
        publisher=_ONS,
        licence=_OGL,
        address=f"{arcgis.HOST}/LAD23_RGN23_EN_LU/FeatureServer/0/query",
        format="JSON (ArcGIS REST, paged)",
        cadence="a lookup does not change; a new vintage is a new address",
        fetch=ons_geography.fetch_lookup,
        parse=partial(ons_geography.read_lookup, area="LAD", within="RGN"),
        key=("code", "region"),
        least=290,
        note=PUBLIC_USE,
    ),
)

SOURCES: dict[str, LiveSource] = {source.id: source for source in _ALL}
"""Sources by their id."""


def chosen_sources(names: Sequence[str]) -> tuple[LiveSource, ...]:
    """Return the sources of some names, each once; all of them if none is named.

    Raises
    ------
    UsageError
        If there is no such source.

    Examples
    --------
    >>> [source.publisher for source in chosen_sources(["openalex_institutions"])]
    ['OpenAlex']
    """
    unknown = [name for name in names if name not in SOURCES]
    if unknown:
        raise UsageError(f"No source {listed(unknown)}. Known: {', '.join(SOURCES)}.")
    return tuple(SOURCES[name] for name in (dict.fromkeys(names) or SOURCES))
