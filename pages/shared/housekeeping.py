"""Keeping the server's memory in order while many people use it.

Streamlit collects all garbage after every rerun. With the libraries of this program loaded that holds every other
session up for 0.15 s and more, each time; so it is off (``runner.postScriptGC``). Here everything is collected once in
a while instead, and what is left, most of it for good, is set apart (``gc.freeze``), so that Python's own small
collections do not walk through it again; those are seldom, too (``itnt_core.collecting``), which is felt at the start.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from itnt_core.collecting import collect_seldom

EVERY_S = 60.0
_M_ARENA_MAX, _ARENAS = -8, 2  # malloc.h; every rerun is a thread, and each thread would get an arena of its own


@asynccontextmanager
async def housekeeping(app: Any) -> AsyncIterator[None]:
    """Keep house for as long as the server runs."""
    del app
    _hold_together()
    collect_seldom()
    task = asyncio.create_task(_tidy_forever())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _tidy_forever() -> None:
    while True:
        await asyncio.sleep(EVERY_S)
        tidy()


def tidy() -> None:
    """Collect all garbage, set apart what is left, and give free memory back to the system."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    library = _allocator()
    if library is not None:
        library.malloc_trim(0)


def _hold_together() -> None:
    """Let all threads share few arenas of memory: what one frees another can use."""
    library = _allocator()
    if library is not None:
        library.mallopt(_M_ARENA_MAX, _ARENAS)


def _allocator() -> Any:
    """Return the system's memory allocator where it is glibc's, else None."""
    if not sys.platform.startswith("linux"):
        return None
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        if hasattr(library, "malloc_trim") and hasattr(library, "mallopt"):
            return library
    return None
