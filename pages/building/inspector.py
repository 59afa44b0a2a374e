"""The side panel: every field of the selected object, duplicate, delete."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from itnt_core.scenario import (
    Editable,
    EditError,
    Problem,
    Scenario,
    change_object,
    find_object,
    with_pattern,
)
from itnt_core.words import Field, field_value, fields_that_count
from pages.shared import state
from pages.shared.frame import escaped
from pages.shared.inputs import field_input

KIND_NAMES = {
    "ground_station": "Ground base station",
    "ground_user": "Ground user",
    "aerial_start": "Aerial user",
    "aerial_destination": "Aerial user",
    "no_fly_zone": "No-fly zone",
}
MEMORY = "inspector_memory"


def inspector(problems: list[Problem]) -> None:
    """Show the selected object as a form whose changes take effect at once, or how to select one."""
    chosen = state.selected()
    if chosen is None:
        st.markdown("**Nothing selected**")
        st.caption("Click an object on the map to see and change all its numbers here.")
        return
    kind, identifier = chosen
    thing = find_object(state.open_scenario(), kind, identifier)
    if thing is None:
        return
    st.markdown(f"**{KIND_NAMES[kind]} {escaped(identifier)}**")
    for problem in problems:
        if problem.object_id == identifier:
            st.warning(escaped(problem.sentence))
    with st.container(horizontal=True):
        st.button("Duplicate", icon=":material/content_copy:", on_click=_duplicate, args=chosen)
        st.button("Delete", icon=":material/delete:", on_click=_delete, args=chosen)
    _form(kind, thing)


def _form(kind: str, thing: Editable) -> None:
    """Show the fields two by two.

    The inputs keep their identity while they alone change the object, so that the keyboard focus stays; they are
    renewed when the map, a table or undo changed it.
    """
    memory = st.session_state.setdefault(MEMORY, {"made": None, "round": 0})
    if memory["made"] != (kind, thing):
        memory |= {"made": (kind, thing), "round": memory["round"] + 1}
    fields = [_offered(field) for field in fields_that_count(thing)]
    for first in range(0, len(fields), 2):
        columns = st.columns(2, gap="small", wrap=False)
        for column, field in zip(columns, fields[first : first + 2], strict=False):
            key = f"inspect_{memory['round']}_{field.path}"
            with column:
                field_input(field, field_value(thing, field.path), key, _taker(kind, thing.id, field, key))


def _offered(field: Field) -> Field:
    """Return a field with the choices that only the open scenario knows: which measured patterns it holds."""
    if field.path != "antenna.pattern":
        return field
    held = tuple(pattern.id for pattern in state.open_scenario().antenna_patterns)
    return replace(field, kind="choice", choices=held)


def _taker(kind: str, identifier: str, field: Field, key: str) -> Any:
    """Return the callback that takes one input over into the scenario."""

    def take() -> None:
        value = st.session_state[key]
        memory = st.session_state[MEMORY]
        try:
            changed = _changed(kind, identifier, field, value)
        except EditError as error:
            state.note(str(error))
            memory["made"] = None  # shows the last good value again
            return
        renamed = value if field.path == "id" else identifier
        memory["made"] = (kind, find_object(changed, kind, renamed))
        state.change_scenario(changed)
        if renamed != identifier:
            state.select(kind, renamed)

    return take


def _changed(kind: str, identifier: str, field: Field, value: Any) -> Scenario:
    """Return the scenario with one field set; with a measured pattern comes its gain."""
    scenario = state.open_scenario()
    if field.path == "antenna.pattern":
        pattern = next((one for one in scenario.antenna_patterns if one.id == value), None)
        return scenario if pattern is None else with_pattern(scenario, pattern, [identifier])
    return change_object(scenario, kind, identifier, {field.path: value})


def _duplicate(kind: str, identifier: str) -> None:
    state.apply_one({"type": "duplicate", "kind": kind, "id": identifier})


def _delete(kind: str, identifier: str) -> None:
    state.apply_one({"type": "delete", "kind": kind, "id": identifier})
