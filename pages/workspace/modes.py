"""The modes of the workspace: what each shows around the map, loaded when it is first looked at."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.shared.bar import BUILD, COMPARE, MODE_PAGES, OPTIMISE, REPLAY

from .places import Places

PARAMETER = "mode"
CHOICE = "studio_mode"  # of the switch
PAGE = "studio_page"  # on which the mode was chosen
CHOSEN = "studio_chosen"  # once somebody has chosen a mode


def open_mode(usual: str) -> str:
    """Return the mode that is to be shown: what the address names, what was chosen here, else the page's own."""
    if st.session_state.get(PAGE) != usual or st.session_state.get(CHOICE) not in MODE_PAGES:
        st.session_state[PAGE] = usual
        st.session_state[CHOICE] = _of_address() or usual
    return str(st.session_state[CHOICE])


def show_switch(usual: str) -> None:
    """Show the switch of modes; the address follows it, so that a reload and a link come back."""
    st.segmented_control(
        "Mode",
        list(MODE_PAGES),
        key=CHOICE,
        required=True,
        label_visibility="collapsed",
        on_change=_follow_choice,
        args=(usual,),
    )


def choose_mode(mode: str, usual: str) -> None:
    """Go to a mode from elsewhere on the page, as a callback."""
    st.session_state[CHOICE] = mode
    _follow_choice(usual)


def show_mode(mode: str, places: Places) -> None:
    """Fill the window with a mode."""
    SHOW[mode](places)


def _follow_choice(usual: str) -> None:
    st.session_state[CHOSEN] = True
    mode = st.session_state[CHOICE]
    if mode == usual:
        st.query_params.pop(PARAMETER, None)
    else:
        st.query_params[PARAMETER] = mode.lower()


def _of_address() -> str | None:
    """Return the mode that the address names; an unknown one is dropped."""
    wanted = st.query_params.get(PARAMETER)
    found = next((mode for mode in MODE_PAGES if wanted == mode.lower()), None)
    if wanted is not None and found is None:
        del st.query_params[PARAMETER]
    return found


def _build(places: Places) -> None:
    from .build import show_build

    show_build(places)


def _optimise(places: Places) -> None:
    from .optimise import show_optimise

    show_optimise(places)


def _replay(places: Places) -> None:
    from .replay import show_replay

    show_replay(places)


def _compare(places: Places) -> None:
    from .compare import show_compare

    show_compare(places)


def _style(left_px: int, top_px: int, panel_top_px: int = 0) -> str:
    """Return what a mode's own tools leave free at the map's left and below the figures, and where its curves begin."""
    sizes = {"left": left_px, "below-figures": top_px, "bottom": 44, "panel-top": panel_top_px}
    return ".stApp {" + " ".join(f"--studio-{name}: {size}px;" for name, size in sizes.items()) + "}"


STYLES = {BUILD: _style(70, 128), OPTIMISE: _style(70, 128), REPLAY: _style(98, 84, 206), COMPARE: _style(98, 84, 262)}
SHOW: dict[str, Callable[[Places], None]] = {BUILD: _build, OPTIMISE: _optimise, REPLAY: _replay, COMPARE: _compare}
