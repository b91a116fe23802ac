"""Refresh from the publishers: one step after another, and a failure at any of them changes nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import httpx2
import pandas as pd
import pytest
import stamina
from publishers import enterprises, feature_rows, nomis, polite

from s3geo.cli.main import main
from s3geo.errors import DataError, SourceError, UsageError, ValidationError
from s3geo.refresh import live, tidy
from s3geo.refresh.compare import RefreshReport
from s3geo.refresh.difference import difference
from s3geo.refresh.inputs import FILES
from s3geo.refresh.live import plan, refresh_sources
from s3geo.sources import registry, snapshot
from s3geo.sources.nomis import read_size_bands
from s3geo.sources.snapshot import Snapshots
from s3geo.writing import write_whole

UBC, LOOKUP = "nomis_ubc", "ons_lad_region"
EXTRA = ["EMPLOYMENT_SIZEBAND_NAME"]
LAD = {"LAD23CD": "E07000041", "LAD23NM": "Exeter", "RGN23CD": "E12000009", "RGN23NM": "South West"}

Answer = Callable[[httpx2.Request], httpx2.Response]


@pytest.fixture(autouse=True)
def small_sources(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let tables of a few rows count as whole."""
    for name in (UBC, LOOKUP):
        monkeypatch.setitem(registry.SOURCES, name, replace(registry.SOURCES[name], least=3 if name == UBC else 1))
    with stamina.set_testing(True, attempts=2):
        yield


