"""Which mode of the workspace is open: the address says so. And ways to pages, of which the modes are in place."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from .bar import BUILD, ICONS, MODE_PAGES, REPLAY

PARAMETER = "mode"
CHOICE = "studio_mode"  # of the switch
INSIDE = "studio_usual"  # the mode that the open address of the workspace has by itself; not there on other pages
HOME = ""  # the first page's: it has none
ASKS = ("run", "runs", "draft", "s", PARAMETER)  # an address of the first page with one of these asks for something


def enter(usual: str) -> None:
    """Take note that the page which is run is the workspace, at the address of a mode."""
    st.session_state[INSIDE] = usual


def leave() -> None:
    """Take note that the page which is run lies outside of the workspace."""
    st.session_state.pop(INSIDE, None)


def is_welcome() -> bool:
    """Say whether this is the first page and nothing is asked of it."""
    return st.session_state.get(INSIDE) == HOME and not any(name in st.query_params for name in ASKS)


def open_mode() -> str:
    """Return the mode that the address names, else the one that it has by itself; an unknown one is dropped."""
    wanted = st.query_params.get(PARAMETER)
    found = next((mode for mode in MODE_PAGES if wanted == mode.lower()), None)
    if wanted is not None and found is None:
        del st.query_params[PARAMETER]
    st.session_state[CHOICE] = found or st.session_state[INSIDE] or _of_home()
    return str(st.session_state[CHOICE])


def show_switch() -> None:
    """Show the switch of modes; the address follows it, so that a reload and a link come back."""
    modes = list(MODE_PAGES)
    st.segmented_control(
        "Mode",
        modes,
        key=CHOICE,
        required=True,
        label_visibility="collapsed",
        on_change=lambda: choose_mode(st.session_state[CHOICE]),
    )


def choose_mode(mode: str, parameters: Mapping[str, str] | None = None) -> None:
    """Go to a mode, as a callback of the page: what it is to show goes into the address, too."""
    if mode == st.session_state.get(INSIDE):
        st.query_params.pop(PARAMETER, None)
    else:
        st.query_params[PARAMETER] = mode.lower()
    for name, value in (parameters or {}).items():
        st.query_params[name] = value


def lead_to(
    page: str, label: str, icon: str = "", parameters: Mapping[str, str] | None = None, place: str = ""
) -> None:
    """Offer a way to a page: a link, or within the workspace, to one of its modes, a button that stays on the map.

    ``place`` tells two of the same way on one page apart.
    """
    mode = next((mode for mode, its_page in MODE_PAGES.items() if its_page == page), None)
    if mode is None or INSIDE not in st.session_state:
        st.page_link(page, label=label, icon=icon or None, query_params=dict(parameters or {}))
        return
    what = "-".join([*([place] if place else []), mode, *(parameters or {}).values()])
    key = f"go_{what}"
    if st.button(label, icon=icon or ICONS[mode], key=key, on_click=choose_mode, args=(mode, parameters)):
        st.rerun()  # it may stand in a part that refreshes by itself: the whole workspace changes


def _of_home() -> str:
    """Return the mode of the first page: a scenario that the address names is built on."""
    return BUILD if any(name in st.query_params for name in ("draft", "s")) else REPLAY
