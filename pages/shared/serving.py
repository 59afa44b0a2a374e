"""The web server around the pages: generated files, the sentence for errors, the port that was taken."""

from __future__ import annotations

import logging
import secrets
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from streamlit import config

from .assets import address, live_address
from .delivery import generated
from .door import Door
from .frame import sentences, sentences_of
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


def app_parts() -> dict[str, Any]:
    """Return what ``st.App`` is given beside the page: the door, the files for the browser, the sentence for errors."""
    warn_of_taken_port()
    return {
        "middleware": [Middleware(Door)],
        "routes": [
            Route(address("{name:path}"), generated, methods=["GET", "HEAD"]),
            Route(live_address("{token}"), _live, methods=["GET"]),
        ],
        "on_script_error": show_failure,
        "lifespan": housekeeping,
    }
