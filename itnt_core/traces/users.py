"""Traces become ground users of a scenario: placed on its ground, cut to its time and its area."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import numpy as np

from itnt_core.arrays import Array
from itnt_core.scenario import (
    GROUND_USER_HEIGHT_M,
    GroundUser,
    Scenario,
    free_ids,
    lonlat_to_local,
    path_problem,
    with_added,
)

from .model import Trace, TraceFile, TraceFileError

MOST_PATH_POINTS = 4000  # of one user
Clock = Literal["start", "utc"]
Metres = Literal["auto", "anchor", "centred", "degrees"]
ROUND_M = 3  # digits: a millimetre


@dataclass(frozen=True)
class Placing:
    """How traces are laid onto a scenario.

    ``clock`` is ``start`` (the first moment of the file is the scenario's start) or ``utc`` (moments are what they
    are). ``metres`` says how metres of a file lie: ``anchor`` (0, 0 is the middle of the area), ``centred`` (the middle
    of all traces is), ``degrees`` (they are longitude and latitude, as SUMO writes them with fcd-output.geo), ``auto``
    (degrees where all of them lie in the area, else as ``anchor`` where a point then lies in it, else ``centred``).
    """

    clock: Clock = "start"
    metres: Metres = "auto"
    most: int | None = None


@dataclass(frozen=True)
class TraceUse:
    """The scenario with the users of traces, and in sentences what was done with them."""

    scenario: Scenario
    added: int
    notes: tuple[str, ...]


def use_traces(scenario: Scenario, read: TraceFile, placing: Placing | None = None) -> TraceUse:
    """Add a ground user for each trace that is in the area during the scenario's time; TraceFileError where none is.

    A path has the trace's own points, interpolated at the start alone. Who comes later waits where the trace begins;
    who leaves the area stays at the last place in it. Traces that are faster than anything on the ground are left out.
    """
    placing = placing or Placing()
    laid, words = _laid_out(scenario, read, placing)
    free = free_ids("ground_users", scenario.taken_ids("ground_users"))
    users: list[GroundUser] = []
    notes: Counter[str] = Counter()
    for trace in laid:
        if placing.most is not None and len(users) >= placing.most:
            notes["more than asked for, left out"] += 1
            continue
        user = _user(scenario, trace, notes)
        if user is not None:
            users.append(user.model_copy(update={"id": next(free)}))
    sentences = tuple(f"{count:,} trace{'s' if count > 1 else ''}: {what}." for what, count in notes.items())
    if not users:
        raise TraceFileError(" ".join((f"No trace of the file can be used ({words}).", *sentences)))
    return TraceUse(with_added(scenario, "ground_users", users), len(users), (f"{read.sentence}; {words}.", *sentences))


def _laid_out(scenario: Scenario, read: TraceFile, placing: Placing) -> tuple[list[Trace], str]:
    """Return the traces in seconds after the start and local metres, and in words how they were laid out."""
    area, time = scenario.area, scenario.time
    if placing.clock == "utc" and read.start is None:
        raise TraceFileError("The file tells no UTC times: let its first moment be the start of the scenario.")
    first_s = min(float(trace.times_s[0]) for trace in read.traces)
    shift_s = -first_s
    if placing.clock == "utc" and read.start is not None:
        shift_s = (read.start - time.start).total_seconds()
    everywhere = np.concatenate([trace.places for trace in read.traces])
    as_degrees = _as_metres(everywhere, scenario) if (np.abs(everywhere) <= (180.0, 90.0)).all() else None
    is_degrees = read.is_lonlat or placing.metres == "degrees"
    if placing.metres == "auto" and not read.is_lonlat and as_degrees is not None:
        is_degrees = bool((np.abs(as_degrees) <= area.size_m).all())
    if is_degrees and as_degrees is None:
        raise TraceFileError("The file's places are no degrees: choose metres.")
    if is_degrees:
        turned = [Trace(one.name, one.times_s + shift_s, _as_metres(one.places, scenario)) for one in read.traces]
        return turned, "places from longitude and latitude"
    middle = (everywhere.min(axis=0) + everywhere.max(axis=0)) / 2.0
    inside = (np.abs(everywhere) <= area.size_m / 2).all(axis=1).any()
    centred = placing.metres == "centred" or (placing.metres == "auto" and not inside)
    offset = middle if centred else np.zeros(2)
    words = f"metres moved by {-offset[0]:,.1f} east and {-offset[1]:,.1f} north" if centred else "metres as they are"
    return [Trace(one.name, one.times_s + shift_s, one.places - offset) for one in read.traces], words


def _as_metres(places: Array, scenario: Scenario) -> Array:
    east, north = lonlat_to_local(places[:, 0], places[:, 1], scenario.area.lon, scenario.area.lat)
    return np.column_stack([east, north])


def _user(scenario: Scenario, trace: Trace, notes: Counter[str]) -> GroundUser | None:
    """Return a user on a trace, None where the trace has nothing to do with the scenario; ``notes`` counts why."""
    times, places = trace.times_s, trace.places
    duration_s = scenario.time.duration_s
    if times[-1] < 0.0 or times[0] > duration_s:
        notes["at another time, left out"] += 1
        return None
    inside = np.asarray((np.abs(places) <= scenario.area.size_m / 2).all(axis=1))
    here = np.flatnonzero(inside & (np.append(times[1:], np.inf) > 0.0) & (times <= duration_s))
    if not here.size:
        notes["never in the area, left out"] += 1
        return None
    first = int(here[0])
    gone = np.flatnonzero(~inside[first:])
    end = first + int(gone[0]) if gone.size else len(times)
    if gone.size and times[end] <= duration_s:
        notes["leaves the area, stays where it was last"] += 1
    last = min(end, int(np.searchsorted(times, duration_s, side="left")) + 1)  # the first one after the end, too
    return _on_path(scenario, trace.name, times[first:last], places[first:last], notes)


def _on_path(scenario: Scenario, name: str, times: Array, places: Array, notes: Counter[str]) -> GroundUser | None:
    start = np.array([np.interp(0.0, times, places[:, axis]) for axis in (0, 1)])
    later = times > 0.0
    times, places = times[later], places[later]
    if len(times) > MOST_PATH_POINTS:
        kept = np.unique(np.linspace(0, len(times) - 1, MOST_PATH_POINTS).round().astype(int))
        times, places = times[kept], places[kept]
        notes[f"longer than {MOST_PATH_POINTS:,} points, thinned"] += 1
    points = np.column_stack([times.round(3), places.round(ROUND_M)])
    east, north = start.round(ROUND_M).tolist()
    path = tuple((float(t), float(x), float(y)) for t, x, y in points)
    if all((x, y) == (east, north) for _, x, y in path):
        path = ()
    person = GroundUser(id="trace", name=name, east_m=east, north_m=north, height_m=GROUND_USER_HEIGHT_M, path=path)
    if path_problem(scenario, person) is not None:
        notes["faster than anything on the ground, left out"] += 1
        return None
    return person
