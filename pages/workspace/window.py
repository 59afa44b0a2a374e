"""A page of its own in the window of the workspace: the map large, a panel beside it, tables at its foot."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.shared import bar, modes
from pages.shared.frame import NOTICE, set_up, shows_errors, warn_of_data_folder

from .places import STYLE, Places, make_places


def show_window(title: str, sizes: str, show: Callable[[Places], None]) -> None:
    """Lay a page out and fill it; what an own error of the program refuses is a sentence on it.

    ``sizes`` is the style of what the map's own tools leave free.
    """
    modes.leave()
    set_up(title, STYLE.read_text("utf-8"))
    with st.container(key="heading"):
        st.title(title, anchor=False)
    bar.bar_links()
    places = make_places(sizes)
    with places.messages:
        warn_of_data_folder()
        with shows_errors():
            show(places)
    with st.container(key="notice"):
        st.caption(NOTICE)
