"""What `--json` prints keeps its form: each command's output satisfies a schema."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from s3geo.cli.main import main

TEXT, NUMBER = {"type": "string"}, {"type": "number"}
MAYBE = {"type": ["number", "null"]}
CODE = {"type": "string", "pattern": r"^E\d{8}$"}
STATUS = {"enum": ["value", "rounded", "estimated", "suppressed", "not_collected", "not_comparable", "no_institution"]}
STANDING: dict[str, Any] = {
    "actor": {"enum": ["research", "business", "environment"]},
    "dimension": {"enum": ["funding", "talent", "outputs"]},
    "indicator": TEXT,
    "label": TEXT,
    "value": MAYBE,
    "unit": TEXT,
    "period": TEXT,
    "rank": MAYBE,
    "n": {"type": "integer", "minimum": 1},
    "percentile": {"type": ["number", "null"], "minimum": 0, "maximum": 100},
    "england": MAYBE,
    "verdict": {"enum": ["", "higher", "similar", "lower"]},
    "status": STATUS,
    "text": TEXT,
}
ROWS: dict[str, dict[str, Any]] = {
    "describe": {"indicator": TEXT, "actor": TEXT, "dimension": TEXT, "label": TEXT, "period": TEXT, "unit": TEXT},
    "describe gva_per_head": {"field": TEXT, "value": TEXT},
    "profile London": STANDING,
    "compare E37000051 E37000015": {**STANDING, "code": CODE, "name": TEXT},
    "nearby London -n 3": {"code": CODE, "name": TEXT, "distance_km": NUMBER, "adjoins": {"type": "boolean"}},
    "partners London -n 3": {
        "code": CODE,
        "name": TEXT,
        "score": NUMBER,
        "rank": NUMBER,
        "reason": TEXT,
        "counter": TEXT,
    },
    "aggregate FIRMS --postcodes SOME --by lep,section,year --sum employees": {
        "code": TEXT,
        "name": TEXT,
        "section": {"type": "string", "pattern": "^[A-U]?$"},
        "year": {"type": "string", "pattern": r"^(\d{4})?$"},
        "organisations": {"type": "integer", "minimum": 0},
        "rows": {"type": "integer", "minimum": 1},
        "employees": MAYBE,
        "with_employees": {"type": "integer", "minimum": 0},
    },
    "locate EX4-4QJ": {"geography": TEXT, "vintage": TEXT, "code": CODE, "name": TEXT},
}
"""Command, and what each of its rows has."""


def printed(command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    counts = Path(__file__).parent / "counts"
    meant = {
        "EX4-4QJ": "EX4 4QJ",
        "FIRMS": str(counts / "synthetic_firms.csv"),
        "SOME": str(counts / "some_postcodes.csv"),
    }
    words = [meant.get(word, word) for word in command.split()]
    monkeypatch.setattr(sys, "argv", ["s3geo", *words, "--json"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("command", list(ROWS))
def test_the_output_satisfies_its_schema(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = ROWS[command]
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "array",
        "minItems": 1,
        "items": {"type": "object", "properties": columns, "required": list(columns)},
    }
    jsonschema.Draft202012Validator.check_schema(schema)
    rows = printed(command, monkeypatch, capsys)
    jsonschema.validate(rows, schema)
    broken = [{**rows[0], next(iter(columns)): []}]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema)
