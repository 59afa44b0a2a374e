"""WorkerPlaces for live workers: a machine has room for some, and whoever has none waits in line for a turn.

As long as nobody waits a worker stays for as long as it is asked. Where somebody waits, one that has settled, or has
had its turn, gives its place up. Whoever had a place longest ago goes first, so nobody waits for more than one turn of
each other person.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from itnt_core.fairness import by_turns
from itnt_core.runs import most_live_workers

TURN_S = 20.0  # a worker starts and improves an edit in about that time


@dataclass
class _Holder:
    person: str
    since: float


class WorkerPlaces:
    """The places of one server; every call returns at once and may come from any thread."""

    def __init__(self, most: Callable[[], int] = most_live_workers, clock: Callable[[], float] = time.monotonic):
        self._most, self._clock, self._lock = most, clock, threading.Lock()
        self._holders: dict[Hashable, _Holder] = {}
        self._line: dict[Hashable, str] = {}  # who waits, in the order in which they came: whose it is
        self._turns: dict[str, int] = {}  # of each person, when they last got a place
        self._counter = itertools.count(1)

    def ask(self, who: Hashable, person: str = "") -> int:
        """Return 0 where ``who`` has a place, now or before, else its number in the line, from 1.

        ``person`` is whose session it is; sessions without one are each a person of their own.
        """
        person = person or f"session {id(who)}"
        with self._lock:
            if who in self._holders:
                return 0
            self._line.setdefault(who, person)
            order = by_turns(list(self._line.items()), self._turns)
            number = order.index(who) + 1
            if number > self._most() - len(self._holders):
                return number
            del self._line[who]
            self._holders[who] = _Holder(person, self._clock())
            self._turns[person] = next(self._counter)
            return 0

    def is_over(self, who: Hashable, *, settled: bool) -> bool:
        """Say whether a holder should give its place up: others wait, and it has settled or had its turn."""
        with self._lock:
            holder = self._holders.get(who)
            if holder is None or not self._line:
                return False
            return settled or self._clock() - holder.since > TURN_S

    def leave(self, who: Hashable) -> None:
        """Give a place up, or leave the line."""
        with self._lock:
            self._line.pop(who, None)
            holder = self._holders.pop(who, None)
            if holder is not None and holder.person.startswith("session "):
                self._turns.pop(holder.person, None)
