"""The two clocks of a run store; nothing else in this room reads a clock of its own.

The wall clock is for display: somebody may set it. How long something took, and how long a worker has been silent, is
told by the system's steady clock, which all processes since one start of the machine share and which stands still
while the machine sleeps.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def wall_s() -> float:
    """Return the time of day as Unix seconds, to be shown."""
    return time.time()


def steady_s() -> float:
    """Return seconds that only ever go on, equal in all processes of this start of the machine."""
    return time.monotonic()


@cache
def boot() -> str:
    """Return what tells this start of the machine from any other, '' where the system does not say."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except (OSError, ValueError):  # another system: there a steady time in the future tells of a restart
        return ""


@dataclass(frozen=True)
class Moment:
    """A moment that processes can compare, whatever happens to the wall clock: which start of the machine, seconds."""

    boot: str
    steady_s: float

    @classmethod
    def now(cls) -> Moment:
        """Return this moment."""
        return cls(boot(), steady_s())

    def elapsed_s(self) -> float | None:
        """Return the seconds since then, None when the machine was started anew in between."""
        elapsed = steady_s() - self.steady_s
        return elapsed if self.boot == boot() and elapsed >= 0.0 else None
