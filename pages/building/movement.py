"""Ground users on their way: walks and drives through the city, and traces from files."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import get_args

import streamlit as st

from itnt_core.city import Movement, with_movement
from itnt_core.errors import ItntError
from itnt_core.scenario import Scenario
from itnt_core.traces import Clock, Metres, Placing, TraceFile, parse_sent_traces, use_traces
from pages.shared import state
from pages.shared.cities import city_of
from pages.shared.frame import escaped

FILE_TYPES = ["gpx", "csv", "tsv", "txt", "xml"]
MOVEMENTS: dict[Movement, str] = {"walk": "Walk", "drive": "Drive", "stand": "Stand still"}
CLOCKS: dict[Clock, str] = {"start": "Begins with the scenario", "utc": "UTC times of the file"}
METRES: dict[Metres, str] = {
    "auto": "As they fit",
    "anchor": "Metres from the middle of the area",
    "centred": "Metres, centred on the area",
    "degrees": "Longitude and latitude (SUMO geo)",
}
MOST_AT_ONCE = 5000  # users of a scenario
SUMMARY = "trace_summary"


def movement_panel() -> None:
    """Show how ground users are set moving, side by side: generated ways, traces from a file."""
    ways, files = st.columns(2, gap="large")
    with ways:
        _generated(state.open_scenario())
    with files:
        _imported(state.open_scenario())


def _generated(scenario: Scenario) -> None:
    st.markdown("**Walks and drives**")
    outdoors = [user.id for user in scenario.ground_users if not user.is_indoors]
    moving = sum(user.moves for user in scenario.ground_users)
    st.caption(f"{moving:,} of {len(scenario.ground_users):,} ground users move.")
    chosen = st.multiselect("Ground users", outdoors, key="movement_users", placeholder="all who are outdoors")
    movement = st.segmented_control(
        "Movement", get_args(Movement), default="walk", key="movement_kind", format_func=MOVEMENTS.__getitem__
    )
    note = "Walks keep to free ground, drives to roads and bridges; the same seed gives the same ways."
    if st.button("Set moving", icon=":material/directions_walk:", help=note, disabled=not outdoors or not movement):
        _change(lambda: with_movement(scenario, city_of(scenario), chosen or outdoors, movement or "walk"))


def _imported(scenario: Scenario) -> None:
    st.markdown("**Traces from a file**")
    sent = st.file_uploader(
        "GPX, CSV or SUMO FCD", FILE_TYPES, key="trace_file", help="CSV: time, lon and lat or x and y, and perhaps id."
    )
    left, right = st.columns(2)
    clock = left.selectbox("Time", list(CLOCKS), format_func=CLOCKS.__getitem__, key="trace_clock")
    metres = right.selectbox("Places", list(METRES), format_func=METRES.__getitem__, key="trace_metres")
    most = st.number_input("Most users", 1, MOST_AT_ONCE, 50, key="trace_most")
    if sent is not None and st.button("Add ground users", icon=":material/route:"):
        _add(scenario, sent.getvalue(), Placing(clock=clock, metres=metres, most=int(most)))
    if notes := st.session_state.get(SUMMARY):
        st.caption(escaped(" ".join(notes)))


def _add(scenario: Scenario, content: bytes, placing: Placing) -> None:
    def added() -> Scenario:
        used = use_traces(scenario, _read(sha256(content).hexdigest(), content), placing)
        st.session_state[SUMMARY] = used.notes
        return used.scenario

    _change(added)


def _change(make: Callable[[], Scenario]) -> None:
    """Open what is made of the scenario, or say why it cannot be."""
    try:
        changed = make()
    except ItntError as error:
        for sentence in error.sentences:
            st.error(escaped(sentence))
        return
    state.change_scenario(changed)
    st.rerun()


@st.cache_resource(max_entries=4, show_spinner="Reading the traces …")
def _read(digest: str, _content: bytes) -> TraceFile:
    """Read a file of traces, once per content."""
    return parse_sent_traces(_content)
