"""The question about spectrum sharing that is being put together in this browser session."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

import streamlit as st

from itnt_core.errors import ItntError
from itnt_core.runs import cache_folder
from itnt_core.twin import (
    TWIN_PRESETS,
    TrafficFile,
    TrafficOptions,
    TwinScenario,
    format_twin,
    parse_sent_traffic,
    twin_of_bytes,
    twin_of_data,
    twin_of_scenario,
    twin_preset,
)
from pages.shared.frame import escaped, sentences
from pages.shared.state import open_scenario

ACTIVITY = {"found by itself": None, "traffic of each step": False, "a counter that only rises": True}
QUESTION, TRAFFIC_SUMMARY = "twin_question", "twin_traffic_told"
OPENED = "twin_opened"  # questions opened in this session


def question() -> TwinScenario:
    """Return the question of this session; the first preset at the first call."""
    if QUESTION not in st.session_state:
        st.session_state[QUESTION] = twin_preset(cache_dir=cache_folder())
    found: TwinScenario = st.session_state[QUESTION]
    return found


def set_question(scenario: TwinScenario) -> None:
    """Make a question the one of this session, and let the inputs show its values."""
    st.session_state[QUESTION] = scenario
    for key in [key for key in st.session_state if str(key).startswith("twin_in_")]:
        del st.session_state[key]
    st.session_state[OPENED] = st.session_state.get(OPENED, 0) + 1


def dial(name: str) -> str:
    """Return the key of an input for the question: another one after each that is opened.

    A browser keeps what an input of a known key shows, and would send the values of the question before.
    """
    opened = st.session_state.get(OPENED, 0)
    return f"twin_in_{name}_{opened}" if opened else f"twin_in_{name}"


def choose_question() -> None:
    """Offer presets, the open scenario and files."""
    with st.container(horizontal=True):
        with st.popover("Presets", icon=":material/auto_awesome_mosaic:"), st.form("twin_presets", border=False):
            name = st.radio("Preset", list(TWIN_PRESETS), captions=list(TWIN_PRESETS.values()))
            users = st.number_input("Users (0: as in the preset)", 0, 60, 0)
            seed = st.number_input("Seed", 0, 2**32 - 1, 1)
            if st.form_submit_button("Use this preset", type="primary"):
                _use(lambda: twin_preset(name, int(seed), int(users) or None, cache_folder()))
        if st.button(
            "From the open scenario",
            icon=":material/edit_location_alt:",
            help="Its stations, passes and "
            "ground users, on eight sub-bands of 5 MHz at 3.5 GHz; aerial users and what counts there are left out.",
        ):
            _use(lambda: twin_of_scenario(open_scenario(), question()))
        with st.popover("Open, save", icon=":material/folder_open:"):
            uploaded = st.file_uploader("Open a question (YAML or JSON)", type=["yaml", "yml", "json"], key="twin_file")
            if uploaded is not None and st.button("Open this file", type="primary"):
                _use(lambda: twin_of_bytes(uploaded.getvalue()))
            st.download_button(
                "Save the question",
                lambda: format_twin(question()),
                "spectrum-twin.json",
                "application/json",
                on_click="ignore",
            )


def _use(make: Any) -> None:
    """Open what is made, or say why it cannot be; nothing is changed then."""
    try:
        scenario = make()
    except ItntError as error:
        sentences(list(error.sentences), "error")
        return
    set_question(scenario)
    st.rerun()


def ask_traffic_file() -> None:
    """Offer to replace the generated traffic by a file of the user, and to add a forecast of it."""
    now = question()
    with st.expander("Traffic of your own", icon=":material/upload_file:"):
        st.caption(
            "A CSV file with a row per cell and time: square_id, time_ms, internet (Telecom Italia style, raw files "
            "too), or cell, hour, bytes; of one cell time and activity. Cells are given to users in turn and scaled to "
            "the mean load."
        )
        options = _traffic_options()
        measured = st.file_uploader("Measured traffic", type=["csv", "tsv", "txt"], key="twin_traffic_file")
        if measured is not None and st.button("Use this traffic", type="primary"):
            _take("series", measured.getvalue(), measured.name, options)
        own = st.file_uploader("Your own forecast of it", type=["csv", "tsv", "txt"], key="twin_forecast_file")
        if own is not None and st.button("Use this forecast", disabled=now.traffic.series is None):
            _take("own_forecast", own.getvalue(), own.name, options)
        if now.traffic.series is not None and st.button("Back to generated traffic", icon=":material/undo:"):
            st.session_state.pop(TRAFFIC_SUMMARY, None)
            forecaster = "ar_residual" if now.traffic.forecaster == "own_file" else now.traffic.forecaster
            update = {"series": None, "own_forecast": None, "forecaster": forecaster}
            set_question(now.model_copy(update={"traffic": now.traffic.model_copy(update=update)}))
            st.rerun()
    if TRAFFIC_SUMMARY in st.session_state and now.traffic.series is not None:
        st.caption(escaped(st.session_state[TRAFFIC_SUMMARY]))


def _traffic_options() -> TrafficOptions:
    """Ask what a traffic file may leave open: the clock of its times, and what its activity is."""
    first, second = st.columns(2)
    zone = first.selectbox(
        "Time zone, where none is given",
        time_zones(),
        format_func=lambda name: name or "UTC, unless an hour is odd",
        key="twin_time_zone",
        help="Where an hour is missing or repeated as clocks are changed, the file is refused until a zone is chosen.",
    )
    kind = second.selectbox("Activity is", list(ACTIVITY), key="twin_activity_kind")
    return TrafficOptions(zone, ACTIVITY[kind])


@st.cache_data(show_spinner=False)
def time_zones() -> list[str]:
    """Return what may be chosen as a time zone: none, UTC, and places, London first."""
    first = ["", "UTC", "Europe/London"]
    return [*first, *sorted(name for name in available_timezones() if "/" in name and name not in first)]


def _take(field: str, content: bytes, name: str, options: TrafficOptions) -> None:
    try:
        read: TrafficFile = parse_sent_traffic(content, name, options)
        update: dict[str, Any] = {field: read.series}
        if field == "own_forecast":
            update["forecaster"] = "own_file"
        traffic = question().traffic.model_copy(update=update)
        scenario = twin_of_data(question().model_copy(update={"traffic": traffic}).model_dump(mode="json"))
    except ItntError as error:
        sentences(list(error.sentences), "error")
        return
    st.session_state[TRAFFIC_SUMMARY] = f"{name}: {read.summary}"
    set_question(scenario)
    st.rerun()
