"""Files sent to the server: few for a visit, so many bytes for all, and none for a visit that is over."""

from __future__ import annotations

import asyncio
import re
import sys
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator

import pytest
from driving import free_port, start, stop
from sessions import Session
from test_sessions import run

from s3geo.app.uploads import MOST_FILES

MOST_BYTES = 30_000_000
REFUSED = (503, 0)  # said, or hung up on who was still sending
SERVE = f"""
from s3geo.app import launch, uploads
uploads.MOST_BYTES = {MOST_BYTES}
launch.serve(host="127.0.0.1", port={{port}}, browser=False)
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server with little room."""
    folder, port = tmp_path_factory.mktemp("small"), free_port()
    address = f"http://127.0.0.1:{port}"
    process = start([sys.executable, "-c", SERVE.format(port=port)], folder / "log", folder, f"{address}/s3geo/health")
    yield address
    stop(process)


def answer(request: urllib.request.Request | str) -> tuple[int, str, str]:
    try:
        with urllib.request.urlopen(request, timeout=60) as found:
            return found.status, found.read().decode(), str(found.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), ""
    except urllib.error.URLError:  # the server has had enough before it has heard all
        return 0, "", ""


def send(address: str, visit: str, size: int) -> int:
    """Put a file to a visit's address for uploads, as a browser does; return the status of the answer."""
    token = re.search(r"_streamlit_xsrf=([^;]+)", answer(f"{address}/_stcore/health")[2])[1]
    head = 'Content-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv'
    body = f"--limit\r\n{head}\r\n\r\n".encode() + bytes(size) + b"\r\n--limit--\r\n"
    url = f"{address}/_stcore/upload_file/{visit}/{uuid.uuid4()}"
    kind = {"Content-Type": "multipart/form-data; boundary=limit"}
    headers = kind | {"X-Xsrftoken": token, "Cookie": f"_streamlit_xsrf={token}"}
    return answer(urllib.request.Request(url, body, headers, method="PUT"))[0]


def held(address: str) -> int:
    """Return the bytes of uploaded files that the server says it holds."""
    told = answer(f"{address}/_stcore/metrics")[1]
    return sum(int(size) for size in re.findall(r'cache_type="UploadedFileManager".* (\d+)', told))


def test_a_visit_keeps_its_latest_files(small: str) -> None:
    async def visit() -> int:
        async with Session(small) as session:
            await session.visit()
            for _ in range(MOST_FILES + 3):
                assert await asyncio.to_thread(send, small, session.session_id, 1_000_000) == 204
            return await asyncio.to_thread(held, small)

    assert run(visit()) == MOST_FILES * 1_000_000


def test_all_visits_together_send_so_much(small: str) -> None:
    async def visits() -> list[int]:
        async with Session(small) as one, Session(small) as other:
            await one.visit()
            await other.visit()
            room = MOST_BYTES - await asyncio.to_thread(held, small)
            big = int(room * 0.4)
            asked = [(one, big), (other, big), (other, big), (one, 1_000)]
            return [await asyncio.to_thread(send, small, session.session_id, size) for session, size in asked]

    first, second, third, small_one = run(visits())
    assert (first, second, small_one) == (204, 204, 204)
    assert third in REFUSED


def test_what_is_on_the_way_counts(small: str) -> None:
    """Whoever sends many at once does not get round the limit."""

    async def visits() -> list[int]:
        async with Session(small) as session:
            await session.visit()
            size = (MOST_BYTES - await asyncio.to_thread(held, small)) * 2 // 3
            return await asyncio.gather(*(asyncio.to_thread(send, small, session.session_id, size) for _ in range(6)))

    answers = run(visits())
    assert answers.count(204) <= 1
    assert set(answers) <= {204, *REFUSED}
    assert held(small) <= MOST_BYTES


def test_nothing_is_kept_of_what_comes_after_the_end(small: str) -> None:
    assert send(small, str(uuid.uuid4()), 1_000) == 400
