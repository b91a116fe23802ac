"""A stranger's file is read in a process of its own, which has so much memory and time and may be lost.

What is checked before a file is read (`s3geo.files`, `s3geo.tables`, `s3geo.geography`) keeps out every bomb that is
known. This is for those that are not: whatever a reader does with a file, the server and its visitors go on.

Run as a program, it reads the file of a folder and puts there what it found.
"""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from s3geo.errors import FileProblem, LayerError, TableError
from s3geo.files import MEGABYTE, clean_text, file_problem

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["LARGE", "LARGEST", "MOST_CORNERS", "SMALL", "Lane", "layer_apart", "table_apart", "weight"]


class Lane(NamedTuple):
    """What a process that reads a file may take: bytes of memory, seconds of processor time; and whose turn it is."""

    memory: int
    seconds: int
    turn: Lock


SMALL = Lane(800 * MEGABYTE, 6, Lock())
"""For small files, which are most: nobody waits for large ones."""

LARGE = Lane(1_000 * MEGABYTE, 20, Lock())
"""For all others."""

LARGEST = 60 * MEGABYTE
"""Most that a table may take once it is read, in bytes."""

MOST_CORNERS = 500_000
"""Most corners of a layer: the server draws it while others wait."""

_OF_A_CORNER = 250  # bytes, measured: with what is drawn from it for the map
_SMALL_FILE = 400_000
_PATIENCE = 60.0
_MOST_PROBLEMS, _LONGEST_TEXT, _LONGEST_NAME, _LONGEST_ANSWER = 500, 300, 80, 2 * MEGABYTE
_TOO_MUCH = 3
_ERRORS = {kind.__name__: kind for kind in (FileProblem, LayerError, TableError)}
_FOUND, _TOLD = "found.parquet", "told.json"


def table_apart(data: bytes, name: str) -> pd.DataFrame:
    """Read a table as `s3geo.tables.read.read_table` does, in a process of its own.

    Raises
    ------
    DataError
        As `read_table`; also if it takes more memory or time than there is for one file, or others' files take long.
    """
    import pandas as pd

    with _apart(data, name, {"what": "table"}) as (found, attrs):
        table = pd.read_parquet(found).rename_axis("row")
    table.attrs = attrs
    return table


def layer_apart(data: bytes, name: str, geography: str) -> gpd.GeoDataFrame:
    """Read boundaries as `s3geo.geography.layers.read_layer` does, in a process of its own.

    What touches what is found out there too: where that takes too long, the boundaries are refused.

    Raises
    ------
    DataError
        As `read_layer`; also if it takes more memory or time than there is for one file, or others' files take long.
    """
    import geopandas as gpd

    with _apart(data, name, {"what": "layer", "geography": geography}) as (found, attrs):
        layer = gpd.read_parquet(found)
    layer.attrs = attrs
    return layer


@contextmanager
def _apart(data: bytes, name: str, request: dict[str, str]) -> Iterator[tuple[Path, dict[Any, Any]]]:
    """Yield the file with what was found in `data`, and what is told about it."""
    shown, lane = _short(clean_text(name)), SMALL if len(data) < _SMALL_FILE else LARGE
    with tempfile.TemporaryDirectory(prefix="s3geo-") as made:
        folder = Path(made)
        (folder / "given").write_bytes(data)
        (folder / "request.json").write_text(
            json.dumps(request | {"name": shown, "memory": lane.memory, "seconds": lane.seconds})
        )
        if not lane.turn.acquire(timeout=_PATIENCE):
            raise file_problem(shown, "could not be read yet: other files take long", "Send it again in a minute.")
        try:
            # -P: no module is looked for in a folder of strangers' files
            command = [sys.executable, "-P", "-m", "s3geo.apart", made]
            here = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), made)  # what is unpacked goes with the folder
            done = subprocess.run(
                command, capture_output=True, check=False, timeout=_PATIENCE, cwd=made, env={**os.environ, **here}
            )
            lost = done.returncode < 0 or done.returncode == _TOO_MUCH
        except subprocess.TimeoutExpired:
            lost = True
        finally:
            lane.turn.release()
        lost = lost or (done.returncode == 0 and (folder / _TOLD).stat().st_size > _LONGEST_ANSWER)
        if lost:
            limits = f"{lane.memory / MEGABYTE:,.0f} MB, {lane.seconds} seconds"
            problem = f"takes more memory or time to read than there is for one file ({limits})"
            raise file_problem(shown, problem, "Use a smaller or more generalised version of it.")
        if done.returncode:
            raise RuntimeError(done.stderr[-2_000:].decode(errors="replace"))
        told = json.loads((folder / _TOLD).read_text())
        if "error" in told:
            raise _ERRORS[told["error"]](told["message"], told["problems"])
        yield folder / _FOUND, told["attrs"]


