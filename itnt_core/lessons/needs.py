"""What a scenario must hold for a lesson, and what to do where it does not."""

from __future__ import annotations

from itnt_core.scenario import Scenario
from itnt_core.sky import look_angles

from .lesson import Said, say

PLACE_MAST = "The open scenario has no base station. Place a GBS on the Scenario page, or open a preset there."
PLACE_MASTS = "This lesson needs several base stations. Place another GBS or add a satellite pass on the Scenario page."
PLACE_USER = "The open scenario has no user. Place a ground user on the Scenario page, or open a preset there."
PLACE_USERS = "This lesson needs several users. Place more ground users on the Scenario page, or open a preset there."
PLACE_AERIAL = "The open scenario has no aerial user. Place one with its destination on the Scenario page."
ADD_PASS = "The open scenario has no satellite. Add a pass on the Scenario page, under Satellites."  # noqa: S105
NONE_RISES = (
    "No satellite of the open scenario rises high enough in its time window. Move its start or lower the least "
    "elevation on the Scenario page, or add a pass there, under Satellites."
)


def needs_mast_and_user(scenario: Scenario) -> Said | None:
    """Say what to place where a GBS or a user is missing."""
    if not scenario.ground_stations:
        return say(PLACE_MAST)
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
        return say(PLACE_MAST)
    return None if scenario.user_ids else say(PLACE_USER)


def needs_two_of_each(scenario: Scenario) -> Said | None:
    """Say what to place where there are fewer than two stations or two users."""
    if not station_count(scenario):
        return say(PLACE_MAST)
    if station_count(scenario) < 2:
        return say(PLACE_MASTS)
    return None if len(scenario.user_ids) > 1 else say(PLACE_USERS)


def needs_aerial_user(scenario: Scenario) -> Said | None:
    """Say what to place where there is no station or no aerial user."""
    if not station_count(scenario):
        return say(PLACE_MAST)
    return None if scenario.aerial_users else say(PLACE_AERIAL)


def station_count(scenario: Scenario) -> int:
    """Return how many base stations a run of the scenario has, satellites included."""
    return len(scenario.ground_stations) + len(rising_satellites(scenario))


def rising_satellites(scenario: Scenario) -> tuple[str, ...]:
    """Return the ids of the satellites that serve in some slot of the scenario's time window."""
    return look_angles(scenario).station_ids if scenario.satellite_sources else ()
