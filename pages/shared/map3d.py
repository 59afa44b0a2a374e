"""The 3D map on a page: one Streamlit component for the editor and the replay."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import streamlit as st

from itnt_core.city import CityCard
from itnt_core.mapdata import BEAM_NOTE, DOME_NOTE, replay_bundle, scene_bundle, unpack
from itnt_core.results import Result, read_drawable
from itnt_core.scenario import Area, Scenario
from itnt_core.words import replay_sentence

from .assets import base_path, publish
from .cities import CityKey, cached_city, city_problems, drawn_key
from .component import WORKSPACE_MAP, mount
from .frame import sentences


def replay_map(
    folder: Path,
    *,
    run: str,
    autoplay: bool = False,
    start_slot: int = 0,
    more: Mapping[str, Any] | None = None,
    key: str = WORKSPACE_MAP,
    **callbacks: Callable[[], None],
) -> None:
    """Mount the map as replay of a result folder; links to a view name the run.

    ``more`` is what else the map is handed (camera, user, story); ``on_story_view_change`` hears of views to be kept.
    With another ``key`` than the workspace's it is a part of the page, not its ground.
    """
    result = cached_result(str(folder), stamp_of(folder))
    for problem in city_problems(result.scenario):
        sentences([f"{problem.sentence} Until then the replay shows no buildings."])
    data = {
        "mode": "replay",
        "city_url": city_url(result.scenario),
        "replay_url": replay_url(folder),
        "autoplay": autoplay,
        "start_slot": start_slot,
        "link": f"{base_path()}/Replay?run={quote(run)}",
        "sky_note": DOME_NOTE,
        "beam_note": BEAM_NOTE,
        "alt": replay_sentence(result),
        **(more or {}),
    }
    mount(key, data, **callbacks)


def bare_map(scenario: Scenario, why: str, key: str = WORKSPACE_MAP) -> None:
    """Mount the map with nothing on it but the scenario's city, in words because of what."""
    mount(key, {"mode": "view", "city_url": city_url(scenario), "sky_note": "", "alt": why})


def replay_url(folder: Path) -> str:
    """Publish a result's replay for the browser and return its address."""
    return publish(_replay_blob(str(folder), stamp_of(folder)))


def open_result(folder: Path) -> Result:
    """Return a result, read once per server; ResultError when it cannot be read."""
    return cached_result(str(folder), stamp_of(folder))


@st.cache_resource(max_entries=6, show_spinner=False)
def cached_result(folder: str, stamp: int) -> Result:
    """Read a result folder; the stamp changes when its manifest does."""
    del stamp
    return read_drawable(Path(folder))


def city_url(scenario: Scenario) -> str:
    """Publish the scenario's city for the browser and return its address; open ground where it is not at hand."""
    return publish(_city_blob(drawn_key(scenario)))


def stored_city_url(card: CityCard) -> str:
    """Publish a stored city as it is for the browser and return its address."""
    return publish(_city_blob(CityKey("imported", card.lon, card.lat, card.size_m, 1, card.content_hash)))


def simplified_sentence(scenario: Scenario) -> str:
    """Say how the picture of the scenario's city is simpler than the city itself; '' where it is not."""
    return _simplified(drawn_key(scenario))


@st.cache_resource(max_entries=6, show_spinner=False)
def _city_blob(key: CityKey) -> bytes:
    return scene_bundle(cached_city(key), Area(lon=key.lon, lat=key.lat, size_m=key.size_m))


@st.cache_data(max_entries=12, show_spinner=False)
def _simplified(key: CityKey) -> str:
    return str(unpack(_city_blob(key))[0]["simplified"])


@st.cache_resource(max_entries=6, show_spinner=False)
def _replay_blob(folder: str, stamp: int) -> bytes:
    return replay_bundle(cached_result(folder, stamp))


def stamp_of(folder: Path) -> int:
    """Return when the result was written, 0 when it is not there."""
    manifest = folder / "manifest.json"
    return manifest.stat().st_mtime_ns if manifest.exists() else 0
