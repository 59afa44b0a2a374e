"""Where people stand: seeded points on free ground, as a cluster or after the daytime weight of neighbourhoods."""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import cache

import numpy as np

from itnt_core.arrays import Array
from itnt_core.city.london.facts import FACTS_DIR
from itnt_core.city.model import City, CityError
from itnt_core.scenario import lonlat_to_local

Draw = Callable[[int], Array]
MOST_ROUNDS = 200  # of draws; a place that is still missing then is refused


def cluster_points(city: City, east_m: float, north_m: float, count: int, spread_m: float, seed: int = 0) -> Array:
    """Return ``count`` points (n, 2) on free ground, normally distributed around a middle.

    ``spread_m`` is the standard deviation along each axis. Same arguments, same points. Raises CityError when there is
    no free ground around the middle.
    """
    random = np.random.default_rng(seed)
    middle = np.array([east_m, north_m])
    return _on_free_ground(city, count, lambda wanted: random.normal(middle, spread_m, (wanted, 2)))


def daytime_points(city: City, count: int, seed: int = 0) -> Array:
    """Return ``count`` points (n, 2) on free ground that follow the daytime weight of London's neighbourhoods.

    A neighbourhood gets people in proportion to its weight times its area, spread evenly over its disc; where the
    city's square meets no neighbourhood, people are spread evenly. Raises CityError when there is no free ground.
    """
    random = np.random.default_rng(seed)
    half = city.size_m / 2
    discs = _discs(city.lon, city.lat)
    near = discs[(np.abs(discs[:, :2]) <= half + discs[:, 2:3]).all(axis=1)]
    if not len(near):
        return _on_free_ground(city, count, lambda wanted: random.uniform(-half, half, (wanted, 2)))
    share = near[:, 3] * near[:, 2] ** 2
    share = share / share.sum()

    def draw(wanted: int) -> Array:
        chosen = near[random.choice(len(near), wanted, p=share)]
        radius = chosen[:, 2] * np.sqrt(random.uniform(size=wanted))
        angle = random.uniform(0.0, 2.0 * np.pi, wanted)
        return chosen[:, :2] + radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])

    return _on_free_ground(city, count, draw)


def free_ground_near(city: City, east_m: float, north_m: float, step_m: float = 4.0) -> tuple[float, float]:
    """Return the nearest free ground on growing rings around a point; the point itself when none is found."""
    angles = np.arange(16) * np.pi / 8
    for radius in np.arange(1, 60) * step_m:
        ring = np.column_stack([east_m + radius * np.cos(angles), north_m + radius * np.sin(angles)]).round(1)
        free = ring[city.is_free_ground(ring)]
        if len(free):
            return float(free[0, 0]), float(free[0, 1])
    return east_m, north_m


def _on_free_ground(city: City, count: int, draw: Draw) -> Array:
    """Draw until enough points lie on free ground; give up when none do."""
    found = np.zeros((0, 2))
    for _ in range(MOST_ROUNDS):
        if len(found) >= count:
            break
        drawn = draw(2 * count + 20).round(1)
        found = np.vstack([found, drawn[city.is_free_ground(drawn)]])
    if len(found) < count:
        raise CityError("There is too little free ground here: choose another place or a larger spread.")
    return found[:count]


@cache
def _discs(lon: float, lat: float) -> Array:
    """Read the neighbourhoods (n, 4): east and north of the middle, radius in metres, daytime weight."""
    with (FACTS_DIR / "neighbourhoods.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    numbers = np.array(
        [[float(row[column]) for column in ("lon", "lat", "radius_m", "daytime_weight")] for row in rows]
    )
    east, north = lonlat_to_local(numbers[:, 0], numbers[:, 1], lon, lat)
    return np.column_stack([east, north, numbers[:, 2:]])
