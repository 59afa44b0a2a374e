"""The open scenario of this browser session, with undo and redo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from itnt_core.presets import preset
from itnt_core.runs import cache_folder, data_root
from itnt_core.scenario import Scenario
from itnt_core.scenario.edit import EditError, apply_edit

MOST_STEPS = 100
OPEN, UNDO, REDO, ACKNOWLEDGED, NOTE = "scenario", "undo_steps", "redo_steps", "map_acknowledged", "edit_note"


def open_scenario() -> Scenario:
    """Return the scenario of this session; the default preset at the first call."""
    if OPEN not in st.session_state:
        st.session_state[OPEN] = preset(cache_dir=cache_folder(data_root()))
        st.session_state[UNDO], st.session_state[REDO] = [], []
    scenario: Scenario = st.session_state[OPEN]
    return scenario


def change_scenario(scenario: Scenario) -> None:
    """Make a changed scenario the open one; the old one can be had back by undo."""
    before = open_scenario()
    if scenario == before:
        return
    st.session_state[UNDO] = [*st.session_state[UNDO], before][-MOST_STEPS:]
    st.session_state[REDO] = []
    st.session_state[OPEN] = scenario


def undo() -> None:
    """Go back one change, if there is one."""
    _step(UNDO, REDO)


def redo() -> None:
    """Take back an undo, if there is one."""
    _step(REDO, UNDO)


def can_undo() -> bool:
    """Say whether there is a change to undo."""
    return bool(st.session_state.get(UNDO))


def can_redo() -> bool:
    """Say whether there is an undo to take back."""
    return bool(st.session_state.get(REDO))


def acknowledged() -> int:
    """Return the number of the last map edit that is part of the open scenario."""
    return int(st.session_state.get(ACKNOWLEDGED, 0))


def apply_map_edits(edits: Sequence[Mapping[str, Any]]) -> None:
    """Apply the map's edits that are new, in order; one that cannot be done leaves a note and is skipped."""
    for edit in edits:
        if not isinstance(edit.get("seq"), int) or edit["seq"] <= acknowledged():
            continue
        st.session_state[ACKNOWLEDGED] = edit["seq"]
        if edit.get("type") in ("undo", "redo"):
            (undo if edit["type"] == "undo" else redo)()
            continue
        try:
            change_scenario(apply_edit(open_scenario(), edit))
        except EditError as error:
            note(str(error))


def note(text: str) -> None:
    """Keep one sentence to be shown once at the top of the page."""
    st.session_state[NOTE] = text


def taken_note() -> str | None:
    """Return the kept sentence and forget it."""
    text: str | None = st.session_state.pop(NOTE, None)
    return text


def _step(source: str, target: str) -> None:
    """Move the open scenario onto one stack and take the newest of the other."""
    steps = st.session_state.get(source) or []
    if not steps:
        return
    st.session_state[target] = [*st.session_state.get(target, []), open_scenario()]
    st.session_state[OPEN] = steps[-1]
    st.session_state[source] = steps[:-1]
