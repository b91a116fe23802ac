"""Files that visitors send take so much memory and no more, each visit's and all of them together.

Streamlit keeps whatever is put to a visit's address for uploads, as many files as come, and for ever what arrives when
the visit is over. Here a visit keeps its latest `MOST_FILES`, and who sends when `MOST_BYTES` are held has to wait.
"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime import memory_uploaded_file_manager
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.stats import CacheStat
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from s3geo.app.log import note
from s3geo.app.memory import tidy_soon

__all__ = ["MOST_BYTES", "MOST_FILES", "limits_of_uploads"]

MOST_FILES = 4
"""Files that one visit keeps: one each of tables and boundaries, and those just replaced."""

MOST_BYTES = 300_000_000
"""Bytes of all files of all visits, those on the way among them."""


class _Few(MemoryUploadedFileManager):
    """Keep the latest files of a visit, as long as it lasts."""

    def add_file(self, session_id: str, file: UploadedFileRec) -> None:
        if not runtime.get_instance().is_active_session(session_id):
            return  # it ended while the file came; nobody would ever remove it
        before = [held for held in self.file_storage.get(session_id, {}) if held != file.file_id]
        for oldest in before[: max(len(before) - MOST_FILES + 1, 0)]:
            self.remove_file(session_id, oldest)
        super().add_file(session_id, file)
        tidy_soon()  # what was made of the file before may be left behind

    def remove_session_files(self, session_id: str) -> None:
        """Forget the files of a visit that is over, and soon what was made of them."""
        if self.file_storage.get(session_id):
            tidy_soon()
        super().remove_session_files(session_id)


class _Bounded:
    """Count what comes to the address for uploads while it comes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.on_the_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or "/_stcore/upload_file/" not in scope["path"]:
            await self.app(scope, receive, send)
            return
        came = 0

        async def counted() -> Message:
            nonlocal came
            message = await receive()
            size = len(message.get("body", b""))
            came += size
            self.on_the_way += size
            if self.on_the_way + _held() > MOST_BYTES:
                note("upload", what="refused: too many at once")
                raise HTTPException(503, "Other visitors' files take all the room there is. Try again in some minutes.")
            return message

        try:
            await self.app(scope, counted, send)
        finally:
            self.on_the_way -= came


def _held() -> int:
    """Return the bytes of all files that are held."""
    families = runtime.get_instance().uploaded_file_mgr.get_stats().values()
    return sum(stat.byte_length for stats in families for stat in stats if isinstance(stat, CacheStat))


def limits_of_uploads() -> list[Middleware]:
    """Return what has to stand before the app; visits of all apps made from now on keep few files."""
    memory_uploaded_file_manager.MemoryUploadedFileManager = _Few  # type: ignore[misc]
    return [Middleware(_Bounded)]
