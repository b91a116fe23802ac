"""Fuzzing that looks for new paths through our code, with atheris (``pip install atheris``; Linux, CPython to 3.13).

``python tests/fuzz/guided.py csv -runs=20000`` tries inputs that reach lines which none has reached before, beginning
with the good ones of `inputs`; options after the target are libFuzzer's. It stops at the first crash and keeps the
input. `make fuzz` needs no atheris and is what counts: readers in C and Rust are not looked into by this one either.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path


def main() -> None:
    import atheris  # here, for this file is looked through for examples where there is none

    with atheris.instrument_imports(include=["s3geo"]):
        import s3geo.app.address
        import s3geo.geography.layers
        import s3geo.tables.own
        import s3geo.tables.read
        import s3geo.views.index  # noqa: F401

    from fuzzing import attempt
    from inputs import GOOD

    target = sys.argv[1]
    for data in GOOD[target]():
        attempt(target, data)

    def one(data: bytes) -> None:
        answer = attempt(target, data)
        if answer not in ("read", "refused"):
            raise RuntimeError(answer)

    with tempfile.TemporaryDirectory() as folder:
        for number, data in enumerate(GOOD[target]()):
            Path(folder, str(number)).write_bytes(data)
        atheris.Setup([sys.argv[0], folder, "-timeout=5", "-rss_limit_mb=4096", "-seed=1", *sys.argv[2:]], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
