"""What a scenario must hold for a lesson, and what to do where it does not."""

from __future__ import annotations

from functools import lru_cache

from itnt_core.scenario import BUILT_IN_CHANNEL_MODELS, Area, OrbitGroup, Pass, Scenario, TimeGrid, WalkerShell
from itnt_core.sky import look_angles

from .lesson import Sentence
from .prose import Prose

LACKS = Prose("missing")  # what a scenario lacks, and what to do


def missing_known_model(scenario: Scenario) -> Sentence | None:
    """Say that the formula of the scenario's channel model is not known here, where it is a plug-in's."""
    model = scenario.channel.model
    return None if model in BUILT_IN_CHANNEL_MODELS else LACKS.sentence("known channel model", model=model)


def missing_gbs_or_user(scenario: Scenario) -> Sentence | None:
    """Say what to place where a GBS or a user is missing."""
    if not scenario.ground_stations:
        return LACKS.sentence("base station")
    return None if scenario.user_ids else LACKS.sentence("user")


def missing_satellite_or_user(scenario: Scenario) -> Sentence | None:
    """Say what to add where a satellite or a user is missing."""
    if not scenario.satellite_sources:
        return LACKS.sentence("satellite")
    if not rising_satellites(scenario):
        return LACKS.sentence("rising satellite")
    return None if scenario.user_ids else LACKS.sentence("user")


def missing_station_or_user(scenario: Scenario) -> Sentence | None:
    """Say what to place where there is no station of any kind, or no user."""
    if not station_count(scenario):
        return LACKS.sentence("base station")
    return None if scenario.user_ids else LACKS.sentence("user")


def missing_two_of_each(scenario: Scenario) -> Sentence | None:
    """Say what to place where there are fewer than two stations or two users."""
    if not station_count(scenario):
        return LACKS.sentence("base station")
    if station_count(scenario) < 2:
        return LACKS.sentence("second station")
    return None if len(scenario.user_ids) > 1 else LACKS.sentence("second user")


def missing_aerial_user(scenario: Scenario) -> Sentence | None:
    """Say what to place where there is no station or no aerial user."""
    if not station_count(scenario):
        return LACKS.sentence("base station")
    return None if scenario.aerial_users else LACKS.sentence("aerial user")


def station_count(scenario: Scenario) -> int:
    """Return how many base stations a run of the scenario has, satellites included."""
    return len(scenario.ground_stations) + len(rising_satellites(scenario))


def rising_satellites(scenario: Scenario) -> tuple[str, ...]:
    """Return the ids of the satellites that serve in some slot of the scenario's time window."""
    return _rising(scenario.area, scenario.time, scenario.passes, scenario.walker_shells, scenario.orbits)


@lru_cache(maxsize=32)  # a page asks for every lesson whenever something changes, and a large shell takes long
def _rising(
    area: Area,
    time: TimeGrid,
    passes: tuple[Pass, ...],
    shells: tuple[WalkerShell, ...],
    orbits: tuple[OrbitGroup, ...],
) -> tuple[str, ...]:
    sky_alone = Scenario(area=area, time=time, passes=passes, walker_shells=shells, orbits=orbits)
    return look_angles(sky_alone).station_ids
