"""Scenarios that were kept by themselves: the versions of the open one, and those that were open before."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import streamlit as st

from itnt_core.drafts import Draft, DraftError, DraftStore, DraftVersion, RecentDraft
from itnt_core.words import age_words
from pages.shared import state
from pages.shared.drafts import draft_of, draft_store
from pages.shared.frame import escaped, shows_errors

MOST_SHOWN = 12  # rows of each list
DELETED = "draft_deleted"  # id and name of the one that was taken out of the list last


def kept_lists() -> None:
    """Offer the versions of the open scenario and the recent ones."""
    with shows_errors():
        store, draft = draft_store(), draft_of(state.origin())
        if draft is None:
            st.caption("This scenario is kept by itself from the first change on; its address then comes back to it.")
        else:
            _show_versions(store, draft)
        _show_recent(store, draft)


def _show_versions(store: DraftStore, draft: Draft) -> None:
    """Let the scenario be kept under a name, and opened as it was under earlier ones."""
    st.markdown("**Versions**")
    with st.form("version_form", border=False, clear_on_submit=True):
        name = st.text_input("Name of the present state", placeholder="+1 mast at Tower Bridge", max_chars=80)
        if st.form_submit_button("Keep this version"):
            store.keep_version(draft, name)
    for version in store.versions(draft.id)[:MOST_SHOWN]:
        _row(version.name, version.saved, f"version_{version.number}", partial(_open_version, store, draft, version))


def _show_recent(store: DraftStore, draft: Draft | None) -> None:
    """List the scenarios that were changed last, all but the open one."""
    others = [row for row in store.recent(MOST_SHOWN + 1) if draft is None or row.id != draft.id][:MOST_SHOWN]
    if others:
        st.markdown("**Recent scenarios**")
    for row in others:
        _row(row.name, row.saved, row.id, partial(_open_draft, store, row), partial(_delete, store, row))
    gone = st.session_state.get(DELETED)
    if gone:
        st.button(f"Bring '{escaped(gone[1])}' back", on_click=_restore, args=(store,), key="draft_restore")


def _row(
    name: str, saved: float, key: str, opens: Callable[[], None], deletes: Callable[[], None] | None = None
) -> None:
    """Show one entry with its age and what can be done with it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.text(f"{name}, {age_words(time.time() - saved)}", width="stretch")
        st.button("Open", key=f"open_{key}", on_click=opens)
        if deletes is not None:
            st.button("Delete", key=f"delete_{key}", on_click=deletes)


def _open_version(store: DraftStore, draft: Draft, version: DraftVersion) -> None:
    """Make a version the open scenario; undo brings back what was there."""
    try:
        state.change_scenario(store.version(draft.id, version.number))
    except DraftError as error:
        state.note(str(error))


def _open_draft(store: DraftStore, row: RecentDraft) -> None:
    """Go on with a recent scenario; undo brings the present one back."""
    try:
        state.open_draft(store.open(row.id))
    except DraftError as error:
        state.note(str(error))


def _delete(store: DraftStore, row: RecentDraft) -> None:
    """Take a scenario out of the list; it can be brought back."""
    try:
        store.delete(row.id)
        st.session_state[DELETED] = row.id, row.name
    except DraftError as error:
        state.note(str(error))


def _restore(store: DraftStore) -> None:
    identifier, _ = st.session_state.pop(DELETED)
    try:
        store.restore(identifier)
    except DraftError as error:
        state.note(str(error))
