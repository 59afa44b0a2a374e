"""ITNT Studio's first page: the workspace with a recorded run that plays at once, and where to go next.

``streamlit run dashboard.py`` first imports this file for ``app``, the web server around the pages, and then runs it as
a page, once for every visit and change.
"""

from __future__ import annotations

import streamlit as st

from pages.home.opening import get_ready
from pages.shared.frame import give_way, shows_errors
from pages.shared.modes import HOME
from pages.shared.serving import app_parts
from pages.workspace.studio import workspace


def show_home() -> None:
    """Show the page."""
    workspace(HOME, "Home")
    with shows_errors():
        get_ready()
    give_way()


if __name__ == "__main__":
    show_home()
else:
    app = st.App(__file__, **app_parts())
