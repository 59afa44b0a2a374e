"""Look angles and passes of many satellites against skyfield: ``python -m benchmarks.sky [ELEMENTS]``."""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
from skyfield.api import EarthSatellite, load, wgs84

from benchmarks.smoke import sized
from benchmarks.timing import print_machine
from itnt_core.scenario import OrbitElements
from itnt_core.sky import Site, find_passes, parse_elements, preset_elements, sampled, visible_arcs
from itnt_core.sky.elements import satrec_of

LONDON, LEVEL_DEG, STEP_S = Site(-0.1278, 51.5074), 10.0, 10.0
SKYFIELD_SATELLITES = sized(50, 2)
COUNTS = sized((1600, 8451), (20,))


def satellites_to_follow() -> tuple[list[OrbitElements], datetime, str]:
    """Return the satellites of a file named on the command line, else of published shells; start; and what they are."""
    if len(sys.argv) > 1:
        path = Path(sys.argv[1])
        elements = parse_elements(path.read_bytes(), path.name).elements
        return list(elements.satellites), elements.epochs[1].replace(microsecond=0), path.name
    start = datetime(2026, 6, 21, 12, tzinfo=UTC)
    keys = (
        "starlink-gen1-shell-1",
        "starlink-gen1-shell-2",
        "starlink-gen2-525-km",
        "starlink-gen1-shell-3",
        "starlink-gen2-530-km",
    )
    return [one for key in keys for one in preset_elements(key, start).satellites][:8451], start, "published shells"


def ours(satellites: list[OrbitElements], start: datetime, hours: float) -> int:
    """Follow the satellites and return how many positions above the horizon came out."""
    arcs = visible_arcs(satellites, LONDON, start, hours * 3600.0)
    pieces, times = sampled(arcs, STEP_S)
    _, elevation, _ = arcs.angles(pieces, times)
    return int((elevation > 0.0).sum())


def skyfields(satellites: list[OrbitElements], start: datetime, hours: float) -> int:
    """Do the same with skyfield, one satellite after the other."""
    clock = load.timescale(builtin=True)
    place = wgs84.latlon(LONDON.lat, LONDON.lon)
    count = round(hours * 3600.0 / STEP_S) + 1
    moments = clock.from_datetimes([start + timedelta(seconds=STEP_S * step) for step in range(count)])
    above = 0
    for one in satellites:
        up, _, _ = (EarthSatellite.from_satrec(satrec_of(one), clock) - place).at(moments).altaz()
        above += int((up.degrees > 0.0).sum())
    return above


def timed_both(action: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Return the medians of wall and processor time in seconds: the first suffers from other work on the machine."""
    walls, processors = [], []
    for _ in range(repeats):
        wall, processor = time.perf_counter(), time.process_time()
        action()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return statistics.median(walls), statistics.median(processors)


def speeds(satellites: list[OrbitElements], start: datetime) -> None:
    """Print the time for an hour at 10 s, and skyfield's for the same scaled from fifty satellites."""
    few = satellites[:: max(1, len(satellites) // SKYFIELD_SATELLITES)][:SKYFIELD_SATELLITES]
    _, theirs_s = timed_both(lambda: skyfields(few, start, 1.0), 1)
    print(f"{'satellites':>10}{'wall, s':>9}{'CPU, s':>8}{'passes, CPU s':>15}{'skyfield, CPU s':>17}{'ratio':>7}")
    for count in sorted({min(n, len(satellites)) for n in COUNTS}):
        chosen = satellites[:count]
        wall_s, cpu_s = timed_both(partial(ours, chosen, start, 1.0), sized(5, 1))
        arcs = visible_arcs(chosen, LONDON, start, 3600.0)
        _, passes_s = timed_both(partial(find_passes, arcs, LEVEL_DEG), 3)
        scaled_s = theirs_s * count / len(few)
        print(f"{count:>10}{wall_s:>9.3f}{cpu_s:>8.3f}{passes_s:>15.3f}{scaled_s:>17.1f}{scaled_s / cpu_s:>7.0f}")
    theirs, own = skyfields(few, start, 1.0), ours(few, start, 1.0)
    print(f"skyfield measured on {len(few)} satellites and scaled; positions above the horizon: {theirs}, ours {own}")


def errors(satellites: list[OrbitElements], start: datetime) -> None:
    """Print the largest differences to skyfield of fifty satellites over a day."""
    few = satellites[:: max(1, len(satellites) // SKYFIELD_SATELLITES)][:SKYFIELD_SATELLITES]
    arcs = visible_arcs(few, LONDON, start, 86_400.0)
    passes = find_passes(arcs, LEVEL_DEG)
    pieces, times = sampled(arcs, 37.0)
    _, elevation, distance = arcs.angles(pieces, times)
    clock, place = load.timescale(builtin=True), wgs84.latlon(LONDON.lat, LONDON.lon)
    worst_deg = worst_km = worst_s = 0.0
    for number, one in enumerate(few):
        satellite = EarthSatellite.from_satrec(satrec_of(one), clock)
        own = arcs.satellite[pieces] == number
        if not own.any():
            continue
        moments = clock.from_datetimes([start + timedelta(seconds=float(second)) for second in times[own]])
        up, _, away = (satellite - place).at(moments).altaz()
        worst_deg = max(worst_deg, float(np.abs(up.degrees - elevation[own]).max()))
        worst_km = max(worst_km, float(np.abs(away.km - distance[own]).max()))
        begin, end = clock.from_datetime(start), clock.from_datetime(start + timedelta(days=1))
        events = satellite.find_events(place, begin, end, LEVEL_DEG)
        rises = [(m.utc_datetime() - start).total_seconds() for m, kind in zip(*events, strict=True) if kind == 0]
        mine = [one.rise_s for one in passes if one.satellite == number and not one.rise_clipped]
        if len(rises) != len(mine):
            raise AssertionError(f"{one.name}: {len(mine)} rises, skyfield finds {len(rises)}")
        worst_s = max([worst_s, *(abs(a - b) for a, b in zip(rises, mine, strict=True))])
    print(
        f"{len(few)} satellites x 24 h, {len(passes)} passes above {LEVEL_DEG:g} deg: at most {worst_deg:.4f} deg of "
        f"elevation, {worst_km * 1000.0:.1f} m of range, {worst_s:.3f} s of rise from skyfield"
    )


def main() -> None:
    """Print speed and error of the look angles."""
    print_machine()
    began = time.perf_counter()
    satellites, start, name = satellites_to_follow()
    print(
        f"{len(satellites)} satellites of {name}, read in {time.perf_counter() - began:.2f} s; one hour every "
        f"{STEP_S:g} s from {start:%Y-%m-%d %H:%M}"
    )
    speeds(satellites, start)
    errors(satellites, start)


if __name__ == "__main__":
    main()
