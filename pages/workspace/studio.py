"""The workspace as a page: the bar, the map that stays, and the mode that is chosen."""

from __future__ import annotations

import streamlit as st

from pages.shared.bar import home_link, other_pages
from pages.shared.frame import NOTICE, set_up, shows_errors, warn_of_data_folder

from .modes import STYLES, open_mode, show_mode, show_switch
from .places import STYLE, make_places
from .welcome import is_first_visit, show_welcome


def workspace(usual: str, title: str) -> None:
    """Show the workspace in a mode; ``usual`` is the one of this address."""
    set_up(title, STYLE.read_text("utf-8"))
    with st.container(key="heading"):
        st.title(title, anchor=False)
    _studio(usual, title == "Home")
    with st.container(key="notice"):
        st.caption(NOTICE)


@st.fragment
@shows_errors()
def _studio(usual: str, is_home: bool) -> None:
    """Show everything that a change may change: no change runs more of the page than this, and the map stays."""
    mode, is_first = open_mode(usual), is_home and is_first_visit()
    with st.container(key="bar", horizontal=True, vertical_alignment="center", gap="small"):
        home_link()
        menu = st.container(key="bar-scenario", width="content")
        show_switch(usual)
        tools = st.container(key="bar-tools", horizontal=True, width="stretch", horizontal_alignment="right")
        other_pages()
    places = make_places(STYLES[mode])
    with places.messages:
        warn_of_data_folder()
    if is_first:
        show_welcome(places, usual)
        return
    show_mode(mode, places)
    from .scenario_bar import scenario_menu, scenario_tools  # not needed by the first page

    with menu:
        scenario_menu()
    with tools:
        scenario_tools()
