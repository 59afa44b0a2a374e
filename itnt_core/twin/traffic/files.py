"""Reading a user's file of measured traffic, rows of cell, time and activity, into a series; or one clear sentence."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from itnt_core.arrays import IntArray
from itnt_core.decimals import plain_numbers
from itnt_core.errors import ItntError
from itnt_core.scenario import Problem, shown
from itnt_core.texts import name_problem, visible
from itnt_core.twin.planning.window import Array
from itnt_core.twin.scenario import TrafficSeries

from .clock import (
    END_MS,
    FIRST_MS,
    HOUR_MS,
    HOUR_ZERO_MS,
    Readings,
    find_zone,
    hour_ms,
    moment_ms,
    passings,
    read_clock,
    reading_text,
)
from .columns import ONE_CELL, TableLayout, UnusableError, find_layout, need, split_fields
from .places import cell_places
from .series import MOST_ACTIVITY, TrafficRows, check_one_row_each, moment_text, series_of, summary_of

MOST_BYTES = 60_000_000
MOST_LINES, MOST_NAME = 3_000_000, 40  # of one file; characters of a cell's name
MOST_CHANGES = 4  # of clocks that are told one by one

NO_TABLES = (
    (b"\x1f\x8b", "a gzip archive", "unpack it"),
    (b"PK\x03\x04", "a zip archive or an Excel workbook", "unpack it, or save the sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "save the sheet as CSV"),
    (b"PAR1", "a Parquet file", "save the table as CSV"),
    (b"<", "HTML or XML", "save the table as CSV"),
    ((b"{", b"["), "JSON", "save the table as CSV"),
)
TIMES_ALLOWED = "Unix seconds or milliseconds, ISO 8601 text, or hours from 0 on in a column 'hour' are needed"


class TrafficFileError(ItntError, ValueError):
    """A traffic file that cannot be used; the message is one sentence."""


@dataclass(frozen=True)
class TrafficFile:
    """Measured traffic, and in words what was read, filled, left out and summed."""

    series: TrafficSeries
    summary: str


@dataclass(frozen=True)
class TrafficOptions:
    """What a file does not say of itself: an IANA time zone of times without one, whether activity is a counter's.

    Without a zone such times are UTC, unless an hour is missing or repeated as where clocks change; ``counter`` None
    is found from the activity.
    """

    time_zone: str = ""
    counter: bool | None = None


def parse_traffic(content: bytes, name: str = "the file", options: TrafficOptions | None = None) -> TrafficFile:
    """Read rows of cell, time and activity; raises :class:`TrafficFileError` with one sentence if they are no use.

    Either separated by commas, semicolons or tabs below a line of column names, or the raw form of the Telecom Italia
    Big Data Challenge. A table of a time and an activity alone is of one cell.
    """
    asked = options or TrafficOptions()
    try:
        lines, numbers = _lines(_text(content))
        layout = find_layout(lines, numbers)
        notes: list[str] = []
        rows = _rows(lines, numbers, layout, asked.time_zone, notes)
        if not layout.summed:
            check_one_row_each(rows)
        series = series_of(rows, asked.counter, notes)
    except UnusableError as error:
        where, value, allowed, remedy = error.args
        raise TrafficFileError(Problem(f"{where} of {visible(name[:80])}", value, allowed, remedy).sentence) from error
    return TrafficFile(series, summary_of(series, notes))


def _text(content: bytes) -> str:
    """Decode the content of a file that can be a table."""
    size = f"{len(content) / 1e6:,.1f} MB"
    allowed, remedy = f"{MOST_BYTES // 10**6} MB are allowed", "keep fewer cells or days"
    need(len(content) <= MOST_BYTES, "The size", size, allowed, remedy)
    start = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    for sign, words, remedy in NO_TABLES:
        need(not start.startswith(sign), "The content", words, "a table as plain text is needed", remedy)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    need("\0" not in text, "The content", "not text", "UTF-8 text is needed", "save it as CSV in UTF-8")
    return text


def _lines(text: str) -> tuple[list[str], IntArray]:
    """Return the lines that say something, and their numbers (lines,)."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    ends, allowed = text.count("\n"), f"{MOST_LINES:,} are allowed"
    need(ends <= MOST_LINES, "The number of lines", f"{ends:,}", allowed, "keep fewer cells or days")
    every = text.split("\n")
    numbers = [number for number, line in enumerate(every, 1) if line.strip(" \t,;")]
    need(numbers, "The content", "empty", "rows of cell, time and activity are needed", "choose another file")
    return [every[number - 1] for number in numbers], np.array(numbers)


