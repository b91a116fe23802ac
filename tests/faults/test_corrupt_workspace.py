"""Files of a workspace that are damaged or gone: one message of ours, never a traceback, never another figure."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from s3geo.app import loaders
from s3geo.app.server import SCRIPT
from s3geo.errors import DataError, FileProblem, NotFound
from s3geo.settings import bundled, settings
from s3geo.workspace import bundled_workspace
from s3geo.workspace.opened import Workspace

BY_HAND = "catalogue.toml"  # its hash does not count; it is checked entry by entry instead
FILES = [(folder, path.name) for folder in ("boundaries", "data") for path in sorted(bundled(folder).iterdir())]


def flipped(content: bytes) -> bytes:
    """Turn one bit, as a disk does."""
    changed = bytearray(content)
    changed[len(changed) // 3] ^= 0x10
    return bytes(changed)


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut in half": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "zeros": lambda content: content[: len(content) // 2] + bytes(len(content) - len(content) // 2),
    "noise": lambda content: random.Random(1).randbytes(500),
    "web page": lambda content: b"<!DOCTYPE html><html><body>Sign in</body></html>",
    "one bit": flipped,
}


def whole(folder: Path) -> Path:
    """Copy the bundle into a workspace; links, for only the damaged file is written."""
    for part in ("boundaries", "data"):
        (folder / part).mkdir(parents=True)
        for path in bundled(part).iterdir():
            (folder / part / path.name).symlink_to(path)
    return folder


def damaged(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


@pytest.mark.parametrize(("folder", "name"), [one for one in FILES if one[1] != BY_HAND])
def test_a_damaged_file_of_a_whole_workspace_is_named(folder: str, name: str, tmp_path: Path) -> None:
    ws = whole(tmp_path / "workspace")
    for how, damage in DAMAGE.items():
        damaged(ws / folder / name, damage(bundled(folder, name).read_bytes()))
        with pytest.raises(DataError) as caught:
            Workspace(ws).check()
        assert name in str(caught.value), how
        assert "again" in str(caught.value), how
        assert len(caught.value.problems), how


@pytest.mark.parametrize(("folder", "name"), FILES)
def test_a_damaged_file_alone_in_a_workspace_is_no_traceback(folder: str, name: str, tmp_path: Path) -> None:
    for how, damage in DAMAGE.items():
        if how == "one bit":  # nothing beside it says what it was; what GeoParquet and Parquet notice they notice
            continue
        damaged(tmp_path / folder / name, damage(bundled(folder, name).read_bytes()))
        said = ""
        try:
            READ.get(name, _layer(name))(Workspace(tmp_path))
        except DataError as error:
            said = str(error)
        assert name in said or name == "district_codes.csv" or _as_it_was(tmp_path), how


READ: dict[str, Callable[[Workspace], object]] = {
    "catalogue.toml": lambda ws: ws.catalogue,
    "datapackage.json": lambda ws: (ws.boundary_attribution, ws.all_sound()),
    "district_codes.csv": lambda ws: ws.all_sound(),
    "land.parquet": lambda ws: ws.land,
    "links.parquet": lambda ws: ws.links(),
    "membership.csv": lambda ws: ws.membership,
    "observations.parquet": lambda ws: ws.values("gva_per_head"),
    "organisations.parquet": lambda ws: ws.organisations,
    "participations.parquet": lambda ws: ws.participations,
    "sector_names.csv": lambda ws: ws.sector_names("bres_jobs"),
    "sectors.parquet": lambda ws: ws.sectors("bres_jobs"),
}


def _layer(name: str) -> Callable[[Workspace], object]:
    return lambda ws: ws.layer(name.rpartition("_")[0])


def _as_it_was(folder: Path) -> bool:
    """Tell whether what is read is part of what was: a text cut at the end of a line."""
    found, true = Workspace(folder)._sector_names, bundled_workspace()._sector_names
    return found.equals(true.head(len(found)))


@pytest.mark.parametrize(("folder", "name"), [("boundaries", "lep_2021-05.parquet"), ("data", "observations.parquet")])
def test_a_file_that_was_removed_is_not_quietly_replaced(folder: str, name: str, tmp_path: Path) -> None:
    ws = whole(tmp_path / "workspace")
    (ws / folder / name).unlink()
    with pytest.raises(FileProblem, match=f"{name} is missing from {folder}/") as caught:
        Workspace(ws).check()
    assert "datapackage.json" in str(caught.value)
    (ws / folder / "datapackage.json").unlink()  # now it is a workspace that has only some of the files
    Workspace(ws).check()


def test_a_layer_of_the_bundle_that_was_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from s3geo.workspace import boundaries, store

    copy = tmp_path / "bundle"
    shutil.copytree(bundled("boundaries"), copy / "boundaries")
    (copy / "boundaries" / "lep_2021-05.parquet").unlink()
    for module in (boundaries, store):
        monkeypatch.setattr(module, "bundled", copy.joinpath)
    with pytest.raises(FileProblem, match="No boundaries lep_2021-05") as caught:
        Workspace().layer("lep")
    assert "s3geo boundaries build" in str(caught.value)


def test_line_ends_of_another_system_are_no_damage(tmp_path: Path) -> None:
    ws = whole(tmp_path / "workspace")
    content = bundled("boundaries", "membership.csv").read_bytes()
    damaged(ws / "boundaries" / "membership.csv", content.replace(b"\n", b"\r\n"))
    assert Workspace(ws).membership.equals(bundled_workspace().membership)


def test_a_file_changed_on_purpose_is_used_once_the_package_is_gone(tmp_path: Path) -> None:
    ws = whole(tmp_path / "workspace")
    lines = bundled("data", "sector_names.csv").read_text("utf-8").replace("Education", "Learning")
    damaged(ws / "data" / "sector_names.csv", lines.encode())
    with pytest.raises(FileProblem, match=r"if you changed it on purpose, remove datapackage\.json"):
        Workspace(ws).check()
    (ws / "data" / "datapackage.json").unlink()
    mended = Workspace(ws)
    mended.check()
    assert "Learning" in set(mended.sector_names("bres_jobs"))


@pytest.mark.parametrize(
    ("folder", "name"), [("boundaries", "membership.csv"), ("boundaries", "land.parquet"), ("data", "own.json")]
)
def test_the_app_names_the_file_and_shows_the_bundle(
    folder: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged(tmp_path / folder / name, b"\xff\x00broken")
    monkeypatch.setenv("S3GEO_WORKSPACE", str(tmp_path))
    settings.cache_clear()
    try:
        at = AppTest.from_file(str(SCRIPT), default_timeout=60).run()
        assert not at.exception
        assert name in at.error[0].value
        assert "bundled" in at.warning[0].value
        ws, error = loaders.workspace()
        assert error is not None
        assert ws.values("gva_per_head").notna().sum() == 38
    finally:
        settings.cache_clear()


@pytest.mark.parametrize("how", ["other columns", "cut in half", "noise", "empty"])
def test_kept_figures_of_ones_own_that_are_damaged(how: str, do: Callable[..., dict], tmp_path: Path) -> None:
    do("import", tmp_path, 1)
    path = tmp_path / "data" / "own_observations.parquet"
    if how == "other columns":
        pd.DataFrame({"a": [1]}).to_parquet(path)
    else:
        path.write_bytes(DAMAGE[how](path.read_bytes()))
    with pytest.raises(
        DataError, match=r"own\.json or own_observations\.parquet in the workspace is damaged"
    ) as caught:
        Workspace(tmp_path).check()
    assert "Remove both and import the table again" in str(caught.value)


def test_what_breaks_while_the_server_runs_is_not_noticed_by_who_is_served(tmp_path: Path) -> None:
    ws = Workspace(whole(tmp_path / "workspace"))
    ws.check()
    before = {str(i): ws.values(str(i)) for i in ws.catalogue.index if "lep" in ws.geographies_of(str(i))}
    shutil.rmtree(tmp_path / "workspace")
    for indicator, values in before.items():
        assert ws.values(indicator).equals(values)
    assert len(ws.layer("lad")) == 296
    with pytest.raises(NotFound):
        ws.values("nothing")
