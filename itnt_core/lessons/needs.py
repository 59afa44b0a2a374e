"""What a scenario must hold for a lesson, and what to do where it does not."""

from __future__ import annotations

from functools import lru_cache

from itnt_core.scenario import BUILT_IN_CHANNEL_MODELS, Area, OrbitGroup, Pass, Scenario, TimeGrid, WalkerShell
from itnt_core.sky import look_angles

from .lesson import Said, say

PLACE_GBS = "The open scenario has no base station. Place a GBS on the Scenario page, or open a preset there."
MORE_GBS = "This lesson needs several base stations. Place another GBS or add a satellite pass on the Scenario page."
PLACE_USER = "The open scenario has no user. Place a ground user on the Scenario page, or open a preset there."
PLACE_USERS = "This lesson needs several users. Place more ground users on the Scenario page, or open a preset there."
PLACE_AERIAL = "The open scenario has no aerial user. Place one with its destination on the Scenario page."
ADD_PASS = "The open scenario has no satellite. Add a pass on the Scenario page, under Satellites."  # noqa: S105
NONE_RISES = (
    "No satellite of the open scenario rises high enough in its time window. Move its start or lower the least "
    "elevation on the Scenario page, or add a pass there, under Satellites."
)


FOREIGN_MODEL = (
    "This lesson explains the formulas of the channel models that come with the program. The one of the open scenario, "
    "'{model}', comes from a plug-in, and its formula is not known here. Choose another on the Scenario page."
)


def needs_known_model(scenario: Scenario) -> Said | None:
    """Say that the formula of the scenario's channel model is not known here, where it is a plug-in's."""
    model = scenario.channel.model
    return None if model in BUILT_IN_CHANNEL_MODELS else say(FOREIGN_MODEL, model=model)


def needs_gbs_and_user(scenario: Scenario) -> Said | None:
    """Say what to place where a GBS or a user is missing."""
    if not scenario.ground_stations:
        return say(PLACE_GBS)
    return None if scenario.user_ids else say(PLACE_USER)


def needs_satellite_and_user(scenario: Scenario) -> Said | None:
    """Say what to add where a satellite or a user is missing."""
    if not scenario.satellite_sources:
        return say(ADD_PASS)
    if not rising_satellites(scenario):
        return say(NONE_RISES)
    return None if scenario.user_ids else say(PLACE_USER)


def needs_station_and_user(scenario: Scenario) -> Said | None:
    """Say what to place where there is no station of any kind, or no user."""
    if not station_count(scenario):
        return say(PLACE_GBS)
    return None if scenario.user_ids else say(PLACE_USER)


def needs_two_of_each(scenario: Scenario) -> Said | None:
    """Say what to place where there are fewer than two stations or two users."""
    if not station_count(scenario):
        return say(PLACE_GBS)
    if station_count(scenario) < 2:
        return say(MORE_GBS)
    return None if len(scenario.user_ids) > 1 else say(PLACE_USERS)


def needs_aerial_user(scenario: Scenario) -> Said | None:
    """Say what to place where there is no station or no aerial user."""
    if not station_count(scenario):
        return say(PLACE_GBS)
    return None if scenario.aerial_users else say(PLACE_AERIAL)


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
