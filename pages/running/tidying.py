"""Disk space: deleting old runs, taking a deletion back, removing for good; and the table of a sweep."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

import streamlit as st

from itnt_core.figures import shown_table
from itnt_core.methods import METHODS
from itnt_core.runs import (
    MIME,
    Format,
    RunStateError,
    RunStore,
    UnknownRunError,
    delete_older,
    purge,
    size_mb,
    stored_sweeps,
    sweep_table,
    table_bytes,
    usage_words,
)
from pages.shared.frame import shows_errors


def show_sweep_table(store: RunStore, sweep_id: str) -> None:
    """Show every run of a sweep with what was varied and every figure, and offer it as a file."""
    table, sweeps = sweep_table(store, sweep_id), stored_sweeps(store)
    st.subheader("The sweep as a table", anchor=False)
    titles = {method.key: method.title for method in METHODS.values()}
    shown = shown_table(table, sweeps[sweep_id][1], titles) if sweep_id in sweeps else table
    st.dataframe(shown, hide_index=True, width="stretch")
    forms: tuple[Format, ...] = ("csv", "parquet")
    with st.container(horizontal=True):
        for form in forms:
            content, name = partial(table_bytes, table, form), f"sweep-{sweep_id}.{form}"
            st.download_button(form.upper(), content, name, MIME[form], key=f"sweep_{form}", on_click="ignore")


@shows_errors()
def tidying(store: RunStore) -> None:
    """Offer to delete old runs, to take deletions back and to remove deleted runs for good."""
    deleted = store.list(deleted=True)
    with st.expander("Clean up", icon=":material/mop:", expanded=bool(deleted)):
        st.caption(
            f"The data folder takes {size_mb(store.home):,.1f} MB: runs, and generated cities that make starts quick."
        )
        share = usage_words(store.root, store.owner, store.home)
        if share:
            st.caption(share)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            days = st.number_input("Older than, days", 0, 3650, 30, key="tidy_days")
            if st.button("Delete all that ended before", key="tidy_old"):
                st.session_state["tidy_note"] = f"{delete_older(store, days)} runs deleted."
                st.rerun()
        if note := st.session_state.pop("tidy_note", None):
            st.info(note)
        if deleted:
            _deleted(store, [run.id for run in deleted])


def _deleted(store: RunStore, ids: list[str]) -> None:
    size = sum(size_mb(store.folder(run_id)) for run_id in ids)
    st.text(f"Deleted runs: {len(ids)}, {size:,.1f} MB. They can be brought back until they are removed.")
    with st.container(horizontal=True):
        if st.button("Bring them back", icon=":material/undo:", key="tidy_restore"):
            for run_id in ids:
                with suppress(UnknownRunError, RunStateError):  # gone meanwhile, or replaced in its sweep
                    store.restore(run_id)
            store.launch()
            st.rerun()
        if st.button("Remove for good", icon=":material/delete_forever:", key="tidy_purge"):
            st.session_state["tidy_note"] = f"{purge(store, ids):,.1f} MB freed."
            st.rerun()
