"""Control characters, halves of pairs and what is no character are replaced when read: every file can be made."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from s3geo.errors import LayerError
from s3geo.exports import briefing, briefing_file, map_file
from s3geo.geography.layers import read_layer
from s3geo.tables.own import match_own
from s3geo.tables.read import read_table
from s3geo.views.class_table import class_table
from s3geo.workspace import Workspace, bundled_workspace
from s3geo.workspace.own import Described, describe_own

LONDON = "E37000051"
BAD = {"control": "\x01", "escape": "\x1b", "half of a pair": "\ud800", "no character": "\ufffe"}


@pytest.fixture(scope="module", params=BAD.values(), ids=BAD)
def ws(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    bad = request.param
    bundle = bundled_workspace()
    layer = bundle.layer()
    document = json.loads(layer.to_crs(4326).simplify(0.01).to_json())
    for feature, (code, name) in zip(document["features"], layer["name"].items(), strict=True):
        feature["properties"] = {"LEP21CD": code, "LEP21NM": f"L{bad}ondon" if code == LONDON else name, f"a{bad}": bad}
    path = tmp_path_factory.mktemp("layer") / "layer.geojson"
    path.write_text(json.dumps(document))
    own = bundle.with_layer("lep", read_layer(path, geography="lep", file=f"a{bad}.geojson"), file="a.geojson")
    rows = "".join(f"{code},{n}\n" for n, code in enumerate(layer.index, 1))
    text = f"code,{'' if bad == chr(0xD800) else bad}2023\n{rows}".encode()
    matched = match_own(read_table(text, name=f"a{bad}.csv"), layer, file=f"a{bad}.csv", period="2023")
    return own.with_own(
        describe_own(matched, Described(f"Count{bad}ed things", f"things{bad}", source=f"A{bad} source"))
    )


def test_a_name_says_that_something_was_there(ws: Workspace) -> None:
    assert ws.names()[LONDON] == "L\ufffdondon"
    assert ws.catalogue["label"].iloc[-1].startswith("Count\ufffded things")


@pytest.mark.parametrize("suffix", ["html", "docx", "pdf"])
def test_a_briefing_is_made(ws: Workspace, suffix: str) -> None:
    own = str(ws.catalogue.index[-1])
    assert len(briefing_file(briefing(ws, LONDON, "lep", indicator=own), suffix)) > 5_000


@pytest.mark.parametrize("suffix", ["svg", "png", "csv", "xlsx", "gpkg", "html"])
def test_a_map_is_made(ws: Workspace, suffix: str) -> None:
    made = map_file(ws, class_table(ws, str(ws.catalogue.index[-1])), suffix)
    assert len(made) > 2_000
    if suffix == "svg":
        ET.fromstring(made)


def test_a_column_of_a_layer_is_named_in_a_message(tmp_path: Path) -> None:
    feature = {"type": "Feature", "properties": {"a\ud800": 1}, "geometry": {"type": "Point", "coordinates": [0, 52]}}
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    with pytest.raises(LayerError, match="'a\ufffd'"):
        read_layer(path)
