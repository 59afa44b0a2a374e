"""Where things stand around the map: figures and messages at its top left, a side panel, a drawer of tables below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

WIDTHS = {"narrow": 340, "wide": 520}  # of the side panel, pixels
WIDTH, OPEN = (
    "side_width",
    "side_open",
)  # OPEN is unset until somebody opens or closes it: then the window's size decides
STYLE = """
.block-container {padding: 0 !important; max-width: 100% !important;}
[data-testid="stMain"] {overflow: hidden;}
.st-key-heading {position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);}
.st-key-map {position: fixed; inset: var(--studio-top) 0 0;}
.st-key-figures, .st-key-side, .st-key-drawer {background: color-mix(in srgb, var(--paper) 94%, transparent);
  box-shadow: 0 2px 10px rgb(0 0 0 / 0.2); border-radius: 12px;}
.st-key-figures, .st-key-messages, .st-key-notice, .st-key-side, .st-key-foot, .st-key-drawer {position: fixed;
  z-index: 20;}
.st-key-figures {top: calc(var(--studio-top) + 10px); left: var(--studio-left); width: fit-content; padding: 6px 16px;
  max-width: calc(100vw - var(--studio-left) - var(--studio-side) - 72px); overflow-x: auto;}
.st-key-figures [data-testid="stMetric"] {width: auto;}
.st-key-figures [data-testid="stMetricValue"] {font-size: 1.2rem; line-height: 1.25;}
.st-key-figures [data-testid="stMetricLabel"] p {font-size: 0.8rem;}
.st-key-figures [data-testid="stMetricDelta"] {font-size: 0.78rem;}
.st-key-messages {top: calc(var(--studio-top) + var(--studio-below-figures)); left: var(--studio-left); width: 440px;
  gap: 6px; max-width: calc(100vw - var(--studio-left) - 12px); max-height: 42vh; overflow: auto;}
.st-key-messages [data-testid="stAlertContainer"] {backdrop-filter: blur(3px); padding: 8px 12px;
  background-color: color-mix(in srgb, var(--paper) 88%, #d9a400);}
.st-key-side {top: calc(var(--studio-top) + 10px); right: 10px; width: var(--studio-side-width); overflow: auto;
  padding: 8px 14px 12px; max-height: calc(100dvh - var(--studio-top) - 20px); gap: 10px;}
.st-key-side-head {justify-content: flex-end; gap: 2px;}
.st-key-side-head button, .st-key-side-open button {min-height: 28px; padding: 0 8px;}
.st-key-side-head button p {position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);}
.st-key-side-open {position: fixed; z-index: 20; top: calc(var(--studio-top) + 10px); right: 10px; width: auto;}
.st-key-foot {left: 10px; bottom: 6px; width: auto; overflow-x: auto;
  max-width: calc(100vw - 20px - var(--studio-side));}
.st-key-foot button {min-height: 30px; padding: 2px 10px; white-space: nowrap; background-color: var(--paper);}
.st-key-drawer {left: 10px; right: calc(10px + var(--studio-side)); bottom: 46px; width: auto; max-height: 46vh;
  overflow: auto; padding: 12px 16px;}
.st-key-notice {right: calc(14px + var(--studio-side)); bottom: 2px; width: auto; pointer-events: none;}
.st-key-notice p {font-size: 10px; text-shadow: 0 0 4px var(--paper);}
@media (max-width: 760px) {
  .stApp {--studio-left: 10px;}
  .st-key-notice {display: none;}
  .st-key-side {inset: auto 0 0; width: auto; max-height: 62dvh; border-radius: 14px 14px 0 0; z-index: 40;}
  .st-key-drawer {left: 0; right: 0; z-index: 30; max-height: 52dvh;}
  .st-key-side-width {display: none;}
}
"""
CLOSED = ".st-key-side {display: none;} .stApp {--studio-side: 0px; --studio-panel: none;}"
OPENED = ".st-key-side-open {display: none;}"
NARROW = "@media (max-width: 760px) {.stApp {--studio-side: 0px !important; --studio-panel: none;}}"


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
            return st.segmented_control("Tables", list(names), key=key, label_visibility="collapsed")


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
    if opened is None:
        return f"{sizes}{OPENED}@media (max-width: 760px) {{{CLOSED}.st-key-side-open {{display: flex;}}}}{NARROW}"
    return f"{sizes}{OPENED if opened else CLOSED}{NARROW}"


def _open(opened: bool) -> None:
    st.session_state[OPEN] = opened


def _widen(wider: bool) -> None:
    st.session_state[WIDTH] = "wide" if wider else "narrow"
