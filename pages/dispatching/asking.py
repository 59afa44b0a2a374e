"""What is asked: whose worlds, which of them, and what they are like."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from itnt_core.dispatch import RANGES, DispatchOptions
from itnt_core.presets import TEMPLATES, preset
from itnt_core.runs import cache_folder
from itnt_core.scenario import Scenario
from itnt_core.words import OPTION_WORDS
from pages.shared.state import open_scenario

OPEN = "open"  # the scenario of the workspace
FIRST = "london-2km"  # the one in which learning differs most: docs/dispatch.md
SOURCE, WORLD = "dispatch_source", "dispatch_world"
MOST_WORLD = 2**31 - 1  # the seed of a world that can be watched
SHARES = ("late_missions", "failing", "arriving_late", "walking")
PURPOSE = (
    "The planner knows the future; a dispatcher does not. Users, demand, missions and satellites are drawn for every "
    "world, and whoever leads the aerial users sees in every slot only what has happened so far."
)
_USUAL = asdict(DispatchOptions())


@dataclass(frozen=True)
class Asked:
    """The worlds that are flown in, and the number of the one that is watched."""

    source: str
    scenario: Scenario
    options: DispatchOptions
    world: int


def ask_world() -> tuple[str, int]:
    """Ask whose worlds are flown in, and for the one to watch."""
    st.markdown("**Worlds of**", help=PURPOSE)
    sources = [*TEMPLATES, OPEN]
    if st.session_state.get(SOURCE) not in sources:
        st.session_state[SOURCE] = FIRST
    label, words = "Scenario of the worlds", {source: _source_words(source) for source in sources}
    source = str(st.selectbox(label, sources, format_func=words.__getitem__, key=SOURCE, label_visibility="collapsed"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.session_state.setdefault(WORLD, 1)
        world = st.number_input("World", 0, MOST_WORLD, step=1, key=WORLD, help="The seed of everything drawn in it.")
        st.button("Next world", icon=":material/skip_next:", type="primary", key="dispatch_next", on_click=_next_world)
    return source, int(world)


def asked_of(source: str, world: int, options: DispatchOptions) -> Asked:
    """Return what is asked of a source's scenario (ScenarioError where it cannot be made)."""
    scenario = open_scenario() if source == OPEN else preset(source, cache_dir=cache_folder())
    return Asked(source, scenario, options, world)


def _source_words(source: str) -> str:
    return f"Open in the workspace: {open_scenario().name}" if source == OPEN else TEMPLATES[source].base.name


def _next_world() -> None:
    world = int(st.session_state.get(WORLD, 1))
    st.session_state[WORLD] = world + 1 if world < MOST_WORLD else 0


def ask_options() -> DispatchOptions:
    """Show the options of the worlds; return them (DispatchError where they do not go together)."""
    changed: dict[str, float] = {}
    st.markdown("**What the worlds are like**")
    for name in SHARES:
        label, words = OPTION_WORDS[name]
        usual = round(100.0 * _USUAL[name])
        changed[name] = st.slider(f"{label}, %", 0, 100, usual, 5, key=f"dispatch_in_{name}", help=words) / 100.0
    columns = st.columns(2, vertical_alignment="bottom")
    for number, name in enumerate(name for name in OPTION_WORDS if name not in SHARES):
        changed[name] = _ask_number(columns[number % 2], name)
    st.button("As usual", icon=":material/undo:", key="dispatch_usual", on_click=_as_usual)
    return DispatchOptions.of({name: value for name, value in changed.items() if value != _USUAL[name]})


def _ask_number(place: Any, name: str) -> float:
    (low, high), (label, words) = RANGES[name], OPTION_WORDS[name]
    usual = float(_USUAL[name])
    step = 0.1 if usual < 2.0 else 1.0 if usual < 10.0 else 5.0
    key = f"dispatch_in_{name}"
    return float(place.number_input(label, low, high, usual, step, format="%g", key=key, help=words))


def _as_usual() -> None:
    for name in OPTION_WORDS:
        st.session_state.pop(f"dispatch_in_{name}", None)
