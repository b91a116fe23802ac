"""The log of the app: every line is JSON of our own words; an error has a reference that its reader sees too."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.routing import Match
from streamlit.testing.v1 import AppTest

from s3geo import __version__
from s3geo.app import frame, loaders, log, server
from s3geo.app.server import SCRIPT
from s3geo.app.sharing import page_in_turn
from s3geo.errors import FileProblem, UsageError
from s3geo.settings import settings

KEYS = {"time", "level", "action", "session", "page", "what", "ms", "error", "kind", "where", "problem"}
Lines = Callable[[], list[dict]]


@pytest.fixture
def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """Log into a file; return what is in it."""
    path = tmp_path / "app.log"
    monkeypatch.setenv("S3GEO_LOG", str(path))
    settings.cache_clear()
    log.start_log()
    yield lambda: [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    monkeypatch.undo()
    settings.cache_clear()
    log.start_log()


def visit(**query: str) -> AppTest:
    test = AppTest.from_file(str(SCRIPT), default_timeout=60)
    test.query_params.update(query)
    return test.run()


def test_a_visit_is_told_in_our_words_alone(lines: Lines) -> None:
    test = visit(region="E37000016", recipe="secret-1")
    test.text_input(key="find").set_value("Dr Ann Other, SW1A 1AA").run()
    told = lines()
    assert [line["action"] for line in told if line["action"] != "part"] == ["page", "page"]
    assert {line["session"] for line in told} == {told[0]["session"]}
    assert re.fullmatch(r"[0-9a-f]{12}", told[0]["session"])
    for line in told:
        assert set(line) <= KEYS
        assert line["page"] == "Explore"
        assert line["ms"] > 0
        assert line["time"].endswith("+00:00")
    assert not any(word in json.dumps(told) for word in ("Ann", "SW1A", "secret", "E37000016"))
    assert visit().session_state["_visit"] != told[0]["session"]


def test_the_wait_for_other_pages_is_in_the_time_of_a_page(lines: Lines) -> None:
    with page_in_turn():  # another visitor's page that is not done
        assert not visit().exception
    (page,) = (line for line in lines() if line["action"] == "page")
    assert page["ms"] > 1000


def test_a_file_taken_away_belongs_to_the_visit_that_asked(lines: Lines) -> None:
    """It is made outside of any visit's script."""
    assert frame._made(lambda: b"figures", "csv", "0123456789ab") == b"figures"
    (line,) = lines()
    assert (line["action"], line["what"], line["session"]) == ("take_away", "csv", "0123456789ab")


def test_a_file_that_fails_is_written_down_with_the_visit_that_asked(lines: Lines) -> None:
    """Streamlit answers that there is no such file, and says no more."""
    for error in (KeyError("what the user typed"), FileProblem("salaries-of-ann.csv is empty.")):
        with pytest.raises(type(error)):
            frame._made(_raises(error), "pdf", "0123456789ab")
    told = [line for line in lines() if line["action"] == "error"]
    assert [(line["kind"], line["session"]) for line in told] == [
        ("KeyError", "0123456789ab"),
        ("FileProblem", "0123456789ab"),
    ]
    assert all(re.fullmatch(r"[0-9a-f]{8}", line["error"]) for line in told)
    assert not any(word in json.dumps(told) for word in ("typed", "ann"))


def test_nobody_can_guess_what_a_reference_stands_for(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    error = FileProblem("a.csv is empty")
    known = log.fault(error, session="0123456789ab")
    assert log.fault(error, session="0123456789ab") == known
    assert log.fault(error, session="ab0123456789") != known
    assert hashlib.sha256(b"0123456789ab FileProblem a.csv is empty").hexdigest()[:8] != known
    monkeypatch.setattr(log, "_KEY", bytes(32))  # as after the next start
    assert log.fault(error, session="0123456789ab") != known
    assert len(lines()) == 4


def test_an_error_of_the_users_has_the_same_reference_in_box_and_log(lines: Lines, tmp_path: Path) -> None:
    test = visit()
    error = FileProblem("salaries-of-ann.csv is empty. Export it again.")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loaders, "region_panel", _raises(error))
        test = visit(region="E37000016")
        assert not test.exception
        (box,) = test.error
        reference = re.search(r"\(Reference ([0-9a-f]{8})\)$", box.value)[1]
        assert test.run().error[0].value == box.value
    (line,) = [line for line in lines() if line["action"] == "error"]  # once, however often the page ran
    assert (line["error"], line["kind"], line["level"]) == (reference, "FileProblem", "warning")
    assert "ann" not in json.dumps(line)
    assert "explore.py" in line["where"]


def test_an_error_of_ours_is_told_with_a_reference_and_stays_an_error(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loaders, "england", _raises(KeyError("what the user typed")))
    test = visit()
    assert len(test.exception) == 1  # Streamlit's own box, and its traceback in the server's output
    (box,) = test.error
    reference = re.search(r"reference ([0-9a-f]{8})\.$", box.value)[1]
    assert "the address keeps what is chosen, but a file of your own must then be given again" in box.value
    (line,) = [line for line in lines() if line["action"] == "error"]
    assert (line["error"], line["kind"], line["level"]) == (reference, "KeyError", "error")
    assert "typed" not in json.dumps(line)
    assert "explore.py" in line["where"]


