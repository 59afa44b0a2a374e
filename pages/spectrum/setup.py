"""The set-up of a question about spectrum sharing: the map from above, and how good the forecasters are."""

from __future__ import annotations

import streamlit as st

from itnt_core.figures import setup_figure
from itnt_core.twin import (
    FORECASTER_WORDS,
    FORECASTERS,
    Environment,
    TwinScenario,
    build_environment,
    mape,
    twin_of_data,
)
from pages.shared.cities import city_of


@st.cache_resource(max_entries=8, show_spinner="Putting the twin's world together …")
def environment_of(text: str) -> Environment:
    """Return the world of a question, given as JSON: gains, traffic, forecasts."""
    import json

    scenario = twin_of_data(json.loads(text))
    return build_environment(scenario, city_of(scenario.network))


def show_setup(scenario: TwinScenario) -> None:
    """Show who stands where, and what the twin makes of the traffic."""
    environment = environment_of(scenario.model_dump_json())
    network = scenario.network
    st.markdown("**The set-up**")
    st.caption(
        f"{len(network.ground_stations)} base stations, {len(environment.sky.station_ids)} satellites, "
        f"{len(network.ground_users)} users, {network.radio.subchannels} sub-bands of "
        f"{network.radio.subchannel_khz / 1e3:g} MHz at {network.radio.carrier_ghz:g} GHz; {scenario.windows} windows "
        f"of {scenario.sharing.cycles_per_window} cycles of {scenario.cycle_s:g} s. Traffic: "
        f"{environment.demand.source}; {environment.arrivals_mbit.sum() / network.time.duration_s:,.0f} Mbit/s arrive."
    )
    st.plotly_chart(setup_figure(environment), key="twin_setup", width="stretch")
    st.page_link(
        "pages/1_Scenario.py",
        label="Place stations and users on the 3D map, then take them over from there",
        icon=":material/edit_location_alt:",
    )
    _show_forecasters(environment)


def _show_forecasters(environment: Environment) -> None:
    """Compare the forecasters on this traffic."""
    history = environment.demand.history
    rows = []
    for name in FORECASTERS:
        if name == "perfect" or (name == "own_file" and history.own is None):
            continue
        error = mape(history, name)
        rows.append({"Forecast": FORECASTER_WORDS[name], "Mean error over the last day, %": round(100 * error, 1)})
    with st.expander("How good the forecasts are on this traffic", icon=":material/query_stats:"):
        st.caption(f"Mean absolute percentage error one step of {history.step_s / 60:g} minutes ahead.")
        st.dataframe(rows, hide_index=True, width="stretch")
