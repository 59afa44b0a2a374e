"""Reading a user's file of measured traffic, rows of cell, time and activity, into a series; or one clear sentence."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from itnt_core.arrays import IntArray
from itnt_core.errors import ItntError
from itnt_core.scenario import Problem, shown
from itnt_core.texts import name_problem, visible
from itnt_core.twin.planning.window import Array
from itnt_core.twin.scenario import MOST_CELLS, TrafficSeries

MOST_BYTES = 60_000_000
MOST_LINES, MOST_COLUMNS, MOST_NAME = 3_000_000, 1000, 40  # of one file; characters of a cell's name
KEPT_BINS = 3000  # the most recent ones; a little below what a series may hold
FEWEST_BINS = 26  # of a series: a day of hours and two more
MOST_ACTIVITY = 1e15  # far above the numbers of any unit
DAY_MS, HOUR_MS = 86_400_000, 3_600_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_MS, END_MS = 631_152_000_000, 4_133_980_800_000  # the years 1990 to 2100
HOUR_ZERO_MS = 1_704_067_200_000  # 2024-01-01, a Monday

NAMES = {  # of columns, the preferred ones first
    "cell": ("square_id", "squareid", "square", "cell", "cell_id", "cellid", "bs", "id"),
    "time": ("time_ms", "timestamp", "time", "datetime", "date_time", "hour", "time_interval", "date"),
    "activity": ("internet", "activity", "bytes", "traffic", "volume", "load", "value"),
}
COUNTRY_NAMES = {"country", "country_code", "countrycode"}
RAW_WIDTH, RAW_COLUMNS = 8, (0, 1, 7)  # Telecom Italia: square, Unix ms, country, SMS and calls in and out, internet
NO_TABLES = (
    (b"\x1f\x8b", "a gzip archive", "unpack it"),
    (b"PK\x03\x04", "a zip archive or an Excel workbook", "unpack it, or save the sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "save the sheet as CSV"),
    (b"PAR1", "a Parquet file", "save the table as CSV"),
    (b"<", "HTML or XML", "save the table as CSV"),
    ((b"{", b"["), "JSON", "save the table as CSV"),
)
NUMBER = re.compile(r"([0-9]{1,14})(?:\.0*)?")
TIMES_ALLOWED = "Unix seconds or milliseconds, ISO 8601 text, or hours from 0 on in a column 'hour' are needed"


class TrafficFileError(ItntError, ValueError):
    """A traffic file that cannot be used; the message is one sentence."""


@dataclass(frozen=True)
class TrafficFile:
    """Measured traffic, and in words what was read, filled, left out and summed."""

    series: TrafficSeries
    summary: str


class _UnusableError(ItntError):
    """What is wrong with the file, before its name is known: where, value, allowed, remedy."""


def _need(holds: object, where: str, value: str, allowed: str, remedy: str) -> None:
    if not holds:
        raise _UnusableError(where, value, allowed, remedy)


@dataclass(frozen=True)
class _Layout:
    """How a table is written; ``columns`` are those of cell, time and activity."""

    separator: str
    columns: tuple[int, ...]
    names: int  # lines of column names: 1, or 0 in the raw form
    summed: bool  # several rows of a cell and a time, one per country code
    hours: bool


@dataclass(frozen=True, eq=False)
class _Rows:
    """What the rows say, each array (rows,): index into ``names``, Unix ms, activity (NaN where empty), line."""

    names: list[str]
    cell: IntArray
    time_ms: IntArray
    activity: Array
    line: IntArray


def parse_traffic(content: bytes, name: str = "the file") -> TrafficFile:
    """Read rows of cell, time and activity; raises :class:`TrafficFileError` with one sentence if they are no use.

    Either separated by commas, semicolons or tabs below a line of column names, or the raw form of the Telecom Italia
    Big Data Challenge.
    """
    try:
        lines, numbers = _lines(_text(content))
        layout = _layout(lines, numbers)
        rows = _rows(lines, numbers, layout)
        if not layout.summed:
            _check_one_row_each(rows)
        series, notes = _series(rows)
    except _UnusableError as error:
        where, value, allowed, remedy = error.args
        raise TrafficFileError(Problem(f"{where} of {visible(name[:80])}", value, allowed, remedy).sentence) from error
    if layout.hours:
        notes.append(f"hour 0 is taken to be {_moment_text(HOUR_ZERO_MS)}, a Monday")
    return TrafficFile(series, _summary_of(series, notes))


def _text(content: bytes) -> str:
    """Decode the content of a file that can be a table."""
    size = f"{len(content) / 1e6:,.1f} MB"
    allowed, remedy = f"{MOST_BYTES // 10**6} MB are allowed", "keep fewer cells or days"
    _need(len(content) <= MOST_BYTES, "The size", size, allowed, remedy)
    start = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    for sign, words, remedy in NO_TABLES:
        _need(not start.startswith(sign), "The content", words, "a table as plain text is needed", remedy)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    _need("\0" not in text, "The content", "not text", "UTF-8 text is needed", "save it as CSV in UTF-8")
    return text


def _lines(text: str) -> tuple[list[str], IntArray]:
    """Return the lines that say something, and their numbers (lines,)."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    ends, allowed = text.count("\n"), f"{MOST_LINES:,} are allowed"
    _need(ends <= MOST_LINES, "The number of lines", f"{ends:,}", allowed, "keep fewer cells or days")
    every = text.split("\n")
    numbers = [number for number, line in enumerate(every, 1) if line.strip(" \t,;")]
    _need(numbers, "The content", "empty", "rows of cell, time and activity are needed", "choose another file")
    return [every[number - 1] for number in numbers], np.array(numbers)


