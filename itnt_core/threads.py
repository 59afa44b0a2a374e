"""Independent pieces of work on all cores: compiled code that lets go of the interpreter runs side by side.

What a piece does must not depend on the others, so that answers do not depend on the number of threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numba

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def thread_count() -> int:
    """Return how many threads may work at once: the cores, or fewer where ``NUMBA_NUM_THREADS`` says so."""
    return max(1, int(numba.config.NUMBA_NUM_THREADS))


def each_in_threads(action: Callable[[Item], Answer], items: Iterable[Item]) -> list[Answer]:
    """Return what an action answers to each item, in their order; the first error ends the rest and comes through.

    >>> each_in_threads(lambda number: number * number, range(4))
    [0, 1, 4, 9]
    """
    every = list(items)
    count = min(thread_count(), len(every))
    if count < 2:
        return [action(item) for item in every]
    pool = ThreadPoolExecutor(count)
    try:
        return list(pool.map(action, every))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
