"""The gate behind the door, on a server of many people: everything is closed to who is nobody, and each other's things
to everybody.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from itnt_core.errors import ItntError
from itnt_core.person import Person, acting_for

from . import who
from .assets import base_path

LOGIN, LOGOUT = "/login", "/logout"
# The pages of the login itself, the way to a provider and back, and the sign of life that a container asks for.
OPEN = (LOGIN, LOGOUT, "/auth/login", "/auth/logout", "/oauth2callback", "/_stcore/health")
CORE, MEDIA, UPLOADS, METRICS = "/_stcore/", "/media/", "/_stcore/upload_file/", "/_stcore/metrics"
# Of Streamlit's own addresses those that pages need; what it brings besides, now or some day, stays closed.
CORE_OPEN = ("/_stcore/stream", "/_stcore/host-config", "/_stcore/health", METRICS)
CORE_OPEN_BELOW = (UPLOADS, "/_stcore/bidi-components/")
Answer = Callable[[Scope, Receive, Send], Awaitable[None]]


class Gate:
    """Lets nobody in who is not logged in, and each only to their own; what an answer needs to know is who asks."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for who asks, or refuse it."""
        if scope["type"] not in ("http", "websocket") or not who.serves_many():
            await self.app(scope, receive, send)
            return
        path, cookies = _path(scope), _cookies(scope)
        if scope["type"] == "http" and path in OPEN:
            await self.app(scope, receive, send)
            return
        try:
            person = who.person_of(cookies)
        except ItntError as error:
            person, trouble = None, str(error)
        else:
            trouble = ""
        if person is None or not may(person, path, scope):
            await _refuse(scope, receive, send, person, trouble)
        elif scope["type"] == "websocket":
            await self.app(scope, _while_logged_in(receive, cookies, person), send)
        else:
            with acting_for(person):
                await self.app(scope, receive, send)


def may(person: Person, path: str, scope: MutableMapping[str, Any]) -> bool:
    """Say whether an address is open to a person; addresses that ask the stores refuse for themselves."""
    if path.startswith(MEDIA):
        return who.is_file_of(path, person)
    if path.startswith(UPLOADS):
        return who.has_session(path.removeprefix(UPLOADS).partition("/")[0], person)
    if path == METRICS:
        return person.is_lecturer
    if scope["type"] == "websocket":
        return path in CORE_OPEN and who.is_session_of(_wanted_session(scope), person)
    if path.startswith(CORE):
        return path in CORE_OPEN or path.startswith(CORE_OPEN_BELOW)
    return True


def _wanted_session(scope: MutableMapping[str, Any]) -> str:
    """Return the session that a websocket goes on with: the third of its subprotocols, as Streamlit reads them."""
    parts = Headers(scope=scope).get("sec-websocket-protocol", "").split(",")
    return parts[2].strip() if len(parts) > 2 else ""


def _while_logged_in(receive: Receive, cookies: dict[str, str], person: Person) -> Receive:
    """Return a way to receive that ends when the login does, whatever is still open then."""

    async def receive_or_leave() -> Message:
        message = await receive()
        try:
            holds = who.person_of(cookies)
        except ItntError:
            holds = None
        return (
            message if holds is not None and holds.id == person.id else {"type": "websocket.disconnect", "code": 1008}
        )

    return receive_or_leave


async def _refuse(scope: Scope, receive: Receive, send: Send, person: Person | None, trouble: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": "log in"})
        return
    answer: Response
    if trouble:
        answer = PlainTextResponse(f"{trouble}\n", 503)
    elif person is not None:
        answer = PlainTextResponse("There is nothing of yours at this address.\n", 404)
    elif scope["method"] in ("GET", "HEAD") and "text/html" in Headers(scope=scope).get("accept", ""):
        query = scope.get("query_string", b"").decode("latin-1")
        wanted = quote(scope["path"] + (f"?{query}" if query else ""), safe="")
        answer = RedirectResponse(f"{base_path()}{LOGIN}?next={wanted}", 303)
    else:
        answer = PlainTextResponse("Log in first: open the first page of this server.\n", 401)
    answer.headers["Cache-Control"] = "no-store"
    await answer(scope, receive, send)


def _path(scope: Scope) -> str:
    path: str = scope["path"]
    base = base_path()
    return path[len(base) :] or "/" if base and (path == base or path.startswith(f"{base}/")) else path


def _cookies(scope: Scope) -> dict[str, str]:
    lines = Headers(scope=scope).getlist("cookie")
    return cookie_parser("; ".join(lines)) if lines else {}