def _layout(lines: list[str], numbers: IntArray) -> _Layout:
    """Find separator and columns from the first line, and check that every line has as many fields."""
    separator = max("\t;,", key=re.sub(r'"[^"]*"', "", lines[0]).count)
    widths = _widths(lines, numbers, separator)
    width = int(widths[0])
    allowed = f"3 to {MOST_COLUMNS:,} columns, separated by commas, semicolons or tabs, are needed"
    _need(3 <= width <= MOST_COLUMNS, "The number of columns", f"{width:,}", allowed, "save the table as CSV")
    at = int((widths != width).argmax())  # 0 where all are equal
    where, allowed = f"The number of fields in line {numbers[at]}", f"{width} are needed as in line {numbers[0]}"
    _need(widths[at] == width, where, f"{widths[at]:,}", allowed, "add what is missing, or remove what is too much")
    fields = [str(field) for field in _fields(lines[:1], separator, tuple(range(width))).iloc[0]]
    if separator == "\t" and width == RAW_WIDTH and NUMBER.fullmatch(fields[1]):
        return _Layout(separator, RAW_COLUMNS, 0, summed=True, hours=False)
    return _named_layout(lines, separator, fields)


def _widths(lines: list[str], numbers: IntArray, separator: str) -> IntArray:
    """Count the fields of each line (lines,); a quote must enclose a whole field and close on its line."""
    quoted = re.compile(rf'(^|{separator}) *"[^"]*+(?:""[^"]*+)*+"(?={separator}|$)')
    bare = [quoted.sub(r"\1", line) if '"' in line else line for line in lines]
    number = next((number for number, line in zip(numbers, bare, strict=True) if '"' in line), None)
    allowed, remedy = "quotes must enclose a whole field", "close or remove the quote"
    _need(number is None, f"A quote in line {number}", "not closed", allowed, remedy)
    return np.array([line.count(separator) + 1 for line in bare])


def _fields(lines: list[str], separator: str, columns: tuple[int, ...]) -> pd.DataFrame:
    """Split lines whose widths are checked; all fields are text without blanks around it."""
    table = pd.read_csv(
        io.StringIO("\n".join(lines)),
        sep=separator,
        header=None,
        usecols=list(columns),
        dtype=str,
        keep_default_na=False,
        na_filter=False,
        skip_blank_lines=False,
        skipinitialspace=True,
        lineterminator="\n",
    )
    return table.apply(lambda column: column.str.strip())


def _named_layout(lines: list[str], separator: str, fields: list[str]) -> _Layout:
    """Find the columns by their names, however these are written."""
    line = shown(lines[0])
    numeric = any(NUMBER.fullmatch(field) for field in fields)
    allowed, remedy = "the names of the columns are needed there", "add them, or use the raw form of 8 columns"
    _need(not numeric, "The first line", line, allowed, remedy)
    names = [re.sub(r"[\s-]+", "_", field.lower()) for field in fields]
    twice = next((name for name in names if name and names.count(name) > 1), None)
    column = f"The column {shown(twice or '')}"
    _need(twice is None, column, "given twice", "a name may stand once", "rename or remove one")
    found = []
    for kind, known in NAMES.items():
        name = next((name for name in known if name in names), None)
        allowed, remedy = f"a column of the {kind} is needed", f"name it one of {', '.join(known)}"
        _need(name, "The line of column names", line, allowed, remedy)
        found.append(names.index(str(name)))
    _need(len(lines) > 1, "The number of rows below the names", "0", "rows are needed", "add them")
    first = str(_fields(lines[1:2], separator, (found[1],)).iloc[0, 0])
    hours = names[found[1]] == "hour" and _hour_ms(first) is not None
    return _Layout(separator, tuple(found), 1, bool(COUNTRY_NAMES & set(names)), hours)


