"""Points gathered into traces: in the order of time, each time once, within the limits."""

from __future__ import annotations

import math

import numpy as np

from itnt_core.scenario import shown
from itnt_core.texts import cleaned

from .model import MOST_POINTS, MOST_TRACES, Trace, TraceFileError, need

MOST_SECONDS = 1e10  # Unix times lie below
MOST_METRES = 1e7  # from the anchor of any city or network
MOST_NAME = 80  # characters


class Collection:
    """The points of a file as they are read, by a key for each trace."""

    def __init__(self) -> None:
        self._points: dict[str, list[tuple[float, float, float]]] = {}
        self._names: dict[str, str] = {}
        self._count = 0
        self.left_out = 0

    def call(self, key: str, name: str) -> None:
        """Say how the trace of a key is called, where that is not the key itself."""
        self._names[key] = name

    def add(self, key: str, time_s: float | None, x: float | None, y: float | None) -> None:
        """Take a point over; one without a time or a place is counted as left out (TraceFileError for too many)."""
        if time_s is None or x is None or y is None or not all(map(math.isfinite, (time_s, x, y))):
            self.left_out += 1
            return
        need(abs(time_s) <= MOST_SECONDS, "A time of the file", f"{time_s:g} s", "up to 1e10 s are allowed")
        need(max(abs(x), abs(y)) <= MOST_METRES, "A place of the file", f"{x:g}, {y:g}", "up to 1e7 m are allowed")
        self._count += 1
        need(self._count <= MOST_POINTS, "The number of points", f"over {MOST_POINTS:,}", "fewer are needed", "cut it")
        points = self._points.setdefault(key, [])
        need(
            len(self._points) <= MOST_TRACES,
            "The number of traces",
            f"over {MOST_TRACES:,}",
            "a scenario has no more users",
            "keep fewer",
        )
        points.append((time_s, x, y))

    def traces(self, form: str) -> tuple[Trace, ...]:
        """Return the traces (TraceFileError where there is none)."""
        if not self._points:
            raise TraceFileError(f"The file holds no point with a time and a place: choose another file of {form}.")
        return tuple(self._trace(self._names.get(key, key), np.array(one)) for key, one in self._points.items())

    def _trace(self, name: str, points: np.ndarray) -> Trace:
        points = points[np.argsort(points[:, 0], kind="stable")]
        is_new = np.append(True, np.diff(points[:, 0]) > 0.0)
        self.left_out += int((~is_new).sum())
        points = points[is_new]
        return Trace(cleaned(name, MOST_NAME) or "trace", points[:, 0].copy(), points[:, 1:].copy())


def number(text: str | None) -> float | None:
    """Return a number as files write it, None for anything else."""
    try:
        value = float(text) if text else None
    except ValueError:
        return None
    return value if value is not None and math.isfinite(value) else None


def check_lonlat(traces: tuple[Trace, ...]) -> None:
    """Raise TraceFileError where a longitude or latitude is none."""
    for trace in traces:
        odd = (np.abs(trace.places) > (180.0, 90.0)).any(axis=1)
        at = trace.places[odd.argmax()]
        allowed = "a longitude to 180 and a latitude to 90 degrees are needed"
        need(not odd.any(), f"A place of {shown(trace.name)}", f"{at[0]:g}, {at[1]:g}", allowed)
