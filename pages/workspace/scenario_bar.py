"""The open scenario in the bar: its name with where scenarios come from and go to, and its link."""

from __future__ import annotations

import streamlit as st

from itnt_core.drafts import MOST_NAME
from pages.building.files import file_form, preset_form
from pages.building.kept import kept_lists
from pages.building.share import share_popover
from pages.shared import state
from pages.shared.cities import all_problems
from pages.shared.frame import escaped

MENU, NAME = "scenario_menu", "scenario_name"
LONGEST = 26  # characters of a name in the bar
PARTS = ("Recent", "Examples", "Files")


def scenario_menu() -> None:
    """Show the scenario's name; behind it renaming, versions, recent ones, examples and files."""
    name = state.open_scenario().name
    short = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
    popover = st.popover(escaped(short), key=MENU, on_change="rerun", help=escaped(name))
    if not popover.open:
        return
    with popover:
        st.text_input("Name", name, max_chars=MOST_NAME, key=f"{NAME}_{name}", on_change=_rename, args=(name,))
        recent, examples, files = st.tabs(PARTS)
        with recent:
            kept_lists()
        with examples:
            preset_form()
        with files:
            file_form()


def scenario_tools() -> None:
    """Offer the scenario's link."""
    share_popover(closed=bool(all_problems(state.open_scenario())))


def _rename(before: str) -> None:
    name = st.session_state[f"{NAME}_{before}"].strip()
    if name:
        state.change_scenario(state.open_scenario().model_copy(update={"name": name}))
