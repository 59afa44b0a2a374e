"""Somebody else's run or scenario on a page: to look at, and to copy."""

from __future__ import annotations

import streamlit as st

from itnt_core.data_folder import common_path, looking_into
from itnt_core.people import Share, copy_draft, copy_run, seen_draft, seen_runs
from itnt_core.person import who_asks
from itnt_core.runs import RunStore, figures_line
from itnt_core.scenario import Scenario
from itnt_core.studies import read_any_result
from itnt_core.words import count_of

from .assets import base_path
from .bar import BUILD, MODE_PAGES, REPLAY
from .figures import figure_row
from .literal import escaped
from .map3d import bare_map, replay_map
from .sharing import PAGE, PARAMETER

COPIED, MAP = "copied", "others_map"


def show_others_run(owner: str, run_id: str, key: str, share: Share | None = None) -> None:
    """Show a run of somebody else and offer to copy it (an error of its own where it may not be seen, or is gone)."""
    mine = RunStore()
    theirs = seen_runs(who_asks(), mine, owner, share)
    run, folder = theirs.get(run_id), theirs.folder(run_id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(escaped(run.title), anchor=False)
        if run.state == "done":
            if st.button("Copy to me", icon=":material/content_copy:", type="primary", key=f"{key}_copy_{run_id}"):
                st.session_state[COPIED] = run_id, copy_run(who_asks(), mine, owner, run_id, share)
        else:
            st.badge(run.state)
    _show_copied(run_id, kind="run")
    if not run.kpis:
        st.text("It has no result yet.")
        return
    _, result = read_any_result(folder)
    if not isinstance(getattr(result, "scenario", None), Scenario):
        st.text(f"{figures_line(run)}. Copy it to see it played.")
        return
    figure_row(run.kpis)
    here = f"{base_path()}/{PAGE}?{PARAMETER}={share.token}" if share else f"{base_path()}/People"
    with looking_into(owner):  # its imported city lies there
        replay_map(folder, run=run_id, more={"link": here}, key=f"{MAP}_run")


def show_others_draft(owner: str, draft_id: str, key: str, share: Share | None = None) -> None:
    """Show a kept scenario of somebody else and offer to copy it (as of a run)."""
    scenario = seen_draft(who_asks(), common_path(), owner, draft_id, share).scenario
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(escaped(scenario.name), anchor=False)
        if st.button("Copy to me", icon=":material/content_copy:", type="primary", key=f"{key}_copy_{draft_id}"):
            copied = copy_draft(who_asks(), common_path(), owner, draft_id, share)
            st.session_state[COPIED] = draft_id, copied.id
    _show_copied(draft_id, kind="scenario")
    placed = {
        "base station": scenario.ground_stations,
        "ground user": scenario.ground_users,
        "aerial user": scenario.aerial_users,
    }
    counts = ", ".join(count_of(len(objects), what) for what, objects in placed.items())
    st.text(f"{counts}, {scenario.time.slots} slots of {scenario.time.slot_s:g} s.")
    with looking_into(owner):
        bare_map(scenario, f"The city of {scenario.name}", key=f"{MAP}_scenario")


def _show_copied(subject: str, *, kind: str) -> None:
    """Say that a copy was made and lead to it."""
    found = st.session_state.get(COPIED)
    if not found or found[0] != subject:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.success("Copied: it is yours now, and changes of yours touch nobody else's.")
        if kind == "run":
            st.page_link(MODE_PAGES[REPLAY], label="Open my copy", query_params={"run": found[1]})
        else:
            st.page_link(MODE_PAGES[BUILD], label="Open my copy", query_params={"draft": found[1]})
