"""Traffic files that others send: a small one is read here, a larger one in a confined process."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from itnt_core.apart import ApartError, Limits, Notify, Refused, apart_scratch, ask_apart
from itnt_core.twin.scenario import TrafficSeries

from .files import TrafficFile, TrafficFileError, TrafficOptions, parse_traffic

APART_ABOVE_BYTES = 200_000  # a month of one cell; the worst table of this size is refused in a fraction of a second
LIMITS = Limits(seconds=90.0, memory_mb=3000, written_mb=200)
ANSWER_FILE = "series.json"


def parse_sent_traffic(content: bytes, name: str = "the file", options: TrafficOptions | None = None) -> TrafficFile:
    """Read a traffic file as :func:`parse_traffic` does, apart when it is large; TrafficFileError in one sentence."""
    if len(content) <= APART_ABOVE_BYTES:
        return parse_traffic(content, name, options)
    asked = asdict(options or TrafficOptions())
    with apart_scratch() as scratch:
        try:
            question = {"name": name, "options": asked}
            summary = ask_apart("traffic", question, LIMITS, content=content, scratch=scratch)
        except (Refused, ApartError) as error:
            raise TrafficFileError(str(error)) from error
        series = TrafficSeries.model_validate_json((scratch / ANSWER_FILE).read_bytes())
    return TrafficFile(series, str(summary))


def traffic_task(question: dict[str, Any], scratch: Path, notify: Notify) -> str:
    """Read ``scratch/input`` into ``scratch/series.json``; return in words what was read."""
    del notify
    options = TrafficOptions(**question["options"])
    read = parse_traffic((scratch / "input").read_bytes(), str(question["name"]), options)
    (scratch / ANSWER_FILE).write_text(read.series.model_dump_json(), encoding="utf-8")
    return read.summary
