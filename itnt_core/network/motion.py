"""How users and stations move, and what that makes of their links: range, delay, Doppler shift and timing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itnt_core.arrays import Array
from itnt_core.cached import cached_property
from itnt_core.radio import laws
from itnt_core.sky import satellite_velocities_m_s, slot_ends_s

from .world import World

NEAREST_M = 1e-9  # below it a range has no direction


@dataclass(frozen=True, eq=False)
class Motion:
    """Places and velocities in the local frame, east, north, up, at the slot ends: (slots, users or stations, 3).

    The velocity of who moves is that of the slot that ends.
    """

    users_m: Array
    users_m_s: Array
    stations_m: Array
    stations_m_s: Array
    carrier_hz: float

    @classmethod
    def of(cls, world: World, flight_m: Array) -> Motion:
        """Return the motion of a world's stations, and of its users on a flight (slots + 1, aerial users, 3)."""
        scenario, stations_m = world.scenario, world.station_positions_m
        users_m = np.concatenate([flight_m[1:], world.ground_track_m[1:]], axis=1)
        users_m_s, stations_m_s = np.zeros_like(users_m), np.zeros_like(stations_m)
        users_m_s[:, : world.aerial_count] = np.diff(flight_m, axis=0) / scenario.time.slot_s
        users_m_s[:, world.aerial_count :] = np.diff(world.ground_track_m, axis=0) / scenario.time.slot_s
        stations_m_s[:, world.gbs_count :] = satellite_velocities_m_s(scenario, slot_ends_s(scenario))
        return cls(users_m, users_m_s, stations_m, stations_m_s, scenario.radio.carrier_ghz * 1e9)

    @cached_property
    def away_m(self) -> Array:
        """Return the way from every user to every station (slots, users, stations, 3) in metres."""
        return self.stations_m[:, None] - self.users_m[:, :, None]

    @cached_property
    def range_m(self) -> Array:
        """Return the distances (slots, users, stations) in metres."""
        return np.linalg.norm(self.away_m, axis=-1)

    @cached_property
    def range_rate_m_s(self) -> Array:
        """Return how fast the distances grow (slots, users, stations) in m/s."""
        moving_m_s = self.stations_m_s[:, None] - self.users_m_s[:, :, None]
        rate: Array = (self.away_m * moving_m_s).sum(axis=-1) / np.maximum(self.range_m, NEAREST_M)
        return rate

    @property
    def delay_s(self) -> Array:
        """Return the times that waves take one way (slots, users, stations) in seconds."""
        return self.range_m / laws.SPEED_OF_LIGHT_M_S

    @property
    def doppler_hz(self) -> Array:
        """Return the shifts at the carrier (slots, users, stations) in hertz: above 0 while both approach.

        To first order in speed over that of light, -range rate / c x carrier (3GPP TR 38.811, clause 5.3.4).
        """
        return 0.0 - self.range_rate_m_s / laws.SPEED_OF_LIGHT_M_S * self.carrier_hz

    @property
    def timing_advance_s(self) -> Array:
        """Return how much earlier a user must send for the station's clock (slots, users, stations) in seconds.

        Twice the delay of the service link (3GPP TR 38.821, clause 6.3); a satellite's feeder link is left out.
        """
        return 2.0 * self.delay_s

    @property
    def timing_drift_s_s(self) -> Array:
        """Return how fast the timing advance grows (slots, users, stations) in seconds per second."""
        return 2.0 * self.range_rate_m_s / laws.SPEED_OF_LIGHT_M_S
