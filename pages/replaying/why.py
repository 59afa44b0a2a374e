"""Why a user of a replayed run is served by this station and by no other, slot by slot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st

from itnt_core.arrays import Array
from itnt_core.mapdata import user_places_m
from itnt_core.methods import explain_choice
from itnt_core.network import Decision, World, build_world
from itnt_core.qos import min_sinr_db
from itnt_core.results import Result, decision_of
from itnt_core.words import why_rows
from pages.shared.cities import city_of
from pages.shared.frame import shows_errors
from pages.shared.map3d import cached_result, stamp_of

WHY_USER, WHY_SLOT = "why_user", "why_slot"
HELP = (
    "For every other station the best exchange is computed: what all users together would get if this one had a place "
    "there, in this slot. Nothing is guessed from distances."
)


@st.fragment
@shows_errors()
def show_why(folder: Path, result: Result) -> None:
    """Show all stations ranked for a user and a slot, each with the reason why it does not serve."""
    st.subheader("Why this station?", anchor=False, help=HELP)
    scenario = result.scenario
    left, right = st.columns([1, 2], gap="medium")
    user = left.selectbox("User", scenario.user_ids, key=WHY_USER)
    slot = right.slider("Slot", 1, scenario.time.slots, key=WHY_SLOT) if scenario.time.slots > 1 else 1
    world, decision, gains = judged(folder)
    index, at = scenario.user_ids.index(user), scenario.time.index_of(slot)
    reasons = explain_choice(world, decision, index, at, gains)
    ways_m = np.linalg.norm(world.station_positions_m[at] - user_places_m(result)[at, index], axis=1)
    distances_m = dict(zip(world.station_ids, ways_m.tolist(), strict=True))
    rows = why_rows(reasons, distances_m, min_sinr_db(scenario, "active"))
    st.dataframe(rows, hide_index=True, width="stretch", column_config={"Why": st.column_config.Column(width=430)})


def judged(folder: Path) -> tuple[World, Decision, Array]:
    """Return world, decision and gains of the result in a folder."""
    return _judged(str(folder), stamp_of(folder))


@st.cache_resource(max_entries=3, show_spinner="Computing all links …")
def _judged(folder: str, stamp: int) -> tuple[World, Decision, Array]:
    """Return world, decision and gains of a result, once per server."""
    result = cached_result(folder, stamp)
    world, decision = build_world(result.scenario, city=city_of(result.scenario)), decision_of(result.dataset)
    return world, decision, world.gains(decision.positions_m)