def weight(frame: pd.DataFrame) -> int:
    """Return how many bytes a table takes in memory, or a layer with all that is made of it for maps.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> weight(open_workspace().layer("region")) < weight(open_workspace().layer("lep"))
    True
    """
    import geopandas as gpd

    corners = frame.count_coordinates().sum() if isinstance(frame, gpd.GeoDataFrame) else 0
    return int(frame.memory_usage(deep=True).sum() + _OF_A_CORNER * corners)


def _read(folder: Path, request: dict[str, Any]) -> None:
    given, name = folder / "given", request["name"]
    told: dict[str, Any]
    try:
        found = _table(given, name) if request["what"] == "table" else _layer(given, name, request["geography"])
        notes = [_cut(str(note)) for note in found.attrs.get("notes", ())[:_MOST_PROBLEMS]]
        told, found.attrs = {"attrs": {**found.attrs, "notes": notes}}, {}
        found.to_parquet(folder / _FOUND)
    except tuple(_ERRORS.values()) as error:
        first = error.problems.head(_MOST_PROBLEMS).map(_cut).to_dict("records")
        told = {"error": type(error).__name__, "message": _cut(str(error), 4 * _LONGEST_TEXT), "problems": first}
    (folder / _TOLD).write_text(json.dumps(told, default=str))


def _cut(text: object, most: int = _LONGEST_TEXT) -> object:
    return f"{text[: most - 1]}…" if isinstance(text, str) and len(text) > most else text


def _short(name: str) -> str:
    """Return a name without its middle where it is long; what it ends in stays."""
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 20]}…{name[-19:]}"


def _table(given: Path, name: str) -> pd.DataFrame:
    from s3geo.tables.read import read_table

    table = read_table(given.read_bytes(), name=name)
    if (size := weight(table)) > LARGEST:
        problem = f"is too large once it is read ({size / MEGABYTE:,.0f} MB; at most {LARGEST / MEGABYTE:,.0f} MB)"
        raise file_problem(name, problem, "Keep the rows and columns that are needed.")
    return table.rename_axis(None)  # a column may be called as the index is


def _layer(given: Path, name: str, geography: str) -> gpd.GeoDataFrame:
    from s3geo.geography.layers import read_layer
    from s3geo.geography.neighbours import neighbours

    path = given.rename(given.with_name(f"given{PurePosixPath(name).suffix.lower()}"))
    layer = read_layer(path, geography=geography, file=name)
    if (corners := int(layer.count_coordinates().sum())) > MOST_CORNERS:
        step = "Use more generalised boundaries (ONS calls them BUC or BSC): a map of England shows no more."
        raise file_problem(name, f"has {corners:,} corners (at most {MOST_CORNERS:,})", step)
    neighbours(layer)
    return layer


def _limit(memory: int, seconds: int) -> None:
    with suppress(ImportError, OSError, ValueError):  # Windows knows no such limits, others not all of them
        import resource

        os.nice(5)  # visitors who click come first
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_FSIZE, (memory, memory))
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        with suppress(OSError):  # Linux: where memory runs out all the same, this process goes first
            Path("/proc/self/oom_score_adj").write_text("1000")


def _main() -> None:
    """Read the file of the folder that the command line names."""
    folder = Path(sys.argv[1])
    request = json.loads((folder / "request.json").read_text())
    _limit(request["memory"], request["seconds"])
    try:
        _read(folder, request)
    except Exception as error:
        full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EFBIG)
        if full or isinstance(error, MemoryError) or "bad_alloc" in str(error):  # the latter is what GEOS says
            sys.exit(_TOO_MUCH)
        raise


if __name__ == "__main__":
    _main()
