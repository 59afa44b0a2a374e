"""The bar on top of every page: home, the modes of the workspace, and the other pages."""

from __future__ import annotations

import streamlit as st

from itnt_core.installed import asset

from .account import account_menu

HOME = "dashboard.py"
BUILD, OPTIMISE, REPLAY, COMPARE = "Build", "Optimise", "Replay", "Compare"
MODE_PAGES = {
    BUILD: "pages/1_Scenario.py",
    OPTIMISE: "pages/3_Optimise.py",
    REPLAY: "pages/5_Replay.py",
    COMPARE: "pages/6_Compare.py",
}
ICONS = {
    BUILD: ":material/edit_location_alt:",
    OPTIMISE: ":material/auto_awesome:",
    REPLAY: ":material/play_circle:",
    COMPARE: ":material/compare_arrows:",
}
OTHER_PAGES = {
    "Passes": "pages/2_Passes.py",
    "Spectrum twin": "pages/7_Spectrum_twin.py",
    "Dispatch": "pages/12_Dispatch.py",
    "Runs": "pages/4_Runs.py",
    "Learn": "pages/8_Learn.py",
    "Calibration": "pages/9_Calibration.py",
}
STYLE = asset("studio") / "bar.css"


def colours() -> str:
    """Return the theme's colours as custom properties of the page: Streamlit hands them to components only."""
    names = {"paper": "backgroundColor", "rule": "borderColor", "accent": "primaryColor"}
    pairs = {
        name: [st.get_option(f"theme.{kind}.{option}") for kind in ("light", "dark")] for name, option in names.items()
    }
    return (
        ".stApp {" + " ".join(f"--{name}: light-dark({light}, {dark});" for name, (light, dark) in pairs.items()) + "}"
    )


def bar_links() -> None:
    """Lead home and to every mode of the workspace, from a page that lies outside of it."""
    with st.container(key="bar", horizontal=True, vertical_alignment="center", gap="small"):
        home_link()
        for name, page in MODE_PAGES.items():
            st.page_link(page, label=name, icon=ICONS[name])
        other_pages()


def home_link() -> None:
    """Lead to the first page."""
    with st.container(key="home", width="content"):
        st.page_link(HOME, label="ITNT Studio")


def other_pages() -> None:
    """Lead to the pages beside the workspace."""
    with st.container(key="bar-pages", horizontal=True, width="content", gap=None):
        _links()
    with st.container(key="bar-menu", width="content"), st.popover("More", icon=":material/menu:"):
        _links()
    account_menu()


def _links() -> None:
    for name, page in OTHER_PAGES.items():
        st.page_link(page, label=name)
