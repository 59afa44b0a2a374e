"""The table of runs and what can be done with those that are chosen in it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import streamlit as st

from itnt_core.errors import ItntError
from itnt_core.recorded import is_recorded
from itnt_core.runs import (
    COMPUTING,
    MIME,
    RESUMABLE,
    STATE_WORDS,
    WHOLE_RUN,
    LauncherError,
    Run,
    RunStateError,
    RunStore,
    UnknownRunError,
    read_asked,
    run_rows,
    zip_runs,
)
from itnt_core.scenario import Scenario
from itnt_core.studies import known_study
from pages.shared.exports import export_form
from pages.shared.frame import escaped, sentences, shows_errors
from pages.shared.reports import offer_reports_of
from pages.shared.run_cards import show_log
from pages.shared.run_files import offer_run_files
from pages.shared.study_views import offer, ways_to

CHOSEN, NOTE, DELETED, CHANGED = "runs_chosen", "runs_note", "runs_deleted", "runs_changed"
COMPUTING_HELP = "From the scenario to the judged answer: world, method, judge. Without the bound."
WHOLE_RUN_HELP = (
    "From the start of the run to its end: computing, the certified bound where it was not known, reading, writing."
)


def run_table(runs: list[Run]) -> list[Run]:
    """Show the runs as a table and return the chosen ones.

    The table is built anew when rows come or go, with the chosen runs chosen again: a row number is not a run.
    """
    ids = [run.id for run in runs]
    key = "runs_table_" + sha256(" ".join(ids).encode()).hexdigest()[:12]
    kept = [ids.index(run_id) for run_id in st.session_state.get(CHOSEN, ()) if run_id in ids]
    event: Any = st.dataframe(
        run_rows(runs),
        key=key,
        hide_index=True,
        width="stretch",
        column_config=_columns(),
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": kept}},
        alt="All runs with their state, progress and figures",
    )
    rows = [row for row in event["selection"]["rows"] if row < len(runs)]
    st.session_state[CHOSEN] = [ids[row] for row in rows]
    return [runs[row] for row in rows]


def _columns() -> dict[str, Any]:
    return {
        "Progress": st.column_config.ProgressColumn("Progress", format="percent", min_value=0.0, max_value=1.0),
        "Created": st.column_config.DatetimeColumn("Created", format="D MMM, HH:mm"),
        COMPUTING: st.column_config.NumberColumn(COMPUTING, help=COMPUTING_HELP),
        WHOLE_RUN: st.column_config.NumberColumn(WHOLE_RUN, help=WHOLE_RUN_HELP),
        "Title": st.column_config.TextColumn("Title", width="medium"),
    }


def show_notes(store: RunStore) -> None:
    """Tell what the last act could not do, and offer to take a deletion back."""
    for line in st.session_state.pop(NOTE, ()):
        sentences([line], "warning")
    _offer_undo(store)


def act_on(store: RunStore, chosen: list[Run]) -> None:
    """Offer what can be done with the chosen runs."""
    if not chosen:
        return
    names = ", ".join(f"**{escaped(run.title)}**" for run in chosen[:3])
    st.markdown(names + (f" and {len(chosen) - 3} more" if len(chosen) > 3 else ""))
    own = [run for run in chosen if not is_recorded(run.id)]
    with st.container(horizontal=True):
        _look(chosen)
        if own:
            _buttons(store, own)
            _export(store, own)
        _report(store, chosen)
    if len(chosen) == 1 and own:
        _one(store, own[0])
    elif len(own) < len(chosen):
        st.caption("Recorded runs came with the program: they can be replayed, compared and reported, not changed.")


def _offer_undo(store: RunStore) -> None:
    """Offer to take the last deletion back, until something else is done with a run."""
    deleted = st.session_state.get(DELETED, ())
    if not deleted:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(f"{len(deleted)} deleted. They stay in the data folder until they are removed under Clean up.")
        st.button("Undo", icon=":material/undo:", key="runs_undo", on_click=_restore, args=(store, deleted))


def _restore(store: RunStore, deleted: tuple[str, ...]) -> None:
    for run_id in deleted:
        with suppress(UnknownRunError, RunStateError):  # removed for good meanwhile, or replaced in its sweep
            store.restore(run_id)
    st.session_state[DELETED] = ()
    st.session_state[CHANGED] = True
    _launch(store)


def _launch(store: RunStore) -> None:
    try:
        store.launch()
    except LauncherError as error:
        st.session_state[NOTE] = [*st.session_state.get(NOTE, ()), str(error)]


def _look(chosen: list[Run]) -> None:
    for way in ways_to([run for run in chosen if run.kpis]):
        offer(way)


def _buttons(store: RunStore, chosen: list[Run]) -> None:
    able = {
        "Cancel": (":material/stop_circle:", [run for run in chosen if not run.is_over], store.cancel),
        "Resume": (":material/restart_alt:", [run for run in chosen if run.state in RESUMABLE], store.resume),
        "Run again": (":material/replay:", chosen, partial(_again, store)),
        "Delete": (":material/delete:", [run for run in chosen if run.state != "running"], store.delete),
    }
    for label, (icon, runs, act) in able.items():
        count = f" {len(runs)}" if len(chosen) > 1 else ""
        st.button(
            f"{label}{count}", icon=icon, disabled=not runs, key=f"runs_{label}", on_click=_do, args=(store, runs, act)
        )


def _do(store: RunStore, runs: list[Run], act: Callable[[str], Any]) -> None:
    """Do one thing to each run; what cannot be done is told and stops nothing else."""
    notes, done = [], []
    for run in runs:
        try:
            act(run.id)
            done.append(run.id)
        except (ItntError, OSError, ValueError) as error:
            notes.append(f"{run.title}: {error}")
    st.session_state[NOTE] = notes
    st.session_state[DELETED] = tuple(done) if act == store.delete else ()
    st.session_state[CHANGED] = True
    _launch(store)


def _again(store: RunStore, run_id: str) -> None:
    """Queue the same scenario, method, settings and seed once more, as a run of its own."""
    title = store.get(run_id).title
    asked, _, question = read_asked(store.folder(run_id))
    store.submit(question, asked.method, asked.seed, asked.settings, title, asked.time_limit_s)


def _export(store: RunStore, chosen: list[Run]) -> None:
    popover = st.popover("Export", icon=":material/download:", key="runs_export", on_change="rerun")
    if not popover.open:
        return
    with popover:
        if len(chosen) > 1:
            st.download_button(
                f"ZIP of {len(chosen)} runs, with a table of their figures",
                partial(zip_runs, store, chosen),
                "runs.zip",
                MIME["zip"],
                on_click="ignore",
            )
            return
        offer_run_files(store, chosen[0])
        if known_study(chosen[0].kind) and chosen[0].kpis:
            _export_elsewhere(store.folder(chosen[0].id))


def _export_elsewhere(folder: Path) -> None:
    """Offer a result with places for GIS, globes and channel emulators."""
    with shows_errors():
        _, _, question = read_asked(folder)
        if isinstance(question, Scenario):
            st.markdown("**For GIS, globes and channel emulators**")
            export_form(folder, question, "runs_export_places")


def _report(store: RunStore, chosen: list[Run]) -> None:
    """Offer a report of the chosen runs, if they are of one known study and have results."""
    names = {run.kind for run in chosen if run.kpis}
    if not all(run.kpis for run in chosen) or len(names) > 1 or known_study(names.pop()) is None:
        return
    popover = st.popover("Report", icon=":material/description:", key="runs_report", on_change="rerun")
    if popover.open:
        with popover:
            offer_reports_of(store, chosen, "runs_report_of")


def _one(store: RunStore, run: Run) -> None:
    """Show what is known of one run: its state in words, its title to change, its log."""
    message = "" if run.state == "done" or not run.message else f" {run.message}"
    st.text(f"{run.state.capitalize()}: {STATE_WORDS[run.state]}{message}")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Title", run.title, key=f"title_{run.id}", max_chars=120, on_change=_rename, args=(store, run.id))
        log = st.popover("Log", icon=":material/article:", key=f"runs_log_{run.id}", on_change="rerun")
        if log.open:
            with log:
                show_log(store, run)


def _rename(store: RunStore, run_id: str) -> None:
    try:
        store.rename(run_id, st.session_state[f"title_{run_id}"])
    except RunStateError as error:
        st.session_state[NOTE] = [str(error)]
