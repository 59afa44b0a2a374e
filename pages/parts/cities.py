"""The city of a scenario, made or read once per server."""

from __future__ import annotations

import streamlit as st

from itnt_core.city import City, load_city
from itnt_core.runs import cache_folder, data_root
from itnt_core.scenario import Scenario


def city_of(scenario: Scenario) -> City:
    """Return the city that a scenario names."""
    area, city = scenario.area, scenario.city
    return cached_city(city.kind, area.lon, area.lat, area.size_m, city.seed)


@st.cache_resource(max_entries=6, show_spinner="Building the city …")
def cached_city(kind: str, lon: float, lat: float, size_m: float, seed: int) -> City:
    """Make the city of a kind around an anchor, or read it from the cache folder."""
    return load_city(kind, lon, lat, size_m, seed, cache_folder(data_root()))
