"""The satellites of a replayed run: delay, Doppler and timing of links, power flux density, what a limit would cost."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from itnt_core.figures import flux_figure
from itnt_core.methods import LIMITS_DBW_M2_MHZ, flux_costs
from itnt_core.network import Motion
from itnt_core.results import Result
from itnt_core.words import densest_flux_dbw_m2_mhz, flux_cost_rows, flux_sentences, link_rows, satellite_rows
from pages.shared.frame import shows_errors

from .why import judged

HELP = (
    "Delay is the range over the speed of light, Doppler the shift at the carrier, above 0 while user and station "
    "approach. A user sends earlier by the timing advance, twice the delay; feeder links are left out. Power flux "
    "density is that of the densest subchannel in free space, in the middle of the area, where the beams point."
)
COSTS_HELP = "Flights stay as planned; in every slot the method's own rule decides links and powers under each limit."
COSTS = "flux_costs"
BARE = {"displayModeBar": False}


@st.fragment
@shows_errors()
def show_satellites(folder: Path, result: Result) -> None:
    """Show the satellites over the window, the links of one user in one slot, and the flux with its limit."""
    st.subheader("Satellites", anchor=False, help=HELP)
    scenario = result.scenario
    world, decision, _ = judged(folder)
    if not world.sky.station_ids:
        st.caption("No satellite serves in this run.")
        return
    motion = Motion.of(world, decision.positions_m)
    st.dataframe(satellite_rows(world, decision, motion), hide_index=True, width="stretch")
    flux, limit = densest_flux_dbw_m2_mhz(world, decision), scenario.pfd_limit_dbw_m2_mhz
    figure = flux_figure(world.sky.time_s, world.sky.station_ids, flux, limit)
    words = "Power flux density of each satellite at the ground over time"
    st.plotly_chart(figure, key="flux_chart", width="stretch", alt=words, config=BARE)
    left, right = st.columns([1, 2], gap="medium")
    user = left.selectbox("User", scenario.user_ids, key="satellite_user")
    slot = right.slider("Slot", 1, scenario.time.slots, key="satellite_slot") if scenario.time.slots > 1 else 1
    rows = link_rows(world, decision, motion, scenario.user_ids.index(user), scenario.time.index_of(slot))
    st.dataframe(rows, hide_index=True, width="stretch")
    _what_limits_cost(folder, result)


def _what_limits_cost(folder: Path, result: Result) -> None:
    """Offer what two limits of power flux density would cost."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        limits = [
            st.number_input(
                f"Limit {number}, dBW/m²/MHz", -200.0, -50.0, usual, 0.1, key=f"flux_limit_{number}", width=190
            )
            for number, usual in enumerate(LIMITS_DBW_M2_MHZ, start=1)
        ]
        asks = st.button("What would it cost?", icon=":material/balance:", key="flux_ask", help=COSTS_HELP)
    asked = (str(folder), tuple(limits))
    if asks:
        with st.spinner("Deciding links and powers under each limit …"):
            world, _, _ = judged(folder)
            st.session_state[COSTS] = asked, flux_costs(result, limits, folder=folder, world=world)
    known = st.session_state.get(COSTS)
    if known is None or known[0] != asked:
        return
    for sentence in flux_sentences(known[1]):
        st.markdown(sentence)
    st.dataframe(flux_cost_rows(known[1]), hide_index=True, width="stretch")
