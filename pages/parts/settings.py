"""General settings of the open scenario: name, seed, time, radio, channel."""

from __future__ import annotations

from typing import Any, get_args

import streamlit as st
from pydantic import ValidationError

from itnt_core.scenario import Channel, Scenario

from .state import change_scenario, note, open_scenario

CHANNEL_NAMES = {
    "urban": "Urban: line of sight through the buildings",
    "power_law": "Power law",
    "free_space": "Free space: the paper's literal model",
}


def settings_tab() -> None:
    """Show the settings that every scenario has; a change takes effect at once."""
    scenario = open_scenario()
    key = f"settings_{scenario.content_hash()[:12]}"
    first, second, third = st.columns(3)
    name = first.text_input("Name", scenario.name, max_chars=80, key=f"{key}_name")
    seed = first.number_input("Seed", 0, 2**32 - 1, scenario.seed, key=f"{key}_seed")
    slots = second.number_input("Slots", 1, 3600, scenario.time.slots, key=f"{key}_slots")
    slot_s = second.number_input("Length of a slot, s", 0.1, 60.0, scenario.time.slot_s, 0.5, key=f"{key}_slot_s")
    models = list(get_args(Channel.model_fields["model"].annotation))
    model = third.selectbox(
        "Channel model",
        models,
        models.index(scenario.channel.model),
        format_func=lambda kind: CHANNEL_NAMES.get(kind, kind),
        key=f"{key}_model",
    )
    carrier = third.number_input("Carrier, GHz", 0.5, 6.0, scenario.radio.carrier_ghz, 0.1, key=f"{key}_carrier")
    subchannels = third.number_input("Subchannels", 1, 200, scenario.radio.subchannels, key=f"{key}_subchannels")
    _take_over(
        scenario,
        {
            "name": name or scenario.name,
            "seed": int(seed),
            "time": _with(scenario.time, slots=int(slots), slot_s=float(slot_s)),
            "channel": _with(scenario.channel, model=model),
            "radio": _with(scenario.radio, carrier_ghz=float(carrier), subchannels=int(subchannels)),
        },
    )


def _take_over(scenario: Scenario, fields: dict[str, Any]) -> None:
    """Make the settings part of the open scenario if they differ."""
    data = {field: getattr(scenario, field) for field in type(scenario).model_fields}
    try:
        changed = Scenario(**{**data, **fields})
    except ValidationError as error:
        note(f"The setting cannot be used: {error.errors()[0]['msg']}.")
        return
    if changed != scenario:
        change_scenario(changed)
        st.rerun()


def _with(part: Any, **values: Any) -> Any:
    """Return a part of the scenario with some values changed; values are already within the inputs' limits."""
    return part.model_copy(update=values)
