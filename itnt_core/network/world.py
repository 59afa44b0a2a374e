"""The world of a scenario: city, sky and radio assembled once, gains as functions of the flight."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from itnt_core.city import City, city_of_scenario
from itnt_core.radio import CHANNEL_MODELS, ChannelModel, noise_power_w, rayleigh_power
from itnt_core.scenario import GroundStation, Problem, SatelliteRadio, Scenario, ScenarioError
from itnt_core.sky import SkyTrack, look_angles

Array = NDArray[np.float64]
MAX_GAIN_ENTRIES = 400_000_000


@dataclass(frozen=True, eq=False)
class World:
    """Everything about a scenario that no decision changes.

    User axes hold aerial users first, then ground users; station axes hold GBSs first, then satellites. Slot index t
    (0-based) stands for the moment ``(t + 1) * slot_s`` after the start and for waypoint ``t + 1`` of a flight.
    """

    scenario: Scenario
    city: City
    sky: SkyTrack
    channel: ChannelModel

    @property
    def slots(self) -> int:
        """Return the number of slots T."""
        return self.scenario.time.slots

    @property
    def aerial_count(self) -> int:
        """Return the number of aerial users I."""
        return len(self.scenario.aerial_users)

    @property
    def user_count(self) -> int:
        """Return the number of users U = I + J."""
        return self.aerial_count + len(self.scenario.ground_users)

    @property
    def gbs_count(self) -> int:
        """Return the number of ground base stations M."""
        return len(self.scenario.ground_stations)

    @property
    def station_count(self) -> int:
        """Return the number of base stations B = M + L."""
        return self.gbs_count + len(self.sky.station_ids)

    @property
    def subchannels(self) -> int:
        """Return the number of subchannels K."""
        return self.scenario.radio.subchannels

    @property
    def bandwidth_hz(self) -> float:
        """Return the width of one subchannel in hertz."""
        return self.scenario.radio.subchannel_khz * 1e3

    @cached_property
    def noise_w(self) -> float:
        """Return the noise power of one subchannel in watts."""
        return noise_power_w(self.scenario.radio)

    @cached_property
    def station_ids(self) -> tuple[str, ...]:
        """Return the ids of all base stations, GBSs first."""
        return (*(station.id for station in self.scenario.ground_stations), *self.sky.station_ids)

    @property
    def _transmitting(self) -> list[GroundStation | SatelliteRadio]:
        return [*self.scenario.ground_stations, *self.sky.radios]

    @cached_property
    def station_max_power_w(self) -> Array:
        """Return P_max of every base station (B,) in watts."""
        return np.array([station.max_power_w for station in self._transmitting], dtype=np.float64)

    @cached_property
    def station_max_users(self) -> NDArray[np.int64]:
        """Return U_max of every base station (B,); never more than the number of subchannels."""
        limits = [station.max_users or self.subchannels for station in self._transmitting]
        return np.minimum(np.array(limits, dtype=np.int64), self.subchannels)

    @cached_property
    def ground_points_m(self) -> Array:
        """Return the positions (J, 3) of the ground users in local metres."""
        users = self.scenario.ground_users
        return np.array([(user.east_m, user.north_m, user.height_m) for user in users], dtype=float).reshape(-1, 3)

    @cached_property
    def station_positions_m(self) -> Array:
        """Return the positions (T, B, 3) of all base stations in local metres."""
        gbs = [(station.east_m, station.north_m, station.height_m) for station in self.scenario.ground_stations]
        fixed = np.broadcast_to(np.array(gbs, dtype=float).reshape(-1, 3), (self.slots, self.gbs_count, 3))
        return np.concatenate([fixed, self.sky.position_m], axis=1)

    @cached_property
    def ground_gains(self) -> Array:
        """Return the gains (T, J, B, K) of the ground users, fast fading included."""
        points = self.ground_points_m
        slow = self.channel.gbs_gain(points, aerial=False)  # (J, M)
        fading = self._fading(points)  # (T, J, M, K)
        gbs = slow[None, :, :, None] * fading
        repeated = np.tile(points, (self.slots, 1))
        satellites = np.repeat(self.sky.serving_position_m, len(points), axis=0)  # (T * J, L, 3)
        leo = self.channel.leo_gain(repeated, satellites, aerial=False).reshape(
            self.slots, len(points), satellites.shape[1], 1
        )
        return np.concatenate([gbs, np.broadcast_to(leo, (*leo.shape[:3], self.subchannels))], axis=2)

    def _fading(self, points: Array) -> Array:
        """Return the fading factors (T, J, M, K): Exp(1) per coherence block where the model fades, else 1."""
        scenario, coherence = self.scenario, self.scenario.channel.coherence_slots
        blocks = -(-self.slots // coherence)
        factors = np.ones((blocks, len(points), self.gbs_count, self.subchannels))
        if scenario.channel.fading:
            for j, m in np.argwhere(self.channel.fades(points)):
                names = scenario.ground_stations[m].id, scenario.ground_users[j].id
                factors[:, j, m, :] = rayleigh_power(scenario.seed, *names, self.subchannels, blocks)
        return np.repeat(factors, coherence, axis=0)[: self.slots]

    def aerial_gains(self, positions_m: Array) -> Array:
        """Return the gains (T, I, B) of the aerial users on a flight (T + 1, I, 3); flat over subchannels."""
        points = positions_m[1:].reshape(-1, 3)  # (T * I, 3)
        satellites = np.repeat(self.sky.serving_position_m, self.aerial_count, axis=0)
        gbs = self.channel.gbs_gain(points, aerial=True)
        leo = self.channel.leo_gain(points, satellites, aerial=True)
        return np.concatenate([gbs, leo], axis=1).reshape(self.slots, self.aerial_count, self.station_count)

    def gains(self, positions_m: Array) -> Array:
        """Return the gains (T, U, B, K) of all users for a flight (T + 1, I, 3)."""
        aerial = self.aerial_gains(positions_m)[..., None]
        spread = np.broadcast_to(aerial, (*aerial.shape[:3], self.subchannels))
        return np.concatenate([spread, self.ground_gains], axis=1)


def build_world(scenario: Scenario, city: City | None = None, cache_dir: Path | None = None) -> World:
    """Assemble the world of a scenario; ``city`` saves loading it again, ``cache_dir`` keeps generated cities.

    Raises :class:`ScenarioError` when the gains would not fit into memory.
    """
    sky = look_angles(scenario)
    stations = len(scenario.ground_stations) + len(sky.station_ids)
    entries = scenario.time.slots * len(scenario.user_ids) * stations * scenario.radio.subchannels
    if stations == 0:
        raise ScenarioError([_no_station()])
    if entries > MAX_GAIN_ENTRIES:
        raise ScenarioError([_too_large(entries)])
    if city is None:
        city = city_of_scenario(scenario, cache_dir)
    return World(scenario, city, sky, CHANNEL_MODELS[scenario.channel.model](scenario, city, sky))


def _no_station() -> Problem:
    return Problem(
        "The number of base stations",
        "0 (no satellite of the shells and groups rises high enough in the time window)",
        "at least one is needed",
        "place a GBS, add a pass, or change the start time or the minimum elevation",
    )


def _too_large(entries: int) -> Problem:
    return Problem(
        "The product of slots, users, stations and subchannels",
        f"{entries:,}",
        f"at most {MAX_GAIN_ENTRIES:,} fit into memory",
        "shorten the time window or use fewer users, stations or subchannels",
    )
