"""Where runs are computed: workers of this machine, or an existing Dask cluster."""

from __future__ import annotations

import os
import re
import socket
import time

from itnt_core.cores import usable_cores
from itnt_core.errors import ItntError

from .run import HERE

SCHEDULER_VARIABLE, LIMIT_VARIABLE, LIVE_VARIABLE = "ITNT_DASK_SCHEDULER", "ITNT_MAX_RUNS", "ITNT_MAX_LIVE"
MOST_PROCESSES = 256  # of one kind that a setting may ask for
FEWEST_LIVE, LIVE_A_CORE = 4, 2  # live workers without a setting: so many, or so many for each core
GREETING_S = 5.0
_GREETING, _MOST_GREETING_BYTES = b"pickle-protocol", 4096  # what Dask says first, see distributed.comm.core
_ADDRESS = re.compile(r"tcp://([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})")


class LauncherError(ItntError, ValueError):
    """A setting of the environment, or an address, that no run can be started with."""


def default_launcher() -> str:
    """Return the scheduler that the environment names, else this machine (LauncherError for a wrong address)."""
    address = os.environ.get(SCHEDULER_VARIABLE, "").strip()
    return checked_address(address) if address else HERE


def checked_address(address: str) -> str:
    """Return a scheduler's address if it is one (LauncherError)."""
    found = _ADDRESS.fullmatch(address)
    if found is None or not 1 <= int(found[2]) <= 65_535:
        raise LauncherError(
            f"The Dask scheduler ({SCHEDULER_VARIABLE}) is {address!r}, but an address is needed: write for example "
            "tcp://10.0.0.5:8786."
        )
    return address


def check_scheduler(address: str) -> str:
    """Return a scheduler's address once something that speaks as Dask does has answered there (LauncherError)."""
    host, _, port = checked_address(address).removeprefix("tcp://").rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=GREETING_S) as line:
            greeting = _heard(line, time.monotonic() + GREETING_S)
    except OSError as error:
        why = error.strerror or error
        raise LauncherError(
            f"The Dask scheduler {address} does not answer ({why}): start it, or correct the address."
        ) from error
    if _GREETING not in greeting:
        raise LauncherError(
            f"The Dask scheduler {address} does not answer as Dask does: something else listens there. Correct the "
            "address."
        )
    return address


def _heard(line: socket.socket, deadline: float) -> bytes:
    """Return what the other side says by itself until a moment of the steady clock, or until it is enough."""
    heard = b""
    while _GREETING not in heard and len(heard) < _MOST_GREETING_BYTES and (left := deadline - time.monotonic()) > 0.0:
        line.settimeout(left)
        try:
            more = line.recv(_MOST_GREETING_BYTES)
        except TimeoutError:
            break
        if not more:
            break
        heard += more
    return heard


def most_parallel_runs() -> int:
    """Return how many runs may run at once on this machine: one core is left to the dashboard.

    ``ITNT_MAX_RUNS`` sets another number from 1 to 256 (LauncherError for anything else).
    """
    return _limit(LIMIT_VARIABLE, max(1, usable_cores() - 1))


def most_live_workers() -> int:
    """Return how many live optima may be at work at once on this machine; others wait for their turn.

    ``ITNT_MAX_LIVE`` sets another number from 1 to 256 (LauncherError for anything else).
    """
    return _limit(LIVE_VARIABLE, max(FEWEST_LIVE, LIVE_A_CORE * usable_cores()))


def _limit(variable: str, usual: int) -> int:
    """Return how many processes a setting of the environment allows."""
    text = os.environ.get(variable, "").strip()
    if not text:
        return usual
    if not (text.isdecimal() and 1 <= int(text) <= MOST_PROCESSES):
        raise LauncherError(f"{variable} is {text!r}, but a whole number from 1 to {MOST_PROCESSES} is needed.")
    return int(text)


def most_workers(launcher: str) -> int:
    """Return how many worker processes a launcher may have here; one submits and watches for a whole cluster."""
    return most_parallel_runs() if launcher == HERE else 1