def _rows(lines: list[str], numbers: IntArray, layout: TableLayout, time_zone: str, notes: list[str]) -> TrafficRows:
    lines, numbers = lines[layout.names :], numbers[layout.names :]
    wanted = (*layout.columns, *([] if layout.zone_column is None else [layout.zone_column]), *(layout.places or ()))
    table = split_fields(lines, layout.separator, tuple(column for column in wanted if column != ONE_CELL))
    of_cell, of_time, of_activity = layout.columns
    if of_cell == ONE_CELL:
        names, cells = ["1"], np.zeros(len(table), dtype=np.int64)
        notes.append("no column names cells, so all rows are of one")
    else:
        names, cells = _cells(table[of_cell], numbers)
    zones = [] if layout.zone_column is None else [str(zone) for zone in table[layout.zone_column].unique()]
    times, is_local = _times(table[of_time], numbers, layout)
    unknown = False
    if is_local.any():
        zone = _zone(time_zone, layout.zone, zones)
        unknown = zone is None
        if zone is None:
            notes.append("times without a zone are taken as UTC")
        else:
            times = np.where(is_local, _on_clock(zone, times, cells, numbers, layout, notes), times)
    elif layout.hours:
        notes.append(f"hour 0 is taken to be {moment_text(HOUR_ZERO_MS)}, a Monday")
    elif time_zone:
        notes.append(f"the times name their moments themselves, {time_zone} is not needed")
    levels = _levels(table[of_activity], numbers, layout.separator, notes)
    places = None
    if layout.places is not None and len(names) > 1:
        places = cell_places(table[layout.places[0]], table[layout.places[1]], cells, numbers)
    # A row of a country code counts even when it tells of calls only: there was no internet activity then.
    return TrafficRows(
        names, cells, times, np.nan_to_num(levels) if layout.summed else levels, numbers, unknown, places
    )


def _cells(text: pd.Series, numbers: IntArray) -> tuple[list[str], IntArray]:
    """Return the names of the cells in order of appearance, and which of them each row is of.

    Where all are numbers the point and noughts that pandas and spreadsheets add go: 270042.0 is 270042.
    """
    if text.str.fullmatch(r"[0-9]+(?:\.0*)?").all():
        text = text.str.replace(r"\.0*$", "", regex=True)
    codes, unique = pd.factorize(text)
    names = [str(name) for name in unique.tolist()]
    for index, name in enumerate(names):
        if not 0 < len(name) <= MOST_NAME or name_problem(name):
            where = f"The cell in line {numbers[int((codes == index).argmax())]}"
            value = shown(name) if name else "empty"
            raise UnusableError(where, value, f"1 to {MOST_NAME} printable characters are needed", "rename it")
    return names, codes.astype(np.int64)


def _times(text: pd.Series, numbers: IntArray, layout: TableLayout) -> tuple[IntArray, NDArray[np.bool_]]:
    """Return the times of the rows in Unix milliseconds, and which are readings of a clock, counted as if in UTC."""
    parse = hour_ms if layout.hours else moment_ms
    codes, unique = pd.factorize(text)
    found, is_local = np.empty(len(unique), dtype=np.int64), np.zeros(len(unique), dtype=bool)
    for index, value in enumerate(unique.tolist()):
        parsed = parse(value)
        if parsed is None or not FIRST_MS <= parsed[0] < END_MS:
            where = f"The time in line {numbers[int((codes == index).argmax())]}"
            allowed = TIMES_ALLOWED if parsed is None else "the years 1990 to 2100 are allowed"
            raise UnusableError(where, shown(value), allowed, "correct it")
        found[index], is_local[index] = parsed
    return found[codes], is_local[codes]


