"""The window of the Spectrum twin: the map that replays a scheme, the question beside it, tables at its foot."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from itnt_core.runs import RunStore
from itnt_core.twin import KIND, SCHEME_TITLES
from itnt_core.words import twin_headline
from pages.shared.frame import shows_errors
from pages.shared.run_cards import show_runs
from pages.spectrum.asking import ask_question
from pages.spectrum.choice import Watched, choose_watched, offer_files
from pages.spectrum.progress import show_progress
from pages.spectrum.seeds import show_seeds
from pages.spectrum.setup import question_map, show_setup
from pages.spectrum.study import show_studies
from pages.spectrum.tables import show_band, show_planner, show_schemes, show_twin, show_users
from pages.spectrum.watching import sharing_map
from pages.workspace.places import Places
from pages.workspace.window import show_window

TITLE = "Spectrum twin"
DRAWER = "twin_tab"
# What the map's own tools leave free: as in the modes of the workspace, with a higher bar of time.
SIZES = (
    ".stApp { --studio-left: 98px; --studio-below-figures: 84px; --studio-bottom: 44px; --studio-drawer: 158px; }"
    ".st-key-twin-progress { background: color-mix(in srgb, var(--paper) 94%, transparent); border-radius: 10px;"
    " padding: 6px 12px; gap: 4px; }"
)
NOTHING = "Nothing has finished yet. Press Start: the map replays each scheme as it finishes."


def spectrum_studio() -> None:
    """Show the page; what the disk, the store or a stored result refuses is a sentence on it."""
    show_window(TITLE, SIZES, _show)


def _show(places: Places) -> None:
    store = RunStore()
    with places.side:
        watch, ask = st.container(key="twin-watch"), st.container(key="twin-ask")
        with ask:
            ask_question(store)
        with watch:
            watched = choose_watched(store)
            offer_files(store, watched)
    with places.map:
        if watched.result is None:
            question_map()
        else:
            sharing_map(watched)
    with places.figures:
        _headline(watched)
    with places.messages:
        show_progress(store)
        if not watched.results:
            st.info(NOTHING)
    _drawer(places, store, watched)


def _headline(watched: Watched) -> None:
    """Show the watched scheme's figures that are looked at first, the bound and its gap among them."""
    if watched.result is None:
        st.markdown("**The question**: nobody is served yet")
        return
    with st.container(horizontal=True, gap="medium", wrap=False):
        for label, value, explanation in twin_headline(watched.result.kpis):
            st.metric(label, value, help=explanation)


def _drawer(places: Places, store: RunStore, watched: Watched) -> None:
    tables: dict[str, Callable[[], None]] = {}
    if watched.results:
        tables |= {"Schemes": partial(show_schemes, watched.results)}
    if watched.result is not None:
        tables |= {
            "Users": partial(show_users, watched),
            "Band": partial(show_band, watched.result),
            "Planner": partial(show_planner, watched.result),
            "Twin": partial(show_twin, watched.result),
        }
    tables |= {
        "Set-up": show_setup,
        "Seeds": partial(show_seeds, store),
        "Who wins where": show_studies,
        "Runs": partial(show_runs, store, KIND, most=len(SCHEME_TITLES), beside_a_player=True),
    }
    opened = places.open_drawer(list(tables), DRAWER)
    if opened is not None:
        with places.drawer, shows_errors():
            tables[opened]()
