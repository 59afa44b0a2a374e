"""Laying the rows of a traffic file out over time: a grid, counters, gaps, the busiest cells; and what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from itnt_core.arrays import IntArray
from itnt_core.scenario import shown
from itnt_core.twin.planning.window import Array
from itnt_core.twin.scenario import MOST_CELLS, TrafficSeries

from .clock import EPOCH, HOUR_MS, clocks_that_repeat, clocks_that_skip, named, reading_text
from .columns import UnusableError, need
from .counters import increments, looks_cumulative
from .places import SPIKE, spikes

KEPT_BINS = 3000  # the most recent ones; a little below what a series may hold
FEWEST_BINS = 26  # of a series: a day of hours and two more
MOST_ACTIVITY = 1e15  # far above the numbers of any unit
DAY_MS = 86_400_000


@dataclass(frozen=True, eq=False)
class TrafficRows:
    """What the rows say, each array (rows,): index into ``names``, Unix ms, activity (NaN where empty), line.

    ``on_unknown_clock`` where times without a zone are taken as UTC, as nobody named one; ``places`` (cells, 2) degrees
    east and north where the file has them.
    """

    names: list[str]
    cell: IntArray
    time_ms: IntArray
    activity: Array
    line: IntArray
    on_unknown_clock: bool
    places: Array | None = None


def check_one_row_each(rows: TrafficRows) -> None:
    """Refuse a second row of a cell and time (UnusableError)."""
    times, place = np.unique(rows.time_ms, return_inverse=True)
    again = pd.Series(rows.cell * len(times) + place).duplicated().to_numpy()
    if not again.any():
        return
    at = int(again.argmax())
    where = f"Cell {shown(rows.names[rows.cell[at]])} at {moment_text(rows.time_ms[at])} in line {rows.line[at]}"
    clocks = clocks_that_repeat(int(rows.time_ms[at])) if rows.on_unknown_clock else []
    if clocks:
        reading = reading_text(rows.time_ms[at])
        where = f"The time '{reading}' in line {rows.line[at]}"
        allowed, remedy = f"clocks in {named(clocks)} go back then and show it twice", "name the time zone of the file"
    else:
        allowed, remedy = "only rows of different country codes, in a column country_code, are summed", "remove one row"
        if len(rows.names) == 1:
            allowed, remedy = (
                "a column must tell cells apart where a time has several rows",
                "add it, or remove one row",
            )
    raise UnusableError(where, "there for the second time", allowed, remedy)


def _grid(rows: TrafficRows) -> tuple[int, int, int]:
    """Return first time (Unix ms), step (ms) and number of bins of the grid that all times lie on."""
    times = np.unique(rows.time_ms)
    allowed = "a day of steps is needed"
    need(times.size > 1, "The number of different times", "1", allowed, "add rows, or check the time column")
    gaps, counts = np.unique(np.diff(times), return_counts=True)
    step = int(gaps[counts.argmax()])
    remedy = "sum it to longer steps" if step < 60_000 else "use measurements in shorter steps"
    allowed, steps = "60 s to 3,600 s are allowed", f"{step / 1000:,.15g} s"
    need(60_000 <= step <= HOUR_MS, "The time step", steps, allowed, remedy)
    phases, counts = np.unique(times % step, return_counts=True)
    off = rows.time_ms % step != phases[counts.argmax()]
    at, allowed = int(off.argmax()), f"the other times are whole steps of {steps} apart"
    remedy = "round it, or remove the row"
    need(not off[at], f"The time in line {rows.line[at]}", moment_text(rows.time_ms[at]), allowed, remedy)
    if rows.on_unknown_clock:
        _check_no_hour_skipped(times, step)
    bins, needed = int(times[-1] - times[0]) // step + 1, max(FEWEST_BINS, -(-DAY_MS // step) + 1)
    allowed = f"more than a day, {needed:,} steps of {steps}, is needed"
    need(bins >= needed, "The length", _count(bins, "step"), allowed, "add rows")
    return int(times[0]), step, bins


def _check_no_hour_skipped(times_ms: IntArray, step_ms: int) -> None:
    """Refuse times without a zone of which just that hour is missing over which clocks go forward."""
    for before in times_ms[:-1][np.diff(times_ms) == step_ms + HOUR_MS]:
        clocks = clocks_that_skip(int(before) + step_ms)
        hour = reading_text(before + step_ms)
        allowed = f"clocks in {named(clocks)} skip it, so the time zone is needed" if clocks else ""
        need(not clocks, f"The hour from {hour}", "missing", allowed, "name it, or UTC if that hour was not measured")


def series_of(rows: TrafficRows, counter: bool | None, notes: list[str]) -> TrafficSeries:
    """Lay the rows out over the most recent bins, and note what was done to them (UnusableError)."""
    start_ms, step_ms, bins = _grid(rows)
    skipped = max(0, bins - KEPT_BINS)
    start_ms += skipped * step_ms
    notes += [f"the oldest {_count(skipped, 'bin')} left out"] if skipped else []
    which, level = _table(rows, (rows.time_ms - start_ms) // step_ms, bins - skipped, notes)
    if looks_cumulative(level, DAY_MS // step_ms) if counter is None else counter:
        unread = int(np.isnan(level).sum())
        level, anew = increments(level)
        notes.append("activity that only rises is a counter's: what it rises by in a step is the traffic")
        notes += [f"{_count(unread, 'reading')} missing, and what rose over them is spread evenly"] if unread else []
        notes += [f"it begins anew {_count(anew, 'time')}, and those steps are filled"] if anew else []
    peaks, at = spikes(level)
    if peaks:
        notes.append(
            f"{_count(peaks, 'value')} above {SPIKE:g} times the middle one of its cell kept, most in cell "
            f"{shown(rows.names[which[at]])}: look whether they are real"
        )
    busiest = np.sort(np.argsort(-np.nanmean(level, axis=1), kind="stable")[:MOST_CELLS])
    if busiest.size < which.size:
        notes.append(f"the {which.size - busiest.size:,} least busy of {_count(which.size, 'cell')} left out")
    names, level = (
        tuple(rows.names[index] for index in which[busiest]),
        _filled(level[busiest], start_ms, step_ms, notes),
    )
    remedy = "check which column holds the activity"
    need(level.max() > 0.0, "The activity of every cell", "0", "some traffic is needed", remedy)
    where = f"The sum in cell {shown(names[level.max(axis=1).argmax()])}"
    need(level.max() <= MOST_ACTIVITY, where, f"{level.max():g}", "at most 1e15 is allowed", "use a larger unit")
    activity = tuple(map(tuple, level.tolist()))
    places = None
    if rows.places is not None:
        places = tuple((float(lon), float(lat)) for lon, lat in rows.places[which[busiest]])
    return TrafficSeries(
        start=_moment(start_ms), step_s=step_ms / 1000.0, cells=names, activity=activity, places=places
    )


def _table(rows: TrafficRows, bin_: IntArray, bins: int, notes: list[str]) -> tuple[IntArray, Array]:
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
    need(which.size, where, value, "at most 10 % can be filled", remedy)
    if which.size < measured.size:
        notes.append(f"{_count(measured.size - which.size, 'cell')} with more than 10 % missing left out")
    # Laid out only now: a file of a million cells of one row each would not fit.
    row = np.full(measured.size, -1)
    row[which] = np.arange(which.size)
    level = np.full((which.size + 1, bins), np.nan)  # the last takes those left out
    level[row[place // bins], place % bins] = np.bincount(of_row, rows.activity[given])
    return which, level[:-1]


def _filled(level: Array, start_ms: int, step_ms: int, notes: list[str]) -> Array:
    """Fill what is missing linearly in time, at the ends with the nearest value."""
    missing, bins = np.isnan(level), np.arange(level.shape[1])
    if missing.any():
        longest, first = _longest_gap(missing)
        gap = f", at most {longest} in a row, from {moment_text(start_ms + first * step_ms)}" if longest > 1 else ""
        notes.append(f"{_count(int(missing.sum()), 'missing value')} filled linearly in time{gap}")
    return np.array([np.interp(bins, bins[~gaps], row[~gaps]) for row, gaps in zip(level, missing, strict=True)])


def _longest_gap(missing: NDArray[np.bool_]) -> tuple[int, int]:
    """Return how many bins of a cell are missing in a row at most (cells, bins), and at which bin that begins."""
    edges = np.diff(np.pad(missing, ((0, 0), (1, 1))).astype(np.int8), axis=1).ravel()
    begins, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    at = int((ends - begins).argmax())
    return int((ends - begins)[at]), int(begins[at] % (missing.shape[1] + 1))


def summary_of(series: TrafficSeries, notes: list[str]) -> str:
    """Return in a paragraph what was read, and what was done to it."""
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


def moment_text(moment_ms: int) -> str:
    """Return a moment in words, from Unix milliseconds."""
    return f"{_moment(moment_ms):%Y-%m-%d %H:%M:%S} UTC"
