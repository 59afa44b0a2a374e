"""What an address names: whose worlds, which one, who flies, a policy that was trained here."""

from __future__ import annotations

import streamlit as st

from itnt_core.presets import TEMPLATES
from itnt_core.runs import RunStore

from .asking import MOST_WORLD, OPEN, SOURCE, WORLD
from .pilots import LEFT, PLAIN, RIGHT, TRAINED, finished_trainings

SEEN = "dispatch_address"  # what the address named when it was followed last
NAMES = ("worlds", "world", "a", "b", "policy")


def follow_address(store: RunStore) -> None:
    """Take over what a new address names; what it names wrongly is left out, with a note."""
    named = {name: st.query_params[name] for name in NAMES if name in st.query_params}
    if st.session_state.get(SEEN) == named:
        return
    st.session_state[SEEN] = named
    trained = finished_trainings(store)
    flyers = [*PLAIN, *(f"{TRAINED}{run_id}" for run_id in trained)]
    left_out = []
    for name, text in named.items():
        if name == "worlds" and text in (*TEMPLATES, OPEN):
            st.session_state[SOURCE] = text
        elif name == "world" and text.isdecimal() and len(text) < 11 and int(text) <= MOST_WORLD:
            st.session_state[WORLD] = int(text)
        elif name in ("a", "b") and text in flyers:
            st.session_state[LEFT if name == "a" else RIGHT] = text
        elif name == "policy" and text in trained:
            st.session_state[LEFT] = f"{TRAINED}{text}"
        else:
            left_out.append(name)
    if left_out:
        st.warning(f"The address named what is not here ({', '.join(left_out)}); it was left out.")
