"""The workspace as a page: the bar, the map that stays, and the mode that is chosen."""

from __future__ import annotations

import streamlit as st

from pages.shared.bar import home_link, other_pages
from pages.shared.frame import NOTICE, set_up, shows_errors, warn_of_data_folder
from pages.shared.modes import enter, is_welcome, open_mode, show_switch

from .modes import STYLES, show_mode
from .places import STYLE, make_places
from .welcome import show_welcome


def workspace(usual: str, title: str) -> None:
    """Show the workspace; ``usual`` is the mode that this address has by itself."""
    enter(usual)
    set_up(title, STYLE.read_text("utf-8"))
    _studio()
    with st.container(key="notice"):
        st.caption(NOTICE)


@st.fragment
@shows_errors()
def _studio() -> None:
    """Show everything that a change may change: no change runs more of the page than this, and the map stays."""
    mode = open_mode()
    with st.container(key="heading"):
        st.title("ITNT Studio" if is_welcome() else mode, anchor=False)
    with st.container(key="bar", horizontal=True, vertical_alignment="center", gap="small"):
        home_link()
        menu = st.container(key="bar-scenario", width="content")
        show_switch()
        tools = st.container(key="bar-tools", horizontal=True, width="stretch", horizontal_alignment="right")
        other_pages()
    places = make_places(STYLES[mode])
    with places.messages:
        warn_of_data_folder()
    if is_welcome():
        show_welcome(places)
        return
    show_mode(mode, places)
    from .scenario_bar import scenario_menu, scenario_tools  # not needed by the first page

    with menu:
        scenario_menu()
    with tools:
        scenario_tools()
