"""Scenario: the 3D map as editor, the same objects as tables, satellite passes, presets and files."""

from __future__ import annotations

import streamlit as st

from itnt_core.scenario import Problem, check_scenario
from pages.parts import state
from pages.parts.files import files_popover, preset_popover
from pages.parts.frame import page, sentences
from pages.parts.map3d import editor_map
from pages.parts.satellites import satellite_tab
from pages.parts.settings import settings_tab
from pages.parts.tables import object_table

PURPOSE = "Click the map to place base stations and users, drag to move them. Everything can be edited below, too."
TABS = ("Base stations", "Aerial users", "Ground users", "Satellites", "Settings")


def show_top_row() -> None:
    """Show the scenario's name and where scenarios come from and go to."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(state.open_scenario().name, width="stretch")
        preset_popover()
        files_popover()
        st.page_link("pages/3_Optimise.py", label="Optimise", icon=":material/arrow_forward:")


def show_problems(problems: list[Problem]) -> None:
    """Show what is wrong, one sentence each with its remedy, and the note of the last edit."""
    text = state.taken_note()
    if text:
        sentences([text])
    if problems:
        sentences([problem.sentence for problem in problems[:12]])
        if len(problems) > 12:
            st.caption(f"and {len(problems) - 12} more problems of the same kinds")


@st.fragment
def editor() -> None:
    """Show the whole editor; a change in one part shows in all others without rerunning the rest of the page."""
    show_top_row()
    map_place = st.container()
    notes = st.container()
    stations, aerial, ground, satellites, settings = st.tabs(TABS)
    with stations:
        object_table("ground_stations")
    with aerial:
        object_table("aerial_users")
    with ground:
        object_table("ground_users")
    with satellites:
        satellite_tab()
    with settings:
        settings_tab()
    problems = check_scenario(state.open_scenario())
    with map_place:
        editor_map(state.open_scenario(), problems)
    with notes:
        show_problems(problems)


state.open_scenario()
with page("Scenario", PURPOSE):
    editor()