def _raises(error: Exception) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def test_without_a_setting_only_what_went_wrong_is_written(capfd: pytest.CaptureFixture[str]) -> None:
    log.start_log()
    log.note("page", page="Explore")
    reference = log.fault(FileProblem("a.csv is empty"))
    written = capfd.readouterr().err.splitlines()
    assert [json.loads(line)["error"] for line in written if line.startswith("{")] == [reference]


def test_a_log_that_cannot_be_opened_is_said_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3GEO_LOG", str(tmp_path / "nowhere" / "app.log"))
    settings.cache_clear()
    try:
        with pytest.raises(UsageError, match=r"S3GEO_LOG=.* cannot be written \(No such file"):
            log.start_log()
    finally:
        monkeypatch.undo()
        settings.cache_clear()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_log_that_is_full_keeps_nobody_from_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3GEO_LOG", "/dev/full")
    settings.cache_clear()
    try:
        log.start_log()
        test = visit()
        assert not test.exception
        assert not test.error
    finally:
        monkeypatch.undo()
        settings.cache_clear()
        log.start_log()


def test_a_log_that_was_rotated_goes_on_in_a_new_file(lines: Lines, tmp_path: Path) -> None:
    log.note("page")
    (tmp_path / "app.log").rename(tmp_path / "app.log.1")
    log.note("compared")
    assert [line["action"] for line in lines()] == ["compared"]


def test_a_log_that_cannot_be_opened_again_keeps_nobody_from_the_app(lines: Lines, tmp_path: Path) -> None:
    path, away = tmp_path / "app.log", tmp_path / "app.log.1"
    log.note("page")
    path.rename(away)
    path.mkdir()  # nothing can be written here
    log.note("compared")
    assert not visit().exception
    path.rmdir()
    log.note("period")
    assert [line["action"] for line in lines()] == ["period"]


def _begin() -> None:
    """Start and stop as the server does."""

    async def once() -> None:
        async with server.lifespan(None):
            pass

    with ThreadPoolExecutor(1) as pool:  # Playwright, which other tests use, has a loop running in this thread
        pool.submit(asyncio.run, once()).result()


@pytest.fixture
def cold(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A start that leaves this process as it was."""
    turn = sys.getswitchinterval()
    for name in ("let_files_wait", "give_memory_back"):
        monkeypatch.setattr(server, name, lambda: None)
    monkeypatch.setattr(loaders, "warm", lambda: None)
    yield
    sys.setswitchinterval(turn)


def test_a_start_is_one_line_where_all_is_well(lines: Lines, cold: None) -> None:
    _begin()
    (line,) = lines()
    assert (line["level"], line["action"], line["what"]) == ("info", "start", __version__)


def test_a_start_with_the_bundle_in_place_of_the_workspace_is_a_warning(
    lines: Lines, cold: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ws" / "boundaries").mkdir(parents=True)
    (tmp_path / "ws" / "boundaries" / "membership.csv").write_bytes(b"\xff")
    with monkeypatch.context() as patch:
        patch.setenv("S3GEO_WORKSPACE", str(tmp_path / "ws"))
        settings.cache_clear()
        _begin()
    begun, warned = lines()
    assert (begun["level"], begun["action"]) == ("info", "start")
    assert (warned["level"], warned["action"], warned["kind"]) == ("warning", "start", "FileProblem")
    assert "membership.csv cannot be read" in warned["problem"]
    assert set(warned) <= KEYS


def test_a_start_that_fails_in_our_code_is_an_error(lines: Lines, cold: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loaders, "workspace", _raises(KeyError("something of ours")))
    _begin()
    _, told = lines()
    assert (told["level"], told["action"], told["kind"]) == ("error", "error", "KeyError")
    assert "loaders.py" in told["where"]


def test_routes_answer_below_the_base_path_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that keeps strangers from /innovation/s3geo/ready must not be led around it."""

    def answered(path: str) -> bool:
        scope = {"type": "http", "method": "GET", "path": path, "root_path": ""}
        return any(route.matches(scope)[0] is Match.FULL for route in server.routes())

    for base in ("innovation", "/innovation/", "our/innovation"):
        monkeypatch.setattr(server.st, "get_option", {"server.baseUrlPath": base}.get)
        for path in ("ready", "health", "assets/map.js", "geometry/0.geojson"):
            assert answered(f"/s3geo/{path}")
            assert answered(f"/{base.strip('/')}/s3geo/{path}")
            assert not answered(f"/{base.strip('/')}/x/s3geo/{path}")
            assert not answered(f"/x/s3geo/{path}")
    monkeypatch.setattr(server.st, "get_option", {}.get)
    assert answered("/s3geo/ready")
    assert not answered("/x/s3geo/ready")


def test_readiness_says_more_than_health(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked() -> tuple[int, dict]:
        answer = server._ready(None)
        assert answer.headers["cache-control"] == "no-store"
        return answer.status_code, json.loads(answer.body)

    status, said = asked()
    assert (status, said["status"]) == (200, "ok")
    assert len(said["data"]) >= 4
    (tmp_path / "boundaries").mkdir()
    (tmp_path / "boundaries" / "membership.csv").write_bytes(b"\xff")
    monkeypatch.setenv("S3GEO_WORKSPACE", str(tmp_path))
    settings.cache_clear()
    try:
        status, said = asked()
        assert (status, said["status"]) == (200, "degraded")
        assert "membership.csv" in said["problem"]
        assert str(tmp_path) not in json.dumps(said)
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    monkeypatch.setattr(loaders, "workspace", _raises(FileProblem("observations.parquet cannot be read.")))
    assert asked() == (503, {"status": "failing", "problem": "observations.parquet cannot be read."})