def _rows(lines: list[str], numbers: IntArray, layout: _Layout) -> _Rows:
    lines, numbers = lines[layout.names :], numbers[layout.names :]
    table = _fields(lines, layout.separator, layout.columns)
    cell, time, activity = (table[column] for column in layout.columns)
    names, cells = _cells(cell, numbers)
    times = _times(time, numbers, _hour_ms if layout.hours else _moment_ms)
    levels = _levels(activity, numbers)
    # A row of a country code counts even when it tells of calls only: there was no internet activity then.
    return _Rows(names, cells, times, np.nan_to_num(levels) if layout.summed else levels, numbers)


def _cells(text: pd.Series, numbers: IntArray) -> tuple[list[str], IntArray]:
    """Return the names of the cells in order of appearance, and which of them each row is of."""
    codes, unique = pd.factorize(text)
    names = [str(name) for name in unique.tolist()]
    for index, name in enumerate(names):
        if not 0 < len(name) <= MOST_NAME or name_problem(name):
            where = f"The cell in line {numbers[int((codes == index).argmax())]}"
            value = shown(name) if name else "empty"
            raise _UnusableError(where, value, f"1 to {MOST_NAME} printable characters are needed", "rename it")
    return names, codes.astype(np.int64)


def _times(text: pd.Series, numbers: IntArray, parse: Callable[[str], int | None]) -> IntArray:
    """Return the times of the rows in Unix milliseconds."""
    codes, unique = pd.factorize(text)
    found = np.empty(len(unique), dtype=np.int64)
    for index, value in enumerate(unique.tolist()):
        moment_ms = parse(value)
        if moment_ms is None or not FIRST_MS <= moment_ms < END_MS:
            where = f"The time in line {numbers[int((codes == index).argmax())]}"
            allowed = TIMES_ALLOWED if moment_ms is None else "the years 1990 to 2100 are allowed"
            raise _UnusableError(where, shown(value), allowed, "correct it")
        found[index] = moment_ms
    return found[codes]


def _hour_ms(text: str) -> int | None:
    """Return the Unix milliseconds of an hour counted from 0, None if it is none."""
    number = NUMBER.fullmatch(text)
    return HOUR_ZERO_MS + int(number[1]) * HOUR_MS if number and len(number[1]) <= 6 else None


