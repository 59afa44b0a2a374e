"""The dials of a question about spectrum sharing: how wrong the twin is, how the band is planned, time and traffic."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

import streamlit as st

from itnt_core.scenario import ScenarioError
from itnt_core.twin import FORECASTER_WORDS, TwinScenario, twin_of_data
from pages.shared.frame import sentences
from pages.spectrum.beliefs import ask_beliefs
from pages.spectrum.question import QUESTION, dial, question

NO_LIMIT = "no limit"
MOST_WINDOWS, MOST_CYCLES = 200, 6  # that the page asks for: a file may hold more windows
Changes = dict[str, dict[str, Any]]  # by the dotted part of the question


def ask_dials() -> TwinScenario | None:
    """Show the dials of the question and return it with their values, or None when they do not go together."""
    now = question()
    changes: Changes = {"error": {}, "sharing": {}, "traffic": {}, "network.time": {}, "network.radio": {}}
    _ask_errors(now, changes)
    _ask_band(now, changes)
    _ask_time(now, changes)
    _ask_traffic(now, changes)
    mistakes, changes["learning"] = ask_beliefs(now)
    changes["error"] |= mistakes
    return _changed(now, changes)


def _ask_errors(now: TwinScenario, changes: Changes) -> None:
    with st.expander("How wrong the twin is", icon=":material/error_outline:", expanded=True):
        changes["error"]["csi_tn_sigma_db"] = st.slider(
            "Gains of base stations, dB", 0.0, 8.0, min(8.0, now.error.csi_tn_sigma_db), 0.5, key=dial("tn")
        )
        changes["error"]["csi_ntn_sigma_db"] = st.slider(
            "Gains of satellites, dB", 0.0, 3.0, min(3.0, now.error.csi_ntn_sigma_db), 0.25, key=dial("ntn")
        )
        changes["error"]["traffic_sigma"] = st.slider(
            "Traffic, log error",
            0.0,
            1.0,
            min(1.0, now.error.traffic_sigma),
            0.05,
            key=dial("traffic"),
            help="On top of what the forecaster gets wrong by itself.",
        )


def _ask_band(now: TwinScenario, changes: Changes) -> None:
    sharing, radio = now.sharing, now.network.radio
    with st.expander("How the band is planned", icon=":material/equalizer:"):
        changes["sharing"]["shared_most"] = st.slider(
            "Z_max: sub-bands both may use",
            0,
            radio.subchannels,
            min(radio.subchannels, sharing.shared_most),
            key=dial("z"),
            help="0 splits the band between the systems; all of them is full sharing.",
        )
        changes["sharing"]["headroom"] = st.slider(
            "Headroom over the forecast", 0.0, 1.0, min(1.0, sharing.headroom), 0.05, key=dial("headroom")
        )
        changes["sharing"]["satellite_eirp_dbw_per_mhz"] = st.slider(
            "Satellite EIRP, dBW/MHz",
            30.0,
            60.0,
            min(60.0, max(30.0, sharing.satellite_eirp_dbw_per_mhz)),
            1.0,
            key=dial("eirp"),
            help="At the power cap. 3GPP's 34 dBW/MHz gives only 5 to 10 dB of SNR at 3.5 GHz.",
        )
        left, right = st.columns(2, vertical_alignment="bottom")
        changes["sharing"]["min_elevation_deg"] = left.number_input(
            "Least elevation, °",
            0.0,
            89.0,
            sharing.min_elevation_deg,
            5.0,
            format="%g",
            key=dial("elevation"),
            help="Satellites below it are silent.",
        )
        # A field that begins with a value cannot be emptied again: these begin empty, and are told their value.
        st.session_state.setdefault(dial("feeder"), sharing.feeder_mbit_s)
        changes["sharing"]["feeder_mbit_s"] = right.number_input(
            "Feeder link, Mbit/s",
            1.0,
            1e6,
            None,
            50.0,
            format="%g",
            placeholder=NO_LIMIT,
            key=dial("feeder"),
            help="What all satellites together carry at most.",
        )
        st.session_state.setdefault(dial("cap"), radio.spectral_efficiency_cap)
        changes["network.radio"]["spectral_efficiency_cap"] = left.number_input(
            "Cap, bit/s/Hz",
            0.5,
            30.0,
            None,
            0.2,
            format="%g",
            placeholder=NO_LIMIT,
            key=dial("cap"),
            help="The greatest spectral efficiency of a link: 7.4 is that of 256-QAM.",
        )


def _ask_time(now: TwinScenario, changes: Changes) -> None:
    sharing = now.sharing
    with st.expander("Windows and movement", icon=":material/schedule:"):
        left, right = st.columns(2, vertical_alignment="bottom")
        windows = left.number_input(
            "Windows", 1, MOST_WINDOWS, min(MOST_WINDOWS, max(1, now.windows)), 1, key=dial("windows")
        )
        cycles = right.number_input(
            "Cycles of a window",
            1,
            MOST_CYCLES,
            sharing.cycles_per_window,
            1,
            key=dial("cycles"),
            help="That are planned together; each is corrected once.",
        )
        changes["sharing"]["user_speed_m_s"] = left.number_input(
            "Users walk at, m/s", 0.0, 30.0, sharing.user_speed_m_s, 0.5, format="%g", key=dial("speed")
        )
        changes["sharing"]["cycles_per_window"] = int(cycles)
        whole = int(windows) * int(cycles) * sharing.slots_per_cycle
        if int(windows) != min(MOST_WINDOWS, now.windows) or int(cycles) != sharing.cycles_per_window:
            changes["network.time"]["slots"] = whole
        right.caption(f"{int(windows) * int(cycles)} cycles of {now.cycle_s:g} s")


def _ask_traffic(now: TwinScenario, changes: Changes) -> None:
    with st.expander("Traffic", icon=":material/monitoring:"):
        changes["traffic"]["mean_load_mbit_s"] = st.number_input(
            "Mean load of a user, Mbit/s",
            0.01,
            1000.0,
            now.traffic.mean_load_mbit_s,
            1.0,
            key=dial("load"),
            help="Over a day; at noon it is more.",
        )
        known = [name for name in FORECASTER_WORDS if name != "own_file" or now.traffic.own_forecast is not None]
        changes["traffic"]["forecaster"] = st.selectbox(
            "The twin's forecast",
            known,
            index=known.index(now.traffic.forecaster),
            format_func=FORECASTER_WORDS.__getitem__,
            key=dial("forecaster"),
        )


def _changed(now: TwinScenario, changes: Mapping[str, Mapping[str, Any]]) -> TwinScenario | None:
    """Return the question with what was changed, None with a sentence where that cannot be."""
    differing = {
        part: values
        for part, values in changes.items()
        if attrgetter(part)(now).model_copy(update=dict(values)) != attrgetter(part)(now)
    }
    if not differing:
        return now
    data = now.model_dump(mode="json")
    for part, values in differing.items():
        inner = data
        for name in part.split("."):
            inner = inner.setdefault(name, {})
        inner.update(values)
    try:
        scenario = twin_of_data(data)
    except ScenarioError as error:
        sentences(list(error.sentences), "error")
        return None
    st.session_state[QUESTION] = scenario
    return scenario
