"""The satellites of a scenario over its time grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from itnt_core.cached import cached_property
from itnt_core.scenario import Pass, SatelliteRadio, Scenario, WalkerShell

from .geometry import Array, look_angles_deg
from .handover import BELOW_M, group_track
from .passes import pass_positions_m
from .walker import walker_positions_m

POSITIONS_AT_ONCE = 2_000_000  # satellites times slots followed together, about 200 bytes of each
VELOCITY_STEP_S = 0.1


@dataclass(frozen=True, eq=False)
class SkyTrack:
    """Satellites over time, as seen from the anchor: arrays (time, satellite[, 3])."""

    station_ids: tuple[str, ...]
    radios: tuple[SatelliteRadio, ...]
    time_s: Array  # (time,)
    position_m: Array  # (time, satellite, 3) east, north, up
    azimuth_deg: Array  # (time, satellite)
    elevation_deg: Array
    range_km: Array
    source_ids: tuple[str, ...]  # (satellite,) the id of the pass, shell or group that brings it
    serves: NDArray[np.bool_] | None = None  # (time, satellite); None: all serve at all times

    @cached_property
    def serving_position_m(self) -> Array:
        """Return the positions that the radio uses (time, satellite, 3).

        A satellite that does not serve stands where it reaches nobody.
        """
        if self.serves is None:
            return self.position_m
        return np.where(self.serves[..., None], self.position_m, BELOW_M)

    @property
    def serving(self) -> NDArray[np.bool_]:
        """Say which satellites serve when and are above the anchor's horizon: (time, satellite)."""
        above = self.elevation_deg > 0.0
        return above if self.serves is None else above & self.serves

    def columns(self, source_id: str) -> list[int]:
        """Return the columns of the satellites that a pass, shell or group brings."""
        return [column for column, source in enumerate(self.source_ids) if source == source_id]


def slot_ends_s(scenario: Scenario) -> Array:
    """Return the end of every slot (slots,) in seconds after the start: the moment a slot is evaluated at."""
    return scenario.time.slot_s * np.arange(1, scenario.time.slots + 1, dtype=float)


def look_angles(scenario: Scenario, times_s: ArrayLike | None = None) -> SkyTrack:
    """Return the scenario's satellites at the slot ends, or at given times (n,) in seconds after the start.

    Hand-made passes come first, then the best placed satellites of each Walker shell, chosen over the time window, then
    the satellites of each group that serve in some slot, with who serves when.

    >>> import itnt_core as itnt
    >>> sky = look_angles(itnt.preset("tiny"), [0.0, 10.0])
    >>> sky.station_ids, sky.elevation_deg.shape, sky.position_m.shape
    (('leo-1',), (2, 1), (2, 1, 3))
    """
    times = slot_ends_s(scenario) if times_s is None else np.asarray(times_s, dtype=float)
    ids: list[str] = []
    sources: list[str] = []
    radios: list[SatelliteRadio] = []
    positions: list[Array] = []
    for pass_ in scenario.passes:
        ids.append(pass_.id)
        sources.append(pass_.id)
        radios.append(pass_.radio)
        positions.append(pass_positions_m(pass_, times)[:, None, :])
    for shell in scenario.walker_shells:
        chosen = best_placed(shell, scenario)
        ids += [shell.station_id(index) for index in chosen]
        sources += [shell.id] * len(chosen)
        radios += [shell.radio] * len(chosen)
        positions.append(walker_positions_m(shell, scenario.area, scenario.time.start, times, chosen))
    serves = [np.ones((len(times), len(ids)), dtype=bool)]
    for group in scenario.orbits:
        track = group_track(group, scenario, times)
        ids += [group.station_id(satellite) for satellite in track.satellites]
        sources += [group.id] * len(track.satellites)
        radios += [group.radio] * len(track.satellites)
        positions.append(track.position_m)
        serves.append(track.serves)
    position_m = np.concatenate(positions, axis=1) if positions else np.zeros((len(times), 0, 3))
    known = np.concatenate(serves, axis=1) if scenario.orbits else None
    return SkyTrack(tuple(ids), tuple(radios), times, position_m, *look_angles_deg(position_m), tuple(sources), known)


def satellite_velocities_m_s(scenario: Scenario, times_s: ArrayLike) -> Array:
    """Return the velocities (time, satellite, 3) of a scenario's satellites, east, north and up in m/s, at times (n,).

    By central differences, whose error in a low orbit (below 0.1 mm/s) is far below that of the orbit itself.
    """
    times = np.asarray(times_s, dtype=float)
    ahead, behind = (look_angles(scenario, times + sign * VELOCITY_STEP_S).position_m for sign in (1.0, -1.0))
    return (ahead - behind) / (2.0 * VELOCITY_STEP_S)


def best_placed(shell: WalkerShell, scenario: Scenario) -> list[int]:
    """Return the indices of the satellites with the highest mean elevation over the window, best first.

    Satellites that never rise above the shell's minimum elevation are left out, so fewer than asked may come back.
    """
    times_s, total = slot_ends_s(scenario), shell.planes * shell.satellites_per_plane
    at_once = max(1, POSITIONS_AT_ONCE // len(times_s))
    means = []
    for first in range(0, total, at_once):  # some satellites at a time, so that memory stays bounded
        some = range(first, min(first + at_once, total))
        position_m = walker_positions_m(shell, scenario.area, scenario.time.start, times_s, some)
        _, elevation, _ = look_angles_deg(position_m)  # (slots, satellites)
        means.append(np.where(elevation.max(axis=0) >= shell.min_elevation_deg, elevation.mean(axis=0), -np.inf))
    mean = np.concatenate(means)
    order = np.argsort(-mean, kind="stable")[: shell.satellites_used]
    return [int(index) for index in order if np.isfinite(mean[index])]


def pass_track(pass_: Pass, times_s: ArrayLike) -> SkyTrack:
    """Return one hand-made pass at any times (n,) in seconds after the start, for drawing its way across the sky."""
    times = np.asarray(times_s, dtype=float)
    position_m = pass_positions_m(pass_, times)[:, None, :]
    return SkyTrack((pass_.id,), (pass_.radio,), times, position_m, *look_angles_deg(position_m), (pass_.id,))
