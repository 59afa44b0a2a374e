"""The city of a scenario, made or read once per server, and what to say when it is not at hand."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from itnt_core.city import City, build_city, library_folder
from itnt_core.runs import cache_folder
from itnt_core.scenario import Problem, Scenario, ScenarioError, check_scenario


class CityKey(NamedTuple):
    """Name a city for the caches of this server."""

    kind: str
    lon: float
    lat: float
    size_m: float
    seed: int
    content_hash: str | None = None


def key_of(scenario: Scenario) -> CityKey:
    """Return the name of a scenario's city."""
    area, city = scenario.area, scenario.city
    return CityKey(city.kind, area.lon, area.lat, area.size_m, city.seed, city.content_hash)


def city_of(scenario: Scenario) -> City:
    """Return the city that a scenario names; ScenarioError when it is an imported one that is not stored here."""
    return cached_city(key_of(scenario))


def city_problems(scenario: Scenario) -> list[Problem]:
    """Return what keeps the city of a scenario from being used: an imported one that is not here, or elsewhere."""
    if scenario.city.kind != "imported" or scenario.city.content_hash is None:
        return []
    try:
        city_of(scenario)
    except ScenarioError as error:
        return list(error.problems)
    return []


def all_problems(scenario: Scenario) -> list[Problem]:
    """Return every problem of a scenario, that of its city included."""
    return check_scenario(scenario) + city_problems(scenario)


def drawn_key(scenario: Scenario) -> CityKey:
    """Return the name of the city to draw: open ground where the scenario's own is not at hand."""
    usable = scenario.city.kind != "imported" or (scenario.city.content_hash and not city_problems(scenario))
    key = key_of(scenario)
    return key if usable else key._replace(kind="open", content_hash=None)


def cached_city(key: CityKey) -> City:
    """Make a city around its anchor, or read it from the data folder."""
    stamp = 0.0
    if key.content_hash is not None:  # a deleted city is gone at once, one that came back is found
        folder = library_folder() / key.content_hash
        stamp = folder.stat().st_mtime if folder.is_dir() else 0.0
    return _city(key, stamp)


@st.cache_resource(max_entries=6, show_spinner="Building the city …")
def _city(key: CityKey, stamp: float) -> City:
    del stamp
    return build_city(key.kind, key.lon, key.lat, key.size_m, key.seed, cache_folder(), key.content_hash)