def _moment_ms(text: str) -> int | None:
    """Return the Unix milliseconds of a time in Unix seconds, milliseconds or ISO 8601 (UTC if it does not say)."""
    number = NUMBER.fullmatch(text)
    if number:
        digits = len(number[1])
        return None if digits < 9 else int(number[1]) * (1000 if digits < 12 else 1)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return round(((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - EPOCH) / timedelta(milliseconds=1))


def _levels(text: pd.Series, numbers: IntArray) -> Array:
    """Return the activity of the rows, NaN where the field is empty."""
    level = np.asarray(pd.to_numeric(text, errors="coerce"), dtype=np.float64)
    wrong = (text != "").to_numpy(dtype=bool) & ~((level >= 0.0) & (level <= MOST_ACTIVITY))
    at = int(wrong.argmax())
    allowed = "numbers from 0 to 1e15 with a decimal point are needed"
    where, value = f"The activity in line {numbers[at]}", shown(text.iloc[at])
    _need(not wrong[at], where, value, allowed, "correct it, or leave the field empty")
    return level


def _check_one_row_each(rows: _Rows) -> None:
    times, place = np.unique(rows.time_ms, return_inverse=True)
    again = pd.Series(rows.cell * len(times) + place).duplicated().to_numpy()
    at = int(again.argmax())
    where = f"Cell {shown(rows.names[rows.cell[at]])} at {_moment_text(rows.time_ms[at])} in line {rows.line[at]}"
    allowed = "only rows of different country codes, in a column country_code, are summed"
    _need(not again[at], where, "there for the second time", allowed, "remove one row")


def _grid(rows: _Rows) -> tuple[int, int, int]:
    """Return first time (Unix ms), step (ms) and number of bins of the grid that all times lie on."""
    times = np.unique(rows.time_ms)
    allowed = "a day of steps is needed"
    _need(times.size > 1, "The number of different times", "1", allowed, "add rows, or check the time column")
    gaps, counts = np.unique(np.diff(times), return_counts=True)
    step = int(gaps[counts.argmax()])
    remedy = "sum it to longer steps" if step < 60_000 else "use measurements in shorter steps"
    allowed, steps = "60 s to 3,600 s are allowed", f"{step / 1000:,.15g} s"
    _need(60_000 <= step <= HOUR_MS, "The time step", steps, allowed, remedy)
    phases, counts = np.unique(times % step, return_counts=True)
    off = rows.time_ms % step != phases[counts.argmax()]
    at, allowed = int(off.argmax()), f"the other times are whole steps of {steps} apart"
    remedy = "round it, or remove the row"
    _need(not off[at], f"The time in line {rows.line[at]}", _moment_text(rows.time_ms[at]), allowed, remedy)
    bins, needed = int(times[-1] - times[0]) // step + 1, max(FEWEST_BINS, -(-DAY_MS // step) + 1)
    allowed = f"more than a day, {needed:,} steps of {steps}, is needed"
    _need(bins >= needed, "The length", _count(bins, "step"), allowed, "add rows")
    return int(times[0]), step, bins


def _series(rows: _Rows) -> tuple[TrafficSeries, list[str]]:
    """Lay the rows out over the most recent bins, and say what was done to them."""
    start_ms, step_ms, bins = _grid(rows)
    skipped = max(0, bins - KEPT_BINS)
    start_ms += skipped * step_ms
    notes = [f"the oldest {_count(skipped, 'bin')} left out"] if skipped else []
    which, level = _table(rows, (rows.time_ms - start_ms) // step_ms, bins - skipped, notes)
    busiest = np.sort(np.argsort(-np.nanmean(level, axis=1), kind="stable")[:MOST_CELLS])
    if busiest.size < which.size:
        notes.append(f"the {which.size - busiest.size:,} least busy of {_count(which.size, 'cell')} left out")
    names, level = tuple(rows.names[index] for index in which[busiest]), _filled(level[busiest], notes)
    remedy = "check which column holds the activity"
    _need(level.max() > 0.0, "The activity of every cell", "0", "some traffic is needed", remedy)
    where = f"The sum in cell {shown(names[level.max(axis=1).argmax()])}"
    _need(level.max() <= MOST_ACTIVITY, where, f"{level.max():g}", "at most 1e15 is allowed", "use a larger unit")
    activity = tuple(map(tuple, level.tolist()))
    return TrafficSeries(start=_moment(start_ms), step_s=step_ms / 1000.0, cells=names, activity=activity), notes


def _table(rows: _Rows, bin_: IntArray, bins: int, notes: list[str]) -> tuple[IntArray, Array]:
    """Return the cells that miss little, and their activity (cells, bins), NaN where missing."""
    given = (bin_ >= 0) & ~np.isnan(rows.activity)
    place, of_row = np.unique(rows.cell[given] * bins + bin_[given], return_inverse=True)
    if place.size < of_row.size:
        notes.append(f"{_count(of_row.size, 'row')} summed to {_count(place.size, 'value')} over country codes")
    measured = np.bincount(place // bins, minlength=len(rows.names))
    which = np.flatnonzero((bins - measured) * 10 <= bins)
    where = f"The fullest cell, {shown(rows.names[measured.argmax()])},"
    value = f"without {100.0 * (1.0 - measured.max() / bins):.3g} % of its values"
    remedy = "cut the file to a time without gaps"
    _need(which.size, where, value, "at most 10 % can be filled", remedy)
    if which.size < measured.size:
        notes.append(f"{_count(measured.size - which.size, 'cell')} with more than 10 % missing left out")
    # Laid out only now: a file of a million cells of one row each would not fit.
    row = np.full(measured.size, -1)
    row[which] = np.arange(which.size)
    level = np.full((which.size + 1, bins), np.nan)  # the last takes those left out
    level[row[place // bins], place % bins] = np.bincount(of_row, rows.activity[given])
    return which, level[:-1]


def _filled(level: Array, notes: list[str]) -> Array:
    """Fill what is missing linearly in time, at the ends with the nearest value."""
    missing, bins = np.isnan(level), np.arange(level.shape[1])
    if missing.any():
        notes.append(f"{_count(int(missing.sum()), 'missing value')} filled linearly in time")
    return np.array([np.interp(bins, bins[~gaps], row[~gaps]) for row, gaps in zip(level, missing, strict=True)])


def _summary_of(series: TrafficSeries, notes: list[str]) -> str:
    bins = len(series.activity[0])
    end = series.start + timedelta(seconds=(bins - 1) * series.step_s)
    size = f"{_count(len(series.cells), 'cell')}, {_count(bins, 'bin')} of {series.step_s:g} s"
    summary = f"{size} from {series.start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC."
    rest = "; ".join(notes)
    return f"{summary} {rest[0].upper()}{rest[1:]}." if rest else summary


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _moment(moment_ms: int) -> datetime:
    return EPOCH + timedelta(milliseconds=int(moment_ms))


def _moment_text(moment_ms: int) -> str:
    return f"{_moment(moment_ms):%Y-%m-%d %H:%M:%S} UTC"