def _zone(asked: str, in_name: str, in_column: list[str]) -> ZoneInfo | None:
    """Return the time zone that is asked for, else the one that the file gives, None where neither names one."""
    one, remedy = "one IANA name such as Europe/London or UTC is needed", "correct it"
    need(asked or len(in_column) <= 1, "The time zone", shown(", ".join(in_column[:3])), one, "split the file")
    name = asked or in_name or (in_column[0] if in_column else "")
    zone = find_zone(name)
    need(zone or not name, "The time zone", shown(name), one, remedy)
    return zone


def _on_clock(
    zone: ZoneInfo, readings_ms: IntArray, cells: IntArray, numbers: IntArray, layout: TableLayout, notes: list[str]
) -> IntArray:
    """Return the Unix milliseconds of what the clocks of a zone show, and note where these are changed."""
    unique, codes = np.unique(readings_ms, return_inverse=True)
    shows = read_clock(unique, zone)
    at = int(shows.skipped[codes].argmax())
    where, value = f"The time in line {numbers[at]}", f"'{reading_text(readings_ms[at])}'"
    allowed = f"clocks in {zone.key} go forward over it and never show it"
    need(not shows.skipped.any(), where, value, allowed, "name the time zone of the file's clock, or correct the time")
    again = shows.repeated
    hour = reading_text(unique[again.argmax()])
    where, value = f"The hour from {hour}", f"there twice on clocks in {zone.key}"
    allowed = "rows of country codes do not tell which is which"
    need(not (layout.summed and again.any()), where, value, allowed, "write the times with their offsets from UTC")
    second = passings(cells, readings_ms, again[codes])
    notes.append(f"times are those of clocks in {zone.key}")
    notes += _changes(unique, shows, np.unique(readings_ms[second]))[:MOST_CHANGES]
    return np.where(second, shows.second_ms[codes], shows.first_ms[codes])


def _changes(unique_ms: IntArray, shows: Readings, twice_ms: IntArray) -> list[str]:
    """Return in words where clocks are changed, and how the hour that is skipped or repeated was read."""
    ahead = unique_ms - shows.first_ms
    forward = [
        f"clocks go forward before {reading_text(at)}, so no hour is missing"
        for at in unique_ms[1:][np.diff(ahead) > 0]
    ]
    repeated = unique_ms[shows.repeated]
    firsts = repeated[np.diff(repeated, prepend=repeated[:1] - 2 * HOUR_MS) > HOUR_MS]
    back = [
        f"the hour from {reading_text(at)} passes twice there and "
        + ("is read twice" if at in twice_ms else "stands once in the file: it is taken as the first")
        for at in firsts
    ]
    return forward + back


def _levels(text: pd.Series, numbers: IntArray, separator: str, notes: list[str]) -> Array:
    """Return the activity of the rows, NaN where the field is empty."""
    if text.str.contains("[, \u00a0\u202f'\u2019]").any():
        codes, unique = pd.factorize(text)
        plain, words = plain_numbers([str(value) for value in unique.tolist()], separator)
        text = pd.Series(plain, dtype=str).take(codes).reset_index(drop=True)
        notes += [words] if words else []
    level = np.asarray(pd.to_numeric(text, errors="coerce"), dtype=np.float64)
    wrong = (text != "").to_numpy(dtype=bool) & ~((level >= 0.0) & (level <= MOST_ACTIVITY))
    at = int(wrong.argmax())
    allowed = "numbers from 0 to 1e15 with a decimal point are needed"
    where, value = f"The activity in line {numbers[at]}", shown(text.iloc[at])
    need(not wrong[at], where, value, allowed, "correct it, or leave the field empty")
    return level
