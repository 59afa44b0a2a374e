"""ITNT Studio's home page: London, a recorded run that plays at once, and where to go next.

``streamlit run dashboard.py`` first imports this file for ``app``, the web server around the pages, and then runs it as
a page, once for every visit and change.
"""

from __future__ import annotations

import streamlit as st

from pages.home.opening import get_ready, opening_map
from pages.shared.figures import figure_row
from pages.shared.frame import give_way, page, shows_errors
from pages.shared.serving import app_parts

PURPOSE = (
    "Place base stations over a 3D London, let satellites pass and aerial users fly, and watch an optimiser decide "
    "who is served by whom."
)
NEXT_STEPS = (
    ("pages/1_Scenario.py", "Build a scenario", "Place base stations and users on the map, set up satellite passes."),
    ("pages/3_Optimise.py", "Optimise it", "Choose a method and watch it work; runs go on when the tab is closed."),
    ("pages/5_Replay.py", "Replay a run", "Watch any finished run again, slot by slot, with every user's rate."),
)


def show_demo() -> None:
    """Show the recorded run, playing, with its figures."""
    try:
        figure_row(opening_map("home_replay"))
    except (OSError, ValueError):
        st.info("The recorded demo is not here. Start with a scenario; its replay will look like this page.")


def show_next_steps() -> None:
    """Show where to go from here."""
    for column, (target, label, text) in zip(st.columns(3), NEXT_STEPS, strict=True):
        with column.container(border=True):
            st.page_link(target, label=f"**{label}**", icon=":material/arrow_forward:")
            st.caption(text)


def show_home() -> None:
    """Show the page."""
    with page("Home", PURPOSE, heading="ITNT Studio"):
        show_demo()
        show_next_steps()
    with shows_errors():
        get_ready()
    give_way()


if __name__ == "__main__":
    show_home()
else:
    app = st.App(__file__, **app_parts())
