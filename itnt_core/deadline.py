"""Limits of time that long steps look at while they work, not only between them."""

from __future__ import annotations

import time
from collections.abc import Callable

from itnt_core.errors import ItntError


class TimeIsUp(ItntError):  # noqa: N818 - not an error: whoever set the limit expects it
    """Raised inside a step when its time is up; what the step would have changed is left as it was."""


Check = Callable[[], None]  # called often by a long step; raises TimeIsUp


def no_limit() -> None:
    """Let the work go on: for steps without a limit of time."""


class Deadline:
    """A moment after which :meth:`check` raises."""

    def __init__(self, limit_s: float, clock: Callable[[], float] = time.perf_counter):
        self._clock = clock
        self._started_s, self.limit_s = clock(), limit_s

    @property
    def elapsed_s(self) -> float:
        """Return the seconds since the start."""
        return self._clock() - self._started_s

    def check(self) -> None:
        """Raise :class:`TimeIsUp` once the limit has passed."""
        if self.elapsed_s > self.limit_s:
            raise TimeIsUp
