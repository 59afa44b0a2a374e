"""Trainings: started in the background through the run store, followed here, and offered to fly when they are done."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from itnt_core.dispatch import (
    KIND,
    METHOD,
    MOST_ROUNDS,
    MOST_TRAINED_WORLDS,
    POLICY_FILE,
    DispatchError,
    DispatchResult,
    read_dispatch_result,
)
from itnt_core.dispatch import question_of as training_of
from itnt_core.errors import ItntError
from itnt_core.figures import taught_figure
from itnt_core.results import ResultError
from itnt_core.runs import Run, RunStore, estimate_cost, most_parallel_runs, of_study, own_file, sentence
from itnt_core.studies import find_study
from itnt_core.words import trained_sentence
from pages.shared.frame import escaped, sentences, shows_errors
from pages.shared.run_cards import LIVE_S, followed_events, keep_working, progress_text

from .asking import Asked
from .pilots import finished_trainings, offer_flight, show_policy

CHOSEN = "dispatch_training"
MOST_SEED, MOST_JUDGED_IN = 2**31 - 1, 200  # of a training; held-out worlds after it
TAUGHT = (
    "In drawn worlds every move is scored twice: as far as is known, and with the future known. A small network learns "
    "the second from the first, and is then judged in worlds that no training draws, beside replanning."
)


def show_training(store: RunStore, asked: Asked | None) -> None:
    """Offer a training in the asked worlds, and show the finished ones."""
    left, right = st.columns([2, 3], gap="large")
    with left:
        _ask_training(store, asked)
    with right:
        show_trainings(store)


def _ask_training(store: RunStore, asked: Asked | None) -> None:
    """Ask how much a policy is to be taught in the asked worlds, and start it."""
    st.markdown("**Train a policy**", help=TAUGHT)
    first, second = st.columns(2, vertical_alignment="bottom")
    effort = {
        "rounds": _number(first, "Rounds", 1, MOST_ROUNDS, 3),
        "worlds": _number(second, "Worlds a round", 1, MOST_TRAINED_WORLDS, 80),
        "seed": _number(first, "Seed", 0, MOST_SEED, 1),
        "held_out": _number(second, "Held-out worlds", 2, MOST_JUDGED_IN, 50),
    }
    if asked is None:
        return
    question = training_of(asked.scenario, asked.options, **effort)
    work = find_study(KIND).prepare(question, METHOD, None, {}).work
    st.caption(f"In worlds of {escaped(asked.scenario.name)}, as they are set. {_cost(store, work)}")
    if st.button("Train", type="primary", icon=":material/play_arrow:", key="dispatch_train"):
        try:
            store.submit(question)
            store.launch()
        except ItntError as error:
            sentences(list(error.sentences), "error")
            return
        st.rerun()


def _number(place: Any, label: str, low: int, high: int, usual: int) -> int:
    key = f"dispatch_train_{label}"
    return int(place.number_input(label, low, high, usual, key=key, persist_state="session"))


def _cost(store: RunStore, work: float) -> str:
    return sentence([(estimate_cost(METHOD, work, store.list()), 1)], most_parallel_runs())


def show_progress(store: RunStore) -> None:
    """Show trainings at work; when one ends the page is drawn again, and offers its policy; the map plays on."""
    if not _open(store):
        return
    with st.container(key="dispatch-progress"):
        st.fragment(_bars, run_every=LIVE_S)(store, _seen(store))


def _open(store: RunStore) -> list[Run]:
    return [run for run in of_study(store.list(), KIND) if not run.is_over]


def _seen(store: RunStore) -> tuple[int, int]:
    return len(finished_trainings(store)), len(_open(store))


@shows_errors()
def _bars(store: RunStore, seen: tuple[int, int]) -> None:
    runs = _open(store)
    keep_working(store, runs)
    if _seen(store) != seen:
        st.rerun()
    for run in runs[:2]:
        text = progress_text(run, followed_events(store, run)) if run.state == "running" else "waits for its turn"
        st.progress(min(1.0, run.progress), text=f"**{escaped(run.title)}** · {text}")
    if st.button("Cancel", key="dispatch_cancel", icon=":material/stop_circle:", type="tertiary"):
        for run in runs:
            store.cancel(run.id)
        st.rerun()


def show_trainings(store: RunStore) -> None:
    """Show a finished training: what it is worth, how it learned, its policy as a file."""
    trained = finished_trainings(store)
    if not trained:
        st.info("No policy has been trained here yet. A training runs in the background; its policy is offered here.")
        return
    if st.session_state.get(CHOSEN) not in trained:
        st.session_state[CHOSEN] = next(iter(trained))
    titles = {run_id: run.title for run_id, run in trained.items()}
    chosen = str(st.selectbox("Training", list(titles), format_func=titles.__getitem__, key=CHOSEN))
    folder = store.folder(chosen)
    try:
        result = _loaded(str(folder), trained[chosen].finished or 0.0)
    except ResultError as error:
        sentences(list(error.sentences), "error")
        return
    st.markdown(escaped(trained_sentence(result)))
    with st.container(horizontal=True):
        offer_flight(chosen)
        _offer_file(store, chosen)
    left, right = st.columns([2, 3], gap="large")
    with left:
        show_policy(trained[chosen].title, result.policy)
    with right:
        st.markdown("**How it learned**", help="Of the variance of hindsight's scores between moves.")
        alt = "What the network leaves unexplained of hindsight's scores after each round, in per cent."
        st.plotly_chart(
            taught_figure(result.dataset["unexplained"].values.tolist()),
            key="dispatch_learning",
            width="stretch",
            alt=alt,
        )


@st.cache_resource(max_entries=16, show_spinner=False)
def _loaded(folder: str, finished: float) -> DispatchResult:
    del finished
    return read_dispatch_result(Path(folder))


def _offer_file(store: RunStore, run_id: str) -> None:
    label, icon = "Download policy", ":material/download:"
    make = partial(_policy_bytes, store, run_id)
    mime = "application/octet-stream"
    st.download_button(label, make, f"{run_id}.npz", mime, icon=icon, key="dispatch_policy", on_click="ignore")


def _policy_bytes(store: RunStore, run_id: str) -> bytes:
    content = own_file(store.folder(run_id), POLICY_FILE)
    if content is None:
        raise DispatchError(f"Run {run_id} has no policy file: train it again.")
    return content
