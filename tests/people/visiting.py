"""Visitors of a server that are no browser: requests and sessions with the cookie of one person, or of nobody."""

import http.client
import re
from contextlib import ExitStack
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

PATIENCE_S = 180.0  # beside many others
ADDRESSES = re.compile(rb"/(?:app/static/gen|app/live|media)/[A-Za-z0-9_./-]+")


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    cookies: list[str]


@dataclass
class Seen:
    """What a page sent: everything as bytes, the addresses in it, and the session."""

    content: bytes = b""
    session: str = ""
    addresses: set[str] = field(default_factory=set)


class Visitor:
    """Somebody who visits a server with a cookie, or without one."""

    def __init__(self, address, cookie=""):
        self.host, self.cookie = urlsplit(address).netloc, cookie
        self.socket, self.held = None, ExitStack()

    def ask(self, path, method="GET", body=None, **headers):
        """Send one request and return the answer; redirects are not followed."""
        connection = http.client.HTTPConnection(self.host, timeout=PATIENCE_S)
        own = {"Cookie": self.cookie} if self.cookie else {}
        connection.request(method, path, body, {**own, **headers})
        answer = connection.getresponse()
        named = [(name.lower(), value) for name, value in answer.getheaders()]
        cookies = [value for name, value in named if name == "set-cookie"]
        found = Answer(answer.status, dict(named), answer.read(), cookies)
        connection.close()
        return found

    def open(self, page="", query="", session=""):
        """Open a page in a session and return what it sends until its script has ended."""
        self.enter(session)
        return self.run(page, query)

    def enter(self, session=""):
        """Open a session, or go on with one."""
        self.leave()
        headers = {"Cookie": self.cookie} if self.cookie else {}
        names = ["streamlit", "x", session] if session else ["streamlit"]
        opened = connect(
            f"ws://{self.host}/_stcore/stream",
            additional_headers=headers,
            subprotocols=names,
            max_size=None,
            open_timeout=PATIENCE_S,
        )
        self.socket = self.held.enter_context(opened)

    def run(self, page="", query=""):
        """Run a page in the session that is open."""
        message = BackMsg()
        message.rerun_script.query_string, message.rerun_script.page_name = query, page
        self.socket.send(message.SerializeToString())
        seen = Seen()
        while True:
            raw = self.socket.recv(timeout=PATIENCE_S)
            seen.content += raw
            news = ForwardMsg.FromString(raw)
            if news.WhichOneof("type") == "new_session":
                seen.session = news.new_session.initialize.session_id
            if news.WhichOneof("type") == "script_finished":
                seen.addresses = {one.decode() for one in ADDRESSES.findall(seen.content)}
                return seen

    def is_let_in(self, session=""):
        """Say whether a session is opened at all."""
        try:
            self.enter(session)
        except InvalidStatus as refused:
            assert refused.response.status_code == 403
            return False
        self.leave()
        return True

    def is_shown_out(self):
        """Say whether the session that is open ends at the next thing that is asked in it."""
        try:
            self.run()
        except ConnectionClosed:
            return True
        return False

    def leave(self):
        """Close the session."""
        if self.socket is not None:
            self.held.close()
            self.socket = None
