"""The committed data are what the code makes of the raw tables, to the byte."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from s3geo.errors import FileProblem
from s3geo.refresh import compile_data
from s3geo.refresh.inputs import FILES, Inputs
from s3geo.settings import bundled

pytestmark = pytest.mark.official


def test_a_rebuild_gives_the_same_bytes(shared: Path, root: Path, tmp_path: Path) -> None:
    steps: list[str] = []
    report = compile_data(shared, tmp_path / "data", progress=steps.append)
    assert steps[0] == "he_research_income_per_head"
    assert steps[-4:] == ["organisations", "sectors", "links", "writing"]
    assert report.added == report.cells
    assert {"catalogue.toml", *report.written} == {path.name for path in (root / "data").iterdir()}
    for name in ("catalogue.toml", *report.written):
        assert (tmp_path / "data" / name).read_bytes() == (root / "data" / name).read_bytes(), name
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]


def test_a_missing_raw_file_stops_the_refresh_before_any_work(shared: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    for name in list(FILES.values())[1:]:
        (raw / name).parent.mkdir(parents=True, exist_ok=True)
        (raw / name).symlink_to(shared / name)
    with pytest.raises(FileProblem, match=r"1 of .* raw files are missing from raw: 'indicators/ons_population"):
        compile_data(raw, tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_districts_add_up_to_england(shared: Path) -> None:
    inputs = Inputs(shared, bundled("boundaries"))
    england = inputs.enterprises("country", 2018).iloc[0]
    assert inputs.enterprises("region", 2018).sum() == pytest.approx(england, rel=2e-4)
    assert inputs.residents("region", 2023).sum() == inputs.residents("country", 2023).iloc[0] == 57_690_324
    assert inputs.residents("lep", 2023).sum() > 57_690_324
    for year in (2019, 2022, 2024):
        table = inputs.table("business_demography")
        births = table[(table["measure"] == "births") & (table["year"] == year)].set_index("code")["value"]
        districts = births[births.index.str.match("E0[6-9]")].sum()
        assert districts == pytest.approx(births["E92000001"], rel=1e-3)


def test_official_names_of_nomis_all_find_their_code(shared: Path) -> None:
    inputs = Inputs(shared, bundled("boundaries"))
    table = inputs.table("size_bands")
    coded = inputs.with_codes(table)
    found = coded[(coded["level"] == "lad") & (coded["year"] == 2022)]["code"]
    today = pd.Series(inputs.codes.reindex(found.unique()))
    assert today.nunique() == 296
