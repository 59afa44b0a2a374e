"""The quick look of the open scenario: figures at once after every change, and what follows from its world."""

from __future__ import annotations

from typing import Any

import streamlit as st

from itnt_core.methods import QuickLook, quick_look
from itnt_core.scenario import Problem, Scenario, ScenarioError
from itnt_core.words import quick_figures, sinr_rows, worst_rows
from pages.shared import state
from pages.shared.cities import city_of
from pages.shared.frame import sentences

MOST_ENTRIES = 8_000_000  # slots x users x stations x subchannels that are looked at without being asked, about 1 s
MEMORY = "quick_look_memory"
REFERENCE = "For comparison, straight flights at equal power"


def look_at(scenario: Scenario, problems: list[Problem]) -> QuickLook | None:
    """Return the quick look of a scenario without problems; None, with a sentence, when it cannot be taken."""
    if problems:
        return None
    if entries(scenario) > MOST_ENTRIES and not st.session_state.get(f"look_{scenario.content_hash()}"):
        return None
    try:
        return _look(scenario.content_hash(), scenario)
    except ScenarioError as error:
        sentences(list(error.sentences))
        return None


def show_figures(look: QuickLook | None, scenario: Scenario, problems: list[Problem], *, is_live: bool) -> None:
    """Show the headline figures side by side, each with what the last change did to it.

    Where the map shows the live optimum they are one line: the reference that it is held against.
    """
    if look is None:
        _show_why_not(scenario, problems)
        return
    figures = quick_figures(look)
    if is_live:
        listed = ", ".join(f"{figure.label} {figure.text}" for figure in figures)
        st.caption(f"{REFERENCE}: {listed}. The figures on the map are those of the live optimum.")
        return
    before = _figures_before(scenario.content_hash(), {figure.label: figure.number for figure in figures})
    with st.container(horizontal=True, gap="medium"):
        for figure in figures:
            change = figure.change(before.get(figure.label))
            colour: Any = "off" if figure.label == "By satellite" else "normal"
            st.metric(figure.label, figure.text, change, delta_color=colour, help=figure.explanation)


def show_users(look: QuickLook, *, is_live: bool) -> None:
    """Show who gets least, and on demand everybody's SINR."""
    st.markdown("**Worst users**, straight flights at equal power" if is_live else "**Worst users**")
    st.dataframe(worst_rows(look), hide_index=True, width="stretch")
    popover = st.popover("SINR of all users", icon=":material/signal_cellular_alt:", key="all_sinr", on_change="rerun")
    if popover.open:  # closed, its table would travel with every change
        popover.dataframe(sinr_rows(look), hide_index=True, width="stretch")


def _show_why_not(scenario: Scenario, problems: list[Problem]) -> None:
    """Say what the quick look waits for."""
    if problems:
        st.info("The quick look waits until the problems above are solved.")
    elif entries(scenario) > MOST_ENTRIES:
        st.info("This scenario is large: the quick look may take some seconds, so it waits for you.")
        key = f"look_{scenario.content_hash()}"
        st.button("Take a quick look", on_click=lambda: st.session_state.update({key: True}))


def _figures_before(digest: str, figures: dict[str, float]) -> dict[str, float]:
    """Return the figures before the last edit of the scenario; none once another scenario was opened."""
    now = state.origin()
    memory = st.session_state.setdefault(MEMORY, {"digest": digest, "origin": now, "figures": figures, "before": {}})
    if memory["digest"] != digest:
        kept = memory["figures"] if memory["origin"] == now else {}
        memory |= {"digest": digest, "origin": now, "before": kept, "figures": figures}
    before: dict[str, float] = memory["before"]
    return before


def entries(scenario: Scenario) -> int:
    """Return how many link gains a quick look computes."""
    stations = len(scenario.ground_stations) + scenario.satellite_count
    return scenario.time.slots * len(scenario.user_ids) * stations * scenario.radio.subchannels


@st.cache_resource(max_entries=6, show_spinner=False)
def _look(digest: str, _scenario: Scenario) -> QuickLook:
    """Take a quick look, once per scenario and server."""
    del digest
    return quick_look(_scenario, city_of(_scenario))
