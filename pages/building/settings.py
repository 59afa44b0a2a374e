"""Settings of the open scenario that belong to no single object: name, area, time, radio, channel, quality."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import streamlit as st
from pydantic import ValidationError

from itnt_core.extensions import CHANNEL_MODELS, offered_names
from itnt_core.scenario import Scenario, shown
from itnt_core.words import Field, field_value, fields_of
from pages.shared.inputs import field_input
from pages.shared.plugins import show_plugin_problems
from pages.shared.state import change_scenario, note, open_scenario

# Titles with what belongs together; a name alone stands for the part with all its fields.
GROUPS = {
    "General": ("name", "description", "seed"),
    "Time": ("time.start", "time.slots", "time.slot_s"),
    "Radio": ("radio", "pfd_limit_dbw_m2_mhz"),
    "What counts": ("objective", "alpha", "coverage", "coverage_price_mbit", "qos"),
    "Changes of server": ("handover",),
    "Channel": ("channel",),
    "Area and city": ("area", "city.seed"),
    "Airspace": ("airspace",),
}
MEMORY = "settings_memory"


def settings_tab() -> None:
    """Show the settings that every scenario has; a change takes effect at once."""
    scenario = open_scenario()
    memory = st.session_state.setdefault(MEMORY, {"made": None, "round": 0})
    bare = scenario.model_copy(update=dict.fromkeys(OBJECT_GROUPS, ()))
    if memory["made"] != bare:  # changed elsewhere: the inputs are renewed, else they keep the keyboard focus
        memory |= {"made": bare, "round": memory["round"] + 1}
    columns = st.columns(3, gap="medium")
    for number, (title, parts) in enumerate(GROUPS.items()):
        with columns[number % 3].container(border=True):
            st.markdown(f"**{title}**")
            for field in _fields_of_group(parts):
                key = f"settings_{memory['round']}_{field.path}"
                field_input(field, field_value(scenario, field.path), key, _taker(field, key))
    if offered_names(CHANNEL_MODELS):  # else this page needs nothing of what computes
        from itnt_core import radio

        show_plugin_problems(radio.CHANNEL_MODELS)


OBJECT_GROUPS = (
    "ground_stations",
    "antenna_patterns",
    "passes",
    "walker_shells",
    "orbits",
    "aerial_users",
    "ground_users",
    "no_fly_zones",
)


def _fields_of_group(parts: tuple[str, ...]) -> list[Field]:
    """Return the fields that a group shows."""
    known = [field for field in fields_of(Scenario) if field.kind != "text" or field.path in ("name", "description")]
    return [field for field in known if field.path in parts or field.path.split(".")[0] in parts]


def _taker(field: Field, key: str) -> Any:
    """Return the callback that takes one setting over into the scenario."""

    def take() -> None:
        scenario, value = open_scenario(), st.session_state[key]
        value = value.replace(tzinfo=UTC) if field.kind == "moment" and value else value
        head, _, inner = field.path.partition(".")
        data = {name: getattr(scenario, name) for name in type(scenario).model_fields}
        try:
            if inner:
                part = getattr(scenario, head)
                value = type(part)(**{**{name: getattr(part, name) for name in type(part).model_fields}, inner: value})
            changed = Scenario(**{**data, head: value})
        except ValidationError as error:
            note(f"'{field.label}' cannot be {shown(value, 40)}: {error.errors()[0]['msg']}.")
            st.session_state[MEMORY]["made"] = None
            return
        st.session_state[MEMORY]["made"] = changed.model_copy(update=dict.fromkeys(OBJECT_GROUPS, ()))
        change_scenario(changed)

    return take
