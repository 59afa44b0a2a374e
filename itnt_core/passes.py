"""Passes over a place: the question that page and command ask of sky and city together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from itnt_core.arrays import Array
from itnt_core.city import City, CityError, Skyline, build_city, find_city, library_folder, seen_from, skyline
from itnt_core.scenario import OrbitElements, OrbitGroup, Problem, Scenario, ScenarioError, free_id
from itnt_core.sky import (
    Arcs,
    ElementSet,
    Mask,
    SatellitePass,
    Site,
    arcs_in_parts,
    choose_satellites,
    failure_words,
    find_passes,
    hand_made_arcs,
    hidden_intervals,
    satellite_name,
    visible_arcs,
    visible_s,
)

MASK_SIZE_M = 2000.0  # a 30 m building a kilometre away reaches 1.7 degrees
MOST_HOURS = 240.0
STALE_DAYS = 14.0
Intervals = list[tuple[float, float]]


@dataclass(frozen=True, eq=False)
class PassTable:
    """The passes of some satellites over a place in a window of ``duration_s``, and when buildings hide them.

    ``failures`` are satellites that SGP4 cannot follow over the window, with its code. The arcs that the passes were
    found on are not kept: of a whole catalogue they are gigabytes. :meth:`arcs_of` follows a few satellites again.
    """

    names: Sequence[str]  # by index of the satellite
    norad_ids: Sequence[int | None]
    start: datetime
    duration_s: float
    passes: tuple[SatellitePass, ...]
    hidden: tuple[Intervals, ...] | None  # per pass, seconds after the start
    failures: tuple[tuple[int, int], ...]
    follow: Callable[[Sequence[int]], Arcs]

    def arcs_of(self, satellites: Iterable[int]) -> Arcs:
        """Return the arcs of some satellites, given by their indices."""
        return self.follow(sorted(set(satellites)))

    @property
    def left_out(self) -> list[str]:
        """Return which satellites could not be followed over the whole window, and why, a sentence each."""
        return [
            f"{self.names[satellite]} (catalogue number {self.norad_ids[satellite]}) cannot be followed over the whole "
            f"window: {failure_words(code)}."
            for satellite, code in self.failures
        ]

    def moment(self, seconds: float) -> datetime:
        """Return the UTC moment some seconds after the start."""
        return self.start.astimezone(UTC) + timedelta(seconds=seconds)

    def name(self, one: SatellitePass) -> str:
        """Return the satellite's name."""
        return self.names[one.satellite]


def pass_table(
    satellites: Sequence[OrbitElements],
    site: Site,
    start: datetime,
    hours: float,
    min_elevation_deg: float = 0.0,
    mask: Mask | None = None,
) -> PassTable:
    """Return every pass above an elevation in a window of some hours, in order of rise (ScenarioError: wrong numbers).

    Satellites that SGP4 cannot propagate are left out and listed in ``left_out``.
    """
    _check_window(hours, min_elevation_deg)
    follow = partial(visible_arcs, satellites, site, start, hours * 3600.0, min_elevation_deg)
    parts = arcs_in_parts(satellites, site, start, hours * 3600.0, min_elevation_deg)
    names = [satellite_name(satellite) for satellite in satellites]
    return _table(
        names, [satellite.norad_id for satellite in satellites], start, parts, follow, min_elevation_deg, mask
    )


def hand_made_table(
    scenario: Scenario,
    place_m: Sequence[float],
    start: datetime,
    hours: float,
    min_elevation_deg: float,
    mask: Mask | None = None,
) -> PassTable:
    """Return the passes of a scenario's hand-made satellites, seen from a place east / north / up of its anchor."""
    _check_window(hours, min_elevation_deg)
    begin_s = (start - scenario.time.start).total_seconds()
    arcs = hand_made_arcs(scenario.passes, begin_s, hours * 3600.0, np.asarray(place_m, dtype=float))
    names = [one.name or one.id for one in scenario.passes]
    return _table(names, [None] * len(names), start, [arcs], lambda _: arcs, min_elevation_deg, mask)


