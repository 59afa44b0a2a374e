"""Files of traces that others send: a small one is read here, a larger one in a confined process."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from itnt_core.apart import ApartError, Limits, Notify, Refused, apart_scratch, ask_apart

from .model import Trace, TraceFile, TraceFileError
from .reading import check_size, parse_traces

APART_ABOVE_BYTES = 200_000  # the worst file of this size is refused in a fraction of a second
LIMITS = Limits(seconds=90.0, memory_mb=3000, written_mb=200)
POINTS_FILE, WORDS_FILE = "points.npy", "traces.json"


def parse_sent_traces(content: bytes) -> TraceFile:
    """Read a file of traces as :func:`parse_traces` does, apart when it is large; TraceFileError in one sentence."""
    check_size(len(content))
    if len(content) <= APART_ABOVE_BYTES:
        return parse_traces(content)
    with apart_scratch() as scratch:
        try:
            ask_apart("traces", {}, LIMITS, content=content, scratch=scratch)
        except (Refused, ApartError) as error:
            raise TraceFileError(str(error)) from error
        return _unpacked(scratch)


def traces_task(question: dict[str, Any], scratch: Path, notify: Notify) -> None:
    """Read ``scratch/input`` and lay its traces out in ``scratch``: all points in one array, the rest as JSON."""
    del question, notify
    read = parse_traces((scratch / "input").read_bytes())
    points = [np.column_stack([trace.times_s, trace.places]) for trace in read.traces]
    np.save(scratch / POINTS_FILE, np.concatenate(points), allow_pickle=False)
    words = {
        "form": read.form,
        "is_lonlat": read.is_lonlat,
        "start": read.start.isoformat() if read.start else None,
        "left_out": read.left_out,
        "names": [trace.name for trace in read.traces],
        "counts": [len(one) for one in points],
    }
    (scratch / WORDS_FILE).write_text(json.dumps(words), encoding="utf-8")


def _unpacked(scratch: Path) -> TraceFile:
    words = json.loads((scratch / WORDS_FILE).read_text(encoding="utf-8"))
    points = np.load(scratch / POINTS_FILE, allow_pickle=False)
    parts = np.split(points, np.cumsum(words["counts"])[:-1])
    traces = tuple(Trace(name, part[:, 0], part[:, 1:]) for name, part in zip(words["names"], parts, strict=True))
    start = datetime.fromisoformat(words["start"]) if words["start"] else None
    return TraceFile(words["form"], traces, words["is_lonlat"], start, words["left_out"])
