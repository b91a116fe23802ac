"""A visitor without a browser: speaks Streamlit's protocol over its WebSocket, as the page does.

Only what the server does is in the times: no painting, and none of the 100 ms and more a browser takes.
"""

from __future__ import annotations

import asyncio
import json
import time
import urllib.request
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

__all__ = ["Failed", "Session"]

PATIENCE = 60.0
_VALUES = {str: "string_value", bool: "bool_value"}


class Failed(Exception):
    """What the server answered is not what was asked for."""


@dataclass
class Widget:
    """A control of the page: its id, the fragment it runs in (empty: the page), and what it was drawn from."""

    id: str
    fragment: str
    proto: Any


@dataclass
class Session:
    """One visit of an app at ``ws://.../_stcore/stream``."""

    address: str
    pages: dict[str, str] = field(default_factory=dict)
    page: str = ""
    session_id: str = ""
    widgets: dict[str, Widget] = field(default_factory=dict)
    html: dict[tuple[int, ...], str] = field(default_factory=dict)
    received: int = 0
    _query: str = ""
    _kept: dict[str, ForwardMsg] = field(default_factory=dict)
    _asked: int = 0

    async def __aenter__(self) -> Self:
        url = self.address.replace("http", "ws", 1) + "/_stcore/stream"
        self._socket = await websockets.connect(url, subprotocols=["streamlit"], max_size=None, open_timeout=PATIENCE)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._socket.close()

    # What a visitor does; each returns the milliseconds until the answer is whole ------------------------------------

    async def visit(self, page: str = "", query: str = "") -> float:
        """Open a page: by its address on the first visit, by the menu afterwards."""
        self.widgets, self.html = {}, {}
        self._query, self.page = query, self.pages.get(page, "")
        return await self._run()

    async def click(self, code: str, name: str) -> float:
        """Click a region on the map; the answer is whole when its heading is there."""
        self._asked += 1
        widget = self.widgets["selection"]
        event = [{"event": "asked", "value": {"region": code, "overlap": None, "n": self._asked}}]
        trigger = WidgetState(id=f"$$STREAMLIT_INTERNAL_KEY_{widget.id}__events", json_trigger_value=json.dumps(event))
        return await self._run(widget.fragment, trigger, heading=name)

    async def put(self, key: str, value: str | bool | float | list[str]) -> float:
        """Set a control of the page (an option by its words)."""
        widget = self.widgets[key]
        state = WidgetState(id=widget.id)
        if isinstance(value, list):
            state.string_array_value.data.extend(value)
        elif isinstance(value, float):
            state.double_array_value.data.append(value)
        else:
            setattr(state, _VALUES[type(value)], value)
        return await self._run(widget.fragment, state)

    async def download(self, key: str) -> tuple[float, bytes]:
        """Take a file away, which is made when it is asked for."""
        before = time.perf_counter()
        url = await self.ask_for(key)
        body = await asyncio.to_thread(lambda: urllib.request.urlopen(url, timeout=PATIENCE).read())
        return 1000 * (time.perf_counter() - before), body

    async def ask_for(self, key: str) -> str:
        """Have a file made; return the address it waits at."""
        message = BackMsg()
        request = message.backend_operation_request
        request.request_id = f"{self.session_id}-{self._asked}"
        request.session_id = self.session_id
        request.deferred_file.file_id = self.widgets[key].proto.deferred_file_id
        await self._socket.send(message.SerializeToString())
        answer = await self._until("backend_operation_response")
        if answer.backend_operation_response.error_msg:
            raise Failed(answer.backend_operation_response.error_msg)
        return self.address + str(answer.backend_operation_response.deferred_file.url)

    # The protocol ----------------------------------------------------------------------------------------------------

    async def _run(self, fragment: str = "", changed: WidgetState | None = None, heading: str = "") -> float:
        before = time.perf_counter()
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_script_hash, state.fragment_id = self._query, self.page, fragment
        if changed is not None:
            state.widget_states.widgets.append(changed)  # the server knows the others; a browser repeats them
        state.cached_message_hashes.extend(self._kept)
        state.context_info.url, state.context_info.locale = f"{self.address}/", "en-GB"
        await self._socket.send(message.SerializeToString())
        await self._until("script_finished")
        took = 1000 * (time.perf_counter() - before)
        if heading and not any(f"<h2>{heading}</h2>" in html for html in self.html.values()):
            raise Failed(f"no heading {heading!r}")
        return took

    async def _until(self, kind: str) -> ForwardMsg:
        while True:
            body = await asyncio.wait_for(self._socket.recv(), PATIENCE)
            self.received += len(body)
            message = ForwardMsg()
            message.ParseFromString(body)
            self._take(message)
            if message.WhichOneof("type") == kind:
                return message

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "ref_hash":  # what came before, now at another place
            at, message = message.metadata, self._kept[message.ref_hash]
            message.metadata.CopyFrom(at)
            kind = message.WhichOneof("type")
        if message.metadata.cacheable:
            self._kept[message.hash] = message
        if kind == "new_session":
            self.session_id = message.new_session.initialize.session_id
        elif kind == "navigation":
            self.pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            self.page = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._element(message)

    def _element(self, message: ForwardMsg) -> None:
        element, at = message.delta.new_element, tuple(message.metadata.delta_path)
        kind = element.WhichOneof("type")
        if kind == "exception" or (kind == "alert" and "error" in str(element.alert.format).lower()):
            raise Failed(str(element)[:500])
        proto = getattr(element, kind)
        if kind == "html":
            self.html[at] = proto.body
        if id_ := getattr(proto, "id", ""):
            key = id_.split("-", 2)[-1]
            self.widgets[key] = Widget(id_, message.delta.fragment_id, proto)
