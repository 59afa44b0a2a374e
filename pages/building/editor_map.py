"""The 3D map as editor of the open scenario: what it is handed, and what it hands back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from itnt_core.mapdata import DOME_NOTE, EDITOR_RULES, editor_sentence, editor_things, overview_span_m, sky_bundle
from itnt_core.scenario import Problem, Scenario
from pages.shared import state
from pages.shared.assets import publish
from pages.shared.component import WORKSPACE_MAP as MAP_KEY
from pages.shared.component import mount
from pages.shared.map3d import city_url, stored_city_url

from .city_preview import previewed_city


def take_map_edits() -> None:
    """Apply the edits that the map's state holds and that are not yet part of the scenario."""
    value = (st.session_state.get(MAP_KEY) or {}).get("edits")
    state.apply_map_edits([edit for edit in value if isinstance(edit, dict)] if isinstance(value, list) else [])


def editor_map(
    scenario: Scenario,
    problems: Sequence[Problem],
    surface_url: str | None = None,
    suggestion: Mapping[str, Any] | None = None,
    live: Mapping[str, Any] | None = None,
) -> None:
    """Mount the map as editor; edits and selections arrive through callbacks before the next rerun.

    While a stored city is looked at, the map shows that city alone and nothing can be edited.
    """
    seen = previewed_city()
    if seen is not None:
        words = f"3D map of the city '{seen.name}', {seen.size_m:g} m on a side"
        mount(MAP_KEY, {"mode": "view", "city_url": stored_city_url(seen), "sky_note": "", "alt": words})
        return
    data = {
        "mode": "edit",
        "city_url": city_url(scenario),
        "overview_m": overview_span_m(scenario),
        "things": editor_things(scenario, problems),
        "sky_url": publish(sky_bundle(scenario)),
        "rules": EDITOR_RULES,
        "acknowledged": state.acknowledged(),
        "undo": state.next_undo(),
        "redo": state.next_redo(),
        "selected": _record(state.selected()),
        "select": state.selection_order(),
        "surface_url": surface_url,
        "suggestion": dict(suggestion) if suggestion else None,
        "live": dict(live) if live else None,
        "sky_note": DOME_NOTE,
        "alt": editor_sentence(scenario),
    }
    mount(MAP_KEY, data, on_edits_change=take_map_edits, on_selected_change=_take_selection)


def _record(chosen: tuple[str, str] | None) -> dict[str, str] | None:
    """Return a selection as the map reads it."""
    return {"kind": chosen[0], "id": chosen[1]} if chosen else None


def _take_selection() -> None:
    """Follow what was clicked on the map."""
    value = (st.session_state.get(MAP_KEY) or {}).get("selected")
    kind, name = (value.get("kind"), value.get("id")) if isinstance(value, dict) else (None, None)
    state.follow_selection((kind, name) if isinstance(kind, str) and isinstance(name, str) else None)
