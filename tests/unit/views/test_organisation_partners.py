"""Partners of organisations and how the ranking was tested, on the bundled data."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from s3geo import open_workspace, organisation_partners
from s3geo.cli.main import app
from s3geo.errors import NotFound, TableError, UsageError
from s3geo.statistics import links
from s3geo.views import validation

EXETER = "ukprn:10007792"


@pytest.fixture(scope="module")
def ws():
    return open_workspace()


def test_contributions_add_to_the_score_and_every_organisation_is_ranked(ws) -> None:
    found = organisation_partners(ws, EXETER, n=None)
    assert len(found) == len(ws.organisations) - 1
    parts = found[[f"contrib_{name}" for name in links.PARTS]].sum(axis=1)
    np.testing.assert_allclose(parts, found["score"])
    assert found["score"].between(0, 100).all()
    assert found["rank"].tolist() == list(range(1, len(found) + 1))
    assert found["distance_km"].isna().any()


def test_links_are_those_of_the_table(ws) -> None:
    found = organisation_partners(ws, EXETER, n=None)
    known = ws.links("h2020")
    ends = known[(known["a"] == EXETER) | (known["b"] == EXETER)]
    other = ends["a"].where(ends["a"] != EXETER, ends["b"])
    expected = pd.Series(ends["n_projects"].to_numpy(), index=other)
    linked = found.loc[found["links"] > 0, "links"]
    assert linked.sort_index().to_dict() == expected.sort_index().to_dict()
    assert (organisation_partners(ws, EXETER, n=None, new=True)["links"] == 0).all()


def test_any_source_id_is_accepted_and_an_unknown_one_is_not(ws) -> None:
    ids = [i for i in ws.organisations.at[EXETER, "source_ids"].split(";") if i != EXETER]
    assert organisation_partners(ws, ids[0], n=3).equals(organisation_partners(ws, EXETER, n=3))
    with pytest.raises(NotFound, match="ids look like"):
        organisation_partners(ws, "ukprn:1000779")
    with pytest.raises(UsageError, match="factors"):
        organisation_partners(ws, EXETER, weights={"size": 1})


def test_shipped_weights_are_those_fitted_to_the_new_pairs_of_2017(ws) -> None:
    found = validation.fit_weights(validation.split(ws, ws.participations, 2017), links.PARTS)
    assert found == pytest.approx(links.WEIGHTS, abs=1e-3)


def test_a_file_of_links_is_validated_and_a_bad_one_refused(ws, tmp_path: Path) -> None:
    file = tmp_path / "links.csv"
    ws.participations[ws.participations["start_year"] <= 2017].to_csv(file, index=False)
    result = CliRunner().invoke(app, ["validate", "--links", str(file), "--draws", "100", "--json"])
    assert json.loads(result.stdout)["year"] == 2017
    file.write_text("project,organisation\n1,ukprn:1\n")
    with pytest.raises(TableError, match="start_year"):
        validation.read_participations(file)
