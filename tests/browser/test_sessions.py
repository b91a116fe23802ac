"""Many visits of one server, without a browser: each its own, none in the way of another."""

from __future__ import annotations

import asyncio
import urllib.request
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sessions import Session

from s3geo import open_workspace

GM, LONDON = "E37000015", "E37000051"


def run(visits: Coroutine[Any, Any, Any]) -> Any:
    """Run in a thread of its own: Playwright, which other tests use, has a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, visits).result()


def test_each_visitor_sees_what_that_visitor_chose(server: str) -> None:
    names = open_workspace().names("lep")

    async def choose(codes: list[str]) -> None:
        async with Session(server) as session:
            await session.visit()
            for code in codes:
                await session.click(code, str(names[code]))  # which fails where another's heading comes

    async def all_at_once() -> None:
        codes = list(names.index)
        await asyncio.gather(*(choose(codes[first : first + 3]) for first in range(0, 15, 3)))

    run(all_at_once())


def test_a_file_waits_for_a_slow_visitor_while_others_work(server: str) -> None:
    async def slowly() -> bytes:
        async with Session(server) as slow, Session(server) as busy:
            await slow.visit()
            await busy.visit()
            address = await slow.ask_for("save_Figures as CSV")
            for code, name in ((GM, "Greater Manchester"), (LONDON, "London"), (GM, "Greater Manchester")):
                await busy.click(code, name)
            return await asyncio.to_thread(lambda: urllib.request.urlopen(address, timeout=30).read())

    assert run(slowly()).startswith(b"\xef\xbb\xbfcode")
