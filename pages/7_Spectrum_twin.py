"""Spectrum twin: base stations and satellites share one band, planned from what a digital twin predicts."""

from __future__ import annotations

import streamlit as st

from itnt_core.runs import LauncherError, RunStore, estimate_cost, most_parallel_runs, sentence
from itnt_core.studies import find_study
from itnt_core.twin import KIND, SCHEME_TITLES, SCHEME_WORDS, TwinScenario
from pages.shared.frame import page, sentences
from pages.shared.run_cards import show_runs
from pages.spectrum.question import ask_dials, ask_traffic_file, choose_question, question
from pages.spectrum.results import show_results
from pages.spectrum.setup import show_setup
from pages.spectrum.study import show_beliefs, show_study

PURPOSE = (
    "Base stations and satellites share one band. A digital twin predicts traffic and channels, a planner decides for "
    "a window ahead, and each cycle the terrestrial part is corrected with what is then known."
)
HONEST = (
    "A reconstruction: of the paper on digital-twin-aided spectrum sharing (Nguyen-Kha and others) only the abstract "
    "was at hand. Model, algorithms and every number here are this project's own; nothing is to be read as the paper's "
    "result."
)
FIRST = ["joint_refine", "orthogonal_refine", "tn_only_refine", "genie"]


def ask_for_runs(store: RunStore, scenario: TwinScenario | None) -> None:
    """Show the choice of schemes and the start button."""
    schemes = st.multiselect(
        "Schemes to compare", list(SCHEME_TITLES), default=FIRST, format_func=SCHEME_TITLES.__getitem__
    )
    with st.popover("What each scheme does", icon=":material/help:"):
        for key, words in SCHEME_WORDS.items():
            st.markdown(f"**{SCHEME_TITLES[key]}**: {words}.")
    if scenario is not None and schemes:
        known, study = store.list(), find_study(KIND)
        works = {key: study.prepare(scenario, key, None, {}).work for key in schemes}
        estimates = [(estimate_cost(key, work, known), 1) for key, work in works.items()]
        st.caption(sentence(estimates, most_parallel_runs()))
    count = len(schemes)
    label = f"Start {count} runs" if count != 1 else "Start"
    ready = scenario is not None and count > 0
    if st.button(label, type="primary", disabled=not ready, icon=":material/play_arrow:") and scenario is not None:
        try:
            for key in schemes:
                store.submit(scenario, key)
            store.launch()
        except LauncherError as error:
            sentences(list(error.sentences), "error")


with page("Spectrum twin", PURPOSE):
    st.caption(HONEST)
    store = RunStore()
    left, right = st.columns([1, 1], gap="large")
    with left:
        choose_question()
        scenario = ask_dials()
        ask_traffic_file()
        ask_for_runs(store, scenario)
    with right:
        show_setup(question())
    st.subheader("What happened", anchor=False)
    show_results(store)
    st.subheader("Who wins where", anchor=False)
    show_study()
    show_beliefs()
    st.subheader("Runs", anchor=False)
    show_runs(store, KIND, most=len(SCHEME_TITLES), beside_a_player=True)
