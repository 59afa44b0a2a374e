"""How often Python looks for cycles of objects that nothing else holds: seldom in this program's own processes.

Loading the libraries makes some hundred thousand objects, all to stay, and so does reading a large city. Python's
collector would look through them again and again, for a good part of a server's and of a run's start.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

COLLECT_AFTER = (100_000, 50, 100)  # new objects, and collections of the younger ones


def collect_seldom() -> None:
    """Let this process look for cycles seldom, from now on; for processes that are this program's alone."""
    gc.set_threshold(*COLLECT_AFTER)


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Look for cycles seldom for a while, and as often as before afterwards."""
    usual = gc.get_threshold()
    collect_seldom()
    try:
        yield
    finally:
        gc.set_threshold(*usual)
