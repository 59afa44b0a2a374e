"""ITNT Studio's home page: London, a recorded run that plays at once, and where to go next."""

from __future__ import annotations

import streamlit as st

from itnt_core.results import ResultError
from pages.parts.demo import DEMO_FOLDER, DEMO_ID, has_demo
from pages.parts.figures import figure_row
from pages.parts.frame import page, sentences
from pages.parts.map3d import open_result, replay_map

PURPOSE = (
    "Place base stations over a 3D London, let satellites pass and aerial users fly, and watch an optimiser decide "
    "who is served by whom."
)
NEXT_STEPS = (
    ("pages/1_Scenario.py", "Build a scenario", "Place base stations and users on the map, set up satellite passes."),
    ("pages/3_Optimise.py", "Optimise it", "Choose a method and watch it work; runs go on when the tab is closed."),
    ("pages/4_Replay.py", "Replay a run", "Watch any finished run again, slot by slot, with every user's rate."),
)


def show_demo() -> None:
    """Show the recorded run, playing, with its figures."""
    if not has_demo():
        st.info("There is no recorded demo yet. Start with a scenario; its replay will look like this page.")
        return
    try:
        result = open_result(DEMO_FOLDER)
    except ResultError as error:
        sentences([str(error)], "error")
        return
    replay_map(DEMO_FOLDER, key="home_replay", run=DEMO_ID, autoplay=True)
    figure_row(result.kpis)


def show_next_steps() -> None:
    """Show where to go from here."""
    for column, (target, label, text) in zip(st.columns(3), NEXT_STEPS, strict=True):
        with column.container(border=True):
            st.page_link(target, label=f"**{label}**", icon=":material/arrow_forward:")
            st.caption(text)


with page("Home", PURPOSE, heading="ITNT Studio"):
    show_demo()
    show_next_steps()
