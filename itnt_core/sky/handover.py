"""Serving places over time: which satellites of a group serve in which slot, and who takes over when one sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import IntArray
from itnt_core.scenario import Area, OrbitElements, OrbitGroup, Scenario, TimeGrid

from .arcs import Arcs
from .earth import Site, earth_angle_rad, teme_to_local_km, ut1_minus_utc_s
from .elements import propagated, satrec_of
from .following import visible_arcs
from .geometry import Array, look_angles_deg

MOST_CHOSEN = 64  # satellites of a group
BELOW_M = np.array([0.0, 0.0, -2e7])  # where a satellite stands that does not serve: under the anchor, out of reach


def serving_places(elevation_deg: Array, places: int, min_elevation_deg: float) -> NDArray[np.bool_]:
    """Say which satellites serve when, (slots, satellites), at most ``places`` at once.

    A satellite keeps its place until it is below the lowest elevation. A free place goes to the satellite above it with
    the largest sum of elevations over the slots until it sets or the window ends; of equal ones the first. In a window
    without a setting this is the choice of the highest mean elevation. Load and users are left out.
    """
    up = elevation_deg >= min_elevation_deg
    ahead = np.zeros_like(elevation_deg)
    for slot in range(len(up) - 1, -1, -1):
        later = ahead[slot + 1] if slot + 1 < len(up) else 0.0
        ahead[slot] = np.where(up[slot], np.maximum(elevation_deg[slot], 1e-6) + later, 0.0)
    serving = np.zeros_like(up)
    now = np.zeros(up.shape[1], dtype=bool)
    for slot in range(len(up)):
        now = now & up[slot]
        free = places - int(now.sum())
        if free > 0:
            score = np.where(now, 0.0, ahead[slot])
            best = np.argsort(-score, kind="stable")[:free]
            now[best[score[best] > 0.0]] = True
        serving[slot] = now
    return serving


@dataclass(frozen=True)
class Choice:
    """The satellites chosen for a window, in order of first service; ``cut`` where 64 did not reach to its end."""

    indices: tuple[int, ...]
    cut: bool


def choose_satellites(
    satellites: Sequence[OrbitElements], area: Area, time: TimeGrid, places: int, min_elevation_deg: float
) -> Choice:
    """Return which satellites of a large set hold the serving places of a time window, seen from the area's anchor."""
    site = Site(area.lon, area.lat)
    arcs = visible_arcs(satellites, site, time.start, time.duration_s, min_elevation_deg)
    times_s = time.slot_s * np.arange(1, time.slots + 1, dtype=float)
    indices, elevation = elevation_table(arcs, times_s)
    serving = serving_places(elevation, places, min_elevation_deg)
    used = np.flatnonzero(serving.any(axis=0))
    first = np.argsort(serving[:, used].argmax(axis=0), kind="stable")
    chosen = [int(indices[index]) for index in used[first]]
    return Choice(tuple(chosen[:MOST_CHOSEN]), len(chosen) > MOST_CHOSEN)


def elevation_table(arcs: Arcs, times_s: Array) -> tuple[IntArray, Array]:
    """Return which satellites have arcs (n,) and their elevations (times, n) in degrees, -90 away from their arcs."""
    indices = np.unique(arcs.satellite)
    table = np.full((len(times_s), len(indices)), -90.0)
    if not len(indices):
        return indices, table
    moments, wanted = np.repeat(times_s, len(indices)), np.tile(indices, len(times_s))
    piece = arcs.pieces_at(wanted, moments)
    inside = (arcs.satellite[piece] == wanted) & (moments <= arcs.start_s[piece] + arcs.step_s + 1e-9)
    table.ravel()[inside] = arcs.elevation_deg(piece[inside], moments[inside])
    return indices, table


@dataclass(frozen=True, eq=False)
class GroupTrack:
    """The satellites of a group that serve in some slot, at given moments: (times, satellites[, 3])."""

    satellites: tuple[OrbitElements, ...]
    position_m: Array
    serves: NDArray[np.bool_]


def group_track(group: OrbitGroup, scenario: Scenario, times_s: Array) -> GroupTrack:
    """Return the serving satellites of a group at moments in seconds after the start, with who serves then.

    Who serves is decided at the slot ends; a moment inside a slot has the slot's servers. A satellite that SGP4 cannot
    propagate to the window (decayed, years from its epoch) does not serve.
    """
    slots = scenario.time.slots
    ends_s = scenario.time.slot_s * np.arange(1, slots + 1, dtype=float)
    _, elevation, _ = look_angles_deg(satellite_positions_m(group.satellites, scenario, ends_s))
    serving = serving_places(elevation, group.satellites_used, group.min_elevation_deg)
    used = np.flatnonzero(serving.any(axis=0))
    satellites = tuple(group.satellites[index] for index in used)
    slot = np.clip(np.ceil(times_s / scenario.time.slot_s - 1e-9).astype(int) - 1, 0, slots - 1)
    return GroupTrack(satellites, satellite_positions_m(satellites, scenario, times_s), serving[slot][:, used])


def satellite_positions_m(satellites: Sequence[OrbitElements], scenario: Scenario, times_s: Array) -> Array:
    """Return east / north / up positions (times, satellites, 3) in metres at the scenario's anchor, by SGP4 itself."""
    if not satellites:
        return np.zeros((len(times_s), 0, 3))
    site, start = Site(scenario.area.lon, scenario.area.lat), scenario.time.start
    teme_km, _, errors, (whole, fractions) = propagated(map(satrec_of, satellites), start, times_s)
    teme_km = np.where(errors[..., None] == 0, teme_km, 0.0)
    local_km, _ = teme_to_local_km(teme_km, None, site, earth_angle_rad(whole, fractions, ut1_minus_utc_s(start)))
    local_m = np.where(errors[..., None] == 0, local_km * 1000.0, BELOW_M)
    return np.ascontiguousarray(np.moveaxis(local_m, 0, 1))
