"""Putting satellites from page Passes into the open scenario, and taking them out again."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import streamlit as st

from itnt_core.passes import age_sentence, with_best, with_named
from itnt_core.scenario import Scenario, ScenarioError, TimeGrid
from itnt_core.sky import satellite_name
from pages.shared import state
from pages.shared.frame import escaped, sentences

from .source import Source
from .when import View

DONE = "passes_done"


def use_panel(source: Source, view: View, chosen: list[int]) -> None:
    """Offer to let satellites serve in the open scenario: the best placed ones, or those chosen in the table."""
    assert source.elements is not None
    scenario = state.open_scenario()
    st.markdown("**Use these satellites in the scenario**")
    _show_window(scenario, view)
    first, second = st.columns([1, 1], vertical_alignment="bottom")
    handover = "When one sinks below the elevation above, the best one left takes over."
    places = int(first.number_input("Serve at once", 1, 16, 2, key="passes_places", help=handover))
    replace = second.toggle(
        "Instead of all others",
        key="passes_replace",
        disabled=not scenario.satellite_sources,
        help="Takes the scenario's hand-made passes, shells and earlier groups out. Undo brings them back.",
    )
    base = _base(scenario, view, replace)
    stale = age_sentence(source.elements, base.time.start)
    if stale:
        sentences([stale])
    with st.container(horizontal=True):
        if st.button("Use the best placed", type="primary", icon=":material/satellite_alt:"):
            _use(lambda: with_best(base, source.elements, source.content_hash, places, view.min_elevation_deg))
        label = f"Use the {len(chosen)} selected" if chosen else "Use the selected"
        if st.button(
            label,
            disabled=not chosen,
            icon=":material/checklist:",
            help="Select rows of the table of passes. All of them may serve at once.",
        ):
            _use(
                lambda: (*with_named(base, source.elements, source.content_hash, chosen, view.min_elevation_deg), False)
            )


def show_done() -> None:
    """Say what was put into the scenario, with the way there and back."""
    notice = st.session_state.get(DONE)
    if not notice:
        return
    st.success(escaped(notice))
    with st.container(horizontal=True):
        st.page_link("pages/1_Scenario.py", label="See them in Build", icon=":material/arrow_forward:")
        if state.next_undo() and st.button("Undo", key="passes_undo", icon=":material/undo:", type="tertiary"):
            state.undo()
            st.session_state.pop(DONE, None)
            st.rerun()


def _use(make: object) -> None:
    """Put a group into the scenario, or say why it cannot be."""
    try:
        changed, group, cut = make()  # type: ignore[operator]
    except ScenarioError as error:
        sentences(list(error.sentences), "error")
        return
    state.change_scenario(changed)
    names = [satellite_name(item) for item in group.satellites]
    shown = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
    count = f"{len(names)} satellite{'s' if len(names) != 1 else ''}"
    places = f"{group.satellites_used} serving place{'s' if group.satellites_used != 1 else ''}"
    more = " 64 do not reach to the end of the window: shorten it or use fewer places." if cut else ""
    st.session_state[DONE] = f"In the scenario as {group.id}: {count} for {places}: {shown}.{more}"
    st.rerun()


def _show_window(scenario: Scenario, view: View) -> None:
    """Say when the scenario takes place and offer to move it."""
    start = scenario.time.start
    st.caption(
        f"Its time window: {scenario.time.duration_s:g} s from {_clock(start, view.zone)} ({start:%H:%M} UTC). "
        "The elements travel with the scenario, so its file needs no other."
    )
    if start != view.start:
        st.toggle(f"Move the scenario's start to {_clock(view.start, view.zone)}", True, key="passes_move")


def _base(scenario: Scenario, view: View, replace: bool) -> Scenario:
    """Return the scenario before the group is added: moved and emptied as asked for."""
    base = scenario.without_satellites() if replace else scenario
    if scenario.time.start != view.start and st.session_state.get("passes_move", True):
        return base.model_copy(update={"time": TimeGrid(**{**dict(scenario.time), "start": view.start})})
    return base


def _clock(moment: object, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%d %b %Y %H:%M %Z}"  # type: ignore[attr-defined]
