"""Traces in a table: a row a point, with a time, a place and, where there are several traces, a name."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

from itnt_core.decimals import plain_numbers
from itnt_core.scenario import shown

from .collecting import Collection, check_lonlat, number
from .model import TraceFile, TraceFileError, need

CSV = "CSV"
SEPARATORS = ";\t,"
COLUMNS = {
    "name": ("id", "name", "user", "vehicle", "person", "vehicle_id", "trace", "track"),
    "time": ("time", "time_s", "t", "timestamp", "seconds", "datetime", "timestep_time", "utc"),
    "lon": ("lon", "longitude", "lng", "long", "lon_deg"),
    "lat": ("lat", "latitude", "lat_deg"),
    "east": ("east", "east_m", "x", "x_m", "easting"),
    "north": ("north", "north_m", "y", "y_m", "northing"),
}
MOST_LINES = 2_000_001  # as many as points, and the names of the columns
LONGEST_LINE = 10_000  # characters
FIRST_UNIX_S = 1e8  # seconds above it count from 1970 on, not from a start of their own


def read_table(content: bytes) -> TraceFile:
    """Return the traces of a table with a line of column names (TraceFileError in one sentence).

    Times are seconds or ISO 8601 text; places longitude and latitude, or east and north (x and y) in metres.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TraceFileError("The file is not UTF-8 text: save it as CSV in UTF-8.") from error
    need("\0" not in text, "The content of the file", "not text", "GPX, CSV or SUMO FCD is needed", "choose another")
    lines = [line for line in text.splitlines() if line.strip()]
    need(len(lines) <= MOST_LINES, "The number of lines", f"{len(lines):,}", f"{MOST_LINES:,} are allowed", "cut it")
    longest = max(map(len, lines), default=0)
    need(longest <= LONGEST_LINE, "A line of the file", f"{longest:,} characters long", f"{LONGEST_LINE:,} are allowed")
    need(
        len(lines) > 1, "The table", "without rows", "a line of column names and rows are needed", "choose another file"
    )
    separator = max(SEPARATORS, key=lines[0].count)
    rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=separator))
    return _read_rows(rows[0], rows[1:], separator)


def _read_rows(head: list[str], rows: list[list[str]], separator: str) -> TraceFile:
    places = {kind: _column(head, names) for kind, names in COLUMNS.items()}
    is_lonlat = places["lon"] is not None and places["lat"] is not None
    across, up = (places["lon"], places["lat"]) if is_lonlat else (places["east"], places["north"])
    named = ", ".join(shown(name) for name in head[:8])
    allowed = "a time and either lon and lat or east and north (x and y) are needed"
    has_all = places["time"] is not None and across is not None and up is not None
    need(has_all, "The columns of the table", named, allowed, "rename them")
    assert across is not None
    assert up is not None
    columns = [_texts(rows, column) for column in (places["time"] or 0, across, up)]
    numbers = [plain_numbers(column, separator)[0] for column in columns]
    times, start = _times(columns[0], numbers[0])
    names = _texts(rows, places["name"]) if places["name"] is not None else ["trace"] * len(rows)
    found = Collection()
    for name, time_s, x, y in zip(names, times, *numbers[1:], strict=True):
        found.add(name or "trace", time_s, number(x), number(y))
    traces = found.traces(CSV)
    if is_lonlat:
        check_lonlat(traces)
    return TraceFile(CSV, traces, is_lonlat, start, found.left_out)


def _column(head: list[str], names: tuple[str, ...]) -> int | None:
    plain = [name.strip().lower().replace(" ", "_") for name in head]
    return next((plain.index(name) for name in names if name in plain), None)


def _texts(rows: list[list[str]], column: int) -> list[str]:
    return [row[column].strip() if column < len(row) else "" for row in rows]


def _times(texts: list[str], plain: list[str]) -> tuple[list[float | None], datetime | None]:
    """Return times in seconds, and the UTC moment from which they count if there is one."""
    seconds = [number(text) for text in plain]
    if any(value is not None for value in seconds):
        known = [value for value in seconds if value is not None]
        if min(known) < FIRST_UNIX_S:
            return seconds, None
        first = min(known)
        try:
            start = datetime.fromtimestamp(first, UTC)
        except (OverflowError, OSError, ValueError) as error:
            raise TraceFileError(f"The time {first:g} is no moment: seconds or ISO 8601 text are needed.") from error
        return [None if value is None else value - first for value in seconds], start
    moments = [_moment(text) for text in texts]
    real = [moment for moment in moments if moment is not None]
    example = shown(next(iter(texts), ""))
    need(bool(real), "The times of the table", f"like {example}", "seconds or ISO 8601 text are needed")
    start = min(real)
    return [None if moment is None else (moment - start).total_seconds() for moment in moments], start


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
