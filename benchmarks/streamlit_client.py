"""A browser's side of Streamlit's websocket, without a browser: one session that reruns pages and sets widgets.

Messages are Streamlit's own protobufs: BackMsg to the server, ForwardMsg from it. What a browser keeps is kept here as
far as an answer depends on it: the address, widgets by their key, the fragment each stands in, messages it has cached.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

MOST_BYTES = 64 << 20
FAILURE = b"could not be finished"  # of the sentence for an error in the program
_LAST_OF_KEY = re.compile(r"^\$\$ID-[0-9a-f]+-(.+)$")
_ENDS = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


class SessionError(RuntimeError):
    """What a person before a browser would have seen as an error."""


class Session:
    """One tab. ``look`` is called with the bytes of every message before anything else is."""

    def __init__(self, socket: ClientConnection, page: str, query: str, look: Callable[[bytes], None]):
        self._socket, self._page, self._look = socket, page, look
        self.query = query
        self.states: dict[str, WidgetState] = {}
        self.ids: dict[str, tuple[str, str]] = {}  # by key: the widget's id, its fragment
        self.component: dict[str, Any] = {}  # the newest data of the page's component
        self.received = 0
        self._hashes: dict[str, ForwardMsg] = {}
        self._page_hash = ""

    @classmethod
    async def open(cls, address: str, page: str, query: str, look: Callable[[bytes], None]) -> Session:
        """Connect to a server (``http://host:port``)."""
        url = address.replace("http", "ws", 1) + "/_stcore/stream"
        socket = await connect(url, origin=address, subprotocols=["streamlit"], max_size=MOST_BYTES, compression=None)  # type: ignore[arg-type, list-item]
        return cls(socket, page, query, look)

    async def close(self) -> None:
        """Close the tab."""
        await self._socket.close()

    def state(self, key: str) -> WidgetState:
        """Return the state of a widget, to be set before the next rerun."""
        name = self._id(key)[0]
        return self.states.setdefault(name, WidgetState(id=name))

    def _id(self, key: str) -> tuple[str, str]:
        try:
            return self.ids[key]
        except KeyError:
            raise SessionError(f"There is no widget '{key}' on the page.") from None

    async def rerun(self, key: str = "", patience_s: float = 120.0) -> float:
        """Run the page, or the fragment of the widget with this key; return the seconds until it has finished."""
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_script_hash, asked.page_name = self.query, self._page_hash, self._page
        asked.fragment_id = self._id(key)[1] if key else ""
        asked.widget_states.widgets.extend(self.states.values())
        asked.cached_message_hashes.extend(self._hashes)
        asked.context_info.timezone, asked.context_info.locale = "Europe/London", "en-GB"
        started = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        async with asyncio.timeout(patience_s):
            while not self._take(await self._socket.recv()):
                pass
        for state in list(self.states.values()):
            if state.WhichOneof("value") == "trigger_value":
                del self.states[state.id]
        return time.perf_counter() - started

    def _take(self, data: Any) -> bool:
        """Take one message in; return whether it ends the rerun."""
        self._look(data)
        self.received += len(data)
        if FAILURE in data:
            raise SessionError("The page says that it could not be finished.")
        message = ForwardMsg.FromString(data)
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            delta = self._hashes[message.ref_hash]
        else:
            delta = message
            if message.metadata.cacheable:
                self._hashes[message.hash] = message
        if kind == "new_session":
            self._page_hash = message.new_session.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind in ("delta", "ref_hash") and delta.delta.WhichOneof("type") == "new_element":
            self._take_element(delta)
        elif kind == "script_finished":
            if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                raise SessionError("The page's code cannot be compiled.")
            return message.script_finished in _ENDS
        return False

    def _take_element(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind is None:
            return
        if kind == "exception":
            raise SessionError(f"{element.exception.type}: {element.exception.message}")
        content = getattr(element, kind)
        found = _LAST_OF_KEY.match(getattr(content, "id", ""))
        if found:
            self.ids[found[1]] = content.id, message.delta.fragment_id
        if kind == "bidi_component":
            text = content.json or content.mixed.json
            self.component = json.loads(text) if text else {}


async def fetched(address: str, path: str, headers: str = "") -> tuple[int, dict[str, str], bytes]:
    """Ask a server for a file as a browser does, compressed if it likes; return status, headers and the bytes sent."""
    host, _, port = address.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n"
            f"{headers}\r\n".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        body = await reader.read(-1)
    finally:
        writer.close()
    named = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
    return int(head[0].split()[1]), named, body
