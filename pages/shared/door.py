"""The door of the web server: whom it answers, and what browsers may do with its answers."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("localhost", "127.0.0.1", "::1")
ALL_INTERFACES = ("0.0.0.0", "::")  # noqa: S104 - compared with, never bound to
READING = ("GET", "HEAD", "OPTIONS")  # methods that change nothing


class Door:
    """Lets in only those who call this server by a name of its own, and says what a browser may do with the answers.

    A page of another site can make a browser call this server. Under that site's own name (DNS rebinding) it would pass
    as same-origin, so foreign names are refused; under the server's name the browser tells the page's origin, so a
    foreign one may neither open a session nor send anything.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it with one sentence."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refusal = refused(Headers(scope=scope), changes=_changes(scope))
        if refusal is None:
            await self.app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": refusal.reason})
        else:
            answer = PlainTextResponse(refusal.sentence, status_code=refusal.status)
            await answer(scope, receive, _with_headers(send))


class Refusal(NamedTuple):
    """Why somebody is not let in: HTTP status, a few words for a websocket's close frame, a sentence for people."""

    status: int
    reason: str
    sentence: str


def refused(headers: Headers, *, changes: bool) -> Refusal | None:
    """Return why a request with these headers is refused, None if it is welcome.

    ``changes`` says that it may change something: a websocket, or any method but reading.
    """
    hosts = headers.getlist("host")
    if len(hosts) != 1 or not _is_served(host_name(hosts[0]), served_names()):
        return Refusal(
            421,
            "foreign host",
            f"This server does not answer to that name. Open {_own_address()} instead. If it is meant to be reached by "
            "another name, list that name in server.allowedHosts of .streamlit/config.toml (docs/serving.md).\n",
        )
    origins = headers.getlist("origin")
    if changes and any(not _is_own_origin(origin, hosts[0]) for origin in origins):
        return Refusal(
            403, "foreign origin", "A page of another site may not use this server. Open it in its own tab.\n"
        )
    return None


def host_name(host: str) -> str | None:
    """Return the name in a Host header, lower case and without port and brackets; None if it is not well formed."""
    if not re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?", host):
        return None
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".") or None
    except ValueError:  # brackets around something else than an address
        return None


def served_names() -> tuple[str, ...]:
    """Return the names this server answers to: ``server.allowedHosts``, else loopback and the address it is bound to.

    Streamlit itself checks ``server.allowedHosts`` at the websocket alone, and nothing where the list is empty.
    """
    listed = [str(name).strip().lower().rstrip(".").strip("[]") for name in st.get_option("server.allowedHosts") or ()]
    if listed:
        return tuple(listed)
    bound = [st.get_option("server.address"), st.get_option("browser.serverAddress")]
    return (*LOOPBACK, *(str(name).lower() for name in bound if name and name not in ALL_INTERFACES))


def _is_served(name: str | None, names: Iterable[str]) -> bool:
    if name is None:
        return False
    return any(pattern == "*" or name == pattern or _is_below(name, pattern) for pattern in names)


def _is_below(name: str, pattern: str) -> bool:
    return pattern.startswith("*.") and name.endswith(pattern[1:])


def _is_own_origin(origin: str, host: str) -> bool:
    """Say whether a page's origin is this server under the very name and port it was called by, or one listed."""
    if origin in {str(listed).strip() for listed in st.get_option("server.corsAllowedOrigins") or ()}:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:  # of no form that a browser sends
        return False
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()


def _changes(scope: Scope) -> bool:
    return scope["type"] == "websocket" or scope["method"] not in READING


def _own_address() -> str:
    name = st.get_option("browser.serverAddress") if st.get_option("server.allowedHosts") else LOOPBACK[1]
    return f"http://{name}:{st.get_option('server.port')}"


def _with_headers(send: Send) -> Send:
    """Return a way to send that adds the security headers to every answer."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in security_headers().items():
                headers[name] = value
        await send(message)

    return send_with_headers


@lru_cache(maxsize=1)
def security_headers() -> dict[str, str]:
    """Return the headers of every answer: nothing from elsewhere, nobody may frame or embed it, no address leaks."""
    return {
        "Content-Security-Policy": content_policy(),
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }


def content_policy() -> str:
    """Return the Content-Security-Policy under which Streamlit and the map still work.

    blob: is where Streamlit puts a component's script, and the map its workers, pictures and videos; scripts make
    functions of text, which is 'unsafe-eval'; styles are set by script all over. The inline scripts of Streamlit's own
    page are named by their hashes, so that no other can run.
    """
    inline = " ".join(f"'{digest}'" for digest in _inline_scripts())
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' blob: 'unsafe-eval' {inline}".strip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "media-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self' data: blob:",
            "worker-src 'self' blob:",
            "frame-src 'self' blob: data:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def _inline_scripts() -> list[str]:
    """Return the hashes of the inline scripts in the page that the installed Streamlit serves."""
    page = Path(st.__file__).parent / "static" / "index.html"
    scripts = re.findall(r"<script>(.*?)</script>", page.read_text(encoding="utf-8"), re.DOTALL)
    return [f"sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}" for code in scripts]
