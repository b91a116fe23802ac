"""Two at once: the second is told so, or waits for the first; files are those of one of them, never of both."""

from __future__ import annotations

import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow.parquet as parquet
import pytest
from generations import GENERATION, UBC, scraps

from s3geo import writing
from s3geo.errors import DataError
from s3geo.refresh.live import plan, refresh_sources
from s3geo.workspace import store
from s3geo.writing import alone, current, steadily, together, write_whole


def test_a_second_refresh_of_a_workspace_is_told_that_one_is_running(do: Callable[..., dict], tmp_path: Path) -> None:
    do("refresh", tmp_path, 1)
    with alone(tmp_path, "Another refresh"):
        answer = do("refresh", tmp_path, 2)
        assert answer["error"] == "s3geo.errors.DataError"
        assert f"Another refresh of {tmp_path.name} is running" in answer["message"]
        assert "nothing has been changed" in answer["message"]
        assert GENERATION["refresh"](tmp_path) == 1
        assert plan([UBC], tmp_path)["last"].ne("never").all()  # looking is allowed
        with pytest.raises(DataError, match="is running"):
            refresh_sources([UBC], tmp_path)
    assert do("refresh", tmp_path, 2)["error"] == ""
    assert (GENERATION["refresh"](tmp_path), scraps(tmp_path)) == (2, [])


def test_a_killed_refresh_does_not_lock_out_the_next(do: Callable[..., dict], tmp_path: Path) -> None:
    do("refresh", tmp_path, 1)
    assert do("refresh", tmp_path, 2, die_at=3) == {"killed": True}
    assert do("refresh", tmp_path, 2)["error"] == ""


def test_writers_of_the_same_folder_wait_for_each_other(tmp_path: Path) -> None:
    """Eight at once, each writes its number into three files: the three agree whenever they are read."""
    begin, wrong = threading.Barrier(9), []
    names = ("a", "b", "c")

    def write(number: int) -> None:
        begin.wait(10)
        with together(tmp_path) as aside:
            for name in names:
                (aside / name).write_text(str(number))

    def read() -> set[str]:
        return {current(tmp_path / name).read_text() for name in names if current(tmp_path / name).exists()}

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    begin.wait(10)
    while any(writer.is_alive() for writer in writers):
        found = steadily(tmp_path / "a", read)
        if len(found) > 1:
            wrong.append(found)
    for writer in writers:
        writer.join()
    assert wrong == []
    assert len({(tmp_path / name).read_text() for name in names}) == 1
    assert scraps(tmp_path) == []


def test_a_writer_that_never_ends_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "PATIENCE", 0.1)
    with (
        alone(tmp_path, "A writer"),
        pytest.raises(DataError, match=r"Another change of .* is running"),
        together(tmp_path),
    ):
        pytest.fail("two at once")


def test_what_is_committed_counts_before_it_is_moved(tmp_path: Path) -> None:
    write_whole(tmp_path / "data" / "a.parquet", b"old")
    write_whole(tmp_path / "data" / ".next" / "a.parquet", b"new")
    assert current(tmp_path / "data" / "a.parquet").read_bytes() == b"new"
    with together(tmp_path / "data") as aside:
        (aside / "b").write_bytes(b"b")
    assert {path.name: path.read_bytes() for path in (tmp_path / "data").iterdir()} == {"a.parquet": b"new", "b": b"b"}


def test_a_block_that_fails_changes_nothing(tmp_path: Path) -> None:
    write_whole(tmp_path / "a", b"old")

    def half() -> None:
        with together(tmp_path) as aside:
            (aside / "a").write_bytes(b"new")
            raise KeyError

    with pytest.raises(KeyError):
        half()
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"old")]


def test_a_link_stays_a_link_and_a_device_is_written_as_it_is(tmp_path: Path) -> None:
    write_whole(tmp_path / "there", b"old")
    (tmp_path / "link").symlink_to(tmp_path / "there")
    write_whole(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "there").read_bytes() == b"new"
    write_whole(Path("/dev/null"), b"gone")
    assert not Path("/dev/null").is_file()


def test_tables_survive_being_read_while_they_are_renewed(do: Callable[..., dict], memory: Path) -> None:
    """A reader that opens the table again and again sees 15 rows of one generation each time."""
    do("refresh", memory, 1)
    seen, over = set(), threading.Event()

    def read() -> None:
        while not over.is_set():
            table = store.read_parquet(memory / "sources" / f"{UBC}.parquet")
            seen.add((len(table), table["enterprises"].iloc[0] - 100))

    reader = threading.Thread(target=read)
    reader.start()
    for generation in range(2, 8):
        assert do("refresh", memory, generation)["error"] == ""
    over.set()
    reader.join()
    assert {rows for rows, _ in seen} == {15}
    assert {generation for _, generation in seen} <= set(range(1, 8))


def test_a_table_is_read_from_one_generation_of_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is renewed while it is read: what is checked is what is returned."""
    path = tmp_path / "table.parquet"
    pd.DataFrame({"n": [1, 2]}).to_parquet(path)
    check = parquet.read_table

    def check_and_renew(*args: object, **kwargs: object) -> object:
        found = check(*args, **kwargs)
        pd.DataFrame({"n": [8, 9]}).to_parquet(path)
        return found

    monkeypatch.setattr(parquet, "read_table", check_and_renew)
    assert store.read_parquet(path)["n"].tolist() == [1, 2]


def test_who_may_read_a_file_does_not_change_with_its_content(tmp_path: Path) -> None:
    (kept := tmp_path / "kept").write_bytes(b"old")
    kept.chmod(0o600)
    write_whole(kept, b"new")
    write_whole(tmp_path / "new", b"new")
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("kept", "new")] == [0o600, 0o644]


@pytest.mark.parametrize(
    "error",
    [ConnectionResetError(104, "reset"), TimeoutError("late"), FileNotFoundError(2, "none", "/elsewhere/lep.zip")],
)
def test_what_has_nothing_to_do_with_writing_is_not_called_so(tmp_path: Path, error: OSError) -> None:
    with pytest.raises(type(error)) as raised, together(tmp_path):
        raise error
    assert raised.value is error
    assert scraps(tmp_path) == []


@pytest.mark.parametrize("error", [OSError(28, "full"), PermissionError(13, "no", "data/.writing-x/a")])
def test_what_is_of_the_disk_is_called_so(tmp_path: Path, error: OSError, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="data cannot be written"), together(Path("data")):
        raise error


def test_figures_are_those_of_the_catalogue_read_with_them(
    do: Callable[..., dict], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second import comes between the catalogue of the first and its figures."""
    do("import", tmp_path, 1)
    read = pd.read_parquet

    def late(*args: object, **more: object) -> pd.DataFrame:
        monkeypatch.setattr(pd, "read_parquet", read)
        do("import", tmp_path, 2)
        return read(*args, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(pd, "read_parquet", late)
    assert GENERATION["import"](tmp_path) == 2


def test_a_file_is_compared_with_the_package_of_its_own_refresh(
    do: Callable[..., dict], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second compilation comes between the package of the first and the bytes it tells of."""
    do("compile", tmp_path, 1)
    read = store.read_package

    def late(path: Path) -> dict:
        found = read(path)
        monkeypatch.setattr(store, "read_package", read)
        do("compile", tmp_path, 2)
        return found

    monkeypatch.setattr(store, "read_package", late)
    assert GENERATION["compile"](tmp_path) == 2