def publishers(ubc: Answer | None = None) -> Answer:
    """Answer for both sources."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        if "nomisweb" in request.url.host:
            return (ubc or nomis(enterprises(), EXTRA))(request)
        return httpx2.Response(200, content=feature_rows(LAD))

    return answer


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def refreshed(folder: Path, *names: str, ubc: Answer | None = None, **options: object):
    return refresh_sources(names or (UBC,), folder, polite(publishers(ubc)), **options)


# --- when all goes well


def test_a_refresh_keeps_the_answer_and_the_table(tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    report = refreshed(tmp_path, UBC, LOOKUP, progress=lambda label, share: told.append((label, share)))
    report.check()
    assert [(outcome.source, outcome.rows) for outcome in report.outcomes] == [(UBC, 15), (LOOKUP, 1)]
    assert "15 rows, 30 cells: 30 added, 0 changed, 0 gone" in str(report)
    assert pd.read_parquet(tmp_path / "sources" / f"{UBC}.parquet")["enterprises"].sum() == 4500
    store = Snapshots(tmp_path / "snapshots")
    (kept,) = store.latest(UBC)
    assert b"Black Country" in store.content(kept)
    assert kept.licence == "OGL-UK-3.0"
    assert kept.address.startswith("https://www.nomisweb.co.uk/api/v01/dataset/NM_142_1.data.csv?geography=")
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert not list(tmp_path.rglob(".*"))


def test_a_second_refresh_finds_nothing_new(tmp_path: Path) -> None:
    refreshed(tmp_path)
    before = tree(tmp_path / "sources")
    report = refreshed(tmp_path)
    assert report.outcomes[0].difference.unchanged
    assert "30 cells, none of them changed" in str(report)
    assert tree(tmp_path / "sources") == before
    assert len(list((tmp_path / "snapshots").glob("??/*"))) == 2


def test_new_figures_are_shown_with_their_largest_moves(tmp_path: Path) -> None:
    refreshed(tmp_path)
    cells = enterprises()
    cells[0][4] = 150.0
    cells[1][4] = 201.0
    report = refreshed(tmp_path, ubc=nomis(cells[:-1], EXTRA))
    found = report.outcomes[0].difference
    assert (found.cells, found.added, found.changed, found.gone) == (28, 0, 2, 2)
    assert found.moves[["area", "band", "before", "after"]].values.tolist() == [
        ["England", "total", 100.0, 150.0],
        ["England", "micro_0_9", 200.0, 201.0],
    ]
    assert found.moves["change"].round(1).tolist() == [50.0, 0.5]
    assert pd.read_parquet(tmp_path / "sources" / f"{UBC}.parquet")["enterprises"].iloc[0] == 150.0


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    report = refreshed(tmp_path / "new", dry_run=True)
    assert report.outcomes[0].difference.added == 30
    assert str(report).endswith("Nothing was written.")
    assert not (tmp_path / "new").exists()
    refreshed(tmp_path)
    before = tree(tmp_path)
    report = refreshed(tmp_path, ubc=nomis(enterprises(shift=7), EXTRA), dry_run=True)
    assert report.outcomes[0].difference.changed == 15
    assert tree(tmp_path) == before


def test_the_plan_knows_the_age_of_the_last_snapshot(tmp_path: Path) -> None:
    before = plan([UBC, LOOKUP], tmp_path)
    assert before["last"].tolist() == ["never", "never"]
    assert before["age_days"].isna().all()
    assert not list(tmp_path.iterdir())
    refreshed(tmp_path)
    after = plan([UBC], tmp_path, now=datetime.now(UTC) + timedelta(days=10)).iloc[0]
    assert (after["age_days"], after["files"], bool(after["compiled"])) == (10.0, 1, True)
    assert after["address"] == registry.SOURCES[UBC].address
    assert len(plan([], tmp_path)) == len(registry.SOURCES)


# --- when something goes wrong


def with_header(old: str, new: str) -> Answer:
    def answer(request: httpx2.Request) -> httpx2.Response:
        content = nomis(enterprises(), EXTRA)(request).content
        return httpx2.Response(200, content=content.replace(old.encode(), new.encode()))

    return answer


def no_answer(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ReadTimeout("slow", request=request)


def second_page_fails(request: httpx2.Request) -> httpx2.Response:
    if "RecordOffset" in request.url.params:
        return httpx2.Response(503)
    return nomis(enterprises(shift=3), EXTRA, page=4)(request)


def truncated(request: httpx2.Request) -> httpx2.Response:
    content = nomis(enterprises(shift=3), EXTRA)(request).content
    return httpx2.Response(200, headers={"Content-Length": str(len(content))}, content=content[:200])


def page_of_html(_: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(200, content=b"<html><body>Maintenance</body></html>")


FAILURES = {
    "HTTP 500": (lambda _: httpx2.Response(500), SourceError, "HTTP 500"),
    "HTTP 429": (lambda _: httpx2.Response(429), SourceError, "asks for a pause"),
    "timeout": (no_answer, SourceError, "did not answer in time"),
    "HTML": (page_of_html, SourceError, "a web page instead of CSV"),
    "truncated": (truncated, SourceError, "sent 200 of"),
    "second page": (second_page_fails, SourceError, "HTTP 503"),
    "column renamed": (with_header("GEOGRAPHY_NAME", "AREA_NAME"), DataError, "no column 'GEOGRAPHY_NAME'"),
    "text for numbers": (with_header(",100.0,", ",some,"), DataError, "'some'"),
    "too few rows": (nomis(enterprises()[:2], EXTRA), ValidationError, "2 rows, fewer than 3"),
    "row twice": (nomis([*enterprises(), enterprises()[0]], EXTRA), ValidationError, "1 rows stand twice"),
    "infinity": (nomis(enterprises(shift=float("inf")), EXTRA), ValidationError, "holds infinity"),
    "no name": (with_header('"Exeter"', '""'), ValidationError, "5 rows have no 'area'"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_leaves_the_old_data(tmp_path: Path, failure: str) -> None:
    answer, error, says = FAILURES[failure]
    refreshed(tmp_path)
    before = tree(tmp_path)
    report = refreshed(tmp_path, ubc=answer)
    with pytest.raises(error, match=says) as caught:
        report.check()
    assert caught.value.exit_code == (3 if error is SourceError else 1)
    assert f"{UBC}: failed, the old data stay." in str(report)
    after = tree(tmp_path)
    assert {name: after[name] for name in before} == before
    # Only the answer itself may be new, to be looked at.
    assert all(
        name.startswith("snapshots/") and name != "snapshots/index.json" for name in after.keys() - before.keys()
    )


@pytest.mark.parametrize("module", [snapshot, tidy])
def test_a_disk_that_is_full_leaves_the_old_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module) -> None:
    refreshed(tmp_path)
    before = tree(tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    # Storing the answer and adopting it write through `snapshot`, the tidy table through `tidy`.
    monkeypatch.setattr(module, "write_whole", full)
    report = refreshed(tmp_path, ubc=nomis(enterprises(shift=1), EXTRA))
    monkeypatch.undo()
    with pytest.raises(DataError, match=r"cannot be written \(No space left on device\)"):
        report.check()
    after = tree(tmp_path)
    assert {name: after[name] for name in before} == before


def test_an_index_that_cannot_move_keeps_the_old_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refreshed(tmp_path)
    before = tree(tmp_path / "sources")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Snapshots, "adopt", full)
    with pytest.raises(DataError, match="cannot be written"):
        refreshed(tmp_path, ubc=nomis(enterprises(shift=1), EXTRA)).check()
    assert tree(tmp_path / "sources") == before


def test_one_source_that_fails_does_not_hold_up_the_others(tmp_path: Path) -> None:
    report = refreshed(tmp_path, UBC, LOOKUP, ubc=page_of_html)
    with pytest.raises(SourceError, match="web page"):
        report.check()
    assert sorted(tree(tmp_path / "sources")) == [f"{LOOKUP}.parquet"]
    assert plan([UBC, LOOKUP], tmp_path)["last"].ne("never").tolist() == [False, True]


def test_several_failures_are_one_error_of_the_worse_kind(tmp_path: Path) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        wrong = nomis(enterprises()[:1], EXTRA)
        return wrong(request) if "nomisweb" in request.url.host else httpx2.Response(404)

    report = refresh_sources([UBC, LOOKUP], tmp_path, polite(answer))
    with pytest.raises(SourceError, match="2 sources were not refreshed") as caught:
        report.check()
    assert len(caught.value.problems) == 2


def test_a_tidy_table_that_is_damaged_says_what_to_do(tmp_path: Path) -> None:
    refreshed(tmp_path)
    (tmp_path / "sources" / f"{UBC}.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataError, match="Remove it to start afresh"):
        refreshed(tmp_path).check()


def test_an_unknown_source_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No source 'nowhere'"):
        refreshed(tmp_path, "nowhere")


def test_a_difference_sees_new_columns_and_text() -> None:
    old = pd.DataFrame({"code": ["a", "b"], "name": ["A", "B"]})
    new = pd.DataFrame({"code": ["a", "b"], "name": ["A", "Bee"], "size": [1.0, float("nan")]})
    found = difference(old, new, ["code"], ["size"])
    assert (found.cells, found.added, found.changed, found.gone) == (4, 2, 1, 0)
    assert found.moves.empty


# --- with a raw folder: all or nothing


def test_with_a_folder_a_failure_compiles_nothing(tmp_path: Path) -> None:
    report = refreshed(tmp_path, UBC, LOOKUP, ubc=page_of_html, raw=tmp_path / "raw")
    assert report.compiled is None
    assert tree(tmp_path / "sources") == {}
    assert not (tmp_path / "data").exists()


def test_with_a_folder_that_is_not_whole_nothing_is_adopted(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    report = refreshed(tmp_path, raw=tmp_path / "raw")
    with pytest.raises(DataError, match="raw files are missing from raw"):
        report.check()
    assert plan([UBC], tmp_path)["last"].tolist() == ["never"]
    assert not (tmp_path / "data").exists()


def test_with_a_folder_the_fresh_table_takes_the_place_of_the_raw_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = tmp_path / "raw"
    for number, name in enumerate(FILES.values()):
        write_whole(raw / name, str(number).encode())
    before = tree(raw)
    seen: dict[str, bytes] = {}

    def compiled(folder: Path, target: Path, *, dry_run: bool) -> RefreshReport:
        seen.update(tree(folder))
        assert (folder.name, target, dry_run) == ("raw", tmp_path / "data", False)
        assert plan([UBC], tmp_path)["last"].tolist() == ["never"]  # adopted only after this has succeeded
        return RefreshReport(1, 0, 1, 0, 0, pd.DataFrame(), pd.DataFrame(), ("observations.parquet",))

    monkeypatch.setattr(live, "compile_data", compiled)
    report = refreshed(tmp_path, UBC, LOOKUP, raw=raw)
    report.check()
    assert str(report).endswith("data: 1 figures: 1 added, 0 changed, 0 gone.")
    fresh = FILES["size_bands"]
    assert read_size_bands(seen[fresh])["enterprises"].sum() == 4500
    assert {name: content for name, content in seen.items() if name != fresh} == {
        name: content for name, content in before.items() if name != fresh
    }
    assert tree(raw) == before
    assert plan([UBC, LOOKUP], tmp_path)["last"].ne("never").all()


def test_with_a_folder_a_compilation_that_fails_adopts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refreshed(tmp_path)
    before = tree(tmp_path / "sources")
    adopted = Snapshots(tmp_path / "snapshots").latest(UBC)
    (tmp_path / "raw").mkdir()

    def invalid(*_: object, **__: object) -> None:
        raise ValidationError("The observations do not satisfy their schema.")

    monkeypatch.setattr(live, "compile_data", invalid)
    report = refreshed(tmp_path, ubc=nomis(enterprises(shift=1), EXTRA), raw=tmp_path / "raw")
    with pytest.raises(ValidationError, match="do not satisfy"):
        report.check()
    assert tree(tmp_path / "sources") == before
    assert Snapshots(tmp_path / "snapshots").latest(UBC) == adopted


# --- through the command line


class Ran(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run the command as the shell would, with these publishers."""

    def command(*arguments: str, ubc: Answer | None = None) -> Ran:
        monkeypatch.setattr(live, "Client", lambda: polite(publishers(ubc)))
        monkeypatch.setattr(sys, "argv", ["s3geo", "refresh", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return Ran(int(ended.value.code or 0), *capsys.readouterr())

    return command


def test_the_command_shows_the_plan_and_the_difference(run: Callable[..., Ran], tmp_path: Path) -> None:
    ran = run(UBC, "--into", str(tmp_path / "data"))
    assert ran.code == 0
    assert "never" in ran.err
    assert f"] {UBC}: parsing" in ran.err  # the progress bar
    assert ran.out.startswith(f"{UBC}: 15 rows, 30 cells: 30 added, 0 changed, 0 gone\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["snapshots", "sources"]


@pytest.mark.parametrize("failure", FAILURES)
def test_the_command_exits_3_for_a_source_and_1_for_its_data(
    run: Callable[..., Ran], tmp_path: Path, failure: str
) -> None:
    answer, error, says = FAILURES[failure]
    run(UBC, "--into", str(tmp_path / "data"))
    before = tree(tmp_path / "sources")
    ran = run(UBC, "--into", str(tmp_path / "data"), ubc=answer)
    assert ran.code == (3 if error is SourceError else 1)
    assert f"{UBC}: failed, the old data stay." in ran.out
    assert says in ran.err
    assert "Traceback" not in ran.err
    assert tree(tmp_path / "sources") == before


def test_the_command_in_a_dry_run(run: Callable[..., Ran], tmp_path: Path) -> None:
    ran = run(UBC, "--dry-run", "--into", str(tmp_path / "data"))
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "Nothing was written.")
    assert not list(tmp_path.iterdir())


def test_the_command_with_an_unknown_source(run: Callable[..., Ran], tmp_path: Path) -> None:
    assert run("nowhere", "--into", str(tmp_path / "data")).code == 2
