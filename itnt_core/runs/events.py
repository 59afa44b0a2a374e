"""The progress events of a run: one JSON object a line, appended by the run and read on by everyone else."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PROGRESS_FILE = "progress.jsonl"
MOST_READ_BYTES = 64_000_000  # at once; what is left is read at the next look
_TEXTS = frozenset({"type", "phase", "message", "state"})
_NUMBERS = frozenset({"fraction", "elapsed_s", "eta_s", "objective_mbit", "served_share", "bound_mbit"})


def append_event(folder: Path, event: Mapping[str, Any]) -> None:
    """Append one event to a run's progress file in a single write, so that readers never see half a line of it."""
    line = json.dumps(event, allow_nan=False) + "\n"
    handle = os.open(folder / PROGRESS_FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)


def read_events(folder: Path, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
    """Return the whole events after a byte offset, and the offset to go on from.

    A line that is no event of this program costs itself; so does a file that cannot be read.
    """
    file = folder / PROGRESS_FILE
    if not file.is_file():
        return [], offset
    try:
        with file.open("rb") as handle:
            handle.seek(offset)
            data = handle.read(MOST_READ_BYTES)
    except OSError:
        return [], offset
    whole = data.rfind(b"\n") + 1
    if not whole and len(data) == MOST_READ_BYTES:
        whole = len(data)  # no line of ours is that long
    lines = (_event(line) for line in data[:whole].splitlines() if line.strip())
    return [event for event in lines if event is not None], offset + whole


def _event(line: bytes) -> dict[str, Any] | None:
    """Return the event of a line, None where it is none or a field holds what it never holds."""
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and all(_fits(key, value) for key, value in event.items()) else None


def _fits(key: str, value: Any) -> bool:
    if key in _TEXTS:
        return isinstance(value, str)
    if key in _NUMBERS:
        return value is None or _is_number(value)
    if key == "iteration":
        return value is None or (isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53)
    if key == "metrics":
        return value is None or (isinstance(value, dict) and all(map(_is_number, value.values())))
    return True


def _is_number(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and abs(value) < 1e300 and math.isfinite(value)
