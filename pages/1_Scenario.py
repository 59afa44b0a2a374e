"""Scenario: the 3D map as editor with a quick look beside it, the same objects as tables, presets, files, links."""

from __future__ import annotations

import streamlit as st

from itnt_core.network import find_doubts
from itnt_core.scenario import Problem
from pages.building.city_preview import preview_banner
from pages.building.city_tab import city_tab
from pages.building.editor_map import editor_map, take_map_edits
from pages.building.files import files_popover, preset_popover
from pages.building.inspector import inspector
from pages.building.kept import kept_popover
from pages.building.live import live_switch
from pages.building.quicklook import entries, look_at, show_figures, show_users
from pages.building.satellites import satellite_tab
from pages.building.settings import settings_tab
from pages.building.share import open_linked_scenario, share_popover
from pages.building.surfaces import (
    OFF,
    chosen_picture,
    picture_address,
    site_panel,
    suggestion_mark,
    surface_controls,
)
from pages.building.tables import object_table
from pages.shared import state
from pages.shared.cities import all_problems
from pages.shared.exports import offer_exports
from pages.shared.frame import page, sentences, shows_errors
from pages.shared.map3d import simplified_sentence

PURPOSE = "Click the map to place base stations and users, drag to move them. Everything can be edited below, too."
MOST_DOUBTS = 6  # shown
TABS = ("Base stations", "Aerial users", "Ground users", "Satellites", "City", "Settings")
TABLE_OF = {"Base stations": "ground_stations", "Aerial users": "aerial_users", "Ground users": "ground_users"}


def show_top_row(problems: list[Problem]) -> None:
    """Show the scenario's name and where scenarios come from and go to."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(state.open_scenario().name, width="stretch")
        kept_popover()
        preset_popover()
        files_popover()
        share_popover(closed=bool(problems))
        if not problems:
            offer_exports(state.open_scenario(), state.open_scenario(), "scenario_export")
        st.page_link("pages/3_Optimise.py", label="Optimise", icon=":material/arrow_forward:")


def show_problems(problems: list[Problem]) -> None:
    """Show what is wrong, one sentence each with its remedy, and the note of the last edit."""
    text = state.taken_note()
    if text:
        sentences([text], "info")
    if problems:
        sentences([problem.sentence for problem in problems[:12]])
        if len(problems) > 12:
            st.caption(f"and {len(problems) - 12} more problems of the same kinds")


def show_map_and_look(problems: list[Problem]) -> None:
    """Show the map, the side panel and the quick look.

    The map is mounted as early as possible: before the quick look, unless a surface on it needs the quick look's world.
    Nothing may come and go before the map in the page, or the browser would build it anew: hence the fixed places.
    """
    scenario = state.open_scenario()
    left, right = st.columns([0.72, 0.28], gap="medium")
    with left:
        map_place, below = st.container(), st.container()
        kind = surface_controls(scenario)
        live = live_switch(scenario, problems, entries(scenario))
        surface_words = st.container()
    if kind == OFF:
        with map_place:
            editor_map(scenario, problems, live=live)
    with below:
        preview_banner()
        show_problems(problems)
        if simplified_sentence(scenario):
            st.caption(simplified_sentence(scenario))
        look = look_at(scenario, problems)
        doubts = find_doubts(scenario, look.world.city, look.world.sky) if look else []
        if doubts:
            sentences([doubt.sentence for doubt in doubts[:MOST_DOUBTS]])
        show_figures(look, scenario, problems, is_live=live is not None)
    if kind != OFF:
        picture = chosen_picture(kind, scenario, look)
        with map_place:
            editor_map(scenario, problems, picture_address(picture, scenario), suggestion_mark(scenario, kind), live)
        if picture:
            surface_words.caption(picture.sentence)
    with right:
        inspector(problems + doubts)
        if look:
            show_users(look, is_live=live is not None)
            site_panel(scenario, look)


def show_tables() -> None:
    """Show the open one of the tabs; the others cost nothing."""
    for name, tab in zip(TABS, st.tabs(TABS, key="scenario_tab", on_change="rerun"), strict=True):
        if not tab.open:
            continue
        with tab:
            if name in TABLE_OF:
                object_table(TABLE_OF[name])
            elif name == "Satellites":
                satellite_tab()
            elif name == "City":
                city_tab()
            else:
                settings_tab()


@st.fragment
@shows_errors()
def editor() -> None:
    """Show the whole editor; a change in one part shows in all others without rerunning the rest of the page."""
    take_map_edits()
    state.keep_address()
    problems = all_problems(state.open_scenario())
    show_top_row(problems)
    show_map_and_look(problems)
    show_tables()


with page("Scenario", PURPOSE):
    state.keep_address()
    open_linked_scenario()
    editor()
