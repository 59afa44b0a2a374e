"""The web server around the pages: generated files, the sentence for errors, the port that was taken."""

from __future__ import annotations

import logging
import secrets
import sys
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from streamlit import config

from itnt_core.errors import ItntError

from . import who
from .assets import base_path, live_address
from .delivery import generated
from .door import Door
from .frame import sentences, sentences_of
from .gate import LOGIN, LOGOUT, Gate
from .housekeeping import housekeeping

USUAL_PORT = 8501  # Streamlit's own
FAILURE = (
    "This page could not be finished: an error in the program, not in what you did. Everything saved is still there. "
    "Reload the page; if it happens again, go back by one change, and tell whoever runs this server the number "
    "{number}: the details stand beside it in the server's log."
)
_log = logging.getLogger("itnt_studio")


async def _live(request: Request) -> Response:
    """Answer a map that follows the optimum of its session."""
    from .live import live_answer  # needs the network model, which no first page should wait for

    return await live_answer(request)


def show_failure(error: Exception) -> bool:
    """Show strangers a sentence, with a number where it is the program's fault; return whether that is all to show."""
    found = sentences_of(error)
    if found:
        sentences(found, "error")
        return True
    if str(st.get_option("client.showErrorDetails")).lower() not in ("none", "type"):
        return False
    number = secrets.token_hex(3)
    _log.error("Error %s on a page: %s", number, type(error).__name__)
    st.error(FAILURE.format(number=number))
    return True


def warn_of_taken_port() -> None:
    """Print which port was taken and how to choose one, where Streamlit went on to another port without a word."""
    port = st.get_option("server.port")
    if config.is_manually_set("server.port") or port == USUAL_PORT:
        return
    print(
        f"  Port {USUAL_PORT} is taken by another program, so this server listens on {port}. To choose one yourself: "
        f"make run PORT={port + 99}, or itnt-studio --server.port {port + 99}\n",
        flush=True,
    )


async def _login(request: Request) -> Response:
    from .login import login

    return await login(request)


async def _logout(request: Request) -> Response:
    from .login import logout

    return await logout(request)


def stop_if_open() -> None:
    """End the program where it would let everybody in from elsewhere, with one sentence and exit code 2."""
    try:
        refusal = who.refuse_open_doors()
    except ItntError as error:  # an unknown profile, a damaged file of passphrases
        refusal = str(error)
    if refusal:
        print(refusal, file=sys.stderr, flush=True)
        sys.exit(2)


def app_parts() -> dict[str, Any]:
    """Return what ``st.App`` is given beside the page: the door, the files for the browser, the sentence for errors."""
    stop_if_open()
    warn_of_taken_port()
    entrance = [
        Route(f"{base_path()}{LOGIN}", _login, methods=["GET", "POST"]),
        Route(f"{base_path()}{LOGOUT}", _logout, methods=["GET", "POST"]),
    ]
    return {
        "middleware": [Middleware(Door), Middleware(Gate)],
        "routes": [
            *(entrance if who.serves_many() else ()),
            Route(f"{base_path()}/app/static/gen/{{name:path}}", generated, methods=["GET", "HEAD"]),
            Route(live_address("{token}"), _live, methods=["GET"]),
        ],
        "on_script_error": show_failure,
        "lifespan": housekeeping,
    }
