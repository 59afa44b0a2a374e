"""The 3D map on a page: one Streamlit component for the editor and the replay."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from itnt_core.city import City, load_city
from itnt_core.results import Result, load_result
from itnt_core.runs import cache_folder, data_root
from itnt_core.scenario import Area, Problem, Scenario
from itnt_core.views import editor_things, replay_bundle, replay_sentence, scene_bundle, sky_passes
from itnt_core.views.editor import EDITOR_RULES
from itnt_core.views.skydome import DOME_NOTE

from . import state
from .assets import component_files, publish

# The code itself is a static file that the browser caches; this is all that travels with every change.
LOADER = """export default async function (component) {
  const code = await import(new URL(component.data.code_url, location.origin).href);
  return code.mount(component);
}"""
_component = st.components.v2.component("itnt_map3d", js=LOADER)


def editor_map(scenario: Scenario, problems: Sequence[Problem], key: str = "scenario_map") -> None:
    """Mount the map as editor of the open scenario; edits arrive through a callback before the next rerun."""
    state.apply_map_edits(_waiting_edits(key))  # edits that came without a callback, as in tests
    scenario = state.open_scenario()
    data = {
        **component_files(),
        "mode": "edit",
        "city_url": city_url(scenario),
        "things": editor_things(scenario, problems),
        "passes": sky_passes(scenario),
        "rules": EDITOR_RULES,
        "acknowledged": state.acknowledged(),
        "can_undo": state.can_undo(),
        "can_redo": state.can_redo(),
        "sky_note": DOME_NOTE,
        "alt": _editor_sentence(scenario),
    }
    _component(key=key, data=_checked(data), on_edits_change=lambda: state.apply_map_edits(_waiting_edits(key)))


def replay_map(folder: Path, key: str, *, autoplay: bool = False, start_slot: int = 0) -> None:
    """Mount the map as replay of a result folder."""
    result = cached_result(str(folder), _stamp(folder))
    data = {
        **component_files(),
        "mode": "replay",
        "city_url": city_url(result.scenario),
        "replay_url": publish(_replay_blob(str(folder), _stamp(folder))),
        "autoplay": autoplay,
        "start_slot": start_slot,
        "sky_note": DOME_NOTE,
        "alt": replay_sentence(result),
    }
    _component(key=key, data=_checked(data))


def open_result(folder: Path) -> Result:
    """Return a result, read once per server; ResultError when it cannot be read."""
    return cached_result(str(folder), _stamp(folder))


@st.cache_resource(max_entries=6, show_spinner=False)
def cached_result(folder: str, stamp: int) -> Result:
    """Read a result folder; the stamp changes when its manifest does."""
    del stamp
    return load_result(Path(folder))


def city_of(scenario: Scenario) -> City:
    """Return the scenario's city."""
    area, city = scenario.area, scenario.city
    return _city(city.kind, area.lon, area.lat, area.size_m, city.seed)


def city_url(scenario: Scenario) -> str:
    """Publish the scenario's city for the browser and return its address."""
    area, city = scenario.area, scenario.city
    return publish(_city_blob(city.kind, area.lon, area.lat, area.size_m, city.seed))


@st.cache_resource(max_entries=6, show_spinner="Building the city …")
def _city(kind: str, lon: float, lat: float, size_m: float, seed: int) -> City:
    return load_city(kind, lon, lat, size_m, seed, cache_folder(data_root()))


@st.cache_resource(max_entries=6, show_spinner=False)
def _city_blob(kind: str, lon: float, lat: float, size_m: float, seed: int) -> bytes:
    return scene_bundle(_city(kind, lon, lat, size_m, seed), Area(lon=lon, lat=lat, size_m=size_m))


@st.cache_resource(max_entries=6, show_spinner=False)
def _replay_blob(folder: str, stamp: int) -> bytes:
    return replay_bundle(cached_result(folder, stamp))


def _stamp(folder: Path) -> int:
    """Return when the result was written, 0 when it is not there."""
    manifest = folder / "manifest.json"
    return manifest.stat().st_mtime_ns if manifest.exists() else 0


def _waiting_edits(key: str) -> list[Any]:
    """Return the edits that the component's state holds; anything that is not a list of records counts as none."""
    value = (st.session_state.get(key) or {}).get("edits")
    return [edit for edit in value if isinstance(edit, dict)] if isinstance(value, list) else []


def _checked(data: dict[str, Any]) -> dict[str, Any]:
    """Return the data unchanged if JSON can carry it; Streamlit would silently send a string otherwise."""
    json.dumps(data, allow_nan=False)
    return data


def _editor_sentence(scenario: Scenario) -> str:
    """Describe the map in a sentence for those who cannot see it."""
    return (
        f"3D map of the scenario '{scenario.name}': {len(scenario.ground_stations)} ground base stations, "
        f"{len(scenario.aerial_users)} aerial and {len(scenario.ground_users)} ground users, "
        f"{len(scenario.passes)} satellite passes. The tables below the map edit the same objects by keyboard."
    )
