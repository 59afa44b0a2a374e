"""What a file of traces holds, and the limits of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from itnt_core.arrays import Array
from itnt_core.errors import ItntError
from itnt_core.scenario import Problem

MOST_BYTES = 60_000_000
MOST_TRACES = 5000  # as many as a scenario has ground users
MOST_POINTS = 2_000_000  # of all traces of a file


class TraceFileError(ItntError, ValueError):
    """A file of traces that cannot be used; the message is one sentence."""


@dataclass(frozen=True, eq=False)
class Trace:
    """One person or vehicle: its name in the file, times (n,) in seconds, rising, and places (n, 2).

    Places are longitude and latitude in degrees, or metres east and north, as the file says.
    """

    name: str
    times_s: Array
    places: Array


@dataclass(frozen=True, eq=False)
class TraceFile:
    """Traces of a file in the order in which it names them.

    ``form`` is the format in words. ``is_lonlat`` says what places are; ``start`` is the UTC moment of second 0, None
    where a file counts from a start of its own. ``left_out`` counts points without a time or a place, or of a time that
    is there already.
    """

    form: str
    traces: tuple[Trace, ...]
    is_lonlat: bool
    start: datetime | None
    left_out: int = 0

    @property
    def sentence(self) -> str:
        """Return in words what was read."""
        points = sum(len(trace.times_s) for trace in self.traces)
        first = min(float(trace.times_s[0]) for trace in self.traces)
        last = max(float(trace.times_s[-1]) for trace in self.traces)
        units = "longitude and latitude" if self.is_lonlat else "metres"
        more = (
            f"; {self.left_out:,} points without time or place, or of a time twice, left out" if self.left_out else ""
        )
        count = f"{len(self.traces):,} trace{'s' if len(self.traces) > 1 else ''}"
        return f"{count} from {self.form}, {points:,} points in {units} over {last - first:,.0f} s{more}"


def need(holds: bool, where: str, value: str, allowed: str, remedy: str = "correct it, or export it again") -> None:
    """Raise :class:`TraceFileError` with one sentence unless something holds."""
    if not holds:
        raise TraceFileError(Problem(where, value, allowed, remedy).sentence)
