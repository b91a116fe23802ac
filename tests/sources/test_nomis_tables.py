"""Nomis downloads: stacked blocks, prefixes, flags. The small extracts are synthetic."""

from __future__ import annotations

import numpy as np
import pytest

from s3geo.errors import TableError
from s3geo.sources.nomis import read_aps, read_context, read_industry_counts, read_jobs, read_size_bands


def block(year: int, header: list[object], rows: list[list[object]]) -> list[list[object]]:
    return [["Title"], [""], ["date", year], ["measure", "Count"], [""], header, *rows, [""], ["A footnote."], [""]]


def test_blocks_become_one_long_table(workbook) -> None:
    header: list[object] = ["Area", "Total", "Micro (0 to 9)"]
    rows: list[list[object]] = [
        ["country:England", 100, 80],
        ["User Defined Geography:Somewhere-LSIP - fr", 60, 50],
        ["lep:London", 40, 30],
        ["ladu:Camden", 10, 5],
    ]
    data = workbook({"Data": block(2018, header, rows) + block(2019, header, rows)})
    table = read_size_bands(data)
    assert len(table) == 2 * 3 * 2
    assert set(table["level"]) == {"country", "lep", "lad"}
    assert set(table["band"]) == {"total", "micro_0_9"}
    london = table[(table["area"] == "London") & (table["band"] == "micro_0_9")]
    assert london["enterprises"].tolist() == [30, 30]
    assert london["year"].tolist() == [2018, 2019]


def test_jobs_know_two_classifications_and_keep_flags(workbook) -> None:
    header: list[object] = ["Area", "A : Farming", "Flags", "J : Information", "Flags", "1 : Agriculture (A)", "Flags"]
    units: list[object] = ["", "number", "Flags", "number", "Flags", "number", "Flags"]
    rows: list[list[object]] = [units, ["lep:Cumbria", 400, "", "!", "", 400, "*"]]
    table = read_jobs(workbook({"Data": block(2020, header, rows)}))
    assert table["classification"].tolist() == ["section", "section", "group"]
    assert table["status"].tolist() == ["value", "suppressed", "value"]


def test_a_workbook_without_blocks_is_refused(workbook) -> None:
    with pytest.raises(TableError, match="no block"):
        read_size_bands(workbook({"Data": [["nothing", "here"]]}))


def test_industry_counts_keep_their_label_and_level() -> None:
    text = "year,industry,level,area,total\n2018,5 : Motor trades (Part G),ladu,Camden,165.0\n"
    table = read_industry_counts(text.encode())
    assert table.loc[0].to_dict() == {
        "level": "lad",
        "area": "Camden",
        "year": 2018,
        "industry": "5 : Motor trades (Part G)",
        "enterprises": 165,
        "status": "value",
    }
    with pytest.raises(TableError, match="no column 'industry'"):
        read_industry_counts(b"year,level,area,total\n2018,lep,London,5\n")
    with pytest.raises(TableError, match="many"):
        read_industry_counts(text.replace("165.0", "many").encode())


APS = "period,level,area,cell,number,flag,conf,lep21cd\n"


def test_survey_marks_are_kept() -> None:
    rows = [
        'Jan 2021-Dec 2021,lep,London,"T19:6 (Total - All people : NVQ4+ )",100,,12,E37000051',
        'Jan 2021-Dec 2021,ladu,Craven,"T19:1 (Total - All people : None )",!,,!,',
        'Jan 2021-Dec 2021,ladu,Eden,"T19:1 (Total - All people : None )",900,,*,',
        'Jan 2021-Dec 2021,ladu,Isles of Scilly,"T19:1 (Total - All people : None )",-,,-,',
    ]
    table = read_aps((APS + "\n".join(rows) + "\n").encode())
    assert table["cell"].tolist() == ["T19:6", "T19:1", "T19:1", "T19:1"]
    assert table["status"].tolist() == ["value", "suppressed", "value", "not_collected"]
    np.testing.assert_array_equal(table["half_width"], [12, np.nan, np.nan, np.nan])
    assert table["year"].tolist() == [2021] * 4


def test_context_is_read_as_numbers() -> None:
    table = read_context(b"geography_code,indicator,year,value\nE37000001,aps_16_64_all,2018,727600.0\n")
    assert table.loc[0].to_dict() == {"code": "E37000001", "measure": "aps_16_64_all", "year": 2018, "value": 727600.0}


@pytest.mark.official
def test_official_workbooks_equal_the_flat_files(shared) -> None:
    import pandas as pd

    flat = pd.read_csv(shared / "indicators/bres_lep_sic_section_2015_2020.csv")
    table = read_jobs(shared / "indicators/bres_sic_section_lep_nuts3_2015_2020.xlsx")
    table = table[table["level"] != "nuts3"]
    both = flat.merge(table, on=["year", "level", "area", "industry"], validate="one_to_one")
    assert len(both) == len(flat) == len(table) == 9_126
    assert (both["employment"] == both["jobs"]).all()

    flat = pd.read_csv(shared / "indicators/ubc_enterprises_size_2018_2022.csv")
    table = read_size_bands(shared / "indicators/ubc_enterprises_by_size_lep_lad_2018_2022.xlsx")
    wide = table.pivot_table(index=["year", "level", "area"], columns="band", values="enterprises").reset_index()
    both = flat.assign(level=flat["level"].replace("ladu", "lad")).merge(wide, on=["year", "level", "area"])
    assert len(both) == len(flat) == len(wide) == 2_065
    assert (both["total_x"] == both["total_y"]).all()


@pytest.mark.official
def test_official_survey_keeps_every_mark(shared) -> None:
    table = read_aps(shared / "indicators/aps_qualifications_16_64_lep_lad.csv")
    assert (table["status"] == "suppressed").sum() == 472 + 12
    assert (table["status"] == "not_collected").sum() == 35
    assert table.loc[table["level"] == "lep", "persons"].notna().all()
