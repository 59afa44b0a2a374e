"""Measured antennas: a maker's file becomes a pattern of the scenario, and base stations get it."""

from __future__ import annotations

import streamlit as st

from itnt_core.radio import AntennaFileError, parse_antenna
from itnt_core.scenario import EditError, with_pattern
from pages.shared import state
from pages.shared.frame import escaped

FILE_TYPES = ["msi", "pln", "txt"]
NOTE = (
    "MSI Planet: two cuts of 360 points. In other directions the loss is the sum of the two cuts there (summing "
    "method); gain in dBd unless the file says dBi."
)


def antenna_files() -> None:
    """Show the reader of antenna files, and which base stations are to have the pattern."""
    scenario = state.open_scenario()
    stations = [station.id for station in scenario.ground_stations]
    st.markdown("**Measured antenna**")
    chosen = st.multiselect("For base stations", stations, key="antenna_file_stations")
    sent = st.file_uploader("Antenna file", FILE_TYPES, key="antenna_file", help=NOTE)
    if sent is not None and st.button("Read it into the scenario", icon=":material/settings_input_antenna:"):
        _take(sent.getvalue(), sent.name, chosen)
    for pattern in scenario.antenna_patterns:
        users = [one.id for one in scenario.ground_stations if one.antenna.pattern == pattern.id]
        where = f"used by {', '.join(users)}" if users else "not used"
        st.caption(escaped(f"{pattern.id}: {pattern.name}, {pattern.gain_dbi:g} dBi, {where}"))


def _take(content: bytes, name: str, station_ids: list[str]) -> None:
    try:
        changed = with_pattern(state.open_scenario(), parse_antenna(content, name), station_ids)
    except (AntennaFileError, EditError) as error:
        st.error(escaped(str(error)))
        return
    state.change_scenario(changed)
    st.rerun()
