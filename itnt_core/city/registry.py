"""The kinds of city by name; a new kind is one function and one line here."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np

from itnt_core.city.library import stored_city
from itnt_core.city.london.generator import generate_london
from itnt_core.city.model import City, CityError
from itnt_core.city.store import kept_or_made
from itnt_core.scenario import Scenario

LARGEST_SIZE_M = 20_000.0
IMPORTED = "imported"


def open_ground(lon: float, lat: float, size_m: float, seed: int) -> City:
    """Make an empty square: no buildings, no water. The seed changes nothing."""
    del seed
    corners, starts, roofs = np.zeros((0, 2)), np.zeros(1, dtype=np.int64), np.zeros(0)
    return City("Open ground", lon, lat, size_m, corners, starts, roofs, (), (), (), (), (), (), "")


def city_of_scenario(scenario: Scenario, cache_dir: Path | None = None) -> City:
    """Return the city that a scenario names, in the scenario's square (errors as :func:`build_city`)."""
    area, city = scenario.area, scenario.city
    return build_city(city.kind, area.lon, area.lat, area.size_m, city.seed, cache_dir, city.content_hash)


CITY_KINDS: dict[str, Callable[[float, float, float, int], City]] = {"london": generate_london, "open": open_ground}


def build_city(
    kind: str,
    lon: float,
    lat: float,
    size_m: float,
    seed: int,
    cache_dir: Path | None = None,
    content_hash: str | None = None,
) -> City:
    """Make the city of a kind around an anchor (degrees), with a side in metres; keep it in `cache_dir` if given.

    The same arguments give the same bytes. An imported city is read from the library beside `cache_dir` by its
    `content_hash`. Raises CityError for an unknown kind, an anchor off the globe or a side outside 0 to 20,000 m,
    ScenarioError for an imported city that is not stored here.
    """
    if kind not in (*CITY_KINDS, IMPORTED):
        known = ", ".join(sorted((*CITY_KINDS, IMPORTED)))
        raise CityError(f"There is no city of the kind {kind!r}; choose one of {known}.")
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180.0 and abs(lat) < 89.0):
        raise CityError(f"The anchor must lie within 180 degrees of longitude and 89 of latitude, not at {lon}, {lat}.")
    if not (math.isfinite(size_m) and 0.0 < size_m <= LARGEST_SIZE_M):
        raise CityError(f"The side of the city must lie above 0 and up to {LARGEST_SIZE_M:.0f} m, not {size_m}.")
    if kind == IMPORTED:
        return stored_city(content_hash, lon, lat, size_m, cache_dir)
    if cache_dir is None or kind == "open":
        return _remembered(kind, float(lon), float(lat), float(size_m), seed)
    return kept_or_made(kind, lon, lat, size_m, seed, Path(cache_dir), CITY_KINDS[kind])


@lru_cache(maxsize=4)
def _remembered(kind: str, lon: float, lat: float, size_m: float, seed: int) -> City:
    """Make a city, or return the very one made before: presets and their worlds ask for the same, and none changes."""
    return CITY_KINDS[kind](lon, lat, size_m, seed)
