"""The satellites of a scenario: a form per hand-made pass and imported group, Walker shells as a table, a sky plot."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import streamlit as st

from itnt_core.figures import sky_plot_svg, sky_sentences
from itnt_core.scenario import OrbitGroup, Pass, SatelliteRadio, free_id
from itnt_core.sky import satellite_name
from itnt_core.words import field_value, fields_of, with_members
from pages.shared.frame import escaped
from pages.shared.inputs import field_input
from pages.shared.state import change_scenario, open_scenario

from .tables import object_table

DIRECTIONS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


def satellite_tab() -> None:
    """Show the passes as forms beside the sky plot, the Walker shells below."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        pass_forms()
        _groups()
        with st.expander("Constellations (Walker shells)"):
            st.caption("Of each shell, the best placed satellites of the time window serve.")
            object_table("walker_shells")
    with right:
        _sky()


def pass_forms() -> None:
    """Show one form per pass and the button that adds one."""
    passes = open_scenario().passes
    if not passes:
        st.caption("No satellite passes yet.")
    for index, one in enumerate(passes):
        with st.expander(f"Pass {one.id}", expanded=index < 2, icon=":material/satellite_alt:"):
            _pass_form(index, one)
    if st.button("Add a pass", icon=":material/add:", disabled=len(passes) >= 64):
        middle_s = open_scenario().time.duration_s / 2
        _replace((*passes, Pass(id=free_id(open_scenario(), "passes"), culmination_s=middle_s)))


def _pass_form(index: int, one: Pass) -> None:
    """Show the numbers of one pass; a change takes effect at once."""
    key = f"pass_{one.id}_{_fingerprint(one)}"
    first, second, third = st.columns(3)
    values: dict[str, Any] = {
        "altitude_km": first.number_input(
            "Altitude, km", 160.0, 2000.0, one.altitude_km, 10.0, key=f"{key}_altitude", format="%.0f"
        ),
        "max_elevation_deg": second.number_input(
            "Highest elevation, °", 5.0, 90.0, one.max_elevation_deg, 1.0, key=f"{key}_elevation", format="%.0f"
        ),
        "culmination_s": third.number_input(
            "Highest at, s after start", -3600.0, 90000.0, one.culmination_s, 5.0, key=f"{key}_time", format="%.0f"
        ),
        "heading_deg": first.number_input(
            f"Flies towards, ° ({direction_name(one.heading_deg)})",
            0.0,
            359.9,
            one.heading_deg,
            5.0,
            key=f"{key}_heading",
            format="%.0f",
            help="Clockwise from north: 0 north, 90 east, 180 south, 270 west.",
        ),
        "side": second.segmented_control(
            "Passes on its", ["left", "right"], default=one.side, key=f"{key}_side", required=True
        ),
    }
    with third:
        st.caption("As seen in its direction of flight")
        if st.button("Remove", key=f"{key}_remove", icon=":material/delete:"):
            _replace(open_scenario().passes[:index] + open_scenario().passes[index + 1 :])
    with first.popover("Transmitter", icon=":material/settings_input_antenna:"):
        values["radio"] = _radio_form(one.radio, key)
    changed = one.model_copy(update={name: value for name, value in values.items() if value is not None})
    if changed != one:
        passes = open_scenario().passes
        _replace((*passes[:index], changed, *passes[index + 1 :]))


def _radio_form(radio: SatelliteRadio, key: str) -> SatelliteRadio:
    """Show what the satellite transmits and return it as it stands in the inputs."""
    fields = fields_of(SatelliteRadio)
    for field in fields:
        field_input(field, field_value(radio, field.path), f"{key}_{field.path}")
    return SatelliteRadio(**{field.path: st.session_state[f"{key}_{field.path}"] for field in fields})


def _groups() -> None:
    """Show the imported satellites, a form per group, and the way to page Passes, which adds them."""
    for index, group in enumerate(open_scenario().orbits):
        title = f"{group.id}: {len(group.satellites)} imported satellites"
        with st.expander(title, expanded=True, icon=":material/satellite:"):
            _group_form(index, group)
    st.page_link("pages/2_Passes.py", label="Real satellites and constellations", icon=":material/add_circle:")


def _group_form(index: int, group: OrbitGroup) -> None:
    """Show the satellites of a group and its numbers; a change takes effect at once."""
    key = f"group_{group.id}_{sha256(_fingerprint(group).encode()).hexdigest()[:16]}"
    names = ", ".join(satellite_name(satellite) for satellite in group.satellites)
    st.caption(escaped(f"{names}{f' (from {group.source})' if group.source else ''}"))
    first, second, third = st.columns(3)
    values: dict[str, Any] = {
        "satellites_used": int(first.number_input("Serve at once", 1, 64, group.satellites_used, key=f"{key}_used")),
        "min_elevation_deg": second.number_input(
            "Lowest elevation, °",
            0.0,
            89.0,
            group.min_elevation_deg,
            1.0,
            key=f"{key}_elevation",
            format="%.0f",
            help="Below it a satellite hands its place over to the best one left.",
        ),
    }
    if third.button("Remove", key=f"{key}_remove", icon=":material/delete:"):
        _replace_groups(open_scenario().orbits[:index] + open_scenario().orbits[index + 1 :])
    with third.popover("Transmitter", icon=":material/settings_input_antenna:"):
        values["radio"] = _radio_form(group.radio, key)
    changed = group.model_copy(update=values)
    if changed != group:
        groups = open_scenario().orbits
        _replace_groups((*groups[:index], changed, *groups[index + 1 :]))


def _replace_groups(groups: tuple[OrbitGroup, ...]) -> None:
    """Put other groups into the open scenario and show it at once."""
    change_scenario(open_scenario().model_copy(update={"orbits": groups}))
    st.rerun()


def _sky() -> None:
    """Show the sky plot and, in words, what it shows."""
    scenario = open_scenario()
    if not scenario.satellite_sources:
        st.info("Add a pass and its way across the sky is drawn here and above the map.")
        return
    lines = sky_sentences(scenario)
    st.image(sky_plot_svg(scenario), caption="The sky from the middle of the map; bold is the time window")
    for line in lines:
        st.text(line)


def direction_name(heading_deg: float) -> str:
    """Return the compass direction nearest to a heading."""
    return DIRECTIONS[round(heading_deg / 45.0) % 8]


def _replace(passes: tuple[Pass, ...]) -> None:
    """Put other passes into the open scenario and show it at once."""
    change_scenario(with_members(open_scenario(), "passes", passes))
    st.rerun()


def _fingerprint(one: Pass | OrbitGroup) -> str:
    """Return a widget key part that changes when an object was changed elsewhere, so that its form follows."""
    return one.model_dump_json()
