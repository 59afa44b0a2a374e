"""Where things stand around the map: figures and messages at its top left, a side panel, a drawer of tables below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from itnt_core.installed import asset

WIDTHS = {"narrow": 340, "wide": 520}  # of the side panel, pixels
WIDTH, OPEN = (
    "side_width",
    "side_open",
)  # OPEN is unset until somebody opens or closes it: then the window's size decides
STYLE = asset("studio") / "workspace.css"
CLOSED = ".st-key-side {display: none;} .stApp {--studio-side: 0px; --studio-panel: none;}"
OPENED = ".st-key-side-open {display: none;}"
UNTOUCHED = f"{OPENED} @media (max-width: 760px) {{{CLOSED} .st-key-side-open {{display: flex;}}}}"


@dataclass(frozen=True)
class Places:
    """The parts of the window that a mode fills; all of them are there in every mode, so that the map stays."""

    map: DeltaGenerator
    figures: DeltaGenerator
    messages: DeltaGenerator
    side: DeltaGenerator
    foot: DeltaGenerator
    drawer: DeltaGenerator

    def open_drawer(self, names: Sequence[str], key: str) -> str | None:
        """Offer tables at the foot of the window; return which one is open, None while the drawer is closed."""
        with self.foot:
            return st.segmented_control(
                "Tables", list(names), key=key, label_visibility="collapsed", persist_state="session"
            )


def make_places(style: str) -> Places:
    """Lay the window out, with what the mode adds to its style; the order never changes."""
    st.html(f"<style>{_variables()}{style}</style>")
    map_place = st.container(key="map")
    figures, messages = st.container(key="figures"), st.container(key="messages")
    with st.container(key="side-open"):
        st.button("Panel", icon=":material/right_panel_open:", key="open_side", on_click=_open, args=(True,))
    with st.container(key="side"):
        _side_head()
        side = st.container(key="side-body")
    return Places(map_place, figures, messages, side, st.container(key="foot"), st.container(key="drawer"))


def _side_head() -> None:
    """Offer to widen and to close the side panel."""
    with st.container(key="side-head", horizontal=True):
        is_narrow = st.session_state.get(WIDTH, "narrow") == "narrow"
        icon = ":material/chevron_left:" if is_narrow else ":material/chevron_right:"
        words = "Widen the panel" if is_narrow else "Narrow the panel"
        with st.container(key="side-width", width="content"):
            st.button(
                words, icon=icon, help=words, key="size_side", type="tertiary", on_click=_widen, args=(is_narrow,)
            )
        words = "Close the panel"
        close = ":material/close:"
        st.button(words, icon=close, help=words, key="close_side", type="tertiary", on_click=_open, args=(False,))


def _variables() -> str:
    """Return what the size of the side panel makes of the window."""
    width_px = WIDTHS[st.session_state.get(WIDTH, "narrow")]
    opened = st.session_state.get(OPEN)
    sizes = f".stApp {{--studio-side-width: {width_px}px; --studio-side: {width_px + 10}px;}}"
    return sizes + (UNTOUCHED if opened is None else OPENED if opened else CLOSED)


def _open(opened: bool) -> None:
    st.session_state[OPEN] = opened


def _widen(wider: bool) -> None:
    st.session_state[WIDTH] = "wide" if wider else "narrow"
