"""Files that are made when they are asked for wait until a slow network has fetched them.

Streamlit drops such a file at the second run of any visit after it was made: on a busy server that is some tenths of a
second, and the visitor who asked finds nothing (404). Here it stays for `SECONDS`.
"""

from __future__ import annotations

from time import monotonic

from streamlit.runtime import media_file_manager
from streamlit.runtime.media_file_manager import MediaFileMetadata
from streamlit.runtime.media_file_storage import MediaFileKind

__all__ = ["SECONDS", "let_files_wait"]

SECONDS = 120.0


class _Lasting(MediaFileMetadata):
    def __init__(self, kind: MediaFileKind = MediaFileKind.MEDIA) -> None:
        super().__init__(kind)
        self._unused_since = float("inf")

    @property
    def is_marked_for_delete(self) -> bool:
        return monotonic() - self._unused_since > SECONDS

    def mark_for_delete(self) -> None:
        self._unused_since = min(self._unused_since, monotonic())


def let_files_wait() -> None:
    """Take effect for all files made from now on."""
    media_file_manager.MediaFileMetadata = _Lasting  # type: ignore[misc]
