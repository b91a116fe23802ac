"""Do one job that writes, each time in a child of its own: killed before its n-th change of a file, or short of disk.

Run as a program it imports everything once, then takes one request a line (JSON) and answers each with one line.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "sources"))

import pandas as pd
import stamina
from publishers import enterprises, nomis, polite

from s3geo.model.catalogue import load_catalogue
from s3geo.refresh import compile as compiling
from s3geo.refresh.live import refresh_sources
from s3geo.settings import bundled
from s3geo.sources import registry
from s3geo.tables.own import OwnTable, match_own
from s3geo.tables.read import read_table
from s3geo.workspace import open_workspace
from s3geo.workspace.own import Described, describe_own, save_own

UBC = "nomis_ubc"
CHANGES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod")


def refresh(folder: Path, generation: int) -> None:
    """Refresh one source; the figures of each generation are those of the first plus a constant."""
    registry.SOURCES[UBC] = replace(registry.SOURCES[UBC], least=3)
    answer = nomis(enterprises(shift=generation), ["EMPLOYMENT_SIZEBAND_NAME"])
    refresh_sources([UBC], folder, polite(answer)).check()


def compile_(folder: Path, generation: int) -> None:
    """Write ``data/`` as compiling does, with some rows of the bundled tables; more in each generation."""
    made = {name: TABLES[name].head(20 + generation) for name in compiling.TABLES}
    compiling._write(folder / "data", bundled("data", "catalogue.toml"), CATALOGUE, made)


def import_(folder: Path, generation: int) -> None:
    """Keep a table of the user's own, with other figures under the same name in each generation."""
    save_own(describe_own(own(generation), Described("Patents granted", "patents")), folder)


def own(generation: int) -> OwnTable:
    text = f"code,{2020 + generation}\nE37000051,{generation}\n"
    return match_own(read_table(text.encode(), name="patents.csv"), open_workspace().layer())


def serve(folder: Path, generation: int) -> None:
    """Read everything there is in a workspace, as the app does when it starts."""
    from s3geo.workspace.opened import Workspace

    ws = Workspace(folder)
    ws.check()
    assert ws.values("own_patents_granted").sum() == generation


JOBS: dict[str, Callable[[Path, int], None]] = {
    "refresh": refresh,
    "compile": compile_,
    "import": import_,
    "serve": serve,
}
CATALOGUE = load_catalogue(bundled("data", "catalogue.toml"))
TABLES: dict[str, pd.DataFrame] = {}


def do(request: dict) -> dict[str, object]:
    """Do a job; say what came of it and how many changes of files it made."""
    folder, count = Path(request["folder"]), 0

    def audit(event: str, args: tuple) -> None:
        nonlocal count
        writes = event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if (writes or event in CHANGES) and str(args[0]).startswith(str(folder)):
            count += 1
            if count == request.get("die_at"):
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(audit)
    if "largest" in request:
        resource.setrlimit(resource.RLIMIT_FSIZE, (request["largest"], request["largest"]))
    if "zone" in request:
        os.environ["TZ"] = request["zone"]
        time.tzset()
    try:
        JOBS[request["job"]](folder, request["generation"])
    except Exception as error:
        return {"error": f"{type(error).__module__}.{type(error).__name__}", "message": str(error), "changes": count}
    return {"error": "", "changes": count}


def in_a_child(request: dict) -> dict[str, object]:
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(out)
        with os.fdopen(into, "w") as pipe:
            json.dump(do(request), pipe)
        os._exit(0)
    os.close(into)
    with os.fdopen(out) as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    return json.loads(text) if text else {"killed": os.WTERMSIG(status) == signal.SIGKILL}


def main() -> None:
    for name in compiling.TABLES:
        path = bundled("data", name)
        TABLES[name] = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, dtype=str)
    open_workspace().layer()
    stamina.set_testing(True, attempts=1)
    for line in sys.stdin:
        print(json.dumps(in_a_child(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
