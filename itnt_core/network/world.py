"""The world of a scenario: city, sky and radio assembled once, gains as functions of the flight."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from itnt_core.arrays import Array
from itnt_core.cached import cached_property
from itnt_core.city import City, Obstacles, city_of_scenario, obstacles_of
from itnt_core.radio import (
    ChannelModel,
    channel_of,
    links_at,
    most_power_w,
    noise_power_w,
    penetration_db,
    rayleigh_power,
)
from itnt_core.scenario import (
    GroundStation,
    Problem,
    SatelliteRadio,
    Scenario,
    ScenarioError,
    ground_track_m,
    positions_m,
    waypoint_times_s,
)
from itnt_core.sky import SkyTrack, look_angles
from itnt_core.units import from_db
from itnt_core.utility import Utility

from .gains import MOST_WHOLE, GroundGains, LinkGains

MAX_GAIN_ENTRIES = 400_000_000  # 3.2 GB of doubles


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
    def utility(self) -> Utility:
        """Return how the users' data count."""
        return Utility.of(self.scenario)

    @cached_property
    def user_cap(self) -> Array:
        """Return the spectral efficiency (U,) that counts at most: the rate law's greatest, or the user's demand."""
        return np.minimum(self.utility.demand_mbit_s * 1e6 / self.bandwidth_hz, self.scenario.radio.rate_law.limit)

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
    def subchannel_max_power_w(self) -> Array:
        """Return what every base station may send on one subchannel in each slot (T, B) in watts.

        That is P_max, for a satellite at most what the scenario's limit of power flux density leaves it.
        """
        most_w = np.broadcast_to(self.station_max_power_w, (self.slots, self.station_count)).copy()
        sky = most_w[:, self.gbs_count :]
        sky[:] = np.minimum(sky, most_power_w(self.sky, self.scenario))
        return most_w

    def within_flux(self, power_w: Array) -> Array:
        """Return powers (T, B, K), those of satellites cut at what the limit of power flux density leaves them."""
        if self.scenario.pfd_limit_dbw_m2_mhz is None:
            return power_w
        return np.minimum(power_w, self.subchannel_max_power_w[:, :, None])

    @cached_property
    def equal_share_w(self) -> Array:
        """Return what every base station sends on each subchannel at equal power (T, B): P_max / K, or what it may."""
        return np.minimum(self.station_max_power_w / self.subchannels, self.subchannel_max_power_w)

    @cached_property
    def subchannels_at_most(self) -> Array:
        """Return how many subchannels at their limit (T, B) a station's P_max suffices for: 1 without a limit to K."""
        return np.minimum(self.station_max_power_w / self.subchannel_max_power_w, float(self.subchannels))

    @cached_property
    def station_max_users(self) -> NDArray[np.int64]:
        """Return U_max of every base station (B,); never more than the number of subchannels."""
        limits = [station.max_users or self.subchannels for station in self._transmitting]
        return np.minimum(np.array(limits, dtype=np.int64), self.subchannels)

    @cached_property
    def ground_points_m(self) -> Array:
        """Return the positions (J, 3) of the ground users at the start in local metres."""
        return positions_m(self.scenario.ground_users)

    @cached_property
    def ground_track_m(self) -> Array:
        """Return where the ground users are at the start and at the slot ends (T + 1, J, 3) in local metres."""
        return ground_track_m(self.scenario, waypoint_times_s(self.scenario))

    @cached_property
    def penetration_db(self) -> Array:
        """Return what buildings take from the links of each ground user (J,) in dB."""
        return penetration_db(self.scenario)

    @cached_property
    def obstacles(self) -> Obstacles | None:
        """Return what bars the way of the aerial users; None while the air is free."""
        return obstacles_of(self.scenario, self.city)

    @cached_property
    def station_positions_m(self) -> Array:
        """Return the positions (T, B, 3) of all base stations in local metres."""
        gbs_m = positions_m(self.scenario.ground_stations)
        fixed = np.broadcast_to(gbs_m, (self.slots, self.gbs_count, 3))
        return np.concatenate([fixed, self.sky.position_m], axis=1)

    @cached_property
    def ground_gains(self) -> Array:
        """Return the gains (T, J, B, K) of the ground users, fast fading included."""
        return self.ground_factors.whole()

    @cached_property
    def ground_factors(self) -> GroundGains:
        """Return what the gains of the ground users are made of: much less than all of them in large cases."""
        fading, seldom = self._fading()
        slow, coherence = self.ground_links[0], self.scenario.channel.coherence_slots
        return GroundGains(slow, fading, coherence, seldom, self.subchannels)

    @cached_property
    def ground_links(self) -> tuple[Array, NDArray[np.bool_]]:
        """Return the gains (T, J, B) of the ground users where they are in each slot, and the lines of sight.

        What buildings take from users indoors is in them, fast fading is left out.
        """
        slots, users = np.arange(self.slots)[:, None], self.scenario.ground_users
        indoors, moves = self._indoors, np.isin(np.arange(len(users)), self._movers)
        if moves.any():
            gains = np.empty((self.slots, len(users), self.station_count))
            sight = np.empty(gains.shape, dtype=bool)
            still, track = self.ground_points_m[~moves], self.ground_track_m[1:, moves]
            gains[:, ~moves], sight[:, ~moves] = links_at(self.channel, self.sky, still, slots, False, indoors[~moves])
            gains[:, moves], sight[:, moves] = self.links_at(track, slots, aerial=False)
        else:
            gains, sight = links_at(self.channel, self.sky, self.ground_points_m, slots, False, indoors)
        return (gains * from_db(-self.penetration_db)[:, None] if indoors.any() else gains), sight

    @property
    def _indoors(self) -> NDArray[np.bool_]:
        return np.array([user.is_indoors for user in self.scenario.ground_users], dtype=bool)

    def gains_at(self, points_m: Array, slots: ArrayLike, aerial: bool) -> Array:
        """Return the gains (..., B) of users of a kind at points (..., 3) in slots (0-based), fast fading left out.

        The shapes of points and slots broadcast: ``gains_at(points, np.arange(T)[:, None], aerial=False)`` with points
        (J, 3) gives (T, J, B), ``gains_at(points, 4, aerial=True)`` all of them in the fifth slot. A satellite that
        does not serve in a slot has gain 0 there. Every number about a link starts here.

        >>> import itnt_core as itnt
        >>> world = build_world(itnt.preset("tiny"))
        >>> world.gains_at(world.ground_points_m, 4, aerial=False).shape  # four users, two GBSs and a satellite
        (4, 3)
        >>> world.gains_at(world.ground_points_m, np.arange(8)[:, None], aerial=False).shape
        (8, 4, 3)
        """
        return self.links_at(points_m, slots, aerial)[0]

    def links_at(self, points_m: Array, slots: ArrayLike, aerial: bool) -> tuple[Array, NDArray[np.bool_]]:
        """Return the gains as :meth:`gains_at` does, and which stations (..., B) are in line of sight."""
        return links_at(self.channel, self.sky, points_m, slots, aerial)

    def _fading(self) -> tuple[Array | None, dict[int, NDArray[np.bool_]]]:
        """Return the fading factors (blocks, J, M, K), Exp(1) where the model fades, else 1, and who fades seldom.

        None where nothing fades. Indoors every link fades, for no direct ray arrives; who moves has fading wherever the
        model fades: the slots and GBSs (T, M) by user.
        """
        scenario, coherence = self.scenario, self.scenario.channel.coherence_slots
        if not scenario.channel.fading:
            return None, {}
        blocks = -(-self.slots // coherence)
        factors = np.ones((blocks, len(scenario.ground_users), self.gbs_count, self.subchannels))
        fades = self.channel.fades(self.ground_points_m) | self._indoors[:, None]
        on_the_way = {j: self.channel.fades(self.ground_track_m[1:, j]) for j in self._movers}  # (T, M) each
        for j, seldom in on_the_way.items():
            fades[j] = seldom.any(axis=0)
        for j, m in np.argwhere(fades):
            names = scenario.ground_stations[m].id, scenario.ground_users[j].id
            factors[:, j, m, :] = rayleigh_power(scenario.seed, *names, self.subchannels, blocks)
        return factors, on_the_way

    @property
    def _movers(self) -> list[int]:
        return [number for number, user in enumerate(self.scenario.ground_users) if user.moves]

    def aerial_gains(self, positions_m: Array) -> Array:
        """Return the gains (T, I, B) of the aerial users on a flight (T + 1, I, 3); flat over subchannels."""
        return self.gains_at(positions_m[1:], np.arange(self.slots)[:, None], aerial=True)

    def gains(self, positions_m: Array) -> Array:
        """Return the gains (T, U, B, K) of all users for a flight (T + 1, I, 3).

        Where they are many they are kept as what they are made of (:class:`~itnt_core.network.gains.LinkGains`): as an
        array to look at, but slot by slot they need no memory.
        """
        if self.slots * self.user_count * self.station_count * self.subchannels > MOST_WHOLE:
            apart = LinkGains(self.aerial_gains(positions_m), self.ground_factors, np.arange(self.slots))
            return cast(Array, apart)
        aerial = self.aerial_gains(positions_m)[..., None]
        spread = np.broadcast_to(aerial, (*aerial.shape[:3], self.subchannels))
        return np.concatenate([spread, self.ground_gains], axis=1)


def build_world(scenario: Scenario, city: City | None = None, cache_dir: Path | None = None) -> World:
    """Assemble the world of a scenario; ``city`` saves loading it again, ``cache_dir`` keeps generated cities.

    Raises :class:`ScenarioError` when the gains would not fit into memory.

    >>> import itnt_core as itnt
    >>> build_world(itnt.preset("tiny")).station_ids
    ('gbs-1', 'gbs-2', 'leo-1')
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
    return World(scenario, city, sky, channel_of(scenario, city, sky))


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
