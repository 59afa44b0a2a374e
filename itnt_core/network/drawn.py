"""Worlds that a forecast may turn out to be: shadowing, fading, users' places and satellites' timing drawn anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from itnt_core.arrays import Array
from itnt_core.cached import cached_property
from itnt_core.errors import ItntError
from itnt_core.radio import channel_of, named_generator
from itnt_core.scenario import GroundUser, user_place
from itnt_core.sky import SkyTrack, look_angles_deg, satellite_velocities_m_s, slot_ends_s

from .world import World

MOST_ERROR_M, MOST_ERROR_S = 1000.0, 10.0  # in ten seconds a low orbit leaves its tangent by half a kilometre of 75
TRIES = 50  # draws of a place until it is outdoors; then the user stays where it was said to be


class UncertaintyError(ItntError, ValueError):
    """An error of places or of timing that no world can be drawn with."""


@dataclass(frozen=True)
class Uncertainty:
    """How wrong a forecast is, as standard deviations of normal errors.

    ``position_error_m`` moves every ground user along east and along north, ``timing_error_s`` every satellite along
    its way. UncertaintyError for what is negative, no number, or more than can be drawn.
    """

    position_error_m: float = 10.0
    timing_error_s: float = 0.5

    def __post_init__(self) -> None:
        for what, value, most, unit in (
            ("The error of the users' places", self.position_error_m, MOST_ERROR_M, "m"),
            ("The error of the satellites' timing", self.timing_error_s, MOST_ERROR_S, "s"),
        ):
            if not 0.0 <= value <= most:
                raise UncertaintyError(f"{what} is {value:g} {unit}, but 0 to {most:g} {unit} is allowed: change it.")


@dataclass(frozen=True, eq=False)
class WorldDraws:
    """The worlds that a forecast world may turn out to be, each a fixed function of its number.

    A drawn world has the forecast's city, stations, users, time grid and antennas. Its shadowing, fast fading and,
    where the city has no buildings, its lines of sight are those of a seed of its own. Ground users stand elsewhere
    by a normal error, outdoors and within the area as before; every satellite is early or late by its own constant
    time. ``purpose`` keeps the draws for planning and those for judging apart: no world is in both. Left out: errors
    of flights, of powers and antennas, of buildings and of the weather.
    """

    forecast: World
    purpose: str
    errors: Uncertainty = Uncertainty()

    def world(self, number: int) -> World:
        """Return the world with a number, from 0: the same one for the same forecast, purpose and errors."""
        forecast = self.forecast
        generator = named_generator(forecast.scenario.seed, "drawn world", self.purpose, str(number))
        seed = int(generator.integers(2**32))
        users = self._moved(generator)
        late_s = generator.standard_normal(len(forecast.sky.station_ids)) * self.errors.timing_error_s
        sky = self._shifted(late_s)
        scenario = forecast.scenario.model_copy(update={"seed": seed, "ground_users": users})
        return World(scenario, forecast.city, sky, channel_of(scenario, forecast.city, sky))

    def worlds(self, count: int) -> Iterator[World]:
        """Yield the first ``count`` worlds, one at a time: the gains of one need as much memory as the forecast's."""
        return (self.world(number) for number in range(count))

    @cached_property
    def _velocity_m_s(self) -> Array:
        """Return the velocities (slots, satellites, 3) of the forecast's satellites at the slot ends."""
        scenario = self.forecast.scenario
        return satellite_velocities_m_s(scenario, slot_ends_s(scenario))

    def _shifted(self, late_s: Array) -> SkyTrack:
        """Return the sky with each satellite ahead on its way by a time in seconds (satellites,)."""
        sky = self.forecast.sky
        if not late_s.any():
            return sky
        position_m = sky.position_m + self._velocity_m_s * late_s[:, None]
        azimuth, elevation, range_km = look_angles_deg(position_m)
        return replace(sky, position_m=position_m, azimuth_deg=azimuth, elevation_deg=elevation, range_km=range_km)

    def _moved(self, generator: np.random.Generator) -> tuple[GroundUser, ...]:
        """Return the ground users at drawn places, outdoors and within the area; who finds none stays."""
        scenario, city = self.forecast.scenario, self.forecast.city
        users, half_m, height_m = scenario.ground_users, scenario.area.size_m / 2, self.forecast.ground_points_m[:, 2]
        if not (users and self.errors.position_error_m):
            return users
        forecast_m = self.forecast.ground_points_m[:, :2]
        found_m, missing = forecast_m.copy(), np.ones(len(users), dtype=bool)
        for _ in range(TRIES):
            drawn_m = forecast_m + generator.standard_normal(forecast_m.shape) * self.errors.position_error_m
            fits = (np.abs(drawn_m) <= half_m).all(axis=1) & (city.roof_m(drawn_m) <= height_m)
            found_m = np.where((missing & fits)[:, None], drawn_m, found_m)
            missing &= ~fits
            if not missing.any():
                break
        return tuple(
            # who is indoors is known to be in that building; a path is as far off as its start
            user if user.is_indoors else user.model_copy(update=user_place(user, float(east_m), float(north_m)))
            for user, (east_m, north_m) in zip(users, found_m, strict=True)
        )
