"""The live optimum while a scenario is edited: its switch, and when it is off by itself."""

from __future__ import annotations

import os

import streamlit as st

from itnt_core.scenario import Problem, Scenario
from pages.shared.live import follow, stop_following

SWITCH = "live_optimum"
VARIABLE, OFF = "ITNT_LIVE", "off"  # a server with few cores can begin with the switch off
MOST_ENTRIES = 4_000_000  # slots x users x stations x subchannels up to which an answer comes within some seconds
HELP = (
    "After every change the planner goes on from its last answer: who serves whom, how aerial users fly, data, and the "
    "certified bound appear on the map and get better by themselves."
)


def live_switch(scenario: Scenario, problems: list[Problem], entries: int) -> dict[str, object] | None:
    """Show the switch; return what the map needs to follow the optimum, None where it is off."""
    is_large = entries > MOST_ENTRIES
    at_first = not is_large and os.environ.get(VARIABLE, "").lower() != OFF
    key = f"{SWITCH}{'_large' if is_large else ''}"
    wanted = st.toggle("Live optimum", value=at_first, key=key, help=HELP, persist_state="session")
    if not wanted:
        stop_following()
        return None
    return None if problems else follow(scenario)
