"""Build: the map as editor, the selected object beside it, the optimum or a quick look, tables in the drawer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from itnt_core.methods import QuickLook
from itnt_core.network import find_doubts, find_unreachable
from itnt_core.scenario import Problem, Scenario
from pages.building.antennas import antenna_files
from pages.building.city_preview import preview_banner
from pages.building.city_tab import city_tab
from pages.building.editor_map import editor_map, take_map_edits
from pages.building.inspector import inspector
from pages.building.live import live_switch
from pages.building.movement import movement_panel
from pages.building.quicklook import entries, look_at, show_figures, show_users
from pages.building.satellites import satellite_tab
from pages.building.settings import settings_tab
from pages.building.share import open_linked_scenario
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
from pages.shared.frame import sentences
from pages.shared.map3d import simplified_sentence

from .places import Places

MOST_PROBLEMS, MOST_DOUBTS = 12, 6  # shown
DRAWER = "scenario_tab"


def _base_stations() -> None:
    object_table("ground_stations")
    antenna_files()


def _ground_users() -> None:
    object_table("ground_users")
    movement_panel()


TABLES: dict[str, Callable[[], None]] = {
    "Base stations": _base_stations,
    "Aerial users": partial(object_table, "aerial_users"),
    "Ground users": _ground_users,
    "No-fly zones": partial(object_table, "no_fly_zones"),
    "Satellites": satellite_tab,
    "City": city_tab,
    "Settings": settings_tab,
}


def show_build(places: Places) -> None:
    """Show the editor of the open scenario.

    The map is mounted as early as possible: before the quick look, unless a surface on it needs the quick look's world.
    """
    with places.messages:
        open_linked_scenario()
    take_map_edits()
    state.keep_address()
    scenario = state.open_scenario()
    problems = all_problems(scenario)
    with places.side:
        chosen, tools, users = st.container(), st.container(), st.container()
    with tools:
        live = live_switch(scenario, problems, entries(scenario))
        kind = surface_controls(scenario)
        surface_words = st.container()
    if kind == OFF:
        with places.map:
            editor_map(scenario, problems, live=live)
    with places.messages:
        preview_banner()
        show_problems(problems)
    with places.messages:
        look = look_at(scenario, problems)
    with tools if live else places.figures:  # with the live optimum on, the map shows its own
        show_figures(look, scenario, problems, is_live=live is not None)
    if kind != OFF:
        picture = chosen_picture(kind, scenario, look)
        with places.map:
            editor_map(scenario, problems, picture_address(picture, scenario), suggestion_mark(scenario, kind), live)
        if picture:
            surface_words.caption(picture.sentence)
    with chosen:
        inspector([*problems, *_show_doubts(scenario, look)])
    with users:
        _show_rest(scenario, problems, look, is_live=live is not None)
    _show_drawer(places)


def show_problems(problems: Sequence[Problem]) -> None:
    """Show what is wrong, one sentence each with its remedy, and the note of the last edit."""
    text = state.taken_note()
    if text:
        sentences([text], "info")
    if problems:
        sentences([problem.sentence for problem in problems[:MOST_PROBLEMS]])
        if len(problems) > MOST_PROBLEMS:
            st.caption(f"and {len(problems) - MOST_PROBLEMS} more problems of the same kinds")


def _show_doubts(scenario: Scenario, look: QuickLook | None) -> list[Problem]:
    """Tell what is allowed but hardly meant, and return it."""
    doubts = [*find_doubts(scenario, look.world.city, look.world.sky), *find_unreachable(look.world)] if look else []
    if doubts:
        sentences([doubt.sentence for doubt in doubts[:MOST_DOUBTS]])
    return doubts


def _show_rest(scenario: Scenario, problems: list[Problem], look: QuickLook | None, *, is_live: bool) -> None:
    """Show who gets least, where one more station would help, and how the scenario leaves for other tools."""
    if look:
        show_users(look, is_live=is_live)
        site_panel(scenario, look)
    if simplified_sentence(scenario):
        st.caption(simplified_sentence(scenario))
    if not problems:
        offer_exports(scenario, scenario, "scenario_export")


def _show_drawer(places: Places) -> None:
    opened = places.open_drawer(list(TABLES), DRAWER)
    if opened is not None:
        with places.drawer:
            TABLES[opened]()