def _table(
    names: Sequence[str],
    norad_ids: Sequence[int | None],
    start: datetime,
    parts: Iterable[Arcs],
    follow: Callable[[Sequence[int]], Arcs],
    min_elevation_deg: float,
    mask: Mask | None,
) -> PassTable:
    """Find the passes on arcs that come some satellites at a time, and are let go again."""
    found: list[SatellitePass] = []
    hidden: list[Intervals] = []
    failures: list[tuple[int, int]] = []
    duration_s = 0.0
    for arcs in parts:
        passes = find_passes(arcs, min_elevation_deg)
        found += passes
        hidden += [] if mask is None else hidden_intervals(arcs, passes, mask)
        failures += arcs.failures
        duration_s = arcs.duration_s
    order = sorted(range(len(found)), key=lambda index: (found[index].rise_s, found[index].satellite))
    behind = None if mask is None else tuple(hidden[index] for index in order)
    ordered = tuple(found[index] for index in order)
    return PassTable(names, norad_ids, start, duration_s, ordered, behind, tuple(failures), follow)


def pass_rows(table: PassTable, first: int = 0, last: int | None = None) -> list[dict[str, Any]]:
    """Return one row per pass: names, UTC moments as ISO 8601, degrees, kilometres, seconds; JSON can hold it.

    ``first`` and ``last`` cut a part of the passes out, as from a list.
    """
    passes = table.passes[first:last]
    hidden = None if table.hidden is None else table.hidden[first:last]
    values = np.array(passes, dtype=float).reshape(len(passes), len(SatellitePass._fields))
    column = dict(zip(SatellitePass._fields, values.T, strict=True))
    written = {
        "name": [table.name(one) for one in passes],
        "rise": _iso_moments(table.start, column["rise_s"]),
        "culmination": _iso_moments(table.start, column["culmination_s"]),
        "set": _iso_moments(table.start, column["set_s"]),
        "max_elevation_deg": _rounded(column["max_elevation_deg"], 4),
        "range_km": _rounded(column["range_km"], 4),
        "norad_id": [table.norad_ids[one.satellite] for one in passes],
        "rise_azimuth_deg": _rounded(column["rise_azimuth_deg"], 3),
        "culmination_azimuth_deg": _rounded(column["culmination_azimuth_deg"], 3),
        "set_azimuth_deg": _rounded(column["set_azimuth_deg"], 3),
        "rise_clipped": [one.rise_clipped for one in passes],
        "set_clipped": [one.set_clipped for one in passes],
    }
    rows: list[dict[str, Any]] = [dict(zip(written, row, strict=True)) for row in zip(*written.values(), strict=True)]
    if hidden is not None:
        for row, one, behind in zip(rows, passes, hidden, strict=True):
            row["visible_s"] = round(visible_s(one, behind), 1)
            row["hidden"] = [[iso_utc(table.moment(begin)), iso_utc(table.moment(end))] for begin, end in behind]
    return rows


def _rounded(values: Array, digits: int) -> list[float]:
    """Return numbers (n,) rounded to some digits, as `round` does one by one."""
    found: list[float] = (np.rint(values * 10.0**digits) / 10.0**digits).tolist()
    return found


def _iso_moments(start: datetime, seconds: Array) -> list[str]:
    """Return moments some seconds (n,) after a start as :func:`iso_utc` writes them, all at once."""
    microseconds = np.rint(seconds * 1e6).astype("timedelta64[us]")
    moments = np.datetime64(start.astimezone(UTC).replace(tzinfo=None), "us") + microseconds
    return [f"{text}Z" for text in np.datetime_as_string(moments, unit="ms", casting="unsafe").tolist()]


