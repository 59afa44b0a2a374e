"""The set-up of a question about spectrum sharing: the map from above, and how good the forecasters are."""

from __future__ import annotations

import streamlit as st

from itnt_core.figures import setup_figure
from itnt_core.mapdata import DOME_NOTE, PLAN_WORDS, question_bundle
from itnt_core.twin import (
    FORECASTER_WORDS,
    FORECASTERS,
    Environment,
    TwinScenario,
    build_environment,
    mape,
    twin_of_data,
)
from pages.shared.assets import publish
from pages.shared.cities import city_of
from pages.shared.component import WORKSPACE_MAP, mount
from pages.shared.frame import escaped
from pages.shared.map3d import city_url
from pages.spectrum.question import question


@st.cache_resource(max_entries=8, show_spinner="Putting the twin's world together …")
def environment_of(text: str) -> Environment:
    """Return the world of a question, given as JSON: gains, traffic, forecasts."""
    import json

    scenario = twin_of_data(json.loads(text))
    return build_environment(scenario, city_of(scenario.network))


def size_sentence(scenario: TwinScenario) -> str:
    """Say how large a question is."""
    network, sharing = scenario.network, scenario.sharing
    return (
        f"{len(network.ground_stations)} base stations, {network.satellite_count} satellites, "
        f"{len(network.ground_users)} users, {network.radio.subchannels} sub-bands of "
        f"{network.radio.subchannel_khz / 1e3:g} MHz at {network.radio.carrier_ghz:g} GHz; {scenario.windows} windows "
        f"of {sharing.cycles_per_window} cycles of {scenario.cycle_s:g} s."
    )


def question_map() -> None:
    """Mount the map with the question that is being asked: who is where and goes where, nobody served."""
    scenario = question()
    text = scenario.model_dump_json()
    data = {
        "mode": "sharing",
        "city_url": city_url(scenario.network),
        "replay_url": publish(_question_blob(text)),
        "sky_note": DOME_NOTE,
        "plan_note": PLAN_WORDS["undecided"],
        "alt": f"The question {scenario.name}: {size_sentence(scenario)}",
    }
    mount(WORKSPACE_MAP, data)


@st.cache_resource(max_entries=8, show_spinner=False)
def _question_blob(text: str) -> bytes:
    return question_bundle(environment_of(text))


def show_setup() -> None:
    """Show how well users hear base stations, and what the twin makes of the traffic."""
    scenario = question()
    environment = environment_of(scenario.model_dump_json())
    left, right = st.columns([2, 3], gap="large")
    with left:
        alt = "Base stations, satellites and users from above; the table of the Runs page holds the question."
        st.plotly_chart(setup_figure(environment), key="twin_setup", width="stretch", alt=alt)
    with right:
        st.markdown(
            f"Traffic: {escaped(environment.demand.source)}; "
            f"{environment.arrivals_mbit.sum() / scenario.network.time.duration_s:,.0f} Mbit/s arrive."
        )
        _show_forecasters(environment)
        st.page_link(
            "pages/1_Scenario.py",
            label="Place stations and users on the 3D map, then take them over from there",
            icon=":material/edit_location_alt:",
        )


def _show_forecasters(environment: Environment) -> None:
    """Compare the forecasters on this traffic."""
    history = environment.demand.history
    rows = []
    for name in FORECASTERS:
        if name == "perfect" or (name == "own_file" and history.own is None):
            continue
        error = mape(history, name)
        rows.append({"Forecast": FORECASTER_WORDS[name], "Mean error over the last day, %": round(100 * error, 1)})
    st.caption(
        "How good the forecasts are on this traffic: mean absolute percentage error one step of "
        f"{history.step_s / 60:g} minutes ahead."
    )
    st.dataframe(rows, hide_index=True, width="stretch", alt="Mean error of each forecast over the last day")
