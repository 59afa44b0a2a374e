"""The first visit: the recorded run, playing, and three sentences about where to go."""

from __future__ import annotations

import streamlit as st

from pages.home.opening import opening_map
from pages.shared.bar import BUILD, OPTIMISE
from pages.shared.figures import figure_strip
from pages.shared.modes import choose_mode

from .places import OPEN, Places

OPENED_ALWAYS = """@media (max-width: 760px) {
  .stApp .st-key-side {display: flex; max-height: 50dvh;} .stApp .st-key-side-open {display: none;}
}"""
STYLE = ".stApp {--studio-panel: none;}"  # the card stands where a replay has its curves
TEXT = (
    "Base stations and satellites over London share one band and serve people on the ground and drones in the air: "
    "in the recorded optimum that plays here masts fill up, and some users go to a satellite and come back.\n\n"
    "**Build your own**: place stations and users, and the optimum follows your hand.\n\n"
    "**Optimise**: let the planner or a learned method answer a scenario, with a certified bound."
)


def show_welcome(places: Places) -> None:
    """Show the recorded run and the card; without a recording the card alone."""
    st.html(f"<style>{STYLE if OPEN in st.session_state else STYLE + OPENED_ALWAYS}</style>")
    with places.map:
        try:
            kpis = opening_map()
        except (OSError, ValueError):
            kpis = None
    with places.figures:
        if kpis is None:
            st.info("The recorded demo is not here. Build a scenario; its replay will look like this.")
        else:
            figure_strip(kpis)
    with places.side:
        st.markdown(TEXT)
        st.button(
            "Build your own",
            type="primary",
            icon=":material/edit_location_alt:",
            on_click=choose_mode,
            args=(BUILD,),
        )
        st.button("Optimise", icon=":material/auto_awesome:", on_click=choose_mode, args=(OPTIMISE,))
        st.page_link("pages/8_Learn.py", label="Take the tour", icon=":material/school:")