def iso_utc(moment: datetime) -> str:
    """Return a moment as ISO 8601 in UTC to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def empty_sentence(min_elevation_deg: float, hours: float) -> str:
    """Say that no satellite passes in a window of some hours, and what to do."""
    return (
        f"No satellite is above {min_elevation_deg:g}° in these {hours:g} h. Lower the elevation, choose a longer "
        "window or another start."
    )


def age_sentence(elements: ElementSet, start: datetime) -> str | None:
    """Say that elements are too far from a start for their positions to be right, None where they are not."""
    first, last = elements.epochs
    days = max((first - start).total_seconds(), (start - last).total_seconds()) / 86_400.0
    if days <= STALE_DAYS:
        return None
    return (
        f"The elements are {days:.0f} days away from the start, and SGP4 is good for about {STALE_DAYS:.0f}: "
        f"positions may be off by hundreds of kilometres. Choose a start near {last:%Y-%m-%d} or newer elements."
    )


def city_for_mask(name: str, lon: float, lat: float, cache_dir: Path | None = None) -> City:
    """Return the city around a place whose buildings may hide satellites (ScenarioError or CityError if there is none).

    ``name`` is 'london', or the folder, content hash or name of an imported city. Where generated London has no
    buildings, an imported city that is called 'london' is taken.
    """
    if name != "london":
        return seen_from(find_city(name, library_folder(cache_dir)), lon, lat, MASK_SIZE_M)
    city = build_city("london", lon, lat, MASK_SIZE_M, 1, cache_dir)
    if city.building_count == 0:
        with suppress(CityError):  # no city of that name is stored
            return seen_from(find_city(name, library_folder(cache_dir)), lon, lat, MASK_SIZE_M)
        value = f"without buildings around {lat:g}, {lon:g}"
        raise ScenarioError([Problem("The city 'london'", value, "a place in London is needed", "move the place")])
    return city


def mask_of(city: City, east_m: float = 0.0, north_m: float = 0.0) -> Skyline:
    """Return the skyline from a point of a city: 1.5 m above its ground or its roof."""
    return skyline(city, east_m, north_m)


def with_best(
    scenario: Scenario, elements: ElementSet, content_hash: str, places: int, min_elevation_deg: float
) -> tuple[Scenario, OrbitGroup, bool]:
    """Return the scenario with a group of the best placed satellites of its window, the group, and whether 64 were
    too few to reach to the window's end.

    ScenarioError when none rises high enough.
    """
    choice = choose_satellites(elements.satellites, scenario.area, scenario.time, places, min_elevation_deg)
    chosen = [elements.satellites[index] for index in choice.indices]
    if not chosen:
        raise ScenarioError([_none_rises(scenario, min_elevation_deg)])
    changed, group = _with_group(scenario, elements, content_hash, chosen, places, min_elevation_deg)
    return changed, group, choice.cut


def with_named(
    scenario: Scenario, elements: ElementSet, content_hash: str, indices: Sequence[int], min_elevation_deg: float
) -> tuple[Scenario, OrbitGroup]:
    """Return the scenario with a group of the satellites at some indices, all of which may serve at once."""
    chosen = [elements.satellites[index] for index in dict.fromkeys(indices)]
    if not 1 <= len(chosen) <= 64:
        raise ScenarioError(
            [Problem("The number of satellites", str(len(chosen)), "1 to 64 are allowed", "choose others")]
        )
    return _with_group(scenario, elements, content_hash, chosen, len(chosen), min_elevation_deg)


def _with_group(
    scenario: Scenario,
    elements: ElementSet,
    content_hash: str,
    chosen: Sequence[OrbitElements],
    places: int,
    min_elevation_deg: float,
) -> tuple[Scenario, OrbitGroup]:
    most = next(item.max_length for item in Scenario.model_fields["orbits"].metadata if hasattr(item, "max_length"))
    if len(scenario.orbits) >= most:
        raise ScenarioError(
            [Problem("The number of satellite groups", str(most + 1), f"{most} are allowed", "remove one first")]
        )
    group = OrbitGroup(
        id=free_id(scenario, "orbits"),
        source=elements.name,
        source_hash=content_hash,
        satellites_used=places,
        min_elevation_deg=min_elevation_deg,
        satellites=tuple(chosen),
    )
    return scenario.model_copy(update={"orbits": (*scenario.orbits, group)}), group


def _none_rises(scenario: Scenario, min_elevation_deg: float) -> Problem:
    window = scenario.time
    return Problem(
        "The choice of satellites",
        f"empty: none is above {min_elevation_deg:g}° in the {window.duration_s:g} s from {iso_utc(window.start)}",
        "at least one is needed",
        "lower the elevation, move the start or use other satellites",
    )


def _check_window(hours: float, min_elevation_deg: float) -> None:
    checks: Mapping[str, tuple[float, float, float]] = {
        "The length of the window in hours": (hours, 0.001, MOST_HOURS),
        "The lowest elevation in degrees": (min_elevation_deg, 0.0, 89.0),
    }
    problems = [
        Problem(where, f"{value:g}", f"{low:g} to {high:g} are allowed", "change it")
        for where, (value, low, high) in checks.items()
        if not low <= value <= high
    ]
    if problems:
        raise ScenarioError(problems)
