"""The axes of a sweep: what they are called, and values to begin with."""

from __future__ import annotations

from itnt_core.scenario import Scenario
from itnt_core.words import label_and_unit

from .resizing import AERIAL, SATELLITES, STATIONS, USERS

POWER = "ground_stations.*.max_power_w"
NAMED = {
    USERS: "Users",
    STATIONS: "Masts",
    SATELLITES: "Satellites",
    POWER: "Power of each mast, W",
    AERIAL: "Aerial users",
}


def axis_label(key: str) -> str:
    """Return what an axis of a sweep is called, with its unit: a number of objects, a dotted field or a setting.

    >>> [axis_label(key) for key in ("stations", "radio.carrier_ghz")]
    ['Masts', 'Carrier, GHz']
    """
    if key in NAMED:
        return NAMED[key]
    label, unit = label_and_unit(key)
    return f"{label}, {unit}" if unit else label


def axis_words(key: str, value: object) -> str:
    """Return an axis of a sweep with one of its values.

    >>> [axis_words("stations", 3), axis_words("radio.carrier_ghz", 3.5)]
    ['Masts 3', 'Carrier 3.5 GHz']
    """
    label, _, unit = axis_label(key).rpartition(", ")
    return f"{label} {value} {unit}" if label else f"{unit} {value}"


def first_values(scenario: Scenario, key: str) -> list[float]:
    """Return values that an axis may begin with: those around what the scenario has."""
    if key == POWER:
        power_w = scenario.ground_stations[0].max_power_w if scenario.ground_stations else 1.0
        return [_tidy(factor * power_w) for factor in (0.5, 1.0, 2.0)]
    has = {
        USERS: len(scenario.user_ids),
        AERIAL: len(scenario.aerial_users),
        STATIONS: len(scenario.ground_stations),
        SATELLITES: scenario.satellite_count,
    }[key]
    least = {USERS: max(1, len(scenario.aerial_users)), STATIONS: min(1, has)}.get(key, 0)
    if key == USERS:
        return sorted({max(least, round(factor * has)) for factor in (0.5, 1.0, 1.5)})
    return sorted({max(least, has - 2), max(least, has - 1), has})


def _tidy(value: float) -> float:
    return float(f"{value:.3g}")
