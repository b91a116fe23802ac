"""Where `s3geo refresh` and `s3geo boundaries build` write: into the workspace in use, or where they are told to."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from s3geo.cli.main import main
from s3geo.refresh.live_report import LiveReport
from s3geo.settings import bundled, settings

UBC = "nomis_ubc"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., list[Path]]]:
    """Run the command without doing its work; return the folders it would have written."""
    asked: list[Path] = []

    def compiled(raw: Path, target: Path, **_: object) -> str:
        asked.append(target)
        return "compiled"

    def renewed(names: object, folder: Path, *, data: Path, **_: object) -> LiveReport:
        asked.extend([folder, data])
        return LiveReport(())

    def built(lookups: object, land: object, target: Path, **_: object) -> str:
        asked.append(target)
        return "built"

    monkeypatch.setattr("s3geo.refresh.compile_data", compiled)
    monkeypatch.setattr("s3geo.refresh.live.refresh_sources", renewed)
    monkeypatch.setattr("s3geo.geography.coastline.fetch_coastline", lambda folder: folder)
    monkeypatch.setattr("s3geo.geography.boundaries.build_boundaries", built)

    def command(*arguments: str, workspace: Path | None = None, code: int = 0) -> list[Path]:
        asked.clear()
        if workspace:
            monkeypatch.setenv("S3GEO_WORKSPACE", str(workspace))
        settings.cache_clear()
        monkeypatch.setattr(sys, "argv", ["s3geo", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        assert (ended.value.code or 0) == code
        return list(asked)

    yield command
    monkeypatch.undo()
    settings.cache_clear()


def test_what_is_compiled_goes_into_the_workspace_in_use(written: Callable[..., list[Path]], tmp_path: Path) -> None:
    ws, raw = tmp_path / "ws", ("--from", str(tmp_path))
    land = ("--coastline", str(tmp_path))
    assert written("refresh", *raw) == [bundled("data")]
    assert written("boundaries", "build", *land) == [bundled("boundaries")]
    assert written("refresh", *raw, workspace=ws) == [ws / "data"]
    assert written("boundaries", "build", *land) == [ws / "boundaries"]
    assert written("refresh", UBC, *raw) == [ws, ws / "data"]
    assert written("refresh", UBC) == [ws, ws / "data"]


def test_into_is_a_folder_of_tables_and_what_is_fetched_goes_beside_it(
    written: Callable[..., list[Path]], tmp_path: Path
) -> None:
    ws, into = tmp_path / "ws", ("--into", str(tmp_path / "other" / "data"))
    assert written("refresh", "--from", str(tmp_path), *into, workspace=ws) == [tmp_path / "other" / "data"]
    assert written("refresh", UBC, *into) == [tmp_path / "other", tmp_path / "other" / "data"]


@pytest.mark.parametrize(("command", "part"), [("refresh", "data"), ("boundaries build", "boundaries")])
def test_a_whole_workspace_is_not_taken_for_its_folder_of_tables(
    command: str, part: str, written: Callable[..., list[Path]], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "ws" / part).mkdir(parents=True)
    assert written(*command.split(), "--into", str(tmp_path / "ws"), code=2) == []
    assert f"--into {tmp_path / 'ws' / part}" in capsys.readouterr().err
