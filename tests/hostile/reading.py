"""Read hostile files, each in a child of its own: the outcome, the time, the memory, and what it touched.

Run as a program it imports everything once, then takes one request a line (JSON) and answers each with one line.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import sys
import tempfile
import time
from pathlib import Path

GIGABYTE = 2**30
PATIENCE = 20.0


def read(request: dict[str, str], layer) -> dict[str, object]:
    """Read one file as the app does; say what came of it."""
    from s3geo.geography.layers import read_layer
    from s3geo.tables.own import match_own
    from s3geo.tables.read import read_table

    path = Path(request["path"])
    touched: list[str] = []

    def audit(event: str, args: tuple) -> None:
        if event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            if not str(args[0]).startswith((request["root"], "/dev/")):
                touched.append(f"{event} {args[0]}")
        elif event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system"):
            touched.append(event)

    sys.addaudithook(audit)
    at_start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    answer: dict[str, object] = {"outcome": "read", "error": "", "message": ""}
    try:
        if request["kind"] == "table":
            table = read_table(path.read_bytes() if path.stat().st_size < 10**6 else path, name=path.name)
            match_own(table, layer, file=path.name)
            cells = [cell for column in table.columns for cell in table[column]]
            answer["sound"] = all(isinstance(cell, str) for cell in cells)
            answer["leaked"] = any(request["secret"] in cell for cell in cells)
        else:
            frame = read_layer(path, geography="lep", file=path.name)
            kinds = set(frame.geom_type)
            answer["sound"] = bool(frame.is_valid.all()) and kinds <= {"Polygon", "MultiPolygon"}
            answer["leaked"] = request["secret"] in frame.to_json()
    except BaseException as error:  # a panic of a reader in Rust is no Exception
        answer |= {"outcome": "refused", "error": type(error).__module__ + "." + type(error).__name__}
        answer |= {"message": str(error), "problems": len(getattr(error, "problems", ()))}
    answer["seconds"] = time.process_time() - begun
    answer["bytes"] = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - at_start)
    answer["touched"] = touched
    return answer


def in_a_child(request: dict[str, str], layer) -> dict[str, object]:
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(out)
        tempfile.tempdir = request["temporary"]
        resource.setrlimit(resource.RLIMIT_AS, (12 * GIGABYTE, 12 * GIGABYTE))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with os.fdopen(into, "w") as pipe:
            json.dump(read(request, layer), pipe)
        os._exit(0)
    os.close(into)
    until = time.monotonic() + PATIENCE
    text = b""
    while select.select([out], [], [], max(until - time.monotonic(), 0))[0]:
        chunk = os.read(out, 65_536)
        if not chunk:
            break
        text += chunk
    else:
        os.kill(child, signal.SIGKILL)
    os.close(out)
    _, status = os.waitpid(child, 0)
    return json.loads(text) if status == 0 and text else {"outcome": f"died (status {status})"}


def main() -> None:
    import geopandas  # noqa: F401
    import pyarrow.parquet  # noqa: F401
    import pyogrio  # noqa: F401
    import python_calamine  # noqa: F401
    import rapidfuzz.fuzz
    import rapidfuzz.process  # noqa: F401

    from s3geo import open_workspace
    from s3geo.geography.layers import read_layer  # noqa: F401
    from s3geo.tables.own import match_own  # noqa: F401

    layer = open_workspace().layer()
    for line in sys.stdin:
        print(json.dumps(in_a_child(json.loads(line), layer)), flush=True)


if __name__ == "__main__":
    main()
