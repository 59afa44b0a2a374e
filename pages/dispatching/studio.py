"""The window of Dispatch: two flights of one world on the map, who flies beside it, figures and trainings below."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from itnt_core.dispatch import KIND
from itnt_core.errors import ItntError
from itnt_core.runs import RunStore
from pages.shared.frame import sentences, shows_errors
from pages.shared.map3d import bare_map
from pages.shared.run_cards import show_runs
from pages.shared.state import open_scenario
from pages.workspace.places import Places
from pages.workspace.window import show_window

from .address import follow_address
from .asking import Asked, ask_options, ask_world, asked_of
from .judging import Episodes, Pilots, show_headline, show_held_out, show_world
from .pilots import ask_horizon, ask_pilots, ask_policy_file, finished_trainings, pilot_of
from .playing import fly, play
from .training import show_progress, show_training

TITLE, DRAWER = "Dispatch", "dispatch_tab"
# Each pane has its name and its clock on top: the figures stand below those, the curves below the short panel.
SIZES = (
    ".stApp { --studio-left: 98px; --studio-below-figures: 150px; --studio-bottom: 44px; --studio-drawer: 106px;"
    " --studio-panel-top: 438px; }"
    ".st-key-figures { top: calc(var(--studio-top) + 58px) !important; }"
    "@media (max-width: 760px) { .st-key-figures { top: auto !important; bottom: 168px; } }"
    ".st-key-side { max-height: calc(var(--studio-panel-top) - var(--studio-top) - 20px) !important; }"
    ".st-key-dispatch-progress { background: color-mix(in srgb, var(--paper) 94%, transparent); border-radius: 10px;"
    " padding: 6px 12px; gap: 4px; }"
)


def dispatch_studio() -> None:
    """Show the page; what the disk, the store, a scenario or a policy refuses is a sentence on it."""
    show_window(TITLE, SIZES, _show)


def _show(places: Places) -> None:
    store = RunStore()
    follow_address(store)
    asked, pilots, episodes = _ask(places, store)
    with places.map:
        if asked is not None and pilots is not None and episodes is not None:
            play(asked, pilots, episodes)
        else:
            bare_map(open_scenario() if asked is None else asked.scenario, "The city, without flights")
    if episodes is not None:
        with places.figures:
            show_headline(episodes)
    with places.messages:
        show_progress(store)
    _drawer(places, store, asked, pilots, episodes)


def _ask(places: Places, store: RunStore) -> tuple[Asked | None, Pilots | None, Episodes | None]:
    """Ask whose worlds and who flies, and fly; of what is refused the sentences are shown, and None stands for it."""
    asked: Asked | None = None
    pilots: Pilots | None = None
    episodes: Episodes | None = None
    trained = finished_trainings(store)
    with places.side:
        source, world = ask_world()
        keys = ask_pilots(trained)
        settings = st.popover("Settings", icon=":material/tune:", key="dispatch_settings")
    try:
        with settings:
            horizon = ask_horizon()
            options = ask_options()
        asked = asked_of(source, world, options)
        pilots = pilot_of(store, keys[0], horizon, trained), pilot_of(store, keys[1], horizon, trained)
        with places.messages:
            episodes = fly(asked, pilots[0]), fly(asked, pilots[1])
    except ItntError as error:
        with places.messages:
            sentences(list(error.sentences), "error")
    return asked, pilots, episodes


def _drawer(
    places: Places, store: RunStore, asked: Asked | None, pilots: Pilots | None, episodes: Episodes | None
) -> None:
    tables: dict[str, Callable[[], None]] = {}
    if asked is not None and pilots is not None and episodes is not None:
        tables |= {
            "This world": partial(show_world, asked, pilots, episodes),
            "Many worlds": partial(show_held_out, asked, pilots),
        }
    tables |= {
        "Train": partial(show_training, store, asked),
        "Your policy": ask_policy_file,
        "Runs": partial(show_runs, store, KIND, beside_a_player=True),
    }
    opened = places.open_drawer(list(tables), DRAWER)
    if opened is not None:
        with places.drawer, shows_errors():
            tables[opened]()
