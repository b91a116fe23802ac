"""``s3geo pattern``: a table or JSON on stdout, the sentence beside it on stderr."""

from __future__ import annotations

import json
import sys

import pytest

from s3geo import open_workspace
from s3geo.cli.main import main
from s3geo.views.spatial_pattern import pattern_table


def test_json_is_the_library(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["s3geo", "pattern", "gva_per_head", "-g", "lad", "--json"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    out, err = capsys.readouterr()
    rows = {row["code"]: row for row in json.loads(out)}
    table = pattern_table(open_workspace(), "gva_per_head", geography="lad")
    assert len(rows) == 296
    assert {code: row["cluster"] for code, row in rows.items()} == table.found["cluster"].to_dict()
    assert table.sentence in err
    assert table.warning in err


def test_where_there_is_none_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["s3geo", "pattern", "he_research_income_per_head", "-g", "lad"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code
    assert "not published for local authority districts" in capsys.readouterr().err.lower()
