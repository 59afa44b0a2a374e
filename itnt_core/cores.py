"""Work that is shared out among the machine's cores, in threads: compiled code releases Python's lock while it runs.

What is shared out does not depend on the number of threads, so neither does the answer.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import cache
from itertools import count
from threading import Event
from typing import TypeVar

from itnt_core.deadline import Check, no_limit

THREADS_VARIABLE = "NUMBA_NUM_THREADS"  # how many threads compiled code may use; this one and numba's own
MOST_THREADS = 16  # more gain little where a slot is the smallest piece of work
_chosen: list[int] = []  # numbers of threads that hold instead, the last one counts

Item = TypeVar("Item")
Found = TypeVar("Found")


def usable_cores() -> int:
    """Return how many cores this process may use; fewer than the machine has where it was given some of them only."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1  # macOS and Windows give no process only some of the cores by default


def thread_count() -> int:
    """Return how many threads work is shared out among: what ``use_threads`` or the environment says, else the cores.

    It is at most 16.
    """
    if _chosen:
        return _chosen[-1]
    text = os.environ.get(THREADS_VARIABLE, "").strip()
    wanted = int(text) if text.isdecimal() and int(text) else usable_cores()
    return min(wanted, MOST_THREADS)


@contextmanager
def use_threads(number: int) -> Iterator[None]:
    """Share work out among that many threads meanwhile, in this process; 1 is none beside the caller's own.

    Raises ValueError for less than one.
    """
    if number < 1:
        raise ValueError(f"Work needs at least one thread, not {number}.")
    _chosen.append(min(number, MOST_THREADS))
    try:
        yield
    finally:
        _chosen.pop()


def shared_out(work: Callable[[Item], Found], items: Sequence[Item], check: Check = no_limit) -> list[Found]:
    """Return what ``work`` returns for each item, in order; items are taken in order by this thread and by helpers.

    ``check`` is called in this thread before each item that it takes, and may end the work by raising; what work raises
    comes out of here as well. Either way no helper is at work any more then.
    """
    helpers = min(thread_count(), len(items)) - 1
    if helpers < 1:
        found = []
        for item in items:
            check()
            found.append(work(item))
        return found
    answers: dict[int, Found] = {}
    numbers, is_over = count(), Event()  # a count hands each number out once, whoever asks

    def take(check: Check) -> None:
        while not is_over.is_set() and (number := next(numbers)) < len(items):
            check()
            answers[number] = work(items[number])

    futures = [_pool().submit(_help, take, is_over) for _ in range(helpers)]
    try:
        take(check)
    except BaseException:
        is_over.set()
        raise
    finally:
        # one that has not begun finds nothing left to do, and may wait for a thread in which this very work runs
        begun = [future for future in futures if not future.cancel()]
        try:
            wait(begun)
        except BaseException:  # an interruption
            is_over.set()
            wait(begun)
            raise
    for future in begun:
        future.result()
    return [answers[number] for number in range(len(items))]


def _help(take: Callable[[Check], None], is_over: Event) -> None:
    """Take items as a helper; nobody takes another one after an error."""
    try:
        take(no_limit)
    except BaseException:
        is_over.set()
        raise


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="core")
