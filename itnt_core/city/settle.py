"""Edits that need to know the ground: many users at once, and where a copy of an object can stand."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from itnt_core.city.model import City, CityError
from itnt_core.city.people import cluster_points, daytime_points, free_ground_near
from itnt_core.scenario import AerialUser, EditError, Scenario, find_object

MOST_AT_ONCE = 1000  # users that one action adds
COPY_OFFSET_M = 25.0


def needs_ground(event: Mapping[str, Any]) -> bool:
    """Say whether an edit has to be settled on the ground before it can be applied."""
    return event.get("type") == "duplicate" or event.get("kind") in _CROWDS


def settled(scenario: Scenario, event: Mapping[str, Any], city: City) -> dict[str, Any]:
    """Return the edit with its places filled in, ready for ``apply_edit``; EditError when it cannot be done.

    ``cluster`` (``count``, ``spread_m``, a middle) and ``crowd`` (``count``) become a list of free points, the same
    ones for the same scenario; ``duplicate`` gets a free place beside its original.
    """
    if event.get("type") == "duplicate":
        return _beside(scenario, event, city)
    amount = event.get("count")
    if not isinstance(amount, int) or isinstance(amount, bool) or not 1 <= amount <= MOST_AT_ONCE:
        raise EditError(f"The number of users is {amount!s:.20}, but 1 to {MOST_AT_ONCE} at once are allowed.")
    seed = scenario.seed + len(scenario.ground_users)  # a second cluster at the same place is another one
    try:
        points = _CROWDS[str(event["kind"])](event, city, amount, seed)
    except CityError as error:
        raise EditError(str(error)) from error
    return {"type": "place", "kind": "ground_users", "points": points.tolist()}


def _cluster(event: Mapping[str, Any], city: City, amount: int, seed: int) -> Any:
    numbers = [event.get(name) for name in ("east_m", "north_m", "spread_m")]
    if not all(isinstance(value, int | float) and math.isfinite(value) for value in numbers):
        raise EditError("The map sent a place or a spread that is not a number; please click again.")
    east_m, north_m, spread_m = (float(value) for value in numbers if value is not None)
    if not 1.0 <= spread_m <= 5000.0:
        raise EditError(f"The spread is {spread_m:g} m, but 1 to 5000 m are allowed.")
    return cluster_points(city, east_m, north_m, amount, spread_m, seed)


def _crowd(event: Mapping[str, Any], city: City, amount: int, seed: int) -> Any:
    del event
    return daytime_points(city, amount, seed)


def _beside(scenario: Scenario, event: Mapping[str, Any], city: City) -> dict[str, Any]:
    """Return the edit with a place a little to the side, turned back at the border of the area."""
    original = find_object(scenario, str(event.get("kind")), str(event.get("id")))
    if original is None:
        raise EditError(f"There is nothing called '{event.get('id')!s:.60}' to duplicate.")
    aerial = isinstance(original, AerialUser)
    anchor: Any = original.start if isinstance(original, AerialUser) else original
    offset_m = max(COPY_OFFSET_M, original.min_separation_m + 10.0 if isinstance(original, AerialUser) else 0.0)
    ends = [anchor.east_m, original.destination.east_m] if isinstance(original, AerialUser) else [anchor.east_m]
    east_m = anchor.east_m + (offset_m if max(ends) + offset_m <= scenario.area.size_m / 2 else -offset_m)
    north_m = anchor.north_m
    if not aerial and event.get("kind") == "ground_user" and not city.is_free_ground([[east_m, north_m]])[0]:
        east_m, north_m = free_ground_near(city, east_m, north_m)
    surface_m = 0.0 if aerial else float(np.asarray(city.roof_m([[east_m, north_m]]))[0])
    return {**event, "east_m": east_m, "north_m": north_m, "surface_m": surface_m}


_CROWDS = {"cluster": _cluster, "crowd": _crowd}
