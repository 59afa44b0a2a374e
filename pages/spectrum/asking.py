"""What is asked of the twin: a question, its schemes, its dials, its seeds."""

from __future__ import annotations

import streamlit as st

from itnt_core.errors import ItntError
from itnt_core.runs import RunStore, estimate_cost, most_parallel_runs, sentence
from itnt_core.studies import find_study
from itnt_core.twin import KIND, SCHEME_TITLES, SCHEME_WORDS, TwinScenario
from pages.shared.frame import escaped, sentences
from pages.spectrum.dials import ask_dials
from pages.spectrum.question import ask_traffic_file, choose_question, question
from pages.spectrum.seeds import ask_seeds
from pages.spectrum.setup import size_sentence

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


def ask_question(store: RunStore) -> None:
    """Show where questions come from, the start button, and everything of a question that can be changed."""
    st.markdown("**Ask**", help=PURPOSE)
    choose_question()
    start = st.container()
    scenario = ask_dials()
    ask_traffic_file()
    with start:
        st.caption(f"**{escaped(question().name)}**: {size_sentence(question())}")
        schemes = _ask_schemes()
        _start(store, scenario, schemes)
    ask_seeds(store, scenario, schemes)
    st.caption(HONEST)


def _ask_schemes() -> list[str]:
    schemes = st.multiselect(
        "Schemes to compare", list(SCHEME_TITLES), default=FIRST, format_func=SCHEME_TITLES.__getitem__
    )
    with st.popover("What each scheme does", icon=":material/help:"):
        for key, words in SCHEME_WORDS.items():
            st.markdown(f"**{SCHEME_TITLES[key]}**: {words}.")
    return schemes


def _start(store: RunStore, scenario: TwinScenario | None, schemes: list[str]) -> None:
    """Show what the runs will cost, and the button that starts them."""
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
        except ItntError as error:
            sentences(list(error.sentences), "error")
            return
        st.rerun()
